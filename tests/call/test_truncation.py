"""The rule: when a count leaves it open that the prompt was truncated."""

from __future__ import annotations

import pytest

from instructor_ollama._call.known import ModelFacts
from instructor_ollama._call.truncation import (
    Part,
    Prompt,
    Size,
    may_be_truncated,
    may_be_truncated_somewhere,
    parts_of,
)

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
RAIN = "It rains. "
CHINESE = "委员会星期二开会讨论河上新桥的建设。"


def user(text):
    return {"role": "user", "content": text}


@pytest.mark.parametrize(
    ("sizes", "seen", "window", "expected"),
    [
        ([900], 300, 1024, False),  # cannot have more tokens than the window
        ([2000], 511, 1024, False),  # one message loses about half of the window, not more
        ([2000], 515, 1024, True),
        ([2000], 1024, 1024, True),
        ([2000], 0, 1024, True),  # not counted
        ([300] * 10, 300, 1024, False),  # no message is large enough to have been dropped
        ([800, 300], 200, 1024, False),  # with the dropped one they would have fitted
        ([800, 300], 250, 1024, True),
        ([800, 300], 350, 1024, False),  # what remains then has fewer tokens
        ([300, 800, 300], 250, 1024, True),  # the second is dropped as well
    ],
)
def test_a_known_window(sizes, seen, window, expected):
    sizes = [Size(size) for size in sizes]
    assert may_be_truncated(sizes, sum(size.most for size in sizes), seen, window) is expected


def test_system_messages_are_never_dropped():
    sizes = [Size(900, is_system=True), Size(300)]
    assert not may_be_truncated(sizes, 1200, 250, 1024)


@pytest.mark.parametrize(
    ("seen", "expected"), [(1026, True), (1027, True), (1036, True), (2048, True), (1100, False), (1900, False)]
)
def test_an_unknown_window(seen, expected):
    assert may_be_truncated_somewhere([Size(9000)], 9000, seen) is expected


def test_an_unknown_window_of_a_history():
    turns = [Size(40)] * 60
    assert may_be_truncated_somewhere(turns, 2400, 1000)
    assert not may_be_truncated_somewhere(turns, 2400, 1200)


def test_parts_are_messages():
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, IMAGE, "b"]},
        {"role": "user", "content": "c", "images": ["AA=="]},
        {"role": "assistant", "content": None},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
    ]
    parts = parts_of(messages)
    assert parts[:3] == [Part("s", is_system=True), Part("a"), Part("", is_image=True)]
    assert parts[3:7] == [Part("b"), Part("c"), Part("", is_image=True), Part("")]
    assert "arguments" in parts[7].text


def doubtful(messages, seen, window, facts=None):
    return Prompt(messages).is_doubtful(seen, window, facts or ModelFacts())


def test_prompts_with_a_known_window():
    rain = [user(RAIN * 500)]  # 5,000 characters, 1,500 tokens in most tokenizers
    assert not doubtful(rain, 1500, 8192)
    assert doubtful(rain, 1500, 2048)
    assert not doubtful(rain, 1500, 3400)
    assert doubtful(rain, 200, 8192)  # the window must have become smaller


def test_what_was_learnt_spares_doubts():
    facts, messages = ModelFacts(), [user(CHINESE * 60), user("What is it?")]
    assert doubtful(messages, 750, 1024, facts)
    Prompt([user(CHINESE * 10)]).teach(facts, 125)
    assert not doubtful(messages, 750, 1500, facts)
    assert doubtful(messages, 750, 1024, facts)
    assert doubtful(messages, 100, 1500, facts)  # three times as dense as what was learnt


def test_nothing_is_learnt_where_the_count_says_nothing():
    facts = ModelFacts()
    for messages, seen in (([user(RAIN * 50)], 0), ([user("hi")], 9), ([user([IMAGE, {"text": RAIN * 50}])], 900)):
        Prompt(messages).teach(facts, seen)
    assert facts.samples == 0


def test_prompts_with_an_unknown_window():
    wordy = [user("Considerable precipitation overwhelmed neighbourhoods. " * 160)]
    assert not doubtful(wordy, 1700, None)
    assert doubtful(wordy, 2048, None)
    assert doubtful(wordy, 1026, None)
    assert doubtful(wordy, 700, None)
    assert not doubtful(wordy, 0, None)
    assert doubtful([user(RAIN * 3000)], 0, None)  # more than a usual window, and not counted


def test_an_image_may_have_any_size():
    messages = [user([IMAGE, {"type": "text", "text": RAIN * 100}])]
    facts = ModelFacts(own_system=0)
    assert doubtful(messages, 310, 4096, facts)  # the text alone
    assert not doubtful(messages, 900, 4096, facts)


def test_what_the_modelfile_adds_is_part_of_the_prompt():
    messages = [user("Considerable precipitation overwhelmed neighbourhoods. " * 40), user("Who is it?")]
    assert not doubtful(messages, 300, 1024, ModelFacts(own_system=0))
    assert doubtful(messages, 300, 1024)  # not read yet
    assert doubtful(messages, 300, 1024, ModelFacts(own_system=300))
    assert doubtful([user("Who is it?")], 900, 1024, ModelFacts(own_system=0, own_messages=1200))
