"""instructor's names for the attributes of an `AnswerError`. Imports no other module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..events import Attempt, Usage


class FailedAttempt(NamedTuple):
    """One rejected answer, as instructor records it.

    Attributes:
        attempt_number: 1 for the first answer.
        exception: Why it was rejected.
        completion: The reply, for the last one; None for those before, whose text is in `attempts`.
    """

    attempt_number: int
    exception: Exception
    completion: Any


class InstructorNames:
    """The attributes of instructor's `InstructorRetryException`, read from ours."""

    if TYPE_CHECKING:
        attempts: Sequence[Attempt]
        usage: Usage | None
        completion: Any
        request: Mapping[str, Any] | None

    @property
    def n_attempts(self) -> int:
        """`len(attempts)`."""
        return len(self.attempts)

    @property
    def last_completion(self) -> Any:
        """`completion`."""
        return self.completion

    @property
    def total_usage(self) -> Usage | None:
        """`usage`."""
        return self.usage

    @property
    def create_kwargs(self) -> Mapping[str, Any] | None:
        """`request`."""
        return self.request

    @property
    def messages(self) -> Sequence[Any] | None:
        """The messages of `request`."""
        return None if self.request is None else self.request.get("messages")

    @property
    def failed_attempts(self) -> list[FailedAttempt]:
        """The rejected ones of `attempts`, in instructor's form."""
        last = self.attempts[-1] if self.attempts else None
        return [
            FailedAttempt(one.number, one.error, self.completion if one is last else None)
            for one in self.attempts
            if one.error is not None
        ]
