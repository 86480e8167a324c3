"""Types that are nested deeply, and callers that stand deep in the stack."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, TypeAdapter, create_model

from instructor_ollama._prompt.messages import schema_text
from instructor_ollama._schema.deep import with_room
from instructor_ollama._schema.target import target_of
from instructor_ollama.errors import UnsupportedResponseModelError

T = TypeVar("T")
LEVELS = 35


def nested(levels: int) -> Any:
    model = create_model("Level0", value=(int, ...))
    for level in range(1, levels):
        model = create_model(f"Level{level}", value=(int, ...), inner=(model, ...))
    return model


def deep_down(frames: int, make: Callable[[], T]) -> T:
    return deep_down(frames - 1, make) if frames else make()


def room_left() -> int:
    frame, used = sys._getframe(), 0
    while frame is not None:
        frame, used = frame.f_back, used + 1
    return sys.getrecursionlimit() - used


def test_what_pydantic_describes_is_asked_for_wherever_the_caller_stands() -> None:
    model = nested(LEVELS)
    TypeAdapter(model).json_schema()
    answer: Any = {"value": 0}
    for _ in range(LEVELS - 1):
        answer = {"value": 1, "inner": answer}
    before = sys.getrecursionlimit()

    target = deep_down(room_left() - 200, lambda: target_of(model))

    assert sys.getrecursionlimit() == before
    assert schema_text(target).count("value: int") == LEVELS
    assert target.validate(json.dumps(answer)).model_dump() == answer


def test_errors_of_the_second_call_reach_the_caller() -> None:
    calls: list[int] = []

    def make() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RecursionError
        raise ValueError("second")

    with pytest.raises(ValueError, match="second"):
        with_room(make)


def test_a_type_without_an_end_is_refused() -> None:
    class Endless(BaseModel):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
            return cls.__get_pydantic_json_schema__(schema, handler)

    with pytest.raises(UnsupportedResponseModelError, match="Endless: it is nested too deeply"):
        target_of(Endless)
