"""The main behaviours on real servers: the demo model answers, the random model shows what the grammar holds."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import os
import signal
import threading
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union

import ollama
import openai
import pytest
from pydantic import BaseModel, Field, TypeAdapter, field_validator
from typing_extensions import TypedDict

from instructor_ollama import RetryConfig, embedded, ensure_context, errors, events, patch
from instructor_ollama._schema.target import target_of
from tests.kit.clients import MESSAGES, Async, Sync, face
from tests.kit.servers import OllamaServer, executables

THINKING = (
    "{{- range .Messages }}<|{{ .Role }}|>{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}"
    "{{ .Content }}<|end|>{{ end }}<|assistant|>"
)


class User(BaseModel):
    name: str
    age: int


class Badge(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        if value != value.upper():
            raise ValueError("must be in upper case")
        return value


class Impossible(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _never(cls, value: str) -> str:
        raise ValueError("can never be right")


class Tree(BaseModel):
    value: int
    children: list[Tree] = []


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Movie(TypedDict):
    title: str
    year: int


class Pair(NamedTuple):
    left: int
    right: str


class Color(Enum):
    RED = "red"
    BLUE = "blue"


KINDS: list[Any] = [
    User, Tree, Point, Movie, Pair, Color, list[User], dict[str, int], tuple[int, str], set[int], Union[int, User],
    Optional[User], Literal["a", "b"], int, float, bool, str, datetime.date,
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(ollama_server: OllamaServer) -> str:
    embedded.create_demo(ollama_server.host, "demo")
    return "demo"


@pytest.fixture
def talk(kind: type[Sync] | type[Async], ollama_server: OllamaServer):
    with face(kind, ollama_server.base_url) as client:
        patch(client.client)
        yield client


def test_the_first_example(talk, demo):
    assert talk.create(model=demo, response_model=User) == User(name="Jason", age=25)


def test_a_rejected_answer_is_corrected_by_the_model(talk, demo):
    told: list[events.Event] = []
    value = talk.create(
        model=demo,
        response_model=Badge,
        messages=[{"role": "user", "content": "This badge is for Jason."}],
        hooks=told.append,
    )
    assert value.name.isupper()
    assert [event.attempt.answer for event in told if isinstance(event, events.AnswerRejected)] == ['{"name": "Jason"}']


@pytest.mark.parametrize("response_model", KINDS, ids=str)
def test_every_kind_of_type_is_valid_at_once(talk, random_model, response_model):
    for seed in range(3):
        extraction = talk.extract(
            model=random_model, response_model=response_model, temperature=1.0, seed=seed, max_tokens=600, max_retries=0
        )
        # A number at the limit of the grammar is asked for in another encoding.
        assert [attempt for attempt in extraction.attempts[:-1] if "reaches the limit" not in str(attempt.error)] == []
        value = extraction.value
        assert TypeAdapter(response_model).validate_json(TypeAdapter(response_model).dump_json(value)) == value


def test_invalid_answers_end_in_an_error_with_all_attempts(talk, demo):
    with pytest.raises(errors.RetriesExhaustedError) as caught:
        talk.create(model=demo, response_model=Impossible, max_retries=2)
    prompts = [attempt.usage.prompt_tokens for attempt in caught.value.attempts]
    assert len(prompts) == 3
    assert prompts[0] < prompts[1]


def test_a_missing_model_names_the_pull_command(talk, demo):
    with pytest.raises(errors.ModelNotFoundError, match=r"`ollama pull dem`.*'demo'") as caught:
        talk.create(model="dem", response_model=User)
    assert isinstance(caught.value, talk.fails_as(404))


def test_a_thinking_model_extracts_with_its_default_settings(talk, demo, ollama_server):
    ollama_server.create(
        "thinker",
        embedded.DEMO_MODEL,
        template=THINKING,
        parameters={"stop": ["<|end|>"], "num_ctx": 2048, "num_thread": 1},
    )
    shown = ollama_server.request("/api/show", {"model": "thinker"})
    assert "thinking" in shown["capabilities"]
    assert talk.create(model="thinker", response_model=User) == User(name="Jason", age=25)


@pytest.mark.openai_only
def test_a_truncated_prompt_is_detected_and_fits_a_wider_context_window(talk, demo, ollama_server):
    ollama_server.create(
        "narrow",
        embedded.DEMO_MODEL,
        template=embedded.demo_modelfile().split('"""')[1],
        parameters={"stop": ["<|end|>"], "num_ctx": 256, "num_thread": 1},
    )
    messages = [
        {"role": "user", "content": "Jason is 25 years old. " + "It rains here every day. " * 40},
        {"role": "assistant", "content": "So it does."},
        {"role": "user", "content": "Who is it?"},
    ]
    with pytest.raises(errors.PromptTruncatedError, match="truncated the prompt") as caught:
        talk.create(model="narrow", response_model=User, messages=messages)
    assert caught.value.context_length == 256
    name = talk.inner.run(ensure_context(talk.client, "narrow", 2048))
    assert name == "narrow:ctx2048"
    assert talk.inner.run(ensure_context(talk.client, "narrow", 2048)) == name
    extraction = talk.extract(model=name, response_model=User, messages=messages)
    assert extraction.usage.prompt_tokens > 500
    with pytest.raises(errors.ModelNotFoundError):
        talk.inner.run(ensure_context(talk.client, "nowhere", 2048))


@pytest.mark.openai_only
def test_a_refused_schema_falls_back_to_json_object(talk, demo):
    class Odd(User):
        """Nothing of the library's sends such a schema; a server that refuses one is to be had all the same."""

    told: list[events.Event] = []
    target_of(Odd).wire = {"type": "object", "properties": {"a": {"type": "wat"}}}
    assert talk.create(model=demo, response_model=Odd, hooks=told.append) == Odd(name="Jason", age=25)
    formats = [
        event.request["extra_body"]["response_format"]["type"]
        for event in told
        if isinstance(event, events.RequestSent)
    ]
    assert formats == ["json_schema", "json_object"]


def test_ollamas_own_client(demo, ollama_server):
    client = patch(ollama.Client(ollama_server.host))
    assert client.chat(demo, MESSAGES, response_model=User) == User(name="Jason", age=25)
    assert client.chat(demo, MESSAGES, options={"num_predict": 3}).message.content
    assert "demo:latest" in {one.model for one in client.list().models}
    with pytest.raises(errors.ContextOverflowError) as caught:
        client.chat(
            demo, [{"role": "user", "content": "It rains. " * 300}], response_model=User, options={"num_ctx": 512}
        )
    assert isinstance(caught.value, ollama.ResponseError)
    with pytest.raises(errors.ModelNotFoundError, match="'demo'"):
        client.chat("dem", MESSAGES, response_model=User)
    client.close()

    async def main() -> None:
        async with ollama.AsyncClient(ollama_server.host) as bare:
            assert await patch(bare).chat(demo, MESSAGES, response_model=User) == User(name="Jason", age=25)

    asyncio.run(main())


def test_a_full_queue_is_retried():
    for executable in executables():
        with OllamaServer(executable, {"OLLAMA_MAX_QUEUE": "2", "OLLAMA_MAX_LOADED_MODELS": "1"}) as server:
            for name in ("one", "two"):
                embedded.create_demo(server.host, name)

            async def main(url: str) -> list[User]:
                async with openai.AsyncOpenAI(base_url=url, api_key="x") as bare:
                    client = patch(bare, retry_config=RetryConfig(transient_retries=12))
                    calls = (
                        client.chat.completions.create(
                            model=("one", "two")[number % 2], messages=MESSAGES, response_model=User
                        )
                        for number in range(24)
                    )
                    return await asyncio.gather(*calls)

            assert asyncio.run(main(server.base_url)) == [User(name="Jason", age=25)] * 24


def _runners(server: OllamaServer) -> list[int]:
    """The server's child processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == server.pid:
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the runner")
def test_a_runner_that_dies_costs_one_retry(random_model, ollama_server):
    # Long enough that the runner is in the middle of it; the grammars of the old converter are slow with such counts.
    least = 300 if ollama_server.version < "0.3" else 500
    told: list[events.Event] = []
    killers: list[threading.Timer] = []

    def kill() -> None:
        for pid in _runners(ollama_server):
            os.kill(pid, signal.SIGKILL)

    def watch(event: events.Event) -> None:
        told.append(event)
        if isinstance(event, events.RequestSent) and event.number == 1:
            killers.append(threading.Timer(0.1, kill))
            killers[0].start()

    with face(Sync, ollama_server.base_url) as client:
        patch(client.client, constrain="limits")
        client.create(model=random_model, response_model=User, max_tokens=300)
        response_model = Annotated[list[bool], Field(min_length=least)]
        value = client.create(model=random_model, response_model=response_model, hooks=watch)
    killers[0].join()
    assert len(value) >= least
    assert [event.transient for event in told if isinstance(event, events.RetryScheduled)] == [True]
    assert ollama_server.alive()


def test_a_stopped_server_is_reported(demo, kind):
    for executable in executables()[:1]:
        with OllamaServer(executable) as server:
            url = server.base_url
    with face(kind, url) as client:
        patch(client.client)
        with pytest.raises(errors.ServerNotRunningError, match="ollama serve") as caught:
            client.create(response_model=User)
        assert isinstance(caught.value, client.fails_as(None))
