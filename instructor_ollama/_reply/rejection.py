"""Converts the rejection of an answer to a Pydantic error, and shortens errors that are too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pydantic
import pydantic_core
from pydantic_core import InitErrorDetails, PydanticCustomError

from .._schema.shape import ENVELOPE, is_envelope
from ..errors import AnswerError
from .json_text import parsed_once
from .scan import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._schema.target import Target
    from .candidates import Answer

MOST_ERRORS: Final = 100
"""Errors of one answer that are kept. A large answer may have millions, of which each takes a kilobyte."""

_BEGINNING: Final = 100_000
"""Characters of the listed errors that are read: a kilobyte for each that is kept."""
_KINDS: Final = {
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def rejection(text: str, answer: Answer, target: Target[Any]) -> Exception:
    """The error for a reply that was rejected without validation.

    Args:
        text: The reply's content.
        answer: The answer with its problem.
        target: The response type.
    """
    if answer.problem == "echo":
        return AnswerError("it repeats the schema instead of filling it in")
    if answer.problem == "twice":
        message = "A key occurs twice in one object, so its value is ambiguous"
        return _error(target, [_line("key_twice", message, answer)])
    if answer.problem == "name":
        return _error(target, [_line("unknown_field", f"Unknown field; the field is called {answer.detail!r}", answer)])
    if answer.problem == "changed":
        return _error(target, [_line("value_changed", answer.detail, answer)])
    if answer.problem == "escapes":
        return AnswerError(r"a string contains single backslashes that may or may not be escapes; write each as \\")
    if answer.problem == "fields":
        return _error(target, _absent(answer, target))
    if answer.problem == "kind":
        kinds = " or ".join(name for kind, name in _KINDS.items() if kind in target.shape.kinds)
        return _error(target, [_line("wrong_kind", f"Input should be {kinds}", answer)])
    return _no_json(text, target)


def bounded(error: pydantic.ValidationError, text: str, target: Target[Any]) -> pydantic.ValidationError:
    """The error, or its first lines where it has more than `MOST_ERRORS`.

    Args:
        error: As Pydantic has raised it.
        text: The answer that it is about.
        target: The response type.
    """
    count = error.error_count()
    if count <= MOST_ERRORS:
        return error
    value: Any = parsed_once(text)[0]
    if target.enveloped and is_envelope(value):
        value = value[ENVELOPE]
    # As JSON all of them cost a fifth of what they cost as objects, and of that the beginning is read.
    listed = error.json(indent=None, include_url=False, include_context=False, include_input=False)
    lines = [
        InitErrorDetails(
            type=PydanticCustomError(_literal(one["type"]), _literal(one["msg"])),
            loc=tuple(one["loc"]),
            input=_at(value, one["loc"]),
        )
        for one in pydantic_core.from_json(listed[:_BEGINNING], allow_partial=True)[:MOST_ERRORS]
        if "msg" in one
    ]
    more = f"and {count - MOST_ERRORS} more errors"
    lines.append(InitErrorDetails(type=PydanticCustomError("more_errors", _literal(more)), loc=(), input=None))
    return pydantic.ValidationError.from_exception_data(error.title, lines, "json")


def _literal(text: str) -> Any:
    """Pydantic asks for a literal, so that nothing from outside is taken for a template; without context none is."""
    return text


def _at(value: Any, location: Sequence[Any]) -> Any:
    """What stands at a location of the answer, as far as its steps are keys and numbers."""
    for step in location:
        try:
            value = value[step]
        except (LookupError, TypeError):
            continue  # the branch of a union, what is missing, or inside JSON in a string
    return value


def _absent(answer: Answer, target: Target[Any]) -> list[InitErrorDetails]:
    required = [] if answer.path else [name for name in target.shape.required if name not in answer.value]
    if required:
        return [InitErrorDetails(type="missing", loc=(name,), input=answer.value) for name in required]
    return [_line("no_fields", "None of the expected fields is there", answer)]


def _line(kind: str, message: str, answer: Answer) -> InitErrorDetails:
    value = _at(answer.value, answer.path)
    return InitErrorDetails(type=PydanticCustomError(_literal(kind), _literal(message)), loc=answer.path, input=value)


def _no_json(text: str, target: Target[Any]) -> Exception:
    shown = readable(text)
    try:
        pydantic_core.from_json(shown)
    except ValueError as error:
        line = InitErrorDetails(type="json_invalid", loc=(), input=shown, ctx={"error": str(error)})
        return _error(target, [line])
    return AnswerError("no JSON value found")


def _error(target: Target[Any], lines: list[InitErrorDetails]) -> pydantic.ValidationError:
    return pydantic.ValidationError.from_exception_data(target.name, lines, "json")
