"""Types that a grammar only enforces in another encoding: numbers with bounds, dicts whose keys or size are bounded.

No converter of Ollama's knows the bounds of a float, and none those of an integer beyond 32 bits; a pattern holds both,
so such a number is asked for as digits in quotes. None knows what the keys of an object are, but all know lists; so
such a dict is asked for as a list of `{"key": ..., "value": ...}`. `restored` brings an answer back to the type's own.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from .converters import NUMBER_DIGITS, WIDE_BOUND, limit_of
from .facts import ENTRIES, FACTS, FINITE, KEYS, MEMBERS, Facts, facts_of, is_decimal
from .json_schema import alternatives, below, reached, resolve, schema_of, walk
from .patterns.decimals import FREE, step_of
from .patterns.digits import plain_digits
from .values import multiples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Node = dict[str, Any]

Level = Literal["schema", "limits", "open"]
"""What the grammar enforces: structure, formats and choices; bounds, digits and lengths too; structure alone."""

BOUNDS: Final = {"minimum": "ge", "exclusiveMinimum": "gt", "maximum": "le", "exclusiveMaximum": "lt"}
"""JSON Schema's names of bounds, and Pydantic's."""
_STATED: Final = {**{short: name for name, short in BOUNDS.items()}, "multiple_of": "multipleOf"}
_LONGEST: Final = 17
"""Digits before or after the point of a bound that becomes a pattern."""
_PLACES: Final = 30
"""Decimals of a float in quotes: more than any float between bounds of that size tells apart."""
_MOST_DIGITS: Final = 640
"""Python never refuses to read an integer of so many digits, however it is set (`sys.int_info`)."""
_WIDE: Final = limit_of(WIDE_BOUND) + 1
"""A bound beyond this is lost, or is another one, with some converter."""
_GRAMMAR_INT: Final = 10 ** (limit_of(NUMBER_DIGITS) - 1)
"""The first integer of more digits than a grammar's own rule for numbers has."""
MOST_KEYS: Final = 64
"""How many keys a dict may have that is sent as an object of these."""
_DIGITS: Final = re.compile(FREE)
_SIZES: Final = {"minProperties": "minItems", "maxProperties": "maxItems"}
_OF_DICTS: Final = (*_SIZES, "additionalProperties", "patternProperties", "propertyNames", KEYS)
_TELLING_OF_KEYS: Final = frozenset(("pattern", "format", "$ref", FACTS))
_LENGTHS: Final = frozenset(("minLength", "maxLength"))


def respelt(root: Node, level: Level) -> Node:
    """The schema with such dicts as lists and, but at level "schema", the facts of a pattern on such numbers.

    What stands in a union where its spelling may be taken for another branch's stays as it is.

    Args:
        root: What `AnnotatedJsonSchema` generates; changed in place.
        level: What the grammar enforces. "limits": numbers with bounds are encoded as digits in quotes. "open": all
            numbers are, since the grammar's own rule for numbers has at most 16 digits, and none has a limit.

    >>> root = {"type": "number", "minimum": 0.5}
    >>> respelt(root, "limits")[FACTS].ge
    '0.5'
    """
    limits = level == "limits"
    every = list(walk(root))
    for node in every:
        _say_bounds(node)
        if MEMBERS in node:
            node["description"] = "; ".join(filter(None, (node.get("description"), node.pop(MEMBERS))))
    out = {id(node) for node in reached([one for node in every for one in _ambiguous(node, root)], root)}
    for node in reversed(every):  # keys and items before the dicts that are made of them
        finite = node.pop(FINITE, False)
        if level == "open":
            _drop_limits(node)
        if id(node) in out:
            continue
        if node.get("type") in ("number", "integer"):
            if facts := _number_facts(node, level, finite=finite):
                node[FACTS] = facts
        elif node.get("type") == "object" and (entries := _entries(node, root, limits=limits)):
            for key in (*_OF_DICTS, "type"):
                node.pop(key, None)
            node |= entries
    return root


def is_respelt(root: Node) -> bool:
    """Whether there is anything to restore in an answer.

    >>> is_respelt({"type": "number", FACTS: Facts("number", ge="0.5")}), is_respelt({"type": "number"})
    (True, False)
    """
    return any(ENTRIES in node or _is_quoted(node) for node in walk(root))


def restored(value: Any, node: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """An answer as the type has it, whichever of the two spellings it came in.

    >>> restored("0.75", {"type": "number", FACTS: Facts("number", ge="0.5")}, {})
    0.75
    """
    return _restored(value, [node], root)


def restricted(root: Node) -> bool:
    """Whether the grammar restricts a string to choices, or to a pattern that is not that of a format.

    >>> restricted({"enum": ["red", "blue"]}), restricted({"type": "string"})
    (True, False)
    """
    return any(_restricts(node) for node in walk(root))


def restricts(root: Node, path: Sequence[str | int]) -> bool:
    """The same for the string at a path of an answer.

    >>> root = {"type": "object", "properties": {"color": {"type": "string", "enum": ["red", "blue"]}}}
    >>> restricts(root, ["color"]), restricts(root, ["size"])
    (True, False)
    """
    return any(_restricts(node) for node in nodes_at(root, path))


def nodes_at(root: Node, path: Sequence[str | int]) -> list[Node]:
    """The nodes that may describe the value at a path of an answer; references are followed and unions opened.

    >>> nodes_at({"type": "array", "items": {"type": "integer"}}, [0])
    [{'type': 'integer'}]
    """
    found = _concrete([root], root)
    for step in path:
        found = _concrete(_all_below(found, step), root)
    return found


def _restricts(node: Mapping[str, Any]) -> bool:
    if FACTS in node:
        return False
    several = sum(isinstance(value, str) for value in node.get("enum", ())) > 1
    return several or ("pattern" in node and node.get("type", "string") == "string")


def _restored(value: Any, nodes: Sequence[Mapping[str, Any]], root: Mapping[str, Any]) -> Any:
    """The same for a value that any of the nodes may describe; all at once, so that unions inside unions stay cheap."""
    found = _concrete(nodes, root, value)
    if isinstance(value, Decimal):  # a number as it is written; Pydantic reads it as a float, a string digit by digit
        return str(value) if any(map(is_decimal, found)) else _nearest(value, found)
    if isinstance(value, str):
        quoted = next((node for node in found if _is_quoted(node)), None)
        if quoted and _DIGITS.fullmatch(value):
            return _number(value, quoted)
        contents = [schema_of(node["contentSchema"]) for node in found if _holds_json(node)]
        return _restored_text(value, contents, root) if contents else value
    if isinstance(value, list):
        items = cast("list[Any]", value)
        inner = [_inner(node) for node in found if ENTRIES in node]
        if inner and all(isinstance(item, dict) and item.keys() == {"key", "value"} for item in items):
            entries = {_key(item["key"]): _restored(item["value"], inner, root) for item in items}
            if len(entries) == len(items):  # one key with two values is no dict; Pydantic rejects the list
                return entries
        return [_restored(one, _all_below(found, at), root) for at, one in enumerate(items)]
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {name: _restored(one, _all_below(found, name), root) for name, one in pairs}
    return value


def _restored_text(text: str, nodes: Sequence[Mapping[str, Any]], root: Mapping[str, Any]) -> str:
    """The same for JSON that is written into a string (`pydantic.Json`)."""
    try:
        value = json.loads(text, parse_float=Decimal)
    except ValueError:
        return text
    own = _restored(value, nodes, root)
    return text if own == value else json.dumps(own, ensure_ascii=False)


def _concrete(nodes: Iterable[Mapping[str, Any]], root: Mapping[str, Any], value: Any = None) -> list[Node]:
    """The nodes with references followed and unions opened, each once, without those whose tag is not the value's."""
    typed = [node for node in alternatives(nodes, root) if "type" in node or is_decimal(node)]
    if len(typed) < 2 or not isinstance(value, dict):
        return typed
    return [node for node in typed if not _is_of_other_tag(node, cast("Node", value))]


def has_decimals(root: Node) -> bool:
    """Whether a number of the answer may have more digits than a float.

    >>> has_decimals({"anyOf": [{"type": "number"}, {"type": "string"}], FACTS: Facts("decimal")})
    True
    """
    return any(is_decimal(node) for node in walk(root))


def has_integers(root: Node) -> bool:
    """Whether a number of the answer may be an integer that no float is.

    >>> has_integers({"type": "array", "items": {"type": "integer"}})
    True
    """
    return any(node.get("type") == "integer" for node in walk(root))


def _nearest(number: Decimal, nodes: Sequence[Mapping[str, Any]]) -> float | int:
    """The float, or the integer where one is asked for and a float would be another: 9007199254740993.0."""
    kinds = {node.get("type") for node in nodes}
    near = float(number)
    if "integer" in kinds and "number" not in kinds and number.adjusted() < _MOST_DIGITS:
        exact = number == number.to_integral_value()
        return int(number) if exact and number != Decimal(near) else near
    return near


def _all_below(nodes: Iterable[Mapping[str, Any]], step: str | int) -> list[Node]:
    return [schema_of(below(node, step)) for node in nodes]


def _is_of_other_tag(node: Mapping[str, Any], value: Node) -> bool:
    """Whether a property that tells the branches of a union apart says that the value belongs to another one."""
    for name, inner in cast("Node", node.get("properties", {})).items():
        tags = [inner["const"]] if "const" in inner else inner.get("enum")
        if tags is not None and name in value and value[name] not in tags:
            return True
    return False


def _holds_json(node: Mapping[str, Any]) -> bool:
    return node.get("contentMediaType") == "application/json" and "contentSchema" in node


def _inner(node: Mapping[str, Any]) -> Node:
    return cast("Node", node["items"]["properties"]["value"])


def _is_quoted(node: Mapping[str, Any]) -> bool:
    return node.get("type") in ("number", "integer") and FACTS in node


def _number(text: str, node: Mapping[str, Any]) -> float | str:
    """The number; a text of more digits than Python reads or a float holds stays one, for Pydantic to judge."""
    if node["type"] == "integer":
        exact = Decimal(text)
        whole = exact.adjusted() < _MOST_DIGITS and exact == exact.to_integral_value()
        return int(exact) if whole else text
    number = float(text)
    # What a float would round, such as the digits of a Decimal under a schema of its own, stays as it is written.
    return number if math.isfinite(number) and Decimal(repr(number)) == Decimal(text) else text


def _key(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _entries(node: Node, root: Node, *, limits: bool) -> Node | None:
    """The list that encodes a dict, if a grammar cannot enforce the dict itself."""
    patterns: Node = node.get("patternProperties") or {}
    values: Any = node.get("additionalProperties", True)
    if node.get("properties") or len(patterns) > 1 or (patterns and values not in (True, False)):
        return None
    keys: Node = node.get("propertyNames") or node.get(KEYS) or {}
    for pattern, inner in patterns.items():
        keys, values = {"pattern": pattern}, inner
    keys = {"type": "string", **keys} if "$ref" not in keys else keys
    resolved = resolve(keys, root)
    bound = {name: node[size] for size, name in _SIZES.items() if size in node}
    told = set(resolved) & (_TELLING_OF_KEYS | (_LENGTHS if limits else set())) or resolved.get("type") != "string"
    if values is False or _is_closed(resolved, limits=limits) or not (told or (limits and bound)):
        return None
    properties = {"key": keys, "value": schema_of(values)}
    item: Node = {"type": "object", "properties": properties, "required": ["key", "value"]}
    result: Node = {"type": "array", "items": item, **bound, ENTRIES: True}
    if isinstance(default := node.get("default"), dict):
        result["default"] = [{"key": key, "value": one} for key, one in cast("Node", default).items()]
    return result


def _is_closed(keys: Node, *, limits: bool) -> bool:
    """Whether the keys are a short list, so that an object holds them."""
    if "enum" in keys or "const" in keys or keys.get("type") == "boolean":
        return True
    if not limits:
        return False
    low, high = keys.get("minimum", -math.inf), keys.get("maximum", math.inf)
    low, high = max(low, keys.get("exclusiveMinimum", low)), min(high, keys.get("exclusiveMaximum", high))
    return keys.get("type") == "integer" and bool(high - low < MOST_KEYS)


def _say_bounds(node: Node) -> None:
    """Bounds behind a validator come under Pydantic's names for them, which are no JSON Schema."""
    if node.get("type") in ("number", "integer"):
        for short, name in _STATED.items():
            if short in node:
                node.setdefault(name, node.pop(short))


def _ambiguous(node: Node, root: Node) -> list[Node]:
    """What is in branches between which the kind of a value decides: a string may be taken for another branch's."""
    if "discriminator" in node:
        return []
    branches = cast("list[Node]", node.get("anyOf") or node.get("oneOf") or [])
    kept = [resolve(one, root) for one in branches if one.get("type") != "null"]
    if len(kept) < 2:
        return []
    if any("properties" not in one for one in kept):
        return kept
    # Of objects, only what several have under one name and not alike.
    named: dict[str, list[Node]] = {}
    for one in kept:
        for name, value in cast("Node", one["properties"]).items():
            named.setdefault(name, []).append(value)
    return [value for values in named.values() for value in values if any(other != value for other in values)]


def _number_facts(node: Node, level: Level, *, finite: bool) -> Facts | None:
    """The facts of a number that is encoded as digits in quotes."""
    if level == "open":
        return _free(node)
    return _facts(node, finite=finite) if level == "limits" else None


def _facts(node: Node, *, finite: bool) -> Facts | None:
    if "enum" in node or "const" in node or multiples(node):
        return None
    whole = node["type"] == "integer"
    bounds = {short: node[name] for name, short in BOUNDS.items() if name in node}
    if not all(isinstance(bound, (int, float)) and math.isfinite(bound) for bound in bounds.values()):
        return None
    multiple: dict[str, Any] = _multiple(node, whole=whole)
    if whole and not (multiple or any(abs(bound) > _WIDE for bound in _telling(bounds))):
        return None
    texts: dict[str, Any] = {short: plain_digits(bound) for short, bound in bounds.items()}
    if not whole and any(len(part) > _LONGEST for text in texts.values() for part in text.lstrip("-").split(".")):
        return None
    if not (bounds or finite or multiple):
        return None
    return replace(Facts(node["type"], decimal_places=0 if whole else _PLACES), **texts, **multiple)


def _drop_limits(node: Node) -> None:
    """So that the prompt does not state them either: a model that sees a limit makes a value fit."""
    if node.get("type") in ("number", "integer"):
        for name in (*BOUNDS, "multipleOf"):
            node.pop(name, None)
    if is_decimal(node):
        node[FACTS] = facts_of(node).without_limits()


def _free(node: Node) -> Facts | None:
    return None if "enum" in node or "const" in node else Facts(node["type"])


def _multiple(node: Node, *, whole: bool) -> Node:
    """The step of which the number is a multiple, where digits tell one.

    Of a float Pydantic takes what is a multiple but for rounding; asked for is the multiple as one writes it.
    """
    value = node.get("multipleOf")
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return {}
    if whole and (value < 2 or value != int(value)):
        return {}
    text = plain_digits(value)
    return {"multiple_of": text} if step_of(text) else {}


def _telling(bounds: Node) -> list[float]:
    """Bounds of an integer that a grammar's own limit of 16 digits does not imply."""
    lows = [bounds[short] for short in ("ge", "gt") if short in bounds and bounds[short] > -_GRAMMAR_INT]
    return lows + [bounds[short] for short in ("le", "lt") if short in bounds and bounds[short] < _GRAMMAR_INT]
