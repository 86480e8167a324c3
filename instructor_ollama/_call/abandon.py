"""Abandon a blocking request: shut down the sockets that a thread waits on, so that the server stops generating.

A blocking call of a client library cannot be cancelled from outside, but its socket can be shut down. The call then
fails and the library removes the connection from its pool, as after any lost connection.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

_STREAMS = ("httpcore", "http.", "urllib3")
"""Where the classes are defined that hold a socket as `_sock`."""
_TRIES = 10
_PAUSE = 0.01


def abandon(thread: threading.Thread) -> None:
    """Shut down what a thread's call reads from or writes to; without one, the call runs to its timeout."""
    if thread.ident is None:  # interrupted before it has started
        return
    for _ in range(_TRIES):
        for found in _sockets(thread.ident):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)
        thread.join(_PAUSE)
        if not thread.is_alive():
            return


def _sockets(ident: int) -> Iterator[socket.socket]:
    """The sockets in the hands of the functions that a thread is in, the innermost first."""
    frame: Any = sys._current_frames().get(ident)  # pyright: ignore[reportPrivateUsage]  # documented under this name
    while frame is not None:
        for value in tuple(frame.f_locals.values()):
            stream = type(value).__module__.startswith(_STREAMS)  # no attribute of any other object is asked for
            candidate = getattr(value, "_sock", None) if stream else value
            if isinstance(candidate, socket.socket):
                yield candidate
        frame = frame.f_back
