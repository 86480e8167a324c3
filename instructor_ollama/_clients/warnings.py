"""Finds the user's line to which a warning belongs."""

from __future__ import annotations

import inspect

_PASSED_THROUGH = ("instructor_ollama.", "tenacity", "asyncio.", "contextvars", "threading")


def callers_level() -> int:
    """The `stacklevel` of the caller's own line, so that Python shows a warning once for each place of the call."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith(_PASSED_THROUGH):
        level, frame = level + 1, frame.f_back
    return level
