"""JSON Schema as data: the one way to follow a reference, to list what is inside a schema, and to walk through it.

A schema is a dict; `True`, `False` and what is missing count as the empty one. Nothing here changes a schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from .facts import ENTRIES, KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TypeGuard

    Node = dict[str, Any]

NAMED: Final = ("properties", "patternProperties", "$defs")
"""Keywords that hold schemas by name; the names are the user's."""
LISTED: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
"""Keywords that hold schemas in a list."""
SINGLE: Final = ("items", "additionalProperties", "propertyNames", KEYS)
"""Keywords that hold one schema. That of a JSON text inside a string (`contentSchema`) is not among them: what is in
the string is no part of the answer's own structure."""
_UNIONS: Final = ("anyOf", "oneOf", "allOf")


def schema_of(value: Any) -> Node:
    """A schema that may be missing, `True` or `False`.

    >>> schema_of(True)
    {}
    """
    return cast("Node", value) if isinstance(value, dict) else {}


def lookup(pointer: str, root: Mapping[str, Any]) -> Any:
    """What a local JSON Pointer leads to; None where it leads nowhere.

    >>> lookup("#/$defs/a~1b", {"$defs": {"a/b": {"type": "null"}}})
    {'type': 'null'}
    """
    if not pointer.startswith("#"):
        return None
    at: Any = root
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            at = at[int(key) if isinstance(at, list) else key]
        except (LookupError, TypeError, ValueError):
            return None
    return at


def definition_name(node: Mapping[str, Any]) -> str:
    """The last step of a reference: the name of the definition that it leads to.

    >>> definition_name({"$ref": "#/$defs/User"})
    'User'
    """
    return str(node["$ref"]).rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def resolve(node: Mapping[str, Any], root: Mapping[str, Any]) -> Node:
    """The schema behind a chain of references; the empty one where it leads nowhere or in a circle.

    >>> resolve({"$ref": "#/$defs/Age"}, {"$defs": {"Age": {"type": "integer"}}})
    {'type': 'integer'}
    """
    seen: set[str] = set()
    found = cast("Node", node)
    while isinstance(pointer := found.get("$ref"), str):
        if pointer in seen:
            return {}
        seen.add(pointer)
        found = schema_of(lookup(pointer, root))
    return found


def children(node: Mapping[str, Any]) -> Iterator[Node]:
    """The schemas directly inside a schema.

    >>> list(children({"properties": {"age": {"type": "integer"}}, "additionalProperties": False}))
    [{'type': 'integer'}]
    """
    for key in SINGLE:
        if key in node and isinstance(node[key], dict):
            yield node[key]
    for key in NAMED:
        if key in node:
            yield from filter(_is_schema, cast("Node", node[key]).values())
    for key in LISTED:
        if key in node:
            yield from filter(_is_schema, node[key])


def walk(node: Mapping[str, Any], *, contents: bool = False) -> Iterator[Node]:
    """A schema and all that is inside of it, each before what is inside of it; references are not followed.

    Args:
        node: Where to begin.
        contents: Also the schemas of JSON that is written into a string.

    >>> [one["type"] for one in walk({"type": "array", "items": {"type": "null"}})]
    ['array', 'null']
    """
    yield cast("Node", node)
    for child in children(node):
        yield from walk(child, contents=contents)
    if contents and isinstance(node.get("contentSchema"), dict):
        yield from walk(node["contentSchema"], contents=True)


def reached(starts: Iterable[Mapping[str, Any]], root: Mapping[str, Any]) -> Iterator[Node]:
    """All schemas inside of several, those behind references too; each definition once.

    >>> root = {"$defs": {"Leaf": {"type": "null"}}}
    >>> [one.get("type") for one in reached([{"items": {"$ref": "#/$defs/Leaf"}}], root)]
    [None, None, 'null']
    """
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            pointer = node.get("$ref")
            if isinstance(pointer, str) and pointer not in seen:
                seen.add(pointer)
                waiting.append(schema_of(lookup(pointer, root)))


def alternatives(nodes: Iterable[Mapping[str, Any]], root: Mapping[str, Any]) -> list[Node]:
    """The schemas with references followed and unions opened, each once; references and unions are among them.

    >>> root = {"$defs": {"Leaf": {"type": "null"}}}
    >>> alternatives([{"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/Leaf"}]}], root)[1:]
    [{'type': 'integer'}, {'$ref': '#/$defs/Leaf'}, {'type': 'null'}]
    """
    found: dict[int, Node] = {}
    waiting = [cast("Node", node) for node in nodes]
    for node in waiting:  # grows meanwhile
        if id(node) in found:
            continue
        found[id(node)] = node
        for key in _UNIONS:
            waiting += map(schema_of, node.get(key, ()))
        if isinstance(pointer := node.get("$ref"), str):
            waiting.append(schema_of(lookup(pointer, root)))
    return list(found.values())


def is_union(node: Mapping[str, Any]) -> bool:
    """Whether a schema says nothing of its own: it refers to another one, or to several.

    >>> is_union({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    True
    """
    return "$ref" in node or any(key in node for key in _UNIONS)


def below(node: Mapping[str, Any], step: str | int) -> Node | None:
    """The schema of what stands at a key or number of a value; None where any value may stand there, or none.

    A dict that is asked for as a list has the same schema for its values either way.

    >>> below({"type": "array", "items": {"type": "integer"}}, 3)
    {'type': 'integer'}
    >>> below({"properties": {"age": {"type": "integer"}}}, "age")
    {'type': 'integer'}
    """
    if isinstance(step, int):
        prefix: list[Any] = node.get("prefixItems", [])
        found = prefix[step] if step < len(prefix) else node.get("items")
    elif ENTRIES in node:
        found = node["items"]["properties"]["value"]
    else:
        found = node.get("properties", {}).get(step, node.get("additionalProperties"))
    return cast("Node", found) if isinstance(found, dict) else None


def changed(node: Mapping[str, Any], change: Callable[[Any], Any]) -> Node:
    """A copy of a schema with each schema directly inside of it replaced by what `change` makes of it.

    >>> changed({"items": {"type": "integer"}, "minItems": 1}, lambda inner: {"type": "string"})
    {'items': {'type': 'string'}, 'minItems': 1}
    """
    result = dict(node)
    for key in (*SINGLE, "contentSchema"):
        if _is_schema(result.get(key)):
            result[key] = change(result[key])
    for key in NAMED:
        if key in result:
            result[key] = {name: change(one) for name, one in cast("Node", result[key]).items()}
    for key in LISTED:
        if key in result:
            result[key] = [change(one) for one in result[key]]
    return result


def _is_schema(value: object) -> TypeGuard[Node]:
    return isinstance(value, dict)
