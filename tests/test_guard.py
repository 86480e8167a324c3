"""The context guard: what is suspicious, what confirms it, what it costs."""

from __future__ import annotations

import pytest
from pydantic import BaseModel
from scripted import Raw, completion

from instructor_ollama import _guard, errors
from instructor_ollama.events import Usage


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'
LONG = [{"role": "user", "content": "It rains. " * 500}]
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


def native_server(serve, answers):
    """A scripted server whose replies are chosen by path."""
    from collections import Counter

    counts = Counter()

    def answer(body):
        key = "show" if set(body) == {"model"} else "probe" if body.get("max_tokens") == 1 else "chat"
        counts[key] += 1
        return answers[key]

    server = serve(answer)
    server.counts = counts
    return server


@pytest.mark.openai_only
def test_a_cut_prompt_is_an_error_and_a_whole_one_costs_no_request(serve, connect):
    cut = completion(JASON, prompt_tokens=512)
    refusal = Raw(400, {"error": "the input length exceeds the context length"})
    server = native_server(serve, {"chat": cut, "probe": refusal})
    with pytest.raises(errors.PromptTruncatedError, match="saw 512 tokens") as caught:
        connect(server).create(response_model=User, messages=LONG)
    assert caught.value.context_length is None  # the server has no /api/ps
    server = native_server(serve, {"chat": cut, "probe": Raw(200, {})})
    assert connect(server).create(response_model=User, messages=LONG).age == 25
    server = native_server(serve, {"chat": completion(JASON, prompt_tokens=1250)})
    connect(server).create(response_model=User, messages=LONG)
    assert server.counts == {"chat": 1}


@pytest.mark.openai_only
def test_another_server_is_not_asked(serve, connect):
    reply = completion(JASON, prompt_tokens=512)
    reply["system_fingerprint"] = "b1"
    server = native_server(serve, {"chat": reply})
    connect(server).create(response_model=User, messages=LONG)
    assert server.counts == {"chat": 1}


def test_images_need_a_model_that_sees(serve, connect):
    messages = [{"role": "user", "content": [{"type": "text", "text": "what"}, IMAGE]}]
    for capabilities, sees in ((["completion"], False), (["completion", "vision"], True)):
        server = native_server(serve, {"show": Raw(200, {"capabilities": capabilities}), "chat": JASON})
        client = connect(server)
        if client.library == "ollama":
            messages = [{"role": "user", "content": "what", "images": ["AA=="]}]
        for _ in range(2):
            if sees:
                assert client.create(response_model=User, messages=messages).age == 25
            else:
                with pytest.raises(errors.CapabilityError, match="takes no images"):
                    client.create(response_model=User, messages=messages)
        assert server.counts["show"] == 1
