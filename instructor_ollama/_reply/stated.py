"""Detects answers that replace a value of the user's messages to satisfy a limit. Pure: values and texts only.

A model that gets the error "450 is above 120" answers 120. If the messages contain 450, that is not a correction. So a
rejected value that is well formed and contained in the messages may only be replaced by another value that is contained
there too and is not merely a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

if TYPE_CHECKING:
    import pydantic

    from .._schema.limits import Limited

LIMITS: Final = frozenset(
    (
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "finite_number",
        "string_too_long", "string_too_short", "string_pattern_mismatch", "bytes_too_long", "bytes_too_short",
        "too_long", "too_short", "decimal_max_digits", "decimal_max_places", "decimal_whole_digits",
        "literal_error", "enum", "date_past", "date_future", "datetime_past", "datetime_future",
    )
)  # fmt: skip
"""Pydantic's errors about a value that is well formed and outside of a limit, a pattern or a choice."""

_NUMBERS: Final = re.compile(r"[0-9]+(?:[.,'\u2019\u202f\u00a0 ][0-9]{3}(?![0-9]))*(?:[.,][0-9]+)?|[.,][0-9]+")
_GROUPS: Final = re.compile(r"(?<=[0-9])[,'\u2019\u202f\u00a0 .](?=[0-9]{3}(?![0-9]))")
_DATE: Final = re.compile(r"([0-9]{4})-[0-9]{2}-([0-9]{2})(?![0-9]).*")
_LONGEST: Final = 400
"""Digits of a number that is compared digit by digit."""
_LETTERS: Final = re.compile(r"[\W_]+")


class Stated(NamedTuple):
    """A rejected value that the messages state.

    Attributes:
        location: As Pydantic gives it.
        value: As it was answered.
        reason: Pydantic's message.
    """

    location: tuple[int | str, ...]
    value: Any
    reason: str


class Source:
    """The texts of the user's messages, in which values are looked for.

    Attributes:
        numbers: All numbers of the texts, without signs.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = f" {' '.join(_LETTERS.sub(' ', ' '.join(texts)).casefold().split())} "
        self.numbers = {number for text in texts for written in _NUMBERS.findall(text) for number in _read(written)}

    def states(self, value: Any) -> bool:
        """Whether a value stands in the texts: a number as a number, a word as whole words, a list by its items."""
        if isinstance(value, bool) or value is None:
            return False
        if isinstance(value, (int, float, Decimal)):
            return abs(Decimal(str(value))) in self.numbers
        if isinstance(value, str):
            date = _DATE.fullmatch(value)
            if date:
                return all(Decimal(part) in self.numbers for part in date.groups())
            words = " ".join(_LETTERS.sub(" ", value).casefold().split())
            return bool(words) and (f" {words} " in self._words or (_is_number(value) and self.states(Decimal(value))))
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return bool(items) and all(self.states(item) for item in items)
        return False


def stated(error: pydantic.ValidationError, source: Source) -> list[Stated]:
    """The values that an answer was rejected for although the messages state them; none if anything else is wrong."""
    found: list[Stated] = []
    for one in error.errors(include_url=False, include_context=False):
        value: Any = one["input"]
        if one["type"] not in LIMITS or not source.states(value):
            return []
        found.append(Stated(tuple(one["loc"]), value, one["msg"]))
    return found


def is_written(number: Decimal, texts: Iterable[str]) -> bool:
    """Whether a number stands in a text as Python writes it; a quick test before `Source` reads all of them."""
    written = re.compile(rf"(?<![0-9.,]){re.escape(format(abs(number), 'f'))}(?![0-9]|[.,][0-9])")
    return any(written.search(text) for text in texts)


def shortened(found: Iterable[Limited], source: Source) -> Limited | None:
    """The first number of an answer that looks like one of the messages' with digits left out to satisfy a limit.

    Such as 4 where the messages state 45 and five is the most, 45.99 where they state 45.999 and two decimals are
    allowed, or 36 where they state 25 and it has to be a multiple of 12. A shift by two places or more is taken for
    another unit, such as percent.
    """
    said = [(number, _digits(number)) for number in source.numbers]
    for one in found:
        number = abs(one.number)
        if number in source.numbers:
            continue
        digits = _digits(number)
        for other, others_digits in said:
            signed = other.copy_sign(one.number)
            if _is_shortened(number, digits, other, others_digits):
                if not one.allows(signed):
                    return one
            elif one.is_multiple and not one.allows(signed) and one.allows(signed, multiples=False):
                return one
    return None


def _digits(number: Decimal) -> str:
    return format(number, "f").replace(".", "").lstrip("0") if number.adjusted() < _LONGEST else ""


def _is_shortened(number: Decimal, digits: str, other: Decimal, others_digits: str) -> bool:
    if not digits or not others_digits.startswith(digits):
        return False
    if digits.rstrip("0") == others_digits.rstrip("0"):
        return abs(number.adjusted() - other.adjusted()) == 1
    return True


def changed_to_fit(answer: Any, rejected: Sequence[Stated], source: Source) -> Stated | None:
    """The first rejected value that an answer replaces by one that the messages do not state.

    Args:
        answer: The answer, parsed, as the type has it.
        rejected: Values that an earlier answer was rejected for.
        source: The messages.
    """
    for one in rejected:
        now = _at(answer, one.location)
        if not _same(now, one.value) and (not source.states(now) or _is_piece(now, one.value)):
            return one
    return None


def _at(answer: Any, location: Sequence[int | str]) -> Any:
    """What stands at a location; its steps that are branches of unions are passed over."""
    found: Any = answer
    for step in location:
        if isinstance(found, Mapping):
            found = cast("Mapping[Any, Any]", found).get(step, cast("Any", found))
        elif isinstance(found, list) and isinstance(step, int):
            items = cast("list[Any]", found)
            found = items[step] if step < len(items) else items
    return cast("Any", found)


def _same(one: Any, other: Any) -> bool:
    """Whether two values differ in case, blanks and punctuation at most."""
    if isinstance(one, str) and isinstance(other, str):
        return _LETTERS.sub("", one).casefold() == _LETTERS.sub("", other).casefold()
    return bool(one == other)


def _is_piece(one: Any, other: Any) -> bool:
    """Whether `one` is a part of `other`, or a text that `other` is a part of."""
    if isinstance(one, str) and isinstance(other, str):
        short, long = sorted((_LETTERS.sub("", one).casefold(), _LETTERS.sub("", other).casefold()), key=len)
        return short in long
    if isinstance(one, list) and isinstance(other, list):
        rest = list(cast("list[Any]", other))
        for item in cast("list[Any]", one):
            if item not in rest:
                return False
            rest.remove(item)
        return bool(rest)
    return False


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _read(written: str) -> set[Decimal]:
    """What digits may mean: 1,234 is a thousand or one and a bit."""
    plain = {_GROUPS.sub("", written), written, written.replace(",", ".")}
    return {Decimal(text) for text in plain if _is_number(text)}
