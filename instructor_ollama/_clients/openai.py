"""The adapter for openai's clients, 1.x to 3.x. The only module that imports `openai`."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import openai

from .._reply.reply import Reply
from .._server import faults
from ..errors import OllamaError, RemoteServerWarning, UnsupportedFeatureError
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
)
from .ignored import warn_ignored
from .own import Body, inside, without_retries, wrapping
from .signature import refusing
from .translate import both, left_open, problem_of, shortened, tokens_of
from .warnings import callers_level

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai.resources.chat.completions import AsyncCompletions, Completions

    from .adapter import NextRequest, Stale

_REFUSED = {
    "stream": "a value can only be validated when the answer is complete: omit stream",
    "tools": "Ollama ignores tool_choice and cannot be forced to call a tool: omit tools",
    "tool_choice": "Ollama ignores tool_choice: omit it; response_model enforces the structure",
    "functions": "Ollama does not support functions: omit it; response_model enforces the structure",
    "function_call": "Ollama does not support function_call: omit it; response_model enforces the structure",
    "response_format": "response_model sets response_format itself: pass one of the two",
}
"""Keywords that cannot be combined with `response_model`, and what to do instead."""

_OPENAIS = ("api.openai.com", ".openai.azure.com")
"""Hosts that are not Ollama servers."""

_RAW_HEADER = "x-stainless-raw-response"


def bind(client: object) -> OpenAIBinding | None:
    """The binding of an openai client; None for openai's other classes."""
    if isinstance(client, (openai.OpenAI, openai.AsyncOpenAI)):
        return OpenAIBinding(client)
    return None


class OpenAIBinding:
    """The binding of an openai client."""

    method = "create"
    positional = ()

    def __init__(self, client: openai.OpenAI | openai.AsyncOpenAI) -> None:
        self.client = client
        self.is_async = isinstance(client, openai.AsyncOpenAI)
        self.owner: Completions | AsyncCompletions = client.chat.completions
        self.answered = False
        # A third-party wrapper that was set on the instance before `patch` is still called.
        methods = vars(self.owner).get(MARK)
        self.wrapper: Callable[..., Any] | None = (
            vars(self.owner).get("create") if methods is None else methods.binding.wrapper
        )
        resource: Any = type(self.owner)
        self._own: Any = resource(client)
        self._own._post = without_retries(self._own._post)
        if self.wrapper is not None and not hasattr(vars(self.owner).get("_post"), MARK):
            owner: Any = self.owner
            owner._post = without_retries(owner._post)

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """The client's own `create`."""
        if self.wrapper is not None and self.owner not in wrapping.get():
            return self._wrapped(*args, **kwargs)
        create: Any = type(self.owner).create
        return create(self.owner, *args, **kwargs)

    def send(self, request: dict[str, Any]) -> Any:
        """`create` without openai's own retries, which would repeat permanent errors and hide transient ones."""
        return self._own.create(**request) if self.wrapper is None else self._wrapped(**request)

    def _wrapped(self, *args: Any, **kwargs: Any) -> Any:
        """Call the wrapper; what it calls on the patched resource (`with_raw_response.create`) is the client's own."""
        wrapper: Any = self.wrapper

        async def awaited() -> Any:
            with inside(self.owner):
                return await wrapper(*args, **kwargs)

        if self.is_async:
            return awaited()
        with inside(self.owner):
            return wrapper(*args, **kwargs)

    def native(self, method: str, path: str, body: Any = None, timeout: float | None = None) -> Any:
        """One request to Ollama's own API, next to `/v1`."""
        client: Any = self.client
        options = {"max_retries": 0, **({} if timeout is None else {"timeout": timeout})}
        url = str(client.base_url).rstrip("/").removesuffix("/v1") + path
        if method == "GET":
            return client.get(url, cast_to=object, options=options)
        return client.post(url, cast_to=object, body=body, options=options)

    def warn(self) -> None:
        """Warn if the client has openai's own address."""
        host = str(getattr(self.client.base_url, "host", ""))
        if host.endswith(_OPENAIS):
            warnings.warn(
                f"base_url is {host}: documents would be sent to OpenAI, not to Ollama. Create the client with "
                'base_url="http://localhost:11434/v1".',
                RemoteServerWarning,
                stacklevel=callers_level(),
            )

    def check(self, kwargs: Mapping[str, Any]) -> None:
        """Raise for keywords that cannot be combined with `response_model`."""
        for name, remedy in _REFUSED.items():
            if _is_given(kwargs.get(name)) and kwargs[name] is not False:
                raise UnsupportedFeatureError(f"{name}= cannot be combined with response_model; {remedy}.")
        count = kwargs.get("n")
        if _is_given(count) and count != 1:
            raise UnsupportedFeatureError(
                f"n={count!r} cannot be combined with response_model: Ollama returns one choice. Make several calls "
                "instead."
            )
        headers = kwargs.get("extra_headers")
        if isinstance(headers, Mapping) and any(
            str(key).lower() == _RAW_HEADER for key in cast("Mapping[object, object]", headers)
        ):
            raise UnsupportedFeatureError(
                "with_raw_response.create(response_model=...) is not supported: a raw response is not validated. "
                "create_with_completion(response_model=...) returns the value and the completion."
            )

    def adapter(self, kwargs: Mapping[str, Any]) -> tuple[OpenAIAdapter, frozenset[str]]:
        """The adapter of one call."""
        request = {name: value for name, value in kwargs.items() if _is_given(value)}
        most = request.pop("max_completion_tokens", None)  # Ollama knows only the older name
        if most is not None:
            request.setdefault("max_tokens", most)
        body = request.get("extra_body")
        if isinstance(body, Mapping):
            warn_ignored(cast("Mapping[str, Any]", body))
        given = _as_sent(request)
        thinking = {"reasoning_effort", "reasoning"} & given.keys()
        return OpenAIAdapter(self, request), left_open("temperature" not in given, not thinking)

    def replacements(self, patch_copy: Callable[[Any], Any]) -> Iterator[Replacement]:
        """`copy` and `with_options`, whose result is patched; methods without support for `response_model`."""

        def patched_copy(own: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(own)
            def make(*args: Any, **kwargs: Any) -> Any:
                return patch_copy(own(self.client, *args, **kwargs))

            return make

        for name in ("copy", "with_options"):
            yield Replacement(self.client, name, patched_copy(getattr(type(self.client), name)))
        for path, names in _WITHOUT_RESPONSE_MODEL.items():
            if path.startswith("beta") and "openai.resources.beta" not in sys.modules:
                continue  # openai 3 imports hundreds of modules for it
            resource: Any = self.client
            for step in path.split("."):
                resource = getattr(resource, step, None)
            for name in names:
                own = getattr(resource, name, None)
                if own is not None:
                    parallel = path.endswith("chat.completions")
                    yield Replacement(resource, name, refusing(own, f"client.{path}.{name}", parallel=parallel))


class OpenAIAdapter:
    """One call through an openai client."""

    __slots__ = ("_binding", "_request", "max_tokens", "native", "send", "stop")

    truncates_silently = True  # /v1 knows no `truncate`

    def __init__(self, binding: OpenAIBinding, request: dict[str, Any]) -> None:
        self._binding = binding
        self._request = request
        self.send = binding.send
        self.native = binding.native
        sent = _as_sent(request)
        self.max_tokens: int | None = sent.get("max_tokens")
        self.stop: object = sent.get("stop")

    def keywords(self, following: NextRequest) -> dict[str, Any]:
        """The keywords of `create`."""
        request = {**self._request, "messages": following.messages}
        # In extra_body, since openai walks through every other value on each call, deep as the schema is, and since
        # its first versions do not know reasoning_effort.
        body = Body(cast("Any", request.get("extra_body") or {}))
        if following.constrained:
            body["response_format"] = _response_format(following.schema)
        if following.thinking is not None:
            body["reasoning_effort"] = following.thinking
        if following.logprobs:  # in extra_body too: a caller's own keyword is left as it is
            body.update(logprobs=True, top_logprobs=1)
        request["extra_body"] = body
        if following.temperature is not None:
            request["temperature"] = following.temperature
        if following.timeout is not None:
            given = request.get("timeout", self._binding.client.timeout)
            request["timeout"] = shortened(given, following.timeout)
        return request

    def read(self, completion: Any) -> Reply:
        """Convert a completion; openai does not validate these objects, so any field may be missing."""
        self._binding.answered = True
        choices = getattr(completion, "choices", None)
        usage = _usage(getattr(completion, "usage", None))
        if choices is None and not hasattr(completion, "model_fields_set"):
            problem = f"the server sent {type(completion).__name__} instead of a chat completion"
            return Reply("", "", None, usage, None, problem)
        if not isinstance(choices, list) or not choices:
            return Reply("", "", None, usage, completion, "it has no choices")
        choice: Any = cast("list[Any]", choices)[0]
        message = getattr(choice, "message", None)
        content = getattr(message, "content", None)
        reasoning = getattr(message, "reasoning", None)
        finish = getattr(choice, "finish_reason", None)
        return Reply(
            content if isinstance(content, str) else "",
            reasoning if isinstance(reasoning, str) else "",
            finish if isinstance(finish, str) else None,
            usage,
            completion,
            problem_of(content, getattr(message, "tool_calls", None)),
            from_ollama=_from_ollama(getattr(completion, "system_fingerprint", None)),
            tokens=tokens_of(getattr(getattr(choice, "logprobs", None), "content", None)),
        )

    def own_error(self, error: Exception) -> Exception | None:
        """The exception that the caller's code raised inside the HTTP client, instead of openai's error."""
        cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else None
        return raised_in_hook(error) or (None if cause is None else raised_by_caller(cause))

    def stale(self, error: Exception, seconds: float) -> Stale | None:
        """Why the kept-alive connection may have been stale, so that a new one will work."""
        return stale(error, seconds, answered=self._binding.answered)

    def fault(self, error: Exception) -> OllamaError | None:
        """The server error behind one of openai's errors, as an instance of both classes."""
        url = self._url
        if isinstance(error, openai.APIStatusError):
            body: object = error.body if error.body is not None else error.response.text
            ours = self._reported(error.status_code, body)
            faults.ask_to_wait(ours, retry_after(error.response.headers))
        elif isinstance(error, openai.APITimeoutError):
            return None  # the caller's own timeout, or the deadline's
        elif isinstance(error, openai.APIConnectionError) or is_http(error):
            ours = connection_fault(error, url, faults.OPENAI) or request_fault(error, url)
        elif is_no_json(error):
            ours = faults.no_completion(url, str(getattr(error, "doc", "")))
        else:
            return None
        return both(self._named(ours), error)

    def _reported(self, status: int, body: object) -> OllamaError:
        return faults.fault_of(status, body, model=str(self._request.get("model")), url=self._url)

    def _named(self, fault: OllamaError) -> OllamaError:
        client: Any = self._binding.client
        faults.name_proxy(fault, self._url, proxies_for(self._url, client._client))
        return fault

    @property
    def _url(self) -> str:
        return str(self._binding.client.base_url)

    def page(self, completion: Any) -> OllamaError | None:
        """The error for a reply that is not JSON, which openai returns as text, or that only contains an error."""
        if isinstance(completion, str):
            return self._named(faults.no_completion(self._url, completion))
        said = getattr(completion, "error", None)
        return self._reported(200, said) if said and not getattr(completion, "choices", None) else None

    def unreadable(self, error: Exception) -> str | None:  # noqa: ARG002 (openai takes in any JSON, unchecked)
        """None."""
        return None

    def is_timeout(self, error: Exception) -> bool:
        """Whether the request took longer than its timeout."""
        return isinstance(error, openai.APITimeoutError)

    def __repr__(self) -> str:
        return f"OpenAIAdapter({self._request.get('model')!r})"


_WITHOUT_RESPONSE_MODEL = {
    "chat.completions": ("parse", "stream"),
    "beta.chat.completions": ("parse", "stream"),
    "completions": ("create",),
    "responses": ("create", "parse", "stream"),
}
"""Other methods that may be called with `response_model` by mistake, by their resource."""


def _response_format(schema: Mapping[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _is_given(value: object) -> bool:
    """None and openai's own markers for "not given" count as not given."""
    return value is not None and type(value).__name__ not in ("NotGiven", "Omit")


def _as_sent(request: dict[str, Any]) -> dict[str, Any]:
    """The keywords, overridden by those of `extra_body`, as openai sends them."""
    body = request.get("extra_body")
    return {**request, **cast("Mapping[str, Any]", body)} if isinstance(body, Mapping) else request


def _from_ollama(fingerprint: object) -> bool | None:
    """Whether a reply is Ollama's own; None if a proxy may have removed the fingerprint."""
    return fingerprint == "fp_ollama" if fingerprint else None


def _usage(usage: Any) -> Usage:
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        _count(getattr(usage, "prompt_tokens", 0)),
        _count(getattr(usage, "completion_tokens", 0)),
        _count(getattr(details, "cached_tokens", 0)),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
