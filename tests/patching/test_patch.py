"""Patching and unpatching: in place, once, merged, kept by copies, gone without a trace."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import openai
import pytest
from pydantic import BaseModel

import instructor_ollama
from instructor_ollama import Mode, RetryConfig, errors, from_openai, patch, unpatch


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
WRONG = '{"name": "Jason"}'
MESSAGES = [{"role": "user", "content": "Jason is 25"}]


@pytest.fixture
def client_for():
    """`client_for(server)` gives a bare sync client that is closed with the test."""
    with ExitStack() as stack:
        yield lambda server=None: stack.enter_context(
            openai.OpenAI(
                base_url=server.base_url if server else "http://127.0.0.1:1/v1",
                api_key="x",
                http_client=openai.DefaultHttpxClient(verify=False),
            )
        )


def test_the_same_object_comes_back_and_its_class_stays(client_for):
    client = client_for()
    assert patch(client) is client
    assert type(client) is openai.OpenAI
    assert patch(client, mode=Mode.JSON) is client


def test_a_second_patch_merges_and_never_wraps_twice(serve, client_for):
    server = serve(WRONG)
    calls: list[tuple[object, ...]] = []

    def hook(value, retry_count, exception):
        calls.append((value, retry_count, type(exception).__name__))
        return retry_count < 3

    client = client_for(server)
    patch(client, validation_hook=hook)
    client = patch(client, retry_config=RetryConfig(max_retries=3, on_retry=lambda *args: calls.append(args)))
    client = patch(client, mode=Mode.JSON)
    with pytest.raises(errors.RetriesExhaustedError):
        client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    assert len(server.requests) == 3
    assert [call[1] for call in calls if call[0] == {"name": "Jason"}] == [1, 2, 3]
    assert [call[0] for call in calls if call[0] != {"name": "Jason"}] == [1, 2]


def test_unpatch_leaves_no_trace(client_for):
    client = client_for()
    resources = {"beta", "chat", "completions", "responses"}  # openai makes them when they are first asked for

    def state():
        own = {name: value for name, value in vars(client).items() if name not in resources}
        of = [client.chat.completions, client.completions, getattr(client, "responses", client.chat)]
        return [own, *(dict(vars(one)) for one in of)]

    before = state()
    patch(client)
    assert state() != before
    assert unpatch(client) is client
    assert state() == before
    assert unpatch(client) is client


@pytest.mark.parametrize("name", ["with_options", "copy"])
def test_copies_are_patched_with_the_settings_of_the_moment(name, serve, client_for):
    server = serve(WRONG)
    client = patch(client_for(server), retry_config=RetryConfig(max_retries=1))
    twin = getattr(client, name)(timeout=5)
    assert twin is not client
    again = getattr(twin, name)(timeout=6)
    for one in (twin, again):
        server.requests.clear()
        with pytest.raises(errors.RetriesExhaustedError):
            one.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
        assert len(server.requests) == 2


def test_somebody_elses_wrapper_goes_on_being_called(serve, client_for):
    client = client_for(serve(JASON))
    own, seen = client.chat.completions.create, []

    def traced(**kwargs):
        seen.append(kwargs["model"])
        return own(**kwargs)

    client.chat.completions.create = traced
    patch(client)
    assert client.chat.completions.create(model="m", messages=MESSAGES, response_model=User).age == 25
    unpatch(client)
    assert client.chat.completions.create is traced
    assert seen == ["m"]


def test_raw_responses_work_without_response_model_only(serve, client_for):
    server = serve(JASON)
    client = client_for(server)
    raw_before = client.chat.completions.with_raw_response
    patch(client)
    for view in (client.chat.completions.with_raw_response, client.chat.completions.with_streaming_response):
        with pytest.raises(errors.UnsupportedFeatureError, match="create_with_completion"):
            made = view.create(model="m", messages=MESSAGES, response_model=User)
            made.__enter__()
    raw = client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES)
    assert raw.parse().choices[0].message.content == JASON
    assert raw_before is not client.chat.completions.with_raw_response


def test_streams_pass_through(serve, client_for):
    client = patch(client_for(serve("hi")))
    chunks = list(client.chat.completions.create(model="m", messages=MESSAGES, stream=True))
    assert chunks[0].choices[0].delta.content == "hi"


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.JSON] + ["yaml", None], ids=str)
def test_other_modes_are_refused_by_name_and_nothing_is_patched(mode, client_for):
    client = client_for()
    with pytest.raises(errors.UnsupportedModeError, match="Mode.JSON") as caught:
        patch(client, mode=mode)
    assert isinstance(caught.value, ValueError)
    assert "create" not in vars(client.chat.completions)
    with pytest.raises(errors.UnsupportedModeError):
        from_openai(client, mode)


@pytest.mark.parametrize("client", [None, 3, "client", object(), openai.OpenAI, openai], ids=str)
def test_other_clients_are_refused(client):
    for function in (patch, unpatch, from_openai):
        with pytest.raises(errors.UnsupportedClientError, match="openai.OpenAI") as caught:
            function(client)
        assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"validation_hook": 3}, "validation_hook=3 is not callable"),
        ({"retry_config": 3}, "retry_config=3"),
        ({"hooks": "x"}, "hooks='x'"),
        ({"constrain": "tools"}, "constrain='tools'"),
        ({"schema_prompt": "xml"}, "schema_prompt='xml'"),
        ({"defaults": 3}, "defaults=3"),
        ({"defaults": {"response_model": User}}, "defaults holds response_model"),
    ],
    ids=str,
)
def test_an_invalid_option_is_reported_and_nothing_is_patched(options, says, client_for):
    client = client_for()
    patch(client, retry_config=RetryConfig(max_retries=7))
    settings = client.chat.completions.create.__self__.settings
    for function in (patch, from_openai):
        with pytest.raises(errors.UsageError, match=says):
            function(client, **options)
    assert client.chat.completions.create.__self__.settings is settings
    fresh = client_for()
    with pytest.raises(errors.UsageError, match=says):
        patch(fresh, **options)
    assert "create" not in vars(fresh.chat.completions)


def test_an_async_callback_on_a_sync_client_is_refused(client_for):
    async def hook(*args):
        return True

    class Callable:
        async def __call__(self, *args):
            return True

    for options in ({"validation_hook": hook}, {"hooks": [Callable()]}, {"retry_config": RetryConfig(on_retry=hook)}):
        with pytest.raises(errors.UsageError, match="coroutine function"):
            patch(client_for(), **options)


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_retries": -1},
        {"max_retries": "3"},
        {"transient_retries": None},
        {"deadline": 0},
        {"deadline": True},
        {"on_retry": 3},
        {"wait": 3},
    ],
    ids=str,
)
def test_retry_config_refuses_what_it_cannot_mean(arguments):
    with pytest.raises(errors.UsageError, match=next(iter(arguments))):
        RetryConfig(**arguments)


def test_defaults_fill_in_only_with_response_model(serve, client_for):
    server = serve(JASON)
    client = patch(client_for(server), defaults={"model": "llama3.1", "max_tokens": 9})
    client.chat.completions.create(messages=MESSAGES, response_model=User, max_tokens=5)
    assert (server.requests[0].body["model"], server.requests[0].body["max_tokens"]) == ("llama3.1", 5)
    client.chat.completions.create(model="m", messages=MESSAGES)
    assert server.requests[1].body == {"model": "m", "messages": MESSAGES}


def test_what_is_changed_on_the_client_later_counts(serve, client_for):
    one, two = serve(JASON), serve(JASON)
    client = patch(client_for(one))
    client.base_url = two.base_url
    client.api_key = "later"
    client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    assert not one.requests
    assert two.requests[0].headers["authorization"] == "Bearer later"


def test_from_openai_leaves_the_client_alone(serve, client_for):
    server = serve(WRONG, JASON)
    client = client_for(server)
    instructor = from_openai(client, retry_config=RetryConfig(max_retries=1))
    assert isinstance(instructor, instructor_ollama.Instructor)
    assert "create" not in vars(client.chat.completions)
    seen: list[str] = []
    for name in (
        "completion:kwargs",
        "completion:response",
        "parse:error",
        "completion:error",
        "completion:last_attempt",
    ):
        instructor.on(name, lambda *args, _name=name, **kwargs: seen.append(_name))
    user = instructor.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    assert user == User(name="Jason", age=25)
    assert seen == [
        "completion:kwargs",
        "completion:response",
        "parse:error",
        "completion:kwargs",
        "completion:response",
    ]
    instructor.off("completion:kwargs")
    instructor.clear()
    seen.clear()
    assert instructor.create(model="m", messages=MESSAGES, response_model=User).age == 25
    assert instructor.client is client
    assert seen == []


def test_instructors_last_attempt_and_off_by_handler(serve, client_for):
    instructor = from_openai(client_for(serve(WRONG)))
    finals: list[object] = []
    kept: list[object] = []
    instructor.on("completion:last_attempt", finals.append)
    instructor.on("parse:error", kept.append)
    instructor.on("parse:error", finals.append)
    instructor.off("parse:error", finals.append)
    with pytest.raises(errors.RetriesExhaustedError) as caught:
        instructor.extract(model="m", messages=MESSAGES, response_model=User, max_retries=1)
    assert finals == [caught.value]
    assert len(kept) == 2
    for call in (
        lambda: instructor.on("nope", print),
        lambda: instructor.off("nope"),
        lambda: instructor.on("parse:error", 3),
    ):
        with pytest.raises(errors.UsageError):
            call()


def test_from_openai_on_a_patched_client_is_independent(serve, client_for):
    server = serve(WRONG)
    client = patch(client_for(server), retry_config=RetryConfig(max_retries=0))
    with pytest.raises(errors.RetriesExhaustedError):
        from_openai(client, retry_config=RetryConfig(max_retries=2)).create(
            model="m", messages=MESSAGES, response_model=User
        )
    assert len(server.requests) == 3


def test_one_client_serves_many_threads(serve, client_for):
    server = serve(lambda body: JASON.replace("25", body["messages"][0]["content"].rsplit(" ", 1)[1]))
    client = patch(client_for(server))
    ages: dict[int, int] = {}

    def work(age: int) -> None:
        messages = [{"role": "user", "content": f"Jason is {age}"}]
        ages[age] = client.chat.completions.create(model="m", messages=messages, response_model=User).age

    threads = [threading.Thread(target=work, args=(age,)) for age in range(20, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ages == {age: age for age in range(20, 40)}


@pytest.mark.parametrize("make", [openai.OpenAI, openai.AsyncOpenAI])
@pytest.mark.parametrize("use", [patch, from_openai])
def test_openais_own_address_is_pointed_out(make, use, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    is_async = make is openai.AsyncOpenAI
    http = (openai.DefaultAsyncHttpxClient if is_async else openai.DefaultHttpxClient)(verify=False)
    with pytest.warns(errors.RemoteServerWarning, match="api.openai.com: documents would be sent") as caught:
        use(make(api_key="x", http_client=http))
    assert caught[0].filename == __file__
