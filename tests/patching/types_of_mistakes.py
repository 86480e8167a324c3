"""Never run: mypy and pyright both have to flag every line that a checker is told to ignore here.

An ignore that nothing needs is an error itself, so that a mistake which is no longer flagged fails `make lint`.
`python -m benchmarks.mistakes` prints what each checker says of each line.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from typing import Any

import ollama
import tenacity
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from instructor_ollama import Mode, RetryConfig, check, ensure_context, events, from_openai, patch


class User(BaseModel):
    name: str


MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Jason is 25"}]


async def hook_async(event: events.Event) -> None: ...


async def ask_again_async(value: Any, retry_count: int, exception: Exception) -> bool:
    return True


def no_event() -> None: ...


def two_events(one: events.Event, two: events.Event) -> None: ...


def of_a_string(event: str) -> None: ...


def sync(client: OpenAI) -> None:
    completions = patch(client).chat.completions
    create = completions.create
    create(response_modle=User, model="m", messages=MESSAGES)  # type: ignore[call-overload]
    create(response_model=User, model="m", mesages=MESSAGES)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, max_retry=2)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, temprature=0)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, strict="yes")  # type: ignore[call-overload]
    create(response_model=User, model="m")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages="Jason is 25")  # type: ignore[arg-type]
    create(response_model=User, model="m", messages=["Jason is 25"])  # type: ignore[list-item]
    create(response_model=User, model="m", messages=[{"rolle": "user", "content": "Jason is 25"}])  # type: ignore[list-item]
    create(response_model=User, model=3, messages=MESSAGES)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, hooks=3)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, hooks=no_event)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, hooks=[two_events])  # type: ignore[list-item]
    create(response_model=User, model="m", messages=MESSAGES, hooks=of_a_string)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, hooks=hook_async)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, hooks=[hook_async])  # type: ignore[list-item]
    create(response_model=User, model="m", messages=MESSAGES, validation_hook=lambda value: True)  # type: ignore[misc, arg-type]
    create(response_model=User, model="m", messages=MESSAGES, validation_hook=ask_again_async)  # type: ignore[arg-type]
    create(response_model=User, model="m", messages=MESSAGES, max_retries="2")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, max_retries=1.5)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, max_retries=tenacity.AsyncRetrying())  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, retry_config={"max_retries": 2})  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, deadline="10 s")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, temperature="hot")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, max_tokens="many")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, reasoning_effort="nonne")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, num_ctx=8192)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, stream=True)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, tools=[])  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, tool_choice="auto")  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, functions=[])  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, response_format={"type": "json_object"})  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES, n=2)  # type: ignore[call-overload]
    create("m", MESSAGES, User)  # type: ignore[call-overload]
    create(response_model="User is a person", model="m", messages=MESSAGES)  # type: ignore[call-overload]
    create(response_model=User(name="Jason"), model="m", messages=MESSAGES)  # type: ignore[call-overload]
    create(response_model=User, model="m", messages=MESSAGES).nmae  # type: ignore[attr-defined]
    create(model="m", messages=MESSAGES, max_retries=2)  # type: ignore[call-overload]
    create(model="m", messages=MESSAGES, strict=True)  # type: ignore[call-overload]
    create(model="m", messages=MESSAGES, deadline=10)  # type: ignore[call-overload]
    create(model="m", messages=MESSAGES, response_model=None).name  # type: ignore[attr-defined]
    create(messages=MESSAGES)  # type: ignore[call-overload]
    create(model="m", mesages=MESSAGES)  # type: ignore[call-overload]
    create(model="m", messages=MESSAGES, temprature=0)  # type: ignore[call-overload]
    completions.extract(model="m", messages=MESSAGES)  # type: ignore[call-arg]
    completions.extract(response_model=User, model="m", messages=MESSAGES).valeu  # type: ignore[attr-defined]
    completions.extract(response_model=User, model="m", messages=MESSAGES).completion.choises  # type: ignore[attr-defined]
    completions.extract(response_model=User, model="m", messages=MESSAGES, stream=True)  # type: ignore[call-arg]
    completions.create_with_completion(model="m", messages=MESSAGES)  # type: ignore[call-arg]
    completions.create_partial(response_model=User, model="m", messages=MESSAGES)  # type: ignore[attr-defined]
    completions.create_iterable(response_model=User, model="m", messages=MESSAGES)  # type: ignore[attr-defined]
    create(response_model=User, model="m", messages=3)  # type: ignore[call-overload]  # what follows create_partial is still checked


def options(client: OpenAI, bare: AsyncOpenAI, plain: ollama.Client) -> None:
    patch("client")  # type: ignore[call-overload]
    patch(OpenAI)  # type: ignore[call-overload]
    patch(client, Mode.TOOLS)  # type: ignore[call-overload]
    patch(client, mode="json")  # type: ignore[call-overload]
    patch(client, retries=3)  # type: ignore[call-overload]
    patch(client, temperature=0)  # type: ignore[call-overload]
    patch(client, model=3)  # type: ignore[call-overload]
    patch(client, max_retries=tenacity.AsyncRetrying())  # type: ignore[call-overload]
    patch(client, retry_config={"max_retries": 2})  # type: ignore[call-overload]
    patch(client, constrain="tools")  # type: ignore[call-overload]
    patch(client, schema_prompt="xml")  # type: ignore[call-overload]
    patch(client, defaults=3)  # type: ignore[call-overload]
    patch(client, deadline="1 min")  # type: ignore[call-overload]
    patch(client, hooks=hook_async)  # type: ignore[call-overload]
    patch(client, validation_hook=ask_again_async)  # type: ignore[arg-type]
    patch(client, validation_hook=lambda value, retry_count: True)  # type: ignore[misc, arg-type]
    patch(plain, hooks=hook_async)  # type: ignore[call-overload]
    patch(bare, max_retries=tenacity.Retrying())  # type: ignore[call-overload]
    patch(bare, hooks=no_event)  # type: ignore[call-overload]
    RetryConfig(max_retries="3")  # type: ignore[arg-type]
    RetryConfig(3)  # type: ignore[call-arg]
    RetryConfig(max_retry=3)  # type: ignore[call-arg]
    RetryConfig(wait=1)  # type: ignore[arg-type]
    RetryConfig(on_retry=lambda error: None)  # type: ignore[misc, arg-type]


def beside(client: OpenAI) -> None:
    instructor = from_openai(client)
    instructor.on("completion:kwarg", print)  # type: ignore[arg-type]
    instructor.off("parse:errors")  # type: ignore[arg-type]
    instructor.create(response_model=User, model="m", mesages=MESSAGES)  # type: ignore[call-overload]
    instructor.chat.completions.create(response_model=User, model="m", mesages=MESSAGES)  # type: ignore[call-overload]
    instructor.chat.completions.create(response_model=User, model="m", messages=MESSAGES).nmae  # type: ignore[attr-defined]
    from_openai(client, temprature=0)  # type: ignore[call-overload]
    from_openai(client, mode=Mode.TOOLS)  # type: ignore[call-overload]


async def asynchronous(client: AsyncOpenAI) -> None:
    completions = patch(client).chat.completions
    completions.create(response_model=User, model="m", messages=MESSAGES).name  # type: ignore[attr-defined]
    await completions.create(response_model=User, model="m", messages=MESSAGES, max_retries=tenacity.Retrying())  # type: ignore[call-overload]
    await completions.create(response_model=User, model="m", messages=MESSAGES, hooks=no_event)  # type: ignore[call-overload]
    await completions.create(response_model=User, model="m", messages=MESSAGES, stream=True)  # type: ignore[call-overload]
    await completions.create(response_model=User, model="m", mesages=MESSAGES)  # type: ignore[call-overload]
    await completions.create(model="m", messages=MESSAGES, hooks=hook_async)  # type: ignore[call-overload]
    await completions.extract(model="m", messages=MESSAGES)  # type: ignore[call-arg]
    completions.create(response_model=User, model="m", messages=MESSAGES)  # type: ignore[unused-coroutine]
    check(client, "m")  # type: ignore[unused-coroutine]
    check(client, "m").works  # type: ignore[attr-defined]
    ensure_context(client, "m", 8192)  # type: ignore[unused-coroutine]


def sync_ollama(client: ollama.Client) -> None:
    patched = patch(client)
    patched.chat("m", MESSAGES, response_modle=User)  # type: ignore[call-overload]
    patched.chat("m", response_model=User)  # type: ignore[call-overload]
    patched.chat("m", "Jason is 25", response_model=User)  # type: ignore[arg-type]
    patched.chat(3, [], response_model=User)  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, stream=True)  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, tools=[])  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, format="json")  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, temperature=0)  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, hooks=hook_async)  # type: ignore[call-overload]
    patched.chat("m", [], response_model=User, optoins={})  # type: ignore[call-overload]
    patched.chat("m", [], max_retries=2)  # type: ignore[call-overload]
    patched.extract(model="m", messages=[])  # type: ignore[call-arg]


async def asynchronous_ollama(client: ollama.AsyncClient) -> None:
    patched = patch(client)
    patched.chat("m", [], response_model=User).name  # type: ignore[attr-defined]
    await patched.chat("m", [], response_model=User, max_retries=tenacity.Retrying())  # type: ignore[call-overload]
    await patched.chat("m", [], respone_model=User)  # type: ignore[call-overload]
