"""The pytest plugin: the fixture `fake_ollama`. Imports nothing that a test run without it would miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._fake import FakeOllama


@pytest.fixture
def fake_ollama() -> Iterator[FakeOllama]:
    """An Ollama on a free loopback port that answers as the test says; it ends with the test.

    `fake_ollama.answers = ['{"name": "Jason"}']` is its script, `fake_ollama.fail("busy")` a fault before it,
    `fake_ollama.base_url` what an openai client is pointed at, `fake_ollama.requests` what came.
    """
    from . import FakeOllama

    with FakeOllama() as fake:
        yield fake
