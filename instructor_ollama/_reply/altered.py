"""Detects values that the server's grammar altered, from the text of an answer and the model's probabilities.

A grammar masks tokens until a value fits: a number ends after 16 digits, a choice becomes an allowed one. The result is
valid JSON. There are two signs. A number that reaches the limit of the grammar's rule for numbers may be truncated. And
`logprobs` (docs/ollama-behavior.md, "Request fields") are computed before the mask: at temperature 0, a token that is
not the model's first choice was forced.

Pure: knows JSON and tokens; knows no type, no client and no conversation.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Path = tuple["str | int", ...]
"""Keys and indices from the top of the answer to a value."""

_DIGITS: Final = 16
"""Digits before the point, and after it, that the grammars of Ollama 0.12 to 0.34 let through."""
_AT_LIMIT: Final = re.compile(r"[0-9]{16}|[0-9][eE][+-]?0")
_NUMBER: Final = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?(?:[eE][+-]?([0-9]+))?")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}\[\]:,]|true|false|null')
_LETTERS: Final = re.compile(r"[\W_]+")
_END_OF_STRING: Final = re.compile(r'(?<!\\)"')


class Token(NamedTuple):
    """One token of an answer.

    Attributes:
        text: As it was written.
        wanted: The model's first choice at this place.
        forced: Whether that was another one, and likelier.
    """

    text: str
    wanted: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Alteration:
    """A value that may not be what the model was about to write.

    Attributes:
        path: Where it is, such as "items[3].price"; "the answer" for the whole.
        value: As it stands in the answer.
        wanted: How the model was going to go on; empty where that is unknown.
    """

    path: str
    value: str
    wanted: str = ""

    def __str__(self) -> str:
        if self.wanted:
            grammar = f"the server's grammar changed the value to {self.value}"
            return f"{self.path}: {grammar}; the model's own output began with {self.wanted!r}"
        return f"{self.path}: {self.value} reaches the limit of the server's number grammar and may be truncated"


def alteration(text: str, tokens: Sequence[Token], restricts: Callable[[Path], bool]) -> Alteration | None:
    """The first value of an answer that the grammar has altered, or may have.

    Args:
        text: The answer, as it came.
        tokens: Its tokens with the model's first choices; empty where they are unknown.
        restricts: Whether the grammar restricts the string at a path to choices or to a pattern of the user's.

    Returns:
        None where nothing was altered, or where the text is not JSON as it stands. Linear in the length of the text.
    """
    forced = any(token.forced for token in tokens)
    if not forced and not _AT_LIMIT.search(text):
        return None
    spans = list(_forced_spans(text, tokens)) if forced else []
    for path, start, end in _scalars(text):
        value = text[start:end]
        if value[0] != '"':
            if _reaches_limit(value):
                return Alteration(shown_path(path), value)
            wanted = _number_went_on(text, start, end, spans)
        else:
            wanted = _string_differs(text, start, end, spans) if spans and restricts(path) else ""
        if wanted:
            return Alteration(shown_path(path), value, wanted)
    return None


def shown_path(path: Path) -> str:
    """A path as a reader writes it.

    >>> shown_path(("items", 3, "price"))
    'items[3].price'
    """
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown.removeprefix(".") or "the answer"


def _reaches_limit(number: str) -> bool:
    match = _NUMBER.fullmatch(number)
    if match is None:
        return False
    whole, decimals, exponent = match.groups()
    return len(whole) == _DIGITS or len(decimals or "") == _DIGITS or exponent == "0"


def _forced_spans(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Where the forced tokens stand in the text, and what the model wanted instead; none where they do not add up."""
    written = "".join(token.text for token in tokens)
    shift = written.find(text.strip()) - (len(text) - len(text.lstrip()))  # a thought may stand before the answer
    if not text.strip() or written.find(text.strip()) < 0:
        return
    at = 0
    for token in tokens:
        start, at = at, at + len(token.text)
        if token.forced and at - shift > 0:
            yield start - shift, at - shift, token.wanted


def _number_went_on(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> str:
    """What a number was going to be, where a token in it or right behind it was forced; else nothing."""
    for first, last, wanted in spans:
        if start < first <= end < last or start < first < end:
            begun = text[start:first]
            if wanted[:1].isdigit() or (wanted[:1] == "." and wanted[1:2].isdigit()):
                return begun + wanted.strip()
    return ""


def _string_differs(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> str:
    """What a string was going to be, where a token in it was forced to something else; else nothing."""
    inside, close = start + 1, end - 1
    value = _letters(text[inside:close])
    for first, last, wanted in spans:
        if last <= inside or first > close:
            continue
        if first < inside:  # a token that opens the string as well
            quote = wanted.find('"')
            if quote < 0:
                continue
            begun, wanted = "", wanted[quote + 1 :]
        else:
            begun = text[inside:first]
        ended = _END_OF_STRING.search(wanted)
        meant = begun + (wanted[: ended.start()] if ended else wanted)
        letters = _letters(meant)
        if letters != value if ended else not value.startswith(letters):
            return meant
    return ""


def _letters(text: str) -> str:
    """Without case, blanks and punctuation: how the same value may be written differently."""
    return _LETTERS.sub("", text).casefold()


def _scalars(text: str) -> Iterator[tuple[Path, int, int]]:
    """The strings and numbers of a JSON text that are values, with their paths."""
    path: list[str | int] = []  # the step into each container that is open; its last may still change
    openers: list[str] = []
    key = ""
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part in "{[":
            openers.append(part)
            path.append(0 if part == "[" else "")
        elif part in "}]":
            if not openers:
                return
            openers.pop()
            path.pop()
        elif part == ":":
            if path:
                path[-1] = key
                key = ""
        elif part == ",":
            if path:
                last = path[-1]
                path[-1] = last + 1 if isinstance(last, int) else ""
        elif openers and openers[-1] == "{" and path[-1] == "" and not key:
            key = _decoded(part)
        elif part not in ("true", "false", "null"):
            yield tuple(path), match.start(), match.end()


def _decoded(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token
