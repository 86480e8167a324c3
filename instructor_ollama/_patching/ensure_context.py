"""`ensure_context`: a model with a given context window, since a `/v1` request cannot set `num_ctx`."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, cast, overload

from .._call.driver import adrive, drive
from .._clients import binding_of
from ..errors import ModelNotFoundError, UsageError
from .tracebacks import shortened, trimmed

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

    import ollama
    import openai

    from .._clients import Binding
    from .._clients.adapter import Step


@overload
def ensure_context(client: openai.OpenAI | ollama.Client, model: str, num_ctx: int) -> str: ...
@overload
def ensure_context(
    client: openai.AsyncOpenAI | ollama.AsyncClient, model: str, num_ctx: int
) -> Coroutine[Any, Any, str]: ...
@shortened
def ensure_context(client: Any, model: str, num_ctx: int) -> Any:
    """Find or create a copy of `model` with a context window of `num_ctx` tokens.

    Both models share their weights, so the new one uses no disk space; its context window uses memory when it is
    loaded. See docs/ollama-behavior.md, "Context window".

    Args:
        client: Any client that can be patched, patched or not.
        model: An installed model.
        num_ctx: Size of the context window in tokens, at least 1.

    Returns:
        The name of the model to use, such as "llama3.1:8b-ctx16384"; awaitable for an async client.

    Raises:
        UnsupportedClientError: The client is not supported.
        UsageError: An empty model name, or a `num_ctx` that is not an integer >= 1.
        OllamaError: An error of the server, such as `ModelNotFoundError`.
    """
    binding = binding_of(client)
    if not isinstance(cast("object", model), str) or not model:
        raise UsageError(f"model={model!r}: pass the name of an installed model.")
    if isinstance(cast("object", num_ctx), bool) or not isinstance(cast("object", num_ctx), int) or num_ctx < 1:
        raise UsageError(f"num_ctx={num_ctx!r}: expected the size of the context window in tokens, such as 16384.")
    flow = _ensured(binding, model, num_ctx)
    return _awaited(flow) if binding.is_async else drive(flow)


async def _awaited(flow: Generator[Step, Any, str]) -> str:
    try:
        return await adrive(flow)
    except Exception as error:
        __tracebackhide__ = _rich_traceback_omit = True
        raise trimmed(error)


def _ensured(binding: Binding, model: str, num_ctx: int) -> Generator[Step, Any, str]:
    name, _, tag = model.partition(":")
    derived = f"{name}:{tag}-ctx{num_ctx}" if tag and tag != "latest" else f"{name}:ctx{num_ctx}"
    try:
        shown = yield from asked(binding, "POST", "/api/show", {"model": derived})
        if _window_set(shown) == num_ctx:
            return derived
    except ModelNotFoundError:
        pass
    # Ollama would go and pull a model that is not there.
    yield from asked(binding, "POST", "/api/show", {"model": model})
    body = {"model": derived, "from": model, "parameters": {"num_ctx": num_ctx}, "stream": False}
    yield from asked(binding, "POST", "/api/create", body)
    return derived


def asked(binding: Binding, method: str, path: str, body: dict[str, Any] | None = None) -> Generator[Step, Any, Any]:
    """The response of Ollama's own API.

    Raises:
        OllamaError: An error of the server.
    """
    try:
        return (yield functools.partial(binding.native, method, path, body))
    except Exception as error:
        fault = binding.adapter(body or {})[0].fault(error)
        if fault is None:
            raise
        raise fault from error


def _window_set(shown: Any) -> int | None:
    """The window that a model's own parameters set, in what `/api/show` answers."""
    match = re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters") or ""), re.MULTILINE)
    return None if match is None else int(match[1])
