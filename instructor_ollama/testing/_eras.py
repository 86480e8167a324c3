"""Differences between Ollama's versions, each with the first version that has it."""

from __future__ import annotations

import re

NEWEST = "0.34.4"
"""The version that is spoken where the test names none."""

SINCE: dict[str, tuple[int, ...]] = {
    "thinking refused by level": (0, 12, 4),  # until "thinking by level"
    "thinking by level": (0, 17, 7),
    "error types": (0, 18, 0),
    "bad names named": (0, 18, 0),
    "logprobs": (0, 12, 11),
    "image URLs named": (0, 14, 2),
    "llama-server": (0, 30, 0),
    "streamed in three": (0, 32, 6),
    "more efforts": (0, 32, 11),
    "lenient converter": (0, 34, 0),
    "cached tokens": (0, 34, 0),
}


def parsed(version: str) -> tuple[int, ...]:
    """The numbers of a version such as "0.34.4" or "v0.33.0-rc2"."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def has(version: str, what: str) -> bool:
    """Whether a version does what a key of `SINCE` names."""
    return parsed(version) >= SINCE[what]


def efforts(version: str) -> tuple[str, ...]:
    """The values of `reasoning_effort`, in the order in which the server lists them."""
    if has(version, "more efforts"):
        return ("minimal", "low", "medium", "high", "xhigh", "ultra", "max", "none")
    return (
        ("high", "medium", "low", "max", "none") if parsed(version) >= (0, 22, 0) else ("high", "medium", "low", "none")
    )
