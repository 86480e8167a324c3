"""What type checkers and editors are told a patched client is, and the same names at run time.

The client stays the object and the class that it was. For type checkers the classes are subclasses of the client's,
with `response_model` on `create`; at run time they only stand in annotations and import no client library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, overload

from ._clients import MARK
from .errors import UsageError

__all__ = ["PatchedAsyncClient", "PatchedAsyncOpenAI", "PatchedClient", "PatchedOpenAI"]

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    import ollama
    from openai import AsyncOpenAI, AsyncStream, OpenAI, Stream
    from openai.resources.chat import AsyncChat, Chat
    from openai.resources.chat.completions import AsyncCompletions, Completions
    from openai.types.chat import ChatCompletion, ChatCompletionChunk
    from typing_extensions import TypeForm, Unpack

    from ._client_keywords import AsyncCreateKeywords, CreateKeywords, PlainKeywords, Unset
    from ._keywords import AsyncCallKeywords, SyncCallKeywords
    from .events import Extraction

    T = TypeVar("T")

    Options: TypeAlias = Mapping[str, Any] | ollama.Options
    Messages: TypeAlias = Sequence[Mapping[str, Any] | ollama.Message]
    Tools: TypeAlias = Sequence[Mapping[str, Any] | ollama.Tool | Callable[..., Any]]

    class Methods:
        """The methods of a patched sync openai client."""

        @overload
        def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Unpack[PlainKeywords]
        ) -> Stream[ChatCompletionChunk]: ...
        @overload
        def create(
            self,
            *,
            response_model: None = None,
            stream: Literal[False] | Unset | None = ...,
            **kwargs: Unpack[PlainKeywords],
        ) -> ChatCompletion: ...
        @overload
        def create(
            self, *, response_model: None = None, stream: bool, **kwargs: Unpack[PlainKeywords]
        ) -> ChatCompletion | Stream[ChatCompletionChunk]: ...
        @overload
        def create(self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]) -> T: ...
        def create(self, **kwargs: Any) -> Any:
            """With `response_model`, a validated value of that type; without it, the client's own completion."""

        def create_with_completion(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]
        ) -> tuple[T, ChatCompletion]:
            """A validated value and the completion that held it."""
            ...

        def extract(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]
        ) -> Extraction[T, ChatCompletion]:
            """A validated value with its completion, attempts, tokens and time."""
            ...

    class AsyncMethods:
        """The methods of a patched async openai client."""

        @overload
        async def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Unpack[PlainKeywords]
        ) -> AsyncStream[ChatCompletionChunk]: ...
        @overload
        async def create(
            self,
            *,
            response_model: None = None,
            stream: Literal[False] | Unset | None = ...,
            **kwargs: Unpack[PlainKeywords],
        ) -> ChatCompletion: ...
        @overload
        async def create(
            self, *, response_model: None = None, stream: bool, **kwargs: Unpack[PlainKeywords]
        ) -> ChatCompletion | AsyncStream[ChatCompletionChunk]: ...
        @overload
        async def create(self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]) -> T: ...
        async def create(self, **kwargs: Any) -> Any:
            """With `response_model`, a validated value of that type; without it, the client's own completion."""

        async def create_with_completion(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]
        ) -> tuple[T, ChatCompletion]:
            """A validated value and the completion that held it."""
            ...

        async def extract(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]
        ) -> Extraction[T, ChatCompletion]:
            """A validated value with its completion, attempts, tokens and time."""
            ...

    class PatchedClient(ollama.Client):
        """A patched `ollama.Client`."""

        @overload  # type: ignore[override]
        def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            tools: Tools | None = ...,
            format: Literal["", "json"] | dict[str, Any] | None = ...,
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
        ) -> Iterator[ollama.ChatResponse]: ...
        @overload
        def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            tools: Tools | None = ...,
            format: Literal["", "json"] | dict[str, Any] | None = ...,
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
        ) -> ollama.ChatResponse: ...
        @overload
        def chat(
            self,
            model: str,
            messages: Messages,
            *,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[SyncCallKeywords],
        ) -> T: ...
        @overload
        def chat(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[SyncCallKeywords],
        ) -> T: ...
        def chat(self, *args: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            """With `response_model`, a validated value of that type; without it, the client's own response."""

        def create_with_completion(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[SyncCallKeywords],
        ) -> tuple[T, ollama.ChatResponse]:
            """A validated value and the response that held it."""
            ...

        def extract(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[SyncCallKeywords],
        ) -> Extraction[T, ollama.ChatResponse]:
            """A validated value with its response, attempts, tokens and time."""
            ...

    class PatchedAsyncClient(ollama.AsyncClient):
        """A patched `ollama.AsyncClient`."""

        @overload  # type: ignore[override]
        async def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            tools: Tools | None = ...,
            format: Literal["", "json"] | dict[str, Any] | None = ...,
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
        ) -> AsyncIterator[ollama.ChatResponse]: ...
        @overload
        async def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            tools: Tools | None = ...,
            format: Literal["", "json"] | dict[str, Any] | None = ...,
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
        ) -> ollama.ChatResponse: ...
        @overload
        async def chat(
            self,
            model: str,
            messages: Messages,
            *,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[AsyncCallKeywords],
        ) -> T: ...
        @overload
        async def chat(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[AsyncCallKeywords],
        ) -> T: ...
        async def chat(self, *args: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            """With `response_model`, a validated value of that type; without it, the client's own response."""

        async def create_with_completion(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[AsyncCallKeywords],
        ) -> tuple[T, ollama.ChatResponse]:
            """A validated value and the response that held it."""
            ...

        async def extract(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            think: bool | str | None = ...,
            logprobs: bool | None = ...,
            top_logprobs: int | None = ...,
            options: Options | None = ...,
            keep_alive: float | str | None = ...,
            **kwargs: Unpack[AsyncCallKeywords],
        ) -> Extraction[T, ollama.ChatResponse]:
            """A validated value with its response, attempts, tokens and time."""
            ...

    class PatchedCompletions(Methods, Completions):  # type: ignore[misc]
        """`client.chat.completions` of a patched `openai.OpenAI`."""

    class PatchedAsyncCompletions(AsyncMethods, AsyncCompletions):  # type: ignore[misc]
        """`client.chat.completions` of a patched `openai.AsyncOpenAI`."""

    class PatchedChat(Chat):
        """`client.chat` of a patched `openai.OpenAI`."""

        @property
        def completions(self) -> PatchedCompletions: ...

    class PatchedAsyncChat(AsyncChat):
        """`client.chat` of a patched `openai.AsyncOpenAI`."""

        @property
        def completions(self) -> PatchedAsyncCompletions: ...

    class PatchedOpenAI(OpenAI):
        """A patched `openai.OpenAI`."""

        @property
        def chat(self) -> PatchedChat: ...

    class PatchedAsyncOpenAI(AsyncOpenAI):
        """A patched `openai.AsyncOpenAI`."""

        @property
        def chat(self) -> PatchedAsyncChat: ...

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
            raise UsageError(f"{cls.__name__} is for annotations: call patch({cls.library}.{cls.base}(...)).")

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
