"""The caller's messages: what is accepted, and what is refused by the place where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from instructor_ollama._prompt.messages import messages_of
from instructor_ollama.errors import UsageError


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a", "a"),
        (None, None),
        ([], []),
        (["a"], "a"),
        (("a", "b"), "a\n\nb"),
        (["a", {"type": "text", "text": "b"}], [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
        (
            [{"type": "image_url", "image_url": {"url": "data:"}}],
            [{"type": "image_url", "image_url": {"url": "data:"}}],
        ),
    ],
)
def test_contents_that_are_accepted(content: Any, expected: Any) -> None:
    message = {"role": "user", "content": content}
    assert messages_of([message]) == [{"role": "user", "content": expected}]
    assert message == {"role": "user", "content": content}


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool", "control", "document 1"])
def test_roles_that_are_accepted(role: str) -> None:
    assert messages_of([{"role": role, "content": "x"}]) == [{"role": role, "content": "x"}]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"content": "x"}, r"messages\[1\] has no role"),
        ({"role": None, "content": "x"}, r"messages\[1\] has no role"),
        ({"role": "usr", "content": "x"}, r"messages\[1\] has the unknown role 'usr': did you mean 'user'\?"),
        ({"role": "System", "content": "x"}, r"messages\[1\] .*did you mean 'system'\?"),
        ({"role": "human", "content": "x"}, r"messages\[1\] .*expected one of system, "),
        ({"role": 5, "content": "x"}, r"messages\[1\] has the unknown role 5"),
        ({"role": "user", "content": {"text": "x"}}, r"messages\[1\] has a content of type dict"),
        ({"role": "user", "content": 5}, r"messages\[1\] has a content of type int"),
        ({"role": "user", "content": b"x"}, r"messages\[1\] has a content of type bytes"),
        ({"role": "user", "content": [5]}, r"messages\[1\]\.content\[0\] is of type int"),
        ({"role": "user", "content": [{"text": "x"}]}, r"messages\[1\]\.content\[0\] has no type"),
        ({"role": "user", "content": [{"type": "text"}]}, r"messages\[1\]\.content\[0\] has a text of type NoneType"),
        ("hi", r"messages\[1\] is 'hi'"),
        (("user", "hi"), r"messages\[1\] is \('user', 'hi'\)"),
        ({"role": "user", "content": "a\ud83d"}, r"messages\[1\] has a lone surrogate at character 1"),
        ({"role": "user", "content": ["a", "\udc00"]}, r"messages\[1\] has a lone surrogate"),
        ({"role": "user", "content": [{"type": "text", "text": "\udc00"}]}, r"messages\[1\]\.content\[0\] has a lone"),
    ],
)
def test_a_message_that_is_refused_is_named(message: Any, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        messages_of([{"role": "user", "content": "a"}, message])
