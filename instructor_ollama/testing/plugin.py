"""The pytest plugin: the fixture `fake_ollama`. Imports lazily, since pytest loads it in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._fake import FakeOllama


@pytest.fixture
def fake_ollama() -> Iterator[FakeOllama]:
    """A fake Ollama on a free loopback port; it stops at the end of the test.

    `fake_ollama.answers = ['{"name": "Jason"}']` is its script, `fake_ollama.fail("busy")` a fault before it,
    `fake_ollama.base_url` the address for an openai client, `fake_ollama.requests` the received requests.
    """
    from . import FakeOllama

    with FakeOllama() as fake:
        yield fake
