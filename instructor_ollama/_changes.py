"""Values in a parsed answer that Pydantic would change on the way to the type: what comes out is not what was said.

In its lax mode it takes true for 1, the number 2024 for a date-time of 1970, and a number beyond a float's range for
infinity. Pure; nothing is validated here. A value that a validator of the user's sees first is the user's.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ._json_text import parsed_once
from ._shape import MOMENTS, OWN, kind_of

if TYPE_CHECKING:
    from ._shape import Node, Shape

_BOOLEAN: Final = re.compile(r"\b(?:true|false)\b")
_HUGE: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{3}|[0-9]{309}")
"""In the text of a number that may be beyond the range of a float."""
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s*")
_TRUTHS: Final = frozenset({"boolean", "any"})
_TIMESTAMPS: Final = ((1e8, 1.95e9), (5e11, 2e12))
"""Seconds and milliseconds since 1970 that may be meant as such, 1973 to 2031: not 2024, 20240501 or 202405011230."""


class Change(NamedTuple):
    """A value that would be changed.

    Attributes:
        path: Where it is.
        message: What it should be.
    """

    path: tuple[str | int, ...]
    message: str


def change(value: Any, text: str, shape: Shape) -> Change | None:
    """The first such value of a parsed answer, out of its envelope; None where there is none. Linear in its size.

    Args:
        value: The answer.
        text: The JSON text that it was parsed from.
        shape: Of the type that was asked for.
    """
    huge = _HUGE.search(text) is not None
    if not (huge or shape.has_moments or (shape.has_numbers and _BOOLEAN.search(text))):
        return None
    pending: list[tuple[tuple[str | int, ...], object, list[Node]]] = [((), value, shape.top())]
    while pending:
        path, found, nodes = pending.pop()
        if isinstance(found, dict):
            of = shape.objects(nodes)
            pending += [((*path, key), one, shape.below(of, key)) for key, one in cast("Node", found).items()]
        elif isinstance(found, list):
            items = cast("list[object]", found)
            pending += [((*path, at), one, shape.below(nodes, at)) for at, one in enumerate(items)]
        elif isinstance(found, str) and shape.has_json and (contents := shape.contents(nodes)):
            pending.append((path, parsed_once(found)[0], contents))
        elif found is not None and nodes and not any(OWN in node for node in nodes):
            message = _message(found, nodes, shape, huge=huge)
            if message:
                return Change(path, message)
    return None


def _message(found: object, nodes: list[Node], shape: Shape, *, huge: bool) -> str:
    kinds = shape.kinds_of(nodes) - {"null"}
    if isinstance(found, bool):
        return "Input should be a number, not true or false" if "number" in kinds and not kinds & _TRUTHS else ""
    formats = shape.formats_of(nodes)
    if huge and "decimal" not in formats and _is_infinite(found, nodes):
        return "Number is beyond the range of a float"
    # Of a string that may be both, Pydantic makes the moment.
    either = "date-time" in formats and isinstance(found, str) and "number" not in kinds
    if formats and (either or formats <= MOMENTS.keys()) and not _is_moment(found, formats):
        names = " or ".join(name for each, name in MOMENTS.items() if each in formats)
        return f"Input should be {names} in ISO 8601, not a number"
    return ""


def _is_infinite(found: object, nodes: list[Node]) -> bool:
    if isinstance(found, str):
        types = {node.get("type") for node in nodes}
        return (
            "number" in types and "string" not in types and bool(_NUMBER.fullmatch(found)) and math.isinf(float(found))
        )
    return isinstance(found, float) and math.isinf(found)


def _is_moment(found: object, formats: set[Any]) -> bool:
    """Whether a value may be a moment: text that is no number, or a timestamp."""
    if isinstance(found, str):
        if not _NUMBER.fullmatch(found):
            return True
        number = float(found)
    elif kind_of(found) == "number":
        number = float(cast("float", found)) if abs(cast("float", found)) < _TIMESTAMPS[-1][-1] else math.inf
    else:
        return True
    return "time" not in formats and any(low <= abs(number) <= high for low, high in _TIMESTAMPS)
