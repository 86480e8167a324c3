from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import instructor_ollama
from instructor_ollama.testing import FakeOllama, Request
from tests.kit.clients import Async, Face, OllamaAsync, OllamaSync, Sync, face, in_openais_words

KINDS = {"sync": Sync, "async": Async, "ollama-sync": OllamaSync, "ollama-async": OllamaAsync}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`kind` is each client in turn; a test marked `openai_only` is about what only openai's have."""
    if "kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("openai_only")
        kinds = {name: kind for name, kind in KINDS.items() if not (only and name.startswith("ollama"))}
        metafunc.parametrize("kind", kinds.values(), ids=kinds)


class Heard(Request):
    """A request that is read in openai's words, whichever client it came from, so that one table serves all kinds."""

    @property
    def body(self) -> dict[str, Any]:
        return in_openais_words(self.path, json.loads(self.raw))


class Server(FakeOllama):
    """A fake whose requests are `Heard`.

    Attributes:
        asides: How much was posted beside `requests`, such as a look whether a prompt fits.
    """

    asides = 0

    def _remember(self, where: list[Request], request: Request) -> None:
        super()._remember(where, Heard(request.method, request.path, request.headers, request.raw))
        if request.method == "POST":
            self.asides += 1 if where is self.seen else -1


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve("answer", ...)` starts a fake Ollama that ends with the test; it is asked for answers and nothing else."""
    with ExitStack() as stack:
        started: list[Server] = []

        def start(*answers: Any) -> Server:
            script = answers[0] if len(answers) == 1 and callable(answers[0]) else answers
            started.append(stack.enter_context(Server(script)))
            return started[-1]

        yield start
        assert [server.asides for server in started] == [0] * len(started)


@pytest.fixture
def connect(kind: type[Sync]) -> Iterator[Callable[..., Face]]:
    """`connect(server, **patch options)` gives a patched client, sync and async in turn."""
    with ExitStack() as stack:

        def make(server: FakeOllama | str, *, patched: bool = True, client: Any = (), **options: Any) -> Face:
            url = server if isinstance(server, str) else server.base_url
            made = stack.enter_context(face(kind, url, **dict(client)))
            if patched:
                instructor_ollama.patch(made.client, **options)
            return made

        yield make
