"""Keys of openai's `extra_body` that Ollama drops on /v1, each with a warning. Knows no client library."""

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
"""Each key, and where it does work."""


def warn_ignored(body: Mapping[str, Any]) -> None:
    """Warn of each key that has no effect."""
    for name in body:
        if name in _IGNORED:
            warnings.warn(
                f"extra_body[{name!r}] has no effect: Ollama silently ignores it on /v1; {_IGNORED[name]}.",
                IgnoredParameterWarning,
                stacklevel=callers_level(),
            )
