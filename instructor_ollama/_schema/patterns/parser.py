"""Reads regular expressions, Rust's `regex` and Python's `re` alike, into a tree that matches what they match, or more.

What only forbids (lookarounds, word boundaries) is left out. Where no superset is worth sending it raises
`UnsupportedError`.
"""

from __future__ import annotations

import re
from typing import Final

from .tree import (
    ANY,
    LAST,
    Alt,
    Cat,
    Chars,
    Edge,
    Node,
    Ranges,
    Rep,
    UnsupportedError,
    cat,
    chars,
    complement,
    minus,
    repeat,
    spans,
    union,
)

_NON_ASCII: Final[Ranges] = ((0x80, LAST),)
_DIGIT: Final = spans("09")
_ASCII_WORD: Final = union(spans("09azAZ"), chars("_"))
# Blocks beyond ASCII without a letter, mark or number: signs and punctuation, emoji, private and unassigned planes.
_NO_WORD: Final[Ranges] = (
    *((0x80, 0xA9), (0xAB, 0xB1), (0xB4, 0xB4), (0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7)),
    *((0x2000, 0x200B), (0x200E, 0x203E), (0x2041, 0x2053), (0x20A0, 0x20CF)),
    *((0x2190, 0x245F), (0x249C, 0x24B5), (0x2500, 0x2775), (0x2794, 0x2BFF)),
    *((0x3000, 0x3004), (0x3008, 0x3020), (0xE000, 0xF8FF), (0x1F18A, 0x1FBEF), (0x40000, 0xE00FF), (0xE01F0, LAST)),
)
# Latin, Chinese and Japanese, Korean.
_LETTERS: Final[Ranges] = ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2C1), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))
_WORD: Final = union(_ASCII_WORD, minus(_NON_ASCII, _NO_WORD))
_SPACE: Final = union(
    chars(" \t\n\r\f\v\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"), ((0x1C, 0x1F),), ((0x2000, 0x200A),)
)

# escape -> (never fewer characters than it means, never more): the second is what a negation takes away
_CLASSES: Final[dict[str, tuple[Ranges, Ranges]]] = {
    "d": (_DIGIT, _DIGIT),
    "w": (_WORD, union(_ASCII_WORD, _LETTERS)),
    "s": (_SPACE, minus(_SPACE, ((0x1C, 0x1F),))),
}
_POSIX: Final[dict[str, Ranges]] = {
    "alpha": spans("azAZ"),
    "digit": _DIGIT,
    "alnum": spans("09azAZ"),
    "lower": spans("az"),
    "upper": spans("AZ"),
    "word": _ASCII_WORD,
    "xdigit": spans("09afAF"),
    "space": chars(" \t\n\r\f\v"),
    "punct": spans("!/:@[`{~"),
    "blank": chars(" \t"),
}
_PROPERTIES: Final[dict[str, Ranges]] = {
    "L": spans("azAZ"),
    "Letter": spans("azAZ"),
    "Alphabetic": spans("azAZ"),
    "Ll": spans("az"),
    "Lowercase": spans("az"),
    "Lu": spans("AZ"),
    "Uppercase": spans("AZ"),
    "N": _DIGIT,
    "Nd": _DIGIT,
    "P": chars("!\"#%&'()*,-./:;?@[\\]_{}"),
    "S": chars("$+<=>^`|~"),
    "Z": chars(" "),
    "Zs": chars(" "),
}
_CONTROL_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "0": "\0"}
_FLAG_NAMES: Final = {"i": "fold", "s": "dotall", "m": "multiline"}
_HEX: Final = {"x": 2, "u": 4, "U": 8}
_NAME: Final = re.compile(r"P?<[A-Za-z_]\w*>")
_FLAGS: Final = re.compile(r"(?P<on>[a-zA-Z]*)(?:-(?P<off>[a-zA-Z]+))?(?P<end>[:)])")
_COUNT: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")


def parse(pattern: str) -> Node:
    """The tree of a pattern.

    Raises:
        UnsupportedError: It uses what neither engine knows, or what cannot be widened to something useful.

    >>> parse("^a$")
    Cat(items=(Edge(start=True), Chars(ranges=((97, 97),)), Edge(start=False)))
    """
    return _Parser(pattern).parse()


def _negated(over: Ranges, under: Ranges, *, negated: bool) -> tuple[Ranges, Ranges]:
    """The two approximations of a class, or those of all other characters."""
    return (complement(under), complement(over)) if negated else (over, under)


def _ends_in_word(node: Node) -> bool:
    """Whether what it matches ends in a letter, digit or underscore, come what may."""
    if isinstance(node, Chars):
        return not minus(node.ranges, _ASCII_WORD)
    if isinstance(node, Cat):
        return bool(node.items) and _ends_in_word(node.items[-1])
    if isinstance(node, Alt):
        return all(map(_ends_in_word, node.items))
    return isinstance(node, Rep) and node.low > 0 and _ends_in_word(node.item)


class _Parser:
    """Recursive descent; raises `UnsupportedError` for what has no useful superset."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.fold = False
        self.dotall = False
        self.multiline = False

    def parse(self) -> Node:
        word = self.text.endswith("\\b") and not self.text.endswith("\\\\b")
        if word:
            self.text = self.text[:-2]
        node = self.alternatives()
        if self.at < len(self.text):
            raise UnsupportedError("unbalanced )")
        if word and isinstance(node, Cat) and _ends_in_word(node):  # an end, or anything behind what is no word
            beyond = Cat((Chars(complement(_ASCII_WORD)), Rep(Chars(ANY), 0, None)))
            return Cat((*node.items, Alt((Cat(), beyond)), Edge(start=False)))
        return node

    def peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise UnsupportedError("ends too early")
        self.at += 1
        return char

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def alternatives(self) -> Node:
        fold, dotall, multiline = self.fold, self.dotall, self.multiline
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.fold, self.dotall, self.multiline = fold, dotall, multiline
        return branches[0] if len(branches) == 1 else Alt(tuple(branches))

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.quantified(self.atom()))
        return cat(*items)

    def quantified(self, item: Node) -> Node:
        while True:
            char = self.peek()
            if char and char in "*+?":
                self.at += 1
                low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            elif char == "{" and (found := _COUNT.match(self.text, self.at)) and found.group() not in ("{}", "{,}"):
                self.at = found.end()
                low = high = int(found[1] or 0)
                if found[2]:
                    high = int(found[3]) if found[3] else None
            else:
                return item
            if self.peek() in ("?", "+"):  # lazy and possessive: the same strings, or fewer
                self.at += 1
            item = repeat(item, low, high)

    def atom(self) -> Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return Chars(self.char_class())
        if char == ".":
            return Chars(ANY if self.dotall else complement(chars("\n")))
        if char in "^$":
            return Cat() if self.multiline else Edge(start=char == "^")
        if char == "\\":
            return self.escape()
        if char in "*+?":
            raise UnsupportedError("nothing to repeat")
        return Chars(self.folded(chars(char)))

    def folded(self, ranges: Ranges) -> Ranges:
        if not self.fold:
            return ranges
        # Beyond ASCII one case may fold to several characters, so a folded set takes all of them in.
        both = [
            (low + shift, high + shift)
            for span, shift in (((0x41, 0x5A), 32), ((0x61, 0x7A), -32))
            for low, high in ((max(a, span[0]), min(b, span[1])) for a, b in ranges)
            if low <= high
        ]
        letters = any(low >= 0x80 or high >= 0x80 for low, high in ranges) or bool(both)
        return union(ranges, both, _NON_ASCII if letters else ())

    def group(self) -> Node:
        fold, dotall, multiline = self.fold, self.dotall, self.multiline
        dropped = False
        if self.peek() == "?":
            self.at += 1
            if self.peek() == "#":
                self.at = self.text.find(")", self.at) + 1 or len(self.text)
                return Cat()
            if self.peek() in ("=", "!") or (self.peek() == "<" and self.peek(1) in ("=", "!")):
                self.at += 1 if self.peek() in ("=", "!") else 2
                dropped = True  # without what a lookaround forbids, more strings match
            elif self.peek() == ">":
                self.at += 1
            elif not self.match(_NAME):
                flags = self.match(_FLAGS)
                if flags is None or not set((flags["on"] or "") + (flags["off"] or "")) <= set("imsuUaL"):
                    raise UnsupportedError("group")
                self.set_flags(flags["on"], True)
                self.set_flags(flags["off"] or "", False)
                if flags["end"] == ")":
                    return Cat()  # holds until the enclosing group ends
        node = self.alternatives()
        if self.take() != ")":
            raise UnsupportedError("unbalanced (")
        self.fold, self.dotall, self.multiline = fold, dotall, multiline
        return Cat() if dropped else node

    def set_flags(self, letters: str, value: bool) -> None:
        for letter in _FLAG_NAMES.keys() & set(letters):
            setattr(self, _FLAG_NAMES[letter], value)

    def escape(self) -> Node:
        char = self.peek()
        if char and char in "AzZ":
            self.at += 1
            return Edge(start=char == "A")
        if char and char in "bB":
            self.at += 1
            return Cat()
        return Chars(self.folded(self.char_escape()[0]))

    def char_escape(self) -> tuple[Ranges, Ranges]:
        """What follows a backslash, as the two approximations of `_CLASSES`."""
        char = self.take()
        if char.lower() in _CLASSES:
            return _negated(*_CLASSES[char.lower()], negated=char.isupper())
        if char in "pP":
            name = self.match(re.compile(r"\{(?:gc=|General_Category=)?(\w+)\}|(\w)"))
            ascii_part = _PROPERTIES.get(name[1] or name[2]) if name else None
            if ascii_part is None:
                raise UnsupportedError("property")
            return _negated(union(ascii_part, _NON_ASCII), ascii_part, negated=char == "P")
        if char in _HEX:
            found = self.match(re.compile(rf"\{{([0-9A-Fa-f]{{1,6}})\}}|([0-9A-Fa-f]{{{_HEX[char]}}})"))
            if found is None or int(found[1] or found[2], 16) > LAST:
                raise UnsupportedError("escape")
            exact = chars(chr(int(found[1] or found[2], 16)))
        elif char in _CONTROL_ESCAPES and not (char == "0" and self.peek().isdigit()):
            exact = chars(_CONTROL_ESCAPES[char])
        elif char.isalnum():
            raise UnsupportedError("escape")
        else:
            exact = chars(char)
        return exact, exact

    def char_class(self) -> Ranges:
        over: Ranges = ()
        under: Ranges = ()
        negated = self.peek() == "^"
        self.at += negated
        first = True
        while first or self.peek() != "]":
            low, low_under = self.class_item()
            if self.peek() == "-" and self.peek(1) not in ("]", ""):
                self.at += 1
                if self.peek() == "-":
                    raise UnsupportedError("set difference")
                high, _ = self.class_item()
                if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1] or low > high:
                    raise UnsupportedError("range")
                low = low_under = ((low[0][0], high[0][0]),)
            over, under = union(over, self.folded(low)), union(under, low_under)
            first = False
        self.at += 1
        return complement(under) if negated else over

    def class_item(self) -> tuple[Ranges, Ranges]:
        char = self.take()
        if char == "\\":
            if self.peek() == "b":
                self.at += 1
                return ((8, 8),), ((8, 8),)
            return self.char_escape()
        if char == "[":
            posix = self.match(re.compile(r":(\w+):\]"))
            if posix is None or posix[1] not in _POSIX:
                raise UnsupportedError("nested class")  # a literal to Python, a set to Rust
            return _POSIX[posix[1]], _POSIX[posix[1]]
        if char in "&~" and self.peek() == char:
            raise UnsupportedError("set operation")
        return chars(char), chars(char)
