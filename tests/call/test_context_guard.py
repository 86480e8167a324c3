"""The context guard: what is verified, what that costs, and how long something counts as known."""

from __future__ import annotations

import time

import pytest
from pydantic import BaseModel

import instructor_ollama
from instructor_ollama import errors
from instructor_ollama._call import context_guard as _guard
from instructor_ollama._call import known as _known
from instructor_ollama.events import Usage
from instructor_ollama.testing import FakeModel, FakeOllama, Raw, answer, completion
from instructor_ollama.testing import error as error_of

pytestmark = pytest.mark.filterwarnings("error")


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
LONG = [{"role": "user", "content": "It rains. " * 500}]
CHAT, NATIVE, PS = "/v1/chat/completions", "/api/chat", "/api/ps"
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
CHINESE = "委员会星期二开会讨论河上新桥的建设。"
TEXTS = ["It rains in the old town. ", CHINESE, "4711 38.50 77 "]
WORDY = [
    {"role": "user", "content": "Considerable precipitation overwhelmed neighbourhoods. " * 160}
]  # 8,800 characters


def paths(server):
    """What was asked, in order."""
    return [request.path for request in server.seen]


def one_message(text):
    return [{"role": "user", "content": text}]


def history(text):
    turns = [text[at : at + 80] for at in range(0, len(text), 80)]
    said = [{"role": ("user", "assistant")[number % 2], "content": turn} for number, turn in enumerate(turns)]
    return [*said, {"role": "user", "content": "Who is it?"}]


def document(text):
    answer_and_question = [{"role": "assistant", "content": text[:60]}, {"role": "user", "content": "Who is it?"}]
    return [{"role": "user", "content": text}, *answer_and_question]


def system(text):
    return [{"role": "system", "content": text}, {"role": "user", "content": "Who is it?"}]


@pytest.fixture
def clock(monkeypatch):
    """A clock to be set forward: `clock.now += 60`."""

    class Clock:
        now = time.monotonic()

    monkeypatch.setattr(_known, "_now", lambda: Clock.now)
    monkeypatch.setattr(_guard, "_now", lambda: Clock.now)
    return Clock


@pytest.mark.openai_only
@pytest.mark.parametrize("version", ["0.24.0", "0.34.4"])
@pytest.mark.parametrize("shape", [one_message, history, document, system], ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("window", [512, 1024])
def test_every_truncated_prompt_is_detected_and_no_other_is(window, shape, version, connect):
    with FakeOllama([answer(JASON, completion_tokens=1)], version=version, context_length=window) as server:
        client = connect(server)
        for text in TEXTS:
            for share in (0.4, 0.8, 0.97, 1.05, 2.0):
                messages = shape(text * max(1, int(4 * window * share / len(text))))
                server.seen.clear()
                try:
                    client.create(response_model=User, messages=messages)
                    truncated = False
                except errors.PromptTruncatedError as error:
                    truncated = True
                    assert error.context_length == window
                sent = sum(len(str(one["content"])) for one in server.requests[-1].messages)
                tokens = (sent + sum(len(f"[{one['role']}] \n") for one in server.requests[-1].messages) - 1) // 4 + 1
                assert truncated is (tokens > window), (text, share)
                if tokens < 0.45 * window and text != CHINESE:
                    assert NATIVE not in paths(server), (text, share)


@pytest.mark.openai_only
def test_the_window_is_read_once_and_a_small_prompt_reads_nothing(connect, clock):
    with FakeOllama([JASON]) as server:
        client = connect(server)
        client.create(response_model=User)
        assert paths(server) == [CHAT]
        for _ in range(3):
            client.create(response_model=User, messages=LONG)
        assert paths(server) == [CHAT, CHAT, PS, CHAT, CHAT]
        clock.now += _known.WINDOW_SECONDS + 1
        client.create(response_model=User, messages=LONG)
        assert paths(server)[5:] == [CHAT, PS]


@pytest.mark.openai_only
def test_a_prompt_that_is_in_doubt_and_whole_costs_one_request(connect):
    with FakeOllama([JASON], context_length=2048) as server:
        assert connect(server).create(response_model=User, messages=LONG).age == 25
        assert paths(server) == [CHAT, PS, NATIVE]


@pytest.mark.openai_only
def test_a_truncated_prompt_with_an_unknown_context_window(connect):
    with FakeOllama([answer(JASON, prompt_tokens=1027)]) as server:
        server.paths[NATIVE] = error_of(400, "the input length exceeds the context length")
        server.paths[PS] = Raw(200, {"models": []})
        with pytest.raises(errors.PromptTruncatedError, match="saw 1027 tokens, the prompt does not fit") as caught:
            connect(server).create(response_model=User, messages=WORDY)
        assert caught.value.context_length is None


@pytest.mark.openai_only
def test_a_reask_that_is_no_longer_than_the_first_request_is_verified(connect):
    with FakeOllama([answer('{"name": 1}', prompt_tokens=90), answer(JASON, prompt_tokens=90)]) as server:
        server.paths[NATIVE] = error_of(400, "request (302 tokens) exceeds the available context size (256 tokens)")
        with pytest.raises(errors.PromptTruncatedError, match="saw 90 tokens of 302 .context window 256"):
            connect(server).create(response_model=User)


@pytest.mark.openai_only
def test_a_context_window_that_fills_up_during_generation(connect):
    with FakeOllama([answer(JASON, prompt_tokens=90, completion_tokens=430)], context_length=512) as server:
        with pytest.raises(errors.PromptTruncatedError, match="512 tokens.*filled up during generation"):
            connect(server).create(response_model=User)
        server.context_length = 1024  # restarted with a larger one
        assert connect(server).create(response_model=User).age == 25


@pytest.mark.openai_only
@pytest.mark.parametrize(
    ("thinking", "whole"), [("Hmm. " * 20, True), ("Let me think about that once more. " * 40, False)]
)
def test_thinking_is_part_of_the_prompt_that_the_schema_is_applied_to(thinking, whole, connect):
    # 700 tokens of prompt fit, and with a long thinking the server drops the document
    messages = [{"role": "user", "content": "It rains. " * 260}, {"role": "user", "content": "Who is it?"}]
    tokens = 720 if whole else 380
    with FakeOllama([answer(JASON, reasoning=thinking, prompt_tokens=tokens)], context_length=1000) as server:
        client = connect(server)
        if whole:
            assert client.create(response_model=User, messages=messages).age == 25
        else:
            with pytest.raises(errors.PromptTruncatedError):
                client.create(response_model=User, messages=messages)


def test_an_ollama_client_behind_a_wrapper_is_checked():
    ollama = pytest.importorskip("ollama")
    with FakeOllama([JASON], context_length=2048) as server:
        client = ollama.Client(server.host)
        own = client.chat
        client.chat = lambda **kwargs: own(**kwargs)
        instructor_ollama.patch(client)
        for num_ctx, whole in ((None, True), (512, False), (8192, True)):
            options = {} if num_ctx is None else {"num_ctx": num_ctx}
            if whole:
                assert client.chat(model="m", response_model=User, messages=LONG, options=options).age == 25
            else:
                with pytest.raises(errors.ContextOverflowError, match=str(num_ctx)):
                    client.chat(model="m", response_model=User, messages=LONG, options=options)
        client._client.close()


# Behind a proxy ---------------------------------------------------------------------------------------------


def proxied(server, tokens, fingerprint=None):
    """A reply as a proxy passes it on that serves `/v1` only."""
    reply = completion(JASON, prompt_tokens=tokens)
    if fingerprint is None:
        del reply["system_fingerprint"]
    else:
        reply["system_fingerprint"] = fingerprint
    server.answers = [reply]
    for path in (NATIVE, PS):
        server.paths[path] = Raw(404, {"detail": "Not Found"})


@pytest.mark.openai_only
@pytest.mark.parametrize("fingerprint", [None, "", "b1"])
@pytest.mark.parametrize("text", ["It rains. " * 5300, CHINESE * 3000], ids=["English", "Chinese"])
def test_an_impossible_token_count_is_an_error(text, fingerprint, connect):
    with FakeOllama() as server:
        proxied(server, 1026, fingerprint)
        with pytest.raises(errors.PromptTruncatedError, match="counted 1026 tokens, but .* at least") as caught:
            connect(server).create(response_model=User, messages=one_message(text))
        assert caught.value.prompt_tokens == 1026


@pytest.mark.openai_only
def test_a_doubtful_count_that_cannot_be_verified_is_a_warning(connect):
    with FakeOllama() as server:
        proxied(server, 1026)
        client = connect(server)
        for _ in range(2):
            with pytest.warns(errors.UnverifiedPromptWarning, match="counts 1026 tokens of 88") as caught:
                assert client.create(response_model=User, messages=WORDY).age == 25
            assert caught[0].filename.endswith(("clients.py", "base_events.py"))
        assert paths(server) == [CHAT, NATIVE, CHAT]  # it was not there the first time


@pytest.mark.openai_only
def test_a_proxy_that_passes_ollamas_own_api_is_asked(connect):
    with FakeOllama(context_length=512) as server:
        proxied(server, 1026)
        del server.paths[NATIVE], server.paths[PS]
        with pytest.raises(errors.PromptTruncatedError):
            connect(server).create(response_model=User, messages=WORDY)


@pytest.mark.openai_only
@pytest.mark.parametrize(("tokens", "fingerprint"), [(1700, None), (1690, ""), (1026, "b1"), (0, None)])
def test_an_ordinary_count_of_another_server_is_nothing(tokens, fingerprint, connect):
    with FakeOllama() as server:
        proxied(server, tokens, fingerprint)
        connect(server).create(response_model=User, messages=WORDY)
        assert paths(server) == [CHAT]


@pytest.mark.openai_only
def test_a_verification_that_fails_is_no_proof(connect):
    with FakeOllama([JASON], context_length=2048) as server:
        server.paths[NATIVE] = error_of(500, "an error was encountered while running the model: unexpected EOF")
        with pytest.warns(errors.UnverifiedPromptWarning):
            connect(server).create(response_model=User, messages=LONG)


# What was learnt expires --------------------------------------------------------------------------------------


@pytest.mark.openai_only
def test_a_wider_window_is_noticed_at_once(connect, clock):
    with FakeOllama([JASON], context_length=512) as server:
        client = connect(server)
        for _ in range(2):
            clock.now += 1
            with pytest.raises(errors.PromptTruncatedError):
                client.create(response_model=User, messages=LONG)
        server.context_length = 8192
        clock.now += 1
        assert client.create(response_model=User, messages=LONG).age == 25


@pytest.mark.openai_only
def test_a_narrower_window_is_noticed(connect, clock):
    with FakeOllama([JASON], context_length=8192) as server:
        client = connect(server)
        client.create(response_model=User, messages=LONG)
        server.context_length = 512
        clock.now += 1
        with pytest.raises(errors.PromptTruncatedError):  # the count does not fit what was learnt
            client.create(response_model=User, messages=LONG)
        with pytest.raises(errors.PromptTruncatedError):
            client.create(response_model=User, messages=history("It rains. " * 210))


@pytest.mark.parametrize("event", ["time", "connection", "digest"])
def test_a_refused_schema_is_sent_again(event, connect, clock):
    with FakeOllama([JASON], models=["m"]) as server:
        client = connect(server)

        def sends_schema(messages=LONG):
            client.create(response_model=User, messages=messages)
            body = server.requests[-1].body
            return isinstance(body.get("format"), dict) or body.get("response_format", {}).get("type") == "json_schema"

        server.fail("schema_refused")
        assert not sends_schema()
        assert not sends_schema()
        if event == "time":
            clock.now += _known.REFUSAL_SECONDS + 1
        elif event == "connection":
            server.fail("closed")
            sends_schema()
        else:
            server.models = [FakeModel("m", digest="other")]
            clock.now += _known.WINDOW_SECONDS + 1
            sends_schema()
        assert sends_schema() is (event != "digest" or client.library == "openai")


@pytest.mark.parametrize(("capabilities", "sees"), [(("completion",), False), (("completion", "vision"), True)])
def test_images_need_a_vision_model(capabilities, sees, connect, clock):
    # a version that drops images without a word
    with FakeOllama([JASON], models=[FakeModel("m", capabilities=capabilities)], version="0.24.0") as server:
        client = connect(server)
        if client.library == "ollama":
            messages = [{"role": "user", "content": "what", "images": ["AA=="]}]
        else:
            messages = [{"role": "user", "content": [{"type": "text", "text": "what"}, IMAGE]}]
        for _ in range(2):
            if sees:
                assert client.create(response_model=User, messages=messages).age == 25
            else:
                with pytest.raises(errors.CapabilityError, match="does not support images"):
                    client.create(response_model=User, messages=messages)
        assert paths(server).count("/api/show") == 1
        assert len(server.requests) == 2 * sees
        server.models = [FakeModel("m", capabilities=("completion", "vision"))]
        clock.now += _known.REFUSAL_SECONDS + 1
        assert client.create(response_model=User, messages=messages).age == 25


# The parts ----------------------------------------------------------------------------------------------------


def test_the_probe_has_the_whole_conversation():
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"at": 3}'}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, IMAGE, "b"]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "c"},
    ]
    assert _guard.probe("m", messages)["messages"] == [
        {"role": "user", "content": "a"},
        {"role": "user", "content": "", "images": ["AA=="]},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "look", "arguments": {"at": 3}}}]},
        {"role": "tool", "content": "c"},
    ]


@pytest.mark.parametrize(
    ("detail", "window", "needed"),
    [
        ("the input length exceeds the context length", None, None),
        ("request (302 tokens) exceeds the available context size (256 tokens), try increasing it", 256, 302),
        ("input length (300 tokens) exceeds the model's maximum context length (256 tokens)", 256, 300),
    ],
)
def test_a_refusal_tells_the_window(detail, window, needed):
    assert _guard.is_overflow(errors.OllamaError("", status_code=400, detail=detail))
    error = _guard.truncated_prompt(detail, "m", Usage(128, 1), None)
    assert (error.context_length, error.prompt_tokens) == (window, 128)
    assert ("of 302" in str(error)) is (needed == 302)


@pytest.mark.parametrize(
    ("running", "window"),
    [
        (None, None),
        ({}, None),
        ({"models": None}, None),
        ({"models": [{"name": "x", "context_length": 9}]}, None),
        ({"models": [{"name": "m"}]}, None),
        ({"models": [{"name": "m:latest", "context_length": 9}]}, 9),
        ({"models": [3, {"name": "registry.ollama.ai/library/M:latest", "context_length": 9}]}, 9),
    ],
)
def test_the_window_in_a_list_of_running_models(running, window):
    known = _known.Known()
    known.note_running("m", running)
    assert known.model("m").window == window
