"""The context guard: when to suspect that the server has cut the prompt, and what confirms it. Sans-IO.

Ollama drops the oldest messages, or the middle of the last one, without a word (F3.5, F4.2). What it tells is how many
tokens the model saw. Where that is suspicious, the native endpoint is asked for one token of the same prompt with
`truncate: false`, which it refuses when the prompt does not fit.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ._adapter import Asking
from .errors import CapabilityError, PromptTruncatedError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from ._adapter import Adapter, Step
    from ._reading import Reply
    from .events import Usage

MOST_CHARACTERS = 5.5
"""Characters a token stands for at most on average in ordinary text; more of them make a prompt suspicious."""

ROUND = 256
"""Windows are multiples of this. Suspicious is a prompt of exactly a window's length, or one less (to Ollama 0.30.10),
or of half a window and 3 (since; seen for windows of 128, 512 and 4096)."""

LONG_ANSWER = 512
"""Tokens of an answer from which on it is worth a look whether the window was full while it was written."""

_REMEDY = (
    "Shorten the messages, or widen the window: `ensure_context(client, model, num_ctx)`, PARAMETER num_ctx in the "
    "Modelfile, or OLLAMA_CONTEXT_LENGTH on the server."
)
_OVERFLOW = re.compile(r"context (?:length|size|window)|exceed_context_size", re.IGNORECASE)
_WINDOW = re.compile(r"context size \((\d+) tokens\)|n_ctx\D{1,4}(\d+)|maximum context length \((\d+)")
_NEEDED = re.compile(r"request \((\d+) tokens\)|n_prompt_tokens\D{1,4}(\d+)|input length \((\d+)")


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt of models, by name.

    Attributes:
        windows: Their context windows in tokens; None where `/api/ps` does not tell.
        sighted: Whether they take images.
    """

    windows: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    sighted: dict[str, bool] = field(default_factory=dict[str, bool])


class Lookout:
    """Over one conversation: is what was sent what the model saw?"""

    __slots__ = ("_adapter", "_first", "_known", "_model")

    def __init__(self, adapter: Adapter, model: str, known: Known) -> None:
        """`known` keeps what is learnt of models, for all calls of a client."""
        self._adapter = adapter
        self._model = model
        self._known = known
        self._first: int | None = None

    def over_images(self, messages: Sequence[Mapping[str, Any]]) -> Generator[Step, Any, None]:
        """Make sure that the model takes images, where there is one: Ollama 0.24 drops them without a word (F11).

        Raises:
            CapabilityError: It does not.
        """
        if not any(has_image(message) for message in messages):
            return
        if self._model not in self._known.sighted:
            with contextlib.suppress(Exception):
                shown = yield Asking(self._adapter.native, "POST", "/api/show", {"model": self._model})
                self._known.sighted[self._model] = "vision" in shown.get("capabilities", ("vision",))
        if not self._known.sighted.get(self._model, True):
            raise CapabilityError(
                f"{self._model!r} takes no images, and Ollama may drop them and let the model invent an answer. "
                "Use a vision model (`ollama show NAME` lists capabilities)."
            )

    def over_prompt(
        self, reply: Reply, messages: Sequence[Mapping[str, Any]], *, again: bool
    ) -> Generator[Step, Any, None]:
        """Make sure that the prompt arrived whole, where the server's count of it is suspicious.

        Args:
            reply: With the count.
            messages: What was sent.
            again: Whether these repeat the first request's and go on.

        Raises:
            PromptTruncatedError: It did not.
        """
        if not reply.from_ollama or not self._adapter.cuts_silently:
            return
        body = None
        if suspicious(messages, reply.usage, self._first if again else None):
            body = probe(self._model, messages)
        if self._first is None:
            self._first = reply.usage.prompt_tokens
        if body is None:
            return
        try:
            yield Asking(self._adapter.native, "POST", "/api/chat", body)
        except Exception as error:
            refusal = self._adapter.fault(error)
            if refusal is not None and is_overflow(refusal.detail):
                window = yield from self._window()
                raise cut_prompt(refusal.detail, self._model, reply.usage, window) from None

    def over_answer(self, reply: Reply) -> Generator[Step, Any, None]:
        """Make sure that the window was not full while a long answer was written.

        Raises:
            PromptTruncatedError: It was, and the server went on without the prompt.
        """
        usage = reply.usage
        if usage.completion_tokens < LONG_ANSWER or not reply.from_ollama or not self._adapter.cuts_silently:
            return
        window = yield from self._window()
        if window is not None and usage.total_tokens >= window:
            raise cut_while_writing(self._model, usage, window)

    def _window(self) -> Generator[Step, Any, int | None]:
        """The model's context window, asked for once a client and model."""
        windows = self._known.windows
        if self._model not in windows:
            with contextlib.suppress(Exception):
                running = yield Asking(self._adapter.native, "GET", "/api/ps")
                windows[self._model] = window_of(running, self._model)
        return windows.get(self._model)


def suspicious(messages: Sequence[Mapping[str, Any]], usage: Usage, earlier: int | None) -> bool:
    """Whether a prompt may not have arrived whole.

    Args:
        messages: What was sent.
        usage: What the server counted; nothing is suspicious without a count.
        earlier: Prompt tokens of the call's first request, when this one repeats it and goes on; else None.
    """
    seen = usage.prompt_tokens
    if not seen:
        return False
    if earlier is not None and seen <= earlier:
        return True
    full, half = (seen + 1) % ROUND < 2, (seen - 3) % (ROUND // 2) == 0
    return full or half or _characters(messages) > MOST_CHARACTERS * seen


def probe(model: str, messages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The body for `/api/chat` that is refused when the prompt does not fit; None where images make it unsure."""
    native: list[dict[str, str]] = []
    for message in messages:
        content = message.get("content") or ""
        parts: list[Any] = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
        if any(part.get("type") != "text" for part in parts):
            return None
        native += [{"role": message["role"], "content": part.get("text", "")} for part in parts]
    return {
        "model": model,
        "messages": native,
        "stream": False,
        "truncate": False,
        "options": {"num_predict": 1},
    }


def is_overflow(detail: str) -> bool:
    """Whether the server refuses a probe because the prompt does not fit."""
    return bool(_OVERFLOW.search(detail))


def cut_prompt(detail: str, model: str, usage: Usage, window: int | None) -> PromptTruncatedError:
    """The error for a prompt that was cut.

    Args:
        detail: The server's words when it refused the probe.
        model: The model's name.
        usage: Of the reply to the cut prompt.
        window: The model's context window, where `/api/ps` tells it.
    """
    window, needed = _number(_WINDOW, detail) or window, _number(_NEEDED, detail)
    return PromptTruncatedError(
        f"the server cut the prompt: {model!r} saw {usage.prompt_tokens} tokens"
        + (f" of {needed}" if needed else "")
        + (f"; its context window holds {window}" if window else "; the prompt does not fit into its context window")
        + f". The oldest messages go first. {_REMEDY}",
        context_length=window,
        prompt_tokens=usage.prompt_tokens,
        detail=detail,
    )


def cut_while_writing(model: str, usage: Usage, window: int) -> PromptTruncatedError:
    """The error for an answer during which the window was full, so that the server forgot the prompt."""
    return PromptTruncatedError(
        f"the context window of {model!r} ({window} tokens) was full while it wrote: {usage.prompt_tokens} tokens of "
        f"prompt and {usage.completion_tokens} of answer. The server then goes on without the prompt. {_REMEDY}",
        context_length=window,
        prompt_tokens=usage.prompt_tokens,
    )


def window_of(running: Any, model: str) -> int | None:
    """The window of a loaded model in what `/api/ps` answers; None when it is not there."""
    if not isinstance(running, dict):
        return None
    for row in cast("dict[str, Any]", running).get("models") or ():
        name = row.get("name")
        if name in (model, f"{model}:latest") and isinstance(row.get("context_length"), int):
            return cast("int", row["context_length"])
    return None


def has_image(message: Mapping[str, Any]) -> bool:
    """Whether a message of either API brings an image."""
    content = message.get("content")
    if not isinstance(content, list):
        return bool(message.get("images"))
    return any(part.get("type") == "image_url" for part in cast("list[dict[str, Any]]", content))


def _characters(messages: Sequence[Mapping[str, Any]]) -> int:
    total = 0
    for message in messages:
        content = message.get("content")
        if isinstance(content, str):
            total += len(content)
        elif isinstance(content, list):
            total += sum(len(part.get("text") or "") for part in cast("list[dict[str, Any]]", content))
    return total


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return None if match is None else int(next(group for group in match.groups() if group))
