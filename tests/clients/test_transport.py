"""What lies between a patched client and the server: connections, retries, wrappers. Never worse than the bare client."""

from __future__ import annotations

import asyncio
import email.utils
import inspect
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import ollama
import openai
import pytest
import tenacity
from pydantic import BaseModel

from instructor_ollama import RetryConfig, errors, from_openai, patch, unpatch
from instructor_ollama._clients.translate import shortened
from instructor_ollama.testing import FakeOllama, Raw, fault
from tests.kit.clients import MESSAGES

JASON = '{"name": "Jason", "age": 25}'
ONCE = RetryConfig(transient_retries=0)


class User(BaseModel):
    name: str
    age: int


# Stale connections -----------------------------------------------------------------------------------------------


SEVERAL_LOOPS = """
import asyncio, sys
import ollama, openai
from pydantic import BaseModel
from instructor_ollama import RetryConfig, patch

class User(BaseModel):
    name: str
    age: int

async def main(create, count):
    messages = [{"role": "user", "content": "x"}]
    calls = (create(model="m", messages=messages, response_model=User) for _ in range(count))
    return await asyncio.gather(*calls)

host, *counts = sys.argv[1:]
once = RetryConfig(transient_retries=0)
for make in (
    lambda: patch(openai.AsyncOpenAI(base_url=host + "/v1", api_key="x"), retry_config=once).chat.completions.create,
    lambda: patch(ollama.AsyncClient(host), retry_config=once).chat,
):
    create = make()
    for count in map(int, counts):
        assert [user.age for user in asyncio.run(main(create, count))] == [25] * count
"""


@pytest.mark.parametrize("calls", [(1, 1, 1), (5, 1, 3), (1, 6)], ids=str)
def test_one_async_client_serves_several_event_loops(calls, serve):
    server = serve(JASON)
    command = [sys.executable, "-W", "ignore", "-c", SEVERAL_LOOPS, server.host, *map(str, calls)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_connection_that_was_closed_while_idle_is_replaced_once(serve, connect):
    server = serve(JASON, None, JASON, None, None)
    client = connect(server, retry_config=RetryConfig(transient_retries=0))
    assert client.create(response_model=User).age == 25
    assert client.create(response_model=User).age == 25
    with pytest.raises(errors.ServerBusyError, match="was lost before the response"):
        client.create(response_model=User)
    assert len(server.requests) == 5


def test_a_first_connection_that_is_lost_is_not_stale(serve, connect):
    server = serve(None)
    with pytest.raises(errors.ServerBusyError):
        connect(server, retry_config=RetryConfig(transient_retries=0)).create(response_model=User)
    assert len(server.requests) == 1


# Causes ----------------------------------------------------------------------------------------------------------


class MyError(Exception):
    pass


def raising(*_args, **_kwargs):
    raise MyError("mine")


def raising_value_error(*_args, **_kwargs):
    raise ValueError("mine")


@pytest.mark.parametrize("raises", [raising, raising_value_error])
def test_what_a_hook_of_the_http_client_raises_reaches_the_caller(raises, kind, serve, connect):
    server = serve(JASON)
    client = connect(server)
    client.client._client.event_hooks = {"request": [awaitable(raises) if client.is_async else raises]}
    with pytest.raises((MyError, ValueError), match="mine") as caught:
        client.create(response_model=User)
    assert not isinstance(caught.value, (errors.InstructorOllamaError, openai.OpenAIError))
    assert not server.requests


def awaitable(function):
    async def hook(*args, **kwargs):
        function(*args, **kwargs)

    return hook


def http_of(client):
    """The HTTP library below a client: openai 3 stands on httpx2."""
    module = next(base.__module__ for base in type(client.client._client).__mro__ if base.__name__ == "BaseClient")
    return sys.modules[module.partition(".")[0]]


def set_auth(client, flow):
    http = http_of(client)

    class TokenAuth(http.Auth):
        requires_response_body = True

        def auth_flow(self, request):
            yield from flow(http, request)

    client.client._client.auth = TokenAuth()


def fetches_a_token(http, request):
    http.get("http://127.0.0.1:9/token", trust_env=False)
    yield request


def reads_a_token(_http, request):
    reply = yield request
    reply.json()["access_token"]


def checks_a_token(_http, request):
    reply = yield request
    reply.raise_for_status()


def reads_a_file(_http, request):
    request.headers["Authorization"] = Path("/no/such/token").read_text(encoding="utf-8")
    yield request


@pytest.mark.parametrize(
    ("flow", "error"),
    [
        (fetches_a_token, "ConnectError"),
        (reads_a_token, "JSONDecodeError"),
        (checks_a_token, "HTTPStatusError"),
        (reads_a_file, "FileNotFoundError"),
    ],
)
def test_what_the_auth_of_the_http_client_raises_reaches_the_caller(flow, error, serve, connect):
    client = connect(serve(Raw(500, "oops")))
    set_auth(client, flow)
    with pytest.raises(Exception, match=r".") as caught:
        client.create(response_model=User)
    assert type(caught.value).__name__ == error


def test_a_file_that_a_transport_misses_reaches_the_caller(serve, connect):
    client = connect(serve(JASON))

    def handle(_request):
        return Path("/no/such/cassette").read_bytes()

    client.client._client._transport = http_of(client).MockTransport(awaitable(handle) if client.is_async else handle)
    with pytest.raises(FileNotFoundError, match="cassette"):
        client.create(response_model=User)


def test_a_response_hook_that_raises_for_a_status_reaches_the_caller(serve, connect):
    client = connect(serve(fault("model_missing")))

    def check(response):
        response.raise_for_status()

    client.client._client.event_hooks = {"response": [awaitable(check) if client.is_async else check]}
    with pytest.raises(http_of(client).HTTPStatusError, match="404"):
        client.create(response_model=User)


def asks_for_a_token(http, request):
    yield http.Request("POST", "http://user:secret@127.0.0.1:9/token?key=secret")
    yield request


def test_another_host_that_cannot_be_reached_is_not_taken_for_the_server(serve, connect):
    redirecting = connect(
        serve(Raw(307, "", headers={"Location": "http://127.0.0.1:9/x?key=secret"})), retry_config=ONCE
    )
    redirecting.client._client.follow_redirects = True
    with_auth = connect(serve(JASON), retry_config=ONCE)
    set_auth(with_auth, asks_for_a_token)
    for client in (redirecting, with_auth):
        with pytest.raises(errors.OllamaError, match="was forwarded to http://127.0.0.1:9/") as caught:
            client.create(response_model=User)
        assert not isinstance(caught.value, errors.ServerNotRunningError)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "does not speak HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x28\r\n\r\n", "does not speak HTTP.*https://"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "failed: illegal chunk header"),
    ],
    ids=["ssh", "tls", "chunk"],
)
def test_an_answer_that_is_no_http_is_not_a_lost_connection(sent, says, connect):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(errors.OllamaError, match=says) as caught:
            connect(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", retry_config=ONCE).create(response_model=User)
        thread.join()
    assert "stopped or died" not in str(caught.value)


def test_an_error_that_the_caller_is_handling_is_not_a_cause(serve, connect):
    client = connect(serve(Raw(200, "no gzip", headers={"Content-Encoding": "gzip"})), retry_config=ONCE)
    with pytest.raises(errors.OllamaError, match="DecodingError") as caught:
        try:
            raise ConnectionRefusedError("the first server is down")
        except ConnectionRefusedError:
            client.create(response_model=User)
    assert not isinstance(caught.value, errors.ServerNotRunningError)


def test_a_closed_client_says_so(kind, serve, connect):
    client = connect(serve(JASON))
    inner = client.client._client
    client.inner.run(inner.aclose() if client.is_async else inner.close())
    with pytest.raises(errors.OllamaError, match="the client is closed") as caught:
        client.create(response_model=User)
    assert not isinstance(caught.value, errors.ServerNotRunningError)


@pytest.mark.openai_only
@pytest.mark.parametrize("key", [" ", "secret\nkey"], ids=["blank", "line break"])
def test_an_api_key_that_no_header_can_hold(key, serve, connect):
    client = connect(serve(JASON))
    client.client.api_key = key
    with pytest.raises(errors.OllamaError, match="api_key or a header must not be blank") as caught:
        client.create(response_model=User)
    assert not isinstance(caught.value, errors.ServerNotRunningError)
    assert "secret" not in str(caught.value)


def test_a_redirect_loop_and_a_damaged_body_are_named(serve, connect):
    once = RetryConfig(transient_retries=0)
    for reply, says in (
        (Raw(307, "", headers={"Location": "/v1/chat/completions"}), "Exceeded maximum allowed redirects"),
        (Raw(200, "no gzip", headers={"Content-Encoding": "gzip"}), "DecodingError"),
    ):
        client = connect(serve(reply), retry_config=once)
        client.client._client.follow_redirects = True
        with pytest.raises(errors.OllamaError, match=says) as caught:
            client.create(response_model=User)
        assert not isinstance(caught.value, errors.ServerNotRunningError)


@pytest.mark.openai_only
def test_openais_attributes_exist_where_they_are_none(serve, connect):
    with FakeOllama(models=[]) as server, pytest.raises(openai.APIStatusError) as caught:
        connect(server).create(response_model=User)
    error = caught.value
    assert (error.request_id, error.code, error.param) == (None, None, None)
    assert error.type == "not_found_error"
    assert error.body["message"] == "model 'm' not found"
    with pytest.raises(openai.APIConnectionError) as caught:
        connect("http://127.0.0.1:9/v1").create(response_model=User)
    assert (caught.value.body, caught.value.code, caught.value.param, caught.value.type) == (None,) * 4
    assert caught.value.request.url.port == 9


# Retry-After -----------------------------------------------------------------------------------------------------


def limited(after):
    return Raw(429, {"error": "too many requests"}, headers={"Retry-After": after})


@pytest.mark.parametrize(
    ("after", "seconds"),
    [("0.05", 0.05), (lambda: email.utils.formatdate(time.time() - 5, usegmt=True), 0.0), ("soon", None), ("-3", None)],
    ids=["seconds", "date", "word", "negative"],
)
def test_retry_after_decides_the_wait(after, seconds, serve, connect):
    server = serve(limited(after() if callable(after) else after), JASON)
    waits = []
    config = RetryConfig(transient_wait=tenacity.wait_fixed(0.01))
    client = connect(server, retry_config=config, hooks=lambda event: waits.append(getattr(event, "wait", None)))
    assert client.create(response_model=User).age == 25
    assert [wait for wait in waits if wait is not None] == [0.01 if seconds is None else seconds]


def test_retry_after_beyond_the_deadline_ends_the_call(serve, connect):
    server = serve(limited(email.utils.formatdate(time.time() + 100, usegmt=True)))
    with pytest.raises(errors.DeadlineExceededError) as caught:
        connect(server, retry_config=RetryConfig(deadline=30)).create(response_model=User)
    assert "The last request failed: rate limited: too many requests" in str(caught.value)
    assert 90 < caught.value.__cause__.retry_after <= 100
    assert len(server.requests) == 1


def test_a_long_retry_after_without_a_deadline_ends_the_call(serve, connect):
    server = serve(limited("3600"))
    with pytest.raises(errors.CloudError, match=r"asks to retry after 3600 s \(Retry-After\)"):
        connect(server).create(response_model=User)
    assert len(server.requests) == 1


# openai's own retries, and wrappers of other libraries -----------------------------------------------------------


class Slotted(openai.OpenAI):
    __slots__ = ("extra",)

    def __init__(self, **options):
        super().__init__(**options)
        self.extra = 1


BUSY = Raw(503, {"error": "server busy"})
QUICK = RetryConfig(transient_wait=tenacity.wait_none())


def traced(client):
    """The client with its `create` wrapped as tracers do."""
    own = client.chat.completions.create
    client.chat.completions.create = lambda *args, **kwargs: own(*args, **kwargs)
    return client


def raw_traced(client):
    """The same with a wrapper that goes through `with_raw_response` at each call."""
    completions = client.chat.completions
    type(completions).with_raw_response.__get__(completions)  # a view that was made before is not used

    def create(*args, **kwargs):
        return completions.with_raw_response.create(*args, **kwargs).parse()

    before = completions.with_raw_response
    assert before
    completions.create = create
    return client


@pytest.mark.parametrize("make", [openai.OpenAI, Slotted])
@pytest.mark.parametrize("wrap", [lambda client: client, traced, raw_traced], ids=["plain", "traced", "raw"])
@pytest.mark.parametrize("use", [patch, from_openai])
def test_openais_retries_stay_out(make, wrap, use, serve):
    server = serve(BUSY)
    with make(base_url=server.base_url, api_key="x", http_client=openai.DefaultHttpxClient(verify=False)) as client:
        patched = use(wrap(client), retry_config=QUICK)
        with pytest.raises(errors.ServerBusyError):
            patched.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
        assert len(server.requests) == 4
        server.answers = JASON
        assert patched.chat.completions.create(model="m", messages=MESSAGES, response_model=User).age == 25
        if use is patch:
            plain = patched.chat.completions.create(model="m", messages=MESSAGES)
            assert plain.choices[0].message.content == JASON
            unpatch(client)
            assert client.chat.completions.create(model="m", messages=MESSAGES).choices


def test_an_async_wrapper_through_raw_responses(serve):
    server = serve(BUSY, JASON)

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            completions = client.chat.completions

            async def create(*args, **kwargs):
                return (await completions.with_raw_response.create(*args, **kwargs)).parse()

            completions.create = create
            patch(client, retry_config=QUICK)
            value = await completions.create(model="m", messages=MESSAGES, response_model=User)
            plain = await completions.create(model="m", messages=MESSAGES)
            return value, plain.choices[0].message.content

    assert asyncio.run(main()) == (User(name="Jason", age=25), JASON)
    assert len(server.requests) == 3


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_a_wrapped_ollama_client_sends_what_ours_sends(is_async, serve):
    server = serve(JASON)
    client = (ollama.AsyncClient if is_async else ollama.Client)(server.host, verify=False)
    own, seen = client.chat, []

    def chat(*args, **kwargs):
        seen.append(kwargs["model"])
        return own(*args, **kwargs)

    client.chat = chat

    async def both():
        value = client.chat(model="m", messages=MESSAGES, response_model=User)
        value = await value if is_async else value
        plain = client.chat(model="m", messages=MESSAGES)
        plain = await plain if is_async else plain
        closed = client._client.aclose() if is_async else client._client.close()
        return value, plain, await closed if is_async else closed

    patch(client, retry_config=RetryConfig(deadline=30))
    value, plain, _closed = asyncio.run(both())
    assert (value.age, plain.message.content) == (25, JASON)
    assert seen == ["m", "m"]
    sent = [one.body for one in server.requests]
    assert (sent[0]["truncate"], sent[0]["shift"]) == (False, False)
    assert "truncate" not in sent[1]
    unpatch(client)
    assert client.chat is chat
    assert "_request" not in vars(client)


# Signatures ------------------------------------------------------------------------------------------------------


def unsent(make):
    """A client that is not to send anything, and opens nothing that would have to be closed."""
    is_async = make is openai.AsyncOpenAI
    http = (openai.DefaultAsyncHttpxClient if is_async else openai.DefaultHttpxClient)(verify=False)
    return make(base_url="http://x", api_key="x", http_client=http)


@pytest.mark.parametrize("make", [openai.OpenAI, openai.AsyncOpenAI])
def test_create_describes_itself(make):
    own = unsent(make).chat.completions.create
    client = patch(unsent(make))
    method = client.chat.completions.create
    parameters = dict(inspect.signature(method).parameters)
    for name, parameter in inspect.signature(own).parameters.items():
        assert parameters.pop(name) == parameter
    assert list(parameters) == [
        "response_model", "max_retries", "deadline", "retry_config", "validation_hook", "hooks", "context", "strict",
    ]  # fmt: skip
    assert (method.__name__, method.__qualname__) == (own.__name__, own.__qualname__)
    assert "response_model" in method.__doc__
    assert inspect.iscoroutinefunction(method) is (make is openai.AsyncOpenAI)


def test_chat_describes_itself():
    for make in (ollama.Client, ollama.AsyncClient):
        method = patch(make("http://x")).chat
        assert list(inspect.signature(method).parameters)[:2] == ["model", "messages"]
        assert "response_model" in inspect.signature(method).parameters
        assert method.__qualname__ == f"{make.__name__}.chat"


@pytest.mark.parametrize(
    "path", ["responses.create", "responses.parse", "completions.create", "chat.completions.parse"]
)
@pytest.mark.parametrize("make", [openai.OpenAI, openai.AsyncOpenAI])
def test_other_methods_refuse_response_model_by_name(path, make):
    client = patch(unsent(make))
    method = client
    for step in path.split("."):
        method = getattr(method, step, None)
    if method is None:
        pytest.skip(f"this openai has no {path}")
    with pytest.raises(errors.UnsupportedFeatureError, match=r"use client\.chat\.completions\.create"):
        result = method(model="m", input="x", response_model=User)
        asyncio.run(result)


# Timeouts and deadlines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deadline", [1e10, float("inf"), 1e300], ids=str)
def test_a_deadline_that_never_comes(deadline, serve, connect):
    client = connect(serve(JASON), retry_config=RetryConfig(deadline=deadline))
    assert client.create(response_model=User).age == 25


def test_the_clients_own_timeout_stays_in_force(serve, connect):
    server = serve(fault("slow", text=JASON, seconds=30))
    config = RetryConfig(deadline=20, transient_retries=0)
    client = connect(server, retry_config=config, client={"timeout": httpx.Timeout(9, read=0.2)})
    with pytest.raises((openai.APITimeoutError, httpx.ReadTimeout)):
        client.create(response_model=User)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, 5.0),
        (3, 3),
        (9, 5.0),
        (httpx.Timeout(None), httpx.Timeout(5)),
        (httpx.Timeout(9, connect=1, pool=None), httpx.Timeout(5, connect=1, pool=5)),
    ],
    ids=str,
)
def test_a_timeout_is_shortened_part_by_part(given, expected):
    assert shortened(given, 5.0) == expected


def test_a_deadline_closes_the_connection_and_leaves_no_thread(serve, connect):
    server = serve(fault("slow", text=JASON, seconds=30), JASON)
    client = connect(server, retry_config=RetryConfig(deadline=1))
    with pytest.raises(errors.DeadlineExceededError):
        client.create(response_model=User)
    assert gone(server)
    assert not [one for one in threading.enumerate() if one.name == "instructor_ollama request"]
    assert client.create(response_model=User, retry_config=RetryConfig()).age == 25


@pytest.mark.parametrize("deadline", [None, 20], ids=["no deadline", "deadline"])
@pytest.mark.parametrize("library", ["openai", "ollama"])
def test_an_interrupt_closes_the_connection(deadline, library, serve):
    """A script that is interrupted from the keyboard, catches it and goes on: a notebook."""
    server = serve(fault("slow", text=JASON, seconds=30), JASON)
    command = [sys.executable, "-W", "ignore", "-c", INTERRUPTED, library, server.host, str(deadline)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        wait_until(lambda: server.requests)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert gone(server)
        assert process.communicate("\n", timeout=30)[0] == "25\n"


INTERRUPTED = """
import sys
import ollama, openai
from pydantic import BaseModel
from instructor_ollama import RetryConfig, patch

class User(BaseModel):
    name: str
    age: int

library, host, deadline = sys.argv[1:]
config = RetryConfig(deadline=eval(deadline))
if library == "openai":
    create = patch(openai.OpenAI(base_url=host + "/v1", api_key="x"), retry_config=config).chat.completions.create
else:
    create = patch(ollama.Client(host), retry_config=config).chat
call = lambda: create(model="m", messages=[{"role": "user", "content": "x"}], response_model=User)
try:
    call()
except KeyboardInterrupt:
    print("interrupted", flush=True)
print(call().age)
"""


def wait_until(condition):
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def gone(server):
    """Whether the server has seen its client leave before the answer, which is when Ollama stops generating."""
    return wait_until(lambda: server.cancelled == 1)


def test_a_deadline_under_trio(serve):
    trio = pytest.importorskip("trio")
    if tuple(map(int, openai.__version__.split(".")[:2])) < (1, 60):
        pytest.skip("this openai asks asyncio for a thread in its first call, and does not run under trio")
    server = serve(fault("slow", text=JASON, seconds=30), JASON)

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            create = patch(client, retry_config=RetryConfig(deadline=1)).chat.completions.create
            with pytest.raises(errors.DeadlineExceededError):
                await create(model="m", messages=MESSAGES, response_model=User)
            return await create(model="m", messages=MESSAGES, response_model=User)

    assert trio.run(main).age == 25
    assert gone(server)
