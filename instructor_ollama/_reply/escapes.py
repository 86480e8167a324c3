r"""Detects single backslashes in JSON strings that are valid escapes but were probably meant literally.

A model that writes "C:\temp" or "\frac{1}{2}" with single backslashes produces valid JSON with a tab or a form feed in
it. The answer is rejected, not changed.
"""

from __future__ import annotations

import re
from typing import Final

# A path of Windows; a line break alone behind a colon is none.
_PATH: Final = re.compile(
    r'"[A-Za-z]:\\(?:[bfrt]|n(?=[\w.\- ]*(?:\\[^"\\]|\.\w{1,4}")))[\w.\- ]*(?:\\?\\[\w.\- ]+)*\\*"'
)
# Escapes that no text has: a backspace, form feed or carriage return before a small letter, and the commands of LaTeX
# that begin with a t or n.
_COMMAND: Final = re.compile(
    r"\\(?:[bfr](?=[a-z])"
    r"|t(?=(?:imes|heta|ilde|riangle)(?![a-z])|ext(?:bf|it|rm|tt)?\{)|n(?=(?:abla|otin|eq)(?![a-z])))"
)
# One of these is in every text that the pattern matches; they are found far faster.
_MARKS: Final = tuple(
    "\\" + mark for mark in ("b", "f", "r", "times", "theta", "tilde", "triangle", "text", "nabla", "notin", "neq")
)


def are_ambiguous(text: str) -> bool:
    """Whether a string of a JSON text holds such a backslash. Linear in the length of the text."""
    if "\\" not in text:
        return False
    if ":\\" in text and _PATH.search(text):
        return True
    if not any(mark in text for mark in _MARKS):
        return False
    return any(not _is_escaped(text, found.start()) for found in _COMMAND.finditer(text))


def _is_escaped(text: str, at: int) -> bool:
    """Whether the backslash at a place is the second of a pair."""
    first = at
    while first and text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1
