"""What the conversation asks of a client library: the next request's content, and the methods that every adapter has.

Knows no library and no conversation; both sides import from here.
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
"""A call that the driver makes; on an async client its result is awaited when it is awaitable."""


Stale = Literal["loop", "idle"]
"""Why a kept-alive connection is of no use: its event loop is closed, or the server has closed it while it was idle."""


class ServerStep(partial[Any]):
    """A step that waits for the server, not for something of the caller's: it is left at the deadline."""


@dataclass(slots=True)
class NextRequest:
    """What the next request is to say; the adapter puts it into its library's keywords.

    Attributes:
        schema: The wire schema, or None when any JSON object may come.
        constrained: Whether the server is to apply a grammar at all.
        temperature: None when the caller has set one.
        thinking: None leaves it to the caller and the model, else the effort to ask for.
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
    """One client library, as the conversation sees it."""

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
        """Read a reply, whatever is missing in it."""
        ...

    def own_error(self, error: Exception) -> Exception | None:
        """What the caller's own code has raised while the request was sent, in place of the library's error about it.

        Returns:
            That exception; None when the error is the library's.
        """
        ...

    def stale(self, error: Exception, seconds: float) -> Stale | None:
        """Whether a request failed after so many seconds for its connection alone, which was left over from before."""
        ...

    def fault(self, error: Exception) -> OllamaError | None:
        """The server's fault behind the client library's error; None for what is none."""
        ...

    def unreadable(self, error: Exception) -> str | None:
        """What is wrong with a reply that the client library could not take in; None for any other error."""
        ...

    def page(self, completion: Any) -> OllamaError | None:
        """The fault behind a reply of status 200 that is text, such as a web page; None for any other."""
        ...

    def is_timeout(self, error: Exception) -> bool:
        """Whether the error says that the request took longer than its timeout."""
        ...

    def native(self, method: str, path: str, body: Any = None, timeout: float | None = None) -> Any:
        """One request to Ollama's own API through the client, its JSON decoded; on async clients it is awaited."""
        ...
