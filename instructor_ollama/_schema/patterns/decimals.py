"""Numbers as patterns of their digits: between two bounds, with limits on digits and decimals, multiples of a step."""

from __future__ import annotations

import math
from decimal import Decimal, DefaultContext, getcontext
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from .digits import digits, either, natural, padded

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..facts import Facts

    Places = Callable[[int], int | None]


class _Bound(NamedTuple):
    value: Decimal
    open: bool = False

    def minus(self, whole: int) -> _Bound:
        return _Bound(self.value - whole, self.open)

    def mirrored(self) -> _Bound:
        return _Bound(self.value.copy_negate(), self.open)


class _Step(NamedTuple):
    """Multiples of `unit` times ten to the power of -`scale`; the last `length` digits tell one."""

    unit: int
    scale: int
    length: int


_ZERO, _ONE = _Bound(Decimal(0)), _Bound(Decimal(1), open=True)
FREE: Final = "-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,4})?"
"""A decimal with or without an exponent. A digit comes first: a model that may begin with a point does so."""
_SPECIAL: Final = ("-?Infinity", "NaN")
_MOST_DIGITS: Final = 40
_MOST_ENDS: Final = 128
_LONGEST_END: Final = 4


def decimal(facts: Facts) -> str:
    r"""A number as digits, with an exponent only where nothing bounds the number.

    >>> from ..facts import Facts
    >>> decimal(Facts("decimal", ge="0", lt="10", decimal_places=2))
    '(0(\\.[0-9]{1,2})?|[1-9](\\.[0-9]{1,2})?)'
    """
    special = _SPECIAL if facts.allow_inf_nan else ()
    if not facts.limits():
        return either(FREE, *special)
    low, high = _tighter(facts.ge, facts.gt, max), _tighter(facts.le, facts.lt, min)
    if facts.format == "decimal" and facts.multiple_of is not None:
        low, high = _within(_limit(facts, facts.multiple_of), low, high)
    step = step_of(facts.multiple_of)
    if step and step.length:
        unsigned = partial(_multiples, step=step, places=facts.decimal_places)
    else:
        unsigned = partial(_unsigned, places=_places(facts, step))
    positive: list[str] = []
    negative: list[str] = []
    if high is None or high.value > 0 or high == _ZERO:
        positive = unsigned(low if low and low.value >= 0 else _ZERO, high)
    if low is None or low.value < 0:
        mirrored = high.mirrored() if high and high.value <= 0 else _ZERO
        negative = unsigned(mirrored, None if low is None else low.mirrored())
    if positive and positive == negative:
        return either(f"-?{either(*positive)}", *special)
    if negative:
        positive = [*positive, f"-{either(*negative)}"]
    return either(*positive, *special) if positive or special else "-?[0-9]+"


def _limit(facts: Facts, multiple_of: str) -> _Bound:
    """Below which a decimal that must be a multiple is: of more digits a division by the step is an error."""
    limit = Decimal(multiple_of).scaleb(max(DefaultContext.prec, getcontext().prec))
    if facts.max_digits is not None:
        limit = min(limit, Decimal(10) ** max(0, facts.max_digits - (facts.decimal_places or 0)))
    return _Bound(limit, open=True)


def _within(limit: _Bound, low: _Bound | None, high: _Bound | None) -> tuple[_Bound, _Bound]:
    return max(low or limit.mirrored(), limit.mirrored()), min(high or limit, limit)


def _tighter(closed: str | None, opened: str | None, pick: Callable[[list[_Bound]], _Bound]) -> _Bound | None:
    stated = ((closed, False), (opened, True))
    bounds = [_Bound(Decimal(digits), is_open) for digits, is_open in stated if digits is not None]
    return pick(bounds) if bounds else None


def step_of(value: str | None) -> _Step | None:
    """How digits tell a multiple of `value`, where they do; with `length` 0 the number of decimals tells all.

    >>> step_of("0.25")
    _Step(unit=25, scale=2, length=2)
    """
    exact = Decimal(value or 0).normalize()
    if exact <= 0:
        return None
    scale = max(0, -int(exact.as_tuple().exponent))
    unit = int(exact.scaleb(scale))
    if unit == 1:
        return _Step(unit, scale, int(not scale))
    length = next((count for count in range(scale, _LONGEST_END + 1) if count and 10**count % unit == 0), None)
    if not length or 10**length // unit > _MOST_ENDS:
        return None
    return _Step(unit, scale, length)


def _places(facts: Facts, step: _Step | None) -> Places:
    """How many decimals may stand behind so many digits (0: the integer part is zero); negative: too many digits."""
    max_digits = facts.max_digits
    stated = facts.decimal_places
    known = [one for one in (stated, step and step.scale) if one is not None]
    limit = min(known, default=None)

    def places(length: int) -> int | None:
        if max_digits is None:
            return limit
        if stated is None:
            return max_digits - length if limit is None else min(limit, max_digits - length)
        if length > max(0, max_digits - stated):
            return -1
        return min(limit or 0, max_digits)

    return places


def _multiples(low: _Bound, high: _Bound | None, step: _Step, places: int | None) -> list[str]:
    """Alternatives for the multiples of a step between two bounds, neither below zero."""
    unit, scale, length = step
    base = 10**length

    def behind(before: str, first: int, last: int) -> list[str]:
        """`before`, and the last digits from one multiple to another; nothing before them is zero."""
        width = length - scale if before else 1
        heads: dict[str, list[str]] = {}  # ending -> the digits between `before` and it
        for value in range(first, last + 1, unit):
            whole, rest = divmod(value, 10**scale)
            ending = _ending(_filled(rest, scale), places)
            if ending is not None:
                heads.setdefault(ending, []).append(_filled(whole, width))
        endings: dict[str, list[str]] = {}
        for ending, those in heads.items():
            endings.setdefault(either(*those), []).append(ending)
        return [before + middle + either(*those) for middle, those in endings.items()]

    stop = last = None
    if high is not None:
        stop = -_multiple_from(high.mirrored(), step)
        last = stop // base
    start = _multiple_from(low, step)
    first = start // base
    if stop is not None and start > stop:
        return []
    if stop is not None and first == last:
        return behind(str(first or ""), start % base, stop % base)
    found: list[str] = []
    if start % base or not first:
        found += behind(str(first or ""), start % base, base - 1)
        first += 1
    if stop is not None and last is not None and stop % base + unit < base:
        found += behind(str(last), 0, stop % base)
        last -= 1
    if last is None or first <= last:
        found += behind(either(*natural(first, last)), 0, base - 1)
    return found


def _multiple_from(low: _Bound, step: _Step) -> int:
    """The least multiple within a lower bound, in units of the last decimal."""
    exact: Fraction = Fraction(low.value) * 10**step.scale / step.unit
    count = math.ceil(exact)
    return (count + (low.open and count == exact)) * step.unit


def _ending(decimals: str, places: int | None) -> str | None:
    """A point and these decimals, with zeros behind them or without; None where they are too many."""
    kept = decimals.rstrip("0")
    room = None if places is None else places - len(kept)
    if room is not None and room < 0:
        return None
    if kept:
        return f"\\.{kept}{_zeros(0, room)}"
    return f"(\\.{_zeros(1, room)})?" if room != 0 else ""


def _zeros(low: int, high: int | None) -> str:
    """From `low` (0 or 1) to `high` zeros."""
    if high is None:
        return "0*" if low == 0 else "0+"
    return f"0{{{low},{high}}}" if high else ""


def _filled(number: int, width: int) -> str:
    """A number with leading zeros up to `width` digits; of no digits, none."""
    return f"{number:0{width}}" if width else ""


def _unsigned(low: _Bound, high: _Bound | None, places: Places) -> list[str]:
    """Alternatives for the decimals between two bounds, neither below zero."""
    first = math.floor(low.value)

    def free(length: int) -> str:
        count = places(length)
        return "" if count == 0 else f"(\\.{digits(1, count)})?"

    def at(whole: int, low: _Bound, high: _Bound) -> list[str]:
        count = places(len(str(whole)) if whole else 0)
        if count is not None and count < 0:
            return []
        ends = _fraction(low, high, count)
        return [str(whole) + either(*ends)] if ends else []

    if high is not None and first == math.floor(high.value):
        return at(first, low.minus(first), high.minus(first))
    found: list[str] = []
    if low.value != first or low.open:
        found += at(first, low.minus(first), _ONE)
        first += 1
    widest = next((length for length in range(_MOST_DIGITS) if (places(length + 1) or 0) < 0), None)
    if high is None:
        # Where the number of decimals depends on the number of digits, every length is a branch of its own.
        if widest is None and places(0) != places(_MOST_DIGITS):
            widest = _MOST_DIGITS
        return found + natural(first, None if widest is None else 10**widest - 1, free)
    last = math.floor(high.value)
    if last > first:
        found += natural(first, (last if widest is None else min(last, 10**widest)) - 1, free)
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
            found.append(f"\\.{int(high.value.scaleb(exact)):0{exact}}{_zeros(1, more)}")
        first, last = math.floor(low.value.scaleb(exact)), math.ceil(high.value.scaleb(exact)) - 1
        if low.open and first <= last:  # above the bound, so not with zeros alone behind it
            some = digits(0, None if more is None else more - 1)
            found.append(f"\\.{first:0{exact}}{some}[1-9]{some}")
            first += 1
        if first <= last:
            found.append("\\." + padded(first, last, exact) + digits(1, more))
    return found
