"""What the adapters share: a connection's end told by its cause, and one exception that is of two classes.

Knows no client library: their HTTP errors are recognised by name, since openai stands on httpx or on httpx2.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

from .. import _faults
from .._altered import Token

if TYPE_CHECKING:
    from ..errors import OllamaError

_NOT_MADE = frozenset(("ConnectError", "ConnectTimeout", "UnsupportedProtocol", "ConnectionRefusedError"))
_LOST = frozenset(("RemoteProtocolError", "ReadError", "WriteError", "CloseError", "ConnectionResetError"))


@functools.cache
def left_open(temperature: bool, thinking: bool) -> frozenset[str]:
    """What a caller has left to the conversation to set; the same object for every call, as there may be thousands."""
    return frozenset(name for name, free in (("temperature", temperature), ("thinking", thinking)) if free)


def connection_fault(error: BaseException, url: str) -> OllamaError | None:
    """The fault behind an error of the connection; None when no cause of it is one."""
    cause: BaseException | None = error
    while cause is not None:
        name = type(cause).__name__
        if name in _NOT_MADE:
            return _faults.not_running(url, str(cause) or name)
        if name in _LOST:
            return _faults.connection_lost(url, str(cause) or name)
        cause = cause.__cause__ or cause.__context__
    return None


def tokens_of(logprobs: Any) -> list[Token]:
    """The tokens of a reply's `logprobs`, each with the model's first choice; none where there are none.

    Ollama gives the probabilities before the grammar's mask (seen on 0.24.0 and 0.34.4).
    """
    found: list[Token] = []
    for one in logprobs or ():
        top: Any = next(iter(getattr(one, "top_logprobs", None) or ()), one)
        forced = top.token != one.token and top.logprob > one.logprob
        found.append(Token(one.token, top.token, forced))
    return found


def both(ours: OllamaError, theirs: Exception) -> OllamaError:
    """One exception that is an instance of our class and of theirs, with the attributes of both."""
    cls = _double_class(cast("Any", type(ours)), cast("Any", type(theirs)))
    error: Any = cls.__new__(cls, ours.message)
    for source in (ours, theirs):
        error.__dict__.update({name: value for name, value in vars(source).items() if value is not None})
    error.__dict__.setdefault("status_code", None)
    error.message = ours.message
    return cast("OllamaError", error)


@functools.cache
def _double_class(ours: Any, theirs: Any) -> Any:
    def init(self: Exception, *args: object) -> None:
        Exception.__init__(self, *args)

    return type(
        ours.__name__, (ours, theirs), {"__init__": init, "__module__": ours.__module__, "__doc__": ours.__doc__}
    )
