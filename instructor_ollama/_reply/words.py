"""Parses a scalar from the words of a reply without JSON. Nothing is extracted from a sentence.

Pure; knows the reply's words and the shape of the type, not how a reply is marked.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from .._schema.shape import kind_of
from .scan import trimmed
from .tolerant_json import Outcome, read

if TYPE_CHECKING:
    from .._schema.shape import Shape

_LABEL: Final = re.compile(
    r"[\W_]{0,4}(?:the\s+)?(?:final\s+|correct\s+)?(?:answer|result|output|value)\W{0,3}"
    r"(?:[:=]|\bis\b)[^\w+\-.$]{0,4}(?=\S)",
    re.I,
)
_BEFORE: Final = " \t\n*_`\"'\u201c"
_BEHIND: Final = _BEFORE + "\u201d.!,;"  # a point before a digit says something
_FENCE_LINE: Final = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.M)
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n")
_WITHOUT_STRINGS: Final = frozenset({"object", "array", "null"})
"""Kinds of which no string can be made one; numbers and booleans may stand in quotes."""
_NULLS: Final = frozenset({"null", "Null", "NULL", "None", "undefined"})
"""What stands for no value; written in small letters "none" is a word."""
_MOST_WORDS: Final = 2
"""In a string of a format or pattern that is not the whole of the words, such as a date and a time."""


def scalar_in(words: str, shape: Shape) -> tuple[str, tuple[str, ...]] | None:
    """The JSON of the scalar that the words are, and what was done to get it.

    Where any text is a value of the type, the whole of the words is the answer. Else they are the answer as a whole,
    or one of the first and the last paragraph is, without a label and emphasis around it.

    Args:
        words: The words of the model, without thinking and template tokens.
        shape: The shape of the response type.
    """
    said = trimmed(words)
    if not said or read(f"[{said}\n]", 0).outcome is Outcome.TRUNCATED:
        return None
    if shape.text:
        return _text(said, shape)
    fenced = trimmed(_fenced(said))
    if fenced:
        return _peeled(fenced, shape, ("fence",) if _is_all(said) else ("fence", "prose"))
    whole = _peeled(said, shape, ())
    if whole is not None:
        return whole
    paragraphs = [trimmed(part) for part in _PARAGRAPHS.split(said)]
    parts = dict.fromkeys((paragraphs[-1], paragraphs[0]))
    found = [scalar for part in parts if (scalar := _peeled(part, shape, ("prose",))) is not None]
    return found[0] if len({text for text, _ in found}) == 1 else None


def _text(said: str, shape: Shape) -> tuple[str, tuple[str, ...]] | None:
    fenced = _fenced(said)
    for option, repairs in ((said, ()), (fenced, ("fence",))):
        literal = _literal(option)
        if literal is not None and (option == said or _is_all(said)):
            kind = kind_of(literal[1])
            if kind == "string" or (kind != "null" and kind in shape.kinds):
                return literal[0], (*repairs, *literal[2])
    if said in _NULLS:
        return ("null", ("Python literals",)) if "null" in shape.kinds else None
    return json.dumps(said, ensure_ascii=False), ("unquoted",)


def _peeled(part: str, shape: Shape, repairs: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The scalar that a part of the words is, with a label and emphasis around it or without."""
    label = _LABEL.match(part)
    bare = part[label.end() if label else 0 :].lstrip(_BEFORE).rstrip(_BEHIND)
    if bare and bare != part:
        found = _scalar(bare, shape, (*repairs, "prose" if label else "emphasis"))
        if found is not None:
            return found
    return _scalar(part, shape, repairs)


def _scalar(option: str, shape: Shape, repairs: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The option as JSON, where it looks like a value of the type."""
    literal = _literal(option)
    if literal is not None and not isinstance(literal[1], str):
        text, value, literal_repairs = literal
        if kind_of(value) in shape.kinds:
            return text, (*repairs, *literal_repairs)
    text, literal_repairs = option, ("unquoted",)
    if literal and isinstance(literal[1], str):
        text, literal_repairs = literal[1], literal[2]
    if not shape.kinds - _WITHOUT_STRINGS:
        return None
    if shape.choices:
        if text not in shape.choices:
            return None
    elif "\n" in text or len(text.split()) > (_MOST_WORDS if "string" in shape.kinds else 1):
        return None
    return json.dumps(text, ensure_ascii=False), (*repairs, *literal_repairs)


def _literal(option: str) -> tuple[str, object, tuple[str, ...]] | None:
    """A JSON scalar, parsed leniently: its text, its value, its repairs."""
    reading = read(f"[{option}\n]", 0)
    if reading.outcome is not Outcome.WHOLE or reading.end != len(option) + 3 or reading.bare:
        return None
    text = reading.text()[1:-1].strip()
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return None if isinstance(value, (dict, list)) else (text, value, reading.repairs())


def _fenced(words: str) -> str:
    """The lines in the last fence, closed or not; nothing when there is none."""
    marks = list(_FENCE_LINE.finditer(words))[-2:]
    if not marks:
        return ""
    number = len(_FENCE_LINE.findall(words))
    last = marks[-1]
    return words[last.end() :] if number % 2 else words[marks[0].end() : last.start()]


def _is_all(words: str) -> bool:
    """Whether nothing is said beside a fence."""
    marks = list(_FENCE_LINE.finditer(words))
    return (
        bool(marks)
        and not trimmed(words[: marks[0].start()])
        and (len(marks) == 1 or not trimmed(words[marks[1].end() :]))
    )
