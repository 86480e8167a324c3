"""The driver: makes the calls that a flow yields, sync and async. Knows no tenacity and no conversation.

A flow is a generator that yields steps and is sent their results. The sync and async versions only differ in `await`.
"""

from __future__ import annotations

import contextvars
import inspect
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .._clients.adapter import ServerStep
from ..errors import UsageError
from .abandon import abandon

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .._clients.adapter import Step
    from .deadline import Deadline

T = TypeVar("T")


def drive(flow: Generator[Step, Any, T], ask: Callable[[Step], Any] = lambda step: step()) -> T:
    """Make the calls that a flow yields until it returns; calls to the server go through `ask`."""
    try:
        step = next(flow)
        while True:
            try:
                result = ask(step) if isinstance(step, ServerStep) else step()
            except Exception as error:
                step = flow.throw(_throwable(error))
            else:
                step = flow.send(result)
    except StopIteration as end:
        return cast("T", end.value)


async def adrive(flow: Generator[Step, Any, T]) -> T:
    """Async version of `drive`; awaitable results are awaited."""
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


def within(deadline: Deadline, late: Callable[[], Exception], step: Step) -> Any:
    """Run a step in a thread and return its result, unless the deadline passes first.

    Socket timeouts apply to single reads, so a server that sends a byte now and then never times out. Therefore the
    connection of the thread is closed at the deadline, and when the wait is interrupted.

    Args:
        deadline: Of the call.
        late: Makes the error to raise when the step has not returned.
        step: The call to the server.
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
        in_time = done.wait(deadline.left)
    except BaseException:
        abandon(thread)
        raise
    if not in_time:
        abandon(thread)
        raise late()
    if failure:
        raise failure[0]
    return outcome[0]


def _throwable(error: Exception) -> Exception:
    """The error, or a replacement for StopIteration, which cannot be raised inside a generator."""
    if not isinstance(error, StopIteration):
        return error
    stopped = UsageError("a hook or callback raised StopIteration. Catch it there, or pass a default to next().")
    stopped.__cause__ = error
    return stopped
