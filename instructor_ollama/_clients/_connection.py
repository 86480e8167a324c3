"""Why a request failed before its reply: the cause behind a client library's error, and whose it is.

Knows no client library: HTTP errors are recognised by name, since openai stands on httpx or on httpx2.
"""

from __future__ import annotations

import email.utils
import sys
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from .. import _faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._adapter import Stale
    from ..errors import OllamaError

_NOT_MADE = frozenset(
    ("ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL", "ConnectionRefusedError")
)
_LOST = frozenset(
    (
        *("RemoteProtocolError", "ReadError", "WriteError", "CloseError"),
        *("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError"),
    )
)
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


def proxies_for(url: str, client: Any) -> dict[str, str]:
    """The proxies of the environment that apply to an address, by scheme.

    Args:
        url: The server's.
        client: The HTTP client; one that does not trust the environment has none.
    """
    host = urllib.parse.urlsplit(url).netloc.rpartition("@")[2]
    if not getattr(client, "trust_env", True):
        return {}
    found = urllib.request.getproxies()
    return {} if urllib.request.proxy_bypass(host) else found


def connection_fault(error: BaseException, url: str, terms: _faults.Terms) -> OllamaError | None:
    """The fault behind an error of the connection; None when no cause of it is one."""
    for cause in _chain(error):
        name = type(cause).__name__
        if name in _NOT_MADE:
            return _faults.not_running(url, str(cause) or name, terms)
        if name in _LOST:
            return _faults.connection_lost(url, str(cause) or name)
    return None


def request_fault(error: BaseException, url: str) -> OllamaError:
    """The fault behind a request that failed for any other reason, in that reason's own words."""
    cause = error if is_http(error) else error.__cause__ or error
    damaged = type(cause).__name__ == "DecodingError"
    return _faults.request_failed(url, f"{type(cause).__name__}: {cause}", retryable=damaged)


def is_http(error: BaseException) -> bool:
    """Whether an error comes from the HTTP library, a closed client included."""
    return _package(type(error)) in _HTTP or "client has been closed" in str(error)


def was_sent(error: BaseException) -> bool:
    """Whether an error was raised while the HTTP library had the request, so that it may have been sent."""
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] in _HTTP:
            return True
        trace = trace.tb_next
    return False


def is_no_json(error: BaseException) -> bool:
    """Whether a response could not be decoded."""
    return isinstance(error, ValueError) and "JSON" in type(error).__name__


def raised_by_caller(error: BaseException) -> Exception | None:
    """What the caller's own code has raised inside the HTTP client (a hook, an auth, a transport).

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
    if package in _HTTP or isinstance(error, OSError):
        return None
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _TRANSPORT:
            return error
        trace = trace.tb_next
    return None


def stale(error: BaseException, seconds: float, *, answered: bool) -> Stale | None:
    """Why the connection of a failed request may have been left over from before; None where it was not.

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
    """Seconds that a response asks to wait (`Retry-After`, as a number or a date); None where it says nothing valid."""
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
        cause = cause.__cause__ or cause.__context__


def _package(kind: Any) -> str:
    return str(kind.__module__).partition(".")[0]
