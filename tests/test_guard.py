"""The context guard: what is suspicious, what confirms it, what it costs."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from instructor_ollama import _guard, errors
from instructor_ollama.events import Usage
from instructor_ollama.testing import FakeModel, FakeOllama, Raw, answer, completion
from instructor_ollama.testing import error as error_of


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
LONG = [{"role": "user", "content": "It rains. " * 500}]
CHAT = "/v1/chat/completions"
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}


@pytest.mark.parametrize(
    ("seen", "earlier", "expected"),
    [
        (1250, None, False),
        (0, None, False),
        (500, None, True),
        (1024, None, True),
        (1023, None, True),
        (1027, None, True),
        (1250, 1250, True),
        (1250, 1200, False),
    ],
)
def test_what_is_suspicious(seen, earlier, expected):
    assert _guard.suspicious(LONG, Usage(seen, 10), earlier) is expected


def test_parts_are_counted_and_images_are_left_alone():
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a" * 5000}]},
        {"role": "assistant", "content": None},
    ]
    assert _guard.suspicious(messages, Usage(100, 1), None)
    assert _guard.probe("m", messages)["messages"] == [
        {"role": "user", "content": "a" * 5000},
        {"role": "assistant", "content": ""},
    ]
    assert _guard.probe("m", [{"role": "user", "content": [IMAGE]}]) is None


@pytest.mark.parametrize(
    ("detail", "window", "needed"),
    [
        ("the input length exceeds the context length", None, None),
        ("request (302 tokens) exceeds the available context size (256 tokens), try increasing it", 256, 302),
        ("input length (300 tokens) exceeds the model's maximum context length (256 tokens)", 256, 300),
    ],
)
def test_a_refusal_tells_the_window(detail, window, needed):
    assert _guard.is_overflow(detail)
    error = _guard.cut_prompt(detail, "m", Usage(128, 1), None)
    assert (error.context_length, error.prompt_tokens) == (window, 128)
    assert ("of 302" in str(error)) is (needed == 302)


@pytest.mark.parametrize(
    "running", [None, {}, {"models": None}, {"models": [{"name": "x"}]}, {"models": [{"name": "m"}]}]
)
def test_a_window_that_is_not_told(running):
    assert _guard.window_of(running, "m") is None


def paths(server):
    """What was asked, in order."""
    return [request.path for request in server.seen]


@pytest.mark.openai_only
def test_a_cut_prompt_is_an_error_and_a_whole_one_costs_no_request(connect):
    cut = answer(JASON, prompt_tokens=512)
    with FakeOllama([cut]) as server:
        server.paths["/api/chat"] = error_of(400, "the input length exceeds the context length")
        server.paths["/api/ps"] = Raw(404, "404 page not found", "text/plain")
        with pytest.raises(errors.PromptTruncatedError, match="saw 512 tokens") as caught:
            connect(server).create(response_model=User, messages=LONG)
        assert caught.value.context_length is None
        assert paths(server) == [CHAT, "/api/chat", "/api/ps"]
    with FakeOllama([cut]) as server:  # the window is wide enough
        assert connect(server).create(response_model=User, messages=LONG).age == 25
        assert paths(server) == [CHAT, "/api/chat"]
    with FakeOllama([answer(JASON, prompt_tokens=1250)]) as server:
        connect(server).create(response_model=User, messages=LONG)
        assert paths(server) == [CHAT]


@pytest.mark.openai_only
def test_another_server_is_not_asked(connect):
    reply = completion(JASON, prompt_tokens=512)
    reply["system_fingerprint"] = "b1"
    with FakeOllama([reply]) as server:
        connect(server).create(response_model=User, messages=LONG)
        assert paths(server) == [CHAT]


@pytest.mark.parametrize(("capabilities", "sees"), [(("completion",), False), (("completion", "vision"), True)])
def test_images_need_a_model_that_sees(capabilities, sees, connect):
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
                with pytest.raises(errors.CapabilityError, match="takes no images"):
                    client.create(response_model=User, messages=messages)
        assert paths(server).count("/api/show") == 1
        assert len(server.requests) == 2 * sees
