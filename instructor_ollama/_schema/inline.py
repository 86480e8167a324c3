"""The last steps of a wire schema: what is used once goes to its place, and the grammar is kept from being cut."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from .converters import LONG_GRAMMAR, limit_of
from .json_schema import changed, definition_name, reached

if TYPE_CHECKING:
    from collections.abc import Mapping

    Wire = dict[str, Any]

COMMENT: Final = "$comment"
"""No converter reads it: it keeps the limits that the grammar does not enforce, and makes up length at the root."""
_SHORT: Final = 48
_GRAMMAR_CAP: Final = limit_of(LONG_GRAMMAR) * 7 // 8
"""Bytes of grammar from which on the schema is made longer; the estimate of them is not exact."""
_NODES: Final = ("items", "additionalProperties")
_LISTS: Final = ("anyOf", "prefixItems")


def finished(root: Wire, defs: Mapping[str, Wire]) -> Wire:
    """The whole schema: the root and, under `$defs`, what it refers to.

    >>> finished({"items": {"$ref": "#/$defs/A"}}, {"A": {"type": "null"}, "B": {"type": "string"}})
    {'items': {'type': 'null'}}
    """
    used = _uses(root, defs)
    inline = {
        name: node
        for name, node in defs.items()
        if node.get("type") not in ("object", "array")
        and "anyOf" not in node
        and (used[name] == 1 or len(json.dumps(node)) < _SHORT)
    }
    result = _substituted(root, inline)
    kept = {name: _substituted(node, inline) for name, node in defs.items() if used[name] and name not in inline}
    size = _grammar_size(result, 4) + sum(_grammar_size(node, len(name) + 10) for name, node in kept.items())
    if kept:
        result["$defs"] = kept
    if size > _GRAMMAR_CAP:
        result[COMMENT] = "." * (size // 4)  # four characters of grammar are kept for each
    return result


def _uses(root: Wire, defs: Mapping[str, Wire]) -> Counter[str]:
    return Counter(definition_name(node) for node in reached([root], {"$defs": defs}) if "$ref" in node)


def _substituted(node: Wire, inline: Mapping[str, Wire]) -> Wire:
    if "$ref" not in node:
        return changed(node, lambda inner: _substituted(inner, inline))
    name = definition_name(node)
    if name not in inline:
        return dict(node)
    comment = {COMMENT: node[COMMENT]} if COMMENT in node else {}
    others = {other: one for other, one in inline.items() if other != name}
    return {**_substituted(inline[name], others), **comment}


def _grammar_size(node: Wire, path: int) -> int:
    """An upper estimate of the text that a converter makes of the node; `path` is the length of its rule's name."""
    told = {key: node[key] for key in ("pattern", "enum", "minimum", "maximum") if key in node}
    total = 2 * path + 60 + 3 * len(json.dumps(told)) + (600 if "minimum" in node and "maximum" in node else 0)
    for name, child in node.get("properties", {}).items():
        deeper = path + len(name.encode()) + 1
        total += 6 * deeper + 60 + _grammar_size(child, deeper)
    for key in _LISTS:
        total += sum(_grammar_size(child, path + 9) for child in node.get(key, ()))
    for key in _NODES:
        if isinstance(node.get(key), dict):
            total += 2 * path + 80 + _grammar_size(node[key], path + 18)
    return total
