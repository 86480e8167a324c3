"""Numeric limits of a schema: which numbers of an answer have one, and whether another number would satisfy it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from .encodings import BOUNDS, nodes_at
from .facts import facts_of, is_decimal
from .json_schema import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LONGEST: Final = 400
"""Characters of a number that is looked at; a longer one is no number of a text."""


class Limited(NamedTuple):
    """A number of an answer that has limits.

    Attributes:
        path: Where it is.
        number: As it was answered.
        limits: Of each branch that may describe it, by Pydantic's names.
    """

    path: tuple[str | int, ...]
    number: Decimal
    limits: tuple[Mapping[str, Any], ...]

    def allows(self, number: Decimal, *, multiples: bool = True) -> bool:
        """Whether another number would satisfy them; `multiples` says whether it has to be a multiple where one is."""
        return any(_allows(limits, number, multiples=multiples) for limits in self.limits)

    @property
    def is_multiple(self) -> bool:
        """Whether it has to be a multiple of something."""
        return any("multiple_of" in limits for limits in self.limits)


def has_limits(root: dict[str, Any]) -> bool:
    """Whether a number of the schema has limits.

    >>> has_limits({"type": "integer", "minimum": 1}), has_limits({"type": "integer"})
    (True, False)
    """
    return any(_limits(node) for node in walk(root))


def limited_numbers(value: Any, root: dict[str, Any]) -> Iterator[Limited]:
    """The numbers with limits of a parsed answer, digits in quotes included where the schema asks for them.

    >>> root = {"type": "object", "properties": {"age": {"type": "integer", "maximum": 150}}}
    >>> [(one.path, one.limits) for one in limited_numbers({"age": 17}, root)]
    [(('age',), ({'le': 150},))]
    """
    for path, found in _scalars(value, ()):
        number = _number(found)
        if number is None:
            continue
        nodes = nodes_at(root, path)
        decimals = [node for node in nodes if is_decimal(node)]
        if decimals or isinstance(found, str):  # beside it Pydantic states a plain number
            nodes = decimals
        limits = tuple(limits for limits in map(_limits, nodes) if limits)
        if limits:
            yield Limited(path, number, limits)


def _scalars(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    waiting: list[tuple[tuple[str | int, ...], Any]] = [(path, value)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, dict):
            waiting += [((*path, key), one) for key, one in cast("dict[str, Any]", found).items()]
        elif isinstance(found, list):
            waiting += [((*path, at), one) for at, one in enumerate(cast("list[Any]", found))]
        else:
            yield path, found


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and (len(value) > _LONGEST or not value[-1:].isdigit()):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _limits(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if is_decimal(node):
        return {name: limit for name, limit in facts_of(node).limits().items() if name in _CHECKS}
    if node.get("type") not in ("number", "integer"):
        return {}
    found = {short: node[name] for name, short in BOUNDS.items() if name in node}
    return {**found, "multiple_of": node["multipleOf"]} if "multipleOf" in node else found


_CHECKS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "ge": lambda number, limit: number >= limit,
    "gt": lambda number, limit: number > limit,
    "le": lambda number, limit: number <= limit,
    "lt": lambda number, limit: number < limit,
    "multiple_of": lambda number, limit: not limit or number % limit == 0,
    "max_digits": lambda number, limit: len(format(abs(number), "f").replace(".", "").lstrip("0")) <= limit,
    "decimal_places": lambda number, limit: len(format(number, "f").rstrip("0").partition(".")[2]) <= limit,
}


def _allows(limits: Mapping[str, Any], number: Decimal, *, multiples: bool) -> bool:
    try:
        return all(
            _CHECKS[name](number, Decimal(str(limit)))
            for name, limit in limits.items()
            if multiples or name != "multiple_of"
        )
    except InvalidOperation:
        return True
