"""What a server does with the example of a row of `_schema/converters.py`: refuses it, dies of it, or answers, and how well."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from instructor_ollama._schema import converters as c
from tests.kit import random_model
from tests.kit.engines import EmbeddedEngine
from tests.kit.servers import OllamaServer
from tests.kit.xgrammar_engine import XGrammarEngine

CHANCE: Final = "chance"
DIGITS: Final = "digits"
"""A model that writes digits wherever the grammar lets it, so that it reaches every greatest length."""
MAX_TOKENS: Final = 2200
ENFORCED: Final = "enforced"
_MOST_DRAWS: Final = 150
OF_DIGITS: Final = (c.MAX_LENGTH, c.PATTERN_MOST, c.NUMBER_DIGITS)

Server = OllamaServer | EmbeddedEngine | XGrammarEngine
CONSTRUCTS: Final = list(dict.fromkeys(row.construct for row in c.TABLE))


def rows_of(construct: str, converter: c.Converter) -> list[c.Row]:
    return [row for row in c.TABLE if row.construct == construct and converter in row.converters]


def example_of(construct: str) -> c.Row:
    """The first row of a construct, for the converters that have none."""
    return next(row for row in c.TABLE if row.construct == construct)


def write_models(folder: Path) -> dict[str, Path]:
    """The random model, and the one that writes digits."""
    chance = random_model.write_random_model(folder / f"{CHANCE}.gguf")
    with digits_preferred():
        digits = random_model.write_random_model(folder / f"{DIGITS}.gguf")
    return {CHANCE: chance, DIGITS: digits}


class digits_preferred(pytest.MonkeyPatch):
    """A context in which the random model's vocabulary prefers digits to everything else."""

    def __enter__(self) -> None:
        self.setattr(random_model, "DIGIT", 12.0)

    def __exit__(self, *_: object) -> None:
        self.undo()


def consequence(server: Server, row: c.Row, expected: str) -> str:
    """What follows; where that is expected to be seen in an answer, answers are drawn until one shows it."""
    if row.construct in _ALWAYS:
        draws = 8
    elif expected in ("ignored", "changed"):
        draws = _MOST_DRAWS
    else:
        draws = 1 if row.limit else 4
    texts: list[str] = []
    for seed in range(draws):
        try:
            texts.append(_answer(server, row, seed))
        except urllib.error.HTTPError as error:
            why = error.read().decode(errors="replace")
            died = re.search("unexpectedly stopped|unexpected EOF|signal arrived", why)
            return "crash" if died else "refused"
        except (OSError, http.client.HTTPException):
            assert not server.alive()
            server.restart()
            return "crash"
        if row.construct not in _ALWAYS and not _satisfied(row, texts[-1]):
            return expected if expected in ("ignored", "changed") else f"violated: {texts[-1][:200]}"
    if row.construct in _ALWAYS and _ALWAYS[row.construct](texts):
        return "changed"
    return ENFORCED


def _answer(server: Server, row: c.Row, seed: int) -> str:
    body = {
        "model": DIGITS if row.construct in OF_DIGITS else CHANCE,
        "seed": seed,
        "temperature": 1,
        "max_tokens": MAX_TOKENS,
        "messages": [{"role": "user", "content": str(seed)}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": row.example}},
    }
    return str(server.request("/v1/chat/completions", body)["choices"][0]["message"]["content"] or "")


def _satisfied(row: c.Row, text: str) -> bool:
    if row.construct in _BY_TEXT:
        return _BY_TEXT[row.construct](text)
    try:
        value = json.loads(text)
    except ValueError:
        return False
    if row.construct in _WHOLE:
        return _WHOLE[row.construct](value)
    return isinstance(value, dict) and "a" in value and _FIELD[row.construct](value["a"])


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, (str, dict)) and low <= value <= high


# Constructs that one answer cannot show, over several: whether the converter changed what is allowed.
_ALWAYS: Final[dict[str, Callable[[list[str]], bool]]] = {
    c.EMPTY_SCHEMA: lambda texts: all(isinstance(json.loads(text)["a"], dict) for text in texts),
    c.NUMBER_DIGITS: lambda texts: max(len(re.sub("[^0-9]", "", text)) for text in texts) == 16,
}
# Those whose answers need not end within the greatest number of tokens.
_BY_TEXT: Final[dict[str, Callable[[str], bool]]] = {
    c.MAX_LENGTH: lambda text: len(text) < 2100,
    c.PATTERN_MOST: lambda text: len(text) < 2100,
    c.MIN_ITEMS: lambda text: "]" not in text,
    c.MIN_LENGTH: lambda text: len(text) > 2000 or not text.endswith('"}'),
}
_WHOLE: Final[dict[str, Callable[[Any], bool]]] = {
    c.LONG_GRAMMAR: lambda value: all(123456 <= one <= 987654321 for one in value.values()),
    c.NAME_REF: lambda value: value == {"$ref": None, "b": None},
    c.NAME_EMPTY: lambda value: value == {"": None},
    c.NAME_BRACKET: lambda value: "a]b" in value and set(value.values()) == {None},
}
_FIELD: Final[dict[str, Callable[[Any], bool]]] = {
    c.MAX_ITEMS: lambda value: len(value) <= 2002,
    c.PATTERN_COUNT: _matches("[ab]{2000,2001}"),
    c.UNANCHORED: lambda value: re.search("b|c", value) is not None,
    c.GROUP: _matches("(ab|cd)+"),
    c.LOOKAROUND: _matches("(?!x)[xy]{3}"),
    c.ESCAPED_CLASS: _matches("[0-9]{3}"),
    c.ESCAPED_HYPHEN: _matches("[a\\-z]{3}"),
    c.ESCAPED_ASTRAL: _matches("[\U0001f600]{2}"),
    c.EMPTY_REPETITION: _matches("a*b"),
    c.OPTIONAL_GROUP: _matches("(x(ab)*)?c"),
    c.QUOTE: lambda value: value == '"x"',
    c.PATTERN_LENGTH: lambda value: len(value) == 3,
    c.TYPELESS: lambda value: True,
    c.BOOLEAN_SCHEMA: lambda value: True,
    c.BESIDE_REFERENCE: _between(2, 3),
    c.ALL_OF: _between(5, 6),
    c.WIDE_BOUND: _between(2**31, 2**31 + 9),
    c.LONE_LOWER: lambda value: value >= 1000,
    c.LONE_UPPER: lambda value: value <= -5,
    c.NUMBER_BOUNDS: _between(0.25, 0.5),
    c.MULTIPLE: lambda value: value % 7 == 0,
    c.FORMAT: _matches(r"\d{1,3}(\.\d{1,3}){3}"),
    c.UNIQUE: lambda value: len(value) < 2,
    c.TUPLE_LENGTH: lambda value: len(value) == 1,
    c.KEYS: lambda value: set(value) <= {"x"},
    c.DICT_SIZE: lambda value: len(value) == 1,
    c.BACKSLASH: lambda value: value == "a\\b",
}
