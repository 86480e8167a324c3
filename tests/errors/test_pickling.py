"""Errors that can be moved and records that can be printed: pickle, copy, process pools, JSON."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import Generic, TypeVar

import ollama
import openai
import pydantic
import pytest
from pydantic import BaseModel, field_validator
from pydantic_core import PydanticCustomError

from instructor_ollama import RetryConfig, patch
from instructor_ollama import errors as errors
from instructor_ollama import events as events
from instructor_ollama.testing import FakeOllama, Raw, answer, fault
from tests.kit.clients import MESSAGES

T = TypeVar("T")
ONCE = RetryConfig(max_retries=0, transient_retries=0, deadline=5)


class User(BaseModel):
    name: str
    age: int


class Odd(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _odd(cls, value):
        raise PydanticCustomError("odd", "odd {name}", {"name": value})


class Failing(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _fails(cls, value):
        raise ValueError("never")


CASES = {
    "ModelNotFoundError": fault("model_missing"),
    "ServerBusyError": fault("busy"),
    "InsufficientMemoryError": fault("out_of_memory"),
    "EndpointNotFoundError": fault("no_v1"),
    "CapabilityError": fault("no_chat"),
    "ContextOverflowError": fault("context_overflow"),
    "CloudError": Raw(429, {"error": "too many requests"}, headers={"Retry-After": "1", "x-request-id": "abc"}),
    "OllamaError": fault("bad_name"),
    "RetriesExhaustedError": '{"name": "Jason"}',
    "IncompleteAnswerError": answer('{"name": "Jas', finish_reason="length"),
    "DeadlineExceededError": fault("slow", seconds=30),
}


def raised(library, case, response_model=User):
    """The error that a call ends with; what a worker of a pool runs."""
    config = RetryConfig(max_retries=0, transient_retries=0, deadline=0.2) if case == "DeadlineExceededError" else ONCE
    with FakeOllama([CASES.get(case)]) as fake:
        if library == "openai":
            http = openai.DefaultHttpxClient(verify=False)
            with openai.OpenAI(base_url=fake.base_url, api_key="x", http_client=http) as client:
                create = patch(client, retry_config=config).chat.completions.create
                return caught(lambda: create(model="m", messages=MESSAGES, response_model=response_model))
        client = patch(ollama.Client(fake.host, verify=False), retry_config=config)
        with contextlib.closing(client._client):
            return caught(lambda: client.chat(model="m", messages=MESSAGES, response_model=response_model))


def caught(call):
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def fails(library, case):
    raise raised(library, case)


WAYS = {"pickle": lambda error: pickle.loads(pickle.dumps(error)), "copy": copy.copy, "deepcopy": copy.deepcopy}


def assert_same(one, other):
    assert type(one) is type(other)
    assert (str(one), one.args) == (str(other), other.args)
    assert vars(one).keys() == vars(other).keys()
    for name, value in vars(other).items():
        given = getattr(one, name)
        if name in ("request", "response"):
            assert (type(given), getattr(given, "content", None)) == (type(value), getattr(value, "content", None))
        elif name == "attempts":
            assert [dataclass_values(each) for each in given] == [dataclass_values(each) for each in value]
        else:
            assert given == value
    assert (type(one.__cause__), str(one.__cause__)) == (type(other.__cause__), str(other.__cause__))


def dataclass_values(attempt):
    return attempt.number, attempt.answer, str(attempt.error), attempt.usage


@pytest.mark.parametrize("library", ["openai", "ollama"])
@pytest.mark.parametrize("case", CASES)
def test_an_error_survives_pickle_and_copy(case, library):
    error = raised(library, case)
    assert type(error).__name__ == case
    for move in WAYS.values():
        assert_same(move(move(error)), error)
    if isinstance(error, errors.OllamaError):
        theirs = openai.APIError if library == "openai" else ollama.ResponseError
        assert isinstance(pickle.loads(pickle.dumps(error)), theirs)


def test_a_refused_connection_survives():
    client = patch(ollama.Client("http://127.0.0.1:9", verify=False))
    error = caught(lambda: client.chat(model="m", messages=MESSAGES, response_model=User))
    for move in WAYS.values():
        moved = move(error)
        assert isinstance(moved, ConnectionError)
        assert isinstance(moved, errors.ServerNotRunningError)
        assert str(moved) == str(error)


@pytest.mark.parametrize("error_class", [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")])
def test_every_class_survives(error_class):
    error = error_class("what is wrong")
    error.extra = 3
    for move in WAYS.values():
        moved = move(error)
        assert type(moved) is error_class
        assert (str(moved), moved.extra) == ("what is wrong", 3)
    assert str(error_class(*error.args)) == "what is wrong"  # as Celery's JSON does it


@pytest.mark.parametrize("model", [Odd, Failing])
def test_rejections_of_every_kind_survive(model):
    CASES["odd"] = '{"name": "Jason"}'
    error = raised("openai", "odd", model)
    moved = pickle.loads(pickle.dumps(error))
    assert isinstance(moved, errors.RetriesExhaustedError)
    assert moved.attempts[0].answer == '{"name": "Jason"}'
    assert ("odd Jason" if model is Odd else "never") in str(moved.attempts[0].error)


def test_what_pickle_cannot_carry_is_left_out():
    error = errors.AnswerError("x", completion=lambda: None)
    error.__cause__ = type("Local", (Exception,), {})("local")
    moved = pickle.loads(pickle.dumps(error))
    assert (str(moved), moved.completion, str(moved.__cause__)) == ("x", None, "Local: local")
    assert copy.deepcopy(error).completion is error.completion


def test_errors_cross_process_pools():
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool, context.Pool(1) as other:
        for case in ("DeadlineExceededError", "ModelNotFoundError"):
            for error in (
                pool.submit(fails, "openai", case).exception(timeout=60),
                caught(functools.partial(other.apply_async(fails, ("openai", case)).get, timeout=60)),
            ):
                assert type(error).__name__ == case
        assert isinstance(error, openai.NotFoundError)
        assert error.status_code == 404


# JSON ------------------------------------------------------------------------------------------------------------


class Box(BaseModel, Generic[T]):
    value: T
    raw: bytes = b"\xff"
    secret: pydantic.SecretStr = pydantic.SecretStr("hunter2")


def test_records_convert_to_json(serve, connect):
    told: list[events.Event] = []
    client = connect(serve('{"name": "Jason"}', fault("busy"), '{"name": "Jason", "age": 25}'), hooks=told.append)
    done = client.extract(response_model=User)
    shown = json.loads(json.dumps(done.to_dict()))
    assert shown["value"] == {"name": "Jason", "age": 25}
    assert shown["attempts"][0]["error"]["type"] == "ValidationError"
    assert shown["attempts"][0]["usage"] == done.attempts[0].usage.to_dict()
    assert shown["completion"]["model"] == "m"
    for event in told:
        assert json.loads(json.dumps(event.to_dict(), allow_nan=False))
    with pytest.raises(errors.RetriesExhaustedError):
        connect(serve('{"name": "Jason"}'), hooks=told.append).create(response_model=User, max_retries=0)
    assert told[-1].to_dict()["error"]["type"] == "RetriesExhaustedError"


class Unprintable:
    def __repr__(self):
        raise ZeroDivisionError


def test_any_value_converts_to_json():
    deep: list[object] = []
    for _ in range(3000):
        deep = [deep]
    numbers = [float("nan"), {"a": [float("-inf")]}, {float("inf"): 1}]
    others = [Box(value=float("nan")), {1: {2, 3}}, object(), b"\xff", [User(name="a", age=1)], 1 + 2j]
    for value in (*numbers, *others, deep, Unprintable(), [Unprintable()]):
        record = events.Extraction(value, object(), (), events.Usage(1, 2), 0.1)
        text = json.dumps(record.to_dict(), allow_nan=False)
        assert "hunter2" not in text
    scheduled = events.RetryScheduled(2, None, float("inf"), transient=True)
    assert scheduled.to_dict()["wait"] == "Infinity"


def test_an_extraction_is_a_type_for_pydantic():
    attempt = events.Attempt(1, "{}", (), ValueError("no"), "stop", events.Usage(), 0.5)
    done = events.Extraction(User(name="a", age=1), None, (attempt,), events.Usage(), 1.0)
    adapter = pydantic.TypeAdapter(events.Extraction[User])
    assert adapter.json_schema()["properties"]["value"] == {"$ref": "#/$defs/User"}
    shown = json.loads(adapter.dump_json(adapter.validate_python(done)))
    assert shown["value"] == {"name": "a", "age": 1}
    assert shown["attempts"][0]["error"] == {"type": "ValueError", "message": "no"}
    for name in events.__all__:
        kind = getattr(events, name)
        if isinstance(kind, type) and not name.endswith("Hook"):
            pydantic.TypeAdapter(kind).json_schema()
