"""Digit strings as patterns: so many digits, or the integers between two bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


_OPEN: Final = {0: "[0-9]*", 1: "[0-9]+"}
_EXACT: Final = {1: "[0-9]"}


def plain_digits(value: float) -> str:
    """A finite number as a decimal without an exponent, with every digit that Python would write.

    >>> plain_digits(1e-07)
    '0.0000001'
    """
    return format(Decimal(repr(value)), "f")


def either(*branches: str) -> str:
    """One of the branches, in a group where there are several.

    >>> either("a"), either("a", "b", "a")
    ('a', '(a|b)')
    """
    kept = list(dict.fromkeys(branches))
    return kept[0] if len(kept) == 1 else f"({'|'.join(kept)})"


def digits(low: int, high: int | None) -> str:
    """From `low` to `high` digits.

    >>> digits(1, None), digits(2, 2), digits(0, 3)
    ('[0-9]+', '[0-9]{2}', '[0-9]{0,3}')
    """
    if high is None:
        return _OPEN.get(low, f"[0-9]{{{low}}}[0-9]*")
    if high == 0:
        return ""
    if low == high:
        return _EXACT.get(low, f"[0-9]{{{low}}}")
    return f"[0-9]{{{low},{high}}}"


def digit_range(low: str, high: str) -> list[str]:
    """Alternatives for the digit strings from `low` to `high`, which are of one length.

    >>> digit_range("17", "42")
    ['1[7-9]', '[2-3][0-9]', '4[0-2]']
    """
    if low > high:
        return []
    if not low:
        return [""]
    if low[0] == high[0]:
        return [low[0] + rest for rest in digit_range(low[1:], high[1:])]
    rest = len(low) - 1
    first, last = int(low[0]), int(high[0])
    before: list[str] = []
    after: list[str] = []
    if low[1:].strip("0"):
        before = [low[0] + tail for tail in digit_range(low[1:], "9" * rest)]
        first += 1
    if high[1:].strip("9"):
        after = [high[0] + tail for tail in digit_range("0" * rest, high[1:])]
        last -= 1
    if first > last:
        return before + after
    head = str(first) if first == last else f"[{first}-{last}]"
    return [*before, head + digits(rest, rest), *after]


def padded(low: int, high: int, length: int) -> str:
    """The integers from `low` to `high`, with leading zeros up to `length` digits.

    >>> padded(1, 12, 2)
    '(0[1-9]|1[0-2])'
    """
    return either(*digit_range(str(low).zfill(length), str(high).zfill(length)))


def natural(low: int, high: int | None, tail: Callable[[int], str] = lambda _: "") -> list[str]:
    """Alternatives for the integers from `low` >= 0 to `high`; `tail` is what follows one of so many digits.

    >>> natural(0, 120)
    ['0', '[1-9][0-9]{0,1}', '(1[0-1][0-9]|120)']
    """
    found: list[str] = []
    if low <= 0 <= (0 if high is None else high):
        found.append("0" + tail(0))
    low = max(low, 1)
    length = len(str(low))
    shortest = 0  # of a run of lengths of which every number is in, with one tail
    while high is None or length <= len(str(high)):
        top = 10**length - 1
        whole = low == 10 ** (length - 1)
        if high is None and whole:
            found.append("[1-9]" + digits(length - 1, None) + tail(length))
            break
        if whole and high is not None and top <= high:
            if shortest and tail(length) == tail(length - 1):
                found.pop()
            else:
                shortest = length
            found.append("[1-9]" + digits(shortest - 1, length - 1) + tail(length))
        elif ranges := digit_range(str(low), str(top if high is None else min(top, high))):
            found.append(either(*ranges) + tail(length))
        low, length = top + 1, length + 1
    return found
