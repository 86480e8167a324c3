"""Parse one JSON value leniently and write it as strict JSON.

Knows JSON and common mistakes in it; knows nothing about models, prose, fences or think tags (`candidates`), or types.
 A pushdown automaton with a table: no recursion, every character is looked at a bounded number of times.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

MAX_DEPTH: Final = 200
"""Levels of nesting that jiter, and so Pydantic, reads. What is deeper can never be validated and is not followed."""

# fmt: off
_INVISIBLE_RANGES: Final = (
    (0x0B, 0x0C), (0x1C, 0x1F), (0x85, 0x85), (0xA0, 0xA0), (0xAD, 0xAD), (0x1680, 0x1680), (0x180E, 0x180E),
    (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x2064), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)
# fmt: on
INVISIBLE: Final = "".join(chr(code) for first, last in _INVISIBLE_RANGES for code in range(first, last + 1))
"""What is not whitespace to JSON but is not to be seen either: BOM, zero-width characters, odd blanks, directions."""


class Outcome(Enum):
    WHOLE = "whole"
    """The value is complete."""
    TRUNCATED = "truncated"
    """The text ended inside the value."""
    BROKEN = "broken"
    """There is something that cannot be repaired; nothing is added to make it valid."""
    DEEP = "deep"
    """More than `MAX_DEPTH` levels."""


@dataclass(slots=True)
class Reading:
    """What `read` found.

    Attributes:
        end: Behind the value; else where reading stopped.
        evident: A quoted string or a colon was seen: somebody wrote JSON here, it is not a bracket in a sentence.
        bare: A word without quotes was taken for a string.
        empty: `{}` or `[]`.
    """

    source: str = field(repr=False)
    start: int
    end: int = 0
    outcome: Outcome = Outcome.TRUNCATED
    evident: bool = False
    bare: bool = False
    empty: bool = False
    around: list[str] = field(default_factory=list[str], repr=False)
    """What a value further out goes on with, for each one that is open, outermost first."""
    edits: list[tuple[int, int, str, str]] = field(default_factory=list[tuple[int, int, str, str]], repr=False)

    def stop(self, outcome: Outcome, at: int, inside: str) -> Reading:
        """The same, with what it has come to."""
        self.outcome, self.end = outcome, at
        self.around.append(inside)
        return self

    def openers(self) -> str:
        """The brackets that were open where reading stopped, outermost first."""
        return "".join(_OPENER[each] for each in self.around)

    def text(self) -> str:
        """The value as strict JSON (of a cut value: its beginning). Nothing is copied before this is called."""
        pieces: list[str] = []
        at = self.start
        for start, end, instead, _ in self.edits:
            pieces += self.source[at:start], instead
            at = end
        pieces.append(self.source[at : self.end])
        return "".join(pieces)

    def repairs(self) -> tuple[str, ...]:
        """The repairs that were made, in order of first appearance."""
        return tuple(dict.fromkeys(edit[3] for edit in self.edits))


_WORD: Final = r"[\w$+.\-@%]"
_HASHTAG: Final = r"\#(?=\w)"
"""What begins a word and no comment: behind the `#` of a comment there is a blank."""
# A leading charset and no nested quantifiers: each alternative either matches or fails in time linear in what it looks
# at, and what it looks at is consumed by this or the next token.
_TOKEN: Final = re.compile(
    rf"""[ \t\n\r]*(?:
      (?P<mark>[{{}}\[\],:\uff0c\uff1a])
    | (?P<string>"(?!"")[^"\\\x00-\x1f]*")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?!{_WORD}))
    | (?P<word>(?:{_HASHTAG})?{_WORD}+)
    | (?P<quote>\"\"\"|'''|["'\u201c])
    | (?P<invisible>[{INVISIBLE}]+)
    | (?P<line>(?://|\#)[^\n]*)
    | (?P<block>/\*)
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)

# How the body of a string goes on, its closing quote, and what using this quote is called. Bodies are read in steps of
# at most 500 pieces because `re` keeps a stack frame for each round of a group: unbounded, ten million backslashes take
# gigabytes.
_QUOTES: Final[dict[str, tuple[re.Pattern[str], str, str]]] = {
    '"': (re.compile(r'(?s:[^"\\]+|\\.){0,500}'), '"', ""),
    "'": (re.compile(r"(?s:[^'\\]+|\\.){0,500}"), "'", "single quotes"),
    "\u201c": (re.compile("(?s:[^\u201d\\\\]+|\\\\.){0,500}"), "\u201d", "curly quotes"),
    '"""': (re.compile(r'(?s:[^"\\]+|\\.|"(?!"")){0,500}'), '"""', "triple quotes"),
    "'''": (re.compile(r"(?s:[^'\\]+|\\.|'(?!'')){0,500}"), "'''", "triple quotes"),
}
# In a body: escapes that JSON has (left alone, many at once), and what JSON does not take as it stands. One class of
# characters comes first because `re` skips to it at the speed of C.
_IN_STRING: Final = re.compile(
    r"""[\\"\x00-\x1f](?:
      (?<=\\)(?:
          (?P<fine>["\\/bfnrt](?:\\["\\/bfnrt]){0,500}|u[0-9a-fA-F]{4})
        | (?P<hex>(?:x|U000[0-9a-fA-F]{3}|U0010[0-9a-fA-F]{2})[0-9a-fA-F]{2})
        | (?P<escape>[^\n]?)
      )
    | (?<=")(?P<inner>)
    | (?P<control>)
    )""",
    re.VERBOSE,
)
_CONTROL: Final = {"\n": "\\n", "\t": "\\t"}

_LITERALS: Final = {word: word for word in ("true", "false", "null", "NaN", "Infinity", "-Infinity")} | {
    "True": "true",
    "False": "false",
    "None": "null",
    "undefined": "null",
    "nan": "NaN",
    "inf": "Infinity",
    "+inf": "Infinity",
    "-inf": "-Infinity",
}
_TRIVIA: Final = {"invisible": "invisible characters", "line": "comments", "block": "comments"}
_ELISION: Final = re.compile(
    r"[/#*\s(\[]*(?:\.\.\.|\u2026|etc\b|and so on|(?:and )?(?:\d+ |many |some |all )?(?:more|others?)\b(?! than)"
    r"|(?:and )?(?:the )?(?:rest|remaining)\b)",
    re.I,
)
"""A comment in place of values that were left out."""
_WIDE: Final = {"\uff0c": ",", "\uff1a": ":"}

# State -> symbol -> next state. "s" is a string, number or word; a state that is not in the row is an error.
# Arrays: A0 just opened, A1 after a comma, AE after a value. Objects: O0, O1, OE alike, OC wants a colon, OV wants a
# value. POP closes the innermost value; OPEN_A and OPEN_O open one.
_STEP: Final[dict[str, dict[str, str]]] = {
    "A0": {"s": "AE", "[": "OPEN_A", "{": "OPEN_O", "]": "POP"},
    "A1": {"s": "AE", "[": "OPEN_A", "{": "OPEN_O", "]": "POP"},
    "AE": {",": "A1", "]": "POP"},
    "O0": {"s": "OC", "}": "POP"},
    "O1": {"s": "OC", "}": "POP"},
    "OC": {":": "OV"},
    "OV": {"s": "OE", "[": "OPEN_A", "{": "OPEN_O"},
    "OE": {",": "O1", "}": "POP"},
}
_OPENED: Final = {"OPEN_A": "A0", "OPEN_O": "O0"}
_OPENER: Final = {"AE": "[", "OE": "{"}


def read(source: str, start: int) -> Reading:
    """Read the object or array that opens at `start`.

    Single-quoted, curly-quoted and triple-quoted strings, words without quotes, Python's literals, comments, trailing
    commas, full-width commas and colons, raw control characters and foreign escapes in strings are repaired. Brackets,
    commas, colons and values are never added: a value that lacks one is `BROKEN`, or `TRUNCATED` at the end of the
    text.

    Time and memory are linear in the number of characters read.
    """
    reading = Reading(source, start)
    edits = reading.edits
    state = "A0" if source[start] == "[" else "O0"
    inside = "AE" if source[start] == "[" else "OE"
    around = reading.around
    pos, comma, comma_edit = start + 1, 0, 0
    commented = False

    while True:
        token = _TOKEN.match(source, pos)
        if token is None:
            return reading.stop(Outcome.BROKEN, pos, inside)
        kind = token.lastgroup or ""
        at, pos = token.start(kind), token.end()
        if kind == "end":
            return reading.stop(Outcome.TRUNCATED, pos, inside)
        if kind in _TRIVIA:
            if kind == "block":
                close = source.find("*/", pos)
                if close < 0:
                    return reading.stop(Outcome.TRUNCATED, len(source), inside)
                pos = close + 2
            if kind != "invisible" and _ELISION.match(source, at, pos):  # it stands for what is not there
                return reading.stop(Outcome.BROKEN, at, inside)
            edits.append((at, pos, " ", _TRIVIA[kind]))
            commented = kind != "invisible" and state in ("A0", "O0")
            continue
        symbol = "s"
        if kind == "mark":
            symbol = source[at]
            if symbol in _WIDE:
                symbol = _WIDE[symbol]
                edits.append((at, pos, symbol, "full-width punctuation"))
            if symbol == ",":
                comma, comma_edit = at, len(edits) - (source[at] in _WIDE)
        following = _STEP[state].get(symbol)
        if following is None or (commented and following == "POP" and state in ("A0", "O0")):
            return reading.stop(Outcome.BROKEN, at, inside)  # what held a comment alone may have held an answer
        if symbol == "s":
            reading.evident = reading.evident or kind in ("string", "quote")
            if kind == "quote":
                pos, outcome = _string(reading, at, token[kind])
                if outcome is not Outcome.WHOLE:
                    return reading.stop(outcome, pos, inside)
            elif kind == "number":
                if following == "OC":
                    edits.append((at, pos, f'"{token[kind]}"', "bare words"))
            elif kind == "word":
                word = token[kind]
                if not any(map(str.isalnum, word)):  # an ellipsis stands for what is not there
                    return reading.stop(Outcome.TRUNCATED if pos == len(source) else Outcome.BROKEN, at, inside)
                literal = _LITERALS.get(word) if following != "OC" else None
                if literal is None:
                    reading.bare = reading.bare or following != "OC"
                    edits.append((at, pos, f'"{word}"', "bare words"))
                elif literal != word:
                    edits.append((at, pos, literal, "Python literals"))
        elif following == "POP":
            if state in ("A1", "O1"):  # in its place among the edits: comments may have been taken out since
                wide = source[comma] in _WIDE
                edits[comma_edit : comma_edit + wide] = [(comma, comma + 1, "", "trailing comma")]
            reading.empty = not around and state in ("A0", "O0")
            if not around:
                return reading.stop(Outcome.WHOLE, pos, inside)
            inside = around.pop()
            following = inside
        elif following in _OPENED:
            if len(around) + 1 >= MAX_DEPTH:
                return reading.stop(Outcome.DEEP, at, inside)
            around.append(inside)
            inside = "AE" if symbol == "[" else "OE"
            following = _OPENED[following]
        elif symbol == ":":
            reading.evident = True
        state, commented = following, False


def _string(reading: Reading, at: int, quote: str) -> tuple[int, Outcome]:
    r"""Read a string that is not plain, note its repairs, and return where it ends and the result.

    A backslash that is not part of an escape is literal, and then so are all others. Where others are escapes,
    as in `C:\Users\temp` with single backslashes, the string is `BROKEN`: no reading of it is certain.
    """
    source = reading.source
    body, closer, name = _QUOTES[quote]
    start = pos = at + len(quote)
    while (match := body.match(source, pos)) and match.end() > pos:
        pos = match.end()
    closed = source.startswith(closer, pos)
    end = pos + len(closer) if closed else len(source)
    content = source[start : pos if closed else end]
    names: list[str] = [name] if name else []
    escaped = literal = False

    def repair(match: re.Match[str]) -> str:
        nonlocal escaped, literal
        found, kind = match[0], match.lastgroup
        if kind == "fine":
            escaped = escaped or not set(found[1::2]) <= {'"'}
            return found
        if kind == "inner":
            return '\\"'
        if kind == "control":
            names.append("control characters")
            return _CONTROL.get(found) or f"\\u{ord(found):04x}"
        if found == "\\'" and name:
            return "'"
        names.append("escapes")
        if kind == "hex":
            escaped = True
            return json.dumps(chr(int(found[2:], 16)))[1:-1]
        if found in ("\\", "\\'", "\\`"):  # alone: before a line break, or where the answer was truncated
            return found[1:]
        literal = True
        return "\\" + found

    repaired = _IN_STRING.sub(repair, content)
    if names:
        reading.edits.append((at, end, f'"{repaired}' + '"' * closed, names[0]))
        reading.edits += ((end, end, "", each) for each in dict.fromkeys(names[1:]))
    if not closed:
        return end, Outcome.TRUNCATED
    return end, Outcome.BROKEN if escaped and literal else Outcome.WHOLE
