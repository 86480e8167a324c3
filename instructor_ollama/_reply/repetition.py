"""Detects a repetition loop at the end of a text.

Knows nothing about JSON or types. Small models produce loops at temperature 0, inside a string or a list.
"""

from __future__ import annotations

from typing import Final

_TAIL: Final = 2000
"""Characters looked at, the last."""
_TIMES: Final = 4
_LEAST: Final = 300
"""Characters that the repetitions fill at the least: shorter ones are also found in what was meant."""


def repeated(text: str) -> str | None:
    """The unit of the repetition loop at the end of the text; None if there is none.

    Time is linear in the length of the text's end that is looked at.
    """
    tail = text[-_TAIL:][::-1]
    runs = _self_matches(tail)
    for period in range(1, len(tail) // _TIMES + 1):
        if runs[period] + period >= max(_TIMES * period, _LEAST):
            return tail[:period][::-1]
    return None


def _self_matches(text: str) -> list[int]:
    """For each place, how many characters from there on are those that the text begins with."""
    found = [0] * len(text)
    start = end = 0  # of the match that reaches furthest
    for at in range(1, len(text)):
        length = min(end - at, found[at - start]) if at < end else 0
        while at + length < len(text) and text[length] == text[at + length]:
            length += 1
        found[at] = length
        if at + length > end:
            start, end = at, at + length
    return found
