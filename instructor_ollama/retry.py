"""`RetryConfig`: the retry settings. `_call/retrying.py` passes them to tenacity."""

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
"""Deadlines above this number of seconds are ignored: timers of some platforms end at 49 days."""


class _Unstated(int):
    """The default of `max_retries`, which does not stand in the way of what `patch` was given."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryConfig:
    """How often, when and for how long a call is retried.

    `max_retries` and `deadline` are also keywords of `patch` and of each call, which is the usual place for them.

    Attributes:
        max_retries: Retries after an invalid answer; 0 means a single attempt.
        on_retry: Called before each retry with `(retry_count, error)`, both positional; `retry_count` counts from 1.
            May be a coroutine function on async clients; its result is ignored.
        wait: tenacity wait strategy before a retry of an invalid answer; no wait by default.
        transient_retries: Retries after transient server errors: busy, loading, runner died.
        transient_wait: tenacity wait strategy for those; from half a second, doubling, with jitter, up to 8 s.
        deadline: Maximum seconds for the whole call, including all attempts and waits; None for no limit. At the
            deadline a pending request is cancelled and its connection closed, so that the server stops generating; a
            running sync hook is waited for. Works under asyncio and trio.

    Raises:
        UnknownKeywordError: An unknown keyword.
        UsageError: A negative or non-integer count, a deadline that is not positive, a callback that is not callable, a
            wait that is not a tenacity wait strategy.
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
            """Raise for unknown keywords, before `__init__` does."""
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
        """Whether `max_retries` was passed."""
        return not isinstance(self.max_retries, _Unstated)


def allowed(deadline: float | None) -> float | None:
    """The deadline in seconds; None if it is too large for a timer."""
    return None if deadline is None or deadline > LONGEST_DEADLINE else deadline


def check_count(name: str, value: object) -> None:
    """Raise unless `value` is an integer >= 0.

    Raises:
        UsageError: Names the argument, its value and what is expected.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{name}={value!r}: expected an integer >= 0 (the number of attempts after the first).")


def check_seconds(name: str, value: object) -> None:
    """Raise unless `value` is a positive number or None.

    Raises:
        UsageError: Names the argument and its value.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise UsageError(f"{name}={value!r}: expected a positive number of seconds, or None for no bound.")


def check_callable(name: str, value: object) -> None:
    """Raise unless `value` is callable or None.

    Raises:
        UsageError: Names the argument and its value.
    """
    if value is not None and not callable(value):
        raise UsageError(f"{name}={value!r} is not callable: expected a function or None.")
