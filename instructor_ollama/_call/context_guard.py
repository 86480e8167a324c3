"""Detects prompts that the server truncated. Sans-IO.

Ollama silently truncates a prompt that does not fit into the context window (docs/ollama-behavior.md, "Context window")
and reports how many tokens the model saw. If that number and the sizes of the messages are inconclusive (`truncation`),
`/api/chat` generates one token of the same prompt with `truncate: false`, which it refuses if the prompt does not
fit.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
import warnings
from typing import TYPE_CHECKING, Any, cast

from .._clients.adapter import ServerStep
from .._clients.warnings import callers_level
from ..errors import (
    CapabilityError,
    DeadlineExceededError,
    ModelNotFoundError,
    PromptTruncatedError,
    UnverifiedPromptWarning,
)
from .known import SAMPLES
from .truncation import DENSE, UNCOUNTED, Prompt

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from .._clients.adapter import Adapter, Step
    from .._reply.reply import Reply
    from ..errors import OllamaError
    from ..events import Usage
    from .known import Known

logger = logging.getLogger("instructor_ollama")

SMALL = 256
"""Tokens that fit into any context window; a prompt that cannot have more is not looked into."""

KEPT_LOADED = 300.0
"""Seconds for which Ollama keeps a model loaded by default."""

LOOKUP = 5.0
"""Timeout in seconds for reading the context window."""

_REMEDY = (
    "Shorten the messages, or use a wider context window: `ensure_context(client, model, num_ctx)`, PARAMETER num_ctx "
    "in the Modelfile, or OLLAMA_CONTEXT_LENGTH on the server."
)
_OVERFLOW = re.compile(r"context (?:length|size|window)|exceed_context_size", re.IGNORECASE)
_WINDOW = re.compile(r"context size \((\d+) tokens\)|n_ctx\D{1,4}(\d+)|maximum context length \((\d+)")
_NEEDED = re.compile(r"request \((\d+) tokens\)|n_prompt_tokens\D{1,4}(\d+)|input length \((\d+)")
_REFUSED = (400, 413)
_REMOTE = ("-cloud", ":cloud")
_NOT_THERE = (401, 403, 404, 405, 501)


class ContextGuard:
    """Detects, over one conversation, prompts that the server truncated and images that it dropped."""

    __slots__ = ("_adapter", "_began", "_first", "_known", "_model", "_warned")

    def __init__(self, adapter: Adapter, model: str, known: Known) -> None:
        """`known` keeps what is learnt about models, for all calls of a client."""
        self._adapter = adapter
        self._model = model
        self._known = known
        self._first: int | None = None
        self._began = _now()
        self._warned = False

    def check_images(self, messages: Sequence[Mapping[str, Any]]) -> Generator[Step, Any, None]:
        """Check that the model supports images, if a message has one.

        Ollama 0.24 drops them silently: docs/ollama-behavior.md, "Request errors".

        Raises:
            CapabilityError: It does not.
        """
        known, model = self._known, self._model
        if not any(has_image(message) for message in messages) or known.holds("sighted", model):
            return
        if not known.holds("blind", model):
            shown = yield from self._ask("POST", "/api/show", {"model": model})
            if not isinstance(shown, dict):
                return
            sighted = "vision" in cast("dict[str, Any]", shown).get("capabilities", ("vision",))
            known.note("sighted" if sighted else "blind", model)
            if sighted:
                return
        raise CapabilityError(
            f"{model!r} does not support images; Ollama would drop them silently. "
            "Use a vision model (`ollama show NAME` lists capabilities)."
        )

    def log_loading(self) -> Generator[Step, Any, None]:
        """Log at INFO that the server loads the model first, where it does.

        One GET of `/api/ps`, and only where the log shows it: before the first call to a model, and before one that
        comes after `KEPT_LOADED`.
        """
        if not logger.isEnabledFor(logging.INFO) or self._model.endswith(_REMOTE):
            return
        asked_at, facts = _now(), self._known.model(self._model)
        was_asked, facts.asked_at = facts.asked_at, asked_at
        if was_asked is not None and asked_at - was_asked < KEPT_LOADED:
            return
        running = yield from self._ask("GET", "/api/ps")
        if isinstance(running, dict) and "models" in running and not self._known.note_loaded(self._model, running):
            logger.info("%s: not loaded; the server loads it first, which can take a minute", self._model)

    def check_prompt(
        self, reply: Reply, messages: Sequence[Mapping[str, Any]], *, goes_on: bool
    ) -> Generator[Step, Any, None]:
        """Make sure that the prompt arrived whole, where the server's count of it leaves that open.

        Args:
            reply: With the count.
            messages: What was sent.
            goes_on: Whether these repeat the first request's and go on.

        Raises:
            PromptTruncatedError: It did not, or the server counts fewer tokens than it can have.
        """
        if not self._adapter.truncates_silently or reply.completion is None:
            return
        seen = reply.usage.prompt_tokens
        shrank = goes_on and self._first is not None and 0 < seen <= self._first
        if self._first is None:
            self._first = seen
        prompt = Prompt(messages, reply.reasoning)
        if reply.from_ollama is False:  # such servers refuse what does not fit
            self._check_possible(prompt, reply.usage)
            return
        facts = self._known.model(self._model)
        small = prompt.most <= SMALL and prompt.characters <= DENSE * (seen or SMALL) and not shrank
        if small and facts.samples >= SAMPLES:
            return
        window = None
        if reply.from_ollama and not small:
            window = yield from self._window()
            if window is not None and seen > window:
                window = yield from self._window(since=self._began)
            facts = self._known.model(self._model)
        doubtful = not small and (shrank or prompt.is_doubtful(seen, window, facts))
        if doubtful and window is not None and 2 * seen < window and facts.own_system is None:
            shown = yield from self._ask("POST", "/api/show", {"model": self._model})
            if shown is not None:
                facts.note_shown(shown)
                doubtful = shrank or prompt.is_doubtful(seen, window, facts)
        if doubtful:
            is_whole = yield from self._verify(prompt, reply, messages)
        else:
            is_whole = window is not None or prompt.most <= UNCOUNTED
        if is_whole and (doubtful or facts.samples < SAMPLES):
            prompt.teach(facts, seen)

    def check_answer(self, reply: Reply) -> Generator[Step, Any, None]:
        """Make sure that the context window was not full while the answer was written.

        Raises:
            PromptTruncatedError: It was, and the server went on without the beginning of the prompt.
        """
        total = reply.usage.total_tokens
        if total <= SMALL or not reply.from_ollama or not self._adapter.truncates_silently:
            return
        window = yield from self._window()
        if window is None or total <= window + 1:  # the last token needs no room
            return
        window = yield from self._window(since=self._began)
        if window is not None and total > window + 1:
            raise truncated_while_writing(self._model, reply.usage, window)

    def _verify(
        self, prompt: Prompt, reply: Reply, messages: Sequence[Mapping[str, Any]]
    ) -> Generator[Step, Any, bool]:
        """Ask the server whether the prompt fits; False where it cannot say, and the count alone is not impossible."""
        if not self._known.holds("native"):
            body = probe(self._model, messages, reply.reasoning)
            try:
                answered = yield ServerStep(self._adapter.native, "POST", "/api/chat", body)
            except DeadlineExceededError:
                raise
            except Exception as error:
                fault = self._adapter.fault(error)
                if fault is not None and is_overflow(fault):
                    window = yield from self._window(since=self._began)
                    raise truncated_prompt(fault.detail, self._model, reply.usage, window) from None
                self._note_missing(fault)
            else:
                if isinstance(answered, dict) and "done" in answered:
                    return True
        self._check_possible(prompt, reply.usage)
        if not self._warned:
            self._warned = True
            _warn_unverified(self._model, reply.usage, prompt)
        return False

    def _check_possible(self, prompt: Prompt, usage: Usage) -> None:
        """Raise where the server counts fewer tokens than the prompt has in any tokenizer."""
        seen = usage.prompt_tokens
        if seen == 0 or prompt.characters <= 2 * seen or prompt.fewest <= seen:
            return
        raise PromptTruncatedError(
            f"the server truncated the prompt: it counted {seen} tokens, but {prompt.characters} characters are at "
            f"least {prompt.fewest} in any tokenizer. Oldest messages are dropped first. {_REMEDY}",
            prompt_tokens=seen,
        )

    def _window(self, *, since: float | None = None) -> Generator[Step, Any, int | None]:
        """The model's context window, read from `/api/ps` unless it is known since `since`, or still."""
        facts = self._known.model(self._model)
        if not facts.is_fresh(since):
            running = yield from self._ask("GET", "/api/ps")
            self._known.note_running(self._model, running)
            facts = self._known.model(self._model)
        return facts.window

    def _ask(self, method: str, path: str, body: Any = None) -> Generator[Step, Any, Any]:
        """What Ollama's own API answers; None where it does not."""
        if self._known.holds("native"):
            return None
        try:
            return (yield ServerStep(self._adapter.native, method, path, body, timeout=LOOKUP))
        except DeadlineExceededError:
            raise
        except Exception as error:
            self._note_missing(self._adapter.fault(error))
            return None

    def _note_missing(self, fault: OllamaError | None) -> None:
        """Remember that Ollama's own API is not there, as behind a proxy that serves `/v1` only."""
        if fault is not None and fault.status_code in _NOT_THERE and not isinstance(fault, ModelNotFoundError):
            self._known.note("native")


def probe(model: str, messages: Sequence[Mapping[str, Any]], thinking: str = "") -> dict[str, Any]:
    """The body for `/api/chat` that is refused when the prompt does not fit.

    Args:
        model: The model's name.
        messages: What was sent.
        thinking: What the model thought before its answer.
    """
    native = [one for message in messages for one in _native_messages(message)]
    if thinking:
        native.append({"role": "assistant", "content": "", "thinking": thinking})
    options = {"num_predict": 1}
    return {"model": model, "messages": native, "stream": False, "truncate": False, "options": options}


def is_overflow(fault: OllamaError) -> bool:
    """Whether the server refuses a probe because the prompt does not fit."""
    return fault.status_code in _REFUSED and _OVERFLOW.search(fault.detail) is not None


def truncated_prompt(detail: str, model: str, usage: Usage, window: int | None) -> PromptTruncatedError:
    """The error for a prompt that was truncated.

    Args:
        detail: The server's words when it refused the probe.
        model: The model's name.
        usage: Of the reply to the truncated prompt.
        window: The model's context window, where `/api/ps` tells it.
    """
    window, needed = _number(_WINDOW, detail) or window, _number(_NEEDED, detail)
    return PromptTruncatedError(
        f"the server truncated the prompt: {model!r} saw {usage.prompt_tokens} tokens"
        + (f" of {needed}" if needed else "")
        + (f" (context window {window})" if window else ", the prompt does not fit into its context window")
        + f"; the oldest messages are dropped first. {_REMEDY}",
        context_length=window,
        prompt_tokens=usage.prompt_tokens,
        detail=detail,
    )


def truncated_while_writing(model: str, usage: Usage, window: int) -> PromptTruncatedError:
    """The error for an answer during which the window was full, so that the server dropped the prompt."""
    return PromptTruncatedError(
        f"the context window of {model!r} ({window} tokens) filled up during generation: {usage.prompt_tokens} tokens "
        "of "
        f"prompt and {usage.completion_tokens} of answer. The server then discards the beginning of the prompt. "
        f"{_REMEDY}",
        context_length=window,
        prompt_tokens=usage.prompt_tokens,
    )


def has_image(message: Mapping[str, Any]) -> bool:
    """Whether a message of either API brings an image."""
    content = message.get("content")
    if not isinstance(content, list):
        return bool(message.get("images"))
    return any(part.get("type") == "image_url" for part in cast("list[dict[str, Any]]", content))


def _native_messages(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A message of `/v1` as those of `/api/chat` that the server makes of it, one for each part."""
    role, content = message.get("role"), message.get("content") or ""
    if not isinstance(content, list):
        native = {"role": role, "content": content}
        calls = [_native_call(call) for call in message.get("tool_calls") or ()]
        return [{**native, "tool_calls": calls} if calls else native]
    found: list[dict[str, Any]] = []
    for part in cast("list[Any]", content):
        given = cast("Mapping[str, Any]", part) if isinstance(part, dict) else {"text": str(part)}
        image: Any = given.get("image_url")
        if image is None:
            found.append({"role": role, "content": given.get("text") or ""})
        else:
            url = str(cast("dict[str, Any]", image).get("url") if isinstance(image, dict) else image)
            found.append({"role": role, "content": "", "images": [url.partition(",")[2]]})
    return found


def _native_call(call: Any) -> dict[str, Any]:
    """A tool call of `/v1` as `/api/chat` has it, its arguments decoded."""
    function: Any = call.get("function") or {}
    arguments = function.get("arguments") or "{}"
    with contextlib.suppress(ValueError):
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    return {"function": {"name": function.get("name"), "arguments": arguments}}


def _warn_unverified(model: str, usage: Usage, prompt: Prompt) -> None:
    counted = f"counts {usage.prompt_tokens} tokens" if usage.prompt_tokens else "does not count the tokens"
    warnings.warn(
        f"cannot verify that {model!r} saw the whole prompt: the server {counted} of {prompt.characters} characters, "
        "and Ollama's own API (/api/ps, /api/chat) does not answer at its address. Ollama truncates what does not fit "
        "into the context window; use the server's own address, or a context window that is wide enough.",
        UnverifiedPromptWarning,
        stacklevel=callers_level(),
    )


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return None if match is None else int(next(group for group in match.groups() if group))


def _now() -> float:
    return time.monotonic()
