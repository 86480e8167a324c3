"""Numbers and values on the wire: bounds that the converters get right, and whether a node can say a value."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from .converters import LONE_LOWER, NUMBER_DIGITS, WIDE_BOUND, limit_of
from .json_schema import resolve
from .patterns.digits import plain_digits
from .patterns.printer import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Wire = dict[str, Any]

ANY_TYPES: Final = ("string", "number", "boolean", "null", "array", "object")
UNFINISHED: Final = "x-wire-unfinished"
"""On a definition that is still being written: it has nothing but the types of its values."""
_LONGEST_ENUM: Final = 256
_NARROW: Final = limit_of(WIDE_BOUND) - 1
"""The greatest bound that all converters read correctly."""
_WORD: Final = 2**32
_FAR: Final = (10 ** (limit_of(NUMBER_DIGITS) - 1) // _WORD * _WORD) + _NARROW
"""Beyond the greatest integer that a grammar allows without a bound, and with low bits that all converters read."""


def anything() -> Wire:
    """Any value; a schema without a type is refused by the converters up to 0.24.

    >>> anything()
    {'type': ['string', 'number', 'boolean', 'null', 'array', 'object']}
    """
    return {"type": list(ANY_TYPES)}


def enumeration(values: list[Any]) -> Wire:
    """One of the values, each written as JSON writes it.

    >>> enumeration(["a", 1])
    {'enum': ['a', 1]}
    """
    texts = {json.dumps(value, ensure_ascii=False): value for value in values if not _endless(value)}
    plain = [value for text, value in texts.items() if "\\" not in text]
    # The converter of 0.12 loses the backslashes of a constant, but not those of a pattern.
    escaped = [value for text, value in texts.items() if "\\" in text]
    pattern = translate(f"^({'|'.join(re.escape(value) for value in escaped if isinstance(value, str))})$")
    branches: list[Wire] = [{"enum": plain}] if plain else []
    if pattern is not None:
        branches.append({"type": "string", "pattern": pattern})
    elif any(isinstance(value, str) for value in escaped):
        branches.append({"type": "string"})
    for kind, name in ((list, "array"), (dict, "object")):
        if any(isinstance(value, kind) for value in escaped):
            branches.append({"type": name})
    return _union(branches) if branches else anything()


def is_plain(name: str) -> bool:
    """Whether every converter takes a property of that name: 0.12 loses backslashes, 0.24 follows a `$ref`.

    >>> is_plain("age"), is_plain("$ref")
    (True, False)
    """
    return name != "$ref" and "\\" not in json.dumps(name, ensure_ascii=False)


def is_anything(node: Wire) -> bool:
    """Whether a node allows any value.

    >>> is_anything(anything()), is_anything({"type": "object"})
    (True, False)
    """
    return node.get("type") == list(ANY_TYPES)


def any_of(branches: Iterable[Wire]) -> Wire:
    """The union of several nodes, each branch once.

    >>> any_of([{"type": "null"}, {"anyOf": [{"type": "null"}, {"type": "string"}]}])
    {'anyOf': [{'type': 'null'}, {'type': 'string'}]}
    """
    found: dict[str, Wire] = {}
    for branch in branches:
        for one in branch.get("anyOf", [branch]):
            found.setdefault(json.dumps(one), one)
    if not found or any(map(is_anything, found.values())):
        return anything()
    return _union(list(found.values()))


def _union(branches: list[Wire]) -> Wire:
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


def _endless(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def integer(schema: Mapping[str, Any]) -> Wire:
    """An integer, as a list of values where it must be a multiple and there are few.

    >>> integer({"minimum": 1000}), integer({"minimum": 0, "maximum": 9, "multipleOf": 5})
    ({'type': 'integer', 'minimum': 1000, 'maximum': 10000000272564222}, {'enum': [0, 5]})
    """
    low, high = _bounds(schema)
    step = schema.get("multipleOf") or 1
    if low is not None and high is not None and step == int(step) and step > 1:
        values = range(-(-low // int(step)) * int(step), high + 1, int(step))
        if 0 < len(values) <= _LONGEST_ENUM:
            return {"enum": list(values)}
    return {"type": "integer", **_safe_bounds(low, high)}


def number(schema: Mapping[str, Any]) -> Wire:
    """A number; no converter holds bounds of one, so only a short list of multiples is more than the bare type.

    >>> number({"minimum": 0, "maximum": 1, "multipleOf": 0.5})
    {'enum': [0.0, 0.5, 1.0]}
    """
    values = multiples(schema)
    return {"enum": values} if values else {"type": "number"}


def multiples(schema: Mapping[str, Any]) -> list[Any]:
    """The values of a number that must be a multiple, where they are few; otherwise none.

    >>> multiples({"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 5})
    [0, 5]
    """
    if schema.get("type") == "integer":
        return list(integer(schema).get("enum", []))
    low, high, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf") or 0
    if step > 0 and low is not None and high is not None and 0 <= (high - low) / step <= _LONGEST_ENUM:
        return [float(index * step) for index in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return []


def _bounds(schema: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Both bounds, inclusive."""
    lows: list[int] = []
    highs: list[int] = []
    rounding: dict[str, tuple[list[int], Callable[[float], int]]] = {
        "minimum": (lows, math.ceil),
        "exclusiveMinimum": (lows, lambda bound: math.floor(bound) + 1),
        "maximum": (highs, math.floor),
        "exclusiveMaximum": (highs, lambda bound: math.ceil(bound) - 1),
    }
    for key, (found, inwards) in rounding.items():
        bound = schema.get(key)
        if isinstance(bound, (int, float)) and math.isfinite(bound):
            found.append(inwards(bound))
    return max(lows, default=None), min(highs, default=None)


def _safe_bounds(low: int | None, high: int | None) -> dict[str, int]:
    """Bounds in the form that the converters turn into digits without a mistake.

    With a lower bound alone they get three digits and more wrong (100 lets 11 through, 111 forbids 1000), with a
    negative upper bound alone they write leading zeros; with both they are right.
    """
    low, high = _outward(low), _outward(high)
    if low is not None and high is None and low >= limit_of(LONE_LOWER):
        high = _FAR
    if high is not None and low is None and high < 0:
        low = -_FAR
    return {name: bound for name, bound in (("minimum", low), ("maximum", high)) if bound is not None}


def _outward(bound: int | None) -> int | None:
    """The converter of 0.12 takes the low 32 bits: a limit of 32 bits goes to the next it takes right, others go."""
    if bound is None or abs(bound) <= _NARROW:
        return bound
    return None if abs(bound) > _NARROW + 2 else int(math.copysign(_WORD + _NARROW, bound))


def types_of(node: Mapping[str, Any]) -> list[str]:
    """The types that a node without `$ref`, `anyOf` and `enum` names.

    >>> types_of({"type": "null"}), types_of({"type": ["null", "string"]})
    (['null'], ['null', 'string'])
    """
    kinds: Any = node["type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def can_say(value: Any, node: Wire, defs: Mapping[str, Wire]) -> bool:
    """Whether the grammar lets a model write `value`; of containers, something of the kind.

    >>> can_say("a", {"type": "string", "maxLength": 1}, {}), can_say(None, {"type": "string"}, {})
    (True, False)
    """
    node = resolve(node, {"$defs": defs})
    if UNFINISHED in node and isinstance(value, dict):
        return False  # an object that asked for itself would have no end
    if "anyOf" in node:
        return any(can_say(value, branch, defs) for branch in node["anyOf"])
    if "enum" in node:
        return json.dumps(value) in map(json.dumps, node["enum"]) or (
            isinstance(value, float) and value in node["enum"]
        )
    return any(_KINDS[kind](value, node) for kind in types_of(node))


def _is_string(value: Any, node: Wire) -> bool:
    if type(value) in (int, float) and math.isfinite(value) and "pattern" in node:
        value = plain_digits(value)  # as a number with bounds is asked for
    if not isinstance(value, str):
        return False
    text = json.dumps(value, ensure_ascii=False)[1:-1]
    fits: bool = node.get("minLength", 0) <= len(value) <= node.get("maxLength", len(value))
    return fits and re.fullmatch(node.get("pattern", "(?s:.*)"), text) is not None


def _is_number(value: Any, node: Wire) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return False
    whole = node["type"] != "integer" or value == int(value)
    return whole and bool(node.get("minimum", value) <= value <= node.get("maximum", value))


def _is_array(value: Any, node: Wire) -> bool:
    if not isinstance(value, list):
        return False
    count = len(value)  # pyright: ignore[reportUnknownArgumentType]
    if "prefixItems" in node:
        return count == len(node["prefixItems"])
    return bool(node.get("minItems", 0) <= count <= node.get("maxItems", count))


_KINDS: Final[dict[str, Callable[[Any, Wire], bool]]] = {
    "string": _is_string,
    "integer": _is_number,
    "number": _is_number,
    "array": _is_array,
    "boolean": lambda value, _: isinstance(value, bool),
    "null": lambda value, _: value is None,
    "object": lambda value, _: isinstance(value, dict),
}
