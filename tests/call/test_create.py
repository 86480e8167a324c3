"""What a call does, over sync and async alike, against a fake Ollama."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import pickle
import typing
import uuid
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar, Union

import pydantic
import pytest
from pydantic import BaseModel, Field, RootModel, field_validator
from typing_extensions import TypedDict

from instructor_ollama import errors
from instructor_ollama.testing import Raw, answer, completion
from instructor_ollama.testing import error as error_of
from tests.kit.clients import MESSAGES

T = TypeVar("T")


class User(BaseModel):
    name: str
    age: int


class Loud(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        if value != value.upper():
            raise ValueError("must be in upper case")
        return value


class Page(BaseModel, Generic[T]):
    items: list[T]


class Tags(RootModel[list[str]]):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Movie(TypedDict):
    title: str
    year: int


class Pair(NamedTuple):
    left: int
    right: str


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


JASON = '{"name": "Jason", "age": 25}'

KINDS: list[tuple[Any, str, Any]] = [
    (User, JASON, User(name="Jason", age=25)),
    (Page[User], f'{{"items": [{JASON}]}}', Page[User](items=[User(name="Jason", age=25)])),
    (Tags, '{"result": ["a"]}', Tags(["a"])),
    (Point, '{"x": 1, "y": 2}', Point(1, 2)),
    (Movie, '{"title": "Heat", "year": 1995}', {"title": "Heat", "year": 1995}),
    (Pair, '{"result": [1, "a"]}', Pair(1, "a")),
    (list[User], f'{{"result": [{JASON}]}}', [User(name="Jason", age=25)]),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (tuple[int, str], '{"result": [1, "a"]}', (1, "a")),
    (set[int], '{"result": [1, 1]}', {1}),
    (Union[User, Point], '{"x": 1, "y": 2}', Point(1, 2)),
    (Union[int, User], '{"result": 3}', 3),
    (Optional[User], '{"result": null}', None),
    (Literal["a", "b"], '{"result": "b"}', "b"),
    (Color, '{"result": "blue"}', Color.BLUE),
    (int, '{"result": "25"}', 25),
    (float, '{"result": 2.5}', 2.5),
    (bool, '{"result": true}', True),
    (str, '{"result": "x"}', "x"),
    (datetime.date, '{"result": "2024-05-03"}', datetime.date(2024, 5, 3)),
    (decimal.Decimal, '{"result": "1.50"}', decimal.Decimal("1.50")),
    (uuid.UUID, '{"result": "12345678-1234-5678-1234-567812345678"}', uuid.UUID("12345678123456781234567812345678")),
    (Annotated[int, Field(ge=3)], '{"result": 3}', 3),
]


@pytest.mark.parametrize(("response_model", "answer", "expected"), KINDS, ids=[str(row[0])[:40] for row in KINDS])
def test_every_kind_of_type(response_model, answer, expected, serve, connect):
    client = connect(serve(answer))
    value = client.create(response_model=response_model)
    assert value == expected
    assert type(value) is type(expected)
    assert pickle.loads(pickle.dumps(value)) == expected


@pytest.mark.parametrize(
    ("response_model", "says"),
    [
        (User(name="a", age=1), "response_model=User"),
        ("User", "is a string"),
        ([User], "is a value"),
        (object(), "Pydantic cannot"),
        (lambda: None, "is a function"),
        (Any, "says nothing"),
        (type("Plain", (), {}), "Pydantic cannot validate"),
        (TypeVar("X", bound="Nowhere"), "Pydantic cannot"),
    ],
    ids=str,
)
def test_a_type_that_cannot_come_back_is_refused_before_any_request(response_model, says, serve, connect):
    server = serve(JASON)
    client = connect(server)
    with pytest.raises(errors.UnsupportedResponseModelError, match=says) as caught:
        client.create(response_model=response_model)
    assert isinstance(caught.value, TypeError)
    assert server.requests == []


PAIR = '{"result": [{"name": "Jason", "age": 25}, {"name": "Anna", "age": 31}]}'


@pytest.mark.parametrize(
    "response_model",
    [
        typing.Iterable[User],
        collections.abc.Iterable[User],
        Annotated[typing.Iterable[User], Field(max_length=2)],
        typing.Iterable[Union[User, int]],
    ],
    ids=str,
)
def test_an_iterable_is_a_list(response_model, serve, connect):
    users = connect(serve(PAIR)).create(response_model=response_model)
    assert users == [User(name="Jason", age=25), User(name="Anna", age=31)]


@pytest.mark.parametrize(
    "response_model",
    [
        typing.Iterable,
        typing.Iterator[User],
        collections.abc.Generator[User, None, None],
        typing.AsyncIterable[User],
        typing.Iterable[typing.Iterable[User]],
    ],
    ids=str,
)
def test_streams_of_items_name_list(response_model, serve, connect):
    with pytest.raises(errors.UnsupportedResponseModelError, match=r"use list\[T\]"):
        connect(serve(JASON)).create(response_model=response_model)


def test_the_request_carries_the_schema_twice(serve, connect):
    server = serve(JASON)
    connect(server).create(response_model=User, max_tokens=50)
    body = server.requests[0].body
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["schema"] == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    }
    assert body["messages"] == [
        {
            "role": "user",
            "content": "Reply only with JSON of this type:\n{\nname: string\nage: int\n}\n\nJason is 25 years old",
        }
    ]
    assert body["temperature"] == 0
    assert body["max_tokens"] == 50


def test_a_callers_temperature_and_system_message_are_kept(serve, connect):
    server = serve(JASON)
    messages = [{"role": "system", "content": "Be terse."}, *MESSAGES]
    connect(server).create(response_model=User, temperature=0.7, messages=messages)
    body = server.requests[0].body
    assert body["temperature"] == 0.7
    assert body["messages"][0]["content"].startswith("Be terse.\n\nReply only with JSON")
    assert body["messages"][1] == MESSAGES[0]
    assert messages[0] == {"role": "system", "content": "Be terse."}


@pytest.mark.openai_only
def test_without_response_model_the_wire_is_the_bare_clients(serve, connect):
    server = serve("hello")
    bare, patched = connect(server, patched=False), connect(server, defaults={"temperature": 0.5})
    for client in (bare, patched):
        client.create(temperature=0.2, extra_body={"x": 1})
    one, two = server.requests
    assert one.raw == two.raw
    ignored = ("x-stainless-read-timeout",)
    assert {k: v for k, v in one.headers.items() if k not in ignored} == {
        k: v for k, v in two.headers.items() if k not in ignored
    }


def test_a_wrong_answer_is_asked_again_with_what_was_wrong(serve, connect):
    server = serve('{"name": "Jason"}', '{"name": "JASON"}')
    value = connect(server).create(response_model=Loud)
    assert value == Loud(name="JASON")
    assert server.requests[1].messages[1:] == [
        {"role": "assistant", "content": '{"name": "Jason"}'},
        {
            "role": "user",
            "content": "That JSON is not valid:\n"
            '- name: must be in upper case, got "Jason"\n'
            "Reply only with the corrected JSON.",
        },
    ]
    assert server.requests[0].messages == server.requests[1].messages[:1]


def test_the_conversation_holds_only_the_newest_wrong_answer(serve, connect):
    server = serve(*(f'{{"name": "wrong{n}"}}' for n in range(5)), '{"name": "RIGHT"}')
    connect(server).create(response_model=Loud, max_retries=5)
    sizes = [len(request.messages) for request in server.requests]
    assert sizes == [1, 3, 3, 3, 3, 3]
    assert "wrong3" not in str(server.requests[5].messages)


def test_retries_end_in_an_error_with_everything_in_it(serve, connect):
    server = serve(answer('{"name": "a"}', completion_tokens=10))
    client = connect(server)
    with pytest.raises(errors.RetriesExhaustedError, match="must be in upper case") as caught:
        client.create(response_model=Loud, max_retries=2)
    error = caught.value
    assert len(server.requests) == 3
    assert isinstance(error.__cause__, pydantic.ValidationError)
    assert [attempt.number for attempt in error.attempts] == [1, 2, 3]
    assert error.usage.completion_tokens == 30
    assert error.usage.prompt_tokens == sum(attempt.usage.prompt_tokens for attempt in error.attempts) > 60
    assert client.content_of(error.completion) == '{"name": "a"}'


def test_a_repeated_invalid_answer_is_retried_at_a_higher_temperature(serve, connect):
    server = serve('{"name": "a"}')
    with pytest.raises(errors.RetriesExhaustedError):
        connect(server).create(response_model=Loud, max_retries=4)
    assert [request.body["temperature"] for request in server.requests] == [0, 0, 0.4, 0.8, 1.0]


def test_a_callers_temperature_is_never_touched(serve, connect):
    server = serve('{"name": "a"}')
    with pytest.raises(errors.RetriesExhaustedError):
        connect(server).create(response_model=Loud, max_retries=3, temperature=0.1)
    assert {request.body["temperature"] for request in server.requests} == {0.1}


@pytest.mark.parametrize(
    "refusal",
    [
        error_of(500, "invalid JSON schema in format"),
        error_of(400, '{"error":{"code":400,"message":"JSON schema conversion failed:\\nx"}}'),
        error_of(400, '{"error":{"message":"Failed to initialize samplers: failed to parse grammar"}}'),
        error_of(400, "invalid structured output grammar: EBNF parser error at line 1, column 135"),
    ],
    ids=["0.24", "0.33", "0.33 grammar", "MLX"],
)
def test_a_refused_schema_steps_down_at_once_and_is_remembered(refusal, serve, connect):
    server = serve(refusal, JASON)
    client = connect(server)
    assert client.create(response_model=User, max_retries=0) == User(name="Jason", age=25)
    assert [request.body["response_format"]["type"] for request in server.requests] == ["json_schema", "json_object"]
    client.create(response_model=User)
    assert server.requests[2].body["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize("constrain", ["schema", "limits", "json"])
def test_a_server_without_a_grammar_is_asked_without_any_format(constrain, serve, connect):
    server = serve(error_of(501, "structured output is unavailable"), JASON)
    client = connect(server, constrain=constrain)
    for _ in range(2):
        assert client.create(response_model=User, max_retries=0) == User(name="Jason", age=25)
    assert ["response_format" in request.body for request in server.requests] == [True, False, False]


def test_constrain_json_sends_no_schema(serve, connect):
    server = serve(JASON)
    connect(server, constrain="json").create(response_model=User)
    assert server.requests[0].body["response_format"] == {"type": "json_object"}


@pytest.mark.openai_only
@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"stream": True}, "stream"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"functions": [{}]}, "functions"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"n": 2}, "one choice"),
        ({"extra_headers": {"X-Stainless-Raw-Response": "raw"}}, "create_with_completion"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_go_together_is_refused(kwargs, says, serve, connect):
    server = serve(JASON)
    with pytest.raises(errors.UnsupportedFeatureError, match=says) as caught:
        connect(server).create(response_model=User, **kwargs)
    assert isinstance(caught.value, ValueError)
    assert server.requests == []


@pytest.mark.parametrize("name", ["create_partial", "create_iterable"])
def test_streaming_methods_are_refused_by_name(name, serve, connect):
    client = connect(serve(JASON))
    with pytest.raises(errors.UnsupportedFeatureError, match=f"{name} not available") as caught:
        owner = client.client if client.library == "ollama" else client.client.chat.completions
        getattr(owner, name)(response_model=User, messages=MESSAGES)
    assert "list[T]" in str(caught.value)


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [
        ({"model": None}, "model=None: pass an installed model"),
        ({"model": ""}, "model='': pass an installed model"),
        ({"messages": []}, "messages is empty"),
        ({"messages": None}, "messages=None"),
        ({"messages": "hi"}, "messages='hi'"),
        ({"messages": [3]}, r"messages\[0\] is 3"),
        ({"max_retries": -1}, "max_retries=-1"),
        ({"max_retries": 1.5}, "max_retries=1.5"),
        ({"max_retries": True}, "max_retries=True"),
        ({"retry_config": 3}, "retry_config=3"),
        ({"validation_hook": 3}, "validation_hook=3"),
        ({"hooks": 3}, "hooks=3"),
        ({"hooks": [3]}, "callable"),
        ({"strict": "yes"}, "strict='yes'"),
    ],
    ids=str,
)
def test_usage_errors_are_raised_before_any_request(kwargs, says, serve, connect):
    server = serve(JASON)
    with pytest.raises(errors.UsageError, match=says):
        connect(server).create(response_model=User, **kwargs)
    assert server.requests == []


def test_our_keywords_need_response_model(serve, connect):
    server = serve(JASON)
    with pytest.raises(errors.UsageError, match="max_retries needs response_model"):
        connect(server).create(max_retries=2)
    with pytest.raises(errors.UsageError, match="response_model is required"):
        connect(server).extract()
    assert server.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        Raw(body={}),
        Raw(body={"choices": []}),
        Raw(body={"choices": None}),
        Raw(body={"choices": [{}]}),
        Raw(body={"choices": [{"message": None}]}),
        Raw(body={"choices": [{"message": {"content": None}}]}),
        Raw(body={"choices": [{"message": {"content": 3}}]}),
        Raw(body="[]"),
        Raw(body="null"),
        Raw(body={"message": None}),
        Raw(body={"message": {"role": "assistant"}}),
        Raw(body={"message": {"role": "assistant", "content": None}}),
        Raw(body={"message": {"role": "assistant", "content": 3}}),
        completion(None),
        answer(""),
    ],
    ids=lambda reply: str(reply)[:60],
)
def test_a_reply_with_nothing_in_it_is_an_answer_error(reply, serve, connect):
    with pytest.raises(errors.AnswerError):
        connect(serve(reply)).create(response_model=User, max_retries=1)


def test_create_with_completion_and_extract(serve, connect):
    server = serve(*(answer(text, completion_tokens=10) for text in ('{"name": "a"}', '{"name": "A"}')))
    client = connect(server)
    value, whole = client.create_with_completion(response_model=Loud)
    assert value == Loud(name="A")
    assert client.content_of(whole) == '{"name": "A"}'
    server.requests.clear()
    extraction = client.extract(response_model=Loud)
    assert extraction.value == Loud(name="A")
    assert [attempt.error is None for attempt in extraction.attempts] == [False, True]
    assert extraction.usage.completion_tokens == 20
    assert extraction.seconds >= 0


def test_context_and_strict_reach_the_validators(serve, connect):
    class Scaled(BaseModel):
        size: int

        @field_validator("size")
        @classmethod
        def _scale(cls, value: int, info: pydantic.ValidationInfo) -> int:
            return value * info.context["factor"]

    client = connect(serve('{"size": "2"}'))
    assert client.create(response_model=Scaled, context={"factor": 3}).size == 6
    with pytest.raises(errors.RetriesExhaustedError, match="valid integer"):
        client.create(response_model=Scaled, context={"factor": 3}, strict=True, max_retries=0)


def test_a_bug_in_a_validator_is_not_asked_again(serve, connect):
    class Broken(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def _boom(cls, value: str) -> str:
            raise TypeError("my bug")

    server = serve('{"name": "a"}')
    with pytest.raises(TypeError, match="my bug"):
        connect(server).create(response_model=Broken)
    assert len(server.requests) == 1


@pytest.mark.openai_only
def test_the_callers_arguments_are_not_changed(serve, connect):
    messages = [{"role": "developer", "content": [{"type": "text", "text": "a"}]}, {"role": "user", "content": "b"}]
    before = [dict(message) for message in messages]
    body = {"x": {"y": 1}}
    connect(serve('{"name": "a"}', '{"name": "A"}')).create(response_model=Loud, messages=messages, extra_body=body)
    assert messages == before
    assert body == {"x": {"y": 1}}


@pytest.mark.openai_only
def test_ignored_parameters_are_translated_or_warned_about(serve, connect):
    server = serve(JASON)
    client = connect(server)
    client.create(response_model=User, max_completion_tokens=7)
    assert server.requests[0].body["max_tokens"] == 7
    assert "max_completion_tokens" not in server.requests[0].body
    with pytest.warns(errors.IgnoredParameterWarning, match="num_ctx") as caught:
        client.create(response_model=User, extra_body={"num_ctx": 9})
    assert "instructor_ollama" not in caught[0].filename


def test_thinking_that_left_no_answer_is_asked_again_without(serve, connect):
    server = serve(answer("", reasoning="hm"), JASON)
    assert connect(server).create(response_model=User, max_retries=0) == User(name="Jason", age=25)
    assert "reasoning_effort" not in server.requests[0].body
    assert server.requests[1].body["reasoning_effort"] == "none"
    server = serve(answer("", reasoning="hm"), JASON)
    connect(server).create(response_model=User, model="gpt-oss:20b")
    assert server.requests[1].body["reasoning_effort"] == "low"


def test_a_callers_thinking_is_not_touched(serve, connect):
    server = serve(answer("", reasoning="hm"))
    with pytest.raises(errors.RetriesExhaustedError):
        connect(server).create(response_model=User, extra_body={"reasoning_effort": "high"}, max_retries=1)
    assert {request.body["reasoning_effort"] for request in server.requests} == {"high"}


@pytest.mark.parametrize(
    ("reply", "limit", "partial"),
    [
        (answer('{"name": "Jason", "a', finish_reason="length"), "context window", {"name": "Jason"}),
        (answer("", finish_reason="length", completion_tokens=50), "max_tokens", None),
        (answer('{"name": "Ja', finish_reason="length", reasoning="x"), "context window", {"name": "Ja"}),
    ],
)
def test_a_cut_answer_is_not_asked_again(reply, limit, partial, serve, connect):
    server = serve(reply)
    with pytest.raises(errors.IncompleteAnswerError) as caught:
        connect(server).create(response_model=User, max_tokens=50)
    assert (caught.value.limit, caught.value.partial) == (limit, partial)
    assert len(caught.value.attempts) == len(server.requests) == 1


def test_what_is_shown_of_an_answer_is_out_of_its_envelope(serve, connect):
    seen = []
    with pytest.raises(errors.IncompleteAnswerError) as caught:
        connect(serve(answer('{"result": [1, 2', finish_reason="length"))).create(response_model=list[int])
    assert caught.value.partial == [1, 2]
    with pytest.raises(errors.RetriesExhaustedError):
        connect(serve('{"result": ["x"]}'), validation_hook=lambda value, *_: seen.append(value)).create(
            response_model=list[int]
        )
    assert seen == [["x"]]


def test_a_complete_answer_of_a_truncated_reply_is_accepted(serve, connect):
    client = connect(serve(answer(JASON + " and mo", finish_reason="length")))
    assert client.create(response_model=User) == User(name="Jason", age=25)
    client = connect(serve(answer("12", finish_reason="length")))
    with pytest.raises(errors.IncompleteAnswerError):
        client.create(response_model=int)


def test_a_reply_without_finish_reason_is_retried_at_a_higher_temperature(serve, connect):
    looped = answer('{"name": "J', finish_reason=None, prompt_tokens=0, completion_tokens=0)
    server = serve(looped, JASON)
    assert connect(server).create(response_model=User) == User(name="Jason", age=25)
    assert [request.body["temperature"] for request in server.requests] == [0, 0.4]


def test_an_aborted_repetition_loop_is_retried_at_a_higher_temperature(serve, connect):
    server = serve(error_of(500, "prediction aborted, token repeat limit reached"), JASON)
    assert connect(server).create(response_model=User) == User(name="Jason", age=25)
    assert [request.body["temperature"] for request in server.requests] == [0, 0.4]
    with pytest.raises(errors.RetriesExhaustedError, match="repetition loop"):
        connect(serve(Raw(500, {"error": "prediction aborted, token repeat limit reached"}))).create(
            response_model=User, max_retries=1
        )


def test_a_truncated_repetition_loop_is_retried_at_a_higher_temperature(serve, connect):
    loop = answer('{"name": "Jason' + ", so Jason" * 60, finish_reason="length")
    server = serve(loop, loop, JASON)
    assert connect(server).create(response_model=User, max_retries=2) == User(name="Jason", age=25)
    assert [request.body["temperature"] for request in server.requests] == [0, 0.4, 0.8]
    first, *others = (request.body["messages"] for request in server.requests)
    assert others == [first, first]  # to see the loop is to go on with it

    with pytest.raises(errors.IncompleteAnswerError, match=r"repetition loop \('.*so Jason.*'\)\. If this") as caught:
        connect(serve(loop, loop)).create(response_model=User, max_retries=1)
    assert [attempt.number for attempt in caught.value.attempts] == [1, 2]

    long = answer(
        '{"name": "' + "Jason and his dog went for a walk and came back in the evening, then " * 9,
        finish_reason="length",
    )
    with pytest.raises(errors.IncompleteAnswerError, match=r"repetition loop \('.{60}\.\.\.'\)") as caught:
        connect(serve(long)).create(response_model=User, max_retries=1, temperature=0.7)
    assert len(caught.value.attempts) == 1


def test_an_echoed_schema_is_no_answer(serve, connect):
    class Lax(BaseModel):
        name: str = "nobody"

    server = serve('{"type": "object", "properties": {"name": {"type": "string"}}}', '{"name": "x"}')
    assert connect(server).create(response_model=Lax) == Lax(name="x")
    assert "repeats the schema" in server.requests[1].messages[-1]["content"]
