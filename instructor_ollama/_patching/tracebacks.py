"""Shortens the tracebacks of errors to the frames of the user's code.

A call passes through this library, tenacity, the client library, its HTTP library and asyncio. These frames, about 150
lines for a server that is not running, do not help the user. A frame of any other package, such as a hook, a validator
or a transport of the user's, is kept with all that follows it.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

F = TypeVar("F", bound="Callable[..., Any]")

logger = logging.getLogger("instructor_ollama")

_OURS = frozenset(("instructor_ollama", "tenacity"))
_LOOPS = frozenset(("asyncio", "concurrent", "contextvars", "threading", "trio", "outcome"))
"""Packages that run a call and do not take part in it."""
_CLIENTS = frozenset(("openai", "ollama", "httpx", "httpx2", "httpcore", "httpcore2"))
_SPEAKING = _CLIENTS | {"instructor_ollama", "pydantic_core"}
"""Packages whose error messages are sufficient without a traceback."""
_PASSED = (
    _OURS
    | _LOOPS
    | _CLIENTS
    | sys.stdlib_module_names
    | {"pydantic", "pydantic_core", "jiter", "h11", "h2", "hpack", "anyio", "sniffio", "certifi", "idna", "socksio"}
    | {"brotli", "zstandard", "tqdm", "urllib3", "typing_extensions"}
)
"""Packages that a call passes through."""
_LONGEST_CHAIN = 50


def trimmed(error: BaseException) -> BaseException:
    """The error, to be raised in the outermost function of the library, without the frames that it has passed.

    An error of this library or of the client, a cancellation and Ctrl-C keep the user's frames alone, and so does the
    `__cause__`; what caused that is not printed and stays its `__context__`. Any other error is the user's own, or a
    defect: it keeps all frames from the first one that is neither this library's nor tenacity's. The whole traceback is
    logged at DEBUG.
    """
    if isinstance(error, Exception):
        logger.debug("call failed; the whole traceback:", exc_info=error)
    chain = list(_chain(error))
    for one in chain:
        one.__traceback__ = _rest(one)
    if _is_shortened(error) and len(chain) > 1:
        is_cause = error.__cause__ is not None
        if is_cause and _is_passed(chain[1]):
            chain[1].__traceback__ = None
            _hide_causes(chain[1], chain[2:])
        elif not is_cause:
            _hide_causes(error, chain[1:])
    return error


def shortened(function: F) -> F:
    """A function whose errors are `trimmed`; for those that are called rarely, since it adds a call."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            __tracebackhide__ = _rich_traceback_omit = True
            raise trimmed(error)

    return cast("F", called)


def _hide_causes(error: BaseException, causes: list[BaseException]) -> None:
    """Print none of the causes of an error but an exception that the user's own code was handling."""
    users = next((one for one in causes if not _is_passed(one)), None)
    if users is not None:
        error.__cause__, error.__context__ = None, users
    elif causes:
        error.__cause__, error.__context__ = None, causes[0]
    error.__suppress_context__ = users is None


def _rest(error: BaseException) -> TracebackType | None:
    """What of a traceback is shown."""
    is_shortened = _is_shortened(error)
    passed = _PASSED if is_shortened else _OURS | _LOOPS
    trace = error.__traceback__
    while trace is not None and _package(trace) in passed:
        trace = trace.tb_next
    return trace if trace is not None or is_shortened else error.__traceback__


def _is_shortened(error: BaseException) -> bool:
    """Whether the frames that an error has passed explain nothing: its message does, or it was raised from outside."""
    return is_known(error) or isinstance(error, (asyncio.CancelledError, KeyboardInterrupt))


def is_known(error: BaseException) -> bool:
    """Whether an error is of a class whose message is sufficient without a traceback."""
    return any(kind.__module__.partition(".")[0] in _SPEAKING for kind in type(error).__mro__)


def _is_passed(error: BaseException) -> bool:
    """Whether nothing of the user's code took part in an error."""
    return not hasattr(error, "exceptions") and all(_package(trace) in _PASSED for trace in _traces(error))


def _traces(error: BaseException) -> Iterator[TracebackType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _package(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what is printed above it, up to a bound."""
    one: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if one is None:
            return
        yield one
        one = _next(one)


def _next(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None or error.__suppress_context__:
        return error.__cause__
    return error.__context__
