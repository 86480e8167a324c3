"""Each failure is reported as what it is: the caller's mistakes, odd answers, hooks that cannot work."""

from __future__ import annotations

import asyncio
import base64
import contextlib

import ollama
import pytest
from pydantic import BaseModel

from instructor_ollama import RetryConfig, errors, patch
from instructor_ollama.testing import FakeOllama, Raw, answer
from tests.kit.clients import MESSAGES

PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
).decode()


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'


def image(url):
    return {"role": "user", "content": [{"type": "text", "text": "Who?"}, {"type": "image_url", "image_url": url}]}


# Requests of ollama's clients ------------------------------------------------------------------------------------


@pytest.fixture(params=["sync", "async"])
def chat(request):
    """`chat(**keywords)` asks a server that answers with Jason; `chat.server` is that server."""
    server = FakeOllama([JASON])
    is_async = request.param == "async"

    def call(**keywords):
        async def main():
            client = patch((ollama.AsyncClient if is_async else ollama.Client)(server.host, verify=False))
            try:
                result = client.chat(**{"model": "m", "messages": MESSAGES, "response_model": User, **keywords})
                return await result if is_async else result
            finally:
                closed = client._client.aclose() if is_async else client._client.close()
                if is_async:
                    await closed

        return asyncio.run(main())

    call.server = server
    with server:
        yield call


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"messages": [{"role": "user", "content": "x", "images": ["/no/such/file.png"]}]}, "file.png"),
        ({"messages": [{"role": 5, "content": "x"}]}, "role"),
        ({"messages": [image({"url": "https://example.com/a.png"})]}, r"messages\[0\] has the image .*data URL"),
        ({"messages": [image("cat.png")]}, r"messages\[0\] has the image 'cat.png'"),
        ({"messages": [*MESSAGES, {"role": "user", "content": [{"type": "video"}]}]}, r"messages\[1\] .*video"),
        ({"options": ["num_ctx"]}, r"options=\['num_ctx'\]: pass a dict"),
        ({"options": "num_ctx=1"}, "options='num_ctx=1'"),
        ({"keep_alive": ["x"]}, "keep_alive"),
        ({"think": [1]}, "think"),
    ],
    ids=str,
)
def test_a_mistake_in_the_request_is_named_and_nothing_is_sent(keywords, says, chat):
    with pytest.raises(errors.UsageError, match=says):
        chat(**keywords)
    assert not chat.server.requests


def test_content_parts_of_openais_form_are_translated(chat):
    url = f"data:image/png;base64,{PIXEL}"
    for given in (url, {"url": url}, {"url": url, "detail": "low"}):
        assert chat(messages=[{"role": "system", "content": "Be brief."}, image(given)]).age == 25
        sent = chat.server.requests[-1].messages[1]
        assert sent["content"] == "Who?"
        assert sent["images"] == [PIXEL]
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    chat(messages=[{"role": "user", "content": parts}])
    assert chat.server.requests[-1].messages[0]["content"].endswith("one\n\ntwo")


# Answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "keywords", "says"),
    [
        ("I am sorry, I cannot do that.", {}, 'the model answered "I am sorry, I cannot do that."'),
        ("no " * 200, {}, r'the model answered "no no .{100,160}"'),
        ("", {}, "the answer is empty"),
        ("  \n", {}, "the answer is empty"),
        (answer('{"name": "Ja'), {"stop": ["son"]}, r"truncated at a stop sequence of the call \(stop=\['son'\]\)"),
        (
            answer('Sure:\n```json\n{"name": "Ja'),
            {"stop": "son"},
            r"truncated at a stop sequence of the call \(stop='son'\)",
        ),
        (
            "",
            {"stop": ["```"]},
            r"the answer is empty; a stop sequence of the call \(stop=\['```'\]\) may have truncated it",
        ),
        ("Here is the", {"stop": "JSON"}, r'answered "Here is the"; a stop sequence .* may have truncated it'),
        pytest.param(
            answer('{"name": "Ja'),
            {"extra_body": {"stop": "son"}},
            "truncated at a stop",
            marks=pytest.mark.openai_only,
        ),
    ],
    ids=[
        "refusal",
        "long",
        "empty",
        "blank",
        "stop",
        "stop in a fence",
        "stop at once",
        "stop in prose",
        "stop in body",
    ],
)
def test_the_answer_of_the_model_is_shown(reply, keywords, says, serve, connect):
    with pytest.raises(errors.RetriesExhaustedError, match=says) as caught:
        connect(serve(reply)).create(response_model=User, max_retries=0, **keywords)
    assert "column" not in str(caught.value)


def test_a_tool_call_is_reported_as_one(kind, serve, connect):
    arguments = {"name": "Jason"} if kind.library == "ollama" else '{"name": "Jason"}'
    call = {"id": "call_1", "index": 0, "type": "function", "function": {"name": "User", "arguments": arguments}}
    server = serve(answer("", tool_calls=(call,)))
    with pytest.raises(errors.RetriesExhaustedError, match="it is a call of the tool 'User', not text"):
        connect(server).create(response_model=User, max_retries=1)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({}, "No max_tokens was set"),
        ({"max_tokens": 500}, "max_tokens=500 was not reached"),
        ({"max_tokens": 90}, r"complete\. Raise max_tokens"),
        pytest.param({"extra_body": {"max_tokens": 90}}, "Raise max_tokens", marks=pytest.mark.openai_only),
    ],
)
def test_max_tokens_are_reported_as_they_were_set(keywords, says, serve, connect):
    server = serve(answer('{"name": "Ja', finish_reason="length", completion_tokens=90))
    with pytest.raises(errors.IncompleteAnswerError, match=says):
        connect(server).create(response_model=User, **keywords)


@pytest.mark.parametrize("most", [-1, -2])
def test_a_num_predict_without_a_bound_is_none(most):
    with FakeOllama([answer('{"name": "Ja', finish_reason="length")]) as server:
        client = patch(ollama.Client(server.host, verify=False))
        with (
            pytest.raises(errors.IncompleteAnswerError, match="No max_tokens was set"),
            contextlib.closing(client._client),
        ):
            client.chat(model="m", messages=MESSAGES, response_model=User, options={"num_predict": most})


def completion(message):
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return Raw(200, {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})


@pytest.mark.openai_only
@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (
            completion({"content": [{"type": "text", "text": JASON}]}),
            errors.RetriesExhaustedError,
            "of type list, not text",
        ),
        (
            completion({"content": "", "tool_calls": [{}]}),
            errors.RetriesExhaustedError,
            "it is a call of a tool, not text",
        ),
        (Raw(200, {"error": {"message": "upstream failed"}}), errors.OllamaError, "upstream failed"),
        (Raw(200, "<title>Sign in</title>"), errors.EndpointNotFoundError, r"a web page \('Sign in'\)"),
        (Raw(200, '{"id": "1", "choi'), errors.ServerBusyError, "truncated or damaged JSON"),
    ],
    ids=["content parts", "call without a name", "error", "page as JSON", "cut"],
)
def test_a_malformed_reply_with_status_200_is_reported(reply, error, says, serve, connect):
    config = RetryConfig(max_retries=0, transient_retries=0)
    with pytest.raises(error, match=says) as caught:
        connect(serve(reply), retry_config=config).create(response_model=User)
    assert "\n" not in str(caught.value) or error is errors.RetriesExhaustedError


def test_an_error_in_a_reply_of_status_200_reaches_the_caller(serve, connect):
    with pytest.raises(errors.OllamaError, match="upstream failed") as caught:
        connect(serve(Raw(200, {"error": "upstream failed"}))).create(response_model=User)
    assert caught.value.status_code == 200


# Hooks -----------------------------------------------------------------------------------------------------------


def test_a_validation_hook_that_returns_none_is_named(serve, connect):
    server = serve('{"name": "Jason"}')
    with pytest.raises(errors.RetriesExhaustedError, match="validation_hook returned None"):
        connect(server, validation_hook=lambda *args: None).create(response_model=User)
    assert len(server.requests) == 1
    with pytest.raises(errors.RetriesExhaustedError) as caught:
        connect(server, validation_hook=lambda *args: False).create(response_model=User)
    assert "returned" not in str(caught.value)


class Observer:
    def hook(self, value, retry_count, exception, more):
        return True


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"validation_hook": lambda value: True}, r"validation_hook=.*\(value, retry_count, exception\)"),
        ({"validation_hook": lambda *, value, retry_count, exception: True}, "validation_hook="),
        ({"validation_hook": Observer().hook}, "missing a required argument: 'more'"),
        ({"hooks": lambda: None}, r"hooks=.*\(event\)"),
        ({"hooks": [print, lambda one, two: None]}, "hooks="),
        ({"retry_config": RetryConfig(on_retry=lambda: None)}, r"on_retry=.*\(retry_count, error\)"),
    ],
    ids=str,
)
def test_a_callback_that_cannot_take_what_it_is_given_is_refused(options, says, serve, connect):
    with pytest.raises(errors.UsageError, match=says):
        connect("http://x/v1", **options)
    server = serve(JASON)
    with pytest.raises(errors.UsageError, match=says):
        connect(server).create(response_model=User, **options)
    assert not server.requests


@pytest.mark.parametrize("hook", [lambda *args: True, lambda value, count, error=None, extra=0: True, max], ids=str)
def test_other_callbacks_are_accepted(hook, connect):
    connect("http://x/v1", validation_hook=hook)


def test_a_schema_prompt_that_cannot_take_the_schema_is_refused(connect):
    with pytest.raises(errors.UsageError, match=r"schema_prompt=.*\(schema\)"):
        connect("http://x/v1", schema_prompt=lambda: "")
    connect("http://x/v1", schema_prompt=str)
