"""`patch` and `unpatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from .._clients import binding_of
from .._clients.signature import keywords_of
from ..errors import _unknown
from .install import install, methods_of, uninstall
from .methods import check_known
from .mode import Mode, check_mode
from .settings import OURS, UNSET, Settings, merged, options
from .tracebacks import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import ollama
    from openai import AsyncOpenAI, OpenAI
    from tenacity import AsyncRetrying, Retrying
    from typing_extensions import Unpack

    from .._prompt.messages import SchemaPrompt
    from ..events import AsyncHook
    from ..retry import RetryConfig
    from .keywords import AsyncPatchKeywords, AsyncValidationHook, SyncPatchKeywords
    from .types import PatchedAsyncClient, PatchedAsyncOpenAI, PatchedClient, PatchedOpenAI


@overload
def patch(client: OpenAI, mode: Literal[Mode.JSON] = ..., **options: Unpack[SyncPatchKeywords]) -> PatchedOpenAI: ...
@overload
def patch(
    client: AsyncOpenAI, mode: Literal[Mode.JSON] = ..., **options: Unpack[AsyncPatchKeywords]
) -> PatchedAsyncOpenAI: ...
@overload
def patch(
    client: ollama.Client, mode: Literal[Mode.JSON] = ..., **options: Unpack[SyncPatchKeywords]
) -> PatchedClient: ...
@overload
def patch(
    client: ollama.AsyncClient, mode: Literal[Mode.JSON] = ..., **options: Unpack[AsyncPatchKeywords]
) -> PatchedAsyncClient: ...
@shortened
def patch(
    client: Any,
    mode: Mode = Mode.JSON,
    *,
    model: str | None = UNSET,
    max_retries: int | Retrying | AsyncRetrying | None = UNSET,
    deadline: float | None = UNSET,
    retry_config: RetryConfig | None = UNSET,
    validation_hook: AsyncValidationHook | None = UNSET,
    hooks: AsyncHook | Iterable[AsyncHook] | None = UNSET,
    constrain: Literal["schema", "limits", "json"] = UNSET,
    schema_prompt: SchemaPrompt = UNSET,
    defaults: Mapping[str, Any] | None = UNSET,
    **others: Any,
) -> Any:
    """Add `response_model` to a client, in place.

    A second call replaces the given settings and keeps the others; a client is never wrapped twice. Clients created
    from this one with `with_options()` or `copy()` are patched as well.

    Args:
        client: `openai.OpenAI`, `openai.AsyncOpenAI`, `ollama.Client` or `ollama.AsyncClient`.
        mode: `Mode.JSON`; other modes are not supported.
        model: The default model of calls with `response_model`.
        max_retries: Retries after an invalid answer, or a tenacity object; 3 by default.
        deadline: Maximum seconds for a call, including all attempts and waits; None for no limit.
        retry_config: Waits, retries of server errors and `on_retry`.
        validation_hook: Called with `(value, retry_count, exception)` for each invalid answer, `retry_count` from 1;
            a true result retries (within `max_retries`), a false one stops. May be a coroutine function on async
            clients.
        hooks: A callable, or several, called with each event (see `instructor_ollama.events`).
        constrain: What the server's grammar enforces. "schema": structure, formats and choices; bounds, digits and
            lengths are left to Pydantic, since a grammar truncates or pads a value until it fits. "limits": those too.
            "json": any JSON object.
        schema_prompt: "types" (compact), "json-schema", or a function from the JSON Schema to the text.
        defaults: Other keywords of the client for every call with `response_model`, such as `{"temperature": 0.2}`.
        **others: Unknown keywords; each raises an error with a suggestion.

    Returns:
        The same client.

    Raises:
        UnsupportedClientError: The client is not supported.
        UnsupportedModeError: `mode` is not `Mode.JSON`.
        UnknownKeywordError: An unknown keyword of `patch` or in `defaults`.
        UsageError: Another argument is invalid; nothing was patched.
    """
    check_mode(mode)
    binding = binding_of(client)
    if others:
        binding.check(others)
        raise _unknown.in_patch(
            binding.method, others, options=options(), of_a_call=OURS, theirs=keywords_of(binding) or ()
        )
    given: dict[str, Any] = {
        "model": model,
        "max_retries": max_retries,
        "deadline": deadline,
        "validation_hook": validation_hook,
        "retry_config": retry_config,
        "hooks": hooks,
        "constrain": constrain,
        "schema_prompt": schema_prompt,
        "defaults": defaults,
    }
    methods = methods_of(binding)
    before = methods.settings if methods is not None else Settings()
    settings = merged(before, given, is_async=binding.is_async)
    check_known(settings.defaults, binding, where="defaults: ")
    if methods is not None:
        methods.settings = settings
        return client
    install(binding, settings)
    binding.warn()
    return client


@overload
def unpatch(client: OpenAI) -> OpenAI: ...
@overload
def unpatch(client: AsyncOpenAI) -> AsyncOpenAI: ...
@overload
def unpatch(client: ollama.Client) -> ollama.Client: ...
@overload
def unpatch(client: ollama.AsyncClient) -> ollama.AsyncClient: ...
def unpatch(client: Any) -> Any:
    """Restore the client to its state before `patch`; a client that is not patched is not changed.

    Raises:
        UnsupportedClientError: The client is not supported.
    """
    methods = methods_of(binding_of(client))
    if methods is not None:
        uninstall(methods)
    return client
