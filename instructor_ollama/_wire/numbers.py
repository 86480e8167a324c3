"""Numbers as patterns: digit strings between two bounds, decimals with their limits on digits and value."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Facts = Mapping[str, Any]
    Places = Callable[[int], int | None]


def multiple(facts: Facts) -> str:
    """An integer that is a multiple of a `step` which divides 100, by its last digits; from `ge`, 0 or above, on."""
    step, low = int(facts.get("step", 10)), facts.get("ge")
    length = 1 if 10 % step == 0 else 2
    small = [str(value) for value in range(0, 10**length, step) if low is None or value >= low]
    ends = [f"{value:0{length}}" for value in range(0, 10**length, step)]
    return ("" if low is not None else "-?") + either(*small, f"[1-9][0-9]*{either(*ends)}")


def plain_digits(value: float) -> str:
    """A finite number as a decimal without an exponent, with every digit that Python would write."""
    return format(Decimal(repr(value)), "f")


def either(*branches: str) -> str:
    """One of the branches, in a group where there are several."""
    kept = list(dict.fromkeys(branches))
    return kept[0] if len(kept) == 1 else f"({'|'.join(kept)})"


def digits(low: int, high: int | None) -> str:
    """From `low` to `high` digits."""
    if high is None:
        return "[0-9]*" if low == 0 else "[0-9]+" if low == 1 else f"[0-9]{{{low}}}[0-9]*"
    if high == 0:
        return ""
    return "[0-9]" if low == high == 1 else f"[0-9]{{{low}}}" if low == high else f"[0-9]{{{low},{high}}}"


def digit_range(low: str, high: str) -> list[str]:
    """Alternatives for the digit strings from `low` to `high`, which are of one length."""
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
    between = [] if first > last else [(str(first) if first == last else f"[{first}-{last}]") + digits(rest, rest)]
    return before + between + after


def padded(low: int, high: int, length: int) -> str:
    """The integers from `low` to `high`, with leading zeros up to `length` digits."""
    return either(*digit_range(str(low).zfill(length), str(high).zfill(length)))


def natural(low: int, high: int | None, tail: Callable[[int], str] = lambda _: "") -> list[str]:
    """Alternatives for the integers from `low` >= 0 to `high`; `tail` is what follows one of so many digits."""
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


class _Bound(NamedTuple):
    value: Decimal
    open: bool = False

    def minus(self, whole: int) -> _Bound:
        return _Bound(self.value - whole, self.open)


_ZERO, _ONE = _Bound(Decimal(0)), _Bound(Decimal(1), open=True)
_MOST_DIGITS = 40


def decimal(facts: Facts) -> str:
    """A decimal as digits, never with an exponent."""
    low, high = _tighter(facts, "ge", "gt", max), _tighter(facts, "le", "lt", min)
    places = _places(facts)
    positive: list[str] = []
    negative: list[str] = []
    if high is None or high.value > 0 or high == _ZERO:
        positive = _unsigned(low if low and low.value >= 0 else _ZERO, high, places)
    if low is None or low.value < 0:
        mirrored = _Bound(-high.value, high.open) if high and high.value <= 0 else _ZERO
        negative = _unsigned(mirrored, None if low is None else _Bound(-low.value, low.open), places)
    special = ["-?Infinity", "NaN"] if facts.get("allow_inf_nan") else []
    if positive and positive == negative:
        return either(f"-?{either(*positive)}", *special)
    branches = [*positive, *([f"-{either(*negative)}"] if negative else []), *special]
    return either(*branches) if branches else "-?[0-9]+"


def _tighter(facts: Facts, closed: str, opened: str, pick: Callable[[list[_Bound]], _Bound]) -> _Bound | None:
    bounds = [_Bound(Decimal(facts[name]), name == opened) for name in (closed, opened) if name in facts]
    return pick(bounds) if bounds else None


def _places(facts: Facts) -> Places:
    """How many decimals may stand behind so many digits (0: the integer part is zero); negative: too many digits."""
    max_digits: int | None = facts.get("max_digits")
    limit: int | None = facts.get("decimal_places")
    if "multiple_of" in facts:
        scale = max(0, -int(Decimal(facts["multiple_of"]).as_tuple().exponent))
        limit = scale if limit is None else min(limit, scale)

    def places(length: int) -> int | None:
        if max_digits is None:
            return limit
        if limit is None:
            return max_digits - length
        return min(limit, max_digits) if length <= max_digits - limit else -1

    return places


def _unsigned(low: _Bound, high: _Bound | None, places: Places) -> list[str]:
    """Alternatives for the decimals between two bounds, neither below zero."""
    first = math.floor(low.value)

    def free(length: int) -> str:
        count = places(length)
        return "" if count == 0 else f"(\\.{digits(1, count)})?"

    def at(whole: int, low: _Bound, high: _Bound) -> list[str]:
        count = places(len(str(whole)) if whole else 0)
        ends = [] if count is not None and count < 0 else _fraction(low, high, count)
        return [str(whole) + either(*ends)] if ends else []

    if high is not None and first == math.floor(high.value):
        return at(first, low.minus(first), high.minus(first))
    found: list[str] = []
    if low.value != first or low.open:
        found += at(first, low.minus(first), _ONE)
        first += 1
    widest = next((length for length in range(1, _MOST_DIGITS) if (places(length + 1) or 0) < 0), None)
    if high is None:
        # Where the number of decimals depends on the number of digits, every length is a branch of its own.
        if widest is None and places(0) != places(_MOST_DIGITS):
            widest = _MOST_DIGITS
        return found + natural(first, None if widest is None else 10**widest - 1, free)
    last = math.floor(high.value)
    if last > first:
        found += natural(first, min(last, 10 ** (widest or _MOST_DIGITS)) - 1, free)
    return found + at(last, _ZERO, high.minus(last))


def _fraction(low: _Bound, high: _Bound, places: int | None) -> list[str]:
    """Alternatives for what follows an integer part, between two bounds from 0 to 1."""
    if high.open and high.value == 0:
        return []
    found = [""] if low == _ZERO else []
    if places == 0:
        return found
    exact = max(-int(low.value.as_tuple().exponent), -int(high.value.as_tuple().exponent), 1)
    for count in range(1, min(exact, places or exact) + 1):
        scaled_low, scaled_high = low.value.scaleb(count), high.value.scaleb(count)
        first = math.floor(scaled_low) + 1 if low.open else math.ceil(scaled_low)
        last = math.ceil(scaled_high) - 1 if high.open else math.floor(scaled_high)
        if first <= min(last, 10**count - 1):
            found.append("\\." + padded(first, min(last, 10**count - 1), count))
    if places is None or places > exact:  # more digits than the bounds have
        more = None if places is None else places - exact
        if not high.open and high.value < 1 and (high != low or not low.open):
            found.append(f"\\.{int(high.value.scaleb(exact)):0{exact}}0{f'{{1,{more}}}' if more else '+'}")
        first, last = math.floor(low.value.scaleb(exact)), math.ceil(high.value.scaleb(exact)) - 1
        if low.open and first <= last:  # above the bound, so not with zeros alone behind it
            some = digits(0, None if more is None else more - 1)
            found.append(f"\\.{first:0{exact}}{some}[1-9]{some}")
            first += 1
        if first <= last:
            found.append("\\." + padded(first, last, exact) + digits(1, more))
    return found
