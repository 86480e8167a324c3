"""What is logged, at which level, and that the page on logging lists it."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import instructor_ollama
from instructor_ollama import RetryConfig, errors
from instructor_ollama._call import context_guard, known
from instructor_ollama._call.known import _now
from instructor_ollama.testing import FakeModel, FakeOllama, Raw, fault
from tests.kit.clients import MESSAGES

PACKAGE = Path(instructor_ollama.__file__).parent
PAGE = PACKAGE.parent / "docs/how-to.md"


class User(BaseModel):
    name: str
    age: int


VALID = '{"name": "Jason", "age": 25}'


def in_code():
    """Level and message of every call of a logger."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
                level = node.func.attr
                if level in ("debug", "info", "warning", "error", "exception", "critical", "log"):
                    yield level.upper(), re.sub(r"%[.\d]*[a-z]", "{}", ast.literal_eval(node.args[0]))


def on_the_page():
    for level, message in re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", PAGE.read_text(), re.MULTILINE):
        yield level, re.sub(r"\{\w+\}", "{}", message)


def test_the_page_lists_what_is_logged():
    assert sorted(in_code()) == sorted(on_the_page())


def messages(caplog, level):
    return [one.getMessage() for one in caplog.records if one.levelno == level]


@pytest.mark.parametrize("loaded", [True, False])
def test_loading_is_logged_once(loaded, connect, kind, caplog):
    caplog.set_level(logging.INFO, "instructor_ollama")
    with FakeOllama([VALID], models=[FakeModel("llama3.1:latest")]) as fake:
        if loaded:
            fake.load("llama3.1")
        face = connect(fake)
        for _ in range(3):
            face.create(model="llama3.1", messages=MESSAGES, response_model=User)
        lookups = [request.path for request in fake.seen if request.path == "/api/ps"]
    told = ["llama3.1: not loaded; the server loads it first, which can take a minute"]
    assert messages(caplog, logging.INFO) == ([] if loaded else told)
    assert len(lookups) == 1


def test_it_is_logged_again_after_five_minutes(connect, kind, caplog, monkeypatch):
    caplog.set_level(logging.INFO, "instructor_ollama")
    with FakeOllama([VALID], models=[FakeModel("m")]) as fake:
        face = connect(fake)
        face.create(model="m", messages=MESSAGES, response_model=User)
        fake.paths = {"/api/ps": {"models": []}}
        later = _now() + 301
        for module in (known, context_guard):
            monkeypatch.setattr(module, "_now", lambda: later)
        face.create(model="m", messages=MESSAGES, response_model=User)
        face.create(model="m", messages=MESSAGES, response_model=User)
    assert len(messages(caplog, logging.INFO)) == 2


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR])
def test_without_the_log_no_request_is_made_for_it(level, connect, kind, caplog):
    caplog.set_level(level, "instructor_ollama")
    with FakeOllama([VALID], models=[FakeModel("m")]) as fake:
        connect(fake).create(model="m", messages=MESSAGES, response_model=User)
        assert len(fake.seen) == 1


@pytest.mark.parametrize("answer", [Raw(404, "no"), Raw(200, "[]"), {"object": "list"}, None])
def test_a_server_that_does_not_say(answer, connect, kind, caplog):
    caplog.set_level(logging.INFO, "instructor_ollama")
    with FakeOllama([VALID], models=[FakeModel("m")]) as fake:
        fake.paths = {"/api/ps": answer}
        assert connect(fake).create(model="m", messages=MESSAGES, response_model=User).age == 25
    assert messages(caplog, logging.INFO) == []


def test_a_cloud_model_is_not_loaded(connect, kind, caplog):
    caplog.set_level(logging.INFO, "instructor_ollama")
    with FakeOllama([VALID], models=[FakeModel("gpt-oss:120b-cloud", remote_host="https://ollama.com")]) as fake:
        connect(fake).create(model="gpt-oss:120b-cloud", messages=MESSAGES, response_model=User)
    assert messages(caplog, logging.INFO) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("schema_refused", "m: the server refuses the schema of User; the schema is no longer enforced"),
        ("schema_refused_by_mlx", "m: the server refuses the schema of User"),
        ("format_unavailable", "m: the server does not enforce any format"),
    ],
)
def test_schemas_that_are_not_enforced_are_logged_as_a_warning(name, says, serve, connect, caplog):
    server = serve(VALID)
    face = connect(server)
    for _ in range(2):
        server.fail(name) if not caplog.records else None
        face.create(model="m", messages=MESSAGES, response_model=User)
    (told,) = messages(caplog, logging.WARNING)
    assert told.startswith(says)


def test_a_retry_is_logged(serve, connect, caplog):
    caplog.set_level(logging.INFO, "instructor_ollama")
    face = connect(serve(fault("wrong"), VALID), retry_config=RetryConfig())
    face.create(model="m", messages=MESSAGES, response_model=User)
    assert re.fullmatch(r"m: retry in 0\.0 s \(ValidationError\)", messages(caplog, logging.INFO)[-1])


def test_an_error_is_not_logged_above_debug(serve, connect, caplog):
    caplog.set_level(logging.INFO, "instructor_ollama")
    with pytest.raises(errors.RetriesExhaustedError):
        connect(serve("no"), retry_config=RetryConfig(max_retries=0)).create(
            model="m", messages=MESSAGES, response_model=User
        )
    assert not [one for one in caplog.records if one.exc_info]
