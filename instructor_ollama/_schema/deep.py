"""`with_room(make)`: runs a recursive function again on an empty stack of its own where the caller's was too full.

Pydantic's generators, and the walks over their schemas, take about twenty frames for each level of nested models; what
is left of the recursion limit depends on where the caller stands.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

FRAMES: Final = 4000
"""Of the second run: deeper than any type for which Pydantic makes a schema within Python's own limit of 1,000."""
_one_at_a_time = threading.Lock()


def with_room(make: Callable[[], T]) -> T:
    """What `make` returns.

    Args:
        make: Called once, and a second time, in another thread, where the first call exceeds the recursion limit.

    Raises:
        RecursionError: The second call exceeded `FRAMES` too.

    >>> with_room(lambda: "made")
    'made'
    """
    try:
        return make()
    except RecursionError:
        pass
    made: list[T | BaseException] = []

    def run() -> None:
        try:
            made.append(make())
        except BaseException as error:  # handed to the caller's thread
            made.append(error)

    with _one_at_a_time:  # the limit is the interpreter's
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, FRAMES))
        try:
            thread = threading.Thread(target=run, name="instructor_ollama: a deep type")
            thread.start()
            thread.join()
        finally:
            sys.setrecursionlimit(limit)
    (result,) = made
    if isinstance(result, BaseException):
        raise result
    return cast("T", result)
