"""All errors raised by the library, grouped by cause. They survive pickle and copy.

Knows no other module and no client library: the adapters in `_clients/` combine an `OllamaError` with the client
library's own class, so that `except openai.NotFoundError` keeps working.

InstructorOllamaError
├─ UsageError
│  ├─ UnknownKeywordError (TypeError)
│  ├─ UnsupportedModeError (ValueError)
│  ├─ UnsupportedFeatureError (ValueError)
│  ├─ UnsupportedResponseModelError (TypeError)
│  └─ UnsupportedClientError (TypeError)
├─ AnswerError
│  ├─ IncompleteAnswerError
│  └─ RetriesExhaustedError
├─ DeadlineExceededError (TimeoutError)
├─ EmbeddedEngineError
└─ OllamaError
   ├─ ServerNotRunningError
   ├─ EndpointNotFoundError
   ├─ ModelNotFoundError
   ├─ InsufficientMemoryError
   ├─ CapabilityError
   ├─ ContextOverflowError
   ├─ PromptTruncatedError
   ├─ ServerBusyError
   └─ CloudError
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, cast

from ..events._rendering import Report, Shown, report
from ._instructor_names import InstructorNames
from ._pickling import copied, pickled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

    from ..events import Attempt, Usage

__all__ = [
    "AnswerError",
    "CapabilityError",
    "CloudError",
    "ContextOverflowError",
    "DeadlineExceededError",
    "EmbeddedEngineError",
    "EndpointNotFoundError",
    "IgnoredParameterWarning",
    "IncompleteAnswerError",
    "InstructorOllamaError",
    "InstructorRetryException",
    "InsufficientMemoryError",
    "ModelNotFoundError",
    "OllamaError",
    "PromptTruncatedError",
    "RemoteServerWarning",
    "RetriesExhaustedError",
    "ServerBusyError",
    "ServerNotRunningError",
    "UnknownKeywordError",
    "UnrenderedTemplateWarning",
    "UnsupportedClientError",
    "UnsupportedFeatureError",
    "UnsupportedModeError",
    "UnsupportedResponseModelError",
    "UnverifiedPromptWarning",
    "UsageError",
]

MESSAGE_LIMIT = 1900
"""Maximum length of an error's own message; keeps `str()` of every error below 2,000 characters."""


def _bounded(message: str) -> str:
    return message if len(message) <= MESSAGE_LIMIT else f"{message[: MESSAGE_LIMIT - 14]} ...[shortened]"


class InstructorOllamaError(Exception):
    """Base of every error of this library. `str()` of it is below 2,000 characters."""

    def __init__(self, message: str) -> None:
        self.message = _bounded(message)
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __copy__(self) -> Self:
        return cast("Self", copied(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return cast("Self", copied(self, memo))


class UsageError(InstructorOllamaError):
    """The caller's mistake, raised before any request is sent."""


class UnknownKeywordError(UsageError, TypeError):
    """A keyword that neither the client's method nor this library has. The message suggests the right one."""


class UnsupportedModeError(UsageError, ValueError):
    """A mode other than `Mode.JSON`."""


class UnsupportedFeatureError(UsageError, ValueError):
    """A feature that is not supported, or cannot be combined with `response_model`."""


class UnsupportedResponseModelError(UsageError, TypeError):
    """A `response_model` that Pydantic cannot validate or cannot describe as JSON Schema."""


class UnsupportedClientError(UsageError, TypeError):
    """A client that is neither openai's nor ollama's."""


class AnswerError(InstructorNames, InstructorOllamaError, Shown):
    """The model's answer is unusable. A notebook and rich show each attempt.

    Attributes:
        attempts: One record for each answer, oldest first.
        usage: Tokens over all attempts.
        completion: The client library's last reply, unchanged.
        request: Keywords of the last request, as passed to the client's own method.
    """

    request: Mapping[str, Any] | None = None

    def __init__(
        self,
        message: str,
        *,
        attempts: Sequence[Attempt] = (),
        usage: Usage | None = None,
        completion: Any = None,
    ) -> None:
        super().__init__(message)
        self.attempts = tuple(attempts)
        self.usage = usage
        self.completion = completion

    def _report(self) -> Report:
        return report(type(self).__name__, str(self), self.attempts, self.usage, None)


class IncompleteAnswerError(AnswerError):
    """The answer was truncated before its JSON was complete.

    Attributes:
        partial: The parsed part of the truncated answer, not validated; None if nothing can be parsed.
        limit: The limit that was reached: "max_tokens", "context window", "thinking", or "unknown".
    """

    def __init__(
        self,
        message: str,
        *,
        partial: object = None,
        limit: str = "unknown",
        attempts: Sequence[Attempt] = (),
        usage: Usage | None = None,
        completion: Any = None,
    ) -> None:
        super().__init__(message, attempts=attempts, usage=usage, completion=completion)
        self.partial = partial
        self.limit = limit


class RetriesExhaustedError(AnswerError):
    """No answer was valid within the attempts allowed; its `__cause__` is the last rejection."""


InstructorRetryException = RetriesExhaustedError
"""instructor's name for it, with instructor's attributes: `n_attempts`, `last_completion`, `total_usage` and others."""


class DeadlineExceededError(InstructorOllamaError, TimeoutError, Shown):
    """The deadline of the whole call has passed.

    Attributes:
        deadline: The deadline in seconds.
        attempts: One record for each answer, oldest first.
    """

    def __init__(self, message: str, *, deadline: float = 0.0, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message)
        self.deadline = deadline
        self.attempts = tuple(attempts)

    def _report(self) -> Report:
        return report(type(self).__name__, str(self), self.attempts, None, None)


class EmbeddedEngineError(InstructorOllamaError):
    """The embedded engine cannot start: extra missing, not a GGUF file, or llama.cpp's own reason."""


class OllamaError(InstructorOllamaError):
    """The server answered with an error, or not at all.

    An error raised by a patched client is also an instance of the client library's own class for that error.

    Attributes:
        status_code: HTTP status; None if there was no response.
        detail: The server's own message, extracted from nested JSON.
        retryable: Whether the error is transient: the same request may succeed later.
        retry_after: Seconds to wait before a retry, as requested by the server (`Retry-After`); None if not given.
    """

    retryable: bool = False
    retry_after: float | None = None

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        detail: str = "",
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.detail = detail
        if retryable is not None:
            self.retryable = retryable


class ServerNotRunningError(OllamaError):
    """Nothing listens at the address: connection refused."""


class EndpointNotFoundError(OllamaError):
    """The address is not Ollama's API; usually `/v1` is missing."""


class ModelNotFoundError(OllamaError):
    """The model is not installed."""


class InsufficientMemoryError(OllamaError):
    """The model does not fit into memory."""


class CapabilityError(OllamaError):
    """The model does not support a requested capability: tools, thinking, images, chat."""


class ContextOverflowError(OllamaError):
    """The server refused a prompt longer than the context window."""


class PromptTruncatedError(OllamaError):
    """The server truncated the prompt silently.

    Attributes:
        context_length: The context window in tokens; None if it is unknown.
        prompt_tokens: Tokens of the prompt that the model saw.
    """

    def __init__(
        self,
        message: str,
        *,
        context_length: int | None = None,
        prompt_tokens: int | None = None,
        status_code: int | None = None,
        detail: str = "",
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message, status_code=status_code, detail=detail, retryable=retryable)
        self.context_length = context_length
        self.prompt_tokens = prompt_tokens


class ServerBusyError(OllamaError):
    """The queue is full, the model is loading, or its runner died: the same request may succeed later."""

    retryable = True


class CloudError(OllamaError):
    """Ollama's cloud refused: not signed in, disabled, rate limited or unreachable."""


class RemoteServerWarning(UserWarning):
    """The client's address is a service on the internet instead of Ollama: documents would leave the machine."""


class IgnoredParameterWarning(UserWarning):
    """A parameter that Ollama ignores silently; the message says where it works."""


class UnrenderedTemplateWarning(UserWarning):
    """A message passed with `context=` looks like a Jinja template; it is sent unchanged."""


class UnverifiedPromptWarning(UserWarning):
    """The prompt may have been truncated, which cannot be verified; usually behind a proxy that only serves `/v1`."""


def __getattr__(name: str) -> Any:
    unavailable = importlib.import_module("._unavailable", __package__)
    raise unavailable.missing(__name__, name, unavailable.ERRORS)
