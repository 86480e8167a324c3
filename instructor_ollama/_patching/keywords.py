"""The library's keywords of a call and of `patch`, for type checkers and editors. Their names are used at run time.

Editors show the string under a keyword as its documentation. Hooks of a sync client must be plain functions; hooks of
an async client may be coroutine functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Union

from typing_extensions import TypedDict

if TYPE_CHECKING:
    import enum
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import TypeAlias

    from tenacity import AsyncRetrying, Retrying

    from .._prompt.messages import SchemaPrompt
    from ..events import AsyncHook, Hook, NotAwaitable
    from ..retry import RetryConfig

    EventName: TypeAlias = Union[
        Literal[
            "completion:kwargs",
            "completion:response",
            "completion:usage",
            "completion:error",
            "completion:last_attempt",
            "parse:error",
        ],
        enum.Enum,  # instructor's HookName
    ]
    ValidationHook: TypeAlias = Callable[[Any, int, Exception], NotAwaitable]
    AsyncValidationHook: TypeAlias = Callable[[Any, int, Exception], Union[Awaitable[object], NotAwaitable]]


class CallKeywords(TypedDict, total=False):
    """Our keywords of a call that are the same on sync and async clients."""

    retry_config: RetryConfig | None
    """Waits, retries of server errors and `on_retry` for this call; omitted settings are those of `patch`."""

    deadline: float | None
    """Maximum seconds for the whole call, including all attempts and waits; None leaves it to `patch`.

    `timeout` is the client's own and bounds one request.
    """

    context: Any
    """Passed to the validators of the type as `info.context`."""

    strict: bool | None
    """Pydantic's strict mode; None leaves it to the type."""


class SyncCallKeywords(CallKeywords, total=False):
    """Our keywords of a call on a sync client."""

    max_retries: int | Retrying | None
    """Retries after an invalid answer, or a `tenacity.Retrying`; None leaves it to `patch` (3 by default)."""

    validation_hook: ValidationHook | None
    """Called with `(value, retry_count, exception)` for each invalid answer; a true result retries, a false one
    stops. In place of the one given to `patch`."""

    hooks: Hook | Iterable[Hook] | None
    """A callable, or several, called with each event (see `instructor_ollama.events`), after those given to `patch`."""


class AsyncCallKeywords(CallKeywords, total=False):
    """Our keywords of a call on an async client."""

    max_retries: int | AsyncRetrying | None
    """Retries after an invalid answer, or a `tenacity.AsyncRetrying`; None leaves it to `patch` (3 by
    default)."""

    validation_hook: AsyncValidationHook | None
    """Called with `(value, retry_count, exception)` for each invalid answer, and awaited where it is a coroutine
    function; a true result retries, a false one stops. In place of the one given to `patch`."""

    hooks: AsyncHook | Iterable[AsyncHook] | None
    """A callable or coroutine function, or several, called with each event
    (see `instructor_ollama.events`), after those
    given to `patch`."""


class PatchKeywords(TypedDict, total=False):
    """Keywords of `patch` that are the same on sync and async clients."""

    model: str | None
    """The default model of calls with `response_model`, such as "llama3.1"."""

    deadline: float | None
    """Maximum seconds for a call, including all attempts and waits; None for no limit."""

    retry_config: RetryConfig | None
    """Waits, retries of server errors and `on_retry`."""

    constrain: Literal["schema", "limits", "json"]
    """What the server's grammar enforces. "schema": structure, formats and choices. "limits": bounds and lengths
    too. "json": any JSON object. Pydantic validates all of the type in any case."""

    schema_prompt: SchemaPrompt
    """How the type is described in the prompt: "types" (compact), "json-schema", or a function from the JSON Schema
    to the text."""

    defaults: Mapping[str, Any] | None
    """Other keywords of the client for every call with `response_model`, such as `{"temperature": 0.2}`."""


class SyncPatchKeywords(PatchKeywords, total=False):
    """Keywords of `patch` on a sync client."""

    max_retries: int | Retrying | None
    """Retries after an invalid answer, or a `tenacity.Retrying`; 3 by default."""

    validation_hook: ValidationHook | None
    """Called with `(value, retry_count, exception)` for each invalid answer; a true result retries, a false one
    stops."""

    hooks: Hook | Iterable[Hook] | None
    """A callable, or several, called with each event (see `instructor_ollama.events`)."""


class AsyncPatchKeywords(PatchKeywords, total=False):
    """Keywords of `patch` on an async client."""

    max_retries: int | AsyncRetrying | None
    """Retries after an invalid answer, or a `tenacity.AsyncRetrying`; 3 by default."""

    validation_hook: AsyncValidationHook | None
    """Called with `(value, retry_count, exception)` for each invalid answer, and awaited where it is a coroutine
    function; a true result retries, a false one stops."""

    hooks: AsyncHook | Iterable[AsyncHook] | None
    """A callable or coroutine function, or several, called with each event (see `instructor_ollama.events`)."""
