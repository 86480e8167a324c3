"""Regular expressions as all three generations of Ollama's schema converter read them: rearranged, bounded and written.

A grammar is matched against the *JSON text* of a string, so a quotation mark is written as the two characters that
JSON writes for it, and no value is lost. What a converter cannot hold is widened, never guessed and never narrowed.
"""

from __future__ import annotations

from typing import Final

from ..converters import GGUF, PATTERN_COUNT, limit_of
from .digits import either
from .parser import parse
from .tree import (
    ANY,
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
    items_of,
    minus,
    repeat,
    union,
    width,
)

MAX_COUNT: Final = limit_of(PATTERN_COUNT, GGUF) - 1
"""The greatest count of a repetition in a pattern that is sent; a greater one is left out."""
MAX_BEFORE: Final = limit_of(PATTERN_COUNT) - 1
"""Characters before what an unanchored pattern seeks: here a count is chosen freely, so all converters enforce it."""
MAX_TEXT: Final = 8000
"""Characters of a pattern; a longer one is dropped, since the length of a grammar is limited."""
_NO_ASCII: Final = complement(((0x20, 0x7E),))
_COMMON: Final = 52
"""So many of the ASCII characters are letters: what seeks one of fewer may be sought for long."""


def _without_edges(node: Node) -> Node:
    if isinstance(node, Edge):
        return Cat()
    if isinstance(node, Rep):
        return repeat(_without_edges(node.item), node.low, node.high)
    if isinstance(node, Alt):
        return Alt(tuple(map(_without_edges, node.items)))
    if isinstance(node, Cat):
        return cat(*map(_without_edges, node.items))
    return node


def whole(node: Node) -> Node:
    """What a whole string looks like in which a search for `node` succeeds; anchors are gone afterwards.

    What is sought begins within the first `MAX_BEFORE` characters: without an end, a model that does not come to it
    could never stop.

    >>> whole(parse("^a")) == Cat((Chars(chars("a")), Rep(Chars(ANY), 0, None)))
    True
    """
    if isinstance(node, Alt):
        return Alt(tuple(whole(item) for item in node.items))
    items = items_of(node)
    found = [_without_edges(node)]
    if items[:1] != (Edge(start=True),):
        found.insert(0, Rep(Chars(ANY), 0, MAX_BEFORE))
    if items[-1:] != (Edge(start=False),):
        found.append(Rep(Chars(ANY), 0, None))
    return cat(*found)


def _is_anywhere(node: Node) -> bool:
    """Whether a search for `node` succeeds in every text, since it may be empty and is not held at both ends."""
    if isinstance(node, Alt):
        return any(_is_anywhere(item) for item in node.items)
    items = items_of(node)
    both = len(items) > 1 and (items[0], items[-1]) == (Edge(start=True), Edge(start=False))
    return not both and width(node)[0] == 0


def _with_one_of(node: Node) -> Node | None:
    """What a text looks like in which a character is sought that nearly any has, a letter say; else None."""
    item = node.item if isinstance(node, Rep) and node.low == 1 else node
    if not isinstance(item, Chars) or sum(high - low + 1 for low, high in minus(item.ranges, _NO_ASCII)) < _COMMON:
        return None
    found = cat(item, Rep(Chars(ANY), 0, None))
    others = complement(item.ranges)
    return cat(Rep(Chars(others), 0, None), found) if others else found


def bounded(node: Node, low: int, high: int | None) -> Node:
    """`node` with the length limits drawn into its repetitions, as far as that takes nothing away.

    >>> bounded(parse("a*"), 1, 3) == parse("a{1,3}")
    True
    """
    if isinstance(node, Alt):
        return Alt(tuple(bounded(item, low, high) for item in node.items))
    items = list(items_of(node))
    widths = [width(item) for item in items]
    for index, item in enumerate(items):
        if not isinstance(item, Rep):
            continue
        others = widths[:index] + widths[index + 1 :]
        each_low, each_high = width(item.item)
        if high is not None and each_low:
            most = max((high - sum(other for other, _ in others)) // each_low, item.low)
            item = Rep(item.item, item.low, most if item.high is None else min(item.high, most))
        others_high = [other for _, other in others if other is not None]
        if each_high and len(others_high) == len(others):
            least = -(-(low - sum(others_high)) // each_high)
            if item.high is None or least <= item.high:
                item = Rep(item.item, max(item.low, least), item.high)
        items[index] = item
        widths[index] = width(item)
    return cat(*items)


# --- printing

# Never bare in JSON text, or never bare in a string of the grammar.
_JSON_ESCAPED: Final = union(chars('"\\'), ((0, 0x1F), (0x7F, 0x7F)))
_SURROGATES: Final = range(0xD800, 0xE000)
_SHORT: Final = {'"': '"', "\\": "\\", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
_ESCAPED: Final = {char: f"\\{char}" for char in ".^$[]()|{}*+?\\"}


def _class_char(code: int) -> str:
    char = chr(code)
    if code < 0x80 and (char.isalnum() or char in " !#$%&'()*+,./:;<=>?@_`{|}~"):
        return char
    if code < 0x100:
        return f"\\x{code:02X}"
    # xgrammar knows no escape of eight digits.
    return f"\\u{code:04X}" if code < 0x10000 else char


def _class(ranges: Ranges) -> str:
    parts: list[str] = []
    for low, high in minus(ranges, chars("-")):
        if high - low < 2:
            parts.extend(_class_char(code) for code in range(low, high + 1))
        else:
            parts.append(f"{_class_char(low)}-{_class_char(high)}")
    # A hyphen stands last: xgrammar takes its escape for the end of a range.
    hyphen = "-" if any(low <= ord("-") <= high for low, high in ranges) else ""
    return f"[{''.join(parts)}{hyphen}]"


def _escapes(ranges: Ranges) -> list[str]:
    """The members of `ranges` that JSON writes with a backslash, as patterns of their JSON text."""
    codes = [code for low, high in ranges if low < 0x80 for code in range(low, min(high, 0x7F) + 1)]
    members = [chr(code) for code in codes if any(a <= code <= b for a, b in _JSON_ESCAPED)]
    patterns: list[str] = []
    if short := "".join(_SHORT[char] for char in members if char in _SHORT):
        patterns.append("\\\\" + (_class(chars(short)) if len(short) > 1 else _text(short)))
    long = [ord(char) for char in members if char not in _SHORT]
    if len(long) > 20:  # all of them: what is left out above has a short form too
        patterns.append("\\\\u00([01][0-9a-fA-F]|7[fF])")
    else:
        patterns.extend(f"\\\\u00{code:02x}" for code in long)
    return patterns


def _text(char: str) -> str:
    return _ESCAPED.get(char, char)


def _print_chars(node: Chars) -> str:
    if not node.ranges:
        raise UnsupportedError("no character")
    bare = minus(node.ranges, _JSON_ESCAPED)
    if any(low in _SURROGATES or high in _SURROGATES for low, high in bare):  # not even as the end of a range
        bare = minus(bare, ((_SURROGATES.start, _SURROGATES.stop - 1),))
    escaped = _escapes(node.ranges)
    if not escaped and len(bare) == 1 and bare[0][0] == bare[0][1]:
        return _text(chr(bare[0][0]))
    if bare:
        escaped.insert(0, _class(bare))
    return either(*escaped)


def _print(node: Node) -> str:
    if isinstance(node, Chars):
        return _print_chars(node)
    if isinstance(node, Cat):
        return "".join(map(_print_item, node.items))
    if isinstance(node, Alt):
        # An empty branch is written as a count, as xgrammar reads it (see `_print_rep`).
        printed = [_print(item) for item in node.items]
        full = "|".join(dict.fromkeys(text for text in printed if text))
        return f"({full}){{0,1}}" if full and "" in printed else full
    if isinstance(node, Rep):
        return _print_rep(node)
    raise UnsupportedError("anchor")


def _print_item(node: Node) -> str:
    text = _print(node)
    return f"({text})" if isinstance(node, Alt) else text


def _print_rep(node: Rep) -> str:
    item = _print(node.item)
    if isinstance(node.item, Chars) and item[0] not in "[(":
        # A converter would take what stands before a lone character into the repetition.
        item = _class(node.item.ranges) if not _escapes(node.item.ranges) else f"({item})"
    elif not isinstance(node.item, Chars):
        item = f"({item})"
    low = min(node.low, MAX_COUNT)
    high = node.high if node.high is not None and node.high <= MAX_COUNT else None
    if (low, high) == (1, 1):
        return item
    # xgrammar takes a question mark behind a group with a repetition for one behind the group's first part.
    once = "{0,1}" if item[0] == "(" else "?"
    simple: dict[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): once}
    if (low, high) in simple:
        return item + simple[low, high]
    if high is None:  # two pieces: no converter has to know an open count
        return f"{item}{{{low}}}{item}*"
    return f"{item}{{{low}}}" if low == high else f"{item}{{{low},{high}}}"


def translate(pattern: str, low: int = 0, high: int | None = None) -> str | None:
    """The pattern as all converters take it, or None where none is worth sending.

    Args:
        pattern: As Pydantic has it: searched for, unanchored unless it says so.
        low: The least length that also holds, in characters.
        high: The greatest length that also holds.

    >>> translate("^[ab]+$", 0, 3), translate("")
    ('^[ab]{1,3}$', None)
    """
    try:
        parsed = parse(pattern)
        if _is_anywhere(parsed):
            return None
        node = _with_one_of(parsed) or whole(parsed)
        shortest, longest = width(node)
        if shortest < low or longest is None or (high is not None and longest > high):
            node = bounded(node, low, high)
        text = _print(node)
    except (UnsupportedError, RecursionError):
        return None
    if len(text) > MAX_TEXT or text in ("", _print(Rep(Chars(ANY), 0, None))):
        return None
    return f"^({text})$" if "|" in text else f"^{text}$"
