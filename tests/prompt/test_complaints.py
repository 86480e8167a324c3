"""What a re-ask says of thirty kinds of error and more: where it is, in Pydantic's words, and what came."""

from __future__ import annotations

import datetime
import decimal
import enum
import ipaddress
import uuid
from typing import Annotated, Any, Literal, Union

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    FiniteFloat,
    HttpUrl,
    PastDate,
)
from pydantic_core import PydanticCustomError

from instructor_ollama._prompt.messages import error_lines
from instructor_ollama._schema.target import target_of


class Cat(BaseModel):
    pet: Literal["cat"]
    lives: int


class Dog(BaseModel):
    pet: Literal["dog"]
    tricks: list[str]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int


class Greek(enum.Enum):
    A = "alpha"
    B = "beta"


def even(v):
    if v % 2:
        raise ValueError("must be even")
    return v


def asserted(v):
    assert v > 0, "must be positive"
    return v


def custom(v):
    raise PydanticCustomError("odd_one", "is odd in {place}", {"place": "Rome"})


KINDS: list[tuple[str, Any, str, str, str]] = [
    ("missing", Cat, '{"pet": "cat"}', "lives", ""),
    ("int_parsing", int, '{"result": "x"}', "result", '"x"'),
    ("int_from_float", int, '{"result": 1.5}', "result", "1.5"),
    ("int_type", int, '{"result": [1]}', "result", "[1]"),
    ("float_parsing", float, '{"result": "x"}', "result", '"x"'),
    ("bool_parsing", bool, '{"result": "maybe"}', "result", '"maybe"'),
    ("string_type", str, '{"result": 5}', "result", "5"),
    ("string_too_short", Annotated[str, Field(min_length=3)], '{"result": "ab"}', "result", '"ab"'),
    ("string_too_long", Annotated[str, Field(max_length=3)], '{"result": "abcd"}', "result", '"abcd"'),
    ("string_pattern_mismatch", Annotated[str, Field(pattern="^[A-Z]+$")], '{"result": "abc"}', "result", '"abc"'),
    ("greater_than", Annotated[int, Field(gt=5)], '{"result": 5}', "result", "5"),
    ("greater_than_equal", Annotated[int, Field(ge=5)], '{"result": 4}', "result", "4"),
    ("less_than", Annotated[float, Field(lt=5)], '{"result": 5}', "result", "5"),
    ("less_than_equal", Annotated[int, Field(le=5)], '{"result": 6}', "result", "6"),
    ("multiple_of", Annotated[int, Field(multiple_of=5)], '{"result": 6}', "result", "6"),
    ("literal_error", Literal["a", "b"], '{"result": "c"}', "result", '"c"'),
    ("enum", Greek, '{"result": "gamma"}', "result", '"gamma"'),
    ("list_type", list[int], '{"result": 5}', "result", "5"),
    ("too_short", Annotated[list[int], Field(min_length=2)], '{"result": [1]}', "result", "[1]"),
    ("too_long", Annotated[list[int], Field(max_length=1)], '{"result": [1, 2]}', "result", "[1,2]"),
    ("dict_type", dict[str, dict[str, int]], '{"a": 5}', "a", "5"),
    ("tuple", tuple[int, int], '{"result": [1]}', "result[1]", ""),
    ("date_from_datetime_parsing", datetime.date, '{"result": "3 May"}', "result", '"3 May"'),
    ("datetime", datetime.datetime, '{"result": "soon"}', "result", '"soon"'),
    ("time", datetime.time, '{"result": "noon"}', "result", '"noon"'),
    ("time_delta_parsing", datetime.timedelta, '{"result": "long"}', "result", '"long"'),
    ("uuid_parsing", uuid.UUID, '{"result": "x"}', "result", '"x"'),
    ("decimal_parsing", decimal.Decimal, '{"result": "1,5"}', "result", '"1,5"'),
    ("ip_v4_address", ipaddress.IPv4Address, '{"result": "1.2.3"}', "result", '"1.2.3"'),
    ("url_parsing", HttpUrl, '{"result": "nowhere"}', "result", '"nowhere"'),
    ("extra_forbidden", Closed, '{"a": 1, "b": 2}', "b", "2"),
    ("model_type", list[Cat], '{"result": [5]}', "result[0]", "5"),
    (
        "union_tag_invalid",
        Annotated[Union[Cat, Dog], Field(discriminator="pet")],
        '{"pet": "cow"}',
        "the answer",
        '{"pet":"cow"}',
    ),
    (
        "union_tag_not_found",
        Annotated[Union[Cat, Dog], Field(discriminator="pet")],
        '{"lives": 3}',
        "the answer",
        '{"lives":3}',
    ),
    (
        "union branch",
        list[Annotated[Union[Cat, Dog], Field(discriminator="pet")]],
        '{"result": [{"pet": "cat", "lives": "many"}]}',
        "result[0].lives (as cat)",
        '"many"',
    ),
    ("union of scalars", Union[int, list[int]], '{"result": "x"}', "result (as int)", '"x"'),
    ("value_error", Annotated[int, AfterValidator(even)], '{"result": 3}', "result", "3"),
    ("assertion_error", Annotated[int, AfterValidator(asserted)], '{"result": 0}', "result", "0"),
    ("custom", Annotated[int, AfterValidator(custom)], '{"result": 0}', "result", "0"),
    ("timezone_aware", AwareDatetime, '{"result": "2024-01-01T00:00:00"}', "result", '"2024-01-01T00:00:00"'),
    ("past", PastDate, '{"result": "9999-01-01"}', "result", '"9999-01-01"'),
    ("json_invalid", int, "not json", "not JSON", ""),
    ("dict key", dict[int, int], '{"a": 1}', "result.a (as a key)", '"a"'),
    ("nested list", list[list[int]], '{"result": [[1], [2, "x"]]}', "result[1][1]", '"x"'),
    ("email", EmailStr, '{"result": "jason"}', "result", '"jason"'),
    ("finite_number", FiniteFloat, '{"result": 1e999}', "result", "Infinity"),
]


@pytest.mark.parametrize(("name", "response_model", "answer", "where", "got"), KINDS, ids=[row[0] for row in KINDS])
def test_a_line_says_where_what_and_what_came(name, response_model, answer, where, got):
    target = target_of(response_model)
    with pytest.raises(pydantic.ValidationError) as caught:
        target.validate(answer)
    line = error_lines(answer, caught.value, target)[0]
    message = caught.value.errors()[0]["msg"]
    for prefix in ("Value error, ", "Assertion failed, ", "Invalid JSON: "):
        message = message.removeprefix(prefix)
    message = " ".join(message.split())
    assert line == f"- {where}: {message}" + (f", got {got}" if got else "")


def test_there_are_at_least_thirty():
    assert len(KINDS) >= 30
