"""A patched ollama client, for type checkers and editors alone; never imported while a program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, overload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    import ollama
    from typing_extensions import TypeForm, Unpack

    from ..events import Extraction
    from .client_keywords import AsyncChatKeywords, ChatKeywords, PlainChatKeywords

    T = TypeVar("T")

    Messages = Sequence[Union[Mapping[str, Any], ollama.Message]]

    class PatchedClient(ollama.Client):
        """A patched `ollama.Client`."""

        @overload  # type: ignore[override]
        def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            **kwargs: Unpack[PlainChatKeywords],
        ) -> ollama.ChatResponse:
            """The client's own response.

            Args:
                model: An installed model, such as "llama3.1".
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: None, or left out: the call is the client's own.
                stream: Whether the response comes in parts.
            """

        @overload
        def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            **kwargs: Unpack[PlainChatKeywords],
        ) -> Iterator[ollama.ChatResponse]:
            """The client's own response.

            Args:
                model: An installed model, such as "llama3.1".
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: None, or left out: the call is the client's own.
                stream: Whether the response comes in parts.
            """

        @overload
        def chat(
            self, model: str, messages: Messages, *, response_model: TypeForm[T], **kwargs: Unpack[ChatKeywords]
        ) -> T:
            """A validated value of the type in place of the response.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        @overload
        def chat(
            self, *, messages: Messages, model: str = ..., response_model: TypeForm[T], **kwargs: Unpack[ChatKeywords]
        ) -> T:
            """A validated value of the type in place of the response.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        def chat(self, *args: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            """With `response_model`, a validated value of that type; without it, the client's own response."""

        def create_with_completion(
            self, *, messages: Messages, model: str = "", response_model: TypeForm[T], **kwargs: Unpack[ChatKeywords]
        ) -> tuple[T, ollama.ChatResponse]:
            """A validated value and the response that held it.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

        def extract(
            self, *, messages: Messages, model: str = "", response_model: TypeForm[T], **kwargs: Unpack[ChatKeywords]
        ) -> Extraction[T, ollama.ChatResponse]:
            """A validated value with its response, attempts, tokens and time.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

    class PatchedAsyncClient(ollama.AsyncClient):
        """A patched `ollama.AsyncClient`."""

        @overload  # type: ignore[override]
        async def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[False] = False,
            **kwargs: Unpack[PlainChatKeywords],
        ) -> ollama.ChatResponse:
            """The client's own response.

            Args:
                model: An installed model, such as "llama3.1".
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: None, or left out: the call is the client's own.
                stream: Whether the response comes in parts.
            """

        @overload
        async def chat(
            self,
            model: str = ...,
            messages: Messages | None = ...,
            *,
            response_model: None = None,
            stream: Literal[True],
            **kwargs: Unpack[PlainChatKeywords],
        ) -> AsyncIterator[ollama.ChatResponse]:
            """The client's own response.

            Args:
                model: An installed model, such as "llama3.1".
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: None, or left out: the call is the client's own.
                stream: Whether the response comes in parts.
            """

        @overload
        async def chat(
            self, model: str, messages: Messages, *, response_model: TypeForm[T], **kwargs: Unpack[AsyncChatKeywords]
        ) -> T:
            """A validated value of the type in place of the response.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        @overload
        async def chat(
            self,
            *,
            messages: Messages,
            model: str = ...,
            response_model: TypeForm[T],
            **kwargs: Unpack[AsyncChatKeywords],
        ) -> T:
            """A validated value of the type in place of the response.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """

        async def chat(self, *args: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            """With `response_model`, a validated value of that type; without it, the client's own response."""

        async def create_with_completion(
            self,
            *,
            messages: Messages,
            model: str = "",
            response_model: TypeForm[T],
            **kwargs: Unpack[AsyncChatKeywords],
        ) -> tuple[T, ollama.ChatResponse]:
            """A validated value and the response that held it.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError

        async def extract(
            self,
            *,
            messages: Messages,
            model: str = "",
            response_model: TypeForm[T],
            **kwargs: Unpack[AsyncChatKeywords],
        ) -> Extraction[T, ollama.ChatResponse]:
            """A validated value with its response, attempts, tokens and time.

            Args:
                model: An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`.
                messages: The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`.
                response_model: The type to return: a Pydantic model, or anything that Pydantic validates, such as
                    `list[User]`, `Literal["a", "b"]` or `int`.
            """
            raise NotImplementedError
