"""One way to call sync and async clients in tests: everything in the behaviour table runs over both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai

MESSAGES = [{"role": "user", "content": "Jason is 25 years old"}]


class Sync:
    """openai.OpenAI behind the same face as `Async`."""

    kind = "sync"

    def __init__(self, base_url: str, **options: Any) -> None:
        http = openai.DefaultHttpxClient(verify=False)  # no certificates are read, which takes longest
        self.client = openai.OpenAI(base_url=base_url, api_key="ollama", http_client=http, **options)

    def run(self, result: Any) -> Any:
        """What a method returned."""
        return result

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()


class Async:
    """openai.AsyncOpenAI, each call awaited in one loop."""

    kind = "async"

    def __init__(self, base_url: str, **options: Any) -> None:
        self._runner = asyncio.Runner() if hasattr(asyncio, "Runner") else None
        self._loop = self._runner.get_loop() if self._runner else asyncio.new_event_loop()
        http = openai.DefaultAsyncHttpxClient(verify=False)
        self.client = openai.AsyncOpenAI(base_url=base_url, api_key="ollama", http_client=http, **options)

    def run(self, result: Any) -> Any:
        """What a method returned, awaited."""
        return self._loop.run_until_complete(result)

    def close(self) -> None:
        """Give the connections back, then the loop."""
        self.run(self.client.close())
        if self._runner:
            self._runner.close()
        else:
            self._loop.close()


class Face:
    """A client, sync or async, whose `create` gives the value."""

    def __init__(self, inner: Sync | Async) -> None:
        self.inner = inner
        self.client: Any = inner.client
        self.is_async = inner.kind == "async"

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client.chat.completions, name)

        def call(**kwargs: Any) -> Any:
            return self.inner.run(method(**{"model": "m", "messages": MESSAGES, **kwargs}))

        return call


@contextmanager
def face(kind: type[Sync] | type[Async], base_url: str, **options: Any) -> Iterator[Face]:
    """A face that is closed at the end."""
    inner = kind(base_url, **options)
    try:
        yield Face(inner)
    finally:
        inner.close()
