from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from clients import Async, Face, OllamaAsync, OllamaSync, Sync, face
from scripted import ScriptedServer

import instructor_ollama

KINDS = {"sync": Sync, "async": Async, "ollama-sync": OllamaSync, "ollama-async": OllamaAsync}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`kind` is each client in turn; a test marked `openai_only` is about what only openai's have."""
    if "kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("openai_only")
        kinds = {name: kind for name, kind in KINDS.items() if not (only and name.startswith("ollama"))}
        metafunc.parametrize("kind", kinds.values(), ids=kinds)


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """`serve("answer", ...)` starts a scripted server that ends with the test."""
    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(
            ScriptedServer(answers[0] if len(answers) == 1 and callable(answers[0]) else answers)
        )


@pytest.fixture
def connect(kind: type[Sync]) -> Iterator[Callable[..., Face]]:
    """`connect(server, **patch options)` gives a patched client, sync and async in turn."""
    with ExitStack() as stack:

        def make(server: ScriptedServer | str, *, patched: bool = True, client: Any = (), **options: Any) -> Face:
            url = server if isinstance(server, str) else server.base_url
            made = stack.enter_context(face(kind, url, **dict(client)))
            if patched:
                instructor_ollama.patch(made.client, **options)
            return made

        yield make
