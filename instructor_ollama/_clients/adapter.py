"""The interface between the conversation and a client library: a request's content and the methods of an adapter.

Knows no client library and no conversation; both import from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._reply.reply import Reply
    from ..errors import OllamaError

Step = Callable[[], Any]
"""A call that the driver makes; on async clients an awaitable result is awaited."""


Stale = Literal["loop", "idle"]
"""Why a kept-alive connection is stale: its event loop is closed, or the server closed it while it was idle."""


class ServerStep(partial[Any]):
    """A step that performs server I/O; it is abandoned when the deadline passes."""


@dataclass(slots=True)
class NextRequest:
    """The content of the next request; the adapter converts it to keywords of its library.

    Attributes:
        schema: The wire schema, or None for any JSON object.
        constrained: Whether the server applies a grammar at all.
        temperature: None if the caller has set one.
        thinking: The thinking level to request; None leaves it to the caller and the model.
        timeout: Seconds left of the deadline; None when there is none.
        logprobs: Whether to ask for the model's first choice at each token.
    """

    messages: list[dict[str, Any]]
    schema: Mapping[str, Any] | None
    temperature: float | None
    thinking: Literal["none", "low"] | None = None
    timeout: float | None = None
    logprobs: bool = False
    constrained: bool = True


class Adapter(Protocol):
    """The interface of a client library for the conversation."""

    @property
    def max_tokens(self) -> int | None:
        """The caller's bound on the answer."""
        ...

    @property
    def stop(self) -> object:
        """The caller's stop sequences."""
        ...

    @property
    def truncates_silently(self) -> bool:
        """Whether the server truncates a prompt that is too long, instead of refusing it."""
        ...

    def keywords(self, request: NextRequest) -> dict[str, Any]:
        """The keywords of the client's own method for the next request."""
        ...

    def send(self, request: dict[str, Any]) -> Any:
        """Call the client's own method; on async clients the result is awaited."""
        ...

    def read(self, completion: Any) -> Reply:
        """Convert a reply; fields may be missing."""
        ...

    def own_error(self, error: Exception) -> Exception | None:
        """The exception that the caller's own code raised while the request was sent, instead of the library's error.

        Returns:
            That exception; None when the error is the library's.
        """
        ...

    def stale(self, error: Exception, seconds: float) -> Stale | None:
        """Whether a request failed after so many seconds for its connection alone, which was left over from before."""
        ...

    def fault(self, error: Exception) -> OllamaError | None:
        """The server error behind the client library's error; None if there is none."""
        ...

    def unreadable(self, error: Exception) -> str | None:
        """Why the client library could not decode a reply; None for any other error."""
        ...

    def page(self, completion: Any) -> OllamaError | None:
        """The error for a reply with status 200 that is text, such as a web page; None for any other reply."""
        ...

    def is_timeout(self, error: Exception) -> bool:
        """Whether the error says that the request took longer than its timeout."""
        ...

    def native(self, method: str, path: str, body: Any = None, timeout: float | None = None) -> Any:
        """One request to Ollama's own API through the client, its JSON decoded; on async clients it is awaited."""
        ...
