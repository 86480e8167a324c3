"""Rewrites Pydantic's JSON Schema into the subset that every generation of Ollama's converters accepts and enforces.

Pure; knows nothing about clients, prompts or models. Constraints that no converter enforces are omitted (Pydantic
validates the answer), so the result may be weaker than the type. It may restrict the form of a value, never its range.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final, cast

from .annotate import AnnotatedJsonSchema, pydantic_schema
from .containers import array, object_, size
from .converters import MAX_LENGTH, MIN_LENGTH, PATTERN_COUNT, limit_of
from .encodings import (
    Level,
    has_decimals,
    has_integers,
    is_respelt,
    restored,
    restricted,
    restricts,
)
from .facts import ABSENT, EMPTY, FACTS, OWN, Facts, facts_of
from .inline import COMMENT, finished
from .joining import Joiner, type_of, without
from .json_schema import definition_name, lookup, resolve
from .limits import Limited, has_limits, limited_numbers
from .patterns.formats import FORMATS
from .patterns.json_text import json_text
from .patterns.printer import translate
from .values import UNFINISHED, any_of, anything, enumeration, integer, number

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
# What Pydantic states, and what it means, where the statement lets too much through.
_KNOWN_PATTERNS: Final = {r"^\s*(\d*\.?\d+)\s*(\w+)?": r"^[0-9]+(\.[0-9]+)?([kmgtpe]i?)?b$"}  # ByteSize
_LIMITS: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
_WIDER: Final = 4
_WIDER_BY: Final = 16
"""How far beyond its greatest length a string or list may go where Pydantic alone enforces that length."""
_LONGEST_COUNT: Final = limit_of(PATTERN_COUNT) - 1
"""The greatest count of a pattern that all converters take: a length is not widened beyond it."""
_LONGEST: Final = min(limit_of(MAX_LENGTH), limit_of(MIN_LENGTH)) - 1
"""The greatest length of a string that all converters enforce."""
_LONGEST_CHOICE: Final = 256
_LONG_PATTERN: Final = 48


def wire_schema(schema: Schema, level: Level = "schema") -> Wire:
    r"""The schema as it goes into `response_format`.

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

    >>> wire_schema({"type": "string", "title": "Code", "pattern": r"^\d{3}$"})
    {'type': 'string', 'pattern': '^[0-9]{3}$'}
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
        self.joiner = Joiner(root)

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
            return self.node(self.joiner.merged(without(schema, {"allOf"}), *schema["allOf"]))
        kind = type_of(schema)
        if type(kind) is list:
            return any_of([self.node({**schema, "type": one}) for one in cast("list[Any]", kind)])
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
        siblings = without(schema, _ANNOTATIONS | {"$ref"})
        if siblings and pointer not in self.inlining:
            self.inlining.append(pointer)
            try:
                return self.node(self.joiner.merged(siblings, target))
            finally:
                self.inlining.pop()
        if pointer not in self.names:
            # Plain names: a converter does not decode `~1`, and takes only letters and digits into a rule's name.
            base = re.sub(r"[^A-Za-z0-9]", "", definition_name(schema)) or "root"
            name = next(name for name in _numbered(base) if name not in self.defs)
            self.names[pointer] = name
            self.defs[name] = {"type": sorted(self.joiner.kinds(target)), UNFINISHED: True}
            self.defs[name] = self.node(target)
        return {"$ref": f"#/$defs/{self.names[pointer]}"}

    def union(self, schema: Schema, key: str) -> Wire:
        siblings = without(schema, _ANNOTATIONS | {key, FACTS})
        branches = [branch for branch in schema[key] if branch is not False]
        return any_of([self.node(self.joiner.merged(branch, siblings) if siblings else branch) for branch in branches])

    def choice(self, values: list[Any]) -> Wire:
        texts = [value for value in values if isinstance(value, str)]
        if not self.open or len(texts) < 2:
            return enumeration(values)
        others = [value for value in values if not isinstance(value, str)]
        return any_of([{"type": "string", "maxLength": _LONGEST_CHOICE}, *([enumeration(others)] if others else [])])

    # --- strings

    def string(self, schema: Schema) -> Wire:
        facts = _facts(schema)
        low, high = self.sizes(schema, "minLength", "maxLength", _LONGEST)
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
            result["minLength"] = min(low, _LONGEST)
        if high is not None and high <= _LONGEST:
            result["maxLength"] = high
        return result

    def sizes(self, schema: Schema, least: str, most: str, top: int) -> tuple[int, int | None]:
        """The smallest and the greatest size that the grammar lets through; a size is not widened beyond `top`."""
        low, high = size(schema.get(least)) or 0, size(schema.get(most))
        if self.limits:
            return low, high
        # Whatever ends at the widened size is too long, so Pydantic rejects it.
        wide = None if high is None else max(min(_WIDER * high + _WIDER_BY, top), high + 1)
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


_TYPES: Final[dict[Any, Callable[[_Writer, Schema], Wire]]] = {
    "string": _Writer.string,
    "integer": _Writer.integer,
    "number": _Writer.number,
    "boolean": _Writer.bare,
    "null": _Writer.bare,
    "array": array,
    "object": object_,
}


def _facts(schema: Schema) -> Facts:
    """What is known of the format: the facts, unless the type states another format over them."""
    facts, stated = facts_of(schema), schema.get("format")
    return facts if facts.format and facts.stated == stated else Facts(stated)


def _numbered(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}{number}" for number in count(2))


@lru_cache(maxsize=256)
def _translated(pattern: str, low: int, high: int | None) -> str | None:
    return translate(pattern, low, high)


@lru_cache(maxsize=256)
def _format_pattern(facts: Facts) -> str | None:
    return translate(f"^({FORMATS[str(facts.format)](facts)})$")
