"""Keywords of a call and of `patch`: precedence, what is said of unknown ones, and the types that name them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import types
import typing
from typing import Any, Optional

import ollama
import openai
import pytest
import tenacity
from openai.resources.chat.completions import Completions
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from typing_extensions import get_type_hints

import instructor_ollama
from instructor_ollama import (
    Extraction,
    PatchedAsyncClient,
    PatchedAsyncOpenAI,
    PatchedClient,
    PatchedOpenAI,
    RetryConfig,
    patch,
    unpatch,
)
from instructor_ollama import errors as errors
from instructor_ollama import events as events
from instructor_ollama.testing import error as error_of
from tests.kit.clients import MESSAGES


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
WRONG = '{"name": "Jason"}'
BUSY = error_of(503, "server busy, please try again.  maximum pending requests exceeded")
NO_WAIT = RetryConfig(wait=tenacity.wait_none())
LONG_WAIT = tenacity.wait_fixed(60)


# Precedence: the call's keyword, the call's retry_config, patch's keyword, patch's retry_config.


@pytest.mark.parametrize(
    ("of_patch", "of_the_call", "retries"),
    [
        ({}, {}, 3),
        ({"max_retries": 1}, {}, 1),
        ({"max_retries": None}, {}, 3),
        ({"max_retries": 1, "retry_config": RetryConfig(max_retries=2)}, {}, 1),
        ({"retry_config": RetryConfig(max_retries=2)}, {}, 2),
        ({"max_retries": 1}, {"max_retries": 0}, 0),
        ({"max_retries": 1}, {"max_retries": None}, 1),
        ({"max_retries": 1}, {"retry_config": RetryConfig(max_retries=2)}, 2),
        ({"max_retries": 1}, {"retry_config": NO_WAIT}, 1),
        ({"retry_config": RetryConfig(max_retries=1)}, {"retry_config": NO_WAIT}, 3),
        ({"max_retries": 1}, {"retry_config": RetryConfig(max_retries=2), "max_retries": 0}, 0),
    ],
    ids=str,
)
def test_the_nearest_max_retries_counts(of_patch, of_the_call, retries, serve, connect):
    server = serve(WRONG)
    with pytest.raises(errors.RetriesExhaustedError):
        connect(server, **of_patch).create(response_model=User, **of_the_call)
    assert len(server.requests) == retries + 1


def test_patch_takes_a_tenacity_object(serve, connect):
    server = serve(WRONG)
    client = connect(server)
    kind, other = tenacity.Retrying, tenacity.AsyncRetrying
    if client.is_async:
        kind, other = other, kind
    patch(client.client, max_retries=kind(stop=tenacity.stop_after_attempt(2)))
    with pytest.raises(errors.RetriesExhaustedError):
        client.create(response_model=User)
    assert len(server.requests) == 2
    with pytest.raises(errors.UsageError, match=f"pass a tenacity.{kind.__name__}"):
        patch(client.client, max_retries=other())


@pytest.mark.parametrize(
    ("of_patch", "of_the_call", "deadline"),
    [
        ({"deadline": 20}, {}, 20),
        ({"deadline": 20, "retry_config": RetryConfig(deadline=30, transient_wait=LONG_WAIT)}, {}, 20),
        ({"deadline": 20}, {"deadline": 10.5}, 10.5),
        ({"deadline": 20}, {"deadline": None}, 20),
        ({"deadline": 20}, {"retry_config": RetryConfig(deadline=30, transient_wait=LONG_WAIT)}, 30),
        ({"deadline": 20}, {"retry_config": RetryConfig(transient_wait=LONG_WAIT)}, 20),
        ({}, {"deadline": 10, "retry_config": RetryConfig(deadline=30, transient_wait=LONG_WAIT)}, 10),
    ],
    ids=str,
)
def test_the_nearest_deadline_counts(of_patch, of_the_call, deadline, serve, connect):
    client = connect(serve(BUSY), **{"retry_config": RetryConfig(transient_wait=LONG_WAIT), **of_patch})
    for method in (client.create, client.extract, client.create_with_completion):
        with pytest.raises(errors.DeadlineExceededError) as caught:
            method(response_model=User, **of_the_call)
        assert caught.value.deadline == deadline


def test_a_deadline_that_no_timer_holds_is_no_bound(serve, connect):
    client = connect(serve(BUSY), deadline=20, retry_config=RetryConfig(transient_retries=0))
    with pytest.raises(errors.ServerBusyError):
        client.create(response_model=User, deadline=float("inf"))


@pytest.mark.parametrize("deadline", [0, -1, True, "10", float("nan")])
def test_a_deadline_is_a_positive_number(deadline, connect):
    client = connect("http://127.0.0.1:1/v1")
    with pytest.raises(errors.UsageError, match="deadline="):
        client.create(response_model=User, deadline=deadline)
    with pytest.raises(errors.UsageError, match="deadline="):
        patch(client.client, deadline=deadline)


def test_the_nearest_model_counts(serve, connect):
    server = serve(JASON)
    client = connect(server, defaults={"model": "of-defaults"}, client=())

    def sent(**options: Any) -> str:
        method = client.client.chat if client.library == "ollama" else client.client.chat.completions.create
        client.inner.run(method(messages=MESSAGES, response_model=User, **options))
        return server.requests[-1].body["model"]

    assert sent() == "of-defaults"
    patch(client.client, model="of-patch")
    assert sent() == "of-patch"
    assert sent(model="of-the-call") == "of-the-call"
    patch(client.client, model=None)
    assert sent() == "of-defaults"
    patch(client.client, model="of-patch", defaults=None)
    patch(client.client, max_retries=1)
    assert sent() == "of-patch"


def test_the_model_of_patch_is_for_calls_with_response_model(serve):
    server = serve(JASON)
    with openai.OpenAI(base_url=server.base_url, api_key="x", http_client=openai.DefaultHttpxClient(verify=False)) as c:
        client = patch(c, model="llama3.1")
        with pytest.raises(TypeError, match="model"):
            client.chat.completions.create(messages=MESSAGES)
    assert not server.requests


@pytest.mark.parametrize("model", ["", 3, b"m"])
def test_the_model_is_a_name(model, connect):
    with pytest.raises(errors.UsageError, match="model="):
        connect("http://127.0.0.1:1/v1", model=model)


def test_a_model_that_is_given_twice_is_refused(connect):
    with pytest.raises(errors.UsageError, match="set twice"):
        connect("http://127.0.0.1:1/v1", model="a", defaults={"model": "b"})


# What is said of keywords that neither the client nor the library has.

OF_EITHER = {
    "max_retry": "did you mean max_retries=?",
    "retries": "did you mean max_retries=?",
    "maxRetries": "did you mean max_retries=?",
    "max_attempts": "did you mean max_retries=?",
    "mesages": "did you mean messages=?",
    "prompt": "did you mean messages=?",
    "modle": "did you mean model=?",
    "hook": "did you mean hooks=?",
    "stirct": "did you mean strict=?",
    "dead_line": "did you mean deadline=?",
    "retry_conf": "did you mean retry_config=?",
    "validation_hooks": "did you mean validation_hook=?",
    "output_type": "did you mean response_model=?",
    "on_retry": "use retry_config=RetryConfig(on_retry=...)",
    "wait": "use retry_config=RetryConfig(wait=...)",
    "constrain": "it is an argument of patch, patch(client, constrain=...)",
    "defaults": "it is an argument of patch",
    "base_url": "when the client is created",
}
OF_CREATE = {
    "temprature": "did you mean temperature=?",
    "Temperature": "did you mean temperature=?",
    "max_token": "did you mean max_tokens=?",
    "num_predict": "did you mean max_tokens=?",
    "num_ctx": "ensure_context(client, model, num_ctx)",
    "context_window": "ensure_context(client, model, num_ctx)",
    "options": "ollama.Client (options=...)",
    "top_k": "Set PARAMETER top_k in a Modelfile",
    "keep_alive": "OLLAMA_KEEP_ALIVE",
    "think": "use reasoning_effort=",
    "format": "response_model= sets the format",
    "headers": "did you mean extra_headers=?",
    "xyz": "extra_body= sends fields that openai does not define",
}
OF_CHAT = {
    "temperature": "use options={'temperature': 0}",
    "num_ctx": "use options={'num_ctx': 0}",
    "context_window": "use options={'num_ctx': 0}",
    "max_tokens": "use options={'num_predict': 0}",
    "optoins": "did you mean options=?",
    "reasoning_effort": "use think=",
    "response_format": "response_model= sets the format",
    "timeout": "deadline= bounds the whole call",
    "extra_body": "options=",
    "xyz": "see help(client.chat)",
}


def test_an_unknown_keyword_error_has_a_suggestion(connect):
    client = connect("http://127.0.0.1:1/v1")
    native = client.library == "ollama"
    run, owner = client.inner.run, client.client if native else client.client.chat.completions
    for name, says in (OF_EITHER | (OF_CHAT if native else OF_CREATE)).items():
        for method in (owner.chat if native else owner.create, owner.extract, owner.create_with_completion):
            with pytest.raises(errors.UnknownKeywordError) as caught:
                run(method(model="m", messages=MESSAGES, response_model=User, **{name: 0}))
            assert f"no keyword {name}=" in str(caught.value)
            assert says in str(caught.value)


def test_without_response_model_an_unknown_keyword_is_a_type_error_as_the_client_has_it(connect):
    client = connect("http://127.0.0.1:1/v1")
    for name, says in {"response_modle": "response_model=?", "max_retry": "max_retries=?", "xyz": ""}.items():
        with pytest.raises(TypeError) as caught:
            client.create(**{name: 0})
        assert says in str(caught.value)
        assert isinstance(caught.value, errors.UsageError)


def test_a_misspelt_response_model_is_named(connect):
    client = connect("http://127.0.0.1:1/v1")
    for method in (client.create, client.extract, client.create_with_completion):
        with pytest.raises(errors.UnknownKeywordError, match="response_modle=: did you mean response_model="):
            method(response_modle=User)


def test_several_unknown_keywords_are_all_named(connect):
    with pytest.raises(errors.UnknownKeywordError, match=r"max_retry=.*hook="):
        connect("http://127.0.0.1:1/v1").create(response_model=User, max_retry=1, hook=print)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"retries": 3}, "did you mean max_retries=?"),
        ({"modle": "m"}, "did you mean model=?"),
        ({"temperature": 0}, "defaults={'temperature': 0}"),
        ({"temprature": 0}, "defaults={'temperature': 0}"),
        ({"max_tokens": 9}, "defaults={'max_tokens': 9}"),
        ({"strict": True}, "pass it to each call, create(strict=...)"),
        ({"response_model": User}, "pass it to each call"),
        ({"on_retry": print}, "use retry_config=RetryConfig(on_retry=...)"),
        ({"num_ctx": 8192}, "ensure_context"),
        ({"api_key": "x"}, "when the client is created"),
        ({"xyz": 1}, "it has constrain, deadline, defaults, hooks, max_retries, model"),
        ({"defaults": {"temprature": 0}}, "defaults: create() has no keyword temprature=: did you mean temperature=?"),
    ],
    ids=str,
)
def test_patch_reports_where_a_keyword_belongs_and_changes_nothing(options, says):
    with openai.OpenAI(base_url="http://127.0.0.1:1/v1", api_key="x") as client:
        with pytest.raises(errors.UnknownKeywordError) as caught:
            patch(client, **options)
        assert says in str(caught.value)
        assert "create" not in vars(client.chat.completions)


@pytest.mark.parametrize("name", ["stream", "tools", "response_format"])
@pytest.mark.openai_only
def test_patch_refuses_what_cannot_be_combined_with_response_model(name, connect):
    with pytest.raises(errors.UnsupportedFeatureError, match=f"{name}="):
        connect("http://127.0.0.1:1/v1", **{name: ["x"]})


def test_patch_of_an_ollama_client_names_its_options():
    with pytest.raises(errors.UnknownKeywordError, match=r"use defaults=\{'options': \{'temperature': 0\}\}"):
        patch(ollama.Client("http://127.0.0.1:1", verify=False), temperature=0)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("max_retry", "did you mean max_retries=?"),
        ("retries", "did you mean max_retries=?"),
        ("dead_line", "did you mean deadline=?"),
        ("transient_retry", "did you mean transient_retries=?"),
        ("hooks", "it is a keyword of patch and of a call"),
        ("xyz", "it has deadline, max_retries, on_retry"),
    ],
)
def test_retry_config_names_what_was_meant(name, says):
    with pytest.raises(errors.UnknownKeywordError) as caught:
        RetryConfig(**{name: 1})
    assert f"RetryConfig() has no keyword {name}=" in str(caught.value)
    assert says in str(caught.value)


def test_a_retry_config_is_copied_with_what_it_states():
    for given, stated in (({}, False), ({"max_retries": 3}, True)):
        config = RetryConfig(wait=tenacity.wait_fixed(1), transient_wait=tenacity.wait_fixed(2), **given)
        for twin in (pickle.loads(pickle.dumps(config)), copy.deepcopy(config), dataclasses.replace(config)):
            assert (twin.states_max_retries, twin.max_retries) == (stated, 3)


class Traced(Completions):
    def create(self, *, trace_id=None, **kwargs):
        return super().create(**kwargs)


def test_a_method_that_takes_more_than_the_clients_own_is_given_it(serve):
    server = serve(JASON)
    http = openai.DefaultHttpxClient(verify=False)
    with openai.OpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
        client.chat.completions.__class__ = Traced
        patched: Any = patch(client)
        user = patched.chat.completions.create(model="m", messages=MESSAGES, response_model=User, trace_id="1")
        assert user.age == 25


def test_a_wrapper_of_the_class_that_looks_like_the_function_is_given_everything(serve, monkeypatch):
    class Wrapper:
        """As wrapt's: everything but the call is the function's."""

        def __init__(self, function):
            self.function = function

        def __getattr__(self, name):
            return getattr(self.function, name)

        def __get__(self, instance, owner):
            return self if instance is None else types.MethodType(self, instance)

        def __call__(self, *args, trace_id=None, **kwargs):
            traced.append(trace_id)
            return self.function(*args, **kwargs)

    traced: list[str] = []
    monkeypatch.setattr(Completions, "create", Wrapper(Completions.create))
    server = serve(JASON)
    http = openai.DefaultHttpxClient(verify=False)
    with openai.OpenAI(base_url=server.base_url, api_key="x", http_client=http) as client:
        patched: Any = patch(client)
        patched.chat.completions.create(model="m", messages=MESSAGES, response_model=User, trace_id="1")
        patched.chat.completions.create(model="m", messages=MESSAGES, trace_id="2")
    assert traced == ["1", "2"]


# The types.


def service(client: PatchedOpenAI, other: Optional[PatchedAsyncOpenAI] = None) -> PatchedClient | PatchedAsyncClient:
    raise NotImplementedError


def test_the_public_types_stand_in_annotations_at_run_time():
    hints = typing.get_type_hints(service)
    assert hints["client"] is PatchedOpenAI
    assert hints["other"] == Optional[PatchedAsyncOpenAI]
    assert hints["return"] == PatchedClient | PatchedAsyncClient
    for one in (PatchedOpenAI, PatchedAsyncOpenAI, PatchedClient, PatchedAsyncClient):
        assert one is getattr(instructor_ollama, one.__name__)
        assert "patched" in one.__doc__
        with pytest.raises(errors.UsageError, match=r"call patch\("):
            one()


def test_a_patched_client_is_an_instance_of_its_type():
    class Service(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        client: PatchedOpenAI

    with openai.OpenAI(base_url="http://127.0.0.1:1/v1", api_key="x") as client:
        assert not isinstance(client, PatchedOpenAI)
        with pytest.raises(ValidationError):
            Service(client=client)
        patch(client)
        assert isinstance(client, PatchedOpenAI)
        assert not isinstance(client, (PatchedAsyncOpenAI, PatchedClient, PatchedAsyncClient))
        assert Service(client=client).client is client
        assert not isinstance(unpatch(client), PatchedOpenAI)
    for make, kind in ((ollama.Client, PatchedClient), (ollama.AsyncClient, PatchedAsyncClient)):
        client = make("http://127.0.0.1:1", verify=False)
        assert not isinstance(client, kind)
        assert isinstance(patch(client), kind)
    assert not isinstance(None, PatchedOpenAI)


def test_the_public_types_import_no_client_library():
    code = (
        "import sys; from instructor_ollama import PatchedClient, PatchedOpenAI, RetryConfig; "
        "print([name for name in ('openai', 'ollama') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_extraction_is_generic_over_value_and_completion(serve, connect):
    assert Extraction[User].__args__[0] is User
    assert Extraction[User, dict].__args__ == (User, dict)
    extraction = connect(serve(JASON)).extract(response_model=User)
    dumped = TypeAdapter(Extraction[User]).dump_python(extraction, mode="json", warnings=False)
    assert dumped["value"] == {"name": "Jason", "age": 25}
    assert events.Hook is not events.AsyncHook


@pytest.fixture(scope="module")
def typed():
    """The declared keywords; names of types that an older openai does not have cannot be imported there."""
    try:
        from instructor_ollama._patching import client_keywords as _client_keywords
    except ImportError:
        pytest.skip("this openai is older than the newest that the keywords were written for")
    return _client_keywords


def test_every_keyword_of_the_installed_openai_is_typed(typed):
    theirs = inspect.signature(Completions.create).parameters.keys() - {"self"}
    assert theirs - typed.PlainKeywords.__annotations__.keys() - {"stream"} == set()
    refused = {"stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"}
    for kind in (typed.CreateKeywords, typed.AsyncCreateKeywords):
        assert theirs - kind.__annotations__.keys() == refused | {"response_format"}


def test_every_keyword_of_the_installed_ollama_is_typed(typed):
    theirs = inspect.signature(ollama.Client.chat).parameters.keys() - {"self", "model", "messages", "stream"}
    assert theirs - typed.PlainChatKeywords.__annotations__.keys() == set()
    for kind in (typed.ChatKeywords, typed.AsyncChatKeywords):
        assert theirs - kind.__annotations__.keys() == {"tools", "format"}


def test_the_types_of_the_keywords_are_those_of_the_installed_openai(typed):
    theirs = get_type_hints(CompletionCreateParamsBase)
    ours = get_type_hints(typed.PlainKeywords)
    unset = {typed.NotGiven, typed.Omit}
    for name in theirs.keys() - {"model"}:
        kept = tuple(one for one in typing.get_args(ours[name]) if one not in unset)
        own = typing.Union[kept] if unset & set(typing.get_args(ours[name])) else ours[name]
        assert _spelt(own) == _spelt(theirs[name]), name


def _spelt(hint: object) -> str:
    """A type as text; `List` and `list` are the same."""
    return (
        str(hint).replace("typing.Dict", "dict").replace("typing.List", "list").replace("collections.abc.", "typing.")
    )


def test_our_keywords_are_the_same_in_every_place_that_lists_them():
    from instructor_ollama._clients.signature import _KEYWORDS
    from instructor_ollama._patching.keywords import (
        AsyncCallKeywords,
        AsyncPatchKeywords,
        SyncCallKeywords,
        SyncPatchKeywords,
    )
    from instructor_ollama._patching.settings import OURS, options

    ours = OURS - {"validation_context"}  # instructor's older name of `context`: accepted, and not offered
    assert ours == _KEYWORDS.keys() == {"response_model", *SyncCallKeywords.__annotations__}
    assert SyncCallKeywords.__annotations__.keys() == AsyncCallKeywords.__annotations__.keys()
    assert SyncPatchKeywords.__annotations__.keys() == AsyncPatchKeywords.__annotations__.keys() == options()
    named = inspect.signature(patch).parameters.keys() - {"client", "mode", "others"}
    assert named == options()


@pytest.mark.parametrize("given", [{}, 0, "", {"max_retries": 2}])
def test_a_retry_config_that_is_none(given, connect, serve):
    with pytest.raises(errors.UsageError, match="retry_config="):
        connect(serve("{}")).create(model="m", messages=MESSAGES, response_model=int, retry_config=given)
    with pytest.raises(errors.UsageError, match="retry_config="):
        connect(serve("{}"), retry_config=given)
