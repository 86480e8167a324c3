"""One module for each client library, and a table that finds it without importing the libraries."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..errors import UnsupportedClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .adapter import Adapter

LIBRARIES: Mapping[str, str] = {"openai": ".openai", "ollama": ".ollama"}
"""The top-level package that a client's class comes from, and our module for it."""

MARK = "_instructor_ollama"
"""The attribute that stores the library's methods on a patched object."""

ACCEPTED = "openai.OpenAI, openai.AsyncOpenAI, ollama.Client or ollama.AsyncClient"


class Binding(Protocol):
    """The interface of a client for `patch`.

    Attributes:
        is_async: Whether the client's own method is to be awaited.
        owner: The object whose method is replaced.
        method: The name of that method.
        positional: The keywords that the client's own method also takes by position, in order.
        wrapper: A third-party wrapper of the method that was on the client before `patch`.
    """

    is_async: bool
    owner: Any
    method: str
    positional: tuple[str, ...]
    wrapper: Callable[..., Any] | None

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """The client's original method."""
        ...

    def warn(self) -> None:
        """Warn about a client that is probably a mistake, after it was patched."""
        ...

    def check(self, kwargs: Mapping[str, Any]) -> None:
        """Raise for keywords that cannot be combined with `response_model`."""
        ...

    def adapter(self, kwargs: Mapping[str, Any]) -> tuple[Adapter, frozenset[str]]:
        """The adapter of one call, and the parameters that its caller did not set (see `Exchange`)."""
        ...

    def native(self, method: str, path: str, body: Any = None, timeout: float | None = None) -> Any:
        """One request to Ollama's own API through the client, its JSON decoded; on async clients it is awaited."""
        ...

    def replacements(self, patch_copy: Callable[[Any], Any]) -> Iterable[Replacement]:
        """What `patch` replaces beside the method itself; `patch_copy` patches a copy of the client."""
        ...


class Replacement(NamedTuple):
    """One attribute that `patch` sets on an object and `unpatch` restores."""

    owner: object
    name: str
    value: Any


def binding_of(client: object) -> Binding:
    """The binding of a client.

    Raises:
        UnsupportedClientError: The client is none of these and no subclass of one.
    """
    for base in type(client).__mro__:
        module = LIBRARIES.get(base.__module__.partition(".")[0])
        if module is not None:
            bind: Callable[[object], Binding | None] = importlib.import_module(module, __name__).bind
            binding = bind(client)
            if binding is not None:
                return binding
    given = client.__name__ + " (the class itself)" if isinstance(client, type) else type(client).__name__
    raise UnsupportedClientError(f"client={given} is not supported: pass an instance of {ACCEPTED}.")
