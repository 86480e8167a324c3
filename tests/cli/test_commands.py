"""The command line as a process and as a function: help, version, exit codes, output that nobody reads or that is narrow."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import instructor_ollama
from instructor_ollama import cli
from instructor_ollama.cli import _screen, main
from instructor_ollama.cli._screen import Section
from instructor_ollama.testing import FakeModel, FakeOllama, fault

ROOT = Path(__file__).parents[2]
JASON = '{"name": "Jason", "age": 25, "city": null}'
LONG = "registry.example.com/team/qwen2.5-coder-instruct-finetuned-invoices:14b-q8_0"
RUN = [sys.executable, "-m", "instructor_ollama"]


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage:")
    assert "doctor" in said


def test_standard_output_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with FakeOllama([JASON], models=[FakeModel("m")]) as fake:
        assert main(["doctor", "--ollama", fake.host]) == 0
    sys.stdout.close()


def test_the_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"instructor_ollama {instructor_ollama.__version__}\n"


@pytest.mark.parametrize("line", [["doctor", "--timeout", "x"], ["nothing"], ["--nothing"]])
def test_a_wrong_command_line(line):
    with pytest.raises(SystemExit, match="2"):
        main(line)


def test_a_url_without_a_model_is_a_wrong_command_line(capsys):
    assert main(["demo", "--ollama", "http://localhost:1"]) == 2
    assert "--ollama needs --model" in capsys.readouterr().err


def test_the_exit_codes_are_in_the_help(capsys):
    for line in ([], ["doctor", "--help"], ["demo", "--help"]):
        with contextlib.suppress(SystemExit):
            main(line)
        assert "exit codes:" in capsys.readouterr().out


def test_the_demo_takes_the_address_of_the_environment(capsys, monkeypatch):
    with FakeOllama([JASON], models=["llama3.1"]) as fake:
        monkeypatch.setenv("OLLAMA_HOST", fake.host)
        assert main(["demo", "--model", "llama3.1", "--text", "Jason is 25"]) == 0
        assert len(fake.requests) == 1
    assert "Person(name='Jason', age=25, city=None)" in capsys.readouterr().out


def test_a_fault_of_the_server_ends_the_demo(capsys):
    with FakeOllama() as fake, fake.down():
        assert main(["demo", "--ollama", fake.host, "--model", "m"]) == 1
    assert "error: connection refused" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_any_encoding_of_stdout_will_do(encoding, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    with FakeOllama(['{"name": "Łukasz 日本", "age": 25, "city": null}'], models=["m"]) as fake:
        assert main(["demo", "--ollama", fake.host, "--model", "m", "--text", "Łukasz ─ 日本 is 25"]) == 0
        assert main(["doctor", "--ollama", fake.host]) == 3
    said = out.buffer.getvalue().decode(encoding)
    assert ("Łukasz" in said) == (encoding == "utf-8")
    assert ("\\u0141ukasz" in said) == (encoding != "utf-8")


class Gone(io.StringIO):
    """A pipe whose reader has gone after some lines."""

    def __init__(self, lines):
        super().__init__()
        self.left = lines

    def write(self, text):
        self.left -= text.count("\n")
        if self.left < 0:
            raise BrokenPipeError
        return super().write(text)


@pytest.mark.parametrize("line", [["doctor"], ["doctor", "--json"]])
def test_a_reader_that_goes_ends_it_quietly(line, monkeypatch, capsys):
    with FakeOllama([JASON], models=["m"]) as fake:
        monkeypatch.setenv("OLLAMA_HOST", fake.host)
        monkeypatch.setattr(sys, "stdout", Gone(1))
        assert main(line) == 141
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="pipes of a shell")
def test_head_reads_one_line():
    with FakeOllama([JASON], models=["m"]) as fake:
        command = f"{sys.executable} -m instructor_ollama doctor --ollama {fake.host} | head -n 1"
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"Ollama at {fake.host}\n", "")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_while_it_waits():
    with FakeOllama([fault("slow", seconds=30)], models=["m"]) as fake:
        command = [*RUN, "doctor", "--ollama", fake.host]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            lines = list(itertools.takewhile(lambda line: "waiting" not in line, process.stdout))
            while not fake.requests:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            rest, error = process.communicate()
    assert lines[0] == f"Ollama at {fake.host}\n"
    assert (process.returncode, rest, error) == (130, "", "")


def test_ctrl_c_at_any_other_time(monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parser", interrupted)
    assert main([]) == 130


@pytest.fixture
def screen(monkeypatch, capsys):
    """`screen(columns, section, rich=...)` gives what is printed on a terminal that is so wide."""

    def show(columns, section, *, rich=False):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        if rich:
            pytest.importorskip("rich")
        else:
            monkeypatch.setattr(_screen.importlib.util, "find_spec", lambda name: None)
        _screen.printer()(section)
        return re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)

    return show


TABLE = Section(
    "Models",
    columns=("model", "size", "weights", "capabilities"),
    rows=[(LONG, "4.7 GB", "8.0B Q4_K_M", "completion, tools"), ("m", "-", "-", "?")],
)


@pytest.mark.parametrize("rich", [False, True])
@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_whole_names_at_any_width(columns, rich, screen):
    lines = screen(columns, TABLE, rich=rich).splitlines()
    named = [line for line in lines if LONG in line]
    assert len(named) == 1
    assert (named[0].strip() == LONG) == (columns < 120)
    assert all(len(line) <= max(columns, len(LONG) + 2) for line in lines)
    assert any("8.0B Q4_K_M" in line for line in lines)
    assert any("completion, tools" in line for line in lines)


def test_a_pipe_without_a_width_gets_a_table(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    _screen.printer()(TABLE)
    assert f"  {LONG}  4.7 GB  8.0B Q4_K_M  completion, tools\n" in capsys.readouterr().out


def test_each_section_is_printed_before_the_next_is_looked_for(capsys):
    """What is on the screen while the server is asked: nothing of it is kept back."""
    seen = []

    def answer(body):
        seen.append(capsys.readouterr().out)
        return JASON

    with FakeOllama(answer, models=[FakeModel("llama3.1:8b")]) as fake:
        assert main(["doctor", "--ollama", fake.host]) == 0
        assert "Models" in seen[0]
        assert seen[0].endswith("loading 4.7 GB and waiting for the answer (at most 300 s) ...\n")
        fake.load("llama3.1:8b")
        main(["doctor", "--ollama", fake.host])
        assert seen[1].endswith("\n  waiting for the answer (at most 300 s) ...\n")


MAKE = shutil.which("make")


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
class TestMake:
    """The Makefile, with a program that prints its arguments in place of Python."""

    @pytest.fixture
    def make(self, tmp_path):
        binary = tmp_path / "venv/bin"
        binary.mkdir(parents=True)
        for name in (".pip", ".demo", ".test", ".lint"):
            (tmp_path / "venv" / name).touch()
        python = binary / "python"
        python.write_text('#!/bin/sh\nfor one in "$@"; do printf "<%s>\\n" "$one"; done\n')
        python.chmod(0o755)

        def run(*arguments, **environment):
            clean = {
                name: value for name, value in os.environ.items() if name not in ("TEXT", "MODEL", "OLLAMA", "CREATE")
            }
            command = [MAKE, "--no-print-directory", "-s", "-C", str(ROOT), f"VENV={tmp_path}/venv", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env={**clean, **environment})
            return done.stdout

        return run

    def given(self, said):
        return re.findall(r"<(.*?)>\n", said, re.DOTALL)[3:]

    @pytest.mark.parametrize(
        "text",
        [
            "Maria is 41.",
            "She said \"hi\" to 'Tom'",
            "It costs $5, not $$6 or ${7} or $(shell date)",
            "back\\slash `date` !! ; rm -rf x & | > #comment",
            "--model is a word",
            "two\nlines",
            "Łukasz is 25",
            "100%",
        ],
    )
    @pytest.mark.parametrize("how", ["argument", "environment"])
    def test_a_text_arrives_as_it_is(self, text, how, make):
        if how == "environment":
            said = make("demo", TEXT=text)
        elif "\n" in text:
            pytest.skip("a line break ends a variable of make's command line")
        else:
            said = make("demo", f"TEXT={text}")
        assert self.given(said) == [f"--text={text}"]

    def test_the_options(self, make):
        assert self.given(make("demo")) == []
        assert self.given(make("demo", "MODEL=llama3.1")) == ["--model=llama3.1"]
        assert self.given(make("demo", "MODEL=a b", "OLLAMA=http://h:1", "CREATE=1")) == [
            "--ollama=http://h:1",
            "--model=a b",
            "--create-model",
        ]

    def test_help_names_every_target(self, make):
        said = make("help")
        targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
        for target in targets:
            assert re.search(rf"^ +make {target}\b", said, re.MULTILINE), target
