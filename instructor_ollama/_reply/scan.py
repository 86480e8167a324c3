"""Splits a reply into JSON values and the words around them.

Knows how models and chat templates mark thinking, channels, turns and fences; knows nothing about types or the expected
value. One pass from left to right, without recursion; a position is read at most three times, if thinking ends inside
it.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

from .tolerant_json import INVISIBLE, Outcome, Reading, read

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VALUES: Final = 10_000
"""Values kept of one reply, the last ones."""

_REPEATED: Final = 2
"""Equal values after which a further one that is truncated is a repetition."""
_COMPARED: Final = 64
_ANNOUNCED: Final = re.compile(r"\b(?:answer|output|result)\W{0,3}[:=]", re.I)

BLANK: Final = rf"[\s{INVISIBLE}]"
BLANKS: Final = " \t\n\r" + INVISIBLE

# Every alternative below starts with a literal: `re` then skips what cannot match at the speed of C.
_NAMES: Final = r"(?:seed:)?(?i:think(?:ing)?|thoughts?|reasoning|reflection|scratchpad)"
_OPEN: Final = (
    rf"(?P<open>{_NAMES}(?:\s[^<>/]{{0,80}})?>|\|START_THINKING\|>|\|channel>thought\b|\|channel\|>(?!\s*final\b))"
)
_CLOSE: Final = (
    rf"(?P<close>/{_NAMES}\s*>|\|END_THINKING\|>|channel\|>)"
    r"|(?P<final>\|channel\|>\s*final\b(?:[^<]{0,80}(?:<\|constrain\|>[^<]{0,80})?<\|message\|>)?)"
)
_TURN: Final = (
    r"(?P<turn>\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|return)\|>|/s>|end_of_turn>"
    r"|\uff5cend\u2581of\u2581sentence\uff5c>)"
)
END_OF_THOUGHT: Final = re.compile(rf"<(?:{_CLOSE})|\[/THINK\]|\u25c1/think\u25b7")
START_OF_THOUGHT: Final = re.compile(rf"<(?:{_OPEN})|\[THINK\]|\u25c1think\u25b7")
# An opening bracket counts when what follows it can begin a value; in a sentence it seldom does.
_OBJECT: Final = rf"(?={BLANK}*(?:[\"'\u201c}}#]|/[/*]|[\w$][\w$.\-]{{0,80}}{BLANK}*(?:[:\uff1a]|\Z)|\Z))"
_ARRAY: Final = (
    rf"(?={BLANK}*(?:[\"'\u201c\[{{\]#]|/[/*]|[\w$+.\-][\w$+.\-@%]{{0,400}}{BLANK}*(?:[,\]#/\uff0c]|\Z)|\Z))"
)
_MARK: Final = re.compile(
    rf"\{{(?P<object>{_OBJECT})|\[(?:(?P<open1>THINK\])|(?P<close1>/THINK\])|(?P<array>{_ARRAY}))"
    rf"|<(?=[\w/|\uff5c])(?:{_OPEN}|{_CLOSE}|{_TURN})|\u25c1(?:(?P<open2>think\u25b7)|(?P<close2>/think\u25b7))"
)
_INSIDE_BROKEN: Final = re.compile(
    rf'"(?P<string>[^"\n]*"(?:"[^"\n]*"){{0,500}})|(?<=\n)[\[{{](?P<fresh>)|[\[{{](?P<opened>[\[{{]*)|[\]}}](?P<shut>[\]}}]*)'
    rf"|<(?P<tag>{re.sub('[?]P<[a-z]+>', '?:', _CLOSE)})"
)

TOKENS: Final = re.compile(
    r"<\|(?:im_start\|>\w*|start_header_id\|>\w*<\|end_header_id\|>|start\|>\w*|[\w ]{1,40}\|>)"
    r"|</?s>|<(?:start_of_turn>\w*|end_of_turn>)|<\uff5c[\w\u2581]{1,40}\uff5c>|\[/?INST\]|<bos>|<eos>"
)
FENCE: Final = re.compile(r"(?:`{3,}|~{3,})[ \t]*[\w+.#\-]*")
# What a chat template or a fence may leave behind an answer that was cut.
_TAIL: Final = re.compile(rf"{BLANK}*(?:`{{3,}}{BLANK}*)?(?:(?:{TOKENS.pattern}){BLANK}*){{0,20}}")


_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """The text with each lone surrogate replaced: such a text is no Unicode and cannot be read, sent or printed."""
    return _SURROGATES.sub("\ufffd", text)


def trimmed(text: str) -> str:
    """The text without blanks and invisible characters at its ends."""
    return text.strip(BLANKS)


class Scan:
    """One reply, read once.

    Attributes:
        values: The complete values that are not inside another one, in order; at most `MAX_VALUES`, the last.
        count: How many there were.
        truncated: The value in which the text ends.
        marred: JSON was written somewhere that cannot be read.
        fails_last: The last of the values cannot be read, so that none before it is the answer.
        thought: Thoughts were left out.
    """

    __slots__ = (
        "_floor",
        "_stop",
        "_turn",
        "around",
        "count",
        "fails_last",
        "marred",
        "text",
        "thought",
        "truncated",
        "values",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.values: deque[Reading] = deque(maxlen=MAX_VALUES)
        self.thought = False
        self._stop = len(text)
        self._forget(0)
        handlers: dict[str, Callable[[re.Match[str]], int]] = {
            **dict.fromkeys(("object", "array"), self._on_value),
            **dict.fromkeys(("open", "open1", "open2"), self._on_open),
            **dict.fromkeys(("close", "close1", "close2", "final"), self._on_close),
            "turn": self._on_turn,
        }
        pos = 0
        while pos < self._stop and (mark := _MARK.search(text, pos)):
            pos = handlers[mark.lastgroup or ""](mark)
        self._keep(max(self._stop, self._floor))

    def outside(self) -> str:
        """The words around the values, up to the end of the model's turn, without thoughts and template tokens."""
        return trimmed(TOKENS.sub("", "".join(self.around[: self._turn])))

    @property
    def repeats(self) -> bool:
        """Whether the truncated value begins like several equal ones before it: the model repeated its answer."""
        if self.truncated is None or self.count < _REPEATED or self.marred:
            return False
        texts = {each.text() for each in islice(reversed(self.values), _COMPARED)}
        return len(texts) == 1 and texts.pop().startswith(self.truncated.text())

    @property
    def announces(self) -> bool:
        """Whether the words behind the last value say that the answer is to come: the value is an example."""
        end = self.truncated.start if self.truncated else len(self.text)
        behind = self.text[self.values[-1].end : end] if self.values else ""
        return trimmed(behind)[-1:] in (":", "\uff1a") or _ANNOUNCED.search(behind) is not None

    def _forget(self, floor: int) -> None:
        self.values.clear()
        self.around: list[str] = []
        self.count = 0
        self.truncated: Reading | None = None
        self.marred = False
        self.fails_last = False
        self._turn: int | None = None
        self._floor = floor

    def _keep(self, end: int, floor: int = 0) -> None:
        if self.count < MAX_VALUES:
            self.around.append(self.text[self._floor : end])
        self._floor = floor

    def _on_value(self, mark: re.Match[str]) -> int:
        reading = read(self.text, mark.start())
        if reading.outcome is Outcome.WHOLE:
            self._keep(reading.start, reading.end)
            self.values.append(reading)
            self.count += 1
            self.fails_last = self.fails_last and not reading.evident
            return reading.end
        # A quote or bracket in a thought that nobody opened may have swallowed the thought's end.
        swallowed = deque(END_OF_THOUGHT.finditer(self.text, reading.start, reading.end), maxlen=1)
        if swallowed:
            return swallowed[0].start()
        if reading.outcome is Outcome.TRUNCATED or (
            reading.outcome is Outcome.BROKEN and _TAIL.fullmatch(self.text, reading.end)
        ):
            self.truncated = reading
            return self._stop
        if reading.outcome is Outcome.BROKEN and not reading.evident:
            return reading.end
        self.marred = self.fails_last = True
        return self._beyond(reading)

    def _beyond(self, reading: Reading) -> int:
        """Where a value that cannot be read is over: what is inside it is part of something else, never an answer.

        It is over when its outermost bracket is closed, where a thought ends, and where a line starts with a value.
        """
        outer = reading.openers()[0]
        closer = "]" if outer == "[" else "}"
        depth = reading.openers().count(outer)
        for found in _INSIDE_BROKEN.finditer(self.text, reading.end):
            if found.lastgroup == "tag" or (found.lastgroup == "fresh" and self._is_fresh(found.start())):
                return found.start()
            if found.lastgroup != "string":
                depth += found[0].count(outer) - found[0].count(closer)
            if depth <= 0:
                return found.end()
        return self._stop

    def _is_fresh(self, at: int) -> bool:
        return self.text[max(0, at - 64) : at].rstrip()[-1:] not in tuple(":,[{")

    def _on_open(self, mark: re.Match[str]) -> int:
        self.thought = True
        close = END_OF_THOUGHT.search(self.text, mark.end())
        if close is None:
            self._stop = mark.start()
            return self._stop
        end = close.start() if close.lastgroup == "final" else close.end()
        self._keep(mark.start(), end)
        return end

    def _on_close(self, mark: re.Match[str]) -> int:
        self.thought = True
        self._forget(mark.end())
        return mark.end()

    def _on_turn(self, mark: re.Match[str]) -> int:
        """Ignore the text after the end of the turn, where the model plays another role, unless nothing precedes it."""
        if self.values:
            self._stop = mark.start()
        elif self._turn is None:
            self._keep(mark.start(), mark.end())
            if trimmed(TOKENS.sub("", self.around[-1])):
                self._turn = len(self.around)
        return mark.end()
