"""What is sent to models: the notation, its place, the re-ask."""

from __future__ import annotations

import datetime
import decimal
import json
from enum import Enum
from typing import Annotated, Any, Literal, Optional, Union

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field

from benchmarks.models import NINE
from instructor_ollama._prompt.messages import (
    ANSWER_LIMIT,
    ERROR_LIMIT,
    ERRORS_LIMIT,
    error_lines,
    reask,
    schema_text,
    shortened,
    with_schema,
)
from instructor_ollama._prompt.notation import notation
from instructor_ollama._schema.target import target_of


def told(response_model: Any) -> str:
    return notation(target_of(response_model).schema)


class Kind(Enum):
    A = "alpha"
    B = "beta"


class Tree(BaseModel):
    value: int
    children: list[Tree] = []


class Cat(BaseModel):
    pet: Literal["cat"] = "cat"
    lives: int = Field(9, ge=0)


class Dog(BaseModel):
    pet: Literal["dog"] = "dog"
    tricks: list[str] = Field(max_length=5)


class Home(BaseModel):
    """Where somebody lives."""

    street: str = Field(description="with the\n  house number")
    city: str


class Everything(BaseModel):
    home: Home = Field(description="main one")
    second: Home
    kind: Kind
    pet: Annotated[Union[Cat, Dog], Field(discriminator="pet")]
    words: dict[str, int]
    pair: tuple[int, str]
    grid: list[list[Annotated[int, Field(ge=0, lt=9)]]]
    anything: Any
    code: str = Field(pattern="^[a-z]+$", max_length=8)
    note: Optional[str] = None
    lang: str = "en"
    half: float = Field(gt=0, multiple_of=0.5)
    odd: int = Field(alias="odd name", examples=[3, 5])


def test_the_notation_of_everything():
    assert told(Everything) == (
        "{\n"
        "home: Home // main one\n"
        "second: Home\n"
        'kind: "alpha" | "beta"\n'
        "pet: {\n"
        'pet: "cat"\n'
        "lives: int >=0 = 9\n"
        "} | {\n"
        'pet: "dog"\n'
        "tricks: string[] <=5 items\n"
        "}\n"
        "words: map<string, int>\n"
        "pair: [int, string]\n"
        "grid: (int >=0 <9)[][]\n"
        "anything: any\n"
        "code: string <=8 chars /^[a-z]+$/\n"
        "note: string | null\n"
        'lang: string = "en"\n'
        "half: float >0 multiple of 0.5\n"
        '"odd name": int // e.g. 3, 5\n'
        "}\n"
        "Home = { // Where somebody lives.\n"
        "street: string // with the house number\n"
        "city: string\n"
        "}"
    )


@pytest.mark.parametrize(
    ("response_model", "expected"),
    [
        (Tree, "Tree\nTree = {\nvalue: int\nchildren: Tree[] = []\n}"),
        (
            list[Home],
            "{\nresult: { // Where somebody lives.\nstreet: string // with the house number\ncity: string\n}[]\n}",
        ),
        (int, "{\nresult: int\n}"),
        (Optional[Kind], '{\nresult: "alpha" | "beta" | null\n}'),
        (dict[str, list[int]], "map<string, int[]>"),
        (dict[str, Any], "object"),
        (Literal[1, "a", True, None], '{\nresult: 1 | "a" | true | null\n}'),
        (list[Union[int, str]], "{\nresult: (int | string)[]\n}"),
        (set[int], "{\nresult: int[] unique\n}"),
        (list, "{\nresult: any[]\n}"),
        (decimal.Decimal, "{\nresult: decimal string\n}"),
        (
            Annotated[
                decimal.Decimal, Field(ge=0, lt=100, max_digits=8, decimal_places=2, multiple_of=decimal.Decimal("0.5"))
            ],
            "{\nresult: decimal string >=0 <100 multiple of 0.5 <=8 digits <=2 decimals\n}",
        ),
        (pydantic.NaiveDatetime, "{\nresult: datetime without zone\n}"),
        (pydantic.AwareDatetime, "{\nresult: datetime with zone\n}"),
        (pydantic.PastDate, "{\nresult: date in the past\n}"),
        (pydantic.FutureDate, "{\nresult: date in the future\n}"),
        (Annotated[datetime.date, Field(ge=datetime.date(2024, 1, 2))], "{\nresult: date >=2024-01-02\n}"),
        (datetime.timedelta, "{\nresult: ISO 8601 duration\n}"),
        (pydantic.HttpUrl, "{\nresult: url\n}"),
        (pydantic.SecretStr, "{\nresult: string\n}"),
        (pydantic.Json[list[int]], "{\nresult: string of JSON int[]\n}"),
        (dict[int, str], "{\nresult: {\nkey: int\nvalue: string\n}[]\n}"),
        (Union[dict[int, str], list[str]], "{\nresult: map<int, string> | string[]\n}"),
        (dict[Literal["a", "b"], int], 'map<"a" | "b", int>'),
        (Annotated[dict[str, int], Field(min_length=1)], "map<string, int> >=1 entries"),
        (Annotated[dict[Literal["a", "b"], int], Field(min_length=1)], 'map<"a" | "b", int> >=1 entries'),
    ],
    ids=str,
)
def test_the_notation_of_one_type(response_model, expected):
    assert told(response_model) == expected


def test_open_and_closed_objects():
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        a: int

    assert told(Open) == "{\na: int\n...: any\n}"


def test_two_classes_of_one_name_are_told_apart():
    first = pydantic.create_model("Item", first_only=(int, ...), more=(list[int], ...))
    second = pydantic.create_model("Item", __module__="elsewhere", second_only=(str, ...), more=(list[int], ...))
    both = pydantic.create_model("Both", a=(list[first], ...), b=(list[second], ...), c=(first, ...), d=(second, ...))
    text = told(both)
    names = [line.split(" = ")[0] for line in text.splitlines() if line.endswith(" = {")]
    assert len(set(names)) == 2


def _facts(schema: Any) -> list[str]:
    """Every description, enum value and bound of a JSON Schema, as it has to appear in the text."""
    if isinstance(schema, list):
        return [fact for one in schema for fact in _facts(one)]
    if not isinstance(schema, dict):
        return []
    found: list[str] = []
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            found += [fact for one in value.values() for fact in _facts(one)]
        elif key == "description":
            found.append(" ".join(value.split()))
        elif key == "enum":
            found += [json.dumps(one) for one in value]
        elif key in ("const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            found.append(json.dumps(value).removesuffix(".0"))
        elif key in ("minItems", "maxItems") and "prefixItems" in schema:
            continue  # a tuple says it by its members
        elif key in ("minLength", "maxLength", "minItems", "maxItems", "pattern"):
            found.append(str(value))
        elif key != "default" and not key.startswith("x-"):
            found += _facts(value)
    return found


@pytest.mark.parametrize("name", [*NINE, "everything"])
def test_nothing_of_meaning_is_left_out(name):
    response_model = NINE.get(name, Everything)
    schema = pydantic.TypeAdapter(response_model).json_schema()
    text = told(response_model)
    assert [fact for fact in _facts(schema) if fact not in text] == []


@pytest.mark.parametrize("name", NINE)
def test_the_text_is_the_same_from_call_to_call(name):
    from instructor_ollama._schema.target import Target

    texts = {schema_text(Target(NINE[name])) for _ in range(3)}
    assert len(texts) == 1


def test_other_styles():
    target = target_of(Home)
    assert json.loads(schema_text(target, "json-schema").partition("\n")[2])["required"] == ["street", "city"]
    assert schema_text(target, lambda schema: ",".join(schema["properties"])) == "street,city"


def test_extensions_are_ours_but_a_field_may_be_named_like_one():
    model = pydantic.create_model("M", **{"a": (int, Field(alias="x-a"))})
    assert "x-a" in schema_text(target_of(model), "json-schema")


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{"role": "user", "content": "d"}], [{"role": "user", "content": "S\n\nd"}]),
        (
            [{"role": "system", "content": "s"}, {"role": "user", "content": "d"}],
            [{"role": "system", "content": "s\n\nS"}, {"role": "user", "content": "d"}],
        ),
        ([{"role": "developer", "content": "s"}], [{"role": "system", "content": "s\n\nS"}]),
        (
            [{"role": "assistant", "content": "a"}, {"role": "user", "content": "d"}],
            [{"role": "assistant", "content": "a"}, {"role": "user", "content": "S\n\nd"}],
        ),
        (
            [{"role": "assistant", "content": "a"}],
            [{"role": "assistant", "content": "a"}, {"role": "user", "content": "S"}],
        ),
        ([{"role": "system", "content": None}], [{"role": "system", "content": "S"}]),
        (
            [{"role": "user", "content": [{"type": "text", "text": "d"}, IMAGE]}],
            [{"role": "user", "content": [{"type": "text", "text": "S\n\nd"}, IMAGE]}],
        ),
        (
            [{"role": "user", "content": [IMAGE]}],
            [{"role": "user", "content": [{"type": "text", "text": "S"}, IMAGE]}],
        ),
        (
            [{"role": "system", "content": [{"type": "text", "text": "s"}, IMAGE]}],
            [{"role": "system", "content": [{"type": "text", "text": "s"}, IMAGE, {"type": "text", "text": "S"}]}],
        ),
    ],
)
def test_where_the_schema_goes(messages, expected):
    before = json.dumps(messages)
    assert with_schema(messages, "S") == expected
    assert json.dumps(messages) == before


class Row(BaseModel):
    name: str = Field(min_length=2)
    price: float


class Order(BaseModel):
    rows: list[Row]
    pet: Union[Cat, Dog, int] = 3


def errors_of(response_model: Any, answer: str) -> list[str]:
    target = target_of(response_model)
    with pytest.raises(pydantic.ValidationError) as caught:
        target.validate(answer)
    return error_lines(answer, caught.value, target)


@pytest.mark.parametrize(
    ("response_model", "answer", "expected"),
    [
        (Order, '{"rows": [{"name": "a", "price": "x"}]}', [
            '- rows[0].name: String should have at least 2 characters, got "a"',
            '- rows[0].price: Input should be a valid number, unable to parse string as a number, got "x"',
        ]),
        (Order, "{}", ["- rows: Field required"]),
        (Order, '{"rows": [], "pet": {"pet": "cow"}}', [
            "- pet.pet (as Cat): Input should be 'cat', got \"cow\"",
            "- pet.pet (as Dog): Input should be 'dog', got \"cow\"",
            "- pet.tricks (as Dog): Field required",
            '- pet (as int): Input should be a valid integer, got {"pet":"cow"}',
        ]),
        (list[Row], '{"result": [{"name": "abc", "price": 1}, {"name": "abc"}]}', ["- result[1].price: Field required"]),
        (list[Row], '[{"name": "abc"}]', ["- result[0].price: Field required"]),
        (dict[str, int], '{"a": "b"}', [
            '- a: Input should be a valid integer, unable to parse string as an integer, got "b"'
        ]),
        (Order, '{"rows": ', ["- not JSON: EOF while parsing a value at line 1 column 9"]),
        (Order, "[]", ["- the answer: Input should be an object, got []"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_rejection_says(response_model, answer, expected):
    assert errors_of(response_model, answer) == expected


def test_a_rejection_is_bounded():
    answer = json.dumps({"rows": [{"name": "x" * 9999, "price": "y" * 9999}] * 500})
    lines = errors_of(Order, answer)
    assert len(lines) == ERRORS_LIMIT + 1
    assert lines[-1] == "- and 490 more"
    assert max(map(len, lines)) <= ERROR_LIMIT
    turns = reask(answer, ValueError("z" * 9999), target_of(Order))
    assert [turn["role"] for turn in turns] == ["assistant", "user"]
    assert len(turns[0]["content"]) == ANSWER_LIMIT


def test_shortened_keeps_both_ends():
    assert shortened("abc", 3) == "abc"
    text = shortened("a" * 50 + "z" * 50, 20)
    assert (len(text), text[0], text[-1]) == (20, "a", "z")
