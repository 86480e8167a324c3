"""Exceptions of two classes, and pickling and copying of all errors of the library.

A class that is made at run time cannot be found again by its name, and `Exception` is restored by calling its class
with `args` alone; so an error is taken apart into its classes, its attributes and its cause, and put together again.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import pickle
from typing import Any, cast


@functools.cache
def double_class(ours: Any, theirs: Any) -> Any:
    """The class whose instances are of both classes, with the name of ours."""

    def init(self: Exception, *args: object) -> None:
        Exception.__init__(self, *args)

    body = {"__init__": init, "__module__": ours.__module__, "__doc__": ours.__doc__, "_classes": (ours, theirs)}
    return type(ours.__name__, (ours, theirs), body)


def rebuilt(classes: tuple[Any, ...], args: tuple[Any, ...], attributes: dict[str, Any], cause: Any) -> Any:
    """The error that was taken apart.

    Args:
        classes: Its class, or the two that it is of.
        args: Its `args`.
        attributes: All that it has beside them.
        cause: Its `__cause__`, itself taken apart where it could not be moved in one piece.
    """
    first, *second = classes
    kind = double_class(first, *second) if second else first
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    if isinstance(cause, tuple):
        cause = rebuilt(*cast("tuple[Any, Any, Any, Any]", cause))
    error.__cause__ = cause
    return error


def pickled(error: Any) -> tuple[Any, ...]:
    """What `__reduce__` returns; attributes that pickle cannot carry are replaced by a description or left out."""
    return rebuilt, _parts(error)


def copied(error: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy with the same attributes, or, with a memo, with copies of those that can be copied."""
    attributes = dict(_attributes(error))
    if memo is not None:
        attributes = {name: _deep(value, memo) for name, value in attributes.items()}
    return rebuilt(_classes(error), error.args, attributes, error.__cause__)


def _parts(error: Any) -> tuple[Any, ...]:
    attributes = {name: _portable(value) for name, value in _attributes(error).items()}
    cause = error.__cause__
    if cause is not None and not _is_portable(cause):
        parts = _parts(cause)  # an error of openai's cannot be moved in one piece, but its parts can
        cause = parts if _is_portable(parts) and _can_be_rebuilt(parts) else _portable(cause)
    return _classes(error), _portable(error.args), attributes, cause


def _attributes(error: object) -> dict[str, Any]:
    return vars(error)


def _classes(error: Any) -> tuple[Any, ...]:
    kind: Any = error.__class__
    return cast("tuple[Any, ...]", getattr(kind, "_classes", (kind,)))


def _deep(value: Any, memo: dict[int, Any]) -> Any:
    try:
        return copy.deepcopy(value, memo)
    except Exception:  # whatever an object of another library raises
        return value


def _is_portable(value: Any) -> bool:
    try:
        pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)
    except Exception:  # whatever an object of another library raises
        return False
    return True


def _can_be_rebuilt(parts: tuple[Any, ...]) -> bool:
    try:
        rebuilt(*parts)
    except TypeError:  # a class that is made with more than its `args`, such as Pydantic's ValidationError
        return False
    return True


def _portable(value: Any) -> Any:
    """The value if it survives pickle, else what of it does."""
    if _is_portable(value):
        return value
    if isinstance(value, BaseException):
        return RuntimeError(f"{type(value).__name__}: {value}")
    if isinstance(value, tuple):
        return tuple(_portable(one) for one in cast("tuple[Any, ...]", value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {one.name: _portable(getattr(value, one.name)) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return None
