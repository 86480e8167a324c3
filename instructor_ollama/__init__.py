"""Validated Pydantic objects from Ollama, with the client you already use.

`patch(client)` adds `response_model` to an openai client's `chat.completions.create`. All public names are in this
module; they are imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors, events
    from ._patching.check import CheckResult, check
    from ._patching.ensure_context import ensure_context
    from ._patching.instructor import AsyncInstructor, Instructor, from_openai
    from ._patching.mode import Mode
    from ._patching.patch import patch, unpatch
    from ._patching.types import PatchedAsyncClient, PatchedAsyncOpenAI, PatchedClient, PatchedOpenAI
    from .events import Extraction
    from .retry import RetryConfig

    __version__: str

__all__ = [
    "AsyncInstructor",
    "CheckResult",
    "Extraction",
    "Instructor",
    "Mode",
    "PatchedAsyncClient",
    "PatchedAsyncOpenAI",
    "PatchedClient",
    "PatchedOpenAI",
    "RetryConfig",
    "__version__",
    "check",
    "ensure_context",
    "errors",
    "events",
    "from_openai",
    "patch",
    "unpatch",
]

_HOMES = {
    "AsyncInstructor": "._patching.instructor",
    "CheckResult": "._patching.check",
    "Extraction": ".events",
    "Instructor": "._patching.instructor",
    "Mode": "._patching.mode",
    "PatchedAsyncClient": "._patching.types",
    "PatchedAsyncOpenAI": "._patching.types",
    "PatchedClient": "._patching.types",
    "PatchedOpenAI": "._patching.types",
    "RetryConfig": ".retry",
    "check": "._patching.check",
    "ensure_context": "._patching.ensure_context",
    "from_openai": "._patching.instructor",
    "patch": "._patching.patch",
    "unpatch": "._patching.patch",
}


def __getattr__(name: str) -> Any:
    if name in ("errors", "events"):
        return importlib.import_module(f".{name}", __name__)
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("instructor_ollama")
    home = _HOMES.get(name)
    if home is None and name.startswith("_"):  # mostly Python's, on its way to a submodule
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if home is None:
        unavailable = importlib.import_module(".errors._unavailable", __name__)
        raise unavailable.missing(__name__, name, unavailable.NAMES)
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
