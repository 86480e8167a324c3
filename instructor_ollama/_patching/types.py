"""`PatchedOpenAI` and its siblings: the types of patched clients, for annotations.

The client stays the object and the class that it was. Type checkers see subclasses of the client's class, whose
`create` takes `response_model`; at run time the names stand in annotations alone and import no client library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from .._clients import MARK
from ..errors import UsageError

__all__ = ["PatchedAsyncClient", "PatchedAsyncOpenAI", "PatchedClient", "PatchedOpenAI"]

if TYPE_CHECKING:
    from .ollama_types import PatchedAsyncClient, PatchedClient
    from .openai_types import AsyncMethods as AsyncMethods
    from .openai_types import Methods as Methods
    from .openai_types import PatchedAsyncChat as PatchedAsyncChat
    from .openai_types import PatchedAsyncCompletions as PatchedAsyncCompletions
    from .openai_types import PatchedAsyncOpenAI, PatchedOpenAI
    from .openai_types import PatchedChat as PatchedChat
    from .openai_types import PatchedCompletions as PatchedCompletions
else:

    class _Annotation(type):
        """A class for annotations: an instance of it is a patched client of its library's class."""

        library: str
        base: str

        def __instancecheck__(cls, instance: object) -> bool:
            named = any(
                base.__name__ == cls.base and base.__module__.partition(".")[0] == cls.library
                for base in type(instance).__mro__
            )
            return named and MARK in vars(instance.chat.completions if cls.library == "openai" else instance)

        def __call__(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
            raise UsageError(f"{cls.__name__} is only for annotations: call patch({cls.library}.{cls.base}(...)).")

    class PatchedOpenAI(metaclass=_Annotation):
        """A patched `openai.OpenAI`, in annotations."""

        library, base = "openai", "OpenAI"

    class PatchedAsyncOpenAI(metaclass=_Annotation):
        """A patched `openai.AsyncOpenAI`, in annotations."""

        library, base = "openai", "AsyncOpenAI"

    class PatchedClient(metaclass=_Annotation):
        """A patched `ollama.Client`, in annotations."""

        library, base = "ollama", "Client"

    class PatchedAsyncClient(metaclass=_Annotation):
        """A patched `ollama.AsyncClient`, in annotations."""

        library, base = "ollama", "AsyncClient"
