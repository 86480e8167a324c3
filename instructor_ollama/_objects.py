"""Objects in a parsed answer of which something would be lost, although Pydantic may accept them.

Pydantic ignores keys that it does not know. Where the fields have defaults, an object with other keys becomes an object
of defaults, and a misspelt key a default. Pure; nothing is validated here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from ._json_text import parsed_once
from ._shape import ENTRIES, OWN, has_field, is_open, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._shape import Node, Shape

_CALLED: Final = frozenset({"arguments", "parameters"})
_BESIDE: Final = frozenset({"name", "function", "tool", "type", "id", "index"})
"""What a tool call consists of."""
_SEPARATORS: Final = re.compile(r"[\W_]+")


class Loss(NamedTuple):
    """Something in an answer that would be lost.

    Attributes:
        problem: "fields": an object has none of the fields that are asked for there; "name": a field is misspelt;
            "twice": a key occurs twice in JSON inside a string.
        path: Where it is.
        name: What the misspelt field is called.
    """

    problem: Literal["fields", "name", "twice"]
    path: tuple[str | int, ...]
    name: str = ""


def loss(value: Any, shape: Shape) -> Loss | None:
    """The first loss in a parsed answer, out of its envelope; None where there is none. Linear in its size."""
    if not (shape.has_fields or shape.has_json):
        return None
    pending: list[tuple[tuple[str | int, ...], object, list[Node]]] = [((), value, shape.top())]
    while pending:
        path, found, nodes = pending.pop()
        if isinstance(found, str):
            contents = shape.contents(nodes)
            if contents:
                inner, twice = parsed_once(found)
                if twice:
                    return Loss("twice", path)
                pending.append((path, inner, contents))
        elif isinstance(found, dict):
            held = cast("Node", found)
            of = shape.objects(nodes)
            if _have_twins(list(held), of):
                return Loss("twice", path)
            if of and held:
                lost = _lost(held, of, path)
                if lost is not None:
                    return lost
            pending += _inside(path, held.items(), of, shape)
        elif isinstance(found, list):
            keys = [cast("Node", one).get("key") for one in cast("list[object]", found) if isinstance(one, dict)]
            if _have_twins(keys, nodes):
                return Loss("twice", path)
            pending += _inside(path, enumerate(cast("list[object]", found)), nodes, shape)
    return None


def _inside(
    path: tuple[str | int, ...], steps: Iterable[tuple[str | int, object]], nodes: list[Node], shape: Shape
) -> list[tuple[tuple[str | int, ...], object, list[Node]]]:
    return [
        ((*path, step), one, shape.below(nodes, step))
        for step, one in steps
        if isinstance(one, (dict, list)) or (shape.has_json and isinstance(one, str))
    ]


def _lost(held: Node, of: list[Node], path: tuple[str | int, ...]) -> Loss | None:
    if not any(has_field(node, held) for node in of) or _is_call(held, of):
        return Loss("fields", path)
    if any(_keeps_all(node) for node in of):
        return None
    known = {name for node in of for name in names_of(node)}
    strangers = held.keys() - known
    absent = known - held.keys() if strangers else known
    if not strangers or not absent:
        return None
    required = {name for node in of for name in node.get("required", ())}  # Pydantic says where these are missing
    meant = {_plain(name): name for name in sorted(absent - required)}
    for key in held:
        if (
            key in strangers
            and _plain(key) in meant
            and not any(_plain(key) == _plain(name) for name in held if name in known)
        ):
            return Loss("name", (*path, key), meant[_plain(key)])
    return None


def _have_twins(keys: list[Any], nodes: list[Node]) -> bool:
    """Whether keys of a dict that are written differently are one number, such as 7 and 07."""
    entries = [node["items"]["properties"]["key"] for node in nodes if ENTRIES in node]
    if not any(key.get("type") in ("integer", "number") for key in entries):
        return False
    try:
        numbers = {Decimal(str(key)) for key in keys}
    except InvalidOperation:  # Pydantic says so
        return False
    return len(numbers) < len(keys)


def _is_call(held: Node, of: list[Node]) -> bool:
    """Whether the object is the call of a tool and not what the tool is to be given."""
    called = held.keys() & _CALLED
    return (
        len(called) == 1
        and len(held) > 1
        and held.keys() - called <= _BESIDE
        and isinstance(held[next(iter(called))], (dict, str))
        and not any(_keeps_all(node) or not called.isdisjoint(names_of(node)) for node in of)
    )


def _keeps_all(node: Node) -> bool:
    """Whether no key is lost: any is kept or refused, or a validator of the user's sees them all."""
    return is_open(node) or "additionalProperties" in node or OWN in node


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name).casefold()
