r"""Backslashes in the strings of a JSON text that were meant as they are and happen to be escapes of JSON.

A model that writes "C:\temp" or "\frac{1}{2}" with single backslashes has written valid JSON with a tab or a form feed
in it. What is meant is certain enough to reject the answer, not to change it.
"""

from __future__ import annotations

import re
from typing import Final

# A path of Windows; a line break alone behind a colon is none. Then escapes that no text has: a backspace, a form feed
# or a carriage return before a small letter, and the commands of LaTeX that begin with a t or n.
_MEANT: Final = re.compile(
    r'"[A-Za-z]:\\(?:[bfrt]|n(?=[\w.\- ]*(?:\\[^"\\]|\.\w{1,4}")))[\w.\- ]*(?:\\?\\[\w.\- ]+)*\\*"'
    r"|(?<!\\)(?:\\\\)*\\(?:[bfr](?=[a-z])"
    r"|t(?=(?:imes|heta|ilde|riangle)(?![a-z])|ext(?:bf|it|rm|tt)?\{)|n(?=(?:abla|otin|eq)(?![a-z])))"
)
_ESCAPE: Final = re.compile(r"\\[bfnrt]")


def are_ambiguous(text: str) -> bool:
    """Whether a string of a JSON text holds such a backslash."""
    return _ESCAPE.search(text) is not None and _MEANT.search(text) is not None
