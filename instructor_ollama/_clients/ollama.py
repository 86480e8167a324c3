"""The adapter for ollama's own clients. The only module that imports `ollama`."""

from __future__ import annotations

import contextlib
import copy
import functools
from collections.abc import Callable, Generator, Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import ollama
import pydantic

from .._reply.reply import Reply
from .._server import faults
from ..errors import OllamaError, UnsupportedFeatureError, UsageError
from ..events import Usage
from . import MARK, Replacement
from .connection import (
    connection_fault,
    is_http,
    is_no_json,
    proxies_for,
    raised_by_caller,
    raised_in_hook,
    request_fault,
    retry_after,
    stale,
    was_sent,
)
from .content import native_messages
from .translate import both, left_open, problem_of, shortened, tokens_of

if TYPE_CHECKING:
    from .adapter import NextRequest, Stale

_REFUSED = {
    "stream": "a value can only be validated when the answer is complete: omit stream",
    "tools": "Ollama cannot be forced to call a tool: omit tools; response_model enforces the structure",
    "format": "response_model sets the format itself: pass one of the two",
}
"""Keywords that cannot be combined with `response_model`, and what to do instead."""

_NO_TRUNCATION = {"truncate": False, "shift": False}
"""The server refuses a prompt that is too long instead of truncating it, since Ollama 0.12.6.

See docs/ollama-behavior.md, "Context window".
"""


class _Extra(NamedTuple):
    """Fields of the library's requests that are not keywords of `chat`."""

    body: Mapping[str, Any]
    timeout: float | None


_sending: ContextVar[_Extra | None] = ContextVar("instructor_ollama_sending", default=None)


@contextlib.contextmanager
def _sent_with(extra: _Extra) -> Generator[None]:
    """Set while a third-party wrapper sends one of the library's requests."""
    token = _sending.set(extra)
    try:
        yield
    finally:
        _sending.reset(token)


def bind(client: object) -> OllamaBinding | None:
    """The binding of an ollama client; None for ollama's other classes."""
    if isinstance(client, (ollama.Client, ollama.AsyncClient)):
        return OllamaBinding(client)
    return None


class OllamaBinding:
    """The binding of an ollama client."""

    method = "chat"
    positional = ("model", "messages")

    def __init__(self, client: ollama.Client | ollama.AsyncClient) -> None:
        self.client = client
        self.is_async = isinstance(client, ollama.AsyncClient)
        self.owner = client
        self.answered = False
        methods = vars(client).get(MARK)
        # A third-party wrapper that was set on the instance before `patch` is still called.
        self.wrapper: Callable[..., Any] | None = (
            vars(client).get("chat") if methods is None else methods.binding.wrapper
        )

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """The client's own `chat`."""
        if self.wrapper is not None and _sending.get() is None:
            return self._wrapped(_Extra({}, None), args, kwargs)
        kind: Any = type(self.owner)
        return kind.chat(self.owner, *args, **kwargs)

    def send(self, request: dict[str, Any], timeout: float | None, added: Mapping[str, Any]) -> Any:
        """`chat`, with what `chat` has no keyword for put into the body that it sends."""
        extra = _Extra({**_NO_TRUNCATION, **added}, timeout)
        if self.wrapper is not None:
            return self._wrapped(extra, (), request)
        twin: Any = copy.copy(self.client)
        twin._request = self._posting(lambda: extra)
        kind: Any = type(self.client)
        return kind.chat(twin, **request)

    def _wrapped(self, extra: _Extra, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a third-party wrapper; its request is recognised by a context variable."""
        wrapper: Any = self.wrapper

        async def awaited() -> Any:
            with _sent_with(extra):
                return await wrapper(*args, **kwargs)

        if self.is_async:
            return awaited()
        with _sent_with(extra):
            return wrapper(*args, **kwargs)

    def _posting(self, extra_of: Callable[[], _Extra | None]) -> Callable[..., Any]:
        """The client's `_request` with the library's additional fields."""
        client: Any = self.client
        kind: Any = type(self.client)
        own: Callable[..., Any] = kind._request

        @functools.wraps(own)
        def post(cls: Any, *args: Any, **kwargs: Any) -> Any:
            extra = extra_of()
            if extra is not None and args[1:] == ("/api/chat",):
                kwargs["json"] = {**kwargs["json"], **extra.body}
                if extra.timeout is not None:
                    kwargs["timeout"] = shortened(client._client.timeout, extra.timeout)
            return own(client, cls, *args, **kwargs)

        return post

    def native(self, method: str, path: str, body: Any = None, timeout: float | None = None) -> Any:
        """One request to Ollama's own API."""
        request = cast("Any", self.client)._request
        return request(dict, method, path, json=body, **({} if timeout is None else {"timeout": timeout}))

    def warn(self) -> None:
        """Nothing: these clients speak to Ollama alone."""

    def check(self, kwargs: Mapping[str, Any]) -> None:
        """Raise for keywords that cannot be combined with `response_model`."""
        for name, remedy in _REFUSED.items():
            if kwargs.get(name):
                raise UnsupportedFeatureError(f"{name}= cannot be combined with response_model; {remedy}.")

    def adapter(self, kwargs: Mapping[str, Any]) -> tuple[OllamaAdapter, frozenset[str]]:
        """The adapter of one call."""
        request = {name: value for name, value in kwargs.items() if value is not None}
        options = _options(request.get("options"))
        native_messages(request.get("messages") or ())  # refuses, before anything is sent, what Ollama has no form for
        return OllamaAdapter(self, request, options), left_open("temperature" not in options, "think" not in request)

    def replacements(self, patch_copy: Callable[[Any], Any]) -> Iterator[Replacement]:  # noqa: ARG002 (no copies)
        """`_request`, where a wrapper stands between `chat` and us."""
        if self.wrapper is not None:
            yield Replacement(self.client, "_request", self._posting(_sending.get))

    @property
    def url(self) -> str:
        """Where the client sends its requests."""
        inner: Any = getattr(self.client, "_client", None)
        return str(getattr(inner, "base_url", "the server"))


class OllamaAdapter:
    """One call through an ollama client."""

    __slots__ = ("_added", "_binding", "_options", "_request", "_timeout", "max_tokens", "native", "stop")

    truncates_silently = False  # every request sets `truncate` and `shift`, also through a third-party wrapper

    def __init__(self, binding: OllamaBinding, request: dict[str, Any], options: dict[str, Any]) -> None:
        self._binding = binding
        self._request = request
        self._options = options
        self._timeout: float | None = None
        self._added: Mapping[str, Any] = {}
        self.native = binding.native
        most = options.get("num_predict")
        self.max_tokens: int | None = most if isinstance(most, int) and most > 0 else None  # -1 and -2: no bound
        self.stop: object = options.get("stop")

    def keywords(self, following: NextRequest) -> dict[str, Any]:
        """The keywords of `chat`."""
        self._timeout = following.timeout
        self._added = {"logprobs": True, "top_logprobs": 1} if following.logprobs else {}
        options = dict(self._options)
        if following.temperature is not None:
            options["temperature"] = following.temperature
        request = {
            **self._request,
            "messages": native_messages(following.messages),
            "options": options,
        }
        if following.constrained:
            request["format"] = "json" if following.schema is None else following.schema
        if following.thinking is not None:
            request["think"] = False if following.thinking == "none" else following.thinking
        return request

    def send(self, request: dict[str, Any]) -> Any:
        """Call the client's own `chat`."""
        return self._binding.send(request, self._timeout, self._added)

    def read(self, completion: Any) -> Reply:
        """Convert a reply; fields may be missing."""
        self._binding.answered = True
        message = getattr(completion, "message", None)
        usage = Usage(
            _count(getattr(completion, "prompt_eval_count", 0)),
            _count(getattr(completion, "eval_count", 0)),
            _count(getattr(completion, "prompt_eval_cached_count", 0)),
        )
        if message is None:
            return Reply("", "", None, usage, completion, "it has no message")
        content, thinking = getattr(message, "content", None), getattr(message, "thinking", None)
        finish = getattr(completion, "done_reason", None)
        return Reply(
            content if isinstance(content, str) else "",
            thinking if isinstance(thinking, str) else "",
            finish if isinstance(finish, str) else None,
            usage,
            completion,
            problem_of(content, getattr(message, "tool_calls", None)),
            tokens=tokens_of(getattr(completion, "logprobs", None)),  # before ollama 0.6 its replies have none
        )

    def own_error(self, error: Exception) -> Exception | None:
        """The exception that the caller's code raised, or the mistake that ollama's client found before the request."""
        raised = raised_in_hook(error) or (raised_by_caller(error) if isinstance(error, OSError) else None)
        title = getattr(error, "title", None)
        if raised is not None or not type(error).__module__.startswith("pydantic"):
            return raised
        if title == "ChatResponse" or was_sent(error):
            return None
        reasons = (
            [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
            if isinstance(error, pydantic.ValidationError)
            else [str(error).removeprefix("Error calling function `serialize_model`: ")]
        )
        return UsageError(f"ollama's client does not accept the request: {'; '.join(reasons[:5])}.")

    def stale(self, error: Exception, seconds: float) -> Stale | None:
        """Why the kept-alive connection may have been stale, so that a new one will work."""
        return stale(error, seconds, answered=self._binding.answered)

    def fault(self, error: Exception) -> OllamaError | None:
        """The server error behind one of ollama's errors, as an instance of both classes."""
        url, model = self._binding.url, str(self._request.get("model"))
        said = _said_in(error)
        if said is not None:
            return faults.fault_of(200, said, model=model, url=url, terms=faults.OLLAMA)
        if isinstance(error, ollama.ResponseError):
            ours = faults.fault_of(error.status_code, error.error, model=model, url=url, terms=faults.OLLAMA)
            response: Any = getattr(error.__context__, "response", None)
            faults.ask_to_wait(ours, retry_after(getattr(response, "headers", {})))
        elif self.is_timeout(error):
            return None  # the caller's own timeout, or the deadline's
        elif isinstance(error, ConnectionError) and error.__context__ is None:  # ollama's own words say no more
            ours = faults.not_running(url, "nothing listens there")
        elif isinstance(error, ConnectionError):
            ours = connection_fault(error.__context__ or error, url, faults.OLLAMA) or faults.not_running(
                url, str(error)
            )
        elif isinstance(error, OSError) or is_http(error):
            ours = connection_fault(error, url, faults.OLLAMA) or request_fault(error, url)
        elif is_no_json(error):
            ours = faults.no_completion(url, str(getattr(error, "doc", "")))
        else:
            return None
        client: Any = self._binding.client
        faults.name_proxy(ours, url, proxies_for(url, client._client))
        return both(ours, error)

    def page(self, completion: Any) -> OllamaError | None:  # noqa: ARG002 (ollama's client raises)
        """None: ollama's client raises an error for a reply that is not JSON."""
        return None

    def unreadable(self, error: Exception) -> str | None:
        """Why ollama's client could not build a `ChatResponse`."""
        if _said_in(error) is not None:
            return None
        if getattr(error, "title", None) == "ChatResponse" or "must be a mapping" in str(error):
            return f"the server sent no chat response ({type(error).__name__})"
        return None

    def is_timeout(self, error: Exception) -> bool:
        """Whether the request took longer than its timeout."""
        return any(base.__name__ == "TimeoutException" for base in type(error).__mro__)


def _options(options: Any) -> dict[str, Any]:
    """The caller's options as a dict; ollama takes a mapping or its own `Options`."""
    if options is None:
        return {}
    if isinstance(options, Mapping):
        return dict(cast("Mapping[str, Any]", options))
    if not hasattr(options, "model_dump"):
        raise UsageError(f'options={options!r:.80}: pass a dict such as {{"num_ctx": 8192}}, or an ollama.Options.')
    return cast("dict[str, Any]", options.model_dump(exclude_none=True))


def _said_in(error: Exception) -> Any:
    """The message of an error that the server sent instead of a chat response; None if it is not an error."""
    if not isinstance(error, pydantic.ValidationError) or error.title != "ChatResponse":
        return None
    reply = error.errors(include_url=False)[0]["input"]
    return cast("Mapping[str, Any]", reply).get("error") if isinstance(reply, Mapping) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
