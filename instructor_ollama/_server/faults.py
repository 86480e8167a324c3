"""Converts the status and body of a server error to an exception, using `fault_table`. Knows no client library.

`type` and `code` of the server's error bodies are unreliable and not read (docs/ollama-behavior.md, "Errors").
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ..errors import EndpointNotFoundError, OllamaError, ServerBusyError, ServerNotRunningError
from .connection_table import BEYOND_PROXY, FAILED, UNREACHABLE
from .fault_table import FAULTS, IN_FRONT, LOG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .fault_table import Fault, Verdict

_WORDS = ("error", "message", "detail", "errors", "title", "error_description")
"""Where the reason stands in an error body, Ollama's own first."""

_FROM_FRONT = frozenset((None, 403, 407, *IN_FRONT))
"""Statuses, or none, with which a proxy answers in place of Ollama."""

LONGEST_DETAIL = 4000
"""Characters of a web page that are looked at."""

_HEAD, _TAIL = 1500, 500
"""Characters at the beginning and at the end of an error body that are searched for the words of the table: the reasons
that servers give are short, and some of the table's patterns take the square of the length."""
_CREDENTIALS = re.compile(r"://[^\s/@'\"<>]+@")
"""User and password of a URL inside a text."""
_CHOICES, _LISTED = 3, 8
"""How many names are offered for one that is not installed, and how many of those installed are listed."""


class Terms(NamedTuple):
    """A client library's names for the things that a message tells the user to change."""

    credentials: str
    trust: str


OPENAI = Terms(
    credentials="set api_key=... on the client",
    trust='http_client=openai.DefaultHttpxClient(verify="ca.pem")',
)
OLLAMA = Terms(
    credentials='set the key on the client (headers={"Authorization": "Bearer ..."}, or OLLAMA_API_KEY)',
    trust='ollama.Client(host=..., verify="ca.pem")',
)


def fault_of(status: int, body: Any, *, model: str, url: str, terms: Terms = OPENAI) -> OllamaError:
    """The exception for a response.

    Args:
        status: HTTP status, 400 and above.
        body: The decoded JSON body, what its `error` held, or the text when it was no JSON.
        model: The model's name as it was sent.
        url: Where the request went.
        terms: The words of the client in use.
    """
    detail = detail_of(body)
    words = _shown(_title(detail)) or "no reason given"
    found = _row_of(status, detail)
    if found is None:
        message = f"Ollama answered HTTP {status} for {_shown(model)!r}: {words}. {LOG}"
        return OllamaError(message, status_code=status, detail=detail)
    row, match = found
    message = row.message.format(
        detail=words,
        model=_shown(model),
        url=_shown_url(url),
        host=_host_of(url),
        status=status,
        name=_own_name(_shown(model)),
        credentials=terms.credentials,
        **{name: _shown(value) for name, value in match.groupdict().items()},
    )
    retryable = None if row.verdict is None else row.verdict == "retry"
    return row.error(message, status_code=status, detail=detail, retryable=retryable)


def verdict_of(fault: OllamaError) -> Verdict:
    """The verdict on a server error, from the table or from the exception class."""
    found = None if fault.status_code is None else _row_of(fault.status_code, fault.detail)
    stated = None if found is None else found[0].verdict
    return stated or ("retry" if fault.retryable else "raise")


def _row_of(status: int, detail: str) -> tuple[Fault, re.Match[str]] | None:
    """The first row of the table that the server's words fit."""
    searched = _excerpt(detail)
    for row in FAULTS:
        match = re.search(row.words, searched, re.IGNORECASE | re.DOTALL) if status in row.statuses else None
        if match is not None:
            return row, match
    return None


def not_running(url: str, reason: str, terms: Terms = OPENAI) -> OllamaError:
    """The error for a connection that was refused or could not be made."""
    text = next(text for words, text in UNREACHABLE if _says(words, reason))
    parts = _split(url)
    shown = _shown(reason)
    message = text.format(url=_shown_url(url), reason=shown, trust=terms.trust, host_name=parts.hostname or "")
    if parts.hostname == "0.0.0.0":  # noqa: S104 (a client's mistake, not an address to listen at)
        message += " 0.0.0.0 is an address to listen on: connect to 127.0.0.1 instead."
    elif parts.scheme == "http" and parts.hostname and not re.search(r":\d*\Z", _address(parts)):
        message += f" Without a port the URL means port 80; Ollama listens on 11434: http://{_address(parts)}:11434{parts.path}"
    return ServerNotRunningError(message, detail=reason)


def connection_lost(url: str, reason: str) -> OllamaError:
    """The error for a connection that ended before the response did."""
    message = (
        f"the connection to {_shown_url(url)} was lost before the response arrived ({_shown(reason)}): the server was "
        "stopped or died. Its log has the reason; `ollama serve` starts it again."
    )
    return ServerBusyError(message, detail=reason)


def led_elsewhere(url: str, other: str, reason: str, *, retryable: bool) -> OllamaError:
    """The error for a request that failed at another host, to which a redirect or the client's auth has led."""
    message = (
        f"the request to {_shown_url(url)} was forwarded to {_shown_url(other)} (by a redirect, or by the auth of the "
        f"HTTP client), which cannot be reached: {_shown(reason)}."
    )
    return OllamaError(message, detail=reason, retryable=retryable)


def no_completion(url: str, text: str) -> OllamaError:
    """The error for a reply with status 200 that is not JSON, such as a login page."""
    if text.lstrip().startswith("{"):
        message = f"{_shown_url(url)} returned truncated or damaged JSON ({_shown(text)[:100]!r})."
        return ServerBusyError(message, status_code=200, detail=text[:LONGEST_DETAIL])
    what = f"a web page ({_shown(_title(text))!r})" if text.lstrip().startswith("<") else f"{_shown(text)[:100]!r}"
    return EndpointNotFoundError(
        f"{_shown_url(url)} answered with {what} instead of a chat completion: this is not Ollama's API, "
        f'such as a login page in front of it. Ollama\'s is at base_url="{_host_of(url)}/v1" (an ollama.Client takes '
        f'host="{_host_of(url)}").',
        status_code=200,
        detail=text[:LONGEST_DETAIL],
    )


def name_proxy(fault: OllamaError, url: str, proxies: Mapping[str, str]) -> None:
    """Say in the message which proxy of the environment the request went through, if it was not Ollama that answered.

    Args:
        fault: Its message gets longer.
        url: Where the request was to go.
        proxies: By scheme, as `urllib.request.getproxies` gives those that apply to the host; empty where none does.
    """
    parts = _split(url)
    scheme = next((one for one in (parts.scheme, "all") if one in proxies), None)
    from_front = fault.status_code in _FROM_FRONT or isinstance(fault, EndpointNotFoundError)
    if scheme is None or not from_front:
        return
    through = (
        f"The environment routes requests for {parts.hostname} through a proxy ({scheme.upper()}_PROXY="
        f"{_shown_url(proxies[scheme])}): to connect directly, set NO_PROXY={parts.hostname}."
    )
    if isinstance(fault, ServerNotRunningError) and not _says(BEYOND_PROXY, fault.detail):
        fault.message = f"no connection to the proxy ({_shown(fault.detail)}). {through}"
    else:
        fault.message += f" {through}"
    fault.args = (fault.message,)


def request_failed(url: str, reason: str, *, retryable: bool = False) -> OllamaError:
    """The error for a request that was not sent, or whose response could not be read, for another reason."""
    text = next(text for words, text in FAILED if _says(words, reason))
    return OllamaError(text.format(url=_shown_url(url), reason=_shown(reason)), detail=reason, retryable=retryable)


def ask_to_wait(fault: OllamaError, seconds: float | None) -> None:
    """Note how long the server asks to wait before the next request (`Retry-After`)."""
    if seconds is None:
        return
    fault.retry_after = seconds
    fault.message += f" The server asks to retry after {seconds:.0f} s (Retry-After)."
    fault.args = (fault.message,)


def name_installed(fault: OllamaError, model: str, listing: Any) -> None:
    """Add to the message of a missing model which ones are there, the nearest first.

    Args:
        fault: Its message is replaced.
        model: The name that is not installed.
        listing: What `/v1/models` or `/api/tags` answered; anything else adds nothing.
    """
    installed = _names(listing)
    if installed is None:
        return
    if installed:
        near = nearest(model, installed)
        offer = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        more = f" and {len(installed) - _LISTED} more" if len(installed) > _LISTED else ""
        first = [*near, *(one for one in installed if one not in near)][:_LISTED]
        added = f"{offer} Installed: {', '.join(first)}{more}."
    else:
        added = " No model is installed on the server yet."
    fault.message += added
    fault.args = (fault.message,)


def nearest(model: str, installed: Iterable[str]) -> list[str]:
    """The installed names that a wrong one may stand for, the likeliest first, at most three."""

    def likeness(name: str) -> float:
        there = name.lower()
        pairs = ((asked, there), (asked.partition(":")[0], there.partition(":")[0].rpartition("/")[2]))
        return max(difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs)

    asked = _own_name(model).lower()
    rated = sorted(((likeness(name), name) for name in installed), key=lambda one: (-one[0], one[1]))
    return [name for ratio, name in rated if ratio >= 0.7][:_CHOICES]


def detail_of(body: Any) -> str:
    """The server's own words in an error body, unwrapped from any nested JSON."""
    tail = ""
    for _ in range(6):  # llama-server's JSON inside Ollama's JSON inside the client's
        if isinstance(body, dict):
            node = cast("dict[str, Any]", body)
            body = next((node[key] for key in _WORDS if node.get(key) is not None), "")
        elif isinstance(body, list):
            body = "; ".join(filter(None, map(_item, cast("list[Any]", body))))
        elif isinstance(body, str) and body.lstrip().startswith("{"):
            try:
                decoded, end = json.JSONDecoder().raw_decode(body.lstrip())
            except (ValueError, RecursionError):
                break
            tail = f"{body.lstrip()[end:].strip()} {tail}".strip()  # Ollama appends llama-server's last line
            body = decoded
        else:
            break
    return f"{body.strip()} {tail}".strip() if isinstance(body, str) else tail


def _item(one: Any) -> str:
    """One of several reasons: a text, FastAPI's place and reason, or an object with a message."""
    if isinstance(one, dict):
        row = cast("dict[str, Any]", one)
        said = next((row[key] for key in ("msg", *_WORDS) if isinstance(row.get(key), str)), "")
        places = row.get("loc")
        return f"{'.'.join(map(str, cast('list[Any]', places)))}: {said}" if isinstance(places, list) else said
    return one if isinstance(one, str) else ""


def _names(listing: Any) -> list[str] | None:
    """The models' names in a listing, without the tag that says nothing; None when it is none."""
    for key, name in (("data", "id"), ("models", "name")):
        if isinstance(listing, dict) and key in listing:
            rows: Any = cast("dict[str, Any]", listing)[key] or []
            if not isinstance(rows, list):
                return None
            found = [cast("dict[str, Any]", row).get(name) for row in cast("list[Any]", rows) if isinstance(row, dict)]
            return [one.removesuffix(":latest") for one in found if isinstance(one, str)]
    return None


def _host_of(url: str) -> str:
    """The address below which Ollama's API lies: without /v1 or /api and what follows, with the path before."""
    parts = _split(url)
    if not parts.netloc:
        return "http://localhost:11434"
    path = re.sub(r"/(?:v1|api|chat)(?:/.*)?\Z", "", parts.path.rstrip("/"))
    return f"{parts.scheme}://{_address(parts)}{path}"


def _own_name(model: str) -> str:
    """A model's name without the provider that LiteLLM, instructor and others put in front of it."""
    return re.sub(r"\A(?:ollama|ollama_chat|openai)[/:]", "", model)


def _title(text: str) -> str:
    """The title of a web page, or its text without tags; any other text is unchanged."""
    if not text.lstrip().startswith("<"):
        return text
    page = text[:LONGEST_DETAIL]
    title = re.search(r"<title[^>]*>([^<]*)", page, re.IGNORECASE)
    return title[1] if title is not None and title[1].strip() else re.sub(r"<[^<>]*>", " ", page)


def _shown_url(url: str) -> str:
    """A URL as messages show it: without user, password, query and fragment."""
    parts = _split(url)
    return urlunsplit((parts.scheme, _address(parts), parts.path, "", "")).rstrip("/")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that are no IPv6 address
        return SplitResult("", "", re.sub(r"//[^/]*@|[?#].*", "", url), "", "")


def _address(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _excerpt(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} ... {text[-_TAIL:]}"


def _says(words: str, text: str) -> bool:
    return re.search(words, _excerpt(text), re.IGNORECASE) is not None


def _shown(text: str) -> str:
    flat = _CREDENTIALS.sub("://", " ".join(_excerpt(text).split()).rstrip("."))
    return flat if len(flat) <= 400 else f"{flat[:397]}..."
