"""The script of a fake Ollama: the next answer, and the information that it takes from a request. No I/O."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Union, cast

from . import _checks, _eras
from ._answers import Answer, Error, Named, Raw
from ._bodies import PIECE
from ._examples import example_text

Script = Union[Sequence[Any], Callable[[dict[str, Any]], Any]]
"""Answers in their order, or a function of each request's body."""


class Cue:
    """Where a script stands.

    Attributes:
        failing: Faults that come before the script goes on.
        taken: How many of its answers were taken.
    """

    def __init__(self) -> None:
        self.failing: deque[Named] = deque()
        self.script: Script = ()
        self.taken = 0

    def begin(self, script: Script | str) -> None:
        """Begin a script; a single answer stands for a script of one."""
        single = isinstance(script, (str, Mapping, Named, Answer, Raw, Error))
        self.script = (script,) if single else script
        self.taken = 0

    def take(self, body: dict[str, Any]) -> Any:
        """The next answer; the script advances."""
        if self.failing:
            return self.failing.popleft()
        given = self.peek(body)
        self.taken += 1
        return given

    def peek(self, body: Mapping[str, Any]) -> Any:
        """The next answer, ignoring faults."""
        if callable(self.script) or not self.script:
            return plainest(body)
        return self.script[min(self.taken, len(self.script) - 1)]

    def spoilt(self, body: Mapping[str, Any]) -> str:
        """The text that a fault modifies: the next answer, if it is a text."""
        given = self.peek(body)
        if given is None or isinstance(given, (Named, Raw, Error, Mapping)):
            return plainest(body)
        return given.text if isinstance(given, Answer) else text_of(given)

    @property
    def is_down(self) -> bool:
        """Whether a refused connection is next."""
        given = self.failing[0] if self.failing else self.peek({})
        return isinstance(given, Named) and given.name == "refused"

    def recover(self) -> None:
        """Leave out the faults and the refusal that is next."""
        self.failing.clear()
        self.taken += self.is_down


def plainest(body: Mapping[str, Any]) -> str:
    """The plainest answer that fits a request."""
    holder = body.get("response_format")
    any_object = isinstance(holder, dict) and cast("dict[str, Any]", holder).get("type") == "json_object"
    if any_object or body.get("format") == "json":
        return "{}"
    return example_text(_checks.schema_of(body))


def text_of(given: Any) -> str:
    """A text as it is; a Pydantic object, or anything else, as JSON."""
    if isinstance(given, str):
        return given
    dump = getattr(given, "model_dump_json", None)
    return str(dump()) if callable(dump) else json.dumps(given)


def rendered(body: Mapping[str, Any]) -> str:
    """The conversation as one text, a line for each message."""
    lines = [str(body["prompt"])] if body.get("prompt") else []
    for message in cast("list[dict[str, Any]]", body.get("messages") or []):
        content = message.get("content")
        parts = cast("list[dict[str, Any]]", content) if isinstance(content, list) else [{"text": content}]
        texts = [str(part.get("text", "")) for part in parts]
        lines.append(f"[{message.get('role')}] {' '.join([*texts, *filter(None, [message.get('thinking')])])}")
    return "\n".join(lines)


def arrived(body: Mapping[str, Any], window: int, version: str) -> int:
    """How many tokens of a prompt the model sees.

    Whole messages are dropped first, the oldest first, all but system messages and the last one; what does not fit
    then loses its oldest tokens, or about half of the window's on newer servers.
    """
    messages = _split(cast("list[dict[str, Any]]", body.get("messages") or []))
    tokens = counted(body)
    dropped = 0
    while tokens > window and dropped < len(messages) - 1:
        dropped += 1
        kept = [one for one in messages[:dropped] if one.get("role") == "system"] + messages[dropped:]
        tokens = counted({"messages": kept})
    if tokens <= window:
        return tokens
    return window // 2 + 3 if _eras.has(version, "llama-server") else window


def counted(body: Mapping[str, Any]) -> int:
    """The tokens of a whole prompt."""
    return len(rendered(body)) // PIECE + 1


def _split(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages, each part of a content list as one of its own, as the server takes them."""
    found: list[dict[str, Any]] = []
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            found += ({**message, "content": [part]} for part in cast("list[Any]", content))
        else:
            found.append(message)
    return found


def shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
