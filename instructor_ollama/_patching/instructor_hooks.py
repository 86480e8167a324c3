"""instructor's event names: the corresponding events of this library, and the arguments of their handlers."""

from __future__ import annotations

import enum
import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError
from ..events import AnswerRejected, GaveUp, RequestSent, ResponseReceived, RetryScheduled, Usage
from .settings import check_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..events import Event, Hook


class _Progress:
    """The state of a call for the keywords of a handler."""

    def __init__(self, max_attempts: int | None) -> None:
        self.max_attempts = max_attempts
        self.number = 0
        self.rejections = 0
        self.usage: Usage | None = Usage()

    def note(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, RequestSent):
            self.number = event.number
        elif isinstance(event, AnswerRejected):
            self.rejections += 1
        elif isinstance(event, ResponseReceived):
            used = _usage(event.completion)
            self.usage = None if self.usage is None or used is None else self.usage + used


class _Called(NamedTuple):
    """How a handler is called: keywords in `more` only where its signature has them."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}
    more: Mapping[str, Any] = {}


def _kwargs(event: Event, _: _Progress) -> _Called | None:
    return _Called(kwargs=event.request) if isinstance(event, RequestSent) else None


def _response(event: Event, _: _Progress) -> _Called | None:
    return _Called((event.completion,)) if isinstance(event, ResponseReceived) else None


def _cumulated(event: Event, progress: _Progress) -> _Called | None:
    """Tokens so far; not once the server has left them out."""
    if not isinstance(event, ResponseReceived) or progress.usage is None:
        return None
    return _Called((progress.usage,), more={"attempt_number": progress.number})


def _error(event: Event, progress: _Progress) -> _Called | None:
    if isinstance(event, RetryScheduled) and event.transient:
        return _Called((event.error,), more=_metadata(progress, is_last=False))
    if isinstance(event, GaveUp) and not _is_rejection(event):
        return _Called((event.error,), more=_metadata(progress, is_last=True))
    return None


def _parse_error(event: Event, progress: _Progress) -> _Called | None:
    if not isinstance(event, AnswerRejected):
        return None
    return _Called((event.error,), more=_metadata(progress, is_last=progress.rejections == progress.max_attempts))


def _last_attempt(event: Event, progress: _Progress) -> _Called | None:
    return _Called((event.error,), more=_metadata(progress, is_last=True)) if isinstance(event, GaveUp) else None


_EVENTS: Mapping[str, Callable[[Event, _Progress], _Called | None]] = {
    "completion:kwargs": _kwargs,
    "completion:response": _response,
    "completion:usage": _cumulated,
    "completion:error": _error,
    "completion:last_attempt": _last_attempt,
    "parse:error": _parse_error,
}
"""instructor's event names, and how their handlers are called at an event of ours; None where they are not."""


_MORE = frozenset(("attempt_number", "max_attempts", "is_last_attempt"))
"""Keywords that a handler is called with where its signature has them."""


def _metadata(progress: _Progress, *, is_last: bool) -> Mapping[str, Any]:
    return {
        "attempt_number": progress.number,
        "max_attempts": progress.max_attempts,
        "is_last_attempt": is_last,
    }


def _is_rejection(event: GaveUp) -> bool:
    return any(attempt.error is event.error.__cause__ for attempt in event.attempts)


def _usage(completion: Any) -> Usage | None:
    """Tokens of one reply; None where it does not say."""
    said: Any = getattr(completion, "usage", None)
    prompt, answer = getattr(said, "prompt_tokens", None), getattr(said, "completion_tokens", None)
    return Usage(prompt, answer) if isinstance(prompt, int) and isinstance(answer, int) else None


class Hooks:
    """Handlers by instructor's event names."""

    def __init__(self, *, is_async: bool) -> None:
        self.handlers: list[tuple[str, Callable[..., Any], frozenset[str]]] = []
        self._is_async = is_async

    def on(self, event: Any, handler: Callable[..., Any]) -> None:
        """Call `handler` at each event of that name."""
        name = _name(event)
        if not callable(handler):
            raise UsageError(f"handler={handler!r} is not callable.")
        check_sync(self._is_async, {"handler": handler}, ())
        self.handlers.append((name, handler, _keywords_of(handler)))

    def off(self, event: Any, handler: Callable[..., Any] | None = None) -> None:
        """Remove a handler added with `on`; without a handler, all handlers of that event."""
        name = _name(event)
        self.handlers = [one for one in self.handlers if one[0] != name or (handler is not None and one[1] != handler)]

    def clear(self, event: Any = None) -> None:
        """Remove all handlers, or all handlers of that event."""
        if event is None:
            self.handlers = []
        else:
            self.off(event)

    def for_a_call(self, max_retries: int | None) -> tuple[Hook, ...]:
        """A hook for each handler; new ones for each call, since they count its attempts and tokens."""
        most = None if max_retries is None else max_retries + 1
        return tuple(_hook(_EVENTS[name], handler, keywords, most) for name, handler, keywords in self.handlers)


def _hook(
    row: Callable[[Event, _Progress], _Called | None],
    handler: Callable[..., Any],
    keywords: frozenset[str],
    most: int | None,
) -> Hook:
    progress = _Progress(most)

    def hook(event: Event) -> Any:
        progress.note(event)
        called = row(event, progress)
        if called is None:
            return None
        more = {name: value for name, value in called.more.items() if name in keywords}
        return handler(*called.args, **called.kwargs, **more)

    return hook


def _keywords_of(handler: Callable[..., Any]) -> frozenset[str]:
    """Which of the keywords that say more a handler can be called with."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):  # written in C, without a signature
        return frozenset()
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return _MORE
    named = {one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}
    return _MORE & named


def _name(event: object) -> str:
    """The name of an event.

    Raises:
        UsageError: It is none.
    """
    name = event.value if isinstance(event, enum.Enum) else event
    if not isinstance(name, str) or name not in _EVENTS:
        raise UsageError(f"event {name!r} is unknown: use one of {', '.join(_EVENTS)}.")
    return name
