"""Finds why a request failed without a response, and whether the caller's own code is the cause.

Knows no client library: HTTP errors are recognised by name, since openai uses httpx or httpx2.
"""

from __future__ import annotations

import email.utils
import sys
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from .._server import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..errors import OllamaError
    from .adapter import Stale

_NOT_MADE = frozenset(
    ("ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL", "ConnectionRefusedError")
)
_LOST = frozenset(
    (
        *("RemoteProtocolError", "ReadError", "WriteError", "CloseError"),
        *("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError"),
    )
)
_CLOSED = ("disconnected", "closed", "terminated", "reset")
"""What httpx and h2 say of a connection that has ended; all else that they refuse was sent by the server."""
_OTHER_LOOP = ("Event loop is closed", "different event loop", "different loop")
_IDLE_SECONDS = 1.0
"""A kept-alive connection that the server has closed fails within milliseconds; later it is another fault."""

_HTTP = frozenset(("httpx", "httpx2", "httpcore", "httpcore2", "h11", "h2", "anyio", "ssl"))
_TRANSPORT = (
    _HTTP
    | {"openai", "ollama", "hpack", "sniffio", "trio", "outcome", "certifi", "idna", "socksio", "brotli", "zstandard"}
    | {"instructor_ollama", "urllib3"}
    | sys.stdlib_module_names
)
"""Packages that a request passes through; a frame of any other belongs to the caller."""

_OF_FILES = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)
"""Errors of the operating system that no connection ends with."""

_CALLS_HOOKS = frozenset(("_send_handling_auth", "_send_handling_redirects"))
_SENDS = "_send_single_request"
"""httpx's functions that call auth and event hooks, and the one that sends what these have made."""


def proxies_for(url: str, client: Any) -> dict[str, str]:
    """The proxies of the environment that apply to an address, by scheme.

    Args:
        url: The server's.
        client: The HTTP client; one that does not trust the environment, or was made with a transport, has none.
    """
    host = urllib.parse.urlsplit(url).netloc.rpartition("@")[2]
    if not getattr(client, "trust_env", True) or not getattr(client, "_mounts", True):
        return {}
    found = urllib.request.getproxies()
    return {} if urllib.request.proxy_bypass(host) else found


def connection_fault(error: BaseException, url: str, terms: faults.Terms) -> OllamaError | None:
    """The fault behind an error of the connection; None when no cause of it is one."""
    for cause in _chain(error):
        name = type(cause).__name__
        if name not in _NOT_MADE and name not in _LOST:
            continue
        reason = _reason(cause)
        elsewhere = _elsewhere(cause, url)
        if elsewhere is not None:
            return faults.led_elsewhere(url, elsewhere, reason, retryable=name in _LOST)
        if name in _NOT_MADE:
            return faults.not_running(url, reason, terms)
        if name == "RemoteProtocolError" and not any(words in reason.lower() for words in _CLOSED):
            return faults.request_failed(url, reason, retryable=not reason.startswith("illegal request line"))
        return faults.connection_lost(url, reason)
    return None


def _reason(error: BaseException) -> str:
    """The operating system's error message if there is one: anyio only reports "All connection attempts failed"."""
    system = next((one for one in _chain(error) if isinstance(one, OSError) and one.errno is not None), error)
    return str(system) or str(error) or type(error).__name__


def _elsewhere(error: Any, url: str) -> str | None:
    """The address of a request to another host than the server's, where a redirect or the client's auth has led."""
    other = str(getattr(getattr(error, "_request", None), "url", ""))
    try:
        same = not other or _host_and_port(other) == _host_and_port(url)
    except ValueError:
        return None
    return None if same else other


def _host_and_port(url: str) -> tuple[str | None, int]:
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def request_fault(error: BaseException, url: str) -> OllamaError:
    """The fault behind a request that failed for any other reason, in that reason's own words."""
    cause = error if is_http(error) else error.__cause__ or error
    damaged = type(cause).__name__ == "DecodingError"
    return faults.request_failed(url, f"{type(cause).__name__}: {cause}", retryable=damaged)


def is_http(error: BaseException) -> bool:
    """Whether an error comes from the HTTP library, a closed client included."""
    return _package(type(error)) in _HTTP or "client has been closed" in str(error)


def was_sent(error: BaseException) -> bool:
    """Whether an error was raised while the HTTP library had the request, so that it may have been sent."""
    return any(module in _HTTP for module, _ in _frames(error))


def is_no_json(error: BaseException) -> bool:
    """Whether a response could not be decoded."""
    return isinstance(error, ValueError) and "JSON" in type(error).__name__


def raised_in_hook(error: BaseException) -> Exception | None:
    """The exception of an event hook or the auth of the HTTP client, of any class; None for any other error."""
    for cause in _chain(error):
        if isinstance(cause, Exception) and not isinstance(cause, StopIteration) and _in_hook(cause):
            return cause
    return None


def _in_hook(error: BaseException) -> bool:
    calls = False
    for module, function in _frames(error):
        if module in _HTTP:
            if function == _SENDS:
                return False
            calls = calls or function in _CALLS_HOOKS
        elif calls and module not in _TRANSPORT:
            return True
    return False


def raised_by_caller(error: BaseException) -> Exception | None:
    """The exception that the caller's own code raised inside the HTTP client (a hook, an auth, a transport).

    Args:
        error: The cause that the client library names for its own error.

    Returns:
        That exception; None for an error of the connection, and for one that the libraries have raised themselves.
    """
    if not isinstance(error, Exception):
        return None
    package = _package(type(error))
    if package not in _TRANSPORT:
        return error
    if package in _HTTP or (isinstance(error, OSError) and not isinstance(error, _OF_FILES)):
        return None
    return error if any(module not in _TRANSPORT for module, _ in _frames(error)) else None


def stale(error: BaseException, seconds: float, *, answered: bool) -> Stale | None:
    """Why the kept-alive connection of a failed request may have been stale; None if it was not.

    Args:
        error: As the client library raised it.
        seconds: How long the request took to fail.
        answered: Whether the client has had a reply before, so that it may have kept a connection.
    """
    causes = list(_chain(error))
    if any(isinstance(one, RuntimeError) and any(words in str(one) for words in _OTHER_LOOP) for one in causes):
        return "loop"
    lost = answered and seconds < _IDLE_SECONDS and any(type(one).__name__ in _LOST for one in causes)
    return "idle" if lost else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait in seconds requested by a response (`Retry-After`, a number or a date); None if missing or invalid."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None or not given:
        return seconds
    parsed = email.utils.parsedate_tz(given)
    return None if parsed is None else max(0.0, email.utils.mktime_tz(parsed) - time.time())


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or _context_of(cause)


def _context_of(error: BaseException) -> BaseException | None:
    """What the libraries were handling when they raised an error, and not what the caller was handling before."""
    context = error.__context__
    first = next(_frames(context), None) if context is not None else None
    return context if first is not None and first[0] in _TRANSPORT else None


def _frames(error: BaseException) -> Iterator[tuple[str, str]]:
    """Top-level package and function of each frame that an error has passed, the outermost first."""
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        yield str(frame.f_globals.get("__name__")).partition(".")[0], frame.f_code.co_name
        trace = trace.tb_next


def _package(kind: Any) -> str:
    return str(kind.__module__).partition(".")[0]
