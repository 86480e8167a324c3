"""The contract that fuzzing checks: any reply gives an instance of T or one documented error."""

from __future__ import annotations

import copy
import datetime
from typing import Any, Literal, Optional, Union

import openai
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter

from instructor_ollama import errors, patch
from instructor_ollama.testing import FakeOllama, Raw, answer


class Item(BaseModel):
    name: str
    price: float = Field(ge=0)
    kind: Literal["a", "b"] = "a"


class Order(BaseModel):
    items: list[Item]
    day: Optional[datetime.date] = None
    parent: Optional[Order] = None


MODELS: list[Any] = [Item, Order, list[Item], dict[str, int], Union[int, Item], int, str, bool, Literal["x", "y"]]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ITEMS = st.builds(Item, name=st.text(max_size=9), price=st.floats(0, 1e6), kind=st.sampled_from("ab"))
ORDERS = st.builds(Order, items=st.lists(ITEMS, max_size=2), day=st.none() | st.dates(), parent=st.none())
VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (Item, ITEMS),
    (Order, ORDERS),
    (list[Item], st.lists(ITEMS, max_size=3)),
    (dict[str, int], st.dictionaries(st.text(max_size=5), st.integers(-(10**12), 10**12), max_size=3)),
    (Union[int, Item], st.integers(-(10**12), 10**12) | ITEMS),
    (str, st.text()),
    (bool, st.booleans()),
]
PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "\\",
        ":",
        ",",
        "```",
        "```json\n",
        "<think>",
        "</think>",
        "null",
        "1",
        "name",
        "\n",
        " ",
    ]
)
TEXTS = st.text() | st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join)
QUICK = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def talk():
    """`talk(reply, T)` sends one reply through the whole of a sync client."""
    with FakeOllama() as server:
        http = openai.DefaultHttpxClient(verify=False)
        with openai.OpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            patch(client)

            def call(reply: Any, response_model: Any, **kwargs: Any) -> Any:
                server.answers = [reply]
                return client.chat.completions.create(
                    **{
                        "model": "m",
                        "messages": [{"role": "user", "content": "x"}],
                        "max_retries": 1,
                        "response_model": response_model,
                        **kwargs,
                    }
                )

            yield call


def check(value: Any, response_model: Any) -> None:
    TypeAdapter(response_model).validate_python(value, strict=True)


@QUICK
@given(st.data())
def test_any_text_gives_an_instance_or_an_answer_error(talk, data):
    response_model = data.draw(st.sampled_from(MODELS))
    finish = data.draw(st.sampled_from(["stop", "length", None, "tool_calls", "odd"]))
    reasoning = data.draw(st.none() | st.text(max_size=5))
    text = data.draw(TEXTS)
    try:
        value = talk(answer(text, finish_reason=finish, reasoning=reasoning), response_model)
    except errors.AnswerError as error:
        assert error.attempts
        assert len(str(error)) < 2000
    else:
        check(value, response_model)


@QUICK
@given(body=JSON, response_model=st.sampled_from(MODELS))
def test_any_body_gives_an_instance_or_an_answer_error(talk, body, response_model):
    try:
        value = talk(Raw(body=body if not isinstance(body, str) else {"choices": body}), response_model)
    except errors.AnswerError:
        pass
    else:
        check(value, response_model)


@QUICK
@given(
    status=st.sampled_from([400, 401, 402, 403, 404, 405, 409, 413, 422, 499, 500, 501]),
    body=JSON
    | st.fixed_dictionaries({"error": JSON})
    | st.fixed_dictionaries({"error": st.fixed_dictionaries({"message": JSON})}),
)
def test_any_refusal_is_both_ours_and_openais(talk, status, body):
    with pytest.raises(errors.OllamaError) as caught:
        talk(Raw(status, body), Item)
    assert isinstance(caught.value, openai.APIStatusError)
    assert caught.value.status_code == status
    assert len(str(caught.value)) < 2000


@QUICK
@given(st.data())
def test_valid_values_come_back_as_they_are(talk, data):
    response_model, values = data.draw(st.sampled_from(VALUES))
    value = data.draw(values)
    text = TypeAdapter(response_model).dump_json(value).decode()
    came = talk(text if text.startswith("{") else f'{{"result": {text}}}', response_model)
    assert came == value
    assert type(came) is type(value)


@QUICK
@given(
    messages=st.lists(
        st.fixed_dictionaries(
            {
                "role": st.sampled_from(["system", "user", "assistant", "developer"]),
                "content": st.text(max_size=9)
                | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=5)}), max_size=2),
            }
        ),
        min_size=1,
        max_size=4,
    ),
    extra=st.dictionaries(st.text("abc", min_size=1, max_size=3), JSON.filter(lambda v: v == v), max_size=2),
)
def test_the_callers_arguments_are_never_changed(talk, messages, extra):
    before = copy.deepcopy((messages, extra))
    with pytest.raises((errors.AnswerError, pydantic.ValidationError, ValueError)):
        talk('{"no": 1}', Item, messages=messages, extra_body=extra, max_retries=2)
    assert (messages, extra) == before
