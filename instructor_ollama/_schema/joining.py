"""Schemas that hold together, joined into one: what is beside a `$ref`, and the parts of an `allOf`.

No converter of Ollama's does either: it ignores what is beside a reference, and most of an `allOf`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .json_schema import lookup, schema_of
from .values import ANY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Schema = Mapping[str, Any]
    Wire = dict[str, Any]

_TYPE_OF_KEYWORD: Final = {
    **dict.fromkeys(("properties", "additionalProperties", "patternProperties", "required"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("pattern", "minLength", "maxLength", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
}
_TYPE_OF_VALUE: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}
# How two values of a keyword that both hold are joined; of other keywords the first is kept.
_JOIN: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "properties": lambda one, other: {**one, **other},
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "enum": lambda one, other: [value for value in one if value in other] or one,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
}


def without(schema: Schema, keys: Iterable[str]) -> Wire:
    """A copy without some keywords.

    >>> without({"type": "null", "title": "Nothing"}, {"title"})
    {'type': 'null'}
    """
    return {key: value for key, value in schema.items() if key not in keys}


def type_of(schema: Schema) -> Any:
    """The type, or list of types, that a schema states; without one, what its other keywords imply, or None.

    >>> type_of({"type": ["string", "null"]}), type_of({"minItems": 1}), type_of({"title": "X"})
    (['string', 'null'], 'array', None)
    """
    implied = (_TYPE_OF_KEYWORD[key] for key in schema if key in _TYPE_OF_KEYWORD)
    return schema.get("type") or next(implied, None)


class Joiner:
    """Joins schemas of one document.

    >>> Joiner({"$defs": {"Age": {"type": "integer"}}}).expanded({"$ref": "#/$defs/Age", "minimum": 18})
    {'type': 'integer', 'minimum': 18}
    """

    def __init__(self, root: Schema) -> None:
        self.root = root

    def merged(self, first: Schema, *others: Any) -> Wire:
        """One schema that says what all of them say, as far as keywords can be joined.

        >>> Joiner({}).merged({"type": "string", "maxLength": 9}, {"maxLength": 5}, {"minLength": 1})
        {'type': 'string', 'maxLength': 5, 'minLength': 1}
        """
        result = dict(first)
        for other in others:
            for key, value in self.expanded(other).items():
                if key not in result:
                    result[key] = value
                elif key in _JOIN:
                    result[key] = _JOIN[key](result[key], value)
        return result

    def expanded(self, schema: Any) -> Schema:
        """The schema without `$ref` and `allOf`.

        >>> Joiner({}).expanded({"allOf": [{"type": "integer"}, {"minimum": 1}]})
        {'type': 'integer', 'minimum': 1}
        """
        if not isinstance(schema, Mapping):
            return {}
        seen: set[str] = set()
        found: Schema = cast("Schema", schema)
        while "$ref" in found and found["$ref"] not in seen:
            seen.add(found["$ref"])
            target = lookup(found["$ref"], self.root)
            found = {**schema_of(target), **without(found, {"$ref"})}
        if "allOf" not in found:
            return found
        return self.merged(without(found, {"allOf"}), *found["allOf"])

    def kinds(self, schema: Any, seen: frozenset[str] = frozenset()) -> set[str]:
        """The types that the values of a schema may have.

        >>> sorted(Joiner({}).kinds({"anyOf": [{"type": "integer"}, {"enum": ["a", None]}]}))
        ['integer', 'null', 'string']
        """
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
            return {_TYPE_OF_VALUE[type(value)] for value in node.get("enum", [node.get("const")])}
        kind = type_of(node)
        if kind is None:
            return set(ANY_TYPES)
        return {kind} if isinstance(kind, str) else set(kind)
