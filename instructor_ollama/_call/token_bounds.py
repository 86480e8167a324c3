"""Bounds on the number of tokens of a text, valid for any tokenizer, and the kinds of text for which they are refined.

Pure. A token covers at least one byte of a text, tokenizers split at white space, and every word has at least one
token. The actual number between the bounds depends on the model and the kind of text and is learnt (`known`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

MESSAGE = 8
"""Maximum number of tokens that a chat template adds to each message."""

TEMPLATE = 24
"""Maximum number of tokens that a chat template adds to the whole prompt."""

IMAGE = 16384
"""Maximum number of tokens of an image."""

_WORD = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+")
_CAPITALS = re.compile(rb"[A-Z]{2,}")
_REPEATED = re.compile(r"([^A-Za-z0-9])\1{3,}")
_SPACE_OF_A_WORD = re.compile(rb" (?=[A-Za-z])")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ASCII_BYTES = bytes(range(128))
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SAMPLE = 400


class Share(NamedTuple):
    """The token counts that texts of a kind have, as shares of `most_tokens`.

    Attributes:
        least: Of the text that has the fewest.
        most: Of the text that has the most.
    """

    least: float
    most: float


USUAL = {"letters": Share(0.22, 0.6), "accented": Share(0.22, 0.75), "digits": Share(0.25, 1.0)}
"""What the tokenizers in use make of ordinary text; other kinds are `USUAL_ELSEWHERE`."""

USUAL_ELSEWHERE = Share(0.12, 1.0)


def most_tokens(text: str) -> int:
    """Upper bound on the tokens of a text, for any tokenizer in use.

    A byte is a token at most. Of ASCII letters, which every vocabulary has merged, ten small ones in a word are seven
    tokens at most and ten capitals eight, and the space before a word belongs to the word.
    """
    data = text.encode("utf-8", "surrogatepass")
    words = _WORD.findall(data)
    letters = sum(map(len, words))
    capitals = sum(map(len, _CAPITALS.findall(data)))
    others = len(data) - letters - len(_SPACE_OF_A_WORD.findall(data))
    return math.ceil(others + 0.62 * letters + 0.38 * len(words) + 0.15 * capitals)


def fewest_tokens(text: str) -> int:
    """Lower bound on the tokens of a text: one for each word, and one for eight letters without spaces."""
    unspaced = 0 if text.isascii() else len(text) - len(_UNSPACED.sub("", text))
    return max(len(text.split()), unspaced // 8)


def without_repeats(text: str) -> str:
    """The text with runs of one sign or space shortened, which some vocabularies have as one token."""
    return _REPEATED.sub(r"\1\1", text)


def kind_of(text: str) -> str:
    """The kind of a text: a tokenizer makes about the same number of tokens of texts of one kind and length."""
    data = text.encode("utf-8", "surrogatepass")
    size = len(data) or 1
    high = len(data.translate(None, _ASCII_BYTES))
    if high > 0.3 * size:
        return _script(text)
    if high > 0.03 * size:
        return "accented"
    letters, digits = (len(data) - len(data.translate(None, signs)) for signs in (_LETTERS, _DIGITS))
    if digits > 0.3 * size:
        return "digits"
    if size > 20 * (len(data.split()) or 1):
        return f"unspaced {4 * digits // size} {4 * letters // size}"
    return "letters" if letters > 0.65 * size else f"mixed {8 * digits // size} {8 * letters // size}"


def _script(text: str) -> str:
    """The script that most characters of a text beyond ASCII belong to, by blocks of code points."""
    blocks = Counter(
        "cjk" if 0x3000 <= ord(letter) <= 0x9FFF else f"U+{ord(letter) >> 8:02X}xx"
        for letter in text[:_SAMPLE]
        if letter > "\x7f"
    )
    return blocks.most_common(1)[0][0] if blocks else "other"
