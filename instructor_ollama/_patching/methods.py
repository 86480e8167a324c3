"""`PatchedMethods`: the methods that a patched client has.

Separates the library's keywords from the client's, resolves them, and runs the exchange in the retry loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenacity import AsyncRetrying, Retrying

from .._call import retrying
from .._call.exchange import CallOptions, Exchange
from .._call.known import Known
from .._clients.signature import keywords_of
from .._prompt.messages import messages_of
from .._schema.target import target_of
from ..errors import UnsupportedFeatureError, UsageError, _unknown
from ..retry import check_callable
from .settings import OURS, check_callbacks, check_sync, context_of, hooks_of, retries_of
from .templates import warn_of_templates
from .tracebacks import trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._clients import Binding, Replacement
    from ..events import AsyncHook, Extraction
    from .settings import Retries, Settings

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
        is_plain = False
        try:
            if kwargs.get("response_model") is not None:
                return self._run(*args, **kwargs)[1]
            args, kwargs = self._of_a_plain_call(args, kwargs)
            is_plain = True
            return self.binding.original(*args, **kwargs)
        except BaseException as error:
            if is_plain:
                raise
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    def create_with_completion(self, *args: Any, **kwargs: Any) -> Any:
        """A validated value and its completion."""
        try:
            exchange, value = self._run(*args, **kwargs)
            return value, exchange.completion  # noqa: TRY300 (behind `raise` a notebook would show it)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    def extract(self, *args: Any, **kwargs: Any) -> Extraction[Any]:
        """A validated value with its completion, attempts, tokens and time."""
        try:
            exchange, value = self._run(*args, **kwargs)
            return exchange.extraction(value)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    def create_partial(self, *_args: Any, **_kwargs: Any) -> Any:
        """Not supported: partial answers cannot be validated."""
        __tracebackhide__ = _rich_traceback_omit = True
        raise UnsupportedFeatureError(_STREAMING.format(name="create_partial"))

    def create_iterable(self, *_args: Any, **_kwargs: Any) -> Any:
        """Not supported: use `response_model=list[T]`."""
        __tracebackhide__ = _rich_traceback_omit = True
        raise UnsupportedFeatureError(_STREAMING.format(name="create_iterable"))

    def _of_a_plain_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the client's own method is called with, without `response_model`."""
        return args, _plain(kwargs, self.binding)

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
        kwargs = settings.with_defaults(kwargs)
        check_known(kwargs, self.binding)
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
        hook = ours.get("validation_hook")
        if hook is None:
            hook = settings.validation_hook
        hooks = settings.hooks + self.listeners(retries.budget)
        if len(ours) > 1:  # options given to patch() were validated there
            hooks += hooks_of(ours.get("hooks"))
            check_callable("validation_hook", hook)
            check_callbacks(hook, on_retry, hooks)
            check_sync(kind is AsyncRetrying, {"validation_hook": hook, "on_retry": on_retry}, hooks)
        adapter, free = self.binding.adapter(kwargs)
        call = CallOptions(
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
        return Exchange(target, adapter, messages, call, model=model, free=free), retries


class AsyncPatchedMethods(PatchedMethods):
    """Async version of `PatchedMethods`."""

    async def create(self, *args: Any, **kwargs: Any) -> Any:
        """The client's own method, or, with `response_model`, a validated value."""
        is_plain = False
        try:
            if kwargs.get("response_model") is not None:
                exchange, retries = self._prepared(args, kwargs, AsyncRetrying)
                loop = retrying.arun(exchange, retries.base, retries.config, retries.budget)
                # This frame lives as long as the call, and there may be thousands of calls.
                del args, kwargs, exchange, retries
                return await loop
            args, kwargs = self._of_a_plain_call(args, kwargs)
            is_plain = True
            return await self.binding.original(*args, **kwargs)
        except BaseException as error:
            if is_plain:
                raise
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    async def create_with_completion(self, *args: Any, **kwargs: Any) -> Any:
        """A validated value and its completion."""
        try:
            exchange, value = await self._arun(*args, **kwargs)
            return value, exchange.completion  # noqa: TRY300 (behind `raise` a notebook would show it)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    async def extract(self, *args: Any, **kwargs: Any) -> Extraction[Any]:  # type: ignore[override]  # its twin, awaited
        """A validated value with its completion, attempts, tokens and time."""
        try:
            exchange, value = await self._arun(*args, **kwargs)
            return exchange.extraction(value)
        except BaseException as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    async def _arun(self, *args: Any, **kwargs: Any) -> tuple[Exchange[Any], Any]:
        exchange, retries = self._prepared(args, kwargs, AsyncRetrying)
        return exchange, await retrying.arun(exchange, retries.base, retries.config, retries.budget)


METHODS = ("create_with_completion", "extract", "create_partial", "create_iterable")
"""What a patched resource has beside its own method."""


def _plain(kwargs: dict[str, Any], binding: Binding) -> dict[str, Any]:
    """The keywords of a call without `response_model` for the client."""
    own = sorted((OURS - {"response_model"}) & kwargs.keys())
    if own:
        raise UsageError(f"{', '.join(own)} need{'s' if len(own) == 1 else ''} response_model.")
    kwargs.pop("response_model", None)
    check_known(kwargs, binding)
    return kwargs


def check_known(kwargs: Mapping[str, Any], binding: Binding, *, where: str = "") -> None:
    """Raise for keywords that the client's method does not have, with a better message than the client's.

    Raises:
        UnknownKeywordError: With a suggestion if possible.
    """
    theirs = keywords_of(binding)
    if theirs is None or kwargs.keys() <= theirs:
        return
    unknown = {name: value for name, value in kwargs.items() if name not in theirs}
    raise _unknown.in_call(binding.method, unknown, theirs | OURS, where=where)
