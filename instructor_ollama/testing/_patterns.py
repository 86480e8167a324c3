"""A minimal text that matches a regular expression: first alternative, fewest repetitions, ordinary letters."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " "}
_ORDINARY = "a0A1 -_.é"
_CODES = {"x": 2, "u": 4, "U": 8}


@lru_cache(maxsize=256)
def example_of_pattern(pattern: str) -> str | None:
    """A text that the whole pattern matches; None for what is written too cleverly.

    Ollama's grammars match the JSON text of a string, so a quotation mark stands there with its backslash; the text is
    given back as the string itself.
    """
    try:
        text = _Pattern(pattern).alternatives()
        return str(json.loads(f'"{text}"')) if re.fullmatch(pattern, text) else None
    except (ValueError, IndexError, re.error):
        return None


class _Pattern:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self) -> str:
        found = self.sequence()
        while self.took("|"):
            self.sequence()
        return found

    def sequence(self) -> str:
        parts: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            atom = self.atom()
            parts.append(atom * self.least())
        return "".join(parts)

    def atom(self) -> str:
        if self.took("("):
            if self.took("?") and not self.took(":"):
                raise ValueError("a group with a condition")
            inner = self.alternatives()
            if not self.took(")"):
                raise ValueError("an open group")
            return inner
        if self.took("["):
            return self.members()
        if self.took("\\"):
            return self.escaped()
        char = self.take()
        return "" if char in "^$" else "a" if char == "." else char

    def least(self) -> int:
        if self.took("*") or self.took("?"):
            return 0
        self.took("+")
        if not (counts := re.compile(r"\{(\d+)(,\d*)?\}").match(self.pattern, self.at)):
            return 1
        self.at = counts.end()
        return int(counts[1])

    def members(self) -> str:
        """One character of a class: an ordinary one where there is."""
        negated = self.took("^")
        start = self.at
        first = ""
        while not (self.at > start and self.took("]")):
            char = self.escaped() if self.took("\\") else self.take()
            first = first or char
        whole = re.compile(f"[{'^' * negated}{self.pattern[start : self.at - 1]}]")
        return next((char for char in _ORDINARY if whole.match(char)), first)

    def escaped(self) -> str:
        char = self.take()
        if char in _CODES:
            digits = self.pattern[self.at : self.at + _CODES[char]]
            self.at += len(digits)
            return chr(int(digits, 16))
        if char in _CLASSES:
            return _CLASSES[char][0]
        if char.isalpha():
            raise ValueError(f"the escape {char}")
        return char

    def took(self, char: str) -> bool:
        found = self.pattern.startswith(char, self.at)
        self.at += found
        return found

    def take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]
