"""What type checkers are told a patched client is. Never imported while a program runs.

The client stays the object and the class that it was; these subclasses only add `response_model` to its `create`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping

    import ollama
    from openai import AsyncOpenAI, AsyncStream, OpenAI, Stream
    from openai.resources.chat import AsyncChat, Chat
    from openai.resources.chat.completions import AsyncCompletions, Completions
    from openai.types.chat import ChatCompletion, ChatCompletionChunk
    from tenacity import AsyncRetrying, Retrying
    from typing_extensions import TypedDict, TypeForm

    from ._prompts import SchemaPrompt
    from .events import Extraction, Hook
    from .retry import RetryConfig

    T = TypeVar("T")

    class PatchOptions(TypedDict, total=False):
        """Keywords of `patch` and `from_openai`."""

        validation_hook: Callable[..., Any] | None
        retry_config: RetryConfig
        hooks: Hook | Iterable[Hook] | None
        constrain: Literal["schema", "limits", "json"]
        schema_prompt: SchemaPrompt
        defaults: Mapping[str, Any]

    class Methods:
        """The methods of a patched sync client."""

        @overload
        def create(self, *, response_model: TypeForm[T], max_retries: int | Retrying = ..., **kwargs: Any) -> T: ...
        @overload
        def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Any
        ) -> Stream[ChatCompletionChunk]: ...
        @overload
        def create(
            self, *, response_model: None = None, stream: Literal[False] | None = None, **kwargs: Any
        ) -> ChatCompletion: ...
        def create(self, **kwargs: Any) -> Any: ...
        def create_with_completion(
            self, *, response_model: TypeForm[T], max_retries: int | Retrying = ..., **kwargs: Any
        ) -> tuple[T, ChatCompletion]: ...
        def extract(
            self, *, response_model: TypeForm[T], max_retries: int | Retrying = ..., **kwargs: Any
        ) -> Extraction[T]: ...
        def create_partial(self, **kwargs: Any) -> NoReturn: ...
        def create_iterable(self, **kwargs: Any) -> NoReturn: ...

    class AsyncMethods:
        """The methods of a patched async client."""

        @overload
        async def create(
            self, *, response_model: TypeForm[T], max_retries: int | AsyncRetrying = ..., **kwargs: Any
        ) -> T: ...
        @overload
        async def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Any
        ) -> AsyncStream[ChatCompletionChunk]: ...
        @overload
        async def create(
            self, *, response_model: None = None, stream: Literal[False] | None = None, **kwargs: Any
        ) -> ChatCompletion: ...
        async def create(self, **kwargs: Any) -> Any: ...
        async def create_with_completion(
            self, *, response_model: TypeForm[T], max_retries: int | AsyncRetrying = ..., **kwargs: Any
        ) -> tuple[T, ChatCompletion]: ...
        async def extract(
            self, *, response_model: TypeForm[T], max_retries: int | AsyncRetrying = ..., **kwargs: Any
        ) -> Extraction[T]: ...
        def create_partial(self, **kwargs: Any) -> NoReturn: ...
        def create_iterable(self, **kwargs: Any) -> NoReturn: ...

    class PatchedCompletions(Methods, Completions):  # type: ignore[misc]
        """`client.chat.completions` of a patched `openai.OpenAI`."""

    class PatchedAsyncCompletions(AsyncMethods, AsyncCompletions):  # type: ignore[misc]
        """`client.chat.completions` of a patched `openai.AsyncOpenAI`."""

    class PatchedClient(ollama.Client):
        """A patched `ollama.Client`."""

        @overload  # type: ignore[override]
        def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: TypeForm[T],
            max_retries: int | Retrying = ...,
            **kwargs: Any,
        ) -> T: ...
        @overload
        def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            **kwargs: Any,
        ) -> Iterator[ollama.ChatResponse]: ...
        @overload
        def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            **kwargs: Any,
        ) -> ollama.ChatResponse: ...
        def chat(self, *args: Any, **kwargs: Any) -> Any: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        def create_with_completion(
            self, *, response_model: TypeForm[T], max_retries: int | Retrying = ..., **kwargs: Any
        ) -> tuple[T, ollama.ChatResponse]: ...
        def extract(
            self, *, response_model: TypeForm[T], max_retries: int | Retrying = ..., **kwargs: Any
        ) -> Extraction[T]: ...

    class PatchedAsyncClient(ollama.AsyncClient):
        """A patched `ollama.AsyncClient`."""

        @overload  # type: ignore[override]
        async def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: TypeForm[T],
            max_retries: int | AsyncRetrying = ...,
            **kwargs: Any,
        ) -> T: ...
        @overload
        async def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            **kwargs: Any,
        ) -> AsyncIterator[ollama.ChatResponse]: ...
        @overload
        async def chat(
            self,
            model: str = ...,
            messages: Any = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            **kwargs: Any,
        ) -> ollama.ChatResponse: ...
        async def chat(self, *args: Any, **kwargs: Any) -> Any: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        async def create_with_completion(
            self, *, response_model: TypeForm[T], max_retries: int | AsyncRetrying = ..., **kwargs: Any
        ) -> tuple[T, ollama.ChatResponse]: ...
        async def extract(
            self, *, response_model: TypeForm[T], max_retries: int | AsyncRetrying = ..., **kwargs: Any
        ) -> Extraction[T]: ...

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
