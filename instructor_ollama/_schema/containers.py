"""Arrays and objects as the converters enforce them: tuples, lists, objects with fields, and dicts with known keys."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from .converters import MAX_ITEMS, MIN_ITEMS, limit_of
from .encodings import MOST_KEYS
from .facts import ABSENT, EMPTY, KEYS
from .inline import COMMENT
from .joining import without
from .values import any_of, can_say, enumeration, is_anything, is_plain

if TYPE_CHECKING:
    Schema = Mapping[str, Any]
    Wire = dict[str, Any]

_MOST_ITEMS: Final = min(limit_of(MAX_ITEMS), limit_of(MIN_ITEMS)) - 1
"""The greatest number of items that all converters enforce."""
_MOST_FIRST_KEYS: Final = 8
_MOST_LENGTHS: Final = 4
# A converter writes the names of the properties into character classes where other keys are allowed beside them.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_ .:/@$]+")


class Writer(Protocol):
    """What writes the schemas inside of a container."""

    defs: dict[str, Wire]

    def node(self, schema: Any) -> Wire:
        """The wire schema of a schema."""
        ...

    def target(self, node: Wire) -> Wire:
        """What a node of the wire schema refers to, or the node itself."""
        ...

    def sizes(self, schema: Schema, least: str, most: str, top: int) -> tuple[int, int | None]:
        """The sizes that the grammar enforces."""
        ...


def size(value: Any) -> int | None:
    """A size that a schema states, where it is one.

    >>> size(3.0), size(-1), size("3")
    (3, None, None)
    """
    return int(value) if isinstance(value, (int, float)) and value >= 0 else None


def array(write: Writer, schema: Schema) -> Wire:
    """A list or a tuple.

    >>> from .wire import wire_schema
    >>> wire_schema({"type": "array", "prefixItems": [{"type": "null"}], "minItems": 1})
    {'type': 'array', 'prefixItems': [{'type': 'null'}], 'minItems': 1}
    """
    prefix: list[Any] = schema.get("prefixItems") or []
    items: Any = schema.get("items", not prefix)
    if type(items) is list:  # how tuples were written before 2020
        prefix, items = cast("list[Any]", items), schema.get("additionalItems", False)
    if prefix:
        return _tuple_like(write, schema, prefix, items)
    low, high = write.sizes(schema, "minItems", "maxItems", _MOST_ITEMS)
    if high == 0:
        return enumeration([[]])
    return _list(write.node(items), low, high)


def _tuple_like(write: Writer, schema: Schema, prefix: list[Any], items: Any) -> Wire:
    """Positions with types of their own, for which the number of items is structure and no limit."""
    low, high = size(schema.get("minItems")) or 0, size(schema.get("maxItems"))
    if high == 0:
        return enumeration([[]])
    nodes = [write.node(item) for item in prefix]
    closed = items is False or high == len(nodes)
    if closed and len(nodes) - low <= _MOST_LENGTHS:
        return any_of([_tuple(nodes[:length]) for length in range(low, len(nodes) + 1)])
    # A converter knows tuples of one length and lists of one kind; of other shapes it enforces kinds and count.
    if closed:
        return _list(any_of(nodes), low, len(nodes))
    return _list(any_of([*nodes, write.node(items)]), low, high)


def _tuple(nodes: list[Wire]) -> Wire:
    # xgrammar enforces the number of a tuple's items only where it is stated.
    return {"type": "array", "prefixItems": nodes, "minItems": len(nodes)} if nodes else enumeration([[]])


def _list(item: Wire, low: int, high: int | None) -> Wire:
    bounds: dict[str, int] = {}
    if low:
        bounds["minItems"] = min(low, _MOST_ITEMS)
    if high is not None and high <= _MOST_ITEMS:
        bounds["maxItems"] = high
    if is_anything(item) and not bounds:
        return {"type": "array"}
    return {"type": "array", "items": item, **bounds}


def object_(write: Writer, schema: Schema) -> Wire:
    """An object with fields, or a dict.

    >>> from .wire import wire_schema
    >>> wire_schema({"type": "object", "properties": {"a": {"type": "null", "default": None}}})["required"]
    ['a']
    """
    declared: Schema = schema.get("properties") or {}
    extra = schema.get("additionalProperties", "properties" not in schema)
    if schema.get("patternProperties"):
        values = list(schema["patternProperties"].values())
        extra = {"anyOf": [*values, extra] if schema.get("additionalProperties") else values}
    if not declared and extra is not False:
        return _dictionary(write, schema, write.node(extra))
    properties = {name: write.node(value) for name, value in declared.items() if value is not False}
    if odd := [name for name in properties if not is_plain(name)]:
        extra = True
        properties = without(properties, odd)
    if extra and not all(_PLAIN_NAME.fullmatch(name) for name in properties):
        return {"type": "object"}
    result: Wire = {"type": "object", "properties": properties}
    if required := [name for name in properties if _is_required(write, schema, name, properties[name])]:
        result["required"] = required
    if extra:
        node = write.node(extra)
        result["additionalProperties"] = is_anything(node) or node
    return result


def _is_required(write: Writer, schema: Schema, name: str, node: Wire) -> bool:
    """Whether the grammar asks for the property: what it lets a model leave out, a model leaves out."""
    if name in schema.get("required", ()):
        return True
    declared = schema["properties"][name]
    if not isinstance(declared, Mapping) or ABSENT in declared:
        return False
    if EMPTY in declared:
        return can_say([], node, write.defs) or can_say({}, node, write.defs)
    return "default" in declared and can_say(declared["default"], node, write.defs)


def _dictionary(write: Writer, schema: Schema, value: Wire) -> Wire:
    keys = _keys(write, schema)
    least, _ = write.sizes(schema, "minProperties", "maxProperties", _MOST_ITEMS)
    if not keys:
        return {"type": "object"} if is_anything(value) else {"type": "object", "additionalProperties": value}
    if least == 1 < len(keys) <= _MOST_FIRST_KEYS:  # one branch for each key that may come first
        return any_of([_keyed(keys[index:], [key], value) for index, key in enumerate(keys)])
    return _keyed(keys, keys if least >= len(keys) else [], value)


def _keyed(names: list[str], required: list[str], value: Wire) -> Wire:
    node: Wire = {"type": "object", "properties": dict.fromkeys(names, value)}
    return {**node, "required": required} if required else node


def _keys(write: Writer, schema: Schema) -> list[str]:
    """The keys of a dict, where they are a closed set of some dozens."""
    stated = schema.get("propertyNames") or schema.get(KEYS, {"type": "string"})
    node = write.target(without(write.node(stated), {COMMENT}))
    if node.get("type") == "boolean":
        return ["true", "false"]
    if node.get("type") == "integer" and node.get("maximum", math.inf) - node.get("minimum", -math.inf) < MOST_KEYS:
        return [str(value) for value in range(node["minimum"], node["maximum"] + 1)]
    values = node.get("enum", [])
    return [str(value) for value in values] if all(type(value) in (str, int) for value in values) else []
