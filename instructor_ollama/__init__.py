"""Validated Pydantic objects from Ollama, through the client you already have.

`patch(client)` adds `response_model` to an openai client's `chat.completions.create`. Everything public is a name
of this module; it is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors, events
    from ._check import CheckResult, check
    from ._context import ensure_context
    from ._instructor import AsyncInstructor, Instructor, from_openai
    from ._mode import Mode
    from ._patch import patch, unpatch
    from ._types import PatchedAsyncClient, PatchedAsyncOpenAI, PatchedClient, PatchedOpenAI
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
    "AsyncInstructor": "._instructor",
    "CheckResult": "._check",
    "Extraction": ".events",
    "Instructor": "._instructor",
    "Mode": "._mode",
    "PatchedAsyncClient": "._types",
    "PatchedAsyncOpenAI": "._types",
    "PatchedClient": "._types",
    "PatchedOpenAI": "._types",
    "RetryConfig": ".retry",
    "check": "._check",
    "ensure_context": "._context",
    "from_openai": "._instructor",
    "patch": "._patch",
    "unpatch": "._patch",
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
        unavailable = importlib.import_module("._unavailable", __name__)
        raise unavailable.missing(__name__, name, unavailable.NAMES)
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
