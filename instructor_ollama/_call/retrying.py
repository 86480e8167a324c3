"""The retry loop: drives an `Exchange` and retries it with tenacity, sync and async.

Knows the exchange and tenacity; knows no client. The sync and async versions only differ in `await`.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from tenacity import AsyncRetrying, RetryError, Retrying

from ..errors import DeadlineExceededError, OllamaError
from .deadline import TICK
from .driver import adrive, drive, within
from .failure import AttemptFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from tenacity import BaseRetrying, RetryCallState

    from .._clients.adapter import Step
    from .._server.fault_table import Verdict
    from ..retry import RetryConfig
    from .exchange import Exchange

T = TypeVar("T")
R = TypeVar("R", Retrying, AsyncRetrying)


LONGEST_WAIT = 60.0
"""Longest `Retry-After` in seconds that a call without a deadline obeys, as in openai's clients."""


class Policy:
    """Two retry budgets and a deadline, as tenacity strategies over one exchange.

    Retries of rejected answers follow `base`, the caller's tenacity object if there is one; retries of transient server
    errors follow the config. Nothing else is retried.

    Attributes:
        failed: The failure of the last attempt; None if it has a value, or an error that ends the call.
    """

    def __init__(
        self, exchange: Exchange[Any], base: BaseRetrying, config: RetryConfig, max_retries: int | None
    ) -> None:
        self.failed: AttemptFailed | None = None
        self._exchange = exchange
        self._base = base
        self._config = config
        self._max_retries = max_retries

    @property
    def verdict(self) -> Verdict:
        """The verdict on the last attempt; "raise" if it did not end with `AttemptFailed`."""
        return "raise" if self.failed is None else self.failed.verdict

    def end(self, error: Exception) -> Generator[Step, Any, Exception]:
        """The exception for the caller: the last attempt's error, or one raised by a callback."""
        error = _unwrapped(error)
        own = self.failed is None or self.failed.error is not error
        return self._exchange.gave_up(error, "raise" if own else self.verdict)

    def retry(self, state: RetryCallState) -> Any:
        """Whether to retry; awaitable if the caller's own predicate is."""
        if self.verdict == "retry":
            return True
        if self._max_retries is not None:
            return self.verdict == "reject"
        is_valid = state.outcome is not None and not state.outcome.failed
        return (is_valid or self.verdict == "reject") and self._base.retry(self._rejections(state))

    def wait(self, state: RetryCallState) -> Any:
        """Seconds before the next attempt."""
        if self.failed is None or self.failed.verdict != "retry":
            return self._base.wait(self._rejections(state))
        error = self.failed.error
        if isinstance(error, OllamaError) and error.retry_after is not None:
            return error.retry_after
        return self._config.transient_wait(_numbered(state, self._exchange.transients))

    def stop(self, state: RetryCallState) -> Any:
        """Whether a retry budget is used up or the deadline has passed."""
        exchange = self._exchange
        if exchange.vetoed or exchange.deadline.passes_within(state.upcoming_sleep):
            return True
        if self.verdict == "retry":
            too_long = exchange.deadline.allowed is None and state.upcoming_sleep > LONGEST_WAIT
            return too_long or exchange.transients > self._config.transient_retries
        if self._max_retries is not None:
            return exchange.rejections > self._max_retries
        return self._base.stop(self._rejections(state))

    def scheduled(self, state: RetryCallState) -> Generator[Step, Any, None]:
        """Called before each retry."""
        own = self._base.before_sleep
        if own is not None:
            yield lambda: own(state)
        yield from self._exchange.scheduled(self.failed, state.upcoming_sleep)

    def _rejections(self, state: RetryCallState) -> RetryCallState:
        """The retry state without the attempts lost to transient faults."""
        return _numbered(state, state.attempt_number - self._exchange.transients)


def run(exchange: Exchange[T], base: Retrying, config: RetryConfig, max_retries: int | None) -> T:
    """Drive the exchange to its value; a pending server request is abandoned at the deadline.

    Args:
        exchange: The conversation.
        base: The caller's tenacity object, or one that never stops.
        config: Budgets, waits and deadline.
        max_retries: Retries after rejected answers; None leaves it to `base`.
    """
    unbounded = exchange.deadline.allowed is None
    ask = () if unbounded else (functools.partial(within, exchange.deadline, exchange.deadline_error),)
    policy = Policy(exchange, base, config, max_retries)
    try:
        first: list[AttemptFailed] = []
        if max_retries is not None:  # most calls need no retry loop: it starts after the first failure
            try:
                return drive(exchange.attempt(), *ask)
            except AttemptFailed as failed:
                first.append(failed)

        def attempt() -> T:
            policy.failed = None
            try:
                if first:
                    raise first.pop()
                return drive(exchange.attempt(), *ask)
            except AttemptFailed as failed:
                policy.failed = failed
            raise policy.failed.error

        retrying = base.copy(
            retry=policy.retry,
            stop=policy.stop,
            wait=policy.wait,
            before_sleep=lambda state: drive(policy.scheduled(state)),
        )
        return retrying(attempt)
    except Exception as error:
        final = drive(policy.end(error))
        if final is error:
            raise
        raise final from final.__cause__


def arun(
    exchange: Exchange[T], base: AsyncRetrying, config: RetryConfig, max_retries: int | None
) -> Coroutine[Any, Any, T]:
    """Async version of `run`; a pending step is cancelled at the deadline."""
    whole = _arun(exchange, base, config, max_retries)
    seconds = exchange.deadline.left
    return whole if seconds is None else _bounded(whole, exchange, seconds)


async def _bounded(whole: Coroutine[Any, Any, T], exchange: Exchange[T], seconds: float) -> T:
    trio: Any = sys.modules.get("trio")
    if trio is not None and _is_trio(trio):
        with trio.move_on_after(seconds):
            return await whole
        final = await adrive(exchange.gave_up(exchange.deadline_error()))
        raise final from None
    try:
        return await asyncio.wait_for(whole, seconds)
    except (asyncio.TimeoutError, TimeoutError) as error:
        if isinstance(error, DeadlineExceededError) or not exchange.deadline.passes_within(TICK):
            raise
        final = await adrive(exchange.gave_up(exchange.deadline_error()))
        raise final from None


def _is_trio(trio: Any) -> bool:
    """Whether the call runs in trio and not in asyncio."""
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


async def _arun(exchange: Exchange[T], base: AsyncRetrying, config: RetryConfig, max_retries: int | None) -> T:
    policy = Policy(exchange, base, config, max_retries)
    try:
        first: list[AttemptFailed] = []
        if max_retries is not None:
            try:
                return await adrive(exchange.attempt())
            except AttemptFailed as failed:
                first.append(failed)

        async def attempt() -> T:
            policy.failed = None
            try:
                if first:
                    raise first.pop()
                return await adrive(exchange.attempt())
            except AttemptFailed as failed:
                policy.failed = failed
            raise policy.failed.error

        async def scheduled(state: RetryCallState) -> None:
            await adrive(policy.scheduled(state))

        retrying = base.copy(
            retry=_awaited(policy.retry),
            stop=_awaited(policy.stop),
            wait=_awaited(policy.wait),
            before_sleep=scheduled,
        )
        return await retrying(attempt)
    except Exception as error:
        final = await adrive(policy.end(error))
        if final is error:
            raise
        raise final from final.__cause__


def _awaited(strategy: Callable[[RetryCallState], Any]) -> Callable[[RetryCallState], Awaitable[Any]]:
    async def decide(state: RetryCallState) -> Any:
        verdict = strategy(state)
        return await verdict if inspect.isawaitable(verdict) else verdict

    return decide


def _numbered(state: RetryCallState, attempt_number: int) -> RetryCallState:
    twin = copy.copy(state)
    twin.attempt_number = max(1, attempt_number)
    return twin


def _unwrapped(error: Exception) -> Exception:
    """The attempt's own error behind tenacity's `RetryError`."""
    if isinstance(error, RetryError):
        inner = error.last_attempt.exception()
        if isinstance(inner, Exception):
            return inner
    return error
