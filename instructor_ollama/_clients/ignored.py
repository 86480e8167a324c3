"""Warns about keys of openai's `extra_body` that Ollama ignores on /v1. Knows no client library."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ..errors import IgnoredParameterWarning
from .warnings import callers_level

if TYPE_CHECKING:
    from collections.abc import Mapping

_IGNORED = {
    "options": "an `ollama.Client` sends it",
    "num_ctx": "set it in the Modelfile (PARAMETER num_ctx) or as OLLAMA_CONTEXT_LENGTH on the server",
    "keep_alive": "an `ollama.Client` sends it; OLLAMA_KEEP_ALIVE on the server sets it for all",
    "format": "response_model sets the format itself",
    "think": "use reasoning_effort",
}
"""The ignored keys, and where each of them works."""


def warn_ignored(body: Mapping[str, Any]) -> None:
    """Warn about each key without effect."""
    for name in body:
        if name in _IGNORED:
            warnings.warn(
                f"extra_body[{name!r}] has no effect: Ollama silently ignores it on /v1; {_IGNORED[name]}.",
                IgnoredParameterWarning,
                stacklevel=callers_level(),
            )
