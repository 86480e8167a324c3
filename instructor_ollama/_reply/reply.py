"""A reply -> its value, or why it has none. Pure: no conversation, no client, no retries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic
import pydantic_core

from ..errors import AnswerError, IncompleteAnswerError, UsageError
from . import candidates
from .masking import is_secret
from .rejection import bounded, rejection
from .repetition import repeated
from .scan import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._schema.target import Target
    from ..events import Usage
    from .altered import Token

T = TypeVar("T")

_ENDS = ("}", "]", '"')
"""Closing characters: a value ending in one of these is complete even if the reply was truncated."""

_UNFINISHED = ("truncated", "none")
"""Problems that are explained by the truncation of a reply."""

_REMEDIES = {
    "thinking": 'The model used them all for thinking: set reasoning_effort="none", or raise max_tokens.',
    "max_tokens": "Raise max_tokens.",
    "context window": (
        "{why}, so the context window was full: make it wider with PARAMETER num_ctx in the Modelfile "
        "(or `ensure_context`), or with OLLAMA_CONTEXT_LENGTH on the server, or shorten the messages."
    ),
}

_LOOP_REMEDY = (
    "If this is unintended, change the temperature, add a frequency_penalty or a max_length on the field (it ends the "
    "loop), or use a larger model; otherwise raise max_tokens or the context window."
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """A client library's reply; `text` and `reasoning` are empty if it had none.

    Attributes:
        problem: Why it cannot be parsed; empty if it can.
        from_ollama: False if the reply is from another server; None if unknown, as behind a proxy.
        tokens: The answer's tokens with the model's first choices; empty if not requested.
    """

    text: str
    reasoning: str
    finish_reason: str | None
    usage: Usage
    completion: Any
    problem: str = ""
    from_ollama: bool | None = True
    tokens: Sequence[Token] = ()

    @property
    def repeats(self) -> str | None:
        """The unit of the repetition loop that a limit truncated; None if there is none."""
        return repeated(self.text) if self.finish_reason == "length" else None

    @property
    def is_repetition_loop(self) -> bool:
        """Whether the output is a repetition loop. If the server aborts one, it reports no finish reason and no usage.

        See docs/ollama-behavior.md, "Streaming".
        """
        return (self.finish_reason is None and not self.usage.total_tokens) or self.repeats is not None


def read_value(
    reply: Reply, target: Target[T], *, strict: bool | None, context: Any, max_tokens: int | None
) -> tuple[T, tuple[str, ...]]:
    """The value of a reply and the repairs to its text.

    Args:
        reply: The reply.
        target: The response type.
        strict: Pydantic's strict mode; None leaves it to the type.
        context: Handed to the type's validators.
        max_tokens: The caller's limit of the answer, to determine which limit truncated it.

    Raises:
        pydantic.ValidationError: The answer is invalid, or the reply has none of the type's shape. The type's
        validators
            run once, and only on the answer.
        IncompleteAnswerError: The JSON was truncated.
        AnswerError: The answer repeats the schema, or cannot be parsed.
        UsageError: A validator raised StopIteration.
    """
    if reply.problem:
        raise AnswerError(f"the reply cannot be read: {reply.problem}")
    truncated = reply.finish_reason == "length"
    answer = candidates.answer_of(reply.text, target.shape, truncated=truncated)
    if answer.problem:
        if truncated and (answer.problem in _UNFINISHED or candidates.is_truncated(reply.text)):
            raise _incomplete(reply, target, max_tokens)
        raise rejection(reply.text, answer, target)
    try:
        value = target.validate(answer.text, strict=strict, context=context)
    except pydantic.ValidationError as error:
        raise bounded(error, answer.text, target) from None
    except StopIteration as error:  # a generator cannot raise it
        raise UsageError(f"a validator of {target.name} raised StopIteration.") from error
    if truncated and answer.text.rstrip()[-1:] not in _ENDS:  # a bare number or word may be incomplete
        raise _incomplete(reply, target, max_tokens)
    return value, answer.repairs


def is_no_json(error: Exception) -> bool:
    """Whether the rejection means that the text is not JSON."""
    return (
        isinstance(error, pydantic.ValidationError)
        and error.error_count() == 1
        and error.errors(include_url=False, include_context=False)[0]["type"] == "json_invalid"
    )


def parsed(text: str) -> Any:
    """The JSON value of a text; None if it is not JSON."""
    try:
        return pydantic_core.from_json(readable(text))
    except ValueError:
        return None


def _shown(text: str) -> str:
    return "blanks" if not text.strip() else repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _incomplete(reply: Reply, target: Target[Any], max_tokens: int | None) -> IncompleteAnswerError:
    written = reply.usage.completion_tokens
    if reply.reasoning and not reply.text.strip():
        limit = "thinking"
    else:
        limit = "context window" if max_tokens is None or written < max_tokens else "max_tokens"
    again = reply.repeats
    repeats = "the same" if again is None or is_secret(target) else _shown(again)
    why = "No max_tokens was set" if max_tokens is None else f"max_tokens={max_tokens} was not reached"
    remedy = (
        _REMEDIES[limit].format(why=why)
        if again is None
        else f"The output ends in a repetition loop ({repeats}). {_LOOP_REMEDY}"
    )
    return IncompleteAnswerError(
        f"the answer was truncated after {written} tokens (finish_reason 'length') before its JSON was complete. "
        f"{remedy}",
        partial=target.own_value(candidates.partial_value(reply.text)),
        limit=limit,
    )
