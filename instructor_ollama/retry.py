"""`RetryConfig`: everything about trying again. What tenacity does with it is in `_retrying`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenacity import wait_exponential, wait_none, wait_random

from .errors import UsageError
from .errors._unknown import in_retry_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity.wait import wait_base

__all__ = ["RetryConfig"]

LONGEST_DEADLINE = 30 * 24 * 3600.0
"""Seconds from which on a deadline is none: timers of some platforms end at 49 days."""


class _Unstated(int):
    """The default of `max_retries`, which does not stand in the way of what `patch` was given."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryConfig:
    """How often, when and how long a call is tried again.

    `max_retries` and `deadline` are also keywords of `patch` and of each call, which is the usual place for them.

    Attributes:
        max_retries: Further attempts after a wrong answer; 0 means one attempt in all.
        on_retry: Called before each further request with `(retry_count, error)`, both positional; `retry_count`
            counts from 1. May be a coroutine function on async clients; what it returns is ignored.
        wait: tenacity's wait strategy before a re-ask; none by default, for a local model has time.
        transient_retries: Further attempts after states of the server that pass: busy, loading, runner died.
        transient_wait: tenacity's wait strategy for those; from half a second, doubling, with jitter, up to 8 s.
        deadline: Seconds that the whole call may take, all attempts and waits together; None for no bound. What waits
            for the server then is cancelled and its connection closed, so that the server stops; a sync hook that runs
            then is waited for. Works under asyncio and trio.

    Raises:
        UnknownKeywordError: A keyword that it does not have.
        UsageError: A negative or non-integer count, a deadline that is not positive, a callback that cannot be
            called, a wait that is no tenacity strategy.
    """

    max_retries: int = _Unstated(3)
    on_retry: Callable[[int, BaseException], object] | None = None
    wait: wait_base = field(default_factory=wait_none)
    transient_retries: int = 3
    transient_wait: wait_base = field(
        default_factory=lambda: wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.5)
    )
    deadline: float | None = None

    if not TYPE_CHECKING:  # checkers know the keywords

        def __new__(cls, *_args: object, **given: object) -> object:
            """Refuse keywords that it does not have, before `__init__` does."""
            unknown = [name for name in given if name not in cls.__dataclass_fields__]
            if unknown:
                elsewhere = ("hooks", "validation_hook", "model", "context", "strict", "response_model")
                raise in_retry_config(unknown, accepted=cls.__dataclass_fields__, elsewhere=elsewhere)
            return object.__new__(cls)

    def __post_init__(self) -> None:
        check_count("max_retries", self.max_retries)
        check_count("transient_retries", self.transient_retries)
        check_callable("on_retry", self.on_retry)
        for name in ("wait", "transient_wait"):
            given: object = getattr(self, name)
            if not callable(given):
                raise UsageError(
                    f"{name}={given!r} is not a tenacity wait strategy: pass one, such as tenacity.wait_fixed(1)."
                )
        check_seconds("deadline", self.deadline)

    @property
    def states_max_retries(self) -> bool:
        """Whether `max_retries` was given."""
        return not isinstance(self.max_retries, _Unstated)


def allowed(deadline: float | None) -> float | None:
    """A deadline in seconds; None for one that no timer can hold, which is no bound either."""
    return None if deadline is None or deadline > LONGEST_DEADLINE else deadline


def check_count(name: str, value: object) -> None:
    """Refuse what is no count from 0 on.

    Raises:
        UsageError: With the argument's name, what was given and what is accepted.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{name}={value!r}: expected an integer >= 0 (the number of attempts after the first).")


def check_seconds(name: str, value: object) -> None:
    """Refuse what is no positive time, None apart.

    Raises:
        UsageError: With the argument's name and what was given.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise UsageError(f"{name}={value!r}: expected a positive number of seconds, or None for no bound.")


def check_callable(name: str, value: object) -> None:
    """Refuse what cannot be called, None apart.

    Raises:
        UsageError: With the argument's name and what was given.
    """
    if value is not None and not callable(value):
        raise UsageError(f"{name}={value!r} is not callable: expected a function or None.")
