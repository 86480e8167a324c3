"""The text of a reply that is not JSON, without thinking and chat template tokens.

Tokens and tags are only removed where a template puts them: at the ends and on lines of their own. In a sentence they
are ordinary words.
"""

from __future__ import annotations

import re
from typing import Final

from .scan import BLANKS, END_OF_THOUGHT, START_OF_THOUGHT, TOKENS

_TURN: Final = re.compile(
    r"(?:<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|return)\|>|<end_of_turn>|</s>"
    r"|<\uff5cend\u2581of\u2581sentence\uff5c>)(?=[ \t]*(?:\n|\Z|<\|))"
)
_BLANKS: Final = re.compile(f"[{re.escape(BLANKS)}]*")
_TRAILING: Final = re.compile(rf"(?:{TOKENS.pattern})\Z")
_LONGEST_TOKEN: Final = 64
_NEAR: Final = 40
"""Characters around a tag in which a line break is looked for."""


def spoken(text: str) -> str | None:
    """The words of the model.

    Args:
        text: A reply.

    Returns:
        The text without the thought before it, the tokens around it and what is said behind the end of its turn; None
        where a thought begins the reply and does not end.
    """
    start = _beginning(text, 0)
    if start is None:
        return None
    opened = START_OF_THOUGHT.search(text, start)
    for end in END_OF_THOUGHT.finditer(text, start, opened.start() if opened else len(text)):
        if end["final"] or _is_alone(text, end.start(), end.end()):  # opened by the chat template
            start = _beginning(text, end.end()) or end.end()
    turn = _TURN.search(text, start)
    while turn and turn[0] == "</s>" and "<s>" in text:  # a tag of HTML
        turn = _TURN.search(text, turn.end())
    return text[start : _end(text, start, turn.start() if turn else len(text))]


def _beginning(text: str, at: int) -> int | None:
    """Where the words begin, behind thoughts and tokens; None inside a thought that does not end."""
    while True:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        if START_OF_THOUGHT.match(text, at):
            end = END_OF_THOUGHT.search(text, at)
            if end is None:
                return None
            at = end.end()
            continue
        end = END_OF_THOUGHT.match(text, at)
        token = end if end and end["final"] else TOKENS.match(text, at)
        if token is None or (token[0] == "<s>" and "</s>" in text):
            return at
        at = token.end()


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether the tag ends its line or stands at the beginning of one."""
    before = text[max(0, start - _NEAR) : start].rstrip(" \t")
    behind = text[end : end + _NEAR].lstrip(" \t")
    return before.endswith("\n") or behind.startswith("\n")


def _end(text: str, start: int, end: int) -> int:
    while end > start:
        if text[end - 1] in BLANKS:
            end -= 1
            continue
        token = _TRAILING.search(text, max(start, end - _LONGEST_TOKEN), end)
        if token is None or token[0] in ("<s>", "</s>"):
            return end
        end = token.start()
    return end
