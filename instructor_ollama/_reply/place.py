"""The position of a value in a reply: alone, as a block of its own, or in a sentence, where it may be an example."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from .scan import trimmed

if TYPE_CHECKING:
    from .scan import Scan
    from .tolerant_json import Reading

Place = Literal["alone", "block", "sentence"]

_OPENS_FENCE: Final = re.compile(r"(?:`{3,}|~{3,})[ \t]*[\w+.#\-]*\s*\Z")
_CLOSES_FENCE: Final = re.compile(r"\s*(?:`{3,}|~{3,}|\Z)")
_BEGINS_BLOCK: Final = re.compile(r"(?:\A|\n|[:\uff1a>.!?])[ \t*_`]*\Z")
_ENDS_BLOCK: Final = re.compile(r"[ \t*_`.,;!]*(?:\n|\Z|<)")
NEAR: Final = 80
"""Characters around a value in which it shows whether it stands in a sentence."""
_EXAMPLE: Final = re.compile(r"\b(?:example|for instance|such as|e\.\s?g\.|something like)[^\n.!?]*\Z", re.I)
_IS_EXAMPLE: Final = re.compile(r"[ *_`]*(?:would|could|might)\b|[^\n.!?{]*\ban? (?:\w+ )?example\b", re.I)
"""Around a value in a sentence: the sentence is about a value that might be."""


def place_of(scan: Scan, each: Reading, *, alone: bool, truncated: bool) -> Place | None:
    """Where a value stands; None where it cannot be the answer there.

    Args:
        scan: The reply.
        each: One of its values.
        alone: Whether there is no other text in the reply.
        truncated: Whether the reply was ended by a limit.
    """
    before, behind = scan.text[max(0, each.start - NEAR) : each.start], scan.text[each.end : each.end + NEAR]
    fenced = bool(_OPENS_FENCE.search(before) and _CLOSES_FENCE.match(behind))
    if (alone and scan.count == 1) or fenced:
        return "alone"
    if each.bare or not each.evident:
        return "alone" if alone and each.evident else None
    block = _BEGINS_BLOCK.search(before) and _ENDS_BLOCK.match(behind)
    if truncated and not (trimmed(scan.text[: each.start]) == "" or trimmed(scan.text[each.end :]) == ""):
        return None
    if block:
        return "block"
    return None if _EXAMPLE.search(before) or _IS_EXAMPLE.match(behind) else "sentence"
