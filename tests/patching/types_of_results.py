"""Never run: mypy and pyright both have to agree with every line. What they have to flag is in `types_of_mistakes`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal, Optional, TypeVar, Union

import ollama
import tenacity
from openai import NOT_GIVEN, AsyncOpenAI, AsyncStream, OpenAI, Stream, Timeout
from openai.resources import Models
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from pydantic import BaseModel
from typing_extensions import assert_type

from instructor_ollama import (
    Extraction,
    Mode,
    PatchedAsyncClient,
    PatchedAsyncOpenAI,
    PatchedClient,
    PatchedOpenAI,
    RetryConfig,
    from_openai,
    patch,
    unpatch,
)
from instructor_ollama import events as events


class User(BaseModel):
    name: str


MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Jason is 25"}]


def on_event(event: events.Event) -> None: ...


async def on_event_async(event: events.Event) -> None: ...


def ask_again(value: Any, retry_count: int, exception: Exception) -> bool:
    return retry_count < 2


async def ask_again_async(value: Any, retry_count: int, exception: Exception) -> bool:
    return retry_count < 2


def sync(client: OpenAI, maybe: Optional[type[User]], flag: bool) -> None:
    patched = patch(client, Mode.JSON, retry_config=RetryConfig(max_retries=1))
    assert_type(patched, PatchedOpenAI)
    create = patched.chat.completions.create
    assert_type(create(response_model=User, model="m", messages=[], max_retries=2), User)
    assert_type(create(response_model=list[User], messages=MESSAGES), list[User])
    assert_type(create(response_model=dict[str, User], messages=[]), dict[str, User])
    assert_type(create(response_model=Union[User, int], messages=[]), Union[User, int])
    assert_type(create(response_model=Optional[User], messages=[]), Optional[User])
    assert_type(create(response_model=Literal["a", "b"], messages=[]), Literal["a", "b"])
    assert_type(create(response_model=int, messages=[]), int)
    assert_type(create(model="m", messages=[]), ChatCompletion)
    assert_type(create(model="m", messages=[], response_model=None), ChatCompletion)
    assert_type(create(model="m", messages=[], stream=False, tools=[]), ChatCompletion)
    assert_type(create(model="m", messages=[], stream=None, n=2), ChatCompletion)
    assert_type(create(model="m", messages=[], stream=True), Stream[ChatCompletionChunk])
    assert_type(create(model="m", messages=[], stream=flag), Union[ChatCompletion, Stream[ChatCompletionChunk]])
    assert_type(create(model="m", messages=[], response_model=maybe), Union[ChatCompletion, User])
    completions = patched.chat.completions
    assert_type(completions.extract(response_model=User, messages=[]), Extraction[User, ChatCompletion])
    assert_type(
        completions.create_with_completion(response_model=list[User], messages=[]), tuple[list[User], ChatCompletion]
    )
    patch(client).models.list()
    assert_type(unpatch(patched), OpenAI)


def options(client: OpenAI, plain: ollama.Client, bare: AsyncOpenAI) -> None:
    """Every spelling that the documentation has."""
    patch(
        client,
        mode=Mode.JSON,
        model="llama3.1",
        max_retries=2,
        deadline=30,
        hooks=[on_event, print],
        validation_hook=ask_again,
        constrain="limits",
        schema_prompt="json-schema",
        defaults={"temperature": 0.2},
    )
    seen: list[events.Event] = []
    patch(client, hooks=seen.append, validation_hook=lambda value, retry_count, error: retry_count < 3)
    patch(client, hooks=lambda event: isinstance(event, events.GaveUp) and print(event))
    patch(client, schema_prompt=lambda schema: str(schema), max_retries=tenacity.Retrying())
    patch(plain, model="llama3.1", hooks=on_event)
    patch(bare, hooks=[on_event, on_event_async], validation_hook=ask_again_async, max_retries=tenacity.AsyncRetrying())
    patch(bare, hooks=on_event_async, validation_hook=ask_again)
    patch(client).chat.completions.create(
        response_model=User,
        model="m",
        messages=MESSAGES,
        temperature=0.5,
        max_tokens=100,
        max_completion_tokens=NOT_GIVEN,
        top_p=None,
        seed=1,
        stop=["\n"],
        reasoning_effort="none",
        logprobs=True,
        timeout=Timeout(10, connect=2),
        extra_headers={"x-name": "value"},
        extra_query={"a": 1},
        extra_body={"top_k": 1},
        user="me",
        max_retries=tenacity.Retrying(stop=tenacity.stop_after_attempt(2)),
        retry_config=RetryConfig(wait=tenacity.wait_fixed(1), on_retry=lambda retry_count, error: None),
        deadline=10.5,
        validation_hook=lambda value, retry_count, exception: True,
        hooks=[on_event],
        context={"names": ["Jason"]},
        strict=True,
    )


def beside(client: OpenAI) -> None:
    instructor = from_openai(client, model="m", temperature=0.2, max_retries=2)
    assert_type(instructor.chat.create(response_model=User, messages=[]), User)
    assert_type(instructor.messages.create(response_model=User, messages=[]), User)
    assert_type(instructor.completions.create(response_model=User, messages=[]), User)
    assert_type(instructor.models, Models)
    assert_type(instructor.with_options(timeout=3).create(response_model=User, messages=[]), User)
    instructor.on("completion:usage", print)
    instructor.clear("completion:usage")
    assert_type(instructor.create(response_model=User, messages=[]), User)
    assert_type(instructor.chat.completions.create(response_model=User, messages=[]), User)
    assert_type(instructor.chat.completions.create(model="m", messages=[]), ChatCompletion)
    assert_type(instructor.extract(response_model=User, messages=[]), Extraction[User, ChatCompletion])
    instructor.on("completion:kwargs", print)


def sync_ollama(client: ollama.Client) -> None:
    patched = patch(client)
    assert_type(patched, PatchedClient)
    assert_type(patched.chat("m", [], response_model=User), User)
    assert_type(patched.chat("m", messages=[], response_model=list[User], think=False), list[User])
    assert_type(patched.chat(messages=[{"role": "user", "content": "x"}], response_model=User), User)
    assert_type(
        patched.chat(model="m", messages=[], response_model=User, options={"num_ctx": 8192}, keep_alive="5m"), User
    )
    assert_type(patched.chat("m", []), ollama.ChatResponse)
    assert_type(patched.chat("m", [], response_model=None, format="json"), ollama.ChatResponse)
    assert_type(patched.chat("m", [], stream=True), Iterator[ollama.ChatResponse])
    assert_type(patched.chat("m"), ollama.ChatResponse)
    assert_type(patched.extract(response_model=User, messages=[]), Extraction[User, ollama.ChatResponse])
    assert_type(
        patched.create_with_completion(response_model=User, messages=[], hooks=print), tuple[User, ollama.ChatResponse]
    )


async def asynchronous_ollama(client: ollama.AsyncClient) -> None:
    patched = patch(client)
    assert_type(patched, PatchedAsyncClient)
    assert_type(await patched.chat("m", [], response_model=Union[User, int]), Union[User, int])
    assert_type(await patched.chat(messages=[], response_model=User, hooks=on_event_async), User)
    assert_type(await patched.chat("m", [], stream=True), AsyncIterator[ollama.ChatResponse])
    assert_type(await patched.extract(response_model=User, messages=[]), Extraction[User, ollama.ChatResponse])


async def asynchronous(client: AsyncOpenAI) -> None:
    patched = patch(client, validation_hook=lambda value, retry_count, exception: True)
    assert_type(patched, PatchedAsyncOpenAI)
    completions = patched.chat.completions
    assert_type(await completions.create(response_model=User, messages=[]), User)
    assert_type(await completions.create(response_model=list[User], messages=[], hooks=on_event_async), list[User])
    assert_type(await completions.create(model="m", messages=[]), ChatCompletion)
    assert_type(await completions.create(model="m", messages=[], response_model=None), ChatCompletion)
    assert_type(await completions.create(model="m", messages=[], stream=True), AsyncStream[ChatCompletionChunk])
    assert_type(
        await completions.extract(response_model=Union[User, int], messages=[]),
        Extraction[Union[User, int], ChatCompletion],
    )
    instructor = from_openai(client)
    assert_type(await instructor.create(response_model=User, messages=[]), User)
    assert_type(await instructor.chat.completions.create(response_model=User, messages=[]), User)


def service(client: PatchedOpenAI, extraction: Extraction[User]) -> User:
    """The public names in annotations."""
    report(client.chat.completions.extract(response_model=User, messages=[]))
    return client.chat.completions.create(response_model=User, messages=[])


def report(extraction: Extraction[User]) -> None:
    assert_type(extraction.value, User)
    assert_type(extraction.completion, Any)


M = TypeVar("M", bound=BaseModel)


def wrapper(client: PatchedOpenAI, kind: type[M], **options: Any) -> M:
    """What services write around a client."""
    return client.chat.completions.create(response_model=kind, messages=MESSAGES, **options)


def native(client: PatchedClient, kind: type[M], **options: Any) -> M:
    value = client.chat(messages=[{"role": "user", "content": "x"}], response_model=kind, **options)
    return value or client.chat("m", [], response_model=kind, **options)


def as_a_client(client: OpenAI) -> None:
    """A patched client is one of its library's."""
    as_a_client(patch(client))
    as_a_client(patch(patch(client), max_retries=1))
    patch(client).with_options(timeout=3).chat.completions.create(response_model=User, messages=MESSAGES)
