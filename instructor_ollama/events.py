"""What hooks are told: one frozen record an event. Knows the errors and nothing else of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, Union

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

__all__ = [
    "AnswerRejected",
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


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; 0 where it said nothing.

    Attributes:
        cached_tokens: Prompt tokens found in the server's prefix cache (said by Ollama 0.34 and later).
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
class Attempt:
    """One answer and what became of it.

    Attributes:
        number: 1 for the first answer.
        answer: The text as it came.
        mended: What was done to the text before it could be validated, such as "fence"; empty when nothing was.
        error: Why it was rejected; None for the accepted one.
        finish_reason: As the server gave it.
        usage: Tokens of this attempt.
        seconds: From sending the request to having its reply.
    """

    number: int
    answer: str
    mended: tuple[str, ...]
    error: Exception | None
    finish_reason: str | None
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class RequestSent:
    """Just before a request: `request` holds the keywords given to the client's own method."""

    number: int
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    """A reply has come and was not read yet."""

    number: int
    completion: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class AnswerRejected:
    """An answer was read and is not valid."""

    attempt: Attempt
    error: Exception


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """Another request follows after `wait` seconds.

    Attributes:
        number: The number of the request to come, from 2.
        error: Why; None where a caller's tenacity object tries a valid result again.
        transient: True when the server's state is the reason and not the answer.
    """

    number: int
    error: BaseException | None
    wait: float
    transient: bool


@dataclass(frozen=True, slots=True)
class Extracted(Generic[T]):
    """The call ends with a value."""

    value: T
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The call ends with an error, which is raised next."""

    error: BaseException
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True)
class Extraction(Generic[T]):
    """What `extract` returns: the value and how it came about.

    Attributes:
        value: The validated value.
        completion: The client library's reply that held it.
        attempts: One record for each answer, oldest first; the last one was accepted.
        usage: Tokens over all attempts.
        seconds: Time of the whole call.
    """

    value: T
    completion: Any
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float


Event = Union[RequestSent, ResponseReceived, AnswerRejected, RetryScheduled, Extracted[Any], GaveUp]


class Hook(Protocol):
    """Called with each event; may be a coroutine function on async clients. What it raises is the caller's."""

    def __call__(self, event: Event, /) -> Awaitable[object] | object:
        """Take one event; what is returned is awaited on async clients and otherwise ignored."""
        ...
