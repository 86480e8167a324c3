"""The compact JSON text that a wire schema allows, as a pattern: what a `Json[...]` field holds in its string.

Knows wire schemas only. A superset of every value; what recursion makes endless is left open.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ..json_schema import definition_name
from ..values import anything, types_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Wire = Mapping[str, Any]

_DEPTH: Final = 6
# Beyond Latin-1 a character stands for itself: half of a surrogate pair is no text.
_CHAR: Final = r'([^"\\\x00-\x1F\x7F]|\\(["\\bfnrt]|u00[0-9a-fA-F]{2}))'
# Longer numbers and exponents are none that Python writes of a float.
_INTEGER: Final = "(0|[1-9][0-9]{0,99})"
_NUMBER: Final = rf"-?{_INTEGER}(\.[0-9]{{1,99}})?([eE][+-]?([0-9]{{1,2}}|[12][0-9]{{2}}|30[0-8]))?"
_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_ANYTHING: Final = "(?s:.*)"
_SCALARS: Final = {"string": f'"{_CHAR}*"', "number": _NUMBER, "boolean": "(true|false)", "null": "null"}
_OPEN: Final = {**_SCALARS, "array": rf"\[{_ANYTHING}\]", "object": rf"\{{{_ANYTHING}\}}"}


def json_text(node: Wire, defs: Mapping[str, Wire], levels: int = 1) -> str:
    r"""A pattern, without anchors, of the JSON text of every value that `node` allows.

    Args:
        node: The value's wire schema.
        defs: What it refers to.
        levels: Of a value without a schema so many levels of lists and objects are told; what is inside is open.

    >>> json_text({"type": "array", "items": {"enum": [1, 2]}, "minItems": 1}, {})
    '\\[(1|2)(,(1|2)){0,}\\]'
    """
    return _Text(defs, levels).of(node)


class _Text:
    def __init__(self, defs: Mapping[str, Wire], levels: int) -> None:
        self.defs = defs
        self.levels = levels
        self.depth = 0

    def of(self, node: Wire) -> str:
        if self.depth > _DEPTH:
            return _ANYTHING
        self.depth += 1
        try:
            return self.at_depth(node)
        finally:
            self.depth -= 1

    def at_depth(self, node: Wire) -> str:
        if "$ref" in node:
            return self.of(self.defs[definition_name(node)])
        if "anyOf" in node:
            return f"({'|'.join(map(self.of, node['anyOf']))})"
        if "enum" in node:
            texts = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in node["enum"])
            return f"({'|'.join(map(re.escape, texts))})"
        kinds = types_of(node)
        if len(kinds) > 1:
            return f"({'|'.join(self.bare(kind) for kind in kinds)})"
        return _TYPES[kinds[0]](self, node) if kinds[0] in _TYPES else _SCALARS[kinds[0]]

    def bare(self, kind: str) -> str:
        """Any value of a kind."""
        if kind in _SCALARS or not self.levels:
            return _OPEN[kind]
        self.levels -= 1
        item = self.of(anything())
        self.levels += 1
        return _list(item, 0, "") if kind == "array" else _mapping(item)

    def string(self, node: Wire) -> str:
        if "pattern" in node:
            return f'"{node["pattern"][1:-1]}"'
        if node.get("format") == "uuid":
            return f'"{_UUID}"'
        return f'"{_CHAR}{{{node.get("minLength", 0)},{node.get("maxLength", "")}}}"'

    def integer(self, node: Wire) -> str:
        sign = "" if node.get("minimum", -1) >= 0 else "-?"
        return f"{sign}{_INTEGER}"

    def array(self, node: Wire) -> str:
        if "prefixItems" in node:
            return rf"\[{','.join(map(self.of, node['prefixItems']))}\]"
        if "items" not in node:
            return self.bare("array")
        return _list(
            self.of(node["items"]), node.get("minItems", 0), f"{node['maxItems'] - 1}" if "maxItems" in node else ""
        )

    def object(self, node: Wire) -> str:
        values = node.get("additionalProperties")
        if "properties" not in node and values is not None:
            return _mapping(self.of(values))
        properties: Mapping[str, Wire] = node.get("properties", {})
        if not properties or values is not None or len(properties) > len(node.get("required", ())):
            return self.bare("object")
        names = {name: re.escape(json.dumps(name, ensure_ascii=False)) for name in properties}
        return rf"\{{{','.join(f'{names[name]}:{self.of(child)}' for name, child in properties.items())}\}}"


def _list(item: str, low: int, others: str) -> str:
    """`low` items and more, `others` at most behind the first."""
    body = f"{item}(,{item}){{{max(low - 1, 0)},{others}}}"
    return rf"\[{body}\]" if low else rf"\[({body})?\]"


def _mapping(value: str) -> str:
    member = f"{_SCALARS['string']}:{value}"
    return rf"\{{({member}(,{member})*)?\}}"


_TYPES: Final[dict[str, Callable[[_Text, Wire], str]]] = {
    "string": _Text.string,
    "integer": _Text.integer,
    "array": _Text.array,
    "object": _Text.object,
}
