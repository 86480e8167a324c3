"""`FakeOllama` itself: scripts, faults, models, endpoints, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Optional

import ollama
import openai
import pytest
import tenacity
from pydantic import BaseModel, Field

from instructor_ollama import RetryConfig, ensure_context, errors, patch
from instructor_ollama._schema.target import Target
from instructor_ollama.testing import (
    FAULTS,
    Answer,
    FakeModel,
    FakeOllama,
    Raw,
    answer,
    completion,
    error,
    example_of,
    fault,
    plugin,
)
from instructor_ollama.testing._examples import example_text
from instructor_ollama.testing._patterns import example_of_pattern
from tests.corpus.types import ALL
from tests.kit.installed import PLUGIN

pytest_plugins = ["pytester"]


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
MESSAGES = [{"role": "user", "content": "Jason is 25 years old"}]
QUICK = RetryConfig(transient_wait=tenacity.wait_none(), transient_retries=1)


@pytest.fixture
def fake():
    with FakeOllama() as started:
        yield started


def port_of(fake: FakeOllama) -> int:
    return int(fake.host.rpartition(":")[2])


def ask(fake: FakeOllama, path: str, body=None, method=None, raw=None):
    """Status and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(fake), timeout=5)
    data = raw if raw is not None else None if body is None else json.dumps(body)
    try:
        connection.request(method or ("POST" if data is not None else "GET"), path, data)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, text


def chat(fake: FakeOllama, **more):
    return ask(fake, "/v1/chat/completions", {"model": "m", "messages": MESSAGES, **more})


def content(reply) -> str:
    assert reply[0] == 200
    return reply[1]["choices"][0]["message"]["content"]


# Scripts --------------------------------------------------------------------------------------------------------


def test_answers_come_in_order_and_the_last_one_again_and_again(fake):
    fake.answers = ["one", "two"]
    assert [content(chat(fake)) for _ in range(4)] == ["one", "two", "two", "two"]
    fake.requests.clear()
    assert content(chat(fake)) == "one"
    fake.answers = ["three"]
    assert content(chat(fake)) == "three"
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("text", "text"),
        (User(name="Jason", age=25), '{"name":"Jason","age":25}'),
        (answer("text", finish_reason="length"), "text"),
        (completion("text"), "text"),
        ([1, 2], "[1, 2]"),
        (3, "3"),
    ],
    ids=str,
)
def test_what_an_answer_may_be(given, said, fake):
    fake.answers = [given]
    assert content(chat(fake)) == said


@pytest.mark.parametrize(
    "given", ["text", {"choices": []}, answer("text"), fault("busy"), error(418, "x"), Raw(201)], ids=str
)
def test_a_single_answer_is_a_script(given, fake):
    fake.answers = given
    assert chat(fake)[0] in (200, 201, 418, 503)


def test_whole_bodies_raw_responses_and_errors(fake):
    fake.answers = [{"x": 1}, Raw(201, [1], "text/x"), Raw(200, "text"), error(418, "teapot"), None]
    assert chat(fake) == (200, {"x": 1})
    assert chat(fake) == (201, [1])
    assert chat(fake) == (200, "text")
    assert chat(fake) == (418, {"error": {"message": "teapot", "type": "api_error", "param": None, "code": None}})
    with pytest.raises(http.client.RemoteDisconnected):
        chat(fake)


def test_the_plainest_instance_of_the_schema_is_the_default(fake):
    client = patch(openai.OpenAI(base_url=fake.base_url, api_key="x"))
    with client:
        assert client.chat.completions.create(model="m", messages=MESSAGES, response_model=User) == User(
            name="text", age=0
        )
        assert content(chat(fake)) == "Hello from a fake model."
        assert content(chat(fake, response_format={"type": "json_object"})) == "{}"


def test_functions_answer_sync_and_async(fake):
    seen = []

    def sync(body):
        seen.append(threading.current_thread().name)
        time.sleep(0.01)
        return body["model"]

    async def nonsync(body):
        await asyncio.sleep(0.01)
        return body["model"] * 2

    class Callable:
        async def __call__(self, body):
            return answer("called")

    fake.answers = sync
    assert content(chat(fake)) == "m"
    assert seen[0].startswith("fake-ollama-answers")
    fake.answers = nonsync
    assert content(chat(fake)) == "mm"
    fake.answers = Callable()
    assert content(chat(fake)) == "called"


def test_an_error_in_an_answer_function_is_reported(fake):
    fake.answers = [object()]
    status, text = chat(fake)
    assert status == 500
    assert "the fake server raised TypeError" in text


def test_what_was_asked_is_kept(fake):
    fake.answers = ["x"]
    chat(fake, temperature=0)
    ask(fake, "/api/tags?x=1")
    (request,) = fake.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.body["temperature"] == 0
    assert request.messages == MESSAGES
    assert json.loads(request.raw) == request.body
    assert request.headers["content-length"] == str(len(request.raw))
    assert [one.path for one in fake.seen] == ["/v1/chat/completions", "/api/tags?x=1"]
    assert fake.answers == ["x"]


def test_only_the_newest_requests_are_kept_on_request():
    with FakeOllama(["a", "b"], keep=2) as fake:
        assert [content(chat(fake, seed=number)) for number in range(4)] == ["a", "b", "b", "b"]
        assert [one.body["seed"] for one in fake.requests] == [2, 3]
    with FakeOllama(["a", "b"], keep=0) as fake:
        assert [content(chat(fake)) for _ in range(3)] == ["a", "b", "b"]
        assert fake.requests == fake.seen == []


# Faults ---------------------------------------------------------------------------------------------------------

ENDS_IN = {
    "refused": errors.ServerNotRunningError,
    "closed": errors.ServerBusyError,
    "dies_mid_answer": errors.ServerBusyError,
    "busy": errors.ServerBusyError,
    "loading": errors.ServerBusyError,
    "runner_died": errors.ServerBusyError,
    "runner_stopped": errors.ServerBusyError,
    "model_missing": errors.ModelNotFoundError,
    "bad_name": errors.OllamaError,
    "out_of_memory": errors.InsufficientMemoryError,
    "load_failed": errors.OllamaError,
    "load_timeout": errors.ServerBusyError,
    "no_tools": errors.CapabilityError,
    "no_thinking": errors.CapabilityError,
    "no_chat": errors.CapabilityError,
    "no_images": errors.CapabilityError,
    "context_overflow": errors.ContextOverflowError,
    "schema_refused": errors.OllamaError,
    "schema_refused_by_mlx": errors.OllamaError,
    "format_unavailable": errors.OllamaError,
    "no_v1": errors.EndpointNotFoundError,
    "forbidden": errors.OllamaError,
    "bad_gateway": errors.ServerBusyError,
    "unavailable": errors.ServerBusyError,
    "firewall": errors.OllamaError,
    "tunnel_down": errors.ServerBusyError,
    "login_page": errors.EndpointNotFoundError,
    "cloud_failed": errors.CloudError,
    "not_signed_in": errors.CloudError,
    "cloud_disabled": errors.CloudError,
    "no_subscription": errors.CloudError,
    "rate_limited": errors.CloudError,
    "cloud_unreachable": errors.CloudError,
    "slow": None,
    "fenced": None,
    "prose": None,
    "think_tags": None,
    "twice": None,
    "think": errors.RetriesExhaustedError,
    "wrong": errors.RetriesExhaustedError,
    "refusal": errors.RetriesExhaustedError,
    "empty": errors.RetriesExhaustedError,
    "loop_guard": errors.RetriesExhaustedError,
    "cut": errors.IncompleteAnswerError,
    "truncated": errors.PromptTruncatedError,
}


@pytest.mark.parametrize("version", ["0.12.6", "0.34.4"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_ends_in_its_error(name, version):
    options = {"seconds": 0.05} if name == "slow" else {}
    with FakeOllama([fault(name, text=JASON, **options)], version=version) as fake:
        client = patch(openai.OpenAI(base_url=fake.base_url, api_key="x"), retry_config=QUICK)
        with client:
            expected = ENDS_IN[name]
            if expected is None:
                assert client.chat.completions.create(model="m", messages=MESSAGES, response_model=User).age == 25
                return
            with pytest.raises(expected):
                client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)


def test_faults_come_before_the_script_goes_on(fake):
    fake.answers = [JASON]
    fake.fail("busy", times=2)
    fake.fail("fenced")
    assert [chat(fake)[0] for _ in range(2)] == [503, 503]
    assert content(chat(fake)) == f"```json\n{JASON}\n```"
    assert content(chat(fake)) == JASON


def test_a_fault_spoils_the_answer_that_would_have_come(fake):
    fake.answers = [answer(JASON)]
    fake.fail("cut", at=5)
    fake.fail("prose", text="3")
    assert content(chat(fake)) == JASON[:5]
    assert content(chat(fake)) == "Sure! Here it is: 3 Anything else?"


def test_refused_lasts_until_it_recovers(fake):
    fake.answers = ["a", fault("refused"), "b"]
    assert content(chat(fake)) == "a"
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            chat(fake)
    fake.recover()
    assert content(chat(fake)) == "b"
    fake.fail("refused")
    with pytest.raises(ConnectionRefusedError):
        chat(fake)
    fake.recover()
    assert content(chat(fake)) == "b"
    with fake.down(), fake.down(), pytest.raises(ConnectionRefusedError):
        chat(fake)
    fake.answers = lambda body: fault("refused")
    with pytest.raises(http.client.RemoteDisconnected):
        chat(fake)
    fake.recover()


def test_kept_connections_end_when_it_goes_down(fake):
    connection = http.client.HTTPConnection("127.0.0.1", port_of(fake), timeout=5)
    connection.request("GET", "/api/version")
    connection.getresponse().read()
    with fake.down(), pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        connection.request("GET", "/api/version")
        connection.getresponse()
    connection.close()


def test_unknown_faults_and_options_are_refused(fake):
    with pytest.raises(ValueError, match="unknown fault 'bussy': expected one of refused, closed"):
        fake.fail("bussy")
    with pytest.raises(ValueError, match="the fault 'busy' does not accept seconds"):
        fault("busy", seconds=3)


def test_a_client_that_leaves_is_noticed(fake):
    fake.answers = [fault("slow", seconds=30)]
    with socket.create_connection(("127.0.0.1", port_of(fake))) as client:
        body = json.dumps({"model": "m", "messages": MESSAGES})
        client.sendall(f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        for _ in range(200):
            if fake.requests:
                break
            time.sleep(0.01)
    for _ in range(200):
        if fake.cancelled:
            break
        time.sleep(0.01)
    assert fake.cancelled == 1
    assert fake.connections == 0


def test_everything_is_closed_at_the_end():
    before = threading.active_count()
    fake = FakeOllama(lambda body: time.sleep(0.2) or "x")
    assert fake.connections == 0
    with fake:
        client = socket.create_connection(("127.0.0.1", port_of(fake)))
        body = json.dumps({"model": "m", "messages": MESSAGES})
        client.sendall(f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        while not fake.requests:
            time.sleep(0.01)
        port = port_of(fake)
    assert threading.active_count() == before
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    fake.answers = ["later"]  # between two uses
    with fake:
        assert content(chat(fake)) == "later"
        assert port_of(fake) == port
    fake.__exit__(None, None, None)
    with pytest.raises(RuntimeError, match="is not running"):
        fake.recover()


def test_it_cannot_be_controlled_from_its_own_thread():
    async def steer(body):
        fake._http.call(fake._http.accept())

    with pytest.raises(RuntimeError, match="cannot be controlled from its own thread"), FakeOllama(steer) as fake:
        assert "cannot be controlled from its own thread" in chat(fake)[1]


# HTTP -----------------------------------------------------------------------------------------------------------


def talk(fake: FakeOllama, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port_of(fake)), timeout=5) as client:
        client.sendall(data)
        found = b""
        while True:
            more = client.recv(65536)
            if not more:
                return found
            found += more


def test_bodies_in_chunks_and_several_requests_at_once(fake):
    fake.answers = ["one", "two"]
    body = json.dumps({"model": "m", "messages": MESSAGES}).encode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    head = b"POST /v1/chat/completions HTTP/1.1\r\n"
    found = talk(
        fake,
        head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + head
        + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
    )  # fmt: skip
    assert found.count(b"HTTP/1.1 200 OK") == 2
    assert found.index(b'"one"') < found.index(b'"two"')


def test_chunks_in_pieces(fake):
    with socket.create_connection(("127.0.0.1", port_of(fake)), timeout=5) as client:
        for piece in (
            b"POST /api/version HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"3",
            b"\r\nabc",
            b"\r\n0\r\n\r\n",
        ):
            client.sendall(piece)
            time.sleep(0.02)
        assert client.recv(100).startswith(b"HTTP/1.1 405")


def test_tool_calls_and_reasoning_are_passed_on(fake):
    call = {"id": "call_1", "index": 0, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    fake.answers = [answer("x", tool_calls=(call,), reasoning="well")]
    assert chat(fake)[1]["choices"][0]["message"]["tool_calls"] == [call]
    body = {"model": "m", "messages": MESSAGES, "stream": False}
    assert ask(fake, "/api/chat", body)[1]["message"]["tool_calls"] == [call]
    assert ask(fake, "/api/generate", {"model": "m", "prompt": "x", "stream": False})[1]["thinking"] == "well"
    fake.answers = "x"
    assert "thinking" not in ask(fake, "/api/generate", {"model": "m", "prompt": "x", "stream": False})[1]
    fake.answers = [completion("x", reasoning="well", prompt_tokens=7)]
    reply = chat(fake)[1]
    assert reply["choices"][0]["message"]["reasoning"] == "well"
    assert reply["usage"]["total_tokens"] == 17


def test_a_request_in_pieces(fake):
    with socket.create_connection(("127.0.0.1", port_of(fake)), timeout=5) as client:
        body = json.dumps({"model": "m", "messages": MESSAGES}).encode()
        client.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(body[:10])
        time.sleep(0.02)
        client.sendall(body[10:])
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("data", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_what_is_no_http_is_refused(data, fake):
    assert talk(fake, data).startswith(b"HTTP/1.1 400")


def test_head_has_no_body(fake):
    assert talk(fake, b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\n")


def test_a_stream_that_breaks_off(fake):
    fake.answers = [fault("dies_mid_answer", text="some words")]
    status, text = chat(fake, stream=True)
    assert status == 200
    assert "[DONE]" not in text
    with pytest.raises(http.client.IncompleteRead):
        ask(fake, "/api/chat", {"model": "m", "messages": MESSAGES})


# Models and endpoints -------------------------------------------------------------------------------------------


def test_openais_client_streams_and_lists(fake):
    fake.answers = [answer("some words", reasoning="well")]
    with openai.OpenAI(base_url=fake.base_url, api_key="x") as client:
        chunks = list(
            client.chat.completions.create(
                model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
            )
        )
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "some words"
        assert chunks[-1].usage.completion_tokens == 4
        assert [model.id for model in client.models.list()] == ["llama3.1:8b"]
        assert client.models.retrieve("x").id == "x"


def test_ollamas_own_client_is_answered(fake):
    fake.answers = [answer(JASON, reasoning="well")]
    client = ollama.Client(fake.host)
    assert client.chat("m", MESSAGES).message.content == JASON
    assert client.chat("m", MESSAGES).message.thinking == "well"
    assert "".join(part.message.content for part in client.chat("m", MESSAGES, stream=True)) == JASON
    assert client.generate("m", "hello").response == JASON
    assert client.ps().models[0].model == "m:latest"
    assert client.show("m").capabilities[0] == "completion"
    client.generate("m", keep_alive=0)
    assert client.ps().models == []
    client._client.close()


def test_only_installed_models_are_found():
    with FakeOllama(models=["llama3.1:8b", FakeModel("small", num_ctx=512)], version="0.24.0") as fake:
        assert chat(fake)[0] == 404
        assert chat(fake, model="small")[0] == chat(fake, model="small:latest")[0] == 200
        assert ask(fake, "/api/show", {"model": "nope"}) == (404, {"error": "model 'nope' not found"})
        assert ask(fake, "/v1/models/nope")[0] == 404
        assert ask(fake, "/api/generate", {"model": "nope"})[0] == 404
        assert ask(fake, "/api/show", {"model": "small"})[1]["parameters"].split() == ["num_ctx", "512"]
        assert [one["id"] for one in ask(fake, "/v1/models")[1]["data"]] == ["llama3.1:8b", "small:latest"]
        fake.models = []
        assert ask(fake, "/v1/models")[1]["data"] is None


def test_models_are_pulled_and_derived():
    with FakeOllama(models=["m"]) as fake:
        fake.pullable.add("new")
        status, lines = ask(fake, "/api/pull", {"model": "new"})
        assert status == 200
        assert lines.splitlines()[-1] == '{"status": "success"}'
        assert ask(fake, "/api/pull", {"model": "m", "stream": False}) == (200, {"status": "success"})
        assert ask(fake, "/api/pull", {"model": "nope", "stream": False})[0] == 500
        assert "error" in ask(fake, "/api/pull", {"model": "nope"})[1]
        blob = "/api/blobs/sha256:0"
        asked = [("HEAD", None), ("POST", b"x"), ("HEAD", None), ("POST", b"x")]
        assert [ask(fake, blob, method=method, raw=raw)[0] for method, raw in asked] == [404, 201, 200, 200]
        assert [model.name for model in fake.models] == ["m", "new"]
        with FakeOllama() as other:
            assert ask(other, "/api/create", {"model": "x", "from": "y", "stream": False}) == (
                200,
                {"status": "success"},
            )
        with openai.OpenAI(base_url=fake.base_url, api_key="x") as client:
            name = ensure_context(client, "m", 16384)
        assert [model.num_ctx for model in fake.models if model.name == name] == [16384]
        chat(fake, model=name)
        assert ask(fake, "/api/ps")[1]["models"][0]["context_length"] == 16384


@pytest.mark.parametrize(("version", "seen"), [("0.24.0", 128), ("0.34.4", 67)])
def test_a_long_prompt_is_cut_as_the_server_cuts_it(version, seen):
    long = [{"role": "user", "content": "word " * 400}]
    with FakeOllama(models=[FakeModel("m", num_ctx=128)], version=version) as fake:
        assert chat(fake, messages=long)[1]["usage"]["prompt_tokens"] == seen
        body = {"model": "m", "messages": long, "truncate": False, "options": {"num_predict": 1}}
        assert ask(fake, "/api/chat", body)[0] == 400
        assert ask(fake, "/api/chat", {**body, "messages": MESSAGES})[0] == 200
        assert len(fake.requests) == 1  # a look whether a prompt fits takes no answer
        assert ask(fake, "/api/chat", {**body, "options": {"num_ctx": 4096, "num_predict": 1}})[0] == 200
        assert ask(fake, "/api/chat", {**body, "options": {"num_ctx": 4096}})[0] == 200
        assert len(fake.requests) == 2


def test_a_path_answers_what_the_test_says(fake):
    fake.answers = ["one", "two"]
    fake.paths = {
        "/api/ps": error(404, "no such thing"),
        "/api/version": {"version": "9.9"},
        "/v1/models": fault("forbidden"),
        "/api/chat": Raw(200, "not what it was"),
        "/metrics": None,
    }
    assert ask(fake, "/api/ps?x=1") == (404, {"error": "no such thing"})
    assert ask(fake, "/api/version") == (200, {"version": "9.9"})
    assert ask(fake, "/v1/models") == (403, "")
    assert ask(fake, "/api/chat", {"model": "m", "messages": MESSAGES}) == (200, "not what it was")
    with pytest.raises(http.client.RemoteDisconnected):
        ask(fake, "/metrics")
    assert len(fake.seen) == 5
    assert fake.requests == []
    assert content(chat(fake)) == "one"
    fake.paths["/v1/chat/completions"] = error(418, "teapot")
    assert chat(fake)[1]["error"]["message"] == "teapot"
    fake.paths.clear()
    assert content(chat(fake)) == "two"
    assert ask(fake, "/api/version") == (200, {"version": fake.version})


def test_the_prefix_cache_is_counted(fake):
    system = {"role": "system", "content": "rules " * 100}

    def cached(text):
        reply = chat(fake, messages=[system, {"role": "user", "content": text}])
        return reply[1]["usage"]["prompt_tokens_details"]["cached_tokens"]

    assert cached("one document") == 0
    assert 150 <= cached("another document") <= 160


@pytest.mark.parametrize(
    ("model", "more", "version", "status", "says"),
    [
        (FakeModel("m", capabilities=("embedding",)), {}, "0.34.4", 400, "does not support chat"),
        (FakeModel("m"), {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]}, "0.34.4", 400, "invalid image input"),
        (FakeModel("m"), {"response_format": {"type": "json_schema", "json_schema": {"schema": {"properties": {"a": {"title": "A"}}}}}}, "0.24.0", 500, "invalid JSON schema"),
        (FakeModel("m"), {"response_format": {"type": "json_schema", "json_schema": {"schema": {"anyOf": [{"type": "x"}]}}}}, "0.34.4", 400, "unrecognized type x"),
        (FakeModel("m"), {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "string", "pattern": "a"}}}}, "0.33.0", 400, "must start with"),
        (FakeModel("m", format="safetensors"), {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "x"}}}}, "0.34.4", 200, ""),
        (FakeModel("m"), {"response_format": {"type": "json_schema", "json_schema": {"schema": {"items": {"$ref": "#"}}}}}, "0.34.4", 200, ""),
        (FakeModel("m"), {"response_format": 3}, "0.34.4", 400, "cannot unmarshal number"),
        (FakeModel("m"), {"response_format": {"type": "json_schema", "json_schema": 3}}, "0.34.4", 200, ""),
        (FakeModel("m"), {"reasoning": {"effort": "wild"}}, "0.34.4", 400, "invalid reasoning value"),
        (FakeModel("m", capabilities=("completion", "thinking"), family="gptoss"), {"reasoning_effort": "low"}, "0.12.6", 200, ""),
    ],
)  # fmt: skip
def test_requests_are_refused_as_ollama_refuses_them(model, more, version, status, says):
    with FakeOllama(["text"], models=[model], version=version) as fake:
        got, body = chat(fake, **more)
        assert got == status
        assert says in json.dumps(body)
        fake.strict = False
        assert chat(fake, **more)[0] == 200


@pytest.mark.parametrize(
    ("raw", "says"), [(b"", "EOF"), (b"{x", "invalid character 'x'"), (b"[]", "cannot unmarshal array")]
)
def test_bodies_that_cannot_be_read(raw, says, fake):
    status, body = ask(fake, "/v1/chat/completions", raw=raw, method="POST")
    assert status == 400
    assert says in body["error"]["message"]
    assert len(fake.requests) == 1


# Examples -------------------------------------------------------------------------------------------------------


class Node(BaseModel):
    value: int = Field(ge=3)
    next: Optional[Node] = None
    ratio: float = Field(default=1, gt=0)


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        (User.model_json_schema(), {"name": "text", "age": 0}),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
        ({"type": "array", "prefixItems": [{"type": "null"}, {"const": 3}]}, [None, 3]),
        ({"type": "string", "format": "date"}, "2024-01-31"),
        ({"type": "string", "minLength": 6}, "texttt"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": ["integer", "null"], "minimum": 5}, 5),
        ({"type": "integer", "maximum": -4}, -4),
        ({"type": "number", "exclusiveMinimum": 0}, 0.5),
        ({"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"type": "object"}]}, {"a": 0}),
        ({"allOf": [{"type": "integer"}]}, 0),
        ({}, "text"),
        ({"properties": {"a": True}, "required": ["a"]}, {"a": "text"}),
    ],
    ids=str,
)
def test_examples(schema, example):
    assert example_of(schema) == example


def test_examples_of_recursive_schemas():
    schema = Node.model_json_schema()
    assert Node.model_validate(example_of(schema))
    endless = {"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}}}
    with pytest.raises(ValueError, match="infinitely recursive"):
        example_of(endless)
    choice = {"anyOf": [endless["$defs"]["A"], {"type": "null"}], "$defs": endless["$defs"]}
    assert example_of(choice) is None
    with pytest.raises(ValueError, match="infinitely recursive"):
        example_of({"oneOf": [endless["$defs"]["A"]], "$defs": endless["$defs"]})


# What no schema tells: a pattern sought anywhere, a lookahead, a name with quotes, items that differ.
UNTOLD = {
    "pattern_search", "pattern_case", "quoted_name", "blind_pattern_strings", "blind_lookahead_password",
    "blind_sets_and_tuples",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in ALL if name not in UNTOLD])
@pytest.mark.filterwarnings("ignore")
def test_the_example_of_what_the_library_sends_is_valid(name):
    target = Target(ALL[name])
    target.validate(json.dumps(example_of(target.wire)))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[0-9]{3}-(x|y)+$", "000-x"),
        (r"^(a|b)?[^a-z]\.$", "0."),
        (r"^[\x2D]?[1-9][0-9]*$", "1"),
        (r'^\\"[\]]$', '"]'),
        (r"^\d\w\s(?:ab){2}$", "0A abab"),
        (r"^(?=x)x$", None),
        (r"^(a", None),
        (r"^[z-a]$", None),
        (r"^\p{L}$", None),
    ],
)
def test_the_plainest_text_of_a_pattern(pattern, text):
    assert example_of_pattern(pattern) == text


# The plugin and the package -------------------------------------------------------------------------------------


def test_the_plugin_gives_a_fake(pytester):
    pytester.makepyfile(
        """
        import urllib.request

        def test_it(fake_ollama):
            fake_ollama.answers = ["x"]
            with urllib.request.urlopen(fake_ollama.host) as response:
                assert response.read() == b"Ollama is running"
        """
    )
    result = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


fake_ollama = plugin.fake_ollama


def test_the_fixture(fake_ollama):
    fake_ollama.answers = ["x"]
    assert content(chat(fake_ollama)) == "x"


def test_the_plugin_loads_next_to_nothing():
    code = (
        "import sys, pytest; before = set(sys.modules); import instructor_ollama.testing.plugin; "
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('instructor_ollama')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_facade_is_what_is_there():
    from instructor_ollama import testing

    assert dir(testing) == sorted(testing.__all__)
    assert all(getattr(testing, name) is not None for name in testing.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        testing.nothing


def test_every_fault_says_what_it_is():
    assert FAULTS.keys() == ENDS_IN.keys()
    assert all(row.means and not row.means.endswith(".") for row in FAULTS.values())
    assert isinstance(answer(), Answer)


# As the compiled servers answered -------------------------------------------------------------------------------

UNMARSHAL = "json: cannot unmarshal {} into Go struct field {} of type {}"
REQUEST = "ChatCompletionRequest."


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"messages": ["a"]}, UNMARSHAL.format("string", REQUEST + "messages", "openai.Message")),
        ({"messages": "a"}, UNMARSHAL.format("string", REQUEST + "messages", "[]openai.Message")),
        ({"messages": [{"role": 5, "content": "x"}]}, UNMARSHAL.format("number", "Message.messages.role", "string")),
        ({"messages": [{"role": "user", "content": 5}]}, "invalid message content type: float64"),
        (
            {"messages": [{"role": "user", "content": {"a": 1}}]},
            "invalid message content type: map[string]interface {}",
        ),
        ({"messages": [{"role": "user", "content": True}]}, "invalid message content type: bool"),
        ({"messages": [{"role": "user", "content": ["a"]}]}, "invalid message format"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]}, "invalid message format"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "invalid message format"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": 5}]}]},
            "invalid message format",
        ),
        ({"temperature": "hot"}, UNMARSHAL.format("string", REQUEST + "temperature", "float64")),
        ({"max_tokens": 1.5}, UNMARSHAL.format("number 1.5", REQUEST + "max_tokens", "int")),
        ({"seed": "a"}, UNMARSHAL.format("string", REQUEST + "seed", "int")),
        ({"stream": "no"}, UNMARSHAL.format("string", REQUEST + "stream", "bool")),
        ({"top_p": []}, UNMARSHAL.format("array", REQUEST + "top_p", "float64")),
        ({"model": 5}, UNMARSHAL.format("number", REQUEST + "model", "string")),
        ({"tools": "a"}, UNMARSHAL.format("string", REQUEST + "tools", "[]api.Tool")),
    ],
    ids=str,
)
def test_odd_requests_are_refused_in_the_servers_words(body, says):
    with FakeOllama() as fake:
        whole = {"model": "m", "messages": [{"role": "user", "content": "x"}], **body}
        assert post(fake, "/v1/chat/completions", whole) == (400, says)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"messages": ["a"]}, 400, UNMARSHAL.format("string", ".ChatRequest.messages", "api.Alias")),
        (
            {"messages": [{"role": "user", "content": []}]},
            400,
            UNMARSHAL.format("array", ".ChatRequest.messages.content", "string"),
        ),
        ({"options": ["a"]}, 400, UNMARSHAL.format("array", ".ChatRequest.options", "map[string]interface {}")),
        ({"options": {"temperature": "hot"}}, 500, 'option "temperature" must be of type float32'),
    ],
    ids=str,
)
def test_odd_native_requests_are_refused_in_the_servers_words(body, status, says):
    with FakeOllama() as fake:
        whole = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": False, **body}
        assert post(fake, "/api/chat", whole) == (status, says)


def post(fake, path, body):
    request = urllib.request.Request(fake.host + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            error = json.loads(refusal.read())["error"]
        return refusal.code, error if isinstance(error, str) else error["message"]


def test_names_ignore_case_and_the_registrys_own_namespace():
    with FakeOllama(["hi"], models=["llama3.1:8b"]) as fake:
        for name in ("LLAMA3.1:8B", "library/llama3.1:8b", "registry.ollama.ai/library/Llama3.1:8b"):
            body = {"model": name, "messages": [{"role": "user", "content": "x"}]}
            assert post(fake, "/v1/chat/completions", body)[0] == 200


def test_a_tls_hello_is_refused_at_once():
    with FakeOllama() as fake, pytest.raises(ssl.SSLError):
        address = fake.host.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=20) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_what_a_script_raises_is_raised_at_the_end():
    def script(body):
        raise KeyError("a bug of the test")

    with pytest.raises(KeyError, match="a bug of the test"), FakeOllama(script) as fake:
        assert chat(fake) == (500, "the answer function raised KeyError('a bug of the test')")


def post_plain(fake):
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x"}]}).encode()
    try:
        with urllib.request.urlopen(fake.base_url + "/chat/completions", body) as response:
            return response.status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_a_new_script_clears_the_requests():
    with FakeOllama(["one"]) as fake:
        post_plain(fake)
        fake.answers = "two"
        assert fake.requests == []


def test_the_example_of_a_union_that_refers_to_itself_is_small():
    node = {"$ref": "#/$defs/Node"}
    schema = {
        "$defs": {
            "Node": {
                "anyOf": [
                    {"type": "object", "properties": {"l": node, "r": node}, "required": ["l", "r"]},
                    {"type": "integer"},
                ]
            }
        },
        "$ref": "#/$defs/Node",
    }
    assert len(example_text(schema)) < 100
