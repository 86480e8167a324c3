"""The message of a call's final error, for a user who has not seen the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._prompt.messages import error_lines, shortened
from .._reply.masking import is_secret
from .._reply.reply import is_no_json
from .._reply.scan import readable
from ..errors import AnswerError, DeadlineExceededError, IncompleteAnswerError, RetriesExhaustedError

if TYPE_CHECKING:
    from .._schema.target import Target
    from ..events import Attempt

_SHOWN = 160
"""Maximum number of characters shown of an answer that is not JSON."""

_HOOK_RETURNED_NONE = "\nvalidation_hook returned None, which stops the retries as False does: return True to retry."


def deadline_error(
    target: Target[Any],
    model: str,
    attempts: list[Attempt],
    seconds: float | None,
    fault: Exception | None,
    *,
    bounded: bool,
) -> DeadlineExceededError:
    """The error for a deadline that has passed, or that passes before the next attempt.

    Args:
        target: The response type.
        model: The model's name.
        attempts: One record for each answer.
        seconds: That were allowed.
        fault: The server's last fault; None where the answers were rejected, or none came.
        bounded: Whether the caller has bounded the answer.
    """
    deadline, count = seconds or 0.0, len(attempts)
    bound = "" if bounded else ", bound the answer with max_tokens"
    remedy = (
        f"Raise the deadline{bound} or use a smaller model." if fault is None else f"The last request failed: {fault}"
    )
    return DeadlineExceededError(
        f"no valid {target.name} from {model} within the deadline of {deadline:g} s "
        f"({count} answer{'' if count == 1 else 's'} received). {remedy}",
        deadline=deadline,
        attempts=attempts,
    )


def final_error(
    target: Target[Any],
    model: str,
    attempts: list[Attempt],
    error: Exception,
    *,
    rejected: bool,
    stop: object,
    hook_returned_none: bool,
) -> Exception:
    """The exception for the caller after the last attempt.

    Args:
        target: The response type.
        model: The model's name.
        attempts: One record for each answer.
        error: The last attempt's own.
        rejected: Whether it is a rejection of the answer.
        stop: The caller's stop sequences.
        hook_returned_none: Whether the validation hook has ended the call by returning None.
    """
    note = _HOOK_RETURNED_NONE if hook_returned_none else ""
    if isinstance(error, IncompleteAnswerError) and note:
        error.message += note
        error.args = (error.message,)
    if not rejected or isinstance(error, IncompleteAnswerError):
        return error
    count = len(attempts)
    lines = _lines(attempts[-1], error, target, stop)
    return RetriesExhaustedError(
        f"no valid {target.name} from {model} in {count} attempt{'s' if count > 1 else ''}; "
        "the last answer failed validation:\n" + "\n".join(lines) + note
    )


def _lines(attempt: Attempt, error: Exception, target: Target[Any], stop: object) -> list[str]:
    text, secret = readable(attempt.answer).strip(), is_secret(target)
    stopped = bool(stop) and attempt.finish_reason == "stop" and is_no_json(error)
    why = f"; a stop sequence of the call (stop={stop!r:.80}) may have truncated it" if stopped else ""
    if is_no_json(error) and not text:
        return [f"- the answer is empty{why}"]
    if stopped and any(bracket in text for bracket in "{["):
        return [f"- it was truncated at a stop sequence of the call (stop={stop!r:.80}) before its JSON was complete"]
    if is_no_json(error) or isinstance(error, AnswerError):
        found = "no JSON value found" if is_no_json(error) else " ".join(str(error).split())
        return [f"- {found}{why}"] if secret or not text else [f"- {found}; the model answered {_quoted(text)}{why}"]
    return error_lines(readable(attempt.answer), error, target, values=not secret)


def _quoted(text: str) -> str:
    return json.dumps(shortened(" ".join(text.split()), _SHOWN), ensure_ascii=False)
