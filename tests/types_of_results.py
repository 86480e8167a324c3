"""Never run: mypy and pyright both have to agree with every line."""

from __future__ import annotations

from typing import Literal, Optional, Union

import ollama
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion
from pydantic import BaseModel
from typing_extensions import assert_type

from instructor_ollama import Extraction, Mode, RetryConfig, from_openai, patch


class User(BaseModel):
    name: str


def sync(client: OpenAI) -> None:
    create = patch(client, Mode.JSON, retry_config=RetryConfig(max_retries=1)).chat.completions.create
    assert_type(create(response_model=User, model="m", messages=[], max_retries=2), User)
    assert_type(create(response_model=list[User]), list[User])
    assert_type(create(response_model=dict[str, User]), dict[str, User])
    assert_type(create(response_model=Union[User, int]), Union[User, int])
    assert_type(create(response_model=Optional[User]), Optional[User])
    assert_type(create(response_model=Literal["a", "b"]), Literal["a", "b"])
    assert_type(create(response_model=int), int)
    assert_type(create(model="m", messages=[]), ChatCompletion)
    completions = patch(client).chat.completions
    assert_type(completions.extract(response_model=User), Extraction[User])
    assert_type(completions.create_with_completion(response_model=list[User]), tuple[list[User], ChatCompletion])
    assert_type(from_openai(client).create(response_model=User), User)
    patch(client).models.list()


def sync_ollama(client: ollama.Client) -> None:
    patched = patch(client)
    assert_type(patched.chat("m", [], response_model=User), User)
    assert_type(patched.chat("m", [], response_model=list[User]), list[User])
    assert_type(patched.chat("m", []), ollama.ChatResponse)
    assert_type(patched.extract(response_model=User), Extraction[User])


async def asynchronous_ollama(client: ollama.AsyncClient) -> None:
    assert_type(await patch(client).chat("m", [], response_model=Union[User, int]), Union[User, int])


async def asynchronous(client: AsyncOpenAI) -> None:
    completions = patch(client, validation_hook=lambda *args: True).chat.completions
    assert_type(await completions.create(response_model=User), User)
    assert_type(await completions.create(response_model=list[User]), list[User])
    assert_type(await completions.create(model="m", messages=[]), ChatCompletion)
    assert_type(await completions.extract(response_model=Union[User, int]), Extraction[Union[User, int]])
    assert_type(await from_openai(client).create(response_model=User), User)
