"""`Exchange`: one call's conversation, from the first request to the value or the error.

Sans-IO: `attempt()` is a generator that yields calls for a driver to make (`_retrying`) and is sent their results.
No client, no await, no tenacity here; what a request looks like on the wire is the adapter's business.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, cast

import pydantic
import pydantic_core

from . import _answer, _faults, _prompts
from .errors import AnswerError, DeadlineExceededError, IncompleteAnswerError, OllamaError, RetriesExhaustedError
from .events import (
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ._target import Target
    from .events import Event, Hook

T = TypeVar("T")

Step = Callable[[], Any]
"""A call that the driver makes; on an async client its result is awaited when it is awaitable."""

logger = logging.getLogger("instructor_ollama")

WARMER = 0.4
"""Added to the temperature when the model repeats a rejected answer word for word; 1.0 is the most."""

TICK = 0.02
"""Seconds by which a timer may fire early; a timeout that close to the deadline is the deadline's."""

_ENDS = ("}", "]", '"')
"""How a JSON value ends of which a cut reply cannot have held more."""

_MORE_TOKENS = (
    "Raise max_tokens, or, if you have set none, the model's context window (PARAMETER num_ctx in its Modelfile, or "
    "OLLAMA_CONTEXT_LENGTH on the server)."
)
_MORE_THINKING = 'The thinking used them up: set reasoning_effort="none", or raise max_tokens.'


@dataclass(frozen=True, slots=True)
class Reply:
    """A client library's reply, read; `text` and `reasoning` are empty where it had none."""

    text: str
    reasoning: str
    finish_reason: str | None
    usage: Usage
    completion: Any
    problem: str = ""


@dataclass(slots=True)
class Draft:
    """What the next request is to say; the adapter puts it into its library's keywords.

    Attributes:
        schema: The wire schema, or None when any JSON object may come.
        temperature: None when the caller has set one.
        thinking: None leaves it to the caller and the model, else the effort to ask for.
        timeout: Seconds left of the deadline; None when there is none.
    """

    messages: list[dict[str, Any]]
    schema: Mapping[str, Any] | None
    temperature: float | None
    thinking: Literal["none", "low"] | None = None
    timeout: float | None = None


class Adapter(Protocol):
    """One client library, as the conversation sees it."""

    def keywords(self, draft: Draft) -> dict[str, Any]:
        """The keywords of the client's own method for the next request."""
        ...

    def send(self, request: dict[str, Any]) -> Any:
        """Call the client's own method; on async clients the result is awaited."""
        ...

    def read(self, completion: Any) -> Reply:
        """Read a reply, whatever is missing in it."""
        ...

    def fault(self, error: Exception) -> OllamaError | None:
        """The server's fault behind the client library's error; None for what is none."""
        ...

    def is_timeout(self, error: Exception) -> bool:
        """Whether the error says that the request took longer than its timeout."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Our own keywords of one call, settled.

    Attributes:
        refused: Models and types whose schema a server has refused; shared by all calls of a client.
    """

    constrain: Literal["schema", "json"]
    schema_prompt: _prompts.SchemaPrompt
    validation_hook: Callable[..., Any] | None
    hooks: tuple[Hook, ...]
    on_retry: Callable[..., Any] | None
    context: Any
    strict: bool | None
    deadline: float | None
    refused: set[tuple[str, str]]


class Exchange(Generic[T]):
    """The conversation of one call.

    Attributes:
        rejections: Wrong answers so far.
        transients: Passing faults of the server so far.
        vetoed: True when the caller's validation hook has said not to ask again.
    """

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
        self._target = target
        self._adapter = adapter
        self._rules = rules
        self._model = model
        self._free = free
        self._opening = _prompts.with_schema(messages, _schema_text(target, rules.schema_prompt))
        self._key = (model, target.name)
        held = rules.constrain == "schema" and self._key not in rules.refused
        self._draft = Draft(
            messages=self._opening,
            schema=target.wire if held else None,
            temperature=0.0 if "temperature" in free else None,
        )
        self._started = time.monotonic()
        self._attempts: list[Attempt] = []
        self._rejected: Exception | None = None
        self._number = 0
        self._completion: Any = None

    # What the driver asks for -------------------------------------------------------------------------------

    def attempt(self) -> Generator[Step, Any, T]:
        """One attempt: request, reply, value. Sends more than one request only where the first cannot count.

        Raises:
            pydantic.ValidationError: The answer was rejected; another attempt asks again.
            AnswerError: The answer cannot be used; `is_rejection` says whether another attempt asks again.
            OllamaError: The server's fault.
        """
        while True:
            reply, seconds = yield from self._request()
            if reply is None:
                continue  # the server refused the schema; without it the same attempt goes on
            if self._think_less(reply):
                self._record(reply, seconds, (), AnswerError("the thinking left nothing for the answer"))
                continue
            try:
                value, mended = self._read(reply)
            except (pydantic.ValidationError, AnswerError) as error:
                yield from self._reject(reply, seconds, error)
                raise
            self._record(reply, seconds, mended, None)
            if self._rules.hooks:
                yield from self._tell(Extracted(value, tuple(self._attempts), self.usage, self.seconds))
            return value

    def scheduled(self, error: BaseException | None, wait: float) -> Generator[Step, Any, None]:
        """Before a further request: tell the hooks."""
        transient = not self.is_rejection(error)
        logger.info("%s: asking again in %.1f s (%s)", self._model, wait, type(error).__name__)
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

    def extraction(self, value: T) -> Extraction[T]:
        """The value with how it came about."""
        return Extraction(value, self._completion, tuple(self._attempts), self.usage, self.seconds)

    # The conversation ---------------------------------------------------------------------------------------

    def _request(self) -> Generator[Step, Any, tuple[Reply | None, float]]:
        draft = self._draft
        draft.timeout = self.seconds_left
        if draft.timeout == 0.0:
            raise self._deadline_error()
        request = self._adapter.keywords(draft)
        self._number += 1
        if self._rules.hooks:
            yield from self._tell(RequestSent(self._number, request))
        started = time.monotonic()
        try:
            completion = yield functools.partial(self._adapter.send, request)
        except Exception as error:
            fault = self._adapter.fault(error)
            if self.runs_out(TICK) and (fault is not None or self._adapter.is_timeout(error)):
                raise self._deadline_error() from error
            if fault is None:
                raise
            if draft.schema is not None and _faults.refuses_schema(fault):
                logger.info("%s: the server refuses the schema of %s; asking for any JSON", self._model, self._key[1])
                self._rules.refused.add(self._key)
                draft.schema = None
                return None, 0.0
            self.transients += fault.retryable
            raise fault from error
        seconds = time.monotonic() - started
        self._completion = completion
        if self._rules.hooks:
            yield from self._tell(ResponseReceived(self._number, completion, seconds))
        return self._adapter.read(completion), seconds

    def _read(self, reply: Reply) -> tuple[T, tuple[str, ...]]:
        """The value of a reply and what was mended to get it; the most telling rejection otherwise."""
        if reply.problem:
            raise AnswerError(f"the reply cannot be read: {reply.problem}")
        target, rules = self._target, self._rules
        rejection: Exception | None = None
        open_ended = False
        for text, mended in self._readings(reply.text, cut=reply.finish_reason == "length"):
            try:
                value = target.validate(text, strict=rules.strict, context=rules.context)
            except pydantic.ValidationError as error:
                if rejection is None or _is_no_json(rejection):
                    rejection = error
                continue
            if self._says_nothing(text, mended):
                rejection = rejection or AnswerError("it repeats the schema instead of filling it in")
            elif reply.finish_reason == "length" and text.rstrip()[-1:] not in _ENDS:
                open_ended = True  # a bare number or word may have gone on
            else:
                return value, mended
        text = reply.text
        if reply.finish_reason == "length" and (open_ended or not text.strip() or _answer.is_cut(text)):
            raise self._cut(reply)
        raise rejection or AnswerError("it holds no value")

    def _readings(self, text: str, *, cut: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The text as it came, then what else can be read in it, each with what was mended."""
        yield text, ()
        for candidate in _answer.candidates(text, self._target.fields):
            if "unquoted" not in candidate.mended or (self._target.enveloped and not cut):
                yield candidate.text, candidate.mended

    def _says_nothing(self, text: str, mended: tuple[str, ...]) -> bool:
        """Whether a text that validates is an echo of the schema, or a piece of one."""
        if not self._target.echoable:
            return False
        value, fields = _parsed(text), self._target.fields
        piece = "wrapper" in mended and isinstance(value, dict) and fields.isdisjoint(cast("dict[str, Any]", value))
        return piece or _answer.looks_like_schema(value, fields)

    def _cut(self, reply: Reply) -> IncompleteAnswerError:
        thinking = bool(reply.reasoning) and not reply.text.strip()
        remedy = _MORE_THINKING if thinking else _MORE_TOKENS
        return IncompleteAnswerError(
            f"the answer was cut after {reply.usage.completion_tokens} tokens (finish_reason 'length') before its "
            f"JSON was complete. {remedy}",
            partial=_answer.partial_value(reply.text),
            limit="thinking" if thinking else "max_tokens",
        )

    def _think_less(self, reply: Reply) -> bool:
        """A thinking model that never came to its answer is asked at once again, told to think less."""
        if reply.text.strip() or not reply.reasoning or self._draft.thinking or "thinking" not in self._free:
            return False
        self._draft.thinking = _least_thinking(self._model)
        return True

    def _reject(self, reply: Reply, seconds: float, error: Exception) -> Generator[Step, Any, None]:
        attempt = self._record(reply, seconds, (), error)
        if isinstance(error, IncompleteAnswerError) or reply.completion is None:
            return  # the next one would be cut as well
        repeated = any(earlier.answer == attempt.answer for earlier in self._attempts[:-1])
        self._rejected = error
        self.rejections += 1
        yield from self._tell(AnswerRejected(attempt, error))
        if self._rules.validation_hook is not None:
            answered = _parsed(reply.text)
            value = reply.text if answered is None else answered
            self.vetoed = not (yield functools.partial(self._rules.validation_hook, value, self.rejections, error))
        self._prepare_next(reply, error, repeated=repeated)

    def _prepare_next(self, reply: Reply, error: Exception, *, repeated: bool) -> None:
        draft = self._draft
        text = reply.text.strip()
        draft.messages = [*self._opening, *_prompts.reask(text, error, self._target)] if text else self._opening
        looped = reply.finish_reason is None and not reply.usage.total_tokens
        if draft.temperature is not None and (repeated or looped or not text):
            draft.temperature = min(1.0, draft.temperature + WARMER)
        if draft.schema is not None and "thinking" in self._free and not looped and _is_no_json(error):
            # The grammar was not in force: so it is with a thinking model that answers without thinking.
            draft.thinking = _least_thinking(self._model)

    def _record(self, reply: Reply, seconds: float, mended: tuple[str, ...], error: Exception | None) -> Attempt:
        number = len(self._attempts) + 1
        attempt = Attempt(number, reply.text, mended, error, reply.finish_reason, reply.usage, seconds)
        self._attempts.append(attempt)
        return attempt

    def _tell(self, event: Event) -> Generator[Step, Any, None]:
        for hook in self._rules.hooks:
            yield functools.partial(hook, event)

    # The end ------------------------------------------------------------------------------------------------

    def _final(self, error: Exception) -> Exception:
        if self._out_of_time and (self.is_rejection(error) or self.is_transient(error)):
            final: Exception = self._deadline_error()
        elif self.is_rejection(error):
            count = len(self._attempts)
            wrong = _prompts.error_lines(self._attempts[-1].answer, error, self._target)
            final = RetriesExhaustedError(
                f"no valid {self._target.name} from {self._model} in {count} attempt{'s' if count > 1 else ''}; "
                "the last answer was wrong in this:\n" + "\n".join(wrong)
            )
        else:
            final = error
        if isinstance(final, AnswerError):
            final.attempts, final.usage, final.completion = tuple(self._attempts), self.usage, self._completion
        if final is not error:
            final.__cause__ = error
        return final

    def _deadline_error(self) -> DeadlineExceededError:
        deadline = self._rules.deadline or 0.0
        return DeadlineExceededError(
            f"no valid {self._target.name} from {self._model} within the deadline of {deadline:g} s "
            f"({len(self._attempts)} answers came). Raise RetryConfig(deadline=...) or use a smaller model.",
            deadline=deadline,
            attempts=self._attempts,
        )


@functools.lru_cache(maxsize=512)
def _types_text(target: Target[Any], style: Literal["types", "json-schema"]) -> str:
    return _prompts.schema_text(target, style)


def _schema_text(target: Target[Any], style: _prompts.SchemaPrompt) -> str:
    return _prompts.schema_text(target, style) if callable(style) else _types_text(target, style)


def _parsed(text: str) -> Any:
    try:
        return pydantic_core.from_json(text)
    except ValueError:
        return None


def _is_no_json(error: Exception) -> bool:
    return isinstance(error, pydantic.ValidationError) and error.errors(include_url=False)[0]["type"] == "json_invalid"


def _least_thinking(model: str) -> Literal["none", "low"]:
    """gpt-oss cannot do without thinking: with "none" its answer comes back empty."""
    return "low" if "gpt-oss" in model else "none"
