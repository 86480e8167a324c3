"""`FakeOllama`: a real HTTP server that behaves like Ollama, with answers and faults provided by the test.

With pytest the fixture `fake_ollama` gives one; without it, `with FakeOllama([...]) as fake:` does. Everything public
is a name of this module; it is loaded when it is first asked for, since pytest imports the plugin at every start.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._answers import Answer, FakeModel, Raw, answer, completion, error
    from ._examples import example_of
    from ._fake import FakeOllama
    from ._faults import FAULTS, fault
    from ._http import Request

__all__ = [
    "FAULTS",
    "Answer",
    "FakeModel",
    "FakeOllama",
    "Raw",
    "Request",
    "answer",
    "completion",
    "error",
    "example_of",
    "fault",
]

_HOMES = {
    **dict.fromkeys(("Answer", "FakeModel", "Raw", "answer", "completion", "error"), "._answers"),
    **dict.fromkeys(("FAULTS", "fault"), "._faults"),
    "FakeOllama": "._fake",
    "Request": "._http",
    "example_of": "._examples",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
