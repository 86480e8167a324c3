"""`doctor` against a fake Ollama in its states."""

from __future__ import annotations

import json
import re
import socket
import sys

import pytest

from instructor_ollama.cli import _survey, doctor, main
from instructor_ollama.testing import FakeModel, FakeOllama, Raw, fault

JASON = '{"name": "Jason", "age": 25}'
LLAMA = FakeModel("llama3.1:8b")
EMBEDDING = FakeModel("nomic-embed-text", size=274_000_000, capabilities=("embedding",), context_length=8192)


@pytest.fixture
def look(capsys):
    """`look(fake, "--model", "m")` gives the exit status and what was printed."""

    def run(fake, *more):
        host = fake if isinstance(fake, str) else fake.host
        status = main(["doctor", "--ollama", host, *more])
        return status, capsys.readouterr().out.replace(host, "HOST")

    return run


def test_a_stopped_server(look):
    with FakeOllama() as fake, fake.down():
        assert look(fake) == (
            1,
            "Ollama at HOST\n"
            "  no Ollama\n"
            "\n"
            "Problems\n"
            "  1. connection refused: Ollama server not running at HOST. Start it with `ollama serve`, or name another "
            "address with --ollama or OLLAMA_HOST.\n"
            "\n"
            "Extraction does not work.\n",
        )


def test_no_models(look):
    with FakeOllama(models=[]) as fake:
        status, said = look(fake)
        assert status == 1
        assert "version 0.34.4, with llama-server" in said
        assert "1. no model is installed. Run `ollama pull llama3.2`" in said
        fake.models = [EMBEDDING]
        assert "no installed model supports chat" in look(fake)[1]


def test_model_missing(look):
    with FakeOllama([JASON], models=[LLAMA, EMBEDDING]) as fake:
        status, said = look(fake, "--model", "llama3")
        assert status == 1
        assert "model not found: 'llama3'. Run `ollama pull llama3`. Did you mean 'llama3.1:8b'?" in said
        assert said.endswith("Extraction does not work.\n")


def test_small_window(look):
    with FakeOllama([JASON], models=[FakeModel("llama3.1:8b", num_ctx=512)]) as fake:
        status, said = look(fake)
        assert status == 0
        assert "the context window of llama3.1:8b is 512 of 131072 tokens and leaves no room for a document" in said
        assert 'use ensure_context(client, "llama3.1:8b", 16384).\n' in said  # the server's setting would not help
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        status, said = look(fake)
        assert status == 0
        assert "4096 of 131072 tokens and silently truncates longer prompts" in said
        assert "OLLAMA_CONTEXT_LENGTH=16384" in said
        assert re.search(
            r"llama3.1:8b +4.7 GB +8.0B Q4_K_M +default +131072 +GGUF +enforced +completion, tools\n", said
        )
        assert "\n  its context window is 4096 tokens of 131072\n" in said
        assert re.search(r"llama3.1:8b +4.7 GB +8.0B Q4_K_M +4096 +131072 +GGUF", look(fake)[1])  # it is loaded now


def test_healthy(look, monkeypatch):
    monkeypatch.setattr(_survey, "free_memory", lambda host: (8_000_000_000, 16_000_000_000))
    models = [LLAMA, FakeModel("qwen3:0.6b", size=523_000_000, context_length=40_960, family="qwen3")]
    with FakeOllama([JASON], models=models, context_length=32_768) as fake:
        status, said = look(fake)
        assert status == 0
        assert "Extraction with qwen3:0.6b" in said  # the smallest
        assert "'Jason is 25 years old'  ->  User(name='Jason', age=25)\n  1 request, " in said
        assert "loaded it takes 627.6 MB, all on the GPU; 8.0 GB of this machine's 16.0 GB are free" in said
        assert "Suggestions" not in said
        assert said.endswith("\nExtraction works.\n")


def test_a_loaded_model_is_taken_first(look):
    with FakeOllama([JASON], models=[LLAMA, FakeModel("qwen3:0.6b", size=523_000_000)]) as fake:
        fake.load("gone:8b")
        fake.load("llama3.1:8b")
        assert "Extraction with llama3.1:8b" in look(fake)[1]


@pytest.mark.parametrize("seconds", ["0", "-5", "nan", "inf", "soon"])
def test_the_time_is_some_seconds(seconds, look, capsys):
    with FakeOllama([JASON]) as fake, pytest.raises(SystemExit, match="2"):
        look(fake, "--timeout", seconds)
    assert f"argument --timeout: invalid seconds value: '{seconds}'" in capsys.readouterr().err


def test_json(look):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        status, said = look(fake, "--json")
        told = json.loads(said)
        assert status == 0
        assert told["works"] is True
        assert told["server"] == {"host": "HOST", "version": "0.34.4", "problem": ""}
        assert told["models"][0]["window"] == 4096
        assert told["models"][0]["enforces_schemas"] is True
        assert told["extraction"]["value"] == "User(name='Jason', age=25)"
        assert len(told["advice"]) == 1
        with fake.down():
            assert json.loads(look(fake, "--json")[1])["works"] is False


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (FakeModel("m", format="safetensors"), r"MLX back end before Ollama 0\.33\.1 does not enforce"),
        (FakeModel("m:1b-cloud", size=0, remote_host="https://ollama.com"), "cloud does not enforce"),
        (FakeModel("m", size=10**15), r"1000000.0 GB, but only .* of memory is free"),
        (FakeModel("m", on_gpu=0.25), "75% runs on the CPU"),
    ],
)
def test_suggestions(model, says, look, monkeypatch):
    monkeypatch.setattr(_survey, "free_memory", lambda host: (10**9, 10**10))
    version = "0.33.0" if model.format == "safetensors" else "0.34.4"
    with FakeOllama([JASON], models=[model], context_length=131_072, version=version) as fake:
        if model.size == 10**15:
            fake.answers = [fault("out_of_memory")]
        status, said = look(fake)
        assert re.search(says, said)
        assert status == int(model.size == 10**15)


def test_an_incorrect_value_is_reported(look):
    with FakeOllama(['{"name": "Tom", "age": 7}'], models=[LLAMA]) as fake:
        status, said = look(fake)
        assert status == 3
        assert "'Jason is 25 years old'  ->  User(name='Tom', age=7)  (wrong)\n" in said
        assert "1. llama3.1:8b responds, but the extracted value is incorrect: User(name='Tom', age=7)" in said
        assert said.endswith("\nThe model responds, but the value is incorrect.\n")
        status, said = look(fake, "--json")
        assert (status, json.loads(said)["works"], json.loads(said)["answers"]) == (3, False, True)


def test_an_answer_that_never_fits(look):
    with FakeOllama(["no"], models=[LLAMA]) as fake:
        status, said = look(fake)
        assert status == 1
        assert "'Jason is 25 years old'  ->  nothing" in said
        assert "no valid User from llama3.1:8b in 2 attempts" in said


def test_a_server_that_stops_during_the_check(look):
    with FakeOllama([JASON, fault("refused")], models=[LLAMA]) as fake:
        status, said = look(fake)
        assert status == 0
        assert "became unreachable during the check" in said


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (200, "[]"), (200, "{}"), (404, "")])
def test_another_server_at_the_address(status, body, look):
    with FakeOllama() as fake:
        fake.paths = dict.fromkeys(("/", "/api/version", "/api/tags", "/api/ps", "/api/show"), Raw(status, body))
        exit_status, said = look(fake)
        assert {request.path for request in fake.seen} <= fake.paths.keys()
    assert exit_status == 1
    assert re.search("the server at HOST (?:is not|does not respond like) Ollama", said)


@pytest.mark.parametrize(
    ("path", "answer", "works"),
    [
        ("/api/tags", {"models": None}, False),
        ("/api/tags", {"models": 3}, False),
        ("/api/tags", {"models": {"a": 1}}, False),
        ("/api/tags", {"models": ["x", 3, None, {}, {"name": None}]}, False),
        ("/api/tags", {"models": [{"name": "llama3.1:8b", "size": "large", "details": []}]}, True),
        ("/api/ps", {"models": [None, 3, {}]}, True),
        ("/api/ps", {"models": [{"name": "llama3.1:8b", "size": "x", "size_vram": [], "context_length": "9"}]}, True),
        ("/api/show", {"details": 3, "capabilities": "completion", "model_info": [], "parameters": 1}, True),
        (
            "/api/show",
            {"model_info": {"general.architecture": "llama", "llama.context_length": "4096"}, "capabilities": None},
            True,
        ),
    ],
)
def test_json_of_another_shape_than_ollamas(path, answer, works, look):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        fake.paths = {path: answer}
        status, said = look(fake)
        assert status == int(not works)
        assert ("Extraction works." in said) == works
        assert json.loads(look(fake, "--json")[1])["works"] is works


@pytest.mark.parametrize(
    "address", ["http://localhost:99999", "localhost:port", "http://[::1", "ftp://gpu", "two words", "unix:///run/x"]
)
def test_a_text_that_is_no_address(address, capsys):
    assert main(["doctor", "--ollama", address]) == 2
    assert capsys.readouterr().err.startswith(f"error: {address!r} is not a valid address")


def test_an_address_that_does_not_answer(look, monkeypatch):
    monkeypatch.setattr(_survey, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        status, said = look(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert status == 1
    assert "no answer from HOST" in said


@pytest.mark.parametrize(
    ("given", "host"),
    [
        (None, "http://localhost:11434"),
        ("gpu", "http://gpu:11434"),
        ("gpu:8080", "http://gpu:8080"),
        ("http://gpu", "http://gpu:80"),
        ("https://gpu", "https://gpu:443"),
        ("http://gpu:11434/v1/", "http://gpu:11434"),
        ("https://gpu/ollama", "https://gpu:443/ollama"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":56789", "http://127.0.0.1:56789"),
        ("[::]:1234", "http://[::1]:1234"),
        (' "gpu" ', "http://gpu:11434"),
    ],
)
def test_the_address_is_read_as_ollama_reads_it(given, host, monkeypatch):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert _survey.host_of(given) == host
    if given:
        monkeypatch.setenv("OLLAMA_HOST", given)
        assert _survey.host_of(None) == host


@pytest.mark.parametrize(
    ("version", "era"),
    [
        ("0.34.4", "with llama-server"),
        ("v0.30.0-rc2", "with llama-server"),
        ("0.12.6", "with its own runners (before 0.30)"),
        ("0.4.9", "too old for structured output; please upgrade"),
        ("0.0.0", "a development build"),
        ("", "a development build"),
    ],
)
def test_the_era(version, era):
    assert doctor._era(version) == era


def test_an_old_server(look):
    with FakeOllama([JASON], models=[LLAMA], version="0.12.6") as fake:
        status, said = look(fake)
        assert status == 0
        assert "before 0.30" in said
        assert "131072" in said
        assert "applies repeat_penalty 1.1 by default, so llama3.1:8b miscopies" in said
    for version, model in (("0.12.6", FakeModel("m", repeat_penalty=1.05)), ("0.32.10", LLAMA), ("0.0.0", LLAMA)):
        with FakeOllama([JASON], models=[model], version=version) as fake:
            assert "punishes" not in look(fake)[1]


def test_memory_of_another_machine_is_not_looked_at(monkeypatch, tmp_path):
    assert _survey.free_memory("http://gpu:11434") is None
    real = _survey.free_memory("http://localhost:11434")
    assert real is None or 0 < real[0] <= real[1]
    monkeypatch.setattr(_survey, "Path", lambda name: tmp_path / "nothing")
    assert _survey.free_memory("http://localhost:11434") is None


def test_a_terminal_gets_tables(look, monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "140")
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        status, said = look(fake)
    assert status == 0
    assert "┃ model " in re.sub(r"\x1b\[[\d;]*m", "", said)
    assert "Extraction works." in said


def test_a_model_that_cannot_be_shown_is_listed_all_the_same(look, monkeypatch):
    ask = _survey.ask

    def refusing(host, path, body=None):
        if path == "/api/show":
            raise OSError("refused")
        return ask(host, path, body)

    monkeypatch.setattr(_survey, "ask", refusing)
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        status, said = look(fake)
    assert status == 0
    assert re.search(r"llama3.1:8b +4.7 GB +8.0B Q4_K_M", said)


def test_a_proxy_of_the_environment_is_named(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with FakeOllama() as proxy:
        proxy.paths = {"http://gpu.invalid:11434/api/version": Raw(503, "no", "text/plain")}
        monkeypatch.setenv("http_proxy", proxy.host.replace("//", "//user:secret@"))
        problem = _survey.survey("http://gpu.invalid:11434").problem
        assert f"HTTP_PROXY={proxy.host.removeprefix('http://')}" in problem
        assert "NO_PROXY=gpu.invalid" in problem
        assert "secret" not in problem
        monkeypatch.setenv("no_proxy", "gpu.invalid")
        assert "PROXY" not in _survey.survey("http://gpu.invalid:11434").problem
