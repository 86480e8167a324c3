"""Tracebacks: what the call passes through is left out, what is the user's own stays."""

from __future__ import annotations

import asyncio
import logging
import traceback

import openai
import pydantic
import pytest
import tenacity
from openai.resources.chat.completions import Completions

from instructor_ollama import RetryConfig, ensure_context, errors, events, from_openai, patch
from instructor_ollama.testing import FakeModel, FakeOllama, fault
from tests.kit.clients import MESSAGES


class User(pydantic.BaseModel):
    name: str
    age: int


VALID = '{"name": "Jason", "age": 25}'
INVALID = '{"name": "Jason", "age": "unknown"}'
FAST = RetryConfig(max_retries=1, wait=tenacity.wait_none(), transient_wait=tenacity.wait_none())

FAULTS = {
    "model missing": ([VALID], {"model": "nope"}, errors.ModelNotFoundError),
    "busy": ([fault("busy")], {}, errors.ServerBusyError),
    "memory": ([fault("out_of_memory")], {}, errors.InsufficientMemoryError),
    "invalid": ([INVALID], {}, errors.RetriesExhaustedError),
    "no JSON": (["I cannot help with that."], {}, errors.RetriesExhaustedError),
    "truncated answer": ([fault("cut", text=VALID)], {}, errors.IncompleteAnswerError),
    "misuse": ([VALID], {"strict": "yes"}, errors.UsageError),
    "without response_model": ([VALID], {"response_model": None, "max_retries": 2}, errors.UsageError),
    "bad type": ([VALID], {"response_model": 3}, errors.UsageError),
}


def frames(error):
    """The functions that the printed traceback shows, each with its top-level package, or its module in the tests."""
    return [
        (_package(frame.f_globals["__name__"]), frame.f_code.co_name, frame.f_locals)
        for frame, _line in traceback.walk_tb(error.__traceback__)
    ]


def _package(module):
    top = module.partition(".")[0]
    return module.rpartition(".")[2] if top == "tests" else top


def printed(error):
    """As the interpreter does, from the line of the call."""
    return "".join(traceback.format_exception(error))


def shown_chain(error):
    one = error
    while one is not None:
        yield one
        one = one.__cause__ if one.__cause__ is not None or one.__suppress_context__ else one.__context__


@pytest.mark.parametrize("deadline", [None, 30.0], ids=["no deadline", "deadline"])
@pytest.mark.parametrize("method", ["create", "create_with_completion", "extract"])
@pytest.mark.parametrize("name", FAULTS)
def test_one_frame_of_the_library_is_left(name, method, deadline, connect, kind):
    answers, given, expected = FAULTS[name]
    config = RetryConfig(max_retries=1, transient_wait=tenacity.wait_none(), deadline=deadline)
    given = {"model": "m", "messages": MESSAGES, "response_model": User, **given}
    with FakeOllama(answers, models=["m"]) as fake:
        face = connect(fake, retry_config=config)
        with pytest.raises(expected) as caught:
            getattr(face, method)(**given)
    ours = [one for one in frames(caught.value) if one[0] not in ("clients", "test_tracebacks", "asyncio")]
    assert [one[:2] for one in ours] == [("instructor_ollama", method if method != "create" else ours[0][1])]
    assert ours[0][2]["__tracebackhide__"] is True
    for one in list(shown_chain(caught.value))[1:]:
        assert one.__traceback__ is None
    assert len(list(shown_chain(caught.value))) <= 2


def test_a_server_that_is_not_running(connect, kind):
    with FakeOllama() as fake, fake.down():
        face = connect(fake)
        with pytest.raises(errors.ServerNotRunningError) as caught:
            face.create(model="m", messages=MESSAGES, response_model=User)
    library = type(caught.value.__cause__).__module__.partition(".")[0]
    assert library in ("openai", "builtins", "httpx", "httpx2")
    assert caught.value.__cause__.__traceback__ is None
    assert len(printed(caught.value).splitlines()) < 30


@pytest.mark.openai_only
@pytest.mark.parametrize("name", ["down", "model missing", "busy", "memory", "truncated answer", "invalid"])
def test_no_error_is_longer_than_the_bare_clients(name):
    answers, given, _expected = FAULTS.get(name, ([], {}, None))
    method = "parse" if name in ("truncated answer", "invalid") else "create"
    if not hasattr(Completions, method):
        pytest.skip("before openai 1.92 only client.beta parses")
    with FakeOllama(answers, models=["m"]) as fake, openai.OpenAI(base_url=fake.base_url, api_key="x") as client:
        if name == "down":
            fake._http.refuse()
        bare = client.with_options(max_retries=0)
        given = {"model": "m", "messages": MESSAGES, **given}
        shape = {"response_format": User} if method == "parse" else {}
        with pytest.raises((openai.OpenAIError, pydantic.ValidationError)) as theirs:
            getattr(bare.chat.completions, method)(**given, **shape)
        patch(client, retry_config=FAST)
        with pytest.raises(errors.InstructorOllamaError) as ours:
            client.chat.completions.create(**given, response_model=User)
    assert len(printed(ours.value).splitlines()) <= len(printed(theirs.value).splitlines())


def raising(kind_of_event):
    def users_hook(event):
        if isinstance(event, kind_of_event):
            try:
                {}["key"]
            except KeyError:
                raise RuntimeError("the hook's")  # noqa: B904 (its context is what is tested)

    return users_hook


@pytest.mark.parametrize("deadline", [None, 30.0], ids=["no deadline", "deadline"])
@pytest.mark.parametrize(
    "event", [events.RequestSent, events.AnswerRejected, events.RetryScheduled], ids=lambda one: one.__name__
)
def test_what_a_hook_raises_keeps_its_frames_and_its_context(event, deadline, serve, connect):
    config = RetryConfig(max_retries=1, wait=tenacity.wait_none(), deadline=deadline)
    face = connect(serve(INVALID), retry_config=config, hooks=raising(event))
    with pytest.raises(RuntimeError) as caught:
        face.create(model="m", messages=MESSAGES, response_model=User)
    names = [name for package, name, _ in frames(caught.value) if package in ("instructor_ollama", "test_tracebacks")]
    assert names[0].startswith("test_")
    assert names[2:] == ["users_hook"]
    assert "tenacity" not in {package for package, _, _ in frames(caught.value)}
    assert isinstance(caught.value.__context__, KeyError)
    assert not caught.value.__suppress_context__


def test_what_a_validator_raises_keeps_its_frames(serve, connect):
    class Strict(pydantic.BaseModel):
        name: str

        @pydantic.field_validator("name")
        @classmethod
        def users_validator(cls, value):
            raise LookupError("the validator's")

    face = connect(serve('{"name": "Jason"}'))
    with pytest.raises(LookupError) as caught:
        face.create(model="m", messages=MESSAGES, response_model=Strict)
    assert frames(caught.value)[-1][1] == "users_validator"
    assert "retrying.py" not in printed(caught.value)


def test_an_error_of_a_call_inside_a_hook_keeps_the_hooks_frames(connect, kind):
    if kind.kind == "async":
        pytest.skip("a hook that calls a sync client")
    with FakeOllama([INVALID], models=["m"]) as fake:
        inner = connect(fake, retry_config=RetryConfig(max_retries=0))

        def users_hook(event):
            inner.create(model="nope", messages=MESSAGES, response_model=User)

        outer = connect(fake, hooks=users_hook)
        with pytest.raises(errors.ModelNotFoundError) as caught:
            outer.create(model="m", messages=MESSAGES, response_model=User)
    assert "users_hook" in [name for _, name, _ in frames(caught.value)]


@pytest.mark.openai_only
def test_what_the_caller_was_handling_is_still_printed():
    with openai.OpenAI(base_url="http://localhost:1/v1", api_key="x") as client:
        patch(client)
        with pytest.raises(errors.UsageError) as caught:
            try:
                {}["cached"]
            except KeyError:
                client.chat.completions.create(model="m", messages=MESSAGES, response_model=User, strict="yes")
    assert "KeyError: 'cached'" in printed(caught.value)


@pytest.mark.openai_only
def test_what_the_users_transport_was_handling_is_still_printed():
    class Failing(openai.DefaultHttpxClient):
        def send(self, request, **kwargs):
            try:
                {}["users_pool"]
            except KeyError:
                return super().send(request, **kwargs)

    with FakeOllama() as fake, fake.down(), Failing() as http:
        client = patch(openai.OpenAI(base_url=fake.base_url, api_key="x", http_client=http))
        with pytest.raises(errors.ServerNotRunningError) as caught:
            client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    assert "in send" in printed(caught.value)
    assert isinstance(caught.value.__cause__, openai.APIConnectionError)


@pytest.mark.openai_only
def test_the_cause_below_the_client_stays_reachable():
    with (
        FakeOllama() as fake,
        fake.down(),
        openai.OpenAI(base_url=fake.base_url, api_key="x") as client,
        pytest.raises(errors.ServerNotRunningError) as caught,
    ):
        patch(client).chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    cause = caught.value.__cause__
    assert type(cause.__context__).__name__ == "ConnectError"
    assert "ConnectError" not in printed(caught.value)


@pytest.mark.openai_only
@pytest.mark.skipif(
    int(openai.__version__.partition(".")[0]) < 3, reason="before 3 openai wraps what a transport raises"
)
def test_frames_of_the_users_transport_stay():
    class Failing(openai.DefaultHttpxClient):
        def send(self, *args, **kwargs):
            raise OSError("users_transport failed")

    with (
        Failing() as http,
        openai.OpenAI(base_url="http://localhost:1/v1", api_key="x", http_client=http) as client,
        pytest.raises(OSError, match="users_transport") as caught,
    ):
        patch(client).chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    assert "in send" in printed(caught.value)


def test_a_defect_keeps_its_traceback(serve, connect, monkeypatch):
    from instructor_ollama._call import exchange as _exchange

    def broken(*_args, **_kwargs):
        raise AttributeError("a defect")

    monkeypatch.setattr(_exchange, "read_value", broken)
    with pytest.raises(AttributeError) as caught:
        connect(serve(VALID)).create(model="m", messages=MESSAGES, response_model=User)
    assert frames(caught.value)[-1][1] == "broken"


def test_the_whole_traceback_is_logged_at_debug(connect, caplog):
    caplog.set_level(logging.DEBUG, "instructor_ollama")
    with FakeOllama([VALID], models=["m"]) as fake, pytest.raises(errors.ModelNotFoundError):
        connect(fake).create(model="nope", messages=MESSAGES, response_model=User)
    assert "_call/retrying.py" in caplog.text


@pytest.mark.parametrize(
    "misuse",
    [
        lambda client: patch(client, hooks=3),
        lambda client: patch(client, constrain="all"),
        lambda client: from_openai(client, hooks=3),
        lambda client: ensure_context(client, "m", 0),
        lambda client: patch(3),
    ],
)
def test_misuse_of_the_other_functions(misuse):
    with (
        openai.OpenAI(base_url="http://localhost:1/v1", api_key="x") as client,
        pytest.raises(errors.UsageError) as got,
    ):
        misuse(client)
    assert len([one for one in frames(got.value) if one[0] == "instructor_ollama"]) == 1


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(
            lambda client: client.responses.create(model="m", input="Jason is 25", response_model=User),
            marks=pytest.mark.skipif(not hasattr(openai.OpenAI, "responses"), reason="before openai 1.66"),
        ),
        pytest.param(
            lambda client: client.chat.completions.parse(model="m", messages=MESSAGES, response_model=User),
            marks=pytest.mark.skipif(not hasattr(Completions, "parse"), reason="before openai 1.92"),
        ),
        lambda client: client.chat.completions.create_partial(model="m", messages=MESSAGES, response_model=User),
        lambda client: client.chat.completions.create_iterable(model="m", messages=MESSAGES, response_model=User),
    ],
)
def test_methods_that_refuse_response_model(refused):
    with (
        openai.OpenAI(base_url="http://localhost:1/v1", api_key="x") as client,
        pytest.raises(errors.UnsupportedFeatureError) as got,
    ):
        refused(patch(client))
    ours = [one for one in frames(got.value) if one[0] == "instructor_ollama"]
    assert [one[2]["__tracebackhide__"] for one in ours] == [True]


@pytest.mark.openai_only
@pytest.mark.parametrize("response_model", [User, None], ids=["with response_model", "without"])
def test_from_openai_shows_one_frame(response_model):
    with (
        openai.OpenAI(base_url="http://localhost:1/v1", api_key="x") as client,
        pytest.raises(errors.UsageError) as got,
    ):
        from_openai(client, model="m").create(messages=MESSAGES, response_model=response_model, max_retries=-1)
    assert len([one for one in frames(got.value) if one[0] == "instructor_ollama"]) == 1


def test_a_cancelled_call():
    async def call():
        async with openai.AsyncOpenAI(base_url=fake.base_url, api_key="x") as client:
            create = patch(client).chat.completions.create
            task = asyncio.ensure_future(create(model="m", messages=MESSAGES, response_model=User))
            await asyncio.wait({task}, timeout=0.05)
            task.cancel()
            await task

    with FakeOllama([fault("slow", seconds=30, text=VALID)]) as fake, pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(call())
    packages = [package for package, _, _ in frames(caught.value)]
    assert packages.count("instructor_ollama") == 1
    assert not {"openai", "httpx", "httpx2", "httpcore", "httpcore2", "anyio", "tenacity"} & set(packages)


@pytest.mark.parametrize("deadline", [None, 30.0], ids=["no deadline", "deadline"])
def test_an_interrupted_call(deadline, serve, connect, kind, monkeypatch):
    if kind.kind == "async":
        pytest.skip("Ctrl-C cancels the task: see above")

    from instructor_ollama._call import exchange

    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(exchange, "read_value", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        connect(serve(VALID)).create(model="m", messages=MESSAGES, response_model=User, deadline=deadline)
    assert [package for package, _, _ in frames(caught.value)].count("instructor_ollama") == 1


def test_ensure_context_awaited():
    async def ensure():
        async with openai.AsyncOpenAI(base_url=fake.base_url, api_key="x") as client:
            await ensure_context(client, "nope", 8192)

    with FakeOllama([VALID], models=[FakeModel("m")]) as fake, pytest.raises(errors.ModelNotFoundError) as caught:
        asyncio.run(ensure())
    assert len([one for one in frames(caught.value) if one[0] == "instructor_ollama"]) == 1
    assert len(list(shown_chain(caught.value))) == 2


def test_rich_leaves_the_librarys_frame_out(serve):
    traceback_of = pytest.importorskip("rich.traceback").Traceback
    with (
        FakeOllama([INVALID], models=["m"]) as fake,
        openai.OpenAI(base_url=fake.base_url, api_key="x") as client,
        pytest.raises(errors.ModelNotFoundError) as caught,
    ):
        patch(client).chat.completions.create(model="nope", messages=MESSAGES, response_model=User)
    shown = traceback_of.extract(caught.type, caught.value, caught.tb)
    assert ["instructor_ollama" in frame.filename for frame in shown.stacks[0].frames] == [False]
