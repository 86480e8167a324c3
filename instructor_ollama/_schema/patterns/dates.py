"""Days that exist, clock times, time zones and durations, as patterns of the ISO spelling that Pydantic writes."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from .digits import either, natural, padded

if TYPE_CHECKING:
    from ..facts import Facts

_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ALL_DAYS: Final = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEARS: Final = "(0[48]|[2468][048]|[13579][26])"  # of a century, its first one left out
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"
_OFFSET: Final = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_MOST_YEARS: Final = 30
_ZONES: Final = {"naive": "", "aware": _OFFSET, None: _OFFSET + "?"}


def _month_days(first: tuple[int, int], last: tuple[int, int]) -> str:
    """From one day of a year to another, the 29th of February left out."""
    if first == (1, 1) and last == (12, 31):
        return _ALL_DAYS
    by_days: dict[tuple[int, int], list[int]] = {}
    for month in range(first[0], last[0] + 1):
        start = first[1] if month == first[0] else 1
        end = min(last[1], _DAYS[month - 1]) if month == last[0] else _DAYS[month - 1]
        if start <= end:
            by_days.setdefault((start, end), []).append(month)
    return either(
        *(
            f"{either(*(f'{month:02}' for month in months))}-{padded(start, end, 2)}"
            for (start, end), months in by_days.items()
        )
    )


def _leap_years(first: int, last: int) -> str:
    """The leap years from `first` to `last`, or nothing; whole centuries share one pattern."""
    centuries = range(-(-first // 100), (last + 1) // 100)
    if len(centuries) < 2:
        return either(*[f"{year:04}" for year in range(first, last + 1) if _leap(year)] or [""])
    whole = [f"{padded(centuries[0], centuries[-1], 2)}{_LEAP_YEARS}"]
    if fourths := [f"{century:02}00" for century in centuries if century % 4 == 0 and century]:
        whole.append(either(*fourths))
    edges = [
        f"{year:04}"
        for year in (*range(first, centuries[0] * 100), *range(centuries[-1] * 100 + 100, last + 1))
        if _leap(year)
    ]
    return either(*whole, *edges)


def _leap(year: int) -> bool:
    return (year % 4 == 0 and year % 100 != 0) or (year % 400 == 0 and year > 0)


@cache
def days(first: date, last: date) -> str:
    """Every day from `first` to `last`.

    >>> days(date(2024, 2, 27), date(2024, 2, 29))
    '(2024-02-2[7-8]|2024-02-29)'
    """
    branches: list[str] = []
    years = [first.year, last.year]
    if first.year == last.year:
        branches.append(f"{first.year:04}-{_month_days((first.month, first.day), (last.month, last.day))}")
    else:
        if (first.month, first.day) != (1, 1):
            branches.append(f"{first.year:04}-{_month_days((first.month, first.day), (12, 31))}")
            years[0] += 1
        if (last.month, last.day) != (12, 31):
            branches.append(f"{last.year:04}-{_month_days((1, 1), (last.month, last.day))}")
            years[1] -= 1
        if years[0] <= years[1]:
            branches.append(f"{padded(years[0], years[1], 4)}-{_ALL_DAYS}")
    if leap := _leap_years(
        first.year + (first > date(first.year, 3, 1) - timedelta(1)),
        last.year - (last < date(last.year, 3, 1) - timedelta(1)),
    ):
        branches.append(f"{leap}-02-29")
    if not branches:
        return f"{first.year:04}-01-01"
    return either(*[branch for branch in branches if not branch.endswith("-()")])


def _span(facts: Facts, slack: int = 0) -> tuple[date, date]:
    first, last = date.fromisoformat(facts.ge or "0001-01-01"), date.fromisoformat(facts.le or "9999-12-31")
    first = max(first, date.min + timedelta(days=slack)) - timedelta(days=slack)
    last = min(last, date.max - timedelta(days=slack)) + timedelta(days=slack)
    return (first, last) if first <= last else (date.min, date.max)


def day(facts: Facts) -> str:
    """A date, between two days.

    >>> from ..facts import Facts
    >>> day(Facts("date", ge="2024-12-01", le="2024-12-31"))
    '2024-12-(0[1-9]|[1-2][0-9]|3[0-1])'
    """
    return days(*_span(facts))


def time_of_day(facts: Facts) -> str:
    r"""A clock time, between two, with what the type wants of a zone.

    >>> from ..facts import Facts
    >>> time_of_day(Facts("time", ge="09:00", le="09:30", tz="naive"))
    '(09:30:00(\\.0{1,6})?|09:[0-2][0-9]:[0-5][0-9](\\.[0-9]{1,6})?)'
    """
    low, high = time.fromisoformat(facts.ge or "00:00"), time.fromisoformat(facts.le or "23:59:59.999999")
    clock = _clock(low, high) if low <= high else _CLOCK
    return clock + _ZONES[facts.tz]


def _clock(low: time, high: time) -> str:
    """The times from one minute to another; of the last one only its beginning, where it ends there."""
    seconds = ":[0-5][0-9](\\.[0-9]{1,6})?"
    sharp = not (high.second or high.microsecond)
    branches: list[str] = []
    if sharp:
        branches.append(f"{high:%H:%M}:00(\\.0{{1,6}})?")
    first, last = low.hour * 60 + low.minute, high.hour * 60 + high.minute - sharp
    for hours, minutes in _minutes(first, last):
        branches.append(f"{padded(*hours, 2)}:{padded(*minutes, 2)}{seconds}")
    return either(*branches)


def _minutes(first: int, last: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Ranges of hours, each with a range of minutes, for the minutes of a day from `first` to `last`."""
    start, end = first // 60, last // 60
    if first > last:
        return []
    if start == end:
        return [((start, start), (first % 60, last % 60))]
    found = [((start, start), (first % 60, 59)), ((end, end), (0, last % 60))]
    if start + 1 < end:
        found.append(((start + 1, end - 1), (0, 59)))
    return found


def date_time(facts: Facts) -> str:
    """Date and time; the bounds are days.

    >>> from ..facts import Facts
    >>> date_time(Facts("date-time", ge="2024-01-01", le="2024-01-09", tz="naive")).partition("T")[0]
    '2024-01-0[1-9]'
    """
    # Where the bounds have a zone, the day of an aware value is still local: a day on either side is left open.
    # Where they have none, Pydantic compares what the clocks show.
    zone = facts.tz
    naive, aware = (days(*_span(facts, slack)) for slack in (0, int(facts.instants)))
    if zone is None and naive != aware:
        return either(f"{naive}T{_CLOCK}", f"{aware}T{_CLOCK}{_OFFSET}")
    return f"{naive if zone == 'naive' else aware}T{_CLOCK}{_ZONES[zone]}"


def duration(facts: Facts) -> str:
    r"""`P1DT2H3M4.5S`, between two numbers of seconds.

    Parts may exceed 24 or 60: cutting the digits of `PT90M` would change what is meant.

    >>> from ..facts import Facts
    >>> duration(Facts("duration", ge=0, le=59))
    'PT(0|[1-9]|[1-5][0-9])(\\.[0-9]{1,6})?S'
    """
    low, high = facts.ge, facts.le
    sides: list[tuple[str, float, float | None]] = []
    if high is None or high >= 0:
        sides.append(("", low or 0, high))
    if low is None or low < 0:
        sides.append(("-", max(-(high or 0), 0), None if low is None else -low))
    bodies = [(sign, _period(max(least, 0), most)) for sign, least, most in sides]
    if len(bodies) == 2 and bodies[0][1] == bodies[1][1]:
        return "-?" + bodies[0][1]
    return either(*(sign + body for sign, body in bodies)) if bodies else _period(0, None)


def _period(least: float, most: float | None) -> str:
    def part(unit: int, letter: str, top: int, low: int = 0) -> str:
        if most is not None:
            top = min(top, int(most // unit))
        if letter == "S":
            return either(*natural(low, top)) + "(\\.[0-9]{1,6})?S"
        return either(*natural(low, top)) + letter if top >= max(low, 1) else ""

    def clock(hours: str, minutes: str, seconds: str, later_minutes: str, later_seconds: str) -> str:
        """`hours` and what may follow, or `minutes` and what may follow, or `seconds`."""
        found = [seconds]
        if minutes:
            found.append(f"{minutes}({later_seconds})?")
        if hours:
            found.append(f"{hours}({either(f'{later_minutes}({later_seconds})?', later_seconds)})?")
        return "T" + either(*reversed(found))

    hour, minute, second = part(3600, "H", 23), part(60, "M", 59), part(1, "S", 59)
    hours, minutes, seconds = part(3600, "H", 10**6 - 1), part(60, "M", 10**6 - 1), part(1, "S", 10**6 - 1)
    if most is None:
        whole = within = clock(hours, minutes, seconds, minutes, seconds)
    else:  # what follows a larger unit may not carry into it
        whole, within = clock(hours, minutes, seconds, minute, second), clock(hour, minute, second, minute, second)
    first, last = int(least // 86400), None if most is None else int(most // 86400)
    branches = [whole] if first == 0 else []
    if last != 0:
        rest = f"({within})?"
        branches += _whole_days(first or int(least > 0), last, rest, rest if most is not None and most % 86400 else "")
    return f"P{either(*branches)}"


def _whole_days(first: int, last: int | None, rest: str, end: str) -> list[str]:
    """Alternatives for a number of days and a `rest` of a day, for the last day its `end`; 365 may be a year."""
    few = "[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-4]"  # days beside years
    if last is None:
        years = either(*natural(max(1, first // 365), timedelta.max.days // 365))
        return [f"{either(*natural(first, 10**9 - 1))}D{rest}", f"{years}Y(({few})D)?{rest}"]
    found = [f"{last}D{end}"]
    if first < last:
        found.append(f"{either(*natural(first, last - 1))}D{rest}")
    if last // 365 > _MOST_YEARS:
        return [*found, f"{either(*natural(max(1, first // 365), last // 365))}Y(({few})D)?{rest}"]
    for year in range(max(1, first // 365), last // 365 + 1):
        low, high = max(first - 365 * year, 0), min(last - 365 * year, 365)  # from, and up to but without
        if low == 0 < high:
            found.append(f"{year}Y{rest}")
        if max(low, 1) < high:
            found.append(f"{year}Y{either(*natural(max(low, 1), high - 1))}D{rest}")
        if high < 365:
            found.append(f"{year}Y{high}D{end}" if high else f"{year}Y{end}")
    return found
