"""The embedded engine: starts, answers, stops, and says why when it cannot."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import threading
import urllib.request

import pytest

from instructor_ollama import embedded
from instructor_ollama.embedded import _server
from instructor_ollama.errors import EmbeddedEngineError

pytest.importorskip("xllamacpp")


def ask(server, **more):
    body = {"model": server.model, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 3, **more}
    request = urllib.request.Request(
        f"{server.base_url}/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def port_is_free(server_host):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", int(server_host.rpartition(":")[2]))) != 0


def test_it_answers_on_loopback_until_the_end_of_the_block():
    threads = threading.active_count()
    with embedded.Server() as server:
        assert server.host.startswith("http://127.0.0.1:")
        assert server.base_url == f"{server.host}/v1"
        assert server.model == "demo"
        assert repr(server) == f"<embedded.Server demo {server.host}>"
        assert ask(server)["choices"][0]["message"]["role"] == "assistant"
        host = server.host
        server.start()  # running already
        assert server.host == host
    assert port_is_free(host)
    assert threading.active_count() == threads
    assert repr(server) == "<embedded.Server demo stopped>"


def test_it_can_be_started_again_and_beside_another():
    one, two = embedded.Server(), embedded.Server(context_length=512, parallel=2, threads=1)
    for _ in range(2):
        with one, two:
            assert one.host != two.host
            assert ask(one)["usage"]["completion_tokens"] <= 3
            assert ask(two)["usage"]["completion_tokens"] <= 3
    one.stop()  # stopped already


def test_without_a_block_there_is_no_address():
    with pytest.raises(EmbeddedEngineError, match="with embedded"):
        _ = embedded.Server().base_url


def test_each_request_has_the_whole_window_also_in_parallel():
    words = "a" * 400
    with embedded.Server(context_length=512, parallel=2) as server:
        usage = ask(server, messages=[{"role": "user", "content": words}])["usage"]
    assert usage["prompt_tokens"] > 400


@pytest.mark.parametrize(
    "figures", [{"context_length": 8}, {"parallel": 0}, {"threads": -1}, {"start_timeout": 0}], ids=str
)
def test_figures_out_of_bounds(figures):
    with pytest.raises(ValueError, match="at least"):
        embedded.Server(**figures)


def test_a_model_of_the_users_has_its_files_name(tmp_path):
    path = tmp_path / "my-model.gguf"
    path.write_bytes(embedded.DEMO_MODEL.read_bytes())
    with embedded.Server(str(path)) as server:
        assert server.path == path
        assert server.model == "my-model"
        assert ask(server)["model"] == "my-model"


def test_the_extra_is_missing(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedEngineError, match=r"pip install 'instructor_ollama\[embedded\]'"):
        embedded.Server().start()


def test_no_such_file(tmp_path):
    with pytest.raises(EmbeddedEngineError, match="No such file"):
        embedded.Server(tmp_path / "none.gguf").start()


def test_no_gguf_file(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"{}" * 50)
    with pytest.raises(EmbeddedEngineError, match="not a GGUF file"):
        embedded.Server(path).start()


def test_the_engine_refuses_the_file(tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(embedded.DEMO_MODEL.read_bytes()[:20000])
    with pytest.raises(EmbeddedEngineError, match=r"cannot start with .*broken\.gguf.*: .*load"):
        embedded.Server(path).start()


def test_loading_takes_too_long():
    with pytest.raises(EmbeddedEngineError, match="in time"):
        embedded.Server(start_timeout=0.001).start()


def test_the_engine_gives_no_reason(tmp_path, monkeypatch):
    silent = tmp_path / "silent.py"
    silent.write_text("raise SystemExit(3)")
    monkeypatch.setattr(_server, "_ENGINE", silent)
    with pytest.raises(EmbeddedEngineError, match="code 3 without a message"):
        embedded.Server().start()


def test_the_engine_does_not_end_by_itself(tmp_path, monkeypatch):
    stubborn = tmp_path / "stubborn.py"
    stubborn.write_text(
        'import time\nprint(\'{"address": "http://127.0.0.1:9"}\', flush=True)\nwhile True: time.sleep(1)'
    )
    monkeypatch.setattr(_server, "_ENGINE", stubborn)
    monkeypatch.setattr(_server, "STOP_LIMIT", 0.1)
    server = embedded.Server()
    server.start()
    process = server._process
    assert isinstance(process, subprocess.Popen)
    server.stop()
    assert process.returncode is not None
