"""Base64 of text: what its bytes spell in UTF-8, as a pattern of the base64 characters.

Three bytes are four characters, and UTF-8 goes on over that border; so there is a state for each number of bytes that a
character still lacks there, and the pattern is what the automaton of these states accepts. Overlong forms of three and
four bytes and halves of surrogate pairs are let through.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NEXT: Final = "10xxxxxx"
# How many bytes a character has behind its first, and how that one may look: x is any bit.
_FIRST: Final = {
    0: ("0xxxxxxx",),
    1: ("1100001x", "110001xx", "11001xxx", "1101xxxx"),
    2: ("1110xxxx",),
    3: ("111100xx", "11110100"),
}


@cache
def text_in_base64(*, url: bool = False) -> str:
    """The pattern, without anchors, with padding; `url` for the alphabet with - and _."""
    if url:
        return text_in_base64().replace("+", "\\-").replace("/", "_")
    step = {start: {end: _groups(start, 3, end) for end in range(4)} for start in range(4)}
    end = {
        start: _either(_chain("", "", _groups(start, 2, 0), "="), _chain("", "", _groups(start, 1, 0), "=="))
        for start in range(4)
    }
    end[0] = f"({end[0]})?"
    for gone in (3, 2, 1):  # whatever leads to the state that goes, goes on to what it leads to
        loop = f"({step[gone][gone]})*" if step[gone][gone] else ""
        for start in range(gone):
            way = step[start].pop(gone)
            if way:
                for to in range(gone):
                    step[start][to] = _either(step[start][to], _chain(way, loop, step[gone][to]))
                end[start] = _either(end[start], _chain(way, loop, end[gone]))
    return f"({step[0][0]})*({end[0]})"


def _chain(way: str, loop: str, to: str, padding: str = "") -> str:
    first = f"({way})" if way else ""
    return f"{first}{loop}({to}){padding}" if to else ""


def _either(*branches: str) -> str:
    return "|".join(filter(None, branches))


def _groups(start: int, count: int, end: int) -> str:
    """The characters of `count` bytes that lead from lacking `start` bytes to lacking `end`."""
    found: dict[tuple[str, ...], None] = {}
    for kinds in product((None, *_FIRST), repeat=count):
        lacking = start
        for kind in kinds:
            if (kind is None) != (lacking > 0):
                break
            lacking = lacking - 1 if kind is None else kind
        else:
            if lacking == end:
                for bits in product(*((_NEXT,) if kind is None else _FIRST[kind] for kind in kinds)):
                    found[_characters("".join(bits))] = None
    return "|".join("".join(map(_class, group)) for group in _joined(list(found)))


def _characters(bits: str) -> tuple[str, ...]:
    """For each character of the base64 text of these bits, which ones it may be."""
    bits += "0" * (-len(bits) % 6)
    sixes = (bits[at : at + 6] for at in range(0, len(bits), 6))
    return tuple(
        "".join(char for code, char in enumerate(_ALPHABET) if _fits(f"{code:06b}", pattern)) for pattern in sixes
    )


def _fits(code: str, pattern: str) -> bool:
    return all(want in ("x", bit) for bit, want in zip(code, pattern, strict=True))


def _joined(groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same, with those made one that differ in one character alone."""
    for at, one in enumerate(groups):
        for other in groups[at + 1 :]:
            differing = [place for place in range(len(one)) if one[place] != other[place]]
            if len(differing) == 1:
                place = differing[0]
                both = "".join(char for char in _ALPHABET if char in one[place] + other[place])
                rest = [group for group in groups if group not in (one, other)]
                return _joined([*rest, (*one[:place], both, *one[place + 1 :])])
    return groups


def _class(chars: str) -> str:
    parts: list[str] = []
    for char in chars:
        if parts and ord(parts[-1][-1]) + 1 == ord(char) and char.isalnum() and parts[-1][-1].isalnum():
            parts[-1] = f"{parts[-1][0]}-{char}"
        else:
            parts.append(char)
    text = "".join(part if len(part) < 3 or ord(part[2]) - ord(part[0]) > 1 else part[0] + part[2] for part in parts)
    return text if len(text) == 1 and text.isalnum() else f"[{text}]"
