"""Numbers whose bounds no grammar holds, marked to be asked for as digits in quotes, where Pydantic reads those alike.

No converter of Ollama's knows the bounds of a float, and none those of an integer beyond 32 bits; a pattern holds both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

from .numbers import plain_digits
from .values import multiples

if TYPE_CHECKING:
    from collections.abc import Iterator

    Node = dict[str, Any]

RAW: Final = "x-wire-raw"
"""On a value: something of the user's sees the answer before Pydantic has made numbers of it."""
LAX: Final = "x-wire-lax"
"""On a number: Pydantic takes it as a string of digits, too."""

_BOUNDS: Final = {"minimum": "ge", "exclusiveMinimum": "gt", "maximum": "le", "exclusiveMaximum": "lt"}
_STATED: Final = {**{short: name for name, short in _BOUNDS.items()}, "multiple_of": "multipleOf"}
_LONGEST: Final = 17
"""Digits before or after the point of a bound that becomes a pattern."""
_PLACES: Final = 30
"""Decimals of a float in quotes: more than any float between bounds of that size tells apart."""
_INT32: Final = 2**31
_GRAMMAR_INT: Final = 10**16
"""Integers of a grammar have at most 16 digits."""


def spelt(root: Node, facts_key: str | None) -> Node:
    """The schema with the facts of a pattern on every number that is to be in quotes, and without the marks.

    Args:
        root: What `AnnotatedJsonSchema` generates; changed in place.
        facts_key: Under which key the facts go; None where no number is to be in quotes.
    """
    every = list(_nodes(root))
    for node in every:
        _say_bounds(node)
    seen_raw = [node for node in every if node.pop(RAW, False)]
    seen_raw += [branch for node in every for branch in _ambiguous(node, root)]
    out = {id(node) for node in _reached(seen_raw, root)}
    for node in every:
        if node.pop(LAX, False) and facts_key and id(node) not in out and (facts := _facts(node)):
            node[facts_key] = {**facts, "stated": None}
    return root


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
    kept = [_resolved(one, root) for one in branches if one.get("type") != "null"]
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


def _resolved(node: Node, root: Node) -> Node:
    seen: set[str] = set()
    while "$ref" in node and node["$ref"] not in seen:
        seen.add(node["$ref"])
        node = root.get("$defs", {}).get(node["$ref"].removeprefix("#/$defs/"), {})
    return node


def _facts(node: Node) -> Node | None:
    if "enum" in node or "const" in node or multiples(node):
        return None
    bounds = {short: node[name] for name, short in _BOUNDS.items() if name in node}
    if not bounds or not all(isinstance(bound, (int, float)) and math.isfinite(bound) for bound in bounds.values()):
        return None
    whole = node["type"] == "integer"
    if whole and not any(abs(bound) > _INT32 for bound in _telling(bounds)):
        return None
    texts = {short: plain_digits(bound) for short, bound in bounds.items()}
    if not whole and any(len(part) > _LONGEST for text in texts.values() for part in text.lstrip("-").split(".")):
        return None
    places = 0 if whole else _PLACES
    step = {"multiple_of": plain_digits(node["multipleOf"])} if "multipleOf" in node else {}
    return {"format": node["type"], **texts, **step, "decimal_places": places}


def _telling(bounds: Node) -> list[float]:
    """Bounds of an integer that a grammar's own limit of 16 digits does not imply."""
    lows = [bounds[short] for short in ("ge", "gt") if short in bounds and bounds[short] > -_GRAMMAR_INT]
    return lows + [bounds[short] for short in ("le", "lt") if short in bounds and bounds[short] < _GRAMMAR_INT]


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, dict):
        node = cast("Node", value)
        yield node
        for key, child in node.items():
            if key not in ("default", "examples", "enum", "const"):
                yield from _nodes(child)
    elif isinstance(value, list):
        for child in cast("list[Any]", value):
            yield from _nodes(child)


def _reached(starts: list[Node], root: Node) -> Iterator[Node]:
    """All nodes inside `starts`, through references."""
    definitions: Node = root.get("$defs", {})
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        for node in _nodes(waiting.pop()):
            yield node
            name = str(node.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in seen:
                seen.add(name)
                waiting.append(definitions[name])
