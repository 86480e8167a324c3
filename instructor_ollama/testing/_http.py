"""A small HTTP/1.1 server on loopback: asyncio in its own thread. Knows nothing about Ollama.

For tests: it can refuse connections, close a connection in the middle of a response, and detect disconnected clients.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Union, cast


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire.

    Attributes:
        path: With its query, as it was sent.
        headers: Names in lower case.
        raw: The body's bytes.
    """

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes = field(repr=False)

    @functools.cached_property
    def body(self) -> dict[str, Any]:
        """The decoded body.

        Raises:
            ValueError: It is no JSON.
        """
        return cast("dict[str, Any]", json.loads(self.raw))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation that was sent."""
        return cast("list[dict[str, Any]]", self.body["messages"])


@dataclass(frozen=True)
class Response:
    """What is sent back.

    Attributes:
        status: 0 closes the connection without a response.
        parts: One is sent with its length; several are sent in chunks, one after the other.
        delay: Seconds before anything is sent.
        dies: The connection ends after the parts, before the response is complete.
        headers: Further ones.
    """

    status: int = 200
    parts: Sequence[bytes] = (b"",)
    content_type: str = "application/json"
    delay: float = 0.0
    dies: bool = False
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def head(self) -> bytes:
        """Status line and headers."""
        length = f"Content-Length: {len(self.parts[0]) + self.dies}" if len(self.parts) == 1 else _CHUNKED
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return (
            f"HTTP/1.1 {self.status} {_PHRASES.get(self.status, 'Unknown')}\r\n"
            f"Content-Type: {self.content_type}\r\n{more}{length}\r\n\r\n"
        ).encode("latin-1")


Handler = Callable[[Request], Union[Response, Coroutine[Any, Any, Response]]]

_TO_BE_MADE = 3
"""Turns of the loop after which each connection that was accepted has its transport, so that it can be aborted."""
_CHUNKED = "Transfer-Encoding: chunked"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_TLS_HELLO = b"\x16"
"""How a client begins that was told https."""
_MALFORMED = Response(400, (b"400 Bad Request",), "text/plain; charset=utf-8")


class HttpServer:
    """Answers each request with what `handle` returns, from `start()` to `stop()`.

    `handle` runs in the server's thread; where it returns a coroutine, that is awaited there, and cancelled when the
    client leaves.

    Attributes:
        port: 0 before the start; then reserved to the end, listening or not.
        cancelled: Requests whose client left before the answer.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle
        self.port = 0
        self.cancelled = 0
        self.connections: set[Connection] = set()
        self._loop: Any = None
        self._thread: threading.Thread | None = None
        self._socket: Any = None
        self._listener: asyncio.AbstractServer | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread is not None

    def start(self) -> None:
        """Run the loop and accept connections."""
        self._socket = _bound(self.port)
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"fake-ollama-{self.port}", daemon=True)
        self._thread.start()
        self.call(self.accept())

    def stop(self) -> None:
        """End everything: connections, tasks, thread; nothing where it does not run."""
        if self._thread is None:
            return
        self.call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._thread = None
        self._loop.close()
        self._socket.close()

    def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine in the server's thread and wait for its result.

        Raises:
            RuntimeError: The server does not run, or it is its own thread that would wait.
        """
        if self._thread is None or threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError(
                "the server is not running"
                if self._thread is None
                else "the server cannot be controlled from its own thread"
            )
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def accept(self) -> None:
        """Listen, where it does not yet."""
        if self._listener is None:
            self._listener = await self._loop.create_server(lambda: Connection(self), sock=self._socket, backlog=1024)

    def refuse(self) -> None:
        """Refuse new connections and end those that wait for nothing; the port stays ours."""
        if threading.current_thread() is self._thread:
            self._refuse()
        else:
            self.call(_later(self._refuse))

    def _refuse(self) -> None:
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        for connection in tuple(self.connections):
            connection.close_when_idle()
        self._socket = _bound(self.port)

    async def _end(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            for _ in range(_TO_BE_MADE):
                await asyncio.sleep(0)
        for connection in tuple(self.connections):
            connection.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports say that they are lost


class Connection(asyncio.Protocol):
    """One client's connection, kept open from request to request."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._handling = False
        self._closing = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = transport
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The client has left, or the connection was ended here."""
        self._server.connections.discard(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """More of a request."""
        self._buffer += data
        if self._buffer.startswith(_TLS_HELLO):
            self._transport.write(_MALFORMED.head() + _MALFORMED.parts[0])
            self._transport.close()
            return
        self._advance()

    def close_when_idle(self) -> None:
        """End the connection once nothing is being answered on it."""
        self._closing = True
        if self._task is None and not self._handling:
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _advance(self) -> None:
        while self._task is None and not self._transport.is_closing():
            request = self._take()
            if request is None:
                return
            self._closing |= request.headers.get("connection", "").lower() == "close"
            self._handling = True
            try:
                response = self._server.handle(request)
            except Exception as error:  # said where the test sees it
                response = Response(500, (f"the fake server raised {error!r}".encode(),), "text/plain")
            self._handling = False
            if isinstance(response, Response) and not response.delay and len(response.parts) == 1:
                self._write(request, response)  # most answers are there at once: no task is needed
            else:
                self._task = asyncio.get_running_loop().create_task(self._answer(request, response))

    def _take(self) -> Request | None:
        """The next whole request of the buffer, removed from it; None while it is not all there."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        if len(words) != 3 or not length.isdigit():
            self._transport.write(_MALFORMED.head() + _MALFORMED.parts[0])
            self._transport.close()
            return None
        start = end + 4
        whole = _unchunked(self._buffer, start) if chunked else (start + int(length), None)
        if whole is None or len(self._buffer) < whole[0]:
            if headers.get("expect", "").lower() == "100-continue" and len(self._buffer) == start:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        stop, decoded = whole
        raw = bytes(self._buffer[start:stop]) if decoded is None else decoded
        del self._buffer[:stop]
        return Request(words[0], words[1], headers, raw)

    async def _answer(self, request: Request, response: Response | Coroutine[Any, Any, Response]) -> None:
        try:
            ready = response if isinstance(response, Response) else await response
            if ready.delay:
                await asyncio.sleep(ready.delay)
            self._write(request, ready)
            for part in ready.parts[1:]:
                await asyncio.sleep(0)
                self._transport.write(_chunk(part))
            if len(ready.parts) > 1:
                self._finish(ready)
        except asyncio.CancelledError:
            self._server.cancelled += 1
            raise
        finally:
            self._task = None
        if self._closing:
            self._transport.close()
        else:
            self._advance()

    def _write(self, request: Request, response: Response) -> None:
        if response.status == 0:
            self._transport.abort() if response.dies else self._transport.close()
            return
        body = response.parts[0] if request.method != "HEAD" else b""
        streamed = len(response.parts) > 1
        self._transport.write(response.head() + (_chunk(body) if streamed else body))
        if not streamed:
            self._finish(response)

    def _finish(self, response: Response) -> None:
        if len(response.parts) > 1 and not response.dies:
            self._transport.write(b"0\r\n\r\n")
        if response.dies or (self._closing and self._task is None):
            self._transport.close()


async def _later(action: Callable[[], None]) -> None:
    action()


def _bound(port: int) -> socket.socket:
    """A socket at a loopback port that nobody listens at: connections to it are refused."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.suppress(OSError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def _chunk(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part) if part else b""


def _unchunked(buffer: bytearray, at: int) -> tuple[int, bytes] | None:
    """Where a body in chunks ends, and the body; None while it is not all there."""
    found = bytearray()
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return None
        size = int(bytes(buffer[at:line]).partition(b";")[0] or b"0", 16)
        stop = line + 2 + size + 2
        if len(buffer) < stop:
            return None
        if size == 0:
            return stop, bytes(found)
        found += buffer[line + 2 : stop - 2]
        at = stop
