"""The last steps of a wire schema: what is used once goes to its place, and the grammar is kept from being cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Wire = dict[str, Any]

COMMENT: Final = "$comment"
"""No converter reads it: it keeps the limits that the grammar does not enforce, and makes up length at the root."""
_SHORT: Final = 48
_GRAMMAR_CAP: Final = 28 * 1024
"""Up to 0.24 a grammar's text is cut silently at 32 KiB, or at four times the schema's bytes where that is more."""
_NODES: Final = ("items", "additionalProperties")
_LISTS: Final = ("anyOf", "prefixItems")


def finished(root: Wire, defs: Mapping[str, Wire]) -> Wire:
    """The whole schema: the root and, under `$defs`, what it refers to."""
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


def _children(node: Wire) -> Iterable[Wire]:
    yield from node.get("properties", {}).values()
    for key in _LISTS:
        yield from node.get(key, ())
    for key in _NODES:
        if isinstance(node.get(key), dict):
            yield node[key]


def _uses(root: Wire, defs: Mapping[str, Wire]) -> dict[str, int]:
    used = dict.fromkeys(defs, 0)
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(_children(node))
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            used[name] += 1
            if used[name] == 1:
                stack.append(defs[name])
    return used


def _substituted(node: Wire, inline: Mapping[str, Wire]) -> Wire:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in inline:
            return dict(node)
        comment = {COMMENT: node[COMMENT]} if COMMENT in node else {}
        return {**_substituted(inline[name], _without(inline, name)), **comment}
    result = dict(node)
    if "properties" in result:
        result["properties"] = {name: _substituted(child, inline) for name, child in result["properties"].items()}
    for key in _LISTS:
        if key in result:
            result[key] = [_substituted(child, inline) for child in result[key]]
    for key in _NODES:
        if isinstance(result.get(key), dict):
            result[key] = _substituted(result[key], inline)
    return result


def _without(inline: Mapping[str, Wire], name: str) -> dict[str, Wire]:
    return {other: node for other, node in inline.items() if other != name}


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
