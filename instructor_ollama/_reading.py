"""A reply -> the value it holds, or why it holds none. Pure: no conversation, no client, nothing asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pydantic
import pydantic_core

from . import _answer, _secrets
from ._repetition import repeated
from .errors import AnswerError, IncompleteAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ._altered import Token
    from ._target import Target
    from .events import Usage

T = TypeVar("T")

_ENDS = ("}", "]", '"')
"""How a JSON value ends of which a cut reply cannot have held more."""

_REMEDIES = {
    "thinking": 'The thinking used them up: set reasoning_effort="none", or raise max_tokens.',
    "max_tokens": "Raise max_tokens.",
    "context window": (
        "{why}, so the context window was full: widen it with PARAMETER num_ctx in the Modelfile "
        "(or `ensure_context`), or with OLLAMA_CONTEXT_LENGTH on the server, or shorten the messages."
    ),
}

_LOOP_REMEDY = (
    "If that is not meant, try another temperature, a frequency_penalty, a larger model, or a max_length on the field, "
    "which is held; if it is, raise max_tokens or the context window."
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """A client library's reply, read; `text` and `reasoning` are empty where it had none.

    Attributes:
        problem: Why nothing can be read from it; empty when something can.
        from_ollama: False when the reply is known to be another server's.
        tokens: The answer's tokens with the model's first choices; empty where they were not asked for.
    """

    text: str
    reasoning: str
    finish_reason: str | None
    usage: Usage
    completion: Any
    problem: str = ""
    from_ollama: bool = True
    tokens: Sequence[Token] = ()

    @property
    def repeats(self) -> str | None:
        """What the model wrote over and over until a limit cut it."""
        return repeated(self.text) if self.finish_reason == "length" else None

    @property
    def looped(self) -> bool:
        """Whether it ended because the model repeated itself; a server that ends it says no reason, no usage (F2)."""
        return (self.finish_reason is None and not self.usage.total_tokens) or self.repeats is not None


def read_value(
    reply: Reply, target: Target[T], *, strict: bool | None, context: Any, max_tokens: int | None
) -> tuple[T, tuple[str, ...]]:
    """The value of a reply and what was mended to get it.

    Args:
        reply: As it came.
        target: What is wanted.
        strict: Pydantic's strict mode; None leaves it to the type.
        context: Handed to the type's validators.
        max_tokens: The caller's bound on the answer, to tell which limit has cut it.

    Raises:
        pydantic.ValidationError: The most telling rejection of what the reply may mean.
        IncompleteAnswerError: It was cut inside its JSON.
        AnswerError: It holds nothing to validate.
    """
    if reply.problem:
        raise AnswerError(f"the reply cannot be read: {reply.problem}")
    rejection: Exception | None = None
    cut_by_limit = reply.finish_reason == "length"
    open_ended = False
    for text, mended in _readings(reply.text, target, cut=cut_by_limit):
        try:
            value = target.validate(text, strict=strict, context=context)
        except pydantic.ValidationError as error:
            if rejection is None or is_no_json(rejection):
                rejection = error
            continue
        if target.echoable and _says_nothing(text, mended, target):
            rejection = rejection or AnswerError("it repeats the schema instead of filling it in")
        elif cut_by_limit and text.rstrip()[-1:] not in _ENDS:
            open_ended = True  # a bare number or word may have gone on
        else:
            return value, mended
    if cut_by_limit and (open_ended or not reply.text.strip() or _answer.is_cut(reply.text)):
        raise _incomplete(reply, target, max_tokens)
    raise rejection or AnswerError("it holds no value")


def is_no_json(error: Exception) -> bool:
    """Whether the rejection says that the text is no JSON at all."""
    return isinstance(error, pydantic.ValidationError) and error.errors(include_url=False)[0]["type"] == "json_invalid"


def parsed(text: str) -> Any:
    """The JSON value of a text; None when it is none."""
    try:
        return pydantic_core.from_json(text)
    except ValueError:
        return None


def _readings(text: str, target: Target[Any], *, cut: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text as it came, then what else can be read in it, each with what was mended."""
    yield text, ()
    for candidate in _answer.candidates(text, target.fields):
        if "unquoted" not in candidate.mended or (target.enveloped and not cut):
            yield candidate.text, candidate.mended


def _says_nothing(text: str, mended: tuple[str, ...], target: Target[Any]) -> bool:
    """Whether a text that validates is an echo of the schema, or a piece of one."""
    value: Any = parsed(text)
    if "wrapper" in mended and isinstance(value, dict) and target.fields.isdisjoint(cast("dict[str, Any]", value)):
        return True
    return _answer.looks_like_schema(cast("Any", value), target.fields)


def _shown(text: str) -> str:
    return "blanks" if not text.strip() else repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _incomplete(reply: Reply, target: Target[Any], max_tokens: int | None) -> IncompleteAnswerError:
    written = reply.usage.completion_tokens
    if reply.reasoning and not reply.text.strip():
        limit = "thinking"
    else:
        limit = "context window" if max_tokens is None or written < max_tokens else "max_tokens"
    again = reply.repeats
    repeats = "the same" if again is None or _secrets.is_secret(target) else _shown(again)
    why = "No max_tokens was set" if max_tokens is None else f"max_tokens={max_tokens} was not reached"
    remedy = (
        _REMEDIES[limit].format(why=why) if again is None else f"It ends in {repeats} over and over. {_LOOP_REMEDY}"
    )
    return IncompleteAnswerError(
        f"the answer was cut after {written} tokens (finish_reason 'length') before its JSON was complete. {remedy}",
        partial=target.own_value(_answer.partial_value(reply.text)),
        limit=limit,
    )
