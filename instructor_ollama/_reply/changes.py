"""Detects values in a parsed answer that Pydantic's lax mode would convert into other values.

It converts true to 1, the number 2024 to a time in 1970, and a number beyond a float's range to infinity. Pure; nothing
is validated here. A value that a validator of the user sees first is not checked.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from .._schema.shape import MOMENTS, kind_of
from .json_text import parsed_once
from .spots import top_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._schema.shape import Node, Shape
    from .spots import Spot

_EXPONENT: Final = re.compile(r"[eE]\+?[0-9]{3}")
_DIGITS: Final = 309
_LONG: Final = re.compile(rf"(?<![0-9])[0-9]{{{_DIGITS}}}")
"""In the text of a number that may be beyond the range of a float."""
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s*")
_TIMESTAMPS: Final = ((1e8, 1.95e9), (5e11, 2e12))
"""Seconds and milliseconds since 1970 that may be meant as such, 1973 to 2031: not 2024, 20240501 or 202405011230."""


Path = tuple["str | int", ...]


class Change(NamedTuple):
    """A value that would be changed.

    Attributes:
        path: Where it is.
        message: What it should be.
    """

    path: Path
    message: str


def change(value: Any, text: str, shape: Shape) -> Change | None:
    """The first such value of a parsed answer, out of its envelope; None where there is none. Linear in its size.

    Args:
        value: The answer.
        text: The JSON text that it was parsed from.
        shape: The shape of the response type.
    """
    huge = bool(_EXPONENT.search(text) or (len(text) > _DIGITS and _LONG.search(text)))
    truths = shape.has_numbers and ("true" in text or "false" in text)
    if not (huge or truths or shape.has_moments):
        return None
    pending: list[tuple[Path, Any, Spot]] = [((), value, top_of(shape))]
    while pending:
        path, found, spot = pending.pop()
        if not isinstance(found, (dict, list)):
            if isinstance(found, str) and spot.contents:
                pending.append((path, parsed_once(found)[0], spot.contents))
            elif message := _message(found, spot, huge=huge):
                return Change(path, message)
            continue
        for step, one in _steps(found, spot, huge=huge):
            inner = spot.at(step)
            converts = inner.rejects_truth if one is True or one is False else inner.reads_text
            if converts or huge or (isinstance(one, (dict, list)) and not inner.is_inert()):
                pending.append(((*path, step), cast("object", one), inner))
    return None


def _steps(found: Any, spot: Spot, *, huge: bool) -> Iterable[tuple[str | int, Any]]:
    """What is in an object or list and may hold a change."""
    if isinstance(found, list):
        return enumerate(cast("list[Any]", found))
    held = cast("Node", found)
    if huge or spot.watched is None:
        return held.items()
    return [(key, held[key]) for key in spot.watched if key in held]


def _message(found: object, spot: Spot, *, huge: bool) -> str:
    if found is None or spot.owned or not spot.nodes:
        return ""
    kinds, formats = spot.kinds, spot.formats
    if isinstance(found, bool):
        return "Input should be a number, not true or false" if spot.rejects_truth else ""
    if huge and "decimal" not in formats and _is_infinite(found, spot.nodes):
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
