"""Sets of characters, and regular expressions as trees of them; knows nothing of how either is read or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Union

if TYPE_CHECKING:
    from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]
LAST: Final = 0x10FFFF


@dataclass(frozen=True)
class Chars:
    """One character of a set."""

    ranges: Ranges


@dataclass(frozen=True)
class Cat:
    """One after the other; without items the empty string."""

    items: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Alt:
    """One of them."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Rep:
    """`low` to `high` repetitions; `high=None` is unbounded."""

    item: Node
    low: int
    high: int | None


@dataclass(frozen=True)
class Edge:
    """The start or the end of the string."""

    start: bool


Node = Union[Chars, Cat, Alt, Rep, Edge]


class UnsupportedError(Exception):
    """No superset of the pattern is worth sending."""


def union(*sets: Iterable[tuple[int, int]]) -> Ranges:
    """All characters of the sets, in order, without overlap.

    >>> union([(1, 3)], [(4, 6), (9, 9)])
    ((1, 6), (9, 9))
    """
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pair for one in sets for pair in one):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Every other character.

    >>> complement(((0, 9),))
    ((10, 1114111),)
    """
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return tuple(gaps) if start > LAST else (*gaps, (start, LAST))


def minus(ranges: Ranges, other: Ranges) -> Ranges:
    """The characters of the first set that are not in the second.

    >>> minus(((0, 9),), ((3, 4),))
    ((0, 2), (5, 9))
    """
    return complement(union(complement(ranges), other))


def chars(text: str) -> Ranges:
    """The characters of a text, as a set.

    >>> chars("abx")
    ((97, 98), (120, 120))
    """
    return union((ord(char), ord(char)) for char in text)


def spans(text: str) -> Ranges:
    """`"azAZ"` -> a to z and A to Z.

    >>> spans("azAZ")
    ((65, 90), (97, 122))
    """
    return union((ord(low), ord(high)) for low, high in zip(text[::2], text[1::2], strict=True))


ANY: Final[Ranges] = ((0, LAST),)


def items_of(node: Node) -> tuple[Node, ...]:
    """What a node is made of, one after the other.

    >>> items_of(Cat((Edge(start=True), Edge(start=False)))) == (Edge(start=True), Edge(start=False))
    True
    """
    return node.items if isinstance(node, Cat) else (node,)


def cat(*items: Node) -> Node:
    """One node after the other, without a `Cat` inside of a `Cat`.

    >>> cat(Edge(start=True)) == Edge(start=True)
    True
    """
    flat = [one for item in items for one in items_of(item)]
    return flat[0] if len(flat) == 1 else Cat(tuple(flat))


def repeat(item: Node, low: int, high: int | None) -> Node:
    """`item` repeated, in the form that no converter takes for left recursion.

    >>> repeat(Rep(Chars(chars("a")), 1, None), 0, None) == Rep(Chars(chars("a")), 0, None)
    True
    """
    if item == Cat() or high == 0 or isinstance(item, Edge):
        return Cat()
    if (low, high) == (1, 1):
        return item
    if isinstance(item, Rep) and item.low <= 1 and item.high is None and low <= 1:
        return Rep(item.item, min(item.low, low), None)
    if width(item)[0] == 0 and high != 1:
        if not isinstance(item, Rep):
            raise UnsupportedError("repeats what may be empty")
        return Rep(Rep(item.item, 1, item.high) if item.high != 1 else item.item, 0, high)
    return Rep(item, low, high)


def width(node: Node) -> tuple[int, int | None]:
    """The shortest and the longest string, in characters.

    >>> width(Cat((Chars(ANY), Rep(Chars(ANY), 0, None))))
    (1, None)
    """
    if isinstance(node, Chars):
        return 1, 1
    if isinstance(node, Edge):
        return 0, 0
    if isinstance(node, Rep):
        low, high = width(node.item)
        return low * node.low, None if high is None or node.high is None else high * node.high
    widths = [width(item) for item in node.items]
    lows, highs = [low for low, _ in widths], [high for _, high in widths]
    bounded = [high for high in highs if high is not None]
    least, most = (min, max) if isinstance(node, Alt) else (sum, sum)
    if len(bounded) < len(highs):
        return least(lows), None
    return least(lows), most(bounded)
