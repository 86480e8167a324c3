"""How many tokens a text can have: bounds that hold for any tokenizer, and the kind of text they are narrowed for.

Pure. A tokenizer covers each byte of a text by at least one byte of a token, splits at white space and gives every
word a token of its own; what lies between the bounds differs by model and by kind of text, and is learnt (`_known`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

MESSAGE = 8
"""Tokens that a chat template adds to each message at most."""

TEMPLATE = 24
"""Tokens that a chat template adds to the whole prompt at most."""

IMAGE = 16384
"""Tokens of an image at most."""

_LETTERS = re.compile(rb"[A-Za-z]+")
_SPACE_OF_A_WORD = re.compile(rb" (?=[A-Za-z])")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ASCII_BYTES = bytes(range(128))
_DIGITS = b"0123456789"
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
    """No tokenizer in use makes more tokens of a text.

    A byte is a token at most. Of ASCII letters, which every vocabulary has merged, ten letters in one word are seven
    tokens at most, and the space before a word belongs to the word.
    """
    data = text.encode("utf-8", "surrogatepass")
    words = _LETTERS.findall(data)
    letters = sum(map(len, words))
    others = len(data) - letters - len(_SPACE_OF_A_WORD.findall(data))
    return math.ceil(others + 0.6 * letters + 0.4 * len(words))


def fewest_tokens(text: str) -> int:
    """No tokenizer in use makes fewer tokens of a text: one for a word, and one for eight letters without spaces."""
    unspaced = 0 if text.isascii() else len(text) - len(_UNSPACED.sub("", text))
    return max(len(text.split()), unspaced // 8)


def kind_of(text: str) -> str:
    """The kind of a text: tokenizers make about the same number of tokens of texts of one kind and length."""
    data = text.encode("utf-8", "surrogatepass")
    high = len(data.translate(None, _ASCII_BYTES))
    if high > 0.3 * len(data):
        return _script(text)
    if high > 0.03 * len(data):
        return "accented"
    words = _LETTERS.findall(data)
    letters = sum(map(len, words))
    if letters > 0.65 * len(data) and letters < 20 * len(data.split()):
        return "letters"
    digits = len(data) - len(data.translate(None, _DIGITS))
    return "digits" if digits > 0.3 * len(data) else "mixed"


def _script(text: str) -> str:
    """The script that most characters of a text beyond ASCII belong to, by blocks of code points."""
    blocks = Counter(
        "cjk" if 0x3000 <= ord(letter) <= 0x9FFF else f"U+{ord(letter) >> 8:02X}xx"
        for letter in text[:_SAMPLE]
        if letter > "\x7f"
    )
    return blocks.most_common(1)[0][0] if blocks else "mixed"
