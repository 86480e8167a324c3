"""`from_openai`: the methods of a patched client beside a client that stays as it is, with instructor's event names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._clients import binding_of
from ._mode import Mode, check_mode
from ._patch import AsyncFront, Front
from ._settings import Settings, merged
from ._tracebacks import shortened
from .errors import UsageError
from .events import AnswerRejected, GaveUp, RequestSent, ResponseReceived, RetryScheduled

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai import AsyncOpenAI, OpenAI
    from typing_extensions import Unpack

    from ._client_keywords import AsyncInstructorKeywords, InstructorKeywords
    from ._keywords import EventName
    from ._types import AsyncMethods, Methods, PatchedAsyncChat, PatchedChat
    from .events import Event, Hook
else:
    Methods = AsyncMethods = object

F = TypeVar("F", bound=Front)

_EVENTS: dict[str, Callable[[Event, Callable[..., Any]], Any]] = {
    "completion:kwargs": lambda event, handler: isinstance(event, RequestSent) and handler(**event.request),
    "completion:response": lambda event, handler: isinstance(event, ResponseReceived) and handler(event.completion),
    "completion:error": lambda event, handler: _is_server_error(event) and handler(getattr(event, "error", None)),
    "completion:last_attempt": lambda event, handler: isinstance(event, GaveUp) and handler(event.error),
    "parse:error": lambda event, handler: isinstance(event, AnswerRejected) and handler(event.error),
}
"""instructor's event names, and what their handlers are given."""


def _is_server_error(event: Event) -> bool:
    if isinstance(event, RetryScheduled):
        return event.transient
    return isinstance(event, GaveUp) and not any(attempt.error is event.error.__cause__ for attempt in event.attempts)


class _Subscriptions:
    """Handlers by instructor's event names."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._subscribed: list[tuple[str, Callable[..., Any], Hook]] = []

    def add(self, name: Any, handler: Callable[..., Any]) -> None:
        _check_name(name)
        if not callable(handler):
            raise UsageError(f"handler={handler!r} cannot be called.")
        row = _EVENTS[name]
        self._subscribed.append((name, handler, lambda event: row(event, handler)))
        self._settle()

    def remove(self, name: Any, handler: Callable[..., Any] | None) -> None:
        _check_name(name)
        self._subscribed = [
            one for one in self._subscribed if one[0] != name or (handler is not None and one[1] != handler)
        ]
        self._settle()

    def clear(self) -> None:
        self._subscribed = []
        self._settle()

    def _settle(self) -> None:
        self._front.listeners = tuple(hook for _, _, hook in self._subscribed)


def _check_name(name: object) -> None:
    if name not in _EVENTS:
        raise UsageError(f"event {name!r} is unknown: use one of {', '.join(_EVENTS)}.")


class _Chat:
    """`instructor.chat.completions.create`, spelt as on the client."""

    def __init__(self, owner: Any) -> None:
        self.completions = owner


class _Common:
    """What the sync and the async one share: everything but `await`."""

    def __init__(self, client: Any, front: Front) -> None:
        self.client = client
        self.chat: Any = _Chat(self)
        self._subscriptions = _Subscriptions(front)
        for name in ("create", "create_with_completion", "extract", "create_partial", "create_iterable"):
            setattr(self, name, getattr(front, name))

    def on(self, event: EventName, handler: Callable[..., Any]) -> None:
        """Call `handler` at each event of that name.

        Args:
            event: "completion:kwargs" (called with the request's keywords), "completion:response" (the completion),
                "completion:error" (a fault of the server), "completion:last_attempt" (the final error) or
                "parse:error" (a rejected answer's error).
            handler: May be a coroutine function on async clients; what it raises reaches the caller.

        Raises:
            UsageError: An unknown name, or a handler that cannot be called.
        """
        self._subscriptions.add(event, handler)

    def off(self, event: EventName, handler: Callable[..., Any] | None = None) -> None:
        """Take back `on`; without a handler, all of that name.

        Raises:
            UsageError: An unknown name.
        """
        self._subscriptions.remove(event, handler)

    def clear(self) -> None:
        """Take back every `on`."""
        self._subscriptions.clear()


class Instructor(_Common, Methods):
    """The methods of a patched `openai.OpenAI`, beside it."""

    chat: PatchedChat


class AsyncInstructor(_Common, AsyncMethods):
    """Same as `Instructor`, awaited."""

    chat: PatchedAsyncChat


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
    """`response_model` beside a client that stays as it is.

    Args:
        client: `openai.OpenAI` or `openai.AsyncOpenAI`; not touched.
        mode: `Mode.JSON`; every other one is refused.
        **options: As in `patch`.

    Returns:
        An `Instructor`, or an `AsyncInstructor` for an async client.

    Raises:
        UnsupportedClientError: `client` is something else.
        UnsupportedModeError: `mode` is not `Mode.JSON`.
        UsageError: An option is unknown or not what it should be.
    """
    check_mode(mode)
    binding = binding_of(client)
    settings = merged(Settings(), options, is_async=binding.is_async)
    binding.warn()
    if binding.is_async:
        return AsyncInstructor(client, AsyncFront(binding, settings))
    return Instructor(client, Front(binding, settings))
