"""A minimal instance of a JSON Schema: the answer of a fake model without scripted answers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from ._patterns import example_of_pattern

Take = Callable[[Mapping[str, Any], Mapping[str, Any], int], Any]

FORMATS = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "email": "user@example.com",
    "uri": "https://example.com/",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "decimal": "1",
}
FAMILIAR = (
    *("blog", "text", "1", "0.5", "2024-01-31T12:00:00", "12:00:00", *FORMATS.values()),
    *("2999-12-31", "2999-12-31T12:00:00", "2999-12-31T12:00:00Z"),
)
"""What is tried first where a schema has a pattern; the first one is base64 of a text as well."""
_SHALLOW = (4, 8, 14, 22)
DEPTH = 40
"""A schema that is deeper refers to itself without an end."""


class _TooDeepError(ValueError):
    """The value is not finished at the depth that is allowed."""


def example_of(schema: Mapping[str, Any]) -> Any:
    """The plainest value that a schema describes.

    Raises:
        ValueError: The schema refers to itself without an end.
    """
    for depth in (*_SHALLOW, DEPTH):  # a union that refers to itself is left by its shortest way
        try:
            return _value(schema, schema, depth)
        except _TooDeepError:
            if depth == DEPTH:
                raise
    raise AssertionError


def example_text(schema: Mapping[str, Any] | None) -> str:
    """The same as compact JSON; a plain sentence where there is no schema."""
    return "Hello from a fake model." if schema is None else json.dumps(example_of(schema))


def _value(node: Any, root: Mapping[str, Any], depth: int) -> Any:
    if not depth:
        raise _TooDeepError("the schema is infinitely recursive")
    if not isinstance(node, Mapping):
        return "text"
    schema = _limited(cast("Mapping[str, Any]", node), root)
    for key, take in _FIRST.items():
        if key in schema:
            return take(schema, root, depth - 1)
    given: Any = schema.get("type", "object" if "properties" in schema else "string")
    kind = str(cast("list[Any]", given)[0]) if isinstance(given, list) else str(given)
    return _KINDS.get(kind, _string)(schema, root, depth - 1)


def _limited(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with the limits that the library leaves out of the grammar and keeps in a comment."""
    comment = schema.get("$comment")
    if not isinstance(comment, str) or not comment.startswith("{"):
        return schema
    limits: dict[str, Any] = {**json.loads(comment), "$comment": ""}
    return {**(_target(schema, root) if "$ref" in schema else schema), **limits}


def _target(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    found: Any = root
    for step in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
        found = found[step] if step else found
    return found


def _referred(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    return _value(_target(schema, root), root, depth)


def _one_of(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    problem: ValueError | None = None
    for choice in schema.get("anyOf") or schema["oneOf"]:
        try:
            return _value(choice, root, depth)
        except ValueError as error:
            problem = error
    raise problem or ValueError("no choice")


def _all_of(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    parts = [_value(part, root, depth) for part in schema["allOf"]]
    if all(isinstance(part, dict) for part in parts):
        return {key: value for part in parts for key, value in part.items()}
    return parts[0]


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    required = schema.get("required", ())
    properties = cast("Mapping[str, Any]", schema.get("properties", {}))
    found = {name: _value(part, root, depth) for name, part in properties.items() if name in required}
    least, extra = int(schema.get("minProperties", 0)), schema.get("additionalProperties", True)
    for name in [*properties, *(f"key{number}" for number in range(least if extra is not False else 0))]:
        if len(found) < least:
            found.setdefault(name, _value(properties.get(name, extra), root, depth))
    return found


def _array(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    found = [_value(part, root, depth) for part in schema.get("prefixItems", ())]
    missing = int(schema.get("minItems", 0)) - len(found)
    return found + [_value(schema.get("items", {}), root, depth) for _ in range(missing)]


def _number(schema: Mapping[str, Any], _root: Mapping[str, Any], _depth: int) -> Any:
    multiple: float = schema.get("multipleOf", 0)
    if schema.get("type") == "number" and _BOUNDS.isdisjoint(schema):
        return multiple or 1
    step = 1 if schema.get("type") == "integer" else 0.5
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    if step < 1 and high - low <= 1:
        step = (high - low) / 4
    least = max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -step) + step)
    most = min(schema.get("maximum", least), schema.get("exclusiveMaximum", least + step) - step)
    found = most if most < least else least
    return math.ceil(found / multiple) * multiple if multiple else math.ceil(found) if step == 1 else found


def _string(schema: Mapping[str, Any], _root: Mapping[str, Any], _depth: int) -> Any:
    if isinstance(pattern := schema.get("pattern"), str):
        return _like(pattern, schema)
    text = FORMATS.get(str(schema.get("format")), "text")
    return text.ljust(int(schema.get("minLength", 0)), "t")[: int(schema.get("maxLength", 1000))]


_BOUNDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))


def _like(pattern: str, limits: Mapping[str, Any]) -> str:
    """A familiar text that the pattern finds and the limits let through, or the plainest that the pattern matches."""
    bounds = [str(limits[name]) for name in ("multiple_of", "ge", "le") if name in limits]
    bounds += [str(Decimal(limits[name]) + step) for name, step in (("gt", 1), ("lt", -1)) if name in limits]
    if limits.get("instants"):
        bounds += [f"{bound}T12:00:00Z" for bound in bounds]
    try:
        found = next(
            (text for text in (*FAMILIAR, *bounds) if re.search(pattern, text) and _within(text, limits)), None
        )
    except re.error:
        return "text"
    plainest = found or example_of_pattern(pattern)
    return "text" if plainest is None else plainest


def _within(text: str, limits: Mapping[str, Any]) -> bool:
    """Whether a decimal, a day or a time is within its bounds."""
    for name, is_outside in _OUTSIDE.items():
        if name in limits and is_outside(_Ordered(text), _Ordered(str(limits[name]))):
            return False
    size = int(limits.get("minLength", 0)) <= len(text) <= int(limits.get("maxLength", len(text)))
    return size and ("multiple_of" not in limits or Decimal(text) % Decimal(str(limits["multiple_of"])) == 0)


class _Ordered:
    """A text that is compared as a number if it is one."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.number: Decimal | None = Decimal(text)
        except InvalidOperation:
            self.number = None

    def __lt__(self, other: _Ordered) -> bool:
        if self.number is not None and other.number is not None:
            return self.number < other.number
        return self.text < other.text

    def __le__(self, other: _Ordered) -> bool:
        return not other < self


_OUTSIDE: dict[str, Callable[[_Ordered, _Ordered], bool]] = {
    "ge": lambda text, bound: text < bound,
    "gt": lambda text, bound: text <= bound,
    "le": lambda text, bound: bound < text,
    "lt": lambda text, bound: bound <= text,
}
_FIRST: dict[str, Take] = {
    "$ref": _referred,
    "const": lambda schema, _root, _depth: schema["const"],
    "enum": lambda schema, _root, _depth: schema["enum"][0],
    "anyOf": _one_of,
    "oneOf": _one_of,
    "allOf": _all_of,
}
_KINDS: dict[str, Take] = {
    "object": _object,
    "array": _array,
    "integer": _number,
    "number": _number,
    "string": _string,
    "boolean": lambda _schema, _root, _depth: True,
    "null": lambda _schema, _root, _depth: None,
}
