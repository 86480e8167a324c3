"""`Exchange`: one call's conversation, from the first request to the value or the error.

Sans-IO: `attempt()` is a generator that yields calls for a driver to make (`driver`) and is sent their results.
No client, no await, no tenacity here; what a request looks like on the wire is the adapter's business.
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

WARMER = 0.4
"""Added to the temperature when the model repeats a rejected answer word for word; 1.0 is the most."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """Our own keywords of one call, settled.

    Attributes:
        known: What was learnt about the server; shared by all calls of a client.
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
        rejections: Rejected answers so far.
        vetoed: True when no further answer is to be asked for: the caller's validation hook has said so, or the model
            gives a value again that the messages state and the type forbids.
        deadline: How long the call may take.
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
        """`free` names what the caller has left open and the conversation may set: temperature, thinking."""
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

    # What the driver asks for -------------------------------------------------------------------------------

    def attempt(self) -> Generator[Step, Any, T]:
        """One attempt: request, reply, value. Sends more than one request only where the first cannot count.

        Raises:
            AttemptFailed: The server's fault or a rejected answer, with what follows.
            Exception: Anything else ends the call.
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
            # Not inside `except`: the context of what a hook raises would be this error and not the hook's own.
            rejection = without_values(rejected, self._target)
            if rejection is not rejected:
                rejection.__cause__ = rejected.__cause__
            verdict = yield from self._reject(reply, seconds, rejection)
            raise AttemptFailed(rejection, verdict)

    def scheduled(self, failed: AttemptFailed | None, wait: float) -> Generator[Step, Any, None]:
        """Before a further request: tell the hooks. None is failed where the caller's tenacity object goes on."""
        error = None if failed is None else failed.error
        transient = failed is not None and failed.verdict == "retry"
        logger.info("%s: retry in %.1f s (%s)", self._model, wait, type(error).__name__)
        yield from self._sender.tell(RetryScheduled(self._sender.number + 1, error, wait, transient))
        if self._options.on_retry is not None:
            yield functools.partial(self._options.on_retry, self.rejections + self.transients, error)

    def gave_up(self, error: Exception, verdict: Verdict = "raise") -> Generator[Step, Any, Exception]:
        """The error to raise for the one that ended the attempts."""
        final = self._final(error, verdict)
        yield from self._sender.tell(GaveUp(final, tuple(self._attempts), self.usage, self.deadline.seconds))
        return final

    @property
    def transients(self) -> int:
        """Transient faults of the server so far."""
        return self._sender.transients

    @property
    def usage(self) -> Usage:
        """Tokens over all attempts so far."""
        return functools.reduce(Usage.__add__, (attempt.usage for attempt in self._attempts), Usage())

    @property
    def completion(self) -> Any:
        """The last reply as it came."""
        return self._sender.completion

    def deadline_error(self, fault: Exception | None = None) -> Exception:
        """The error for a deadline that has passed, or passes before the server's fault may be over."""
        bounded = bool(self._adapter.max_tokens)
        return deadline_error(self._target, self._model, self._attempts, self.deadline.allowed, fault, bounded=bounded)

    def extraction(self, value: T) -> Extraction[T]:
        """The value with how it came about."""
        return Extraction(value, self.completion, tuple(self._attempts), self.usage, self.deadline.seconds)

    # The conversation ---------------------------------------------------------------------------------------

    def _read(self, reply: Reply) -> Generator[Step, Any, tuple[T, tuple[str, ...]]]:
        """The value of a reply whose prompt and answer are whole, and the repairs to its text."""
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
        """A thinking model that never came to its answer is asked at once again, told to think less."""
        if reply.text.strip() or not reply.reasoning or self._next.thinking or "thinking" not in self._free:
            return False
        self._next.thinking = _least_thinking(self._model)
        return True

    def _ask_unaltered(self, reply: Reply) -> str | None:
        """What the grammar or a stated limit has altered in a valid answer; the next request leaves that out."""
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
        """Send the same request with a grammar that alters no value, or else without any."""
        request = self._next
        if request.schema is None or self._is_open:
            request.schema, request.constrained, request.logprobs = None, False, False
        else:
            self._open()

    def _drop_limits(self) -> None:
        """Begin again with a prompt and a grammar that state no limits of numbers; Pydantic goes on validating them."""
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
        if isinstance(error, IncompleteAnswerError) and (self._next.temperature is None or not reply.looped):
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
        # What the model repeated it would go on repeating: it sees the beginning of the conversation alone.
        telling = text and not isinstance(error, IncompleteAnswerError)
        request.messages = [*self._opening, *reask(text, error, self._target)] if telling else self._opening
        if request.temperature is not None and (repeated or reply.looped or not text):
            request.temperature = min(1.0, request.temperature + WARMER)
        if request.schema is not None and "thinking" in self._free and not reply.looped and is_no_json(error):
            # The grammar was not in force: so it is with a thinking model that answers without thinking.
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
    """gpt-oss cannot do without thinking: with "none" its answer comes back empty."""
    return "low" if "gpt-oss" in model else "none"
