"""One way to call sync and async clients in tests: everything in the behaviour table runs over both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ollama
import openai

MESSAGES = [{"role": "user", "content": "Jason is 25 years old"}]


class Sync:
    """openai.OpenAI behind the same face as `Async`."""

    kind = "sync"
    library = "openai"

    def __init__(self, base_url: str, **options: Any) -> None:
        http = openai.DefaultHttpxClient(verify=False)  # no certificates are read, which takes longest
        self.client: Any = openai.OpenAI(base_url=base_url, api_key="ollama", http_client=http, **options)

    def run(self, result: Any) -> Any:
        """What a method returned."""
        return result

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()


class Async(Sync):
    """openai.AsyncOpenAI, each call awaited in one loop."""

    kind = "async"

    def __init__(self, base_url: str, **options: Any) -> None:
        self._runner = asyncio.Runner() if hasattr(asyncio, "Runner") else None
        self._loop = self._runner.get_loop() if self._runner else asyncio.new_event_loop()
        self.client: Any = self.connect(base_url, **options)

    def connect(self, base_url: str, **options: Any) -> Any:
        """The client itself."""
        http = openai.DefaultAsyncHttpxClient(verify=False)
        return openai.AsyncOpenAI(base_url=base_url, api_key="ollama", http_client=http, **options)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self.client.close()

    def run(self, result: Any) -> Any:
        """What a method returned, awaited."""
        return self._loop.run_until_complete(result)

    def close(self) -> None:
        """Give the connections back, then the loop."""
        self.run(self.aclose())
        if self._runner:
            self._runner.close()
        else:
            self._loop.close()


def _in_ollamas_words(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Keywords of openai's `create` as those of ollama's `chat`."""
    kwargs = dict(kwargs)
    kwargs.update(kwargs.pop("extra_body", None) or {})
    options = {new: kwargs.pop(old) for old, new in OPTIONS.items() if old in kwargs}
    if options:
        kwargs["options"] = options
    if "reasoning_effort" in kwargs:
        kwargs["think"] = kwargs.pop("reasoning_effort")
    return kwargs


OPTIONS = {"temperature": "temperature", "seed": "seed", "max_tokens": "num_predict", "stop": "stop"}


def in_openais_words(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a request as `/v1` has it; the other way round than `_in_ollamas_words`."""
    if path != "/api/chat":
        return body
    body = dict(body)
    options = body.pop("options", {})
    form = body.pop("format", None)
    if form is not None:
        body["response_format"] = (
            {"type": "json_object"} if form == "json" else {"type": "json_schema", "json_schema": {"schema": form}}
        )
    if "think" in body:
        body["reasoning_effort"] = body.pop("think") or "none"
    names = {new: old for old, new in OPTIONS.items()}
    return body | {names.get(name, name): value for name, value in options.items()}


class OllamaSync(Sync):
    """ollama.Client, called in openai's words."""

    library = "ollama"

    def __init__(self, base_url: str, **options: Any) -> None:
        self.client = ollama.Client(base_url.removesuffix("/v1"), verify=False, **options)

    def close(self) -> None:
        self.client._client.close()  # its own `close` is younger than the lowest supported version


class OllamaAsync(Async):
    """ollama.AsyncClient, likewise."""

    library = "ollama"

    async def aclose(self) -> None:
        await self.client._client.aclose()

    def connect(self, base_url: str, **options: Any) -> Any:
        return ollama.AsyncClient(base_url.removesuffix("/v1"), verify=False, **options)


class Face:
    """A client of either library, sync or async, called in openai's words; its methods give the value."""

    def __init__(self, inner: Sync) -> None:
        self.inner = inner
        self.client: Any = inner.client
        self.is_async = inner.kind == "async"
        self.library = inner.library

    def fails_as(self, status: int | None) -> type[Exception]:
        """The client library's own class for a status; None is a connection that is refused."""
        if self.library == "ollama":
            return ConnectionError if status is None else ollama.ResponseError
        classes = {None: openai.APIConnectionError, 400: openai.BadRequestError, 404: openai.NotFoundError}
        classes[429] = openai.RateLimitError
        return classes.get(status, openai.InternalServerError)

    def content_of(self, completion: Any) -> str:
        """The text in a reply of the library's."""
        return (completion if self.library == "ollama" else completion.choices[0]).message.content

    def __getattr__(self, name: str) -> Any:
        if self.library == "ollama":
            method = getattr(self.client, "chat" if name == "create" else name)
        else:
            method = getattr(self.client.chat.completions, name)

        def call(**kwargs: Any) -> Any:
            given = {"model": "m", "messages": MESSAGES, **kwargs}
            return self.inner.run(method(**(_in_ollamas_words(given) if self.library == "ollama" else given)))

        return call


@contextmanager
def face(kind: type[Sync], base_url: str, **options: Any) -> Iterator[Face]:
    """A face that is closed at the end."""
    inner = kind(base_url, **options)
    try:
        yield Face(inner)
    finally:
        inner.close()
