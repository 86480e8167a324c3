"""Types whose values must not be in messages, and errors without these values.

These are models with `hide_input_in_errors=True` and types such as `SecretStr`. A retry still shows the values to the
model that wrote them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pydantic
import pydantic_core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import InitErrorDetails

    from .._schema.target import Target

E = TypeVar("E", bound=Exception)


@functools.lru_cache(maxsize=512)
def is_secret(target: Target[Any]) -> bool:
    """Whether any part of a type hides its values."""
    return any(
        node.get("hide_input_in_errors") is True
        or str(getattr(node.get("function"), "__name__", "")).startswith("_serialize_secret")  # all that Secret[T] has
        for node in _nodes(target.core_schema)
    )


def without_values(error: E, target: Target[Any]) -> E:
    """The error, or, for a type that hides its values, the same one whose text has none of them."""
    if not isinstance(error, pydantic.ValidationError) or not is_secret(target):
        return error
    details = [_detail(cast("dict[str, Any]", one)) for one in error.errors(include_url=False)]
    return cast("E", pydantic_core.ValidationError.from_exception_data(error.title, details, hide_input=True))


def _detail(one: dict[str, Any]) -> InitErrorDetails:
    kind: Any = one["type"]
    try:
        pydantic_core.PydanticKnownError(kind, one.get("ctx"))
    except (KeyError, TypeError):  # a PydanticCustomError of the user's; its text has its values in it already
        kind = pydantic_core.PydanticCustomError(kind, one["msg"].replace("{", "{{").replace("}", "}}"))
    detail: dict[str, Any] = {"type": kind, "loc": one["loc"], "input": one["input"]}
    if "ctx" in one:
        detail["ctx"] = one["ctx"]
    return cast("InitErrorDetails", detail)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every dict inside a schema; one that refers to itself is entered once."""
    seen: set[int] = set()
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            found = cast("dict[str, Any]", node)
            yield found
            waiting.extend(found.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(cast("list[Any]", node))
