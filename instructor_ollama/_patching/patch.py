"""`patch`, `unpatch`, and the methods that a patched client has.

Separates the library's keywords from the client's, resolves them, and runs the exchange in the retry loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from tenacity import AsyncRetrying, Retrying

from .._call import retrying
from .._call.exchange import CallOptions, Exchange
from .._call.known import Known
from .._clients import MARK, Replacement, binding_of
from .._clients.signature import described, keywords_of
from .._prompt.messages import messages_of
from .._schema.target import target_of
from ..errors import UnsupportedFeatureError, UsageError, _unknown
from ..retry import check_callable
from .mode import Mode, check_mode
from .settings import (
    OURS,
    UNSET,
    Settings,
    check_callbacks,
    check_sync,
    context_of,
    hooks_of,
    merged,
    options,
    retries_of,
)
from .templates import warn_of_templates
from .tracebacks import shortened, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import ollama
    from openai import AsyncOpenAI, OpenAI
    from typing_extensions import Unpack

    from .._clients import Binding
    from .._prompt.messages import SchemaPrompt
    from ..events import AsyncHook, Extraction
    from ..retry import RetryConfig
    from .keywords import AsyncPatchKeywords, AsyncValidationHook, SyncPatchKeywords
    from .settings import Retries
    from .types import PatchedAsyncClient, PatchedAsyncOpenAI, PatchedClient, PatchedOpenAI

_STREAMING = (
    "{name} not available: partial answers cannot be validated. For several objects use "
    "create(response_model=list[T]); for progress use create(stream=True) without response_model."
)


class PatchedMethods:
    """The methods of a patched sync client.

    `create` without `response_model` is the client's own method.
    """

    def __init__(self, binding: Binding, settings: Settings) -> None:
        self.binding = binding
        self.settings = settings
        self.replaced: list[Replacement] = []
        self.listeners: Callable[[int | None], tuple[AsyncHook, ...]] = lambda _max_retries: ()
        self._known = Known()

    def create(self, *args: Any, **kwargs: Any) -> Any:
        """The client's own method, or, with `response_model`, a validated value."""
        try:
            if kwargs.get("response_model") is not None:
                return self._run(*args, **kwargs)[1]
            kwargs = _plain(kwargs, self.binding)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return self.binding.original(*args, **kwargs)

    def create_with_completion(self, *args: Any, **kwargs: Any) -> Any:
        """A validated value and its completion."""
        try:
            exchange, value = self._run(*args, **kwargs)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return value, exchange.completion

    def extract(self, *args: Any, **kwargs: Any) -> Extraction[Any]:
        """A validated value with its completion, attempts, tokens and time."""
        try:
            exchange, value = self._run(*args, **kwargs)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return exchange.extraction(value)

    def create_partial(self, *_args: Any, **_kwargs: Any) -> Any:
        """Not supported: partial answers cannot be validated."""
        raise UnsupportedFeatureError(_STREAMING.format(name="create_partial"))

    def create_iterable(self, *_args: Any, **_kwargs: Any) -> Any:
        """Not supported: use `response_model=list[T]`."""
        raise UnsupportedFeatureError(_STREAMING.format(name="create_iterable"))

    def _run(self, *args: Any, **kwargs: Any) -> tuple[Exchange[Any], Any]:
        exchange, retries = self._prepared(args, kwargs, Retrying)
        return exchange, retrying.run(exchange, retries.base, retries.config, retries.budget)

    def _prepared(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], kind: type[retrying.R]
    ) -> tuple[Exchange[Any], Retries[retrying.R]]:
        """Prepare a call without I/O; every `UsageError` is raised here."""
        if len(args) > len(self.binding.positional):
            raise UsageError("pass keyword arguments only, as in create(model=..., messages=[...], response_model=T).")
        kwargs.update(zip(self.binding.positional, args, strict=False))
        settings = self.settings
        ours = {name: kwargs.pop(name) for name in OURS if name in kwargs}
        kwargs = {**settings.defaults, **({} if settings.model is None else {"model": settings.model}), **kwargs}
        _check_known(kwargs, self.binding)
        if ours.get("response_model") is None:
            raise UsageError("response_model is required: pass the type to return.")
        self.binding.check(kwargs)
        strict = ours.get("strict")
        if strict is not None and not isinstance(strict, bool):
            raise UsageError(f"strict={strict!r}: expected True, False or None.")
        target = target_of(ours["response_model"], "limits" if settings.constrain == "limits" else "schema")
        model = kwargs.get("model")
        if not isinstance(model, str) or not model:
            raise UsageError(f'model={model!r}: pass an installed model, such as model="llama3.1" (see `ollama list`).')
        messages = kwargs["messages"] = messages_of(kwargs.get("messages"))
        context = context_of(ours)
        if context is not None:
            warn_of_templates(messages)
        retries = retries_of(ours, settings, kind)
        on_retry = retries.config.on_retry
        hook = ours.get("validation_hook") or settings.validation_hook
        hooks = settings.hooks + self.listeners(retries.budget)
        if len(ours) > 1:  # options given to patch() were validated there
            hooks += hooks_of(ours.get("hooks"))
            check_callable("validation_hook", hook)
            check_callbacks(hook, on_retry, hooks)
            check_sync(kind is AsyncRetrying, {"validation_hook": hook, "on_retry": on_retry}, hooks)
        adapter, free = self.binding.adapter(kwargs)
        options = CallOptions(
            constrain=settings.constrain,
            schema_prompt=settings.schema_prompt,
            validation_hook=hook,
            hooks=hooks,
            on_retry=on_retry,
            context=context,
            strict=strict,
            deadline=retries.deadline,
            known=self._known,
        )
        return Exchange(target, adapter, messages, options, model=model, free=free), retries


class AsyncPatchedMethods(PatchedMethods):
    """Async version of `PatchedMethods`."""

    async def create(self, *args: Any, **kwargs: Any) -> Any:
        """The client's own method, or, with `response_model`, a validated value."""
        try:
            if kwargs.get("response_model") is not None:
                exchange, retries = self._prepared(args, kwargs, AsyncRetrying)
                loop = retrying.arun(exchange, retries.base, retries.config, retries.budget)
                # This frame lives as long as the call, and there may be thousands of calls.
                del args, kwargs, exchange, retries
                return await loop
            kwargs = _plain(kwargs, self.binding)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return await self.binding.original(*args, **kwargs)

    async def create_with_completion(self, *args: Any, **kwargs: Any) -> Any:
        """A validated value and its completion."""
        try:
            exchange, value = await self._arun(*args, **kwargs)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return value, exchange.completion

    async def extract(self, *args: Any, **kwargs: Any) -> Extraction[Any]:  # type: ignore[override]  # its twin, awaited
        """A validated value with its completion, attempts, tokens and time."""
        try:
            exchange, value = await self._arun(*args, **kwargs)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)
        return exchange.extraction(value)

    async def _arun(self, *args: Any, **kwargs: Any) -> tuple[Exchange[Any], Any]:
        exchange, retries = self._prepared(args, kwargs, AsyncRetrying)
        return exchange, await retrying.arun(exchange, retries.base, retries.config, retries.budget)


VIEWS = ("with_raw_response", "with_streaming_response")
"""What openai keeps once it is asked for, with the method as it was then."""

METHODS = ("create_with_completion", "extract", "create_partial", "create_iterable")
"""What a patched resource has beside its own method."""


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
    front = methods_of(binding)
    before = front.settings if front is not None else Settings()
    settings = merged(before, given, is_async=binding.is_async)
    _check_known(settings.defaults, binding, where="defaults: ")
    if front is not None:
        front.settings = settings
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
    binding = binding_of(client)
    front = methods_of(binding)
    if front is None:
        return client
    for owner, name, value in front.replaced:
        attributes(owner).pop(name, None)
        if value is not UNSET:
            attributes(owner)[name] = value
    return client


def install(binding: Binding, settings: Settings) -> None:
    """Put the methods on the client; the last step of `patch`."""
    front = (AsyncPatchedMethods if binding.is_async else PatchedMethods)(binding, settings)

    def patch_copy(made: Any) -> Any:
        again = binding_of(made)
        if methods_of(again) is None:
            install(again, front.settings)
        return made

    replacements = [
        *binding.replacements(patch_copy),
        Replacement(binding.owner, MARK, front),
        Replacement(binding.owner, binding.method, described(front.create, binding)),
        *(Replacement(binding.owner, name, getattr(front, name)) for name in METHODS),
    ]
    for owner, name, value in replacements:
        there = attributes(owner)
        front.replaced.append(Replacement(owner, name, there.get(name, UNSET)))
        there[name] = value
    there = attributes(binding.owner)
    front.replaced += [Replacement(binding.owner, name, there.pop(name, UNSET)) for name in VIEWS]


def methods_of(binding: Binding) -> PatchedMethods | None:
    """The methods of a patched client."""
    return attributes(binding.owner).get(MARK)


def attributes(value: object) -> dict[str, Any]:
    """An object's own attributes, to be changed in place."""
    return vars(value)


def _plain(kwargs: dict[str, Any], binding: Binding) -> dict[str, Any]:
    """The keywords of a call without `response_model` for the client."""
    own = sorted((OURS - {"response_model"}) & kwargs.keys())
    if own:
        raise UsageError(f"{', '.join(own)} need{'s' if len(own) == 1 else ''} response_model.")
    kwargs.pop("response_model", None)
    _check_known(kwargs, binding)
    return kwargs


def _check_known(kwargs: Mapping[str, Any], binding: Binding, *, where: str = "") -> None:
    """Raise for keywords that the client's method does not have, with a better message than the client's.

    Raises:
        UnknownKeywordError: With a suggestion if possible.
    """
    theirs = keywords_of(binding)
    if theirs is None or kwargs.keys() <= theirs:
        return
    unknown = {name: value for name, value in kwargs.items() if name not in theirs}
    raise _unknown.in_call(binding.method, unknown, theirs | OURS, where=where)
