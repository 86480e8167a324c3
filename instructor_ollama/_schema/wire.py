"""Rewrites Pydantic's JSON Schema into the subset that every generation of Ollama's converters accepts and enforces.

Pure; knows nothing about clients, prompts or models. Constraints that no converter enforces are omitted (Pydantic
validates the answer), so the result may be weaker than the type. It may restrict the form of a value, never its range.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final, cast

from .annotate import AnnotatedJsonSchema, pydantic_schema
from .encodings import (
    MOST_KEYS,
    Level,
    has_decimals,
    has_integers,
    is_respelt,
    restored,
    restricted,
    restricts,
)
from .facts import ABSENT, EMPTY, FACTS, KEYS, OWN, Facts, facts_of
from .inline import COMMENT, finished
from .json_schema import definition_name, lookup, resolve
from .limits import Limited, has_limits, limited_numbers
from .patterns.formats import FORMATS
from .patterns.json_text import json_text
from .patterns.printer import MAX_COUNT, translate
from .values import ANY_TYPES, UNFINISHED, anything, can_say, enumeration, integer, is_plain, number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AnnotatedJsonSchema",
    "Level",
    "Limited",
    "has_decimals",
    "has_integers",
    "has_limits",
    "is_respelt",
    "limited_numbers",
    "pydantic_schema",
    "restored",
    "restricted",
    "restricts",
    "wire_schema",
]

Schema = Mapping[str, Any]
Wire = dict[str, Any]

# What says nothing about the value.
_ANNOTATIONS: Final = frozenset(
    {"$defs", "definitions", "$schema", "$id", "$comment", "title", "description", "default", "examples", "example"}
    | {"deprecated", "readOnly", "writeOnly", "discriminator", ABSENT, EMPTY, OWN}
)
# Without a type, these keywords tell it.
_TELLING: Final = {
    **dict.fromkeys(("properties", "additionalProperties", "patternProperties", "required"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("pattern", "minLength", "maxLength", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
}
# How two schemas that both hold are made one; of other keywords the first is kept.
_JOIN: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "properties": lambda one, other: {**one, **other},
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "enum": lambda one, other: [value for value in one if value in other] or one,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
}
# A converter writes the names of the properties into character classes where other keys are allowed beside them.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_ .:/@$]+")
# What Pydantic states, and what it means, where the statement lets too much through.
_KNOWN_PATTERNS: Final = {r"^\s*(\d*\.?\d+)\s*(\w+)?": r"^[0-9]+(\.[0-9]+)?([kmgtpe]i?)?b$"}  # ByteSize
_LIMITS: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
_WIDER: Final = 4
_WIDER_BY: Final = 16
"""How far beyond its greatest length a string or list may go where Pydantic alone enforces that length."""
_LONGEST_COUNT: Final = 128
"""xgrammar, as Ollama calls it, refuses a pattern with a greater count: a length is not widened beyond it."""
_LONGEST_CHOICE: Final = 256
_MOST_FIRST_KEYS: Final = 8
_MOST_LENGTHS: Final = 4
_LONG_PATTERN: Final = 48


def wire_schema(schema: Schema, level: Level = "schema") -> Wire:
    """The schema as it goes into `response_format`.

    Args:
        schema: Any JSON Schema, best one of `pydantic_schema`; it is not changed.
        level: What the grammar enforces. "schema": structure, formats and choices. A grammar makes a value that is
            outside of its limits fit, by stopping early or by going on, so bounds, digits, lengths and sizes are left
            to Pydantic; a greatest length is widened instead of dropped, so that a repetition loop ends. "limits":
            those too. "open": structure alone, so that a value is written as the model has it; choices and patterns
            are plain strings, and numbers are digits in quotes, of any length.

    Returns:
        A new schema without titles, descriptions and defaults, its keys in the order of declaration. Its JSON has at
        most 8,000 characters for each different pattern and format, and otherwise no more than four times those of
        `schema`.
    """
    writer = _Writer(schema, level)
    root = writer.node(schema)
    if root.keys() == {"$ref"}:
        root = writer.target(root)
    if "" in root.get("properties", ()):  # a converter gives that property's rule the name `root`
        writer.defs["root"] = root
        root = {"$ref": "#/$defs/root"}
    return finished(root, writer.defs)


class _Writer:
    def __init__(self, root: Schema, level: Level) -> None:
        self.root = root
        self.limits = level == "limits"
        self.open = level == "open"
        self.names: dict[str, str] = {}
        self.defs: dict[str, Wire] = {}
        self.inlining: list[str] = []

    def target(self, node: Wire) -> Wire:
        """What a node of the wire schema refers to, or the node itself."""
        return resolve(node, {"$defs": self.defs})

    # --- one node

    def node(self, schema: Any) -> Wire:
        if not isinstance(schema, Mapping):
            return anything()
        schema = cast("Schema", schema)
        facts = _facts(schema)
        if "$ref" in schema:
            return self.reference(schema)
        if "anyOf" in schema and facts.format in FORMATS:  # a number or a string: a string alone can be held
            return self.noted(self.formatted(facts), schema)
        if "const" in schema or "enum" in schema:
            return self.choice([schema["const"]] if "const" in schema else schema["enum"])
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                return self.union(schema, key)
        if schema.get("allOf"):
            return self.node(self.merged(_without(schema, {"allOf"}), *schema["allOf"]))
        kind: Any = schema.get("type") or next((_TELLING[key] for key in schema if key in _TELLING), None)
        if type(kind) is list:
            return _any_of([self.node({**schema, "type": one}) for one in cast("list[Any]", kind)])
        return self.noted(_TYPES[kind](self, schema), schema) if kind in _TYPES else anything()

    def noted(self, node: Wire, schema: Schema) -> Wire:
        """The node with the limits that are left to Pydantic in a comment, which no converter reads."""
        if self.limits or self.open:
            return node
        left = {key: schema[key] for key in _LIMITS if key in schema}
        left |= _facts(schema).limits()
        return {**node, COMMENT: json.dumps(left)} if left and "prefixItems" not in schema else node

    def reference(self, schema: Schema) -> Wire:
        pointer: str = schema["$ref"]
        target = lookup(pointer, self.root)
        if target is None:
            return anything()
        siblings = _without(schema, _ANNOTATIONS | {"$ref"})
        if siblings and pointer not in self.inlining:
            self.inlining.append(pointer)
            try:
                return self.node(self.merged(siblings, target))
            finally:
                self.inlining.pop()
        if pointer not in self.names:
            # Plain names: a converter does not decode `~1`, and takes only letters and digits into a rule's name.
            base = re.sub(r"[^A-Za-z0-9]", "", definition_name(schema)) or "root"
            name = next(name for name in _numbered(base) if name not in self.defs)
            self.names[pointer] = name
            self.defs[name] = {"type": sorted(self.kinds(target)), UNFINISHED: True}
            self.defs[name] = self.node(target)
        return {"$ref": f"#/$defs/{self.names[pointer]}"}

    def kinds(self, schema: Any, seen: frozenset[str] = frozenset()) -> set[str]:
        """The types that the values of a schema may have."""
        node = self.expanded(schema)
        pointer = cast("Schema", schema).get("$ref") if isinstance(schema, Mapping) else None
        if pointer in seen:
            return set()
        branches = cast("list[Any]", node.get("anyOf") or node.get("oneOf") or [])
        if branches:
            if isinstance(pointer, str):
                seen |= {pointer}
            return {kind for branch in branches for kind in self.kinds(branch, seen)}
        if "enum" in node or "const" in node:
            return {_KIND_OF[type(value)] for value in node.get("enum", [node.get("const")])}
        kind: Any = node.get("type") or next((_TELLING[key] for key in node if key in _TELLING), None)
        return set(ANY_TYPES) if kind is None else {kind} if isinstance(kind, str) else set(kind)

    def merged(self, first: Schema, *others: Any) -> Wire:
        """One schema that says what all of them say, as far as keywords can be joined."""
        result = dict(first)
        for other in others:
            for key, value in self.expanded(other).items():
                if key in result:
                    result[key] = _JOIN[key](result[key], value) if key in _JOIN else result[key]
                else:
                    result[key] = value
        return result

    def expanded(self, schema: Any) -> Schema:
        """Without `$ref` and `allOf`."""
        seen: set[str] = set()
        found: Schema = cast("Schema", schema) if isinstance(schema, Mapping) else {}
        while "$ref" in found and found["$ref"] not in seen:
            seen.add(found["$ref"])
            target = lookup(found["$ref"], self.root)
            found = {**(target if isinstance(target, Mapping) else {}), **_without(found, {"$ref"})}
        return self.merged(_without(found, {"allOf"}), *found["allOf"]) if "allOf" in found else found

    def union(self, schema: Schema, key: str) -> Wire:
        siblings = _without(schema, _ANNOTATIONS | {key, FACTS})
        branches = [branch for branch in schema[key] if branch is not False]
        return _any_of([self.node(self.merged(branch, siblings) if siblings else branch) for branch in branches])

    def choice(self, values: list[Any]) -> Wire:
        texts = [value for value in values if isinstance(value, str)]
        if not self.open or len(texts) < 2:
            return enumeration(values)
        others = [value for value in values if not isinstance(value, str)]
        return _any_of([{"type": "string", "maxLength": _LONGEST_CHOICE}, *([enumeration(others)] if others else [])])

    # --- strings

    def string(self, schema: Schema) -> Wire:
        facts = _facts(schema)
        low, high = self.sizes(schema, "minLength", "maxLength")
        if "pattern" in schema:
            if high is not None and not self.limits:
                high = max(min(high, _LONGEST_COUNT), schema["maxLength"])
            if not self.open and (
                pattern := _translated(_KNOWN_PATTERNS.get(schema["pattern"], schema["pattern"]), low, high)
            ):
                return self.pattern(pattern, "text")
        elif facts.format in FORMATS:
            return self.formatted(facts)
        elif facts.format == "uuid":
            return {"type": "string", "format": "uuid"}
        elif schema.get("contentMediaType") == "application/json" and "contentSchema" in schema:
            content = self.node(schema["contentSchema"])
            texts = (json_text(content, self.defs, levels) for levels in (1, 0))  # the first may be too long
            if pattern := next(filter(None, (_translated(f"^({text})$", 0, None) for text in texts)), None):
                return self.pattern(pattern, "json")
        result: Wire = {"type": "string"}
        if low:
            result["minLength"] = min(low, MAX_COUNT)
        if high is not None and high <= MAX_COUNT:
            result["maxLength"] = high
        return result

    def sizes(self, schema: Schema, least: str, most: str) -> tuple[int, int | None]:
        """The smallest and the greatest size that the grammar lets through."""
        low, high = _count(schema.get(least)) or 0, _count(schema.get(most))
        if self.limits:
            return low, high
        # Whatever ends at the widened size is too long, so Pydantic rejects it.
        wide = None if high is None else max(min(_WIDER * high + _WIDER_BY, MAX_COUNT), high + 1)
        return 0, wide

    def formatted(self, facts: Facts) -> Wire:
        pattern = _format_pattern(facts if self.limits else facts.without_limits())
        return self.pattern(pattern, str(facts.format)) if pattern else {"type": "string"}

    def pattern(self, pattern: str, name: str) -> Wire:
        node: Wire = {"type": "string", "pattern": pattern}
        if len(pattern) < _LONG_PATTERN:
            return node
        # A long pattern is written once, whatever the number of its uses.
        key = next(key for key in _numbered(re.sub(r"[^A-Za-z0-9]", "", name)) if self.defs.get(key, node) == node)
        self.defs[key] = node
        return {"$ref": f"#/$defs/{key}"}

    # --- numbers

    def integer(self, schema: Schema) -> Wire:
        if FACTS in schema:
            return self.formatted(schema[FACTS])
        return integer(schema) if self.limits else {"type": "integer"}

    def number(self, schema: Schema) -> Wire:
        if FACTS in schema:
            return self.formatted(schema[FACTS])
        return number(schema) if self.limits else {"type": "number"}

    def bare(self, schema: Schema) -> Wire:
        return {"type": schema["type"]}

    # --- arrays and objects

    def array(self, schema: Schema) -> Wire:
        prefix: list[Any] = schema.get("prefixItems") or []
        items: Any = schema.get("items", not prefix)
        if type(items) is list:  # how tuples were written before 2020
            prefix, items = cast("list[Any]", items), schema.get("additionalItems", False)
        if prefix:  # of a tuple the number of items is its structure
            low, high = _count(schema.get("minItems")) or 0, _count(schema.get("maxItems"))
        else:
            low, high = self.sizes(schema, "minItems", "maxItems")
        if high == 0:
            return enumeration([[]])
        node: Wire
        if prefix:
            nodes = [self.node(item) for item in prefix]
            closed = items is False or high == len(nodes)
            if closed and len(nodes) - low <= _MOST_LENGTHS:
                return _any_of([_tuple(nodes[:length]) for length in range(low, len(nodes) + 1)])
            # A converter knows tuples of one length and lists of one kind: of other shapes it holds kinds and count.
            node = _any_of(nodes if closed else [*nodes, self.node(items)])
            high = len(nodes) if closed else high
        else:
            node = self.node(items)
        bounds = {"minItems": min(low, MAX_COUNT)} if low else {}
        if high is not None and high <= MAX_COUNT:
            bounds["maxItems"] = high
        return {"type": "array"} if _is_anything(node) and not bounds else {"type": "array", "items": node, **bounds}

    def object(self, schema: Schema) -> Wire:
        declared: Schema = schema.get("properties") or {}
        extra = schema.get("additionalProperties", "properties" not in schema)
        if schema.get("patternProperties"):
            values = list(schema["patternProperties"].values())
            extra = {"anyOf": [*values, extra] if schema.get("additionalProperties") else values}
        if not declared and extra is not False:
            return self.dictionary(schema, self.node(extra))
        properties = {name: self.node(value) for name, value in declared.items() if value is not False}
        if odd := [name for name in properties if not is_plain(name)]:
            extra = True
            properties = _without(properties, odd)
        if extra and not all(_PLAIN_NAME.fullmatch(name) for name in properties):
            return {"type": "object"}
        result: Wire = {"type": "object", "properties": properties}
        if required := [name for name in properties if self.is_required(schema, name, properties[name])]:
            result["required"] = required
        if extra:
            node = self.node(extra)
            result["additionalProperties"] = True if _is_anything(node) else node
        return result

    def is_required(self, schema: Schema, name: str, node: Wire) -> bool:
        """Whether the grammar asks for the property: what it lets a model leave out, a model leaves out."""
        if name in schema.get("required", ()):
            return True
        declared = schema["properties"][name]
        if not isinstance(declared, Mapping) or ABSENT in declared:
            return False
        if EMPTY in declared:
            return can_say([], node, self.defs) or can_say({}, node, self.defs)
        return "default" in declared and can_say(declared["default"], node, self.defs)

    def dictionary(self, schema: Schema, value: Wire) -> Wire:
        keys = self.keys(schema)
        least, _ = self.sizes(schema, "minProperties", "maxProperties")
        if not keys:
            return {"type": "object"} if _is_anything(value) else {"type": "object", "additionalProperties": value}

        def shape(names: list[str], required: list[str]) -> Wire:
            node: Wire = {"type": "object", "properties": dict.fromkeys(names, value)}
            return {**node, "required": required} if required else node

        if least == 1 < len(keys) <= _MOST_FIRST_KEYS:  # one branch for each key that may come first
            return _any_of([shape(keys[index:], [key]) for index, key in enumerate(keys)])
        return shape(keys, keys if least >= len(keys) else [])

    def keys(self, schema: Schema) -> list[str]:
        """The keys of a dict, where they are a closed set of some dozens."""
        node = _without(self.node(schema.get("propertyNames") or schema.get(KEYS, {"type": "string"})), {COMMENT})
        node = self.target(node)
        if node.get("type") == "boolean":
            return ["true", "false"]
        if node.get("type") == "integer" and node.get("maximum", math.inf) - node.get("minimum", -math.inf) < MOST_KEYS:
            return [str(value) for value in range(node["minimum"], node["maximum"] + 1)]
        values = node.get("enum", [])
        return [str(value) for value in values] if all(type(value) in (str, int) for value in values) else []


_KIND_OF: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}
_TYPES: Final[dict[Any, Callable[[_Writer, Schema], Wire]]] = {
    "string": _Writer.string,
    "integer": _Writer.integer,
    "number": _Writer.number,
    "boolean": _Writer.bare,
    "null": _Writer.bare,
    "array": _Writer.array,
    "object": _Writer.object,
}


def _facts(schema: Schema) -> Facts:
    """What is known of the format: the facts, unless the type states another format over them."""
    facts, stated = facts_of(schema), schema.get("format")
    return facts if facts.format and facts.stated == stated else Facts(stated)


def _any_of(branches: Iterable[Wire]) -> Wire:
    found: dict[str, Wire] = {}
    for branch in branches:
        for one in branch.get("anyOf", [branch]):
            found.setdefault(json.dumps(one), one)
    if not found or any(map(_is_anything, found.values())):
        return anything()
    return next(iter(found.values())) if len(found) == 1 else {"anyOf": list(found.values())}


def _tuple(nodes: list[Wire]) -> Wire:
    # xgrammar holds the number of a tuple's items only where it is stated.
    return {"type": "array", "prefixItems": nodes, "minItems": len(nodes)} if nodes else enumeration([[]])


def _is_anything(node: Wire) -> bool:
    return node.get("type") == list(ANY_TYPES)


def _without(schema: Schema, keys: Iterable[str]) -> Wire:
    return {key: value for key, value in schema.items() if key not in keys}


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and value >= 0 else None


def _numbered(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}{number}" for number in count(2))


@lru_cache(maxsize=256)
def _translated(pattern: str, low: int, high: int | None) -> str | None:
    return translate(pattern, low, high)


@lru_cache(maxsize=256)
def _format_pattern(facts: Facts) -> str | None:
    return translate(f"^({FORMATS[str(facts.format)](facts)})$")
