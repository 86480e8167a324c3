"""Disables openai's own retries for the library's requests, also below wrappers of `create`.

Tracers wrap `create` on the client before `patch` and call the client's own method, which posts through its resource.
There the library's requests are recognised by the class of their `extra_body`, and openai is asked to try them once.
"""

from __future__ import annotations

import contextlib
import functools
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from . import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Body(dict[str, Any]):
    """The `extra_body` of the library's requests, by which they are recognised below `create`."""


wrapping: ContextVar[tuple[object, ...]] = ContextVar("instructor_ollama_wrapping", default=())
"""The resources whose wrapper is running in this context."""


def without_retries(post: Callable[..., Any]) -> Callable[..., Any]:
    """A resource's `_post` that disables openai's retries for the library's requests."""

    @functools.wraps(post)
    def once(*args: Any, **kwargs: Any) -> Any:
        options = kwargs.get("options")
        if isinstance(options, dict):
            given = cast("dict[str, Any]", options)
            if type(given.get("extra_json")) is Body:
                kwargs["options"] = {**given, "max_retries": 0}
        return post(*args, **kwargs)

    setattr(once, MARK, True)
    return once


@contextlib.contextmanager
def inside(owner: object) -> Generator[None]:
    """While the wrapper of a resource runs."""
    token = wrapping.set((*wrapping.get(), owner))
    try:
        yield
    finally:
        wrapping.reset(token)
