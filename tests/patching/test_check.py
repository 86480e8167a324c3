"""`check`: what it reports of a server and a model, through all four clients."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path

import openai
import pytest

from instructor_ollama import check, errors, patch
from instructor_ollama.testing import FakeModel, FakeOllama, Raw, fault

PAGE = Path(__file__).parents[2] / "docs/how-to.md"
JASON = '{"name": "Jason", "age": 25}'
LLAMA = FakeModel("llama3.1:8b")
SMALL = FakeModel("qwen3:0.6b", size=523_000_000, family="qwen3")
EMBEDDING = FakeModel("nomic-embed-text", size=274_000_000, capabilities=("embedding",))
CLOUD = FakeModel("gpt-oss:120b-cloud", size=0, remote_host="https://ollama.com")


@pytest.fixture
def checked(connect, kind):
    """`checked(server, ...)` gives the result through each kind of client."""

    def run(server, *args, patched=False, **kwargs):
        face = connect(server, patched=patched)
        return face.inner.run(check(face.client, *args, **kwargs))

    return run


def test_it_works(checked):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        found = checked(fake, "llama3.1:8b")
        assert len(fake.seen) == 1
    assert (found.works, found.answers, found.problem, found.model) == (True, True, "", "llama3.1:8b")
    assert (found.value, found.attempts) == ("User(name='Jason', age=25)", 1)
    assert found.usage.total_tokens > 0
    assert found.seconds > 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.works = False


def test_a_wrong_value(checked):
    with FakeOllama(['{"name": "Tom", "age": 7}'], models=[LLAMA]) as fake:
        found = checked(fake, "llama3.1:8b")
    assert (found.works, found.answers) == (False, True)
    assert found.problem == (
        "llama3.1:8b responds, but the extracted value is incorrect: User(name='Tom', age=7) from 'Jason is 25 years old'. "
        "Use a larger model."
    )


def test_no_valid_answer(checked):
    with FakeOllama(["no"], models=[LLAMA]) as fake:
        found = checked(fake, "llama3.1:8b")
    assert (found.works, found.answers, found.value, found.attempts) == (False, False, None, 2)
    assert "no valid User from llama3.1:8b in 2 attempts" in found.problem
    assert found.usage.total_tokens > 0


@pytest.mark.parametrize("model", ["m", None])
def test_a_stopped_server(model, checked):
    with FakeOllama() as fake, fake.down():
        found = checked(fake, model)
    assert (found.works, found.answers, found.model) == (False, False, model)
    assert "connection refused" in found.problem


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (fault("out_of_memory"), "memory"),
        (fault("busy"), "busy"),
        (fault("closed"), "lost"),
        (fault("login_page"), "web page"),
        (Raw(418, "teapot"), "418"),
        (fault("slow", seconds=5, text=JASON), "deadline"),
    ],
)
def test_a_fault_is_reported_and_not_raised(answer, says, checked):
    with FakeOllama([answer], models=[LLAMA]) as fake:
        found = checked(fake, "llama3.1:8b", deadline=0.3)
    assert not found.works
    assert says in found.problem


def test_a_model_that_is_missing(checked):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        assert "Did you mean 'llama3.1:8b'?" in checked(fake, "llama3").problem


@pytest.mark.parametrize(
    ("models", "loaded", "chosen"),
    [
        ([LLAMA, SMALL, EMBEDDING, CLOUD], None, "qwen3:0.6b"),
        ([LLAMA, SMALL], "llama3.1:8b", "llama3.1:8b"),
        ([CLOUD, LLAMA], None, "llama3.1:8b"),
        ([CLOUD], None, "gpt-oss:120b-cloud"),
        ([EMBEDDING], None, None),
        ([], None, None),
    ],
)
def test_the_usual_model(models, loaded, chosen, checked):
    with FakeOllama([JASON], models=models) as fake:
        if loaded:
            fake.load(loaded)
        found = checked(fake)
    assert (found.model, found.works) == (chosen, chosen is not None)
    assert chosen or "no installed model supports chat. Run `ollama pull" in found.problem


@pytest.mark.parametrize("options", [{"model": "llama3.1:8b"}, {"defaults": {"model": "llama3.1:8b"}}])
def test_the_model_of_the_client_comes_first(options, connect, kind):
    with FakeOllama([JASON], models=[LLAMA, SMALL]) as fake:
        face = connect(fake, **options)
        assert face.inner.run(check(face.client)).model == "llama3.1:8b"
        assert face.inner.run(check(face.client, "qwen3:0.6b")).model == "qwen3:0.6b"
        assert {request.path for request in fake.seen} == {
            "/v1/chat/completions" if face.library == "openai" else "/api/chat"
        }


def test_hooks_of_the_client_are_not_called(connect, kind):
    called = []
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        face = connect(fake, hooks=called.append)
        assert face.inner.run(check(face.client, "llama3.1:8b")).works
    assert called == []


def test_the_client_is_left_as_it_is(connect, kind):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        face = connect(fake, patched=False)
        owner = face.client.chat.completions if face.library == "openai" else face.client
        before = dict(vars(owner))
        assert face.inner.run(check(face.client)).works
        assert vars(owner) == before


@pytest.mark.parametrize(
    "answer", [Raw(200, "[]"), Raw(200, "<html>"), {"models": None}, {"models": ["x", {}]}, {"models": 3}]
)
def test_a_listing_that_is_none(answer, checked):
    with FakeOllama([JASON], models=[LLAMA]) as fake:
        fake.paths = {"/api/tags": answer, "/api/ps": answer}
        found = checked(fake)
    assert not found.works
    assert (
        "not return what Ollama" in found.problem
        or "web page" in found.problem
        or "no installed model" in found.problem
    )


@pytest.mark.parametrize(
    ("args", "kwargs"), [((3, "m"), {}), ((None, ""), {}), ((None, 3), {}), ((None,), {"deadline": 0})]
)
def test_misuse_is_raised(args, kwargs):
    with openai.OpenAI(base_url="http://localhost:1/v1", api_key="x") as client, pytest.raises(errors.UsageError):
        check(args[0] or client, *args[1:], **kwargs)


def test_what_the_clients_own_code_raises_is_raised():
    class Failing(openai.DefaultHttpxClient):
        def send(self, *args, **kwargs):
            raise KeyError("the user's")

    with (
        Failing() as http,
        openai.OpenAI(base_url="http://localhost:1/v1", api_key="x", http_client=http) as client,
        pytest.raises(KeyError),
    ):
        check(patch(client), "m")


def test_the_health_endpoint_of_the_page():
    """The last example of the page, against a server that works, and then does not."""
    pytest.importorskip("fastapi")
    httpx = pytest.importorskip("httpx")
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL) if "/health" in block)

    async def statuses():
        names = {"patch": patch, "AsyncOpenAI": openai.AsyncOpenAI}
        exec(code.replace("http://localhost:11434/v1", fake.base_url), names)
        transport = httpx.ASGITransport(names["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            works = await client.get("/health")
            with fake.down():
                down = await client.get("/health")
        await names["ollama"].close()
        return works, down

    with FakeOllama([JASON], models=["llama3.1"]) as fake:
        works, down = asyncio.run(statuses())
    assert (works.status_code, works.json()["works"], works.json()["value"]) == (
        200,
        True,
        "User(name='Jason', age=25)",
    )
    assert (down.status_code, down.json()["works"]) == (503, False)
    assert "connection refused" in down.json()["problem"]
