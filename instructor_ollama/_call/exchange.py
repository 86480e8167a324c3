"""`Exchange`: one call's conversation, from the first request to the value or the error.

Sans-IO: `attempt()` is a generator that yields calls for a driver to make (`_retrying`) and is sent their results.
No client, no await, no tenacity here; what a request looks like on the wire is the adapter's business.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import pydantic

from .._clients.adapter import Asking, Draft
from .._prompt.messages import reask, schema_text, texts_of, with_schema
from .._reply.altered import Alteration, alteration, shown_path
from .._reply.masking import is_secret, without_values
from .._reply.reply import Reply, is_no_json, parsed, read_value
from .._reply.scan import readable
from .._reply.stated import Source, Stated, changed_to_fit, is_written, shortened, stated
from .._server import faults
from ..errors import (
    AnswerError,
    DeadlineExceededError,
    IncompleteAnswerError,
    ModelNotFoundError,
    OllamaError,
    RetriesExhaustedError,
)
from ..events import (
    AnswerRejected,
    Attempt,
    Extracted,
    Extraction,
    GaveUp,
    RequestSent,
    ResponseReceived,
    RetryScheduled,
    Usage,
)
from ..events._rendering import HiddenText
from . import outcome
from .context_guard import ContextGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from .._clients.adapter import Adapter, Step
    from .._prompt.messages import SchemaPrompt
    from .._schema.target import Target
    from ..events import AsyncHook, Event
    from .known import Known

T = TypeVar("T")

logger = logging.getLogger("instructor_ollama")

WARMER = 0.4
"""Added to the temperature when the model repeats a rejected answer word for word; 1.0 is the most."""

LISTING = 2.0
"""Seconds that a look at the installed models may take, once a model is missing."""

MOST_NUMBERS = 1000
"""Numbers of one answer that are compared with those of the messages."""

LEFT_OVER = 1000
"""Connections that a client may have kept from before, as openai does; each one that is stale fails once."""

TICK = 0.02
"""Seconds by which a timer may fire early; a timeout that close to the deadline is the deadline's."""


@dataclass(frozen=True, slots=True)
class Rules:
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
        rejections: Wrong answers so far.
        transients: Passing faults of the server so far.
        vetoed: True when the caller's validation hook has said not to ask again.
    """

    __slots__ = (
        "_adapter",
        "_asked",
        "_attempts",
        "_completion",
        "_draft",
        "_free",
        "_guard",
        "_hook_returned_none",
        "_is_open",
        "_model",
        "_number",
        "_opening",
        "_out_of_time",
        "_reconnected",
        "_rejected",
        "_rules",
        "_schema_key",
        "_sent_request",
        "_source",
        "_started",
        "_stated_values",
        "_target",
        "rejections",
        "transients",
        "vetoed",
    )

    def __init__(
        self,
        target: Target[T],
        adapter: Adapter,
        messages: Sequence[Mapping[str, Any]],
        rules: Rules,
        *,
        model: str,
        free: frozenset[str] = frozenset(("temperature", "thinking")),
    ) -> None:
        """`free` names what the caller has left open and the conversation may set: temperature, thinking."""
        self.rejections = 0
        self.transients = 0
        self.vetoed = False
        self._out_of_time = False
        self._hook_returned_none = False
        self._reconnected = False
        self._target = target
        self._adapter = adapter
        self._rules = rules
        self._model = model
        self._free = free
        self._opening = with_schema(messages, _schema_text(target, rules.schema_prompt))
        self._schema_key = ("schema", model, target)
        constrained = not rules.known.holds("format", model)
        held = rules.constrain != "json" and constrained and not rules.known.holds(*self._schema_key)
        self._draft = Draft(
            messages=self._opening,
            schema=target.wire if held else None,
            constrained=constrained,
            temperature=0.0 if "temperature" in free else None,
        )
        self._started = time.monotonic()
        self._attempts: list[Attempt] = []
        self._rejected: Exception | None = None
        self._asked = messages
        self._source: Source | None = None
        self._stated_values: list[Stated] = []
        self._is_open = False
        self._draft.logprobs = held and target.restricted and self._draft.temperature is not None
        self._number = 0
        self._completion: Any = None
        self._sent_request: Mapping[str, Any] | None = None
        self._guard = ContextGuard(adapter, model, rules.known)

    # What the driver asks for -------------------------------------------------------------------------------

    def attempt(self) -> Generator[Step, Any, T]:
        """One attempt: request, reply, value. Sends more than one request only where the first cannot count.

        Raises:
            pydantic.ValidationError: The answer was rejected; another attempt asks again.
            AnswerError: The answer cannot be used; `is_rejection` says whether another attempt asks again.
            OllamaError: The server's fault.
        """
        yield from self._guard.check_images(self._opening)
        yield from self._guard.log_loading()
        while True:
            reply, seconds = yield from self._request()
            if reply is None:
                continue  # the server refused the schema; without it the same attempt goes on
            if self._think_less(reply):
                self._record(reply, seconds, (), AnswerError("the thinking left nothing for the answer"))
                continue
            try:
                yield from self._guard.check_prompt(
                    reply, self._draft.messages, goes_on=self._draft.messages is not self._opening
                )
                value, mended = read_value(
                    reply,
                    self._target,
                    strict=self._rules.strict,
                    context=self._rules.context,
                    max_tokens=self._adapter.max_tokens,
                )
                yield from self._guard.check_answer(reply)
                altered = self._alteration(reply)
                if altered is not None:
                    shown = str(altered) if not is_secret(self._target) else f"{altered.path}: altered"
                    self._record(reply, seconds, mended, AnswerError(shown))
                    self._loosen()
                    continue
                path = self._shortened(reply)
                if path:
                    self._record(reply, seconds, mended, AnswerError(f"{path}: a number of the messages, shortened"))
                    self._drop_limits()
                    continue
                self._check_unchanged(reply)
            except (pydantic.ValidationError, AnswerError) as error:
                rejected = error
            else:
                self._record(reply, seconds, mended, None)
                if self._rules.hooks:
                    yield from self._tell(Extracted(value, tuple(self._attempts), self.usage, self.seconds))
                return value
            # Not inside `except`: the context of what a hook raises would be this error and not the hook's own.
            rejection = without_values(rejected, self._target)
            yield from self._reject(reply, seconds, rejection)
            try:
                raise rejection from rejected.__cause__
            finally:
                del rejected, rejection  # their tracebacks hold this frame

    def scheduled(self, error: BaseException | None, wait: float) -> Generator[Step, Any, None]:
        """Before a further request: tell the hooks."""
        transient = not self.is_rejection(error)
        logger.info("%s: retry in %.1f s (%s)", self._model, wait, type(error).__name__)
        yield from self._tell(RetryScheduled(self._number + 1, error, wait, transient))
        if self._rules.on_retry is not None:
            yield functools.partial(self._rules.on_retry, self.rejections + self.transients, error)

    def gave_up(self, error: Exception) -> Generator[Step, Any, Exception]:
        """The error to raise for the one that ended the attempts."""
        final = self._final(error)
        yield from self._tell(GaveUp(final, tuple(self._attempts), self.usage, self.seconds))
        return final

    def is_rejection(self, error: BaseException | None) -> bool:
        """Whether this error is the last answer's rejection, and asking again may help."""
        return error is not None and error is self._rejected

    def is_transient(self, error: BaseException | None) -> bool:
        """Whether this error is a state of the server that passes."""
        return isinstance(error, OllamaError) and error.retryable

    def runs_out(self, wait: float) -> bool:
        """Whether the deadline passes before a further request could be sent, `wait` seconds from now."""
        left = self.seconds_left
        self._out_of_time = left is not None and left <= wait
        return self._out_of_time

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the deadline, from 0; None when there is none."""
        return None if self._rules.deadline is None else max(0.0, self._rules.deadline - self.seconds)

    @property
    def seconds(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._started

    @property
    def usage(self) -> Usage:
        """Tokens over all attempts so far."""
        return functools.reduce(Usage.__add__, (attempt.usage for attempt in self._attempts), Usage())

    @property
    def completion(self) -> Any:
        """The last reply as it came."""
        return self._completion

    def deadline_error(self, fault: Exception | None = None) -> DeadlineExceededError:
        """The error for a deadline that has passed, or passes before the server's fault may be over."""
        deadline, count = self._rules.deadline or 0.0, len(self._attempts)
        bound = "" if self._adapter.max_tokens else ", bound the answer with max_tokens"
        return DeadlineExceededError(
            f"no valid {self._target.name} from {self._model} within the deadline of {deadline:g} s "
            f"({count} answer{'' if count == 1 else 's'} came). "
            + (f"Raise the deadline{bound} or use a smaller model." if fault is None else f"The last request: {fault}"),
            deadline=deadline,
            attempts=self._attempts,
        )

    def extraction(self, value: T) -> Extraction[T]:
        """The value with how it came about."""
        return Extraction(value, self._completion, tuple(self._attempts), self.usage, self.seconds)

    # The conversation ---------------------------------------------------------------------------------------

    def _request(self) -> Generator[Step, Any, tuple[Reply | None, float]]:
        draft = self._draft
        draft.timeout = self.seconds_left
        if draft.timeout == 0.0:
            raise self.deadline_error()
        request = self._sent_request = self._adapter.keywords(draft)
        self._number += 1
        if self._rules.hooks:
            yield from self._tell(RequestSent(self._number, request))
        started = time.monotonic()
        try:
            completion = yield from self._sent(request)
        except Exception as error:
            own = self._adapter.own_error(error)
            if own is error:
                raise
            if own is not None:
                raise own from own.__cause__
            problem = self._adapter.unreadable(error)
            if problem is not None:
                return Reply("", "", None, Usage(), None, problem), time.monotonic() - started
            fault = self._adapter.fault(error)
            if self.runs_out(TICK) and (fault is not None or self._adapter.is_timeout(error)):
                raise self.deadline_error() from error
            if fault is None:
                raise
            if draft.schema is not None and faults.refuses_schema(fault):
                logger.warning(
                    "%s: the server refuses the schema of %s; answers are not enforced any more, only validated",
                    self._model,
                    self._target.name,
                )
                self._rules.known.note(*self._schema_key)
                draft.schema, draft.logprobs = None, False
                return None, 0.0
            if draft.constrained and faults.refuses_format(fault):
                logger.warning("%s: the server enforces no format; answers are only validated", self._model)
                self._rules.known.note("format", self._model)
                draft.schema, draft.logprobs, draft.constrained = None, False, False
                return None, 0.0
            if faults.is_loop_guard(fault):  # said so since 0.34; before, a reply just ended (F2)
                return Reply("", "", None, Usage(), fault, "the model repeated itself and was stopped"), 0.0
            if fault.status_code is None:
                self._rules.known.expire()
            self.transients += fault.retryable
            if isinstance(fault, ModelNotFoundError):
                yield from self._name_installed(fault)
            raise fault from error
        page = self._adapter.page(completion)
        if page is not None:
            raise page
        seconds = time.monotonic() - started
        self._completion = completion
        if self._rules.hooks:
            yield from self._tell(ResponseReceived(self._number, completion, seconds))
        return self._adapter.read(completion), seconds

    def _sent(self, request: dict[str, Any]) -> Generator[Step, Any, Any]:
        """Send; a connection that was left over from before is replaced at once, as a retry would do later."""
        for _ in range(LEFT_OVER):
            started = time.monotonic()
            try:
                return (yield Asking(self._adapter.send, request))
            except Exception as error:
                stale = self._adapter.stale(error, time.monotonic() - started)
                if stale is None or (stale == "idle" and self._reconnected):
                    raise
                self._reconnected = True
                self._rules.known.expire()  # the server may be a new one
        return (yield Asking(self._adapter.send, request))

    def _name_installed(self, fault: OllamaError) -> Generator[Step, Any, None]:
        """Say which models are there; a server that does not tell spoils nothing."""
        left = self.seconds_left
        with contextlib.suppress(Exception):
            seconds = LISTING if left is None else min(LISTING, left)
            listing = yield Asking(self._adapter.native, "GET", "/api/tags", timeout=seconds)
            faults.name_installed(fault, self._model, listing)

    def _think_less(self, reply: Reply) -> bool:
        """A thinking model that never came to its answer is asked at once again, told to think less."""
        if reply.text.strip() or not reply.reasoning or self._draft.thinking or "thinking" not in self._free:
            return False
        self._draft.thinking = _least_thinking(self._model)
        return True

    def _alteration(self, reply: Reply) -> Alteration | None:
        """A value of a valid answer that the grammar has altered, or may have."""
        if not self._draft.constrained:
            return None
        tokens = reply.tokens if self._draft.logprobs and self._draft.temperature == 0.0 else ()
        return alteration(reply.text, tokens, self._target.restricts)

    def _loosen(self) -> None:
        """Send the same request with a grammar that alters no value, or else without any."""
        draft = self._draft
        if draft.schema is None or self._is_open:
            draft.schema, draft.constrained, draft.logprobs = None, False, False
        else:
            self._open()

    def _shortened(self, reply: Reply) -> str:
        """Where a valid answer has a number of the messages with digits left out to satisfy a limit; else nothing."""
        if not self._target.limited or self._is_open or self._rules.constrain == "limits":
            return ""
        texts = texts_of(self._asked)
        numbers = itertools.islice(self._target.limited_numbers(parsed(reply.text)), MOST_NUMBERS)
        unsaid = [one for one in numbers if not is_written(one.number, texts)]
        found = shortened(unsaid, self._messages_source()) if unsaid else None
        return "" if found is None else shown_path(found.path)

    def _drop_limits(self) -> None:
        """Begin again with a prompt and a grammar that know no limits of numbers; Pydantic goes on validating them."""
        self._open()
        self._opening = with_schema(self._asked, _schema_text(self._target, self._rules.schema_prompt))
        self._draft.messages = self._opening

    def _open(self) -> None:
        draft = self._draft
        self._is_open, draft.logprobs = True, False
        self._target = self._target.opened
        draft.schema = None if draft.schema is None else self._target.wire

    def _messages_source(self) -> Source:
        if self._source is None:
            self._source = Source(texts_of(self._asked))
        return self._source

    def _check_unchanged(self, reply: Reply) -> None:
        """Raise where a valid answer changes a value, which the messages state, to fit its limits.

        Raises:
            AnswerError: It does; the call ends with that.
        """
        if not self._stated_values or self._source is None:
            return
        answer = self._target.own_value(parsed(reply.text))
        changed = changed_to_fit(answer, self._stated_values, self._source)
        if changed is not None:
            self.vetoed = True
            got = "a value that is not shown" if is_secret(self._target) else repr(changed.value)
            raise AnswerError(
                f"{shown_path(changed.location)}: {changed.reason}, got {got}. The messages state "
                "this value, and the model then changed it to fit. Widen the limits of the type if it is right."
            )

    def _note_stated(self, error: Exception) -> None:
        """Keep the values of a rejected answer that the messages state; end the call when they come a second time."""
        if not isinstance(error, pydantic.ValidationError):
            return
        found = stated(error, self._messages_source())
        self.vetoed = self.vetoed or (bool(found) and found == self._stated_values)
        self._stated_values = found or self._stated_values

    def _reject(self, reply: Reply, seconds: float, error: Exception) -> Generator[Step, Any, None]:
        attempt = self._record(reply, seconds, (), error)
        if reply.completion is None:
            return
        if isinstance(error, IncompleteAnswerError) and (self._draft.temperature is None or not reply.looped):
            return  # the next one would be cut as well
        repeated = any(earlier.answer == attempt.answer for earlier in self._attempts[:-1])
        self._rejected = error
        self.rejections += 1
        self._note_stated(error)
        yield from self._tell(AnswerRejected(attempt, error))
        if self._rules.validation_hook is not None:
            answered = parsed(reply.text)
            value = reply.text if answered is None else self._target.own_value(answered)
            goes_on = yield functools.partial(self._rules.validation_hook, value, self.rejections, error)
            self._hook_returned_none = goes_on is None
            self.vetoed = self.vetoed or not goes_on
        self._prepare_next(reply, error, repeated=repeated)

    def _prepare_next(self, reply: Reply, error: Exception, *, repeated: bool) -> None:
        draft = self._draft
        text = readable(reply.text.strip())
        # What the model repeated it would go on repeating: it sees the beginning of the conversation alone.
        telling = text and not isinstance(error, IncompleteAnswerError)
        draft.messages = [*self._opening, *reask(text, error, self._target)] if telling else self._opening
        if draft.temperature is not None and (repeated or reply.looped or not text):
            draft.temperature = min(1.0, draft.temperature + WARMER)
        if draft.schema is not None and "thinking" in self._free and not reply.looped and is_no_json(error):
            # The grammar was not in force: so it is with a thinking model that answers without thinking.
            draft.thinking = _least_thinking(self._model)

    def _record(self, reply: Reply, seconds: float, mended: tuple[str, ...], error: Exception | None) -> Attempt:
        number = len(self._attempts) + 1
        text = HiddenText(reply.text) if is_secret(self._target) else reply.text
        attempt = Attempt(number, text, mended, error, reply.finish_reason, reply.usage, seconds)
        self._attempts.append(attempt)
        return attempt

    def _tell(self, event: Event) -> Generator[Step, Any, None]:
        for hook in self._rules.hooks:
            yield functools.partial(hook, event)

    # The end ------------------------------------------------------------------------------------------------

    def _final(self, error: Exception) -> Exception:
        if self._out_of_time and (self.is_rejection(error) or self.is_transient(error)):
            final: Exception = self.deadline_error(error if self.is_transient(error) else None)
        elif self.is_rejection(error) and not isinstance(error, IncompleteAnswerError):
            message = outcome.rejected(self._target, self._model, self._attempts, error, self._adapter.stop)
            final = RetriesExhaustedError(message + (outcome.HOOK_RETURNED_NONE if self._hook_returned_none else ""))
        else:
            final = error
        if isinstance(final, IncompleteAnswerError) and self._hook_returned_none:
            final.message += outcome.HOOK_RETURNED_NONE
            final.args = (final.message,)
        if isinstance(final, AnswerError):
            final.attempts, final.usage, final.completion = tuple(self._attempts), self.usage, self._completion
            final.request = self._sent_request
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
