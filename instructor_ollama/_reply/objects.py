"""Detects values in a parsed answer that would be lost although Pydantic accepts the object.

Pydantic ignores unknown keys. If fields have defaults, an object with other keys becomes an object of defaults, and a
misspelt key becomes a default. Pure; nothing is validated here.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from .._schema.shape import is_open
from .json_text import parsed_once
from .spots import top_of

if TYPE_CHECKING:
    from .._schema.shape import Node, Shape
    from .spots import Spot

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
    containers: Any = (dict, list, str) if shape.has_json else (dict, list)
    pending: list[tuple[tuple[str | int, ...], object, Spot]] = [((), value, top_of(shape))]
    while pending:
        path, found, spot = pending.pop()
        if isinstance(found, dict):
            held = cast("Node", found)
            if spot.numeric_keys and _have_twins(list(held)):
                return Loss("twice", path)
            lost = _lost(held, spot, path) if held and spot.objects else None
            if lost is not None:
                return lost
            pending += [
                ((*path, key), one, spot.at(key))
                for key, one in held.items()
                if isinstance(one, containers) and not spot.at(key).is_inert()
            ]
        elif isinstance(found, list):
            items = cast("list[object]", found)
            rows = [cast("Node", one) for one in items if isinstance(one, dict)] if spot.numeric_keys else []
            if _have_twins([row.get("key") for row in rows]):
                return Loss("twice", path)
            pending += [((*path, at), one, spot.at(at)) for at, one in enumerate(items) if isinstance(one, containers)]
        elif isinstance(found, str) and spot.contents:
            inner, twice = parsed_once(found)
            if twice:
                return Loss("twice", path)
            pending.append((path, inner, spot.contents))
    return None


def _lost(held: Node, spot: Spot, path: tuple[str | int, ...]) -> Loss | None:
    if held.keys() <= spot.names:
        return None
    strangers = held.keys() - spot.names
    if len(strangers) == len(held) and not any(map(is_open, spot.objects)):
        return Loss("fields", path)
    if spot.keeps_all:
        return None
    if _is_call(held, strangers):
        return Loss("fields", path)
    # Of a field that must be there, Pydantic says that it is missing.
    required = {name for node in spot.objects for name in node.get("required", ())}
    meant = {_plain(name): name for name in sorted(spot.names - required - held.keys())}
    present = {_plain(name) for name in held if name in spot.names}
    for key in held:
        plain = _plain(key)
        if key in strangers and plain in meant and plain not in present:
            return Loss("name", (*path, key), meant[plain])
    return None


def _have_twins(keys: list[Any]) -> bool:
    """Whether keys that are written differently are one number, such as 7 and 07."""
    try:
        numbers = {Decimal(str(key)) for key in keys}
    except InvalidOperation:  # Pydantic says so
        return False
    return len(numbers) < len(keys)


def _is_call(held: Node, strangers: set[str]) -> bool:
    """Whether the object is the call of a tool and not what the tool is to be given."""
    called = strangers & _CALLED
    return (
        len(called) == 1
        and len(held) > 1
        and held.keys() - called <= _BESIDE
        and isinstance(held[next(iter(called))], (dict, str))
    )


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name).casefold()
