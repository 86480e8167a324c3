"""Detects replies in which the model repeats the schema or the type notation instead of an answer.

Pure. An answer is an echo only if it has the schema's own words for the type: for a string that is not a date, the word
"date" is an answer like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from .._schema.shape import Shape

# fmt: off
SCHEMA_WORDS: Final = frozenset({
    "$schema", "$defs", "$id", "$ref", "definitions", "type", "properties", "required", "title", "description",
    "items", "prefixItems", "anyOf", "oneOf", "allOf", "enum", "const", "default", "examples", "format", "pattern",
    "additionalProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "uniqueItems", "multipleOf", "minProperties", "maxProperties", "discriminator",
    "propertyNames", "patternProperties",
})
# fmt: on
_SCHEMA_TYPES: Final = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_OF_DICTS: Final = frozenset({"type", "additionalProperties", "title", "description"})
"""What the schema of a dict consists of."""
_STRING: Final = frozenset({"string", "str", "text"})
"""How schema and notation call what a string of any content may be; other words would not pass for a value."""
_BEGINNINGS: Final = frozenset(word[:3] for word in _STRING)
_BEHIND: Final = re.compile(r"(?:\s*(?://|=).*|\[\]|\?|\s*\|\s*(?:null|none))*\Z", re.I | re.S)
_PLACES: Final = ("<", ".", "\u2026")
_PLACEHOLDER: Final = re.compile(r"\s*(?:<\s*([\w \-]+?)\s*>|\.\.\.|\u2026)\s*")
_HINTS: Final = ("type", "kind", "format")
"""In the name of a field: it may well ask for such a word."""
_NUMBERS: Final = frozenset((int, float))
_FEWEST: Final = 2
"""One such word may be an honest answer."""


def is_echo(value: object, shape: Shape) -> bool:
    """Whether a parsed answer is the JSON Schema or the notation of the type, in whole or in part.

    Args:
        value: The answer, parsed, out of its envelope.
        shape: The shape of the response type.
    """
    if isinstance(value, list):
        rows = cast("list[object]", value)
        return bool(rows) and all(isinstance(row, Mapping) for row in rows) and _consists_of_words(rows, shape)
    if not isinstance(value, Mapping) or not value:
        return False
    answer = cast("Mapping[str, Any]", value)
    if answer.keys() <= shape.names and any(type(one) in _NUMBERS and one for one in answer.values()):
        return False  # the usual answer: neither a schema nor the notation has a number under a field's name
    return _is_schema_of(answer, shape) or _consists_of_words(answer, shape)


def _is_schema_of(answer: Mapping[str, Any], shape: Shape) -> bool:
    said = answer.keys() - shape.names
    if said and said <= SCHEMA_WORDS:
        inner = [answer.get(key) for key in ("properties", "$defs") if key in said]
        if not shape.names:  # any key may be a key of the answer
            if answer.keys() <= _OF_DICTS and answer.get("type") == "object" and "additionalProperties" in said:
                return True
            return any(_all_schemas(one) for one in inner) or (list(answer) == ["$ref"] and _is_schema(answer))
        return (
            any(word.startswith("$") for word in said)
            or any(_all_schemas(one) for one in inner)
            or (len(answer) == len(said) > 1 and _is_schema(answer))
        )
    if not shape.names or not _all_schemas(answer):
        return False
    # {"name": {"type": "string"}}, unless that is what an object under this name looks like.
    return not any(
        node.get("type") == "object" and (not node.get("properties") or "type" in node["properties"])
        for name in answer
        for node in shape.below(shape.top(), name)
    )


def _is_schema(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    schema = cast("Mapping[str, Any]", value)
    kind = schema.get("type")
    return (
        bool(schema)
        and schema.keys() <= SCHEMA_WORDS
        and (
            (isinstance(kind, str) and kind in _SCHEMA_TYPES)
            or not schema.keys().isdisjoint(("$ref", "anyOf", "allOf", "oneOf", "enum"))
        )
    )


def _all_schemas(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    fields = cast("Mapping[str, Any]", value)
    return bool(fields) and all(_is_schema(each) for each in fields.values())


def _consists_of_words(answer: object, shape: Shape) -> bool:
    """Whether each value says what the type says of it, but for those that can be nothing else."""
    count = 0
    pending: list[tuple[str, object, list[dict[str, Any]]]] = [("", answer, shape.top())]
    while pending:
        name, found, nodes = pending.pop()
        if isinstance(found, Mapping):
            for key, one in cast("Mapping[str, object]", found).items():
                declared = any(key in node.get("properties", ()) for node in nodes)
                if not declared and key not in _STRING:
                    return False
                pending.append((key, one, shape.below(nodes, key)))
        elif isinstance(found, list):
            pending += [(name, one, shape.below(nodes, at)) for at, one in enumerate(cast("list[object]", found))]
        elif any(found == node.get("const") or found in node.get("enum", ()) for node in nodes):
            continue
        elif isinstance(found, str) and (_is_word(found, name) or _is_described(found, nodes)):
            count += 1
        elif found:  # a zero stands for a number, as null does for what may be missing
            return False
    return count >= _FEWEST


def _is_word(found: str, name: str) -> bool:
    """Whether a string is the word for a string, or a placeholder such as "<name>" or "..."."""
    if found[:1] in _PLACES:
        inner = _PLACEHOLDER.fullmatch(found)
        return inner is not None and (inner[1] is None or inner[1].casefold() in (name.casefold(), *_STRING))
    return (
        found.lstrip()[:3].lower() in _BEGINNINGS
        and _BEHIND.sub("", found, count=1).strip().lower() in _STRING
        and not any(hint in name.lower() for hint in _HINTS)
    )


def _is_described(found: str, nodes: list[dict[str, Any]]) -> bool:
    """Whether a string is the description of its field."""
    return bool(found) and any(found == node.get("description") for node in nodes)
