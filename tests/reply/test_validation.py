"""Every type is validated, once, on the answer alone; what Pydantic would not validate is refused by name."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
from collections.abc import Generator, Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

import pydantic
import pytest
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    WithJsonSchema,
    WrapValidator,
    field_validator,
    model_validator,
)
from typing_extensions import TypeAliasType, TypedDict

from instructor_ollama import errors
from instructor_ollama._prompt.notation import notation
from instructor_ollama._reply.rejection import MOST_ERRORS
from instructor_ollama._reply.reply import Reply, read_value
from instructor_ollama._schema.target import Target
from instructor_ollama.events import Usage


def read(text: str, response_model: Any, level: Any = "schema") -> Any:
    target: Target[Any] = Target(response_model, level)
    reply = Reply(text, "", "stop", Usage(), object())
    return read_value(reply, target, strict=None, context=None, max_tokens=None)[0]


# What is refused


class Row(BaseModel):
    """As SQLModel makes a table: its constructor does not validate."""

    model_config: Any = {"table": True}
    name: str


class Rows(BaseModel):
    rows: list[Row]


class Lazy(BaseModel):
    count: int
    items: Iterable[int]


class Deep(BaseModel):
    inner: dict[str, Lazy]


@dataclasses.dataclass
class Drawn:
    items: Generator[int, None, None]


class Typed(TypedDict):
    items: Iterable[str]


class Raising:
    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        raise ZeroDivisionError("no schema")


@pytest.mark.parametrize(
    ("response_model", "reason"),
    [
        (Row, "Row is an SQLModel table"),
        (Rows, "Row in rows is an SQLModel table"),
        (list[Row], "Row is an SQLModel table"),
        (Lazy, "Iterable or Generator in items; use"),
        (Deep, "Iterable or Generator in inner.items; use"),
        (Drawn, "Iterable or Generator in items; use"),
        (Typed, "Iterable or Generator in items; use"),
        (list[Iterable[int]], r"Iterable or Generator; use list\[T\]"),
        (BaseModel, "BaseModel says nothing about the answer"),
        (pydantic.RootModel, "RootModel says nothing about the answer"),
        (Annotated[str, Field(pattern="(")], "unclosed group"),
        (Raising, "no schema"),
    ],
)
def test_types_that_are_refused_by_name(response_model: Any, reason: str) -> None:
    with pytest.raises(errors.UnsupportedResponseModelError, match=reason):
        Target(response_model)


def test_an_alias_with_a_default_is_a_type_like_any_other() -> None:
    alias = TypeAliasType("Alias", Annotated[int, Field(default=3)])  # type: ignore[misc]
    assert read('{"result": 5}', alias) == 5


# What is asked for is what is accepted


class Cat(BaseModel):
    kind: Literal["cat"]
    value: float = Field(ge=0)
    by: dict[int, str] = {}
    told: Union[datetime.datetime, str] = ""
    day_or_text: Union[datetime.date, str] = ""
    year: Union[datetime.datetime, int] = 0
    inner: Optional[Json[Inner]] = None


class Dog(BaseModel):
    kind: Literal["dog"]
    value: str
    by: list[dict[str, Any]] = []


class Eel(BaseModel):
    kind: Literal["eel"]
    value: Any


class Pet(BaseModel):
    pet: Annotated[Union[Cat, Dog, Eel], Field(discriminator="kind")]


@pytest.mark.parametrize("level", ["schema", "limits", "open"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"kind": "dog", "value": "4711"}', "4711"),
        ('{"kind": "eel", "value": "007"}', "007"),
        ('{"kind": "cat", "value": "4711"}', 4711.0),
    ],
)
def test_the_tag_decides_the_branch(text: str, value: Any, level: str) -> None:
    found = read(f'{{"pet": {text}}}', Pet, level).pet.value
    assert (found, type(found)) == (value, type(value))


def test_the_tag_decides_whether_a_list_is_a_dict() -> None:
    rows = '[{"key": 1, "value": "x"}]'
    assert read(f'{{"pet": {{"kind": "cat", "value": 1, "by": {rows}}}}}', Pet).pet.by == {1: "x"}
    assert read(f'{{"pet": {{"kind": "dog", "value": "1", "by": {rows}}}}}', Pet).pet.by == [{"key": 1, "value": "x"}]


class Counts(BaseModel):
    by: dict[int, str]


class Stored(BaseModel):
    data: Json[Counts]


@pytest.mark.parametrize("inner", ['{"by": [{"key": 1, "value": "x"}]}', '{"by": {"1": "x"}}'])
def test_json_in_a_string_is_restored(inner: str) -> None:
    assert read(json.dumps({"data": inner}), Stored).data == Counts(by={1: "x"})


def test_a_bare_list_of_entries_is_a_dict() -> None:
    assert read('[{"key": 1, "value": "x"}]', dict[int, str]) == {1: "x"}
    with pytest.raises(pydantic.ValidationError):
        read('[{"key": 1, "value": "x"}, {"key": 1, "value": "y"}]', dict[int, str])


def test_digits_of_a_decimal_under_another_schema_are_kept() -> None:
    exact = "12345678901234.5678901234"
    amount = Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0})]
    for level in ("schema", "limits", "open"):
        assert read(f'{{"result": "{exact}"}}', amount, level) == Decimal(exact)


class Bill(BaseModel):
    total: Decimal
    rate: float
    lines: list[Optional[Decimal]] = []
    note: Any = None


@pytest.mark.parametrize("digits", ["12345678901234567890.123456789", "0.12345678901234567890", "1E-400", "1.10", "3"])
def test_a_number_keeps_the_digits_of_a_decimal(digits: str) -> None:
    text = f'{{"total": {digits}, "rate": 1e-7, "lines": [{digits}, null], "note": 2.5e3}}'
    bill = read(text, Bill)
    assert (bill.total, bill.rate, bill.lines, bill.note) == (Decimal(digits), 1e-7, [Decimal(digits), None], 2500.0)
    assert read(f'{{"result": {digits}}}', Decimal) == Decimal(digits)
    assert read(digits, Decimal) == Decimal(digits)


@pytest.mark.skipif("validate_by_alias" not in ConfigDict.__annotations__, reason="since Pydantic 2.11")
def test_models_that_accept_names_alone_accept_what_is_asked_for() -> None:
    class Person(BaseModel):
        model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)
        first_name: str = Field(alias="firstName")

    assert "firstName" in Target(Person).wire["properties"]
    assert read('{"firstName": "Ann"}', Person).first_name == "Ann"
    assert read('{"first_name": "Ann"}', Person).first_name == "Ann"


def test_fields_that_a_constructor_does_not_take_are_not_asked_for() -> None:
    @pydantic.dataclasses.dataclass(config=ConfigDict(extra="forbid"))
    class Point:
        x: int
        norm: int = dataclasses.field(init=False, default=9)

    assert list(Target(Point).wire["properties"]) == ["x"]
    assert "norm" not in notation(Target(Point).schema)
    assert read('{"x": 1}', Point) == Point(x=1)


def test_examples_of_a_model_are_in_the_prompt() -> None:
    class City(BaseModel):
        """A city."""

        model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Bonn"}]})
        name: str = Field(json_schema_extra={"examples": ["Bonn"]})

    class Trip(BaseModel):
        start: City
        nights: int = Field(json_schema_extra={"example": 3})

    text = notation(Target(Trip).schema)
    assert 'start: { // A city.; e.g. {"name": "Bonn"}\n' in text
    assert 'name: string // e.g. "Bonn"' in text
    assert "nights: int // e.g. 3" in text


def test_the_notation_of_shared_models_grows_with_their_number() -> None:
    def levels(count: int) -> str:
        model: Any = pydantic.create_model("Level0", first=(int, ...), second=(str, ...))
        for level in range(1, count):
            model = pydantic.create_model(f"Level{level}", left=(model, ...), right=(list[model], ...))
        return notation(Target[Any](model).schema)

    assert len(levels(40)) < 2.5 * len(levels(20))


# Validators


class Seen(BaseModel):
    name: str
    age: int = Field(ge=0)

    @model_validator(mode="before")
    @classmethod
    def note(cls, value: Any) -> Any:
        SEEN.append(value)
        return value


SEEN: list[Any] = []


@pytest.mark.parametrize(
    ("text", "response_model", "count"),
    [
        ('{"name": "Ann", "age": 31}', Seen, 1),
        ('{"name": "Ann", "age": -1}', Seen, 1),
        ('{"result": [{"name": "Ann", "age": 31}]}', list[Seen], 1),
        ('{"result": [{"name": "Ann", "age": -1}]}', list[Seen], 1),
        ('[{"name": "Ann", "age": -1}]', list[Seen], 1),
        ('Sure: {"name": "Bob", "age": -2}, no: {"name": "Ann", "age": -1}', Seen, 1),
        ('{"username": "Ann"}', Seen, 0),
        ('"Ann"', Seen, 0),
        ('["Ann"]', Seen, 0),
        ('{"name": "Ann", "ag', Seen, 0),
        ("no", Optional[Seen], 0),
    ],
)
def test_validators_run_once_and_see_the_answer_alone(text: str, response_model: Any, count: int) -> None:
    SEEN.clear()
    with contextlib.suppress(pydantic.ValidationError, errors.AnswerError):
        read(text, response_model)
    assert len(SEEN) == count
    assert all(value["name"] == "Ann" for value in SEEN)


def test_locations_of_errors_are_inside_of_the_type() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        read('{"result": [{"name": "Ann", "age": -1}]}', list[Seen])
    assert [error["loc"] for error in caught.value.errors()] == [(0, "age")]


@pytest.mark.parametrize(
    ("text", "response_model", "reason"),
    [
        ('{"username": "Ann"}', Counts, "Field required"),
        ("{}", Lax := pydantic.create_model("Lax", a=(int, 1)), "None of the expected fields is there"),
        ("[1]", Counts, "Input should be an object"),
        ('{"a": 1, "a": 2}', Lax, "A key occurs twice"),
        ('{"a": 1', Lax, "Invalid JSON"),
        (r'{"path": "C:\temp\new"}', dict[str, str], "write each as"),
        ('{"properties": {"a": {"type": "integer"}}}', Lax, "repeats the schema"),
    ],
)
def test_reasons_of_rejections(text: str, response_model: Any, reason: str) -> None:
    with pytest.raises((pydantic.ValidationError, errors.AnswerError), match=reason):
        read(text, response_model)


def test_a_long_list_of_errors_is_shortened() -> None:
    text = f'{{"result": [{", ".join(["1", *["{}"] * 300])}]}}'
    with pytest.raises(pydantic.ValidationError) as caught:
        read(text, list[int])
    found = caught.value.errors()
    assert len(found) == MOST_ERRORS + 1
    assert (found[0]["loc"], found[0]["type"], found[0]["input"]) == ((1,), "int_type", {})
    assert found[-1]["msg"] == "and 200 more errors"


# Exceptions


def test_surrogates_in_a_rejected_answer(serve, connect) -> None:  # type: ignore[no-untyped-def]
    server = serve('{"name": "\\ud83d"}', '{"by": {"1": "x"}}')
    assert connect(server).create(response_model=Counts, max_retries=1) == Counts(by={1: "x"})


def test_stop_iteration_of_a_hook_and_of_a_validator(serve, connect) -> None:  # type: ignore[no-untyped-def]
    class Stops(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def stop(cls, _: str) -> str:
            raise StopIteration

    def hook(_: Any) -> None:
        raise StopIteration

    with pytest.raises(errors.UsageError, match="a validator of Stops raised StopIteration"):
        connect(serve('{"name": "Ann"}')).create(response_model=Stops)
    with pytest.raises(errors.UsageError, match="a hook or callback raised StopIteration"):
        connect(serve('{"by": {"1": "x"}}'), hooks=[hook]).create(response_model=Counts)


# Values that Pydantic would change


class Inner(BaseModel):
    count: int = 0
    level: float = 0.0
    at: Optional[datetime.datetime] = None


class Reading(BaseModel):
    count: int = 0
    level: float = 0.0
    exact: Decimal = Decimal(0)
    at: Optional[datetime.datetime] = None
    day: datetime.date = datetime.date(2000, 1, 1)
    clock: Union[datetime.time, None] = None
    free: Any = None
    choice: Literal[1, 2] = 1
    ok: bool = False
    by: dict[int, str] = {}
    told: Union[datetime.datetime, str] = ""
    day_or_text: Union[datetime.date, str] = ""
    year: Union[datetime.datetime, int] = 0
    inner: Optional[Json[Inner]] = None


class Year(BaseModel):
    """A type whose own validators give numbers a meaning."""

    at: Annotated[datetime.datetime, BeforeValidator(lambda year: datetime.datetime(year, 1, 1))]
    on: Annotated[int, BeforeValidator(lambda on: 100 if on is True else on)]
    free: Annotated[int, WrapValidator(lambda value, handler: handler(value) + 1)]


@pytest.mark.parametrize("level", ["schema", "limits", "open"])
@pytest.mark.parametrize(
    ("field", "written", "message"),
    [
        ("count", "true", "not true or false"),
        ("level", "false", "not true or false"),
        ("choice", "true", "not true or false"),
        ("level", "1e400", "beyond the range"),
        ("level", '"1e400"', "beyond the range"),
        ("level", "-1" + 400 * "0" + ".5", "beyond the range"),
        ("free", "1e400", "beyond the range"),
        ("at", "2024", "a date-time in ISO 8601"),
        ("at", '"2024"', "a date-time in ISO 8601"),
        ("at", "20240501", "a date-time in ISO 8601"),
        ("at", "202405011230", "a date-time in ISO 8601"),
        ("day", "0", "a date in ISO 8601"),
        ("day", '"86400"', "a date in ISO 8601"),
        ("clock", "930", "a time in ISO 8601"),
        ("told", '"2024"', "a date-time in ISO 8601"),
        ("inner", r'"{\"count\": true}"', "not true or false"),
        ("inner", r'"{\"level\": 1e400}"', "beyond the range"),
        ("inner", r'"{\"at\": 2024}"', "a date-time in ISO 8601"),
        ("by", '{"7": "a", "07": "b"}', "occurs twice"),
        ("by", '[{"key": 7, "value": "a"}, {"key": "07", "value": "b"}]', "occurs twice"),
    ],
)
def test_a_value_that_would_be_changed_is_rejected(level: Any, field: str, written: str, message: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=message) as caught:
        read(f'{{"{field}": {written}}}', Reading, level)
    assert caught.value.errors()[0]["loc"][0] == field


@pytest.mark.parametrize("level", ["schema", "limits", "open"])
@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("count", "9007199254740993.0", 9007199254740993),
        ("count", "12345678901234567.0", 12345678901234567),
        ("count", "1.5e3", 1500),
        ("count", '"25"', 25),
        ("level", "1e-7", 1e-7),
        ("level", "1e308", 1e308),
        ("level", "Infinity", float("inf")),
        ("exact", "1e400", Decimal("1e400")),
        ("exact", "12.50", Decimal("12.50")),
        ("at", "1714521600", datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)),
        ("at", '"2024-05-01T00:00:00"', datetime.datetime(2024, 5, 1)),
        ("day", '"2024-05-01"', datetime.date(2024, 5, 1)),
        ("clock", '"09:30"', datetime.time(9, 30)),
        ("clock", "null", None),
        ("free", "true", True),
        ("told", '"in 2024"', "in 2024"),
        ("day_or_text", '"2024"', "2024"),
        ("year", "2024", 2024),
        ("inner", r'"{\"count\": 1, \"at\": null}"', Inner(count=1)),
        ("ok", "1", True),
        ("by", '{"7": "a", "8": "b"}', {7: "a", 8: "b"}),
    ],
)
def test_other_values_are_taken_as_they_are_written(level: Any, field: str, written: str, value: Any) -> None:
    found = getattr(read(f'{{"{field}": {written}}}', Reading, level), field)
    assert found == value
    assert type(value) is not Decimal or str(found) == str(value)


def test_a_validator_that_sees_the_value_first_gives_it_its_meaning() -> None:
    year = read('{"at": 2024, "on": true, "free": true}', Year)
    assert year == Year.model_construct(at=datetime.datetime(2024, 1, 1), on=100, free=2)


@pytest.mark.parametrize(
    ("text", "wanted"), [("true", int), ("**2024**", datetime.datetime), ("[1, true]", list[int]), ("1e999", float)]
)
def test_scalars_that_would_be_changed_are_rejected(text: str, wanted: Any) -> None:
    with pytest.raises(pydantic.ValidationError):
        read(text, wanted)


def test_a_decimal_in_json_in_a_string_keeps_its_digits() -> None:
    class Price(BaseModel):
        amount: Decimal

    class Held(BaseModel):
        price: Json[Price]

    held = read(json.dumps({"price": '{"amount": 12345678901234567890.12}'}), Held)
    assert held.price.amount == Decimal("12345678901234567890.12")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"inner": "{\\"size\\": 1}"}', "expected fields"),
        ('{"inner": "{\\"AT\\": null, \\"count\\": 1}"}', "called 'at'"),
    ],
)
def test_what_is_wrong_inside_json_in_a_string_is_reported(text: str, message: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=message):
        read(text, Reading)
