"""The only loop: an `Exchange` is driven and tried again, by tenacity, sync and async.

Knows the exchange and tenacity; knows no client. What differs between the twins is `await`.
"""

from __future__ import annotations

import asyncio
import contextvars
import copy
import functools
import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tenacity import AsyncRetrying, RetryError, Retrying

from .._clients.adapter import Asking
from ..errors import DeadlineExceededError, OllamaError, UsageError
from .abandon import abandon
from .exchange import TICK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from tenacity import BaseRetrying, RetryCallState

    from .._clients.adapter import Step
    from ..retry import RetryConfig
    from .exchange import Exchange

T = TypeVar("T")
R = TypeVar("R", Retrying, AsyncRetrying)


LONGEST_WAIT = 60.0
"""Seconds that a call without a deadline waits where a server asks for it (`Retry-After`), as openai's clients do."""


class Policy:
    """Two budgets and a deadline, as tenacity strategies over one exchange.

    Wrong answers follow `base`, which is the caller's tenacity object if there is one; passing faults of the
    server follow the config. Nothing else is tried again.
    """

    def __init__(
        self, exchange: Exchange[Any], base: BaseRetrying, config: RetryConfig, max_retries: int | None
    ) -> None:
        self._exchange = exchange
        self._base = base
        self._config = config
        self._max_retries = max_retries

    def retry(self, state: RetryCallState) -> Any:
        """Whether to go on; awaitable when the caller's own predicate is."""
        error = _error(state)
        if self._exchange.is_transient(error):
            return True
        if self._max_retries is not None:
            return self._exchange.is_rejection(error)
        return (error is None or self._exchange.is_rejection(error)) and self._base.retry(self._rejections(state))

    def wait(self, state: RetryCallState) -> Any:
        """Seconds before the next attempt."""
        error = _error(state)
        if isinstance(error, OllamaError) and self._exchange.is_transient(error):
            if error.retry_after is not None:
                return error.retry_after
            return self._config.transient_wait(_numbered(state, self._exchange.transients))
        return self._base.wait(self._rejections(state))

    def stop(self, state: RetryCallState) -> Any:
        """Whether a budget or the time is used up."""
        exchange = self._exchange
        if exchange.vetoed or exchange.runs_out(state.upcoming_sleep):
            return True
        if exchange.is_transient(_error(state)):
            too_long = exchange.seconds_left is None and state.upcoming_sleep > LONGEST_WAIT
            return too_long or exchange.transients > self._config.transient_retries
        if self._max_retries is not None:
            return exchange.rejections > self._max_retries
        return self._base.stop(self._rejections(state))

    def scheduled(self, state: RetryCallState) -> Generator[Step, Any, None]:
        """What happens before a further attempt."""
        own = self._base.before_sleep
        if own is not None:
            yield lambda: own(state)
        yield from self._exchange.scheduled(_error(state), state.upcoming_sleep)

    def _rejections(self, state: RetryCallState) -> RetryCallState:
        """The state with the attempts that passing faults did not spoil, as the caller's strategies count them."""
        return _numbered(state, state.attempt_number - self._exchange.transients)


def run(exchange: Exchange[T], base: Retrying, config: RetryConfig, max_retries: int | None) -> T:
    """Drive the exchange to its value; what waits for the server at the deadline is left.

    Args:
        exchange: The conversation.
        base: The caller's tenacity object, or one that never stops.
        config: Budgets, waits and deadline.
        max_retries: Wrong answers to be asked again; None leaves it to `base`.
    """
    ask = () if exchange.seconds_left is None else (functools.partial(_in_time, exchange),)
    try:
        failed: list[Exception] = []
        if max_retries is not None:  # most calls need no loop: it begins with the first attempt's failure
            try:
                return play(exchange.attempt(), *ask)
            except Exception as error:
                failed.append(error)
        policy = Policy(exchange, base, config, max_retries)

        def attempt() -> T:
            if failed:
                raise failed.pop()
            return play(exchange.attempt(), *ask)

        retrying = base.copy(
            retry=policy.retry,
            stop=policy.stop,
            wait=policy.wait,
            before_sleep=lambda state: play(policy.scheduled(state)),
        )
        return retrying(attempt)
    except Exception as error:
        final = play(exchange.gave_up(_unwrapped(error)))
        if final is error:
            raise
        raise final from final.__cause__


def arun(
    exchange: Exchange[T], base: AsyncRetrying, config: RetryConfig, max_retries: int | None
) -> Coroutine[Any, Any, T]:
    """Same as `run`, awaited; whatever is under way at the deadline is cancelled."""
    whole = _arun(exchange, base, config, max_retries)
    seconds = exchange.seconds_left
    return whole if seconds is None else _bounded(whole, exchange, seconds)


async def _bounded(whole: Coroutine[Any, Any, T], exchange: Exchange[T], deadline: float) -> T:
    trio: Any = sys.modules.get("trio")
    if trio is not None and _is_trio(trio):
        with trio.move_on_after(deadline):
            return await whole
        final = await aplay(exchange.gave_up(exchange.deadline_error()))
        raise final from None
    try:
        return await asyncio.wait_for(whole, deadline)
    except (asyncio.TimeoutError, TimeoutError) as error:
        if isinstance(error, DeadlineExceededError) or not exchange.runs_out(TICK):
            raise
        final = await aplay(exchange.gave_up(exchange.deadline_error()))
        raise final from None


def _is_trio(trio: Any) -> bool:
    """Whether the call runs in trio and not in asyncio."""
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


async def _arun(exchange: Exchange[T], base: AsyncRetrying, config: RetryConfig, max_retries: int | None) -> T:
    try:
        failed: list[Exception] = []
        if max_retries is not None:
            try:
                return await aplay(exchange.attempt())
            except Exception as error:
                failed.append(error)
        policy = Policy(exchange, base, config, max_retries)

        async def attempt() -> T:
            if failed:
                raise failed.pop()
            return await aplay(exchange.attempt())

        async def scheduled(state: RetryCallState) -> None:
            await aplay(policy.scheduled(state))

        retrying = base.copy(
            retry=_awaited(policy.retry),
            stop=_awaited(policy.stop),
            wait=_awaited(policy.wait),
            before_sleep=scheduled,
        )
        return await retrying(attempt)
    except Exception as error:
        final = await aplay(exchange.gave_up(_unwrapped(error)))
        if final is error:
            raise
        raise final from final.__cause__


def play(flow: Generator[Step, Any, T], ask: Callable[[Step], Any] = lambda step: step()) -> T:
    """Make the calls that a flow asks for until it returns, those to the server through `ask`."""
    try:
        step = next(flow)
        while True:
            try:
                result = ask(step) if isinstance(step, Asking) else step()
            except Exception as error:
                step = flow.throw(_throwable(error))
            else:
                step = flow.send(result)
    except StopIteration as end:
        return cast("T", end.value)


def _in_time(exchange: Exchange[Any], step: Step) -> Any:
    """What the step returns, if it does before the deadline.

    A socket bounds each read of its own, so that a server which sends a byte now and then is never late; the call is
    made in a thread, whose connection is closed at the deadline, and when something interrupts the wait for it.

    Raises:
        DeadlineExceededError: It has not returned.
    """
    outcome: list[Any] = []
    failure: list[BaseException] = []
    done = threading.Event()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            outcome.append(context.run(step))
        except BaseException as error:
            failure.append(error)
        done.set()

    thread = threading.Thread(target=work, name="instructor_ollama request", daemon=True)
    try:
        thread.start()
        in_time = done.wait(exchange.seconds_left)
    except BaseException:
        abandon(thread)
        raise
    if not in_time:
        abandon(thread)
        raise exchange.deadline_error()
    if failure:
        raise failure[0]
    return outcome[0]


async def aplay(flow: Generator[Step, Any, T]) -> T:
    """Same as `play`; what a call returns is awaited when it is awaitable."""
    try:
        step = next(flow)
        while True:
            try:
                result = step()
                if inspect.isawaitable(result):
                    result = await result
            except Exception as error:
                step = flow.throw(_throwable(error))
            else:
                step = flow.send(result)
    except StopIteration as end:
        return cast("T", end.value)


def _throwable(error: Exception) -> Exception:
    """The error as it can be raised inside a generator, which takes StopIteration for its own end."""
    if not isinstance(error, StopIteration):
        return error
    stopped = UsageError("a hook or callback raised StopIteration. Catch it there, or give next() a default.")
    stopped.__cause__ = error
    return stopped


def _awaited(strategy: Callable[[RetryCallState], Any]) -> Callable[[RetryCallState], Awaitable[Any]]:
    async def decide(state: RetryCallState) -> Any:
        verdict = strategy(state)
        return await verdict if inspect.isawaitable(verdict) else verdict

    return decide


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


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
