"""What is found in an answer and its tokens of values that the grammar has altered; and answers changed to fit."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
import pytest
from pydantic import BaseModel, Field

from instructor_ollama import errors
from instructor_ollama._reply.altered import Token, alteration, shown_path
from instructor_ollama._reply.stated import Source, changed_to_fit, shortened, stated
from instructor_ollama._schema.target import Target


def tokens(*texts: Any) -> list[Token]:
    """`"text"` for a first choice, `("text", "wanted")` for one that was forced."""
    return [Token(*one, forced=True) if isinstance(one, tuple) else Token(one, one, forced=False) for one in texts]


def found_in(written: list[Token], *, restricted: bool = True) -> str | None:
    text = "".join(token.text for token in written)
    found = alteration(text, written, lambda _: restricted)
    return None if found is None else f"{found.path}={found.value}<{found.wanted}"


@pytest.mark.parametrize(
    ("number", "suspicious"),
    [
        ("25", False),
        ("123456789012345", False),
        ("1234567890123456", True),
        ("-1234567890123456", True),
        ("12345678901234567", False),  # longer than a grammar lets through: there was none
        ("0.123456789012345", False),
        ("0.1234567890123456", True),
        ("1e-0", True),
        ("1E+0", True),
        ("1e0", True),
        ("1e-07", False),
        ("1e10", False),
        ("0", False),
    ],
)
def test_a_number_at_the_limit_of_the_grammar(number: str, suspicious: bool) -> None:
    for text in (f'{{"a": {number}}}', f'{{"b": ["x", {{"a": [1, {number}]}}]}}', number):
        assert (alteration(text, (), lambda _: True) is not None) == suspicious
    assert alteration(json.dumps({"a": number}), (), lambda _: True) is None  # in quotes nothing is truncated


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (('{"a": "', "red", '"}'), None),
        (('{"a": "', ("red", "yellow"), '"}'), 'a="red"<yellow'),
        (('{"a": "', ("red", "Red"), '"}'), None),  # the same value, written otherwise
        (('{"a": "', ("red", " red"), '"}'), None),
        (('{"a": "', ("red", "red-ish"), '"}'), 'a="red"<red-ish'),
        (('{"a": "AB1234', ('"', "5"), "}"), 'a="AB1234"<AB12345'),
        (('{"a": "XY98', ("0", '"\n'), ('0"', '0"'), "}"), 'a="XY9800"<XY98'),
        (('{"a": ', ('"red', ' "yellow'), '"}'), 'a="red"<yellow'),
        (('{"a": ', ('"', "red"), "red", '"}'), None),  # the model forgot its quotes
        (("{", ('\n  "', '"'), 'a": "red"', ("\n", "}"), "}"), None),  # blanks and structure
        (('{"', ("a", "colour"), '": "red"}'), None),  # a key
        (('{"a": 12', ("}", "3")), "a=12<123"),
        (('{"a": 1', (".", "2"), "5}"), "a=1.5<12"),
        (('{"a": 12', ("}", ".5")), "a=12<12.5"),
        (('{"a": 12', ("}", ",")), None),
        (('{"b": [1, {"a": "', ("red", "pink"), '"}]}'), 'b[1].a="red"<pink'),
    ],
)  # fmt: skip
def test_a_forced_token(written: tuple[Any, ...], expected: str | None) -> None:
    assert found_in(tokens(*written)) == expected


def test_a_forced_token_in_a_free_string_says_nothing() -> None:
    assert found_in(tokens('{"a": "', ("red", "yellow"), '"}'), restricted=False) is None


def test_tokens_that_are_not_the_text_say_nothing() -> None:
    written = tokens('{"a": "', ("red", "yellow"), '"}')
    assert alteration('{"a": "blue"}', written, lambda _: True) is None
    assert alteration(" ", written, lambda _: True) is None
    assert alteration('{"a": "red"}', [*tokens("a thought. "), *written], lambda _: True) is not None


def test_a_path_is_shown() -> None:
    assert [shown_path(path) for path in ((), (0,), ("a", 1, "b"))] == ["the answer", "[0]", "a[1].b"]


class Line(BaseModel):
    color: Literal["red", "green"] | None = None
    only: Literal["x"] = "x"
    code: Annotated[str, Field(pattern="^[A-Z]+$")] = "A"
    amount: Decimal = Decimal(0)
    free: str = ""


def test_what_the_grammar_restricts() -> None:
    class Order(BaseModel):
        lines: list[Line]
        pair: tuple[Line, str]

    target = Target(Order)
    assert target.restricted
    assert not target.opened.restricted
    assert not Target(dict[str, int]).restricted
    assert [
        name
        for name in Line.model_fields
        if target.restricts(("lines", 3, name)) and target.restricts(("pair", 0, name))
    ] == ["color", "code"]
    assert not target.restricts(("pair", 1))
    assert not target.restricts(("nothing", "there"))


# --- values that the messages state


TEXT = "The oak is 450 years old, cost 1,234.56 euros on 1998-07-04 and 4 July 2031; its name is 'Old Tom'. Tags: sea, sun."


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (450, True), (450.0, True), (-450, True), (45, False), (1234.56, True), ("1234.56", True), (Decimal("1234.56"), True),
        (True, False), (None, False), ({"a": 450}, False), ("Old Tom", True), ("old-tom", True), ("Old", True), ("Ol", False),
        ("", False), ("1998-07-04", True), ("1998-07-04T10:00:00", True), ("2031-07-04", True), ("2020-01-01", False),
        (["sea", "sun"], True), (["sea", "moon"], False), ([], False),
    ],
)  # fmt: skip
def test_what_the_messages_state(value: Any, there: bool) -> None:
    assert Source([TEXT]).states(value) == there


class Oak(BaseModel):
    age: Annotated[int, Field(le=120)] = 1
    name: Annotated[str, Field(max_length=3)] = "a"
    tags: Annotated[list[str], Field(max_length=1)] = []
    authors: Annotated[list[str], Field(min_length=2)] = ["a", "b"]
    color: Literal["red", "green"] = "red"
    day: Annotated[datetime.date, Field(ge=datetime.date(2020, 1, 1))] = datetime.date(2021, 1, 1)
    tall: bool = False


def rejected(**values: Any) -> pydantic.ValidationError:
    with pytest.raises(pydantic.ValidationError) as caught:
        Oak.model_validate_json(json.dumps(values))
    return caught.value


@pytest.mark.parametrize(
    ("text", "first", "second", "changed"),
    [
        ("450 years", {"age": 450}, {"age": 120}, "age"),
        ("450 years, planted by Ann, 42", {"age": 450}, {"age": 42}, None),  # another value of the text
        ("four hundred and fifty years", {"age": 450}, {"age": 120}, None),  # the text does not state it
        ("called Old Tom", {"name": "Old Tom"}, {"name": "Old"}, "name"),
        ("called Old Tom by Eve", {"name": "Old Tom"}, {"name": "Eve"}, None),
        ("tags: sea, sun", {"tags": ["sea", "sun"]}, {"tags": ["sea"]}, "tags"),
        ("by Turing", {"authors": ["Turing"]}, {"authors": ["Turing", "Church"]}, "authors"),
        ("about the sea", {"authors": []}, {"authors": ["ocean", "water"]}, None),  # nothing was left out
        ("by Turing and Church", {"authors": ["Turing"]}, {"authors": ["Turing", "Church"]}, None),
        ("the car is yellow", {"color": "yellow"}, {"color": "red"}, "color"),
        ("the car is RED", {"color": "RED"}, {"color": "red"}, None),  # the same word
        ("on 1998-07-04", {"day": "1998-07-04"}, {"day": "2020-01-01"}, "day"),
        ("450 years, tall", {"age": 450, "tall": "much"}, {"age": 120}, None),  # something else is wrong too
    ],
)
def test_a_value_that_was_changed_to_fit(text: str, first: Any, second: Any, changed: str | None) -> None:
    source = Source([text])
    values = stated(rejected(**first), source)
    found = changed_to_fit(second, values, source)
    assert (None if found is None else found.location[0]) == changed


def test_a_location_passes_branches_of_unions_over() -> None:
    class Row(BaseModel):
        a: list[Annotated[int, Field(le=5)] | None]

    with pytest.raises(pydantic.ValidationError) as caught:
        Row.model_validate({"a": [1, 450]})
    source = Source(["450 or 1"])
    values = stated(caught.value, source)
    assert changed_to_fit({"a": [1, 5]}, values, source) is not None
    assert changed_to_fit({"a": [1, 450]}, values, source) is None


# --- the call


class Tree(BaseModel):
    age: Annotated[int, Field(le=120)]


class Big(BaseModel):
    id: int


def ask(client: Any, text: str, **given: Any) -> Any:
    return client.create(messages=[{"role": "user", "content": text}], **given)


def test_a_truncated_number_is_asked_for_in_quotes(serve, connect):
    server = serve('{"id": 1234567890123456}', '{"id": "1234567890123456789"}')
    client = connect(server)
    assert ask(client, "1234567890123456789", response_model=Big, max_retries=0) == Big(id=1234567890123456789)
    first, second = (request.body["response_format"]["json_schema"]["schema"] for request in server.requests)
    assert first["properties"]["id"] == {"type": "integer"}
    assert second["properties"]["id"]["type"] == "string"
    assert server.requests[0].body["messages"] == server.requests[1].body["messages"]


def test_a_truncated_number_of_a_union_is_asked_for_without_a_grammar(serve, connect):
    class Either(BaseModel):
        id: int | str

    cut = '{"id": 1234567890123456}'
    server = serve(cut, cut, '```json\n{"id": 1234567890123456789}\n```')
    assert ask(connect(server), "x", response_model=Either, max_retries=0) == Either(id=1234567890123456789)
    assert "response_format" not in server.requests[2].body


def test_a_number_of_sixteen_digits_is_taken_when_it_comes_again(serve, connect):
    server = serve('{"id": 4111111111111111}', '{"id": "4111111111111111"}')
    assert ask(connect(server), "x", response_model=Big, max_retries=0).id == 4111111111111111


def test_a_value_that_the_messages_state_is_not_changed_to_fit(serve, connect):
    server = serve('{"age": 450}', '{"age": 120}', '{"age": 12}')
    with pytest.raises(
        errors.RetriesExhaustedError, match="age: Input should be less than or equal to 120, got 450"
    ) as caught:
        ask(connect(server), "The oak is 450 years old.", response_model=Tree)
    assert len(caught.value.attempts) == 2


def test_a_value_that_the_messages_state_ends_the_call_when_it_comes_again(serve, connect):
    server = serve('{"age": 450}', '{"age": 450}', '{"age": 12}')
    with pytest.raises(errors.RetriesExhaustedError):
        ask(connect(server), "The oak is 450 years old.", response_model=Tree)
    assert len(server.requests) == 2


def test_another_value_of_the_messages_is_taken(serve, connect):
    server = serve('{"age": 1990}', '{"age": 34}')
    assert ask(connect(server), "Ann, born in 1990, is 34.", response_model=Tree).age == 34


def test_limits_may_be_enforced(serve, connect):
    server = serve('{"age": 7}')
    assert ask(connect(server, constrain="limits"), "x", response_model=Tree).age == 7
    assert server.requests[0].body["response_format"]["json_schema"]["schema"]["properties"]["age"]["maximum"] == 120


def test_first_choices_are_asked_for_where_the_grammar_restricts_a_string(serve, connect):
    server = serve('{"color": "red"}', '{"age": 7}')
    client = connect(server)
    assert ask(client, "x", response_model=Line).color == "red"
    assert ask(client, "x", response_model=Tree).age == 7
    assert ["logprobs" in request.body for request in server.requests] == [True, False]


# A number of the messages, shortened ------------------------------------------------------------------------

Stars = Annotated[int, Field(ge=1, le=5)]
Cents = Annotated[Decimal, Field(max_digits=6, decimal_places=2)]
Dozens = Annotated[int, Field(multiple_of=12)]
Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


@pytest.mark.parametrize(
    ("of", "text", "answer", "suspicious"),
    [
        (Stars, "45 stars", 4, True),
        (Stars, "4 stars of 45 readers", 4, False),
        (Stars, "in 2021 she gave it three", 3, False),
        (Stars, "in 2021 she gave it two", 2, True),  # it costs a request and changes nothing
        (Stars, "5.0 stars", 5, False),
        (Stars, "four stars", 4, False),
        (Cents, "45.999 euros", "45.99", True),
        (Cents, "123456.78 euros", "1234.56", True),
        (Cents, "1,234.50 euros", "1234.5", False),
        (Cents, "1.234,50 euros", "1234.50", False),
        (Percent, "1000.0 percent", 100.0, True),
        (Share, "1.25", 0.125, True),
        (Share, "25 percent", 0.25, False),
        (Share, "-1.25", -0.125, True),
        (Dozens, "25 eggs", 36, True),
        (Dozens, "24 eggs", 24, False),
        (Dozens, "three dozen", 36, False),
        (int, "45 stars", 4, False),
        (list[Stars], "45 and 3", [4, 3], True),
        (dict[str, Stars], "45 and 3", {"a": 4}, True),
        (Annotated[Stars, Field(description="x")] | None, "45", None, False),
    ],
)
def test_a_number_that_lost_digits(of: Any, text: str, answer: Any, suspicious: bool) -> None:
    target = Target(of)
    numbers = list(target.limited_numbers({"result": answer} if target.enveloped else answer))
    assert target.limited == (of is not int)
    assert (shortened(numbers, Source([text])) is not None) == suspicious
    assert list(target.limited_numbers(answer)) == numbers


class Review(BaseModel):
    stars: Stars


def test_a_shortened_number_is_asked_for_without_limits(serve, connect):
    server = serve('{"stars": 4}', '{"stars": "45"}', '{"stars": "45"}')
    with pytest.raises(errors.RetriesExhaustedError, match="stars: Input should be less than or equal to 5, got 45"):
        connect(server).create(response_model=Review, messages=[{"role": "user", "content": "45 stars"}])
    prompts = [request.body["messages"][0]["content"] for request in server.requests]
    assert [("1..5" in prompt) for prompt in prompts] == [True, False, False]


def test_a_shortened_number_that_comes_again_is_taken(serve, connect):
    server = serve('{"stars": 2}', '{"stars": "2"}')
    extraction = connect(server).extract(
        response_model=Review, messages=[{"role": "user", "content": "In 2021 two stars"}], max_retries=0
    )
    assert extraction.value == Review(stars=2)
    assert len(extraction.attempts) == 2


def test_limits_may_shorten_where_they_are_enforced(serve, connect):
    server = serve('{"stars": 4}')
    client = connect(server, constrain="limits")
    assert client.create(response_model=Review, messages=[{"role": "user", "content": "45 stars"}]) == Review(stars=4)
