"""`from_openai`: instructor's interface, on an object next to an unchanged client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast, overload

from .._clients import binding_of
from .._clients.signature import keywords_of
from ..errors import UnsupportedClientError, UsageError, _unknown
from .instructor_hooks import Hooks
from .methods import METHODS, AsyncPatchedMethods, PatchedMethods
from .mode import Mode, check_mode
from .settings import OURS, Settings, merged
from .settings import options as options_of_patch
from .tracebacks import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openai import AsyncOpenAI, OpenAI
    from typing_extensions import Self, Unpack

    from .._clients import Binding
    from .client_keywords import AsyncInstructorKeywords, InstructorKeywords
    from .keywords import EventName
    from .openai_types import (
        AsyncMethods,
        Methods,
        PatchedAsyncChat,
        PatchedAsyncCompletions,
        PatchedAsyncOpenAI,
        PatchedChat,
        PatchedCompletions,
        PatchedOpenAI,
    )

    class _Chat(Methods, PatchedChat):
        """`chat` of an `Instructor`."""

    class _AsyncChat(AsyncMethods, PatchedAsyncChat):
        """`chat` of an `AsyncInstructor`."""

    class _Sync(Methods, PatchedOpenAI):
        @property
        def chat(self) -> _Chat: ...
        @property
        def completions(self) -> PatchedCompletions: ...  # type: ignore[override]  # pyright: ignore
        @property
        def messages(self) -> PatchedCompletions: ...

    class _Async(AsyncMethods, PatchedAsyncOpenAI):
        @property
        def chat(self) -> _AsyncChat: ...
        @property
        def completions(self) -> PatchedAsyncCompletions: ...  # type: ignore[override]  # pyright: ignore
        @property
        def messages(self) -> PatchedAsyncCompletions: ...

else:
    _Sync = _Async = object

_Overlay = dict[int, dict[str, Any]]
"""What is put over attributes of the client and of its resources, by the object's `id`."""


class _Over:
    """An object's attributes, some of them overridden; the object is not changed."""

    def __init__(self, under: Any, overlay: _Overlay) -> None:
        self._under = under
        self._overlay = overlay
        vars(self).update(overlay.get(id(under), {}))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            try:
                value = getattr(self._under, name)
            except AttributeError:
                if name not in METHODS:
                    raise
                raise AttributeError(f"{name} is not available here: use client.chat.completions.{name}.") from None
            if id(value) in self._overlay:
                value = vars(self)[name] = _Over(value, self._overlay)
            return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._under)})


class _OwnMethods(PatchedMethods):
    """Calls without `response_model` also use the defaults, as in instructor; the client is not changed."""

    def _of_a_plain_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if args:
            raise UsageError("pass keyword arguments only, as in create(response_model=T, messages=[...]).")
        return super()._of_a_plain_call(args, self.settings.with_defaults(kwargs))


class _OwnAsyncMethods(_OwnMethods, AsyncPatchedMethods):
    """Same as `_OwnMethods`, awaited."""


class _Common(_Over):
    """What the sync and the async one share: everything but `await`."""

    client: Any
    mode: Mode
    hooks: Hooks

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UsageError(f"{type(self).__name__} is created by from_openai(client).")

    @classmethod
    def beside(cls, client: Any, binding: Binding, methods: PatchedMethods) -> Self:
        """The library's methods, and all other attributes of `client`."""
        made = cls.__new__(cls)
        made.client = client
        made.mode = Mode.JSON
        made.hooks = Hooks(is_async=binding.is_async)
        methods.listeners = made.hooks.for_a_call

        def copied(client: Any) -> _Common:
            binding = binding_of(client)
            again = cls.beside(client, binding, type(methods)(binding, methods.settings))
            again.hooks.handlers = list(made.hooks.handlers)
            return again

        added = {name: getattr(methods, name) for name in ("create", *METHODS)}
        overlay: _Overlay = {id(one): dict(added) for one in (client, client.chat, binding.owner)}
        for owner, name, value in binding.replacements(copied):
            overlay.setdefault(id(owner), {})[name] = value
        _Over.__init__(made, client, overlay)
        completions = _Over(binding.owner, overlay)
        vars(made).update(completions=completions, messages=completions)
        return made

    def on(self, event: EventName, handler: Callable[..., Any]) -> None:
        """Call `handler` at each event of that name.

        Args:
            event: "completion:kwargs" (called with the request's keywords), "completion:response" (the completion),
                "completion:usage" (tokens of the call so far), "completion:error" (a fault of the server),
                "completion:last_attempt" (the final error) or "parse:error" (a rejected answer's error); or a member
                of an enum with such a value, as instructor's `HookName` is.
            handler: May take `attempt_number`, `max_attempts` and `is_last_attempt` as keywords, where instructor has
                them. May be a coroutine function on async clients; what it raises reaches the caller.

        Raises:
            UsageError: An unknown name, or a handler that is not callable.
        """
        self.hooks.on(event, handler)

    def off(self, event: EventName, handler: Callable[..., Any] | None = None) -> None:
        """Remove a handler added with `on`; without a handler, all handlers of that event.

        Raises:
            UsageError: An unknown name.
        """
        self.hooks.off(event, handler)

    def clear(self, event: EventName | None = None) -> None:
        """Remove all handlers, or all handlers of that event.

        Raises:
            UsageError: An unknown name.
        """
        self.hooks.clear(event)


class Instructor(_Common, _Sync):
    """The methods of a patched `openai.OpenAI`, and everything else that the client has."""

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.client.__exit__(*error)


class AsyncInstructor(_Common, _Async):
    """Async version of `Instructor`."""

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.client.__aexit__(*error)


@overload
def from_openai(
    client: OpenAI, mode: Literal[Mode.JSON] = ..., **options: Unpack[InstructorKeywords]
) -> Instructor: ...
@overload
def from_openai(
    client: AsyncOpenAI, mode: Literal[Mode.JSON] = ..., **options: Unpack[AsyncInstructorKeywords]
) -> AsyncInstructor: ...
@shortened
def from_openai(client: Any, mode: Mode = Mode.JSON, **options: Any) -> Any:
    """Create an object with `response_model` methods; the client itself is not changed.

    Args:
        client: `openai.OpenAI` or `openai.AsyncOpenAI`; it is not changed.
        mode: `Mode.JSON`, or instructor's member of that name; other modes are not supported.
        **options: As in `patch`; keywords of the client's `create`, such as `temperature`, are defaults of each call.

    Returns:
        An `Instructor`, or an `AsyncInstructor` for an async client.

    Raises:
        UnsupportedClientError: The client is not supported.
        UnsupportedModeError: `mode` is not `Mode.JSON`.
        UsageError: An option is unknown or invalid.
    """
    check_mode(mode)
    binding = binding_of(client)
    if binding.method != "create":
        raise UnsupportedClientError(
            f"client={type(client).__name__} is not an openai client: use patch(client), then "
            "client.chat(response_model=...)."
        )
    settings = merged(Settings(), _with_defaults(options, binding), is_async=binding.is_async)
    binding.warn()
    if binding.is_async:
        return AsyncInstructor.beside(client, binding, _OwnAsyncMethods(binding, settings))
    return Instructor.beside(client, binding, _OwnMethods(binding, settings))


def _with_defaults(given: Mapping[str, Any], binding: Binding) -> dict[str, Any]:
    """The options of `patch`, with the keywords of the client's `create` among them in `defaults`.

    Raises:
        UnknownKeywordError: A keyword that is neither.
    """
    options = options_of_patch()
    theirs = keywords_of(binding)
    unknown = {} if theirs is None else {name: given[name] for name in given if name not in options | theirs}
    if unknown:
        raise _unknown.in_patch(
            binding.method,
            unknown,
            options=options | (theirs or set()),
            of_a_call=OURS,
            theirs=(),
            function="from_openai",
        )
    defaults = {name: value for name, value in given.items() if name not in options}
    rest = {name: value for name, value in given.items() if name in options}
    if defaults:
        rest["defaults"] = {**cast("Mapping[str, Any]", rest.get("defaults") or {}), **defaults}
    return rest
