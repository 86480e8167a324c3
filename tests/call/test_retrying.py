"""Trying again: budgets, tenacity objects, hooks, deadline; sync and async alike."""

from __future__ import annotations

import asyncio
import contextlib
import socketserver
import threading
import types

import openai
import pydantic
import pytest
import tenacity
from pydantic import BaseModel

from instructor_ollama import RetryConfig, errors, events, patch
from instructor_ollama.testing import answer, fault
from instructor_ollama.testing import error as error_of
from tests.kit.clients import MESSAGES


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
WRONG = '{"name": "Jason"}'
BUSY = error_of(503, "server busy, please try again.  maximum pending requests exceeded")
DIED = error_of(500, "model runner has unexpectedly stopped, this may be due to resource limitations")
QUICK = {"transient_wait": tenacity.wait_none()}


def retrying(client, **options):
    kind = tenacity.AsyncRetrying if client.is_async else tenacity.Retrying
    return kind(**options)


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_max_retries_counts_further_attempts(retries, serve, connect):
    server = serve(WRONG)
    with pytest.raises(errors.RetriesExhaustedError, match=f"in {retries + 1} attempt"):
        connect(server).create(response_model=User, max_retries=retries)
    assert len(server.requests) == retries + 1


def test_three_retries_are_the_default(serve, connect):
    server = serve(WRONG)
    with pytest.raises(errors.RetriesExhaustedError):
        connect(server).create(response_model=User)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "passing", [BUSY, DIED, error_of(502, "x"), error_of(429, "x")], ids=lambda one: str(one.status)
)
def test_passing_faults_have_a_budget_of_their_own(passing, serve, connect):
    server = serve(passing, WRONG, passing, passing, JASON)
    client = connect(server, retry_config=RetryConfig(max_retries=1, transient_retries=3, **QUICK))
    assert client.create(response_model=User).age == 25
    server = serve(passing)
    client = connect(server, retry_config=RetryConfig(max_retries=9, transient_retries=2, **QUICK))
    with pytest.raises(errors.OllamaError) as caught:
        client.create(response_model=User)
    assert isinstance(caught.value, client.fails_as(passing.status))
    assert caught.value.status_code == passing.status
    assert caught.value.retryable
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "ours", "says"),
    [
        (error_of(404, "model 'm' not found"), errors.ModelNotFoundError, "ollama pull m"),
        (error_of(400, "invalid model name"), errors.OllamaError, "invalid model name"),
        (
            error_of(500, "model requires more system memory (5.6 GiB) than is available (2.1 GiB)"),
            errors.InsufficientMemoryError,
            r"5.6 GiB.*2.1 GiB",
        ),
    ],
    ids=["404", "400", "memory"],
)
def test_what_cannot_change_is_not_tried_again(reply, ours, says, serve, connect):
    server = serve(reply)
    client = connect(server)
    with pytest.raises(ours, match=says) as caught:
        client.create(response_model=User)
    theirs = client.fails_as(reply.status)
    assert isinstance(caught.value, theirs)
    assert isinstance(caught.value.__cause__, theirs)
    assert len(server.requests) == 1


def test_a_refused_connection_says_what_to_do(connect):
    client = connect("http://127.0.0.1:9/v1")
    with pytest.raises(errors.ServerNotRunningError, match="connection refused.*ollama serve") as caught:
        client.create(response_model=User)
    assert isinstance(caught.value, client.fails_as(None))
    assert caught.value.status_code is None


def test_a_lost_connection_is_a_passing_fault(serve, connect):
    server = serve(None, JASON)
    assert connect(server, retry_config=RetryConfig(**QUICK)).create(response_model=User).age == 25
    assert len(server.requests) == 2


def test_a_tenacity_object_governs_wrong_answers(serve, connect):
    server = serve(WRONG)
    client = connect(server)
    slept = []
    policy = retrying(
        client,
        stop=tenacity.stop_after_attempt(3),
        wait=tenacity.wait_fixed(0),
        retry=tenacity.retry_if_exception_type(pydantic.ValidationError),
        before_sleep=lambda state: slept.append(state.attempt_number),
    )
    for _ in range(2):
        server.requests.clear()
        with pytest.raises(errors.RetriesExhaustedError) as caught:
            client.create(response_model=User, max_retries=policy)
        assert len(server.requests) == 3
        assert isinstance(caught.value.__cause__, pydantic.ValidationError)
    assert slept == [1, 2, 1, 2]
    assert policy.statistics == {}  # a copy did the work


def test_a_tenacity_object_does_not_count_passing_faults(serve, connect):
    server = serve(BUSY, BUSY, WRONG, JASON)
    client = connect(server, retry_config=RetryConfig(**QUICK))
    policy = retrying(client, stop=tenacity.stop_after_attempt(2), reraise=True)
    assert client.create(response_model=User, max_retries=policy).age == 25


def test_a_tenacity_predicate_decides(serve, connect):
    server = serve(WRONG)
    client = connect(server)
    policy = retrying(client, retry=tenacity.retry_if_exception_type(KeyError))
    with pytest.raises(errors.RetriesExhaustedError):
        client.create(response_model=User, max_retries=policy)
    assert len(server.requests) == 1


def test_a_tenacity_result_predicate_asks_again(serve, connect):
    server = serve('{"name": "a", "age": 1}', JASON)
    client = connect(server)
    policy = retrying(
        client, retry=tenacity.retry_if_result(lambda user: user.age < 18), stop=tenacity.stop_after_attempt(3)
    )
    assert client.create(response_model=User, max_retries=policy).age == 25


def test_the_other_kind_of_tenacity_object_is_refused(serve, connect):
    server = serve(JASON)
    client = connect(server)
    wrong = tenacity.Retrying() if client.is_async else tenacity.AsyncRetrying()
    with pytest.raises(errors.UsageError, match=f"pass a tenacity.{'Async' if client.is_async else ''}Retrying"):
        client.create(response_model=User, max_retries=wrong)
    assert not server.requests


def test_the_validation_hook_may_stop(serve, connect):
    server = serve(WRONG, "no json at all")
    seen = []

    def hook(value, retry_count, exception):
        seen.append((value, retry_count, type(exception)))
        return retry_count < 2

    with pytest.raises(errors.RetriesExhaustedError):
        connect(server, validation_hook=hook).create(response_model=User, max_retries=9)
    assert seen == [
        ({"name": "Jason"}, 1, pydantic.ValidationError),
        ("no json at all", 2, pydantic.ValidationError),
    ]


def test_what_callbacks_raise_is_the_callers(serve, connect):
    def boom(*args):
        raise KeyError("mine")

    for options in ({"validation_hook": boom}, {"hooks": boom}, {"retry_config": RetryConfig(on_retry=boom)}):
        with pytest.raises(KeyError, match="mine"):
            connect(serve(WRONG), **options).create(response_model=User)


def test_the_validation_hook_sees_numbers_and_dicts_as_the_type_has_them(serve, connect):
    class Scores(BaseModel):
        share: float = pydantic.Field(ge=0, le=1)
        pages: dict[int, str]
        name: str

    seen = []
    client = connect(
        serve('{"share": "0.5", "pages": [{"key": 1, "value": "a"}]}', '{"share": 1, "pages": {}, "name": "b"}'),
        constrain="limits",
    )
    found = client.create(response_model=Scores, validation_hook=lambda value, *_: not seen.append(value))
    assert seen == [{"share": 0.5, "pages": {"1": "a"}}]
    assert found == Scores(share=1.0, pages={}, name="b")


def test_hooks_are_told_everything_in_order(serve, connect):
    told: list[events.Event] = []
    client = connect(serve(WRONG, BUSY, JASON), hooks=told.append, retry_config=RetryConfig(**QUICK))
    more: list[events.Event] = []
    client.create(response_model=User, hooks=[more.append])
    names = [type(event).__name__ for event in told]
    assert names == [
        "RequestSent",
        "ResponseReceived",
        "AnswerRejected",
        "RetryScheduled",
        "RequestSent",
        "RetryScheduled",
        "RequestSent",
        "ResponseReceived",
        "Extracted",
    ]
    assert more == told
    assert [event.transient for event in told if isinstance(event, events.RetryScheduled)] == [False, True]
    assert [event.number for event in told if isinstance(event, events.RequestSent)] == [1, 2, 3]
    assert told[-1].value.age == 25
    with pytest.raises(AttributeError):
        told[0].number = 3


def test_giving_up_is_told_with_the_error_that_is_raised(serve, connect):
    told: list[events.Event] = []
    with pytest.raises(errors.RetriesExhaustedError) as caught:
        connect(serve(answer(WRONG, completion_tokens=10)), hooks=told.append).create(
            response_model=User, max_retries=0
        )
    assert told[-1].error is caught.value
    assert told[-1].usage.completion_tokens == 10


def test_callbacks_may_be_coroutine_functions_on_async_clients(serve):
    server = serve(WRONG, JASON)
    told = []

    async def hook(event):
        await asyncio.sleep(0)
        told.append(type(event).__name__)

    async def allow(value, retry_count, exception):
        await asyncio.sleep(0)
        told.append(retry_count)
        return True

    async def before_sleep(state):
        await asyncio.sleep(0)
        told.append("before_sleep")

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            patch(client, hooks=hook, validation_hook=allow, retry_config=RetryConfig(on_retry=hook_args))
            policy = tenacity.AsyncRetrying(stop=tenacity.stop_after_attempt(2), before_sleep=before_sleep)
            return await client.chat.completions.create(
                model="m", messages=MESSAGES, response_model=User, max_retries=policy
            )

    async def hook_args(*args):
        told.append("on_retry")

    assert asyncio.run(main()).age == 25
    assert told == [
        "RequestSent", "ResponseReceived", "AnswerRejected", 1, "before_sleep", "RetryScheduled", "on_retry",
        "RequestSent", "ResponseReceived", "Extracted",
    ]  # fmt: skip


def test_the_deadline_bounds_waits_and_requests(serve, connect):
    config = RetryConfig(deadline=20, transient_wait=tenacity.wait_fixed(60))
    server = serve(BUSY)
    with pytest.raises(errors.DeadlineExceededError, match="deadline of 20 s") as caught:
        connect(server, retry_config=config).create(response_model=User)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, errors.ServerBusyError)
    assert len(server.requests) == 1


def test_the_deadline_shrinks_the_timeout(serve, connect):
    client = connect(serve(fault("slow", text=JASON, seconds=1)), retry_config=RetryConfig(deadline=0.2))
    with pytest.raises(errors.DeadlineExceededError):
        client.create(response_model=User)


def test_the_deadline_applies_to_a_server_that_sends_slowly(connect):
    over = threading.Event()

    class Dribbling(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n")
            with contextlib.suppress(OSError):
                while not over.wait(0.02):  # each byte comes in time, the answer never
                    self.request.sendall(b" ")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dribbling) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            client = connect(
                types.SimpleNamespace(base_url=f"http://127.0.0.1:{server.server_address[1]}/v1"),
                retry_config=RetryConfig(deadline=0.3),
            )
            with pytest.raises(errors.DeadlineExceededError, match="0 answers received"):
                client.create(response_model=User)
        finally:
            over.set()
            server.shutdown()


def test_an_async_deadline_cancels_any_pending_step(serve):
    server = serve(WRONG)

    async def slow(value, retry_count, exception):
        await asyncio.sleep(60)

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            patch(client, validation_hook=slow, retry_config=RetryConfig(deadline=0.3))
            with pytest.raises(errors.DeadlineExceededError, match="1 answer received"):
                await client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)

    asyncio.run(main())


@pytest.mark.openai_only
def test_without_a_deadline_a_timeout_is_openais(serve, connect):
    server = serve(fault("slow", text=JASON, seconds=0.5))
    with pytest.raises(openai.APITimeoutError):
        connect(server).create(response_model=User, timeout=0.1)
    assert len(server.requests) == 1


def test_calls_run_side_by_side_on_one_async_client(serve):
    server = serve(lambda body: WRONG if len(body["messages"]) == 1 else JASON)
    policy = tenacity.AsyncRetrying(stop=tenacity.stop_after_attempt(2))

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            patch(client)
            calls = (
                client.chat.completions.create(model="m", messages=MESSAGES, response_model=User, max_retries=policy)
                for _ in range(20)
            )
            return await asyncio.gather(*calls)

    assert [user.age for user in asyncio.run(main())] == [25] * 20
    assert len(server.requests) == 40


def test_a_cancelled_call_leaves_nothing_behind(serve):
    server = serve(fault("slow", text=JASON, seconds=0.5))

    async def main():
        http = openai.DefaultAsyncHttpxClient(verify=False)
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
            patch(client)
            task = asyncio.ensure_future(
                client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
            )
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
