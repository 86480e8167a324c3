"""A patched openai client, for type checkers and editors alone; never imported while a program runs.

The docstrings of the parameters are what an editor shows for them; those of the other keywords are in
`_client_keywords` and `_keywords`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream, OpenAI, Stream
    from openai.resources.chat import AsyncChat, Chat
    from openai.resources.chat.completions import AsyncCompletions, Completions
    from openai.types.chat import ChatCompletion, ChatCompletionChunk
    from typing_extensions import TypeForm, Unpack

    from ..events import Extraction
    from .client_keywords import AsyncCreateKeywords, CreateKeywords, PlainKeywords, Unset

    T = TypeVar("T")

    class Methods:
        """The methods of a patched sync openai client."""

        @overload
        def create(
            self,
            *,
            response_model: None = None,
            stream: Literal[False] | Unset | None = ...,
            **kwargs: Unpack[PlainKeywords],
        ) -> ChatCompletion:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Unpack[PlainKeywords]
        ) -> Stream[ChatCompletionChunk]:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        def create(
            self, *, response_model: None = None, stream: bool, **kwargs: Unpack[PlainKeywords]
        ) -> ChatCompletion | Stream[ChatCompletionChunk]:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        def create(self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]) -> T:
            """A validated value of the type in place of the completion.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        def create(self, **kwargs: Any) -> Any:
            """With `response_model`, a validated value of that type; without it, the client's own completion."""

        def create_with_completion(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]
        ) -> tuple[T, ChatCompletion]:
            """A validated value and its completion.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

        def extract(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[CreateKeywords]
        ) -> Extraction[T, ChatCompletion]:
            """A validated value with its completion, attempts, tokens and time.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

    class AsyncMethods:
        """The methods of a patched async openai client."""

        @overload
        async def create(
            self,
            *,
            response_model: None = None,
            stream: Literal[False] | Unset | None = ...,
            **kwargs: Unpack[PlainKeywords],
        ) -> ChatCompletion:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        async def create(
            self, *, response_model: None = None, stream: Literal[True], **kwargs: Unpack[PlainKeywords]
        ) -> AsyncStream[ChatCompletionChunk]:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        async def create(
            self, *, response_model: None = None, stream: bool, **kwargs: Unpack[PlainKeywords]
        ) -> ChatCompletion | AsyncStream[ChatCompletionChunk]:
            """The client's own completion.

            Args:
                response_model: None, or left out: the call is the client's own.
                stream: Whether the completion comes in chunks.
            """

        @overload
        async def create(self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]) -> T:
            """A validated value of the type in place of the completion.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        async def create(self, **kwargs: Any) -> Any:
            """With `response_model`, a validated value of that type; without it, the client's own completion."""

        async def create_with_completion(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]
        ) -> tuple[T, ChatCompletion]:
            """A validated value and its completion.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

        async def extract(
            self, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncCreateKeywords]
        ) -> Extraction[T, ChatCompletion]:
            """A validated value with its completion, attempts, tokens and time.

            Args:
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

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
