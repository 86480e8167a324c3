"""The events that hooks receive: one frozen record for each. All can be converted to JSON. Knows no other module."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, Union, cast

import pydantic_core
from typing_extensions import TypeVar

from ._rendering import Report, Shown, report

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = [
    "AnswerRejected",
    "AsyncHook",
    "Attempt",
    "Event",
    "Extracted",
    "Extraction",
    "GaveUp",
    "Hook",
    "RequestSent",
    "ResponseReceived",
    "RetryScheduled",
    "Usage",
]

T = TypeVar("T")
C = TypeVar("C", default=Any)


def _described(error: BaseException) -> dict[str, str]:
    """An error as JSON."""
    return {"type": type(error).__name__, "message": str(error)}


class _AsJson:
    """Tells Pydantic how a field that holds an error is validated, serialized and described (as FastAPI asks)."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> dict[str, Any]:
        serialization = {"type": "function-plain", "function": _described, "return_schema": {"type": "dict"}}
        return {"type": "is-instance", "cls": BaseException, "serialization": serialization}

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {"type": {"type": "string"}, "message": {"type": "string"}}}


_AnError = Annotated[Exception, _AsJson()]
_AnyError = Annotated[BaseException, _AsJson()]


def _unknown(value: object) -> object:
    """What stands in JSON for a value that has no form in it."""
    return _described(value) if isinstance(value, BaseException) else _repr(value)


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # too deep, or an object whose own code raises
        return object.__repr__(value)


def _jsonable(value: Any, bytes_mode: str) -> Any:
    return _finite(
        pydantic_core.to_jsonable_python(
            value, fallback=_unknown, inf_nan_mode="strings", bytes_mode=cast("Any", bytes_mode)
        )
    )


def _finite(value: Any) -> Any:
    """The same with strings for numbers that JSON has no form for, which pydantic-core leaves outside of models."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_finite(one) for one in cast("list[Any]", value)]
    return value


def _plain(value: Any) -> Any:
    """A value of a record as JSON has it."""
    if isinstance(value, _Record):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[Any, ...]", value)]
    for bytes_mode in ("utf8", "base64"):
        with contextlib.suppress(ValueError):
            try:
                return _jsonable(value, bytes_mode)
            except TypeError:
                return _jsonable(_dumped(value), bytes_mode)
    return _repr(value)


def _dumped(value: Any) -> Any:
    """The fields of an object of openai's older versions, whose serializers are built when they are first used."""
    dump = getattr(value, "model_dump", None)
    return _repr(value) if dump is None else dump(mode="json")


class _Record:
    """What every record can do."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The record as plain dicts, lists, strings, numbers, booleans and None, ready for `json.dumps`.

        An error becomes its type and message; bytes that are no UTF-8 become base64; a number or an object that JSON
        has no form for becomes a string.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openai builds its objects unchecked: fields may hold other types
            return {one.name: _plain(getattr(self, one.name)) for one in fields(cast("Any", self))}


@dataclass(frozen=True, slots=True)
class Usage(_Record):
    """Tokens as counted by the server; 0 if not reported.

    Attributes:
        cached_tokens: Prompt tokens found in the server's prefix cache (reported by Ollama 0.34 and later).
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class Attempt(_Record):
    """One answer and the result of its validation.

    Attributes:
        number: 1 for the first answer.
        answer: The text of the answer, unchanged.
        repairs: Changes to the text before validation, such as "fence"; empty if there were none.
        error: Why it was rejected; None if it was accepted.
        finish_reason: As reported by the server.
        usage: Tokens of this attempt.
        seconds: Time from sending the request to receiving the reply.
    """

    number: int
    answer: str
    repairs: tuple[str, ...]
    error: Union[_AnError, None]
    finish_reason: str | None
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class RequestSent(_Record):
    """Emitted before a request: `request` holds the keywords passed to the client's own method."""

    number: int
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResponseReceived(_Record):
    """A reply was received and has not been parsed yet."""

    number: int
    completion: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class AnswerRejected(_Record):
    """An answer was parsed and is invalid."""

    attempt: Attempt
    error: _AnError


@dataclass(frozen=True, slots=True)
class RetryScheduled(_Record):
    """Another request follows after `wait` seconds.

    Attributes:
        number: The number of the next request, from 2.
        error: The reason; None if a caller's tenacity object retries a valid result.
        transient: True if the reason is a transient server error and not the answer.
    """

    number: int
    error: Union[_AnyError, None]
    wait: float
    transient: bool


@dataclass(frozen=True, slots=True)
class Extracted(_Record, Generic[T]):
    """The call ends with a value."""

    value: T
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class GaveUp(_Record):
    """The call failed; the error is raised next."""

    error: _AnyError
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class Extraction(_Record, Shown, Generic[T, C]):
    """The result of `extract`: the value and its attempts. A notebook and rich show each attempt.

    `Extraction[User]` is one with the completion of any client library; `extract` returns
    `Extraction[User, ChatCompletion]` with openai's clients and `Extraction[User, ollama.ChatResponse]` with Ollama's.

    Attributes:
        value: The validated value.
        completion: The client library's reply with the value.
        attempts: One record for each answer, oldest first; the last one was accepted.
        usage: Tokens over all attempts.
        seconds: Time of the whole call.
    """

    value: T
    completion: C
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float

    def _report(self) -> Report:
        return report("Extraction", _repr(self.value), self.attempts, self.usage, self.seconds)


Event = Union[RequestSent, ResponseReceived, AnswerRejected, RetryScheduled, Extracted[Any], GaveUp]


NotAwaitable = Union[None, int, float, str, bytes, Collection[Any]]
"""What a plain function may return as a hook: anything that is not awaitable."""


class Hook(Protocol):
    """A plain function called with each event. Its exceptions propagate to the caller."""

    def __call__(self, event: Event, /) -> NotAwaitable:
        """Called with one event; the result is ignored."""
        ...


class AsyncHook(Protocol):
    """A hook of an async client: a plain function or a coroutine function called with each event."""

    def __call__(self, event: Event, /) -> Awaitable[object] | NotAwaitable:
        """Called with one event; an awaitable result is awaited, any other result is ignored."""
        ...
