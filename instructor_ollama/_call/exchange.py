"""`Exchange`: the conversation of one call, from the first request to the value or the error.

Sans-IO: `attempt()` is a generator that yields calls and is sent their results by the driver (`driver`).
Knows no client, no await and no tenacity; the adapter builds the requests.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import pydantic

from .._clients.adapter import NextRequest
from .._prompt.messages import reask, schema_text, with_schema
from .._reply.masking import is_secret, without_values
from .._reply.reply import Reply, is_no_json, parsed, read_value
from .._reply.scan import readable
from ..errors import AnswerError, IncompleteAnswerError
from ..events import AnswerRejected, Attempt, Extracted, Extraction, GaveUp, RetryScheduled, Usage
from ..events._rendering import HiddenText
from .context_guard import ContextGuard
from .deadline import Deadline
from .failure import AttemptFailed
from .outcome import deadline_error, final_error
from .sender import Sender
from .value_guard import ValueGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from .._clients.adapter import Adapter, Step
    from .._prompt.messages import SchemaPrompt
    from .._schema.target import Target
    from .._server.fault_table import Verdict
    from ..events import AsyncHook
    from .known import Known

T = TypeVar("T")

logger = logging.getLogger("instructor_ollama")

RETRY_TEMPERATURE_STEP = 0.4
"""Added to the temperature when the model repeats a rejected answer word for word; 1.0 is the most."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """Resolved options of one call.

    Attributes:
        known: Facts about the server; shared by all calls of a client.
    """

    constrain: Literal["schema", "limits", "json"]
    schema_prompt: SchemaPrompt
    validation_hook: Callable[..., Any] | None
    hooks: tuple[AsyncHook, ...]
    on_retry: Callable[..., Any] | None
    context: Any
    strict: bool | None
    deadline: float | None
    known: Known


class Exchange(Generic[T]):
    """The conversation of one call.

    Attributes:
        rejections: Number of rejected answers.
        vetoed: True if there must be no further retry: the caller's validation hook returned False, or the model
            repeated a value that the messages state and the type forbids.
        deadline: The deadline of the call.
    """

    __slots__ = (
        "_adapter",
        "_asked",
        "_attempts",
        "_free",
        "_guard",
        "_hook_returned_none",
        "_is_open",
        "_model",
        "_next",
        "_opening",
        "_options",
        "_sender",
        "_target",
        "_values",
        "deadline",
        "rejections",
        "vetoed",
    )

    def __init__(
        self,
        target: Target[T],
        adapter: Adapter,
        messages: Sequence[Mapping[str, Any]],
        options: CallOptions,
        *,
        model: str,
        free: frozenset[str] = frozenset(("temperature", "thinking")),
    ) -> None:
        """`free` names the parameters that the caller did not set: temperature, thinking."""
        self.rejections = 0
        self.vetoed = False
        self.deadline = Deadline(options.deadline)
        self._hook_returned_none = False
        self._is_open = False
        self._target = target
        self._adapter = adapter
        self._options = options
        self._model = model
        self._free = free
        self._asked = messages
        self._attempts: list[Attempt] = []
        self._opening = with_schema(messages, _schema_text(target, options.schema_prompt))
        self._next = self._first_request()
        self._guard = ContextGuard(adapter, model, options.known)
        self._values = ValueGuard(messages)
        self._sender = Sender(adapter, model, options.known, self.deadline, options.hooks, self.deadline_error)

    def _first_request(self) -> NextRequest:
        known, target = self._options.known, self._target
        constrained = not known.holds("format", self._model)
        enforced = constrained and self._options.constrain != "json" and not known.holds("schema", self._model, target)
        temperature = 0.0 if "temperature" in self._free else None
        return NextRequest(
            messages=self._opening,
            schema=target.wire if enforced else None,
            constrained=constrained,
            temperature=temperature,
            logprobs=enforced and target.restricted and temperature is not None,
        )

    # Called by the driver -----------------------------------------------------------------------------------

    def attempt(self) -> Generator[Step, Any, T]:
        """One attempt: request, reply, value. Sends a second request only if the first one does not count.

        Raises:
            AttemptFailed: A server error or a rejected answer, with its verdict.
        """
        yield from self._guard.check_images(self._opening)
        yield from self._guard.log_loading()
        while True:
            reply, seconds = yield from self._sender.reply(self._next, self._target.name, self._target)
            if self._think_less(reply):
                self._record(reply, seconds, (), AnswerError("the model used its whole token budget for thinking"))
                continue
            try:
                value, repairs = yield from self._read(reply)
                altered = self._ask_unaltered(reply)
                changed = None if altered else self._values.changed(reply, self._target)
                if changed is not None:
                    self.vetoed = True
                    raise changed
            except (pydantic.ValidationError, AnswerError) as error:
                rejected = error
            else:
                if altered:
                    self._record(reply, seconds, repairs, AnswerError(altered))
                    continue
                self._record(reply, seconds, repairs, None)
                if self._options.hooks:
                    event = Extracted(value, tuple(self._attempts), self.usage, self.deadline.seconds)
                    yield from self._sender.tell(event)
                return value
            # Not inside `except`: an exception raised by a hook must not get this error as its context.
            rejection = without_values(rejected, self._target)
            if rejection is not rejected:
                rejection.__cause__ = rejected.__cause__
            verdict = yield from self._reject(reply, seconds, rejection)
            raise AttemptFailed(rejection, verdict)

    def scheduled(self, failed: AttemptFailed | None, wait: float) -> Generator[Step, Any, None]:
        """Notify the hooks before a retry. `failed` is None if the caller's tenacity object retries a valid result."""
        error = None if failed is None else failed.error
        transient = failed is not None and failed.verdict == "retry"
        logger.info("%s: retry in %.1f s (%s)", self._model, wait, type(error).__name__)
        yield from self._sender.tell(RetryScheduled(self._sender.number + 1, error, wait, transient))
        if self._options.on_retry is not None:
            yield functools.partial(self._options.on_retry, self.rejections + self.transients, error)

    def gave_up(self, error: Exception, verdict: Verdict = "raise") -> Generator[Step, Any, Exception]:
        """The exception to raise after the last attempt."""
        final = self._final(error, verdict)
        yield from self._sender.tell(GaveUp(final, tuple(self._attempts), self.usage, self.deadline.seconds))
        return final

    @property
    def transients(self) -> int:
        """Number of transient server errors."""
        return self._sender.transients

    @property
    def usage(self) -> Usage:
        """Tokens used by all attempts."""
        return functools.reduce(Usage.__add__, (attempt.usage for attempt in self._attempts), Usage())

    @property
    def completion(self) -> Any:
        """The last reply, unchanged."""
        return self._sender.completion

    def deadline_error(self, fault: Exception | None = None) -> Exception:
        """The error for a deadline that has passed, or that passes before the next attempt."""
        bounded = bool(self._adapter.max_tokens)
        return deadline_error(self._target, self._model, self._attempts, self.deadline.allowed, fault, bounded=bounded)

    def extraction(self, value: T) -> Extraction[T]:
        """The value with its attempts."""
        return Extraction(value, self.completion, tuple(self._attempts), self.usage, self.deadline.seconds)

    def _read(self, reply: Reply) -> Generator[Step, Any, tuple[T, tuple[str, ...]]]:
        """The value of a reply and the repairs to its text, if prompt and answer were not truncated."""
        goes_on = self._next.messages is not self._opening
        yield from self._guard.check_prompt(reply, self._next.messages, goes_on=goes_on)
        found = read_value(
            reply,
            self._target,
            strict=self._options.strict,
            context=self._options.context,
            max_tokens=self._adapter.max_tokens,
        )
        yield from self._guard.check_answer(reply)
        return found

    def _think_less(self, reply: Reply) -> bool:
        """Send the request again with less thinking, if a thinking model used its whole budget before the answer."""
        if reply.text.strip() or not reply.reasoning or self._next.thinking or "thinking" not in self._free:
            return False
        self._next.thinking = _least_thinking(self._model)
        return True

    def _ask_unaltered(self, reply: Reply) -> str | None:
        """Detect a value that the grammar or a stated limit altered; the next request omits that constraint."""
        request, target = self._next, self._target
        if request.constrained:
            by_choice = request.logprobs and request.temperature == 0.0
            altered = self._values.altered(reply, target, by_choice=by_choice)
            if altered is not None:
                self._loosen()
                return altered
        if not target.limited or self._is_open or self._options.constrain == "limits":
            return None
        shortened = self._values.shortened(reply, target)
        if shortened is not None:
            self._drop_limits()
        return shortened

    def _loosen(self) -> None:
        """Send the same request with a grammar that alters no value, or without a grammar."""
        request = self._next
        if request.schema is None or self._is_open:
            request.schema, request.constrained, request.logprobs = None, False, False
        else:
            self._open()

    def _drop_limits(self) -> None:
        """Restart with a prompt and a grammar without numeric limits; Pydantic still validates them."""
        self._open()
        self._opening = with_schema(self._asked, _schema_text(self._target, self._options.schema_prompt))
        self._next.messages = self._opening

    def _open(self) -> None:
        request = self._next
        self._is_open, request.logprobs = True, False
        self._target = self._target.opened
        request.schema = None if request.schema is None else self._target.wire

    def _reject(self, reply: Reply, seconds: float, error: Exception) -> Generator[Step, Any, Verdict]:
        attempt = self._record(reply, seconds, (), error)
        if reply.completion is None:
            return "raise"
        if isinstance(error, IncompleteAnswerError) and (
            self._next.temperature is None or not reply.is_repetition_loop
        ):
            return "raise"  # the next one would be truncated as well
        repeated = any(earlier.answer == attempt.answer for earlier in self._attempts[:-1])
        self.rejections += 1
        self.vetoed = self._values.note(error) or self.vetoed
        yield from self._sender.tell(AnswerRejected(attempt, error))
        if self._options.validation_hook is not None:
            answered = parsed(reply.text)
            value = reply.text if answered is None else self._target.own_value(answered)
            goes_on = yield functools.partial(self._options.validation_hook, value, self.rejections, error)
            self._hook_returned_none = goes_on is None
            self.vetoed = self.vetoed or not goes_on
        self._prepare_next(reply, error, repeated=repeated)
        return "reject"

    def _prepare_next(self, reply: Reply, error: Exception, *, repeated: bool) -> None:
        request = self._next
        text = readable(reply.text.strip())
        # Do not show the model its own loop: it would continue it.
        telling = text and not isinstance(error, IncompleteAnswerError)
        request.messages = [*self._opening, *reask(text, error, self._target)] if telling else self._opening
        if request.temperature is not None and (repeated or reply.is_repetition_loop or not text):
            request.temperature = min(1.0, request.temperature + RETRY_TEMPERATURE_STEP)
        may_think = "thinking" in self._free and not reply.is_repetition_loop
        if request.schema is not None and may_think and is_no_json(error):
            # not enforced: a thinking model that answers without thinking
            request.thinking = _least_thinking(self._model)

    def _record(self, reply: Reply, seconds: float, repairs: tuple[str, ...], error: Exception | None) -> Attempt:
        number = len(self._attempts) + 1
        text = HiddenText(reply.text) if is_secret(self._target) else reply.text
        attempt = Attempt(number, text, repairs, error, reply.finish_reason, reply.usage, seconds)
        self._attempts.append(attempt)
        return attempt

    def _final(self, error: Exception, verdict: Verdict) -> Exception:
        if self.deadline.ran_out and verdict in ("retry", "reject"):
            final = self.deadline_error(error if verdict == "retry" else None)
        else:
            final = final_error(
                self._target,
                self._model,
                self._attempts,
                error,
                rejected=verdict == "reject",
                stop=self._adapter.stop,
                hook_returned_none=self._hook_returned_none,
            )
        if isinstance(final, AnswerError):
            final.attempts, final.usage, final.completion = tuple(self._attempts), self.usage, self.completion
            final.request = self._sender.request
        if final is not error:
            final.__cause__ = error
        return final


@functools.lru_cache(maxsize=512)
def _types_text(target: Target[Any], style: Literal["types", "json-schema"]) -> str:
    return schema_text(target, style)


def _schema_text(target: Target[Any], style: SchemaPrompt) -> str:
    return schema_text(target, style) if callable(style) else _types_text(target, style)


def _least_thinking(model: str) -> Literal["none", "low"]:
    """The lowest thinking level; gpt-oss returns an empty answer with "none"."""
    return "low" if "gpt-oss" in model else "none"
