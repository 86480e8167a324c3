"""Helpers shared by the adapters: exceptions of two classes, tokens, timeouts. Knows no client library."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

from .._reply.altered import Token
from ..errors._pickling import double_class

if TYPE_CHECKING:
    from ..errors import OllamaError


@functools.cache
def left_open(temperature: bool, thinking: bool) -> frozenset[str]:
    """Parameters that the caller did not set. Cached: there may be thousands of concurrent calls."""
    return frozenset(name for name, free in (("temperature", temperature), ("thinking", thinking)) if free)


def problem_of(content: object, calls: Any) -> str:
    """Why a reply cannot be parsed: its content is not text, or it only calls tools; empty otherwise."""
    if content is not None and not isinstance(content, str):
        return f"its content is of type {type(content).__name__}, not text"
    if content:
        return ""
    names = [getattr(getattr(call, "function", None), "name", None) for call in calls or ()]
    named = ", ".join(repr(name) for name in names if name)
    return f"it is a call of {f'the tool {named}' if named else 'a tool'}, not text" if names else ""


def shortened(timeout: Any, seconds: float) -> Any:
    """A timeout, limited to a number of seconds.

    Args:
        timeout: Seconds, None for no bound, or the `Timeout` of httpx or httpx2, whose shorter parts are kept.
        seconds: The bound.
    """
    parts = ("connect", "read", "write", "pool")
    if all(hasattr(timeout, part) for part in parts):
        given = {part: getattr(timeout, part) for part in parts}
        return type(timeout)(**{part: shortened(value, seconds) for part, value in given.items()})
    return min(timeout, seconds) if isinstance(timeout, (int, float)) else seconds


def tokens_of(logprobs: Any) -> list[Token]:
    """The tokens of a reply's `logprobs`, each with the model's first choice; none where there are none.

    The probabilities are those before the grammar's mask: docs/ollama-behavior.md, "Request fields".
    """
    found: list[Token] = []
    for one in logprobs or ():
        top: Any = next(iter(getattr(one, "top_logprobs", None) or ()), one)
        forced = top.token != one.token and top.logprob > one.logprob
        found.append(Token(one.token, top.token, forced))
    return found


def both(ours: OllamaError, theirs: Exception) -> OllamaError:
    """One exception that is an instance of the library's class and the client's, with the attributes of both."""
    cls = double_class(cast("Any", type(ours)), cast("Any", type(theirs)))
    error: Any = cls.__new__(cls, ours.message)
    attributes: dict[str, Any] = error.__dict__
    attributes.update(vars(theirs))
    for name, value in vars(ours).items():
        if value is not None or name not in attributes:
            attributes[name] = value
    return cast("OllamaError", error)
