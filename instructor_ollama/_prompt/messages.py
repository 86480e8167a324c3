"""All text that is sent to a model: the schema text and the retry messages.

Pure. The schema text stands before the document and is the same from call to call, so that the server's prefix
cache keeps it; a re-ask only adds to the end, for the same reason.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

import pydantic
import pydantic_core

from .._schema.json_schema import changed
from .._schema.shape import ENVELOPE
from ..errors import UsageError
from .notation import notation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_core import ErrorDetails

    from .._schema.target import Target

    SchemaPrompt = Literal["types", "json-schema"] | Callable[[Mapping[str, Any]], str]

INSTRUCTION = "Reply only with JSON of this type:"
REJECTED = "That JSON is not valid:"
AGAIN = "Reply only with the corrected JSON."

_ROLES = ("system", "developer", "user", "assistant", "tool", "function", "control")
"""Roles of messages: those of the APIs, and the one by which some chat templates are switched to thinking. The names of
documents follow "document" in others."""

ANSWER_LIMIT = 4000
"""Characters of a rejected answer that are shown to the model again; the middle of a longer one is left out."""
_ABSENT = ("missing", "missing_argument", "missing_keyword_only_argument")
"""Errors about something that did not come; what came instead is the whole object around it."""

ERRORS_LIMIT = 10
"""Errors that a re-ask names; the rest are counted."""
ERROR_LIMIT = 240
"""Characters of one error's line."""
INPUT_LIMIT = 60
"""Characters of the value that an error is about."""
_ENDS = INPUT_LIMIT
"""Characters or items at each end of a value that may be among those."""


def schema_text(target: Target[Any], style: SchemaPrompt = "types") -> str:
    """The instruction and the type, as one block.

    Args:
        target: The response type.
        style: "types" for the compact notation, "json-schema" for JSON Schema, or a function of one's own that is
            given Pydantic's JSON Schema and returns the whole block.
    """
    if callable(style):
        return style(_without_extensions(target.schema))
    if style == "json-schema":
        text = json.dumps(_without_extensions(target.schema), ensure_ascii=False, separators=(",", ":"))
        return f"Reply only with JSON that fits this JSON Schema:\n{text}"
    return f"{INSTRUCTION}\n{notation(target.schema)}"


def messages_of(messages: Any) -> list[Mapping[str, Any]]:
    """The caller's messages as a list.

    Raises:
        UsageError: There are no messages, or one is invalid.
    """
    if isinstance(messages, (str, bytes, Mapping)) or not hasattr(messages, "__iter__"):
        raise UsageError(f'messages={messages!r:.80}: expected a list such as [{{"role": "user", "content": "..."}}].')
    result = [
        _checked(_as_mapping(message, f"messages[{index}]"), f"messages[{index}]")
        for index, message in enumerate(messages)
    ]
    if not result:
        raise UsageError('messages is empty: pass at least one, such as {"role": "user", "content": "..."}.')
    return result


def _as_mapping(message: Any, where: str) -> Mapping[str, Any]:
    if isinstance(message, Mapping):
        return cast("Mapping[str, Any]", message)
    dump = getattr(message, "model_dump", None)  # a ChatCompletionMessage of an earlier call
    if dump is None:
        raise UsageError(f'{where} is {message!r:.80}: expected a dict such as {{"role": "user", "content": "..."}}.')
    return cast("Mapping[str, Any]", dump(exclude_unset=True))


def _checked(message: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The message, with a list of strings as one text, and strings among other content parts as parts of their own."""
    role = message.get("role")
    if role is None:
        raise UsageError(f'{where} has no role: expected {{"role": "user", "content": "..."}}.')
    if not isinstance(role, str) or (role not in _ROLES and not role.startswith("document")):
        near = difflib.get_close_matches(str(role).lower(), _ROLES, n=1)
        meant = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(_ROLES)}."
        raise UsageError(f"{where} has the unknown role {role!r:.80}: {meant}")
    content = message.get("content")
    if content is None or isinstance(content, str):
        return _with_text(message, content, where)
    if not isinstance(content, (list, tuple)):
        raise UsageError(
            f"{where} has a content of type {type(content).__name__}: expected a string or a list of content parts."
        )
    listed = cast("list[Any]", content)
    if listed and all(isinstance(part, str) for part in listed):  # one text: Ollama makes a message of each part
        joined = "\n\n".join(listed)
        return _with_text({**message, "content": joined}, joined, where)
    return {**message, "content": [_part(part, f"{where}.content[{index}]") for index, part in enumerate(listed)]}


def _part(part: Any, where: str) -> Mapping[str, Any]:
    if isinstance(part, str):
        return _with_text({"type": "text", "text": part}, part, where)
    dump = getattr(part, "model_dump", None)
    if not isinstance(part, Mapping) and dump is not None:
        part = dump(exclude_unset=True)
    if not isinstance(part, Mapping):
        raise UsageError(f"{where} is of type {type(part).__name__}: expected a string or a dict with a type.")
    node = cast("Mapping[str, Any]", part)
    if not isinstance(node.get("type"), str):
        raise UsageError(f'{where} has no type: expected {{"type": "text", "text": "..."}} or another content part.')
    if node["type"] != "text":
        return node
    if not isinstance(node.get("text"), str):
        raise UsageError(f"{where} has a text of type {type(node.get('text')).__name__}: expected a string.")
    return _with_text(node, node["text"], where)


def _with_text(holder: Mapping[str, Any], text: str | None, where: str) -> Mapping[str, Any]:
    """The message or part that holds the text.

    Raises:
        UsageError: The text has a lone surrogate and cannot be sent.
    """
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UsageError(
                f"{where} has a lone surrogate at character {error.start}, which cannot be sent: "
                'read the text with the right encoding, or use text.encode(errors="replace").decode().'
            ) from None
    return holder


def texts_of(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The texts of messages, those of content parts included."""
    found: list[str] = []
    for message in messages:
        content: Any = message.get("content")
        parts: list[Any] = cast("list[Any]", content) if isinstance(content, list) else [{"text": content}]
        texts: list[Any] = [
            cast("Mapping[str, Any]", part).get("text") if isinstance(part, Mapping) else part for part in parts
        ]
        found += [text for text in texts if isinstance(text, str)]
    return found


def with_schema(messages: Sequence[Mapping[str, Any]], text: str) -> list[dict[str, Any]]:
    """The caller's messages with the schema text in them; the originals are not touched.

    A system message of the caller's stays first and takes the text at its end. Where there is none, the text
    opens the first user message: a system message added by the library would disable the one in the model's Modelfile.
    """
    result = [dict(message) for message in messages]
    for message in result:
        if message.get("role") == "developer":  # most chat templates of local models do not know this role
            message["role"] = "system"
    if result and result[0].get("role") == "system":
        result[0]["content"] = _joined(result[0].get("content"), text, behind=True)
        return result
    for message in result:
        if message.get("role") == "user":
            message["content"] = _joined(message.get("content"), text, behind=False)
            return result
    return [*result, {"role": "user", "content": text}]


def _joined(content: Any, text: str, *, behind: bool) -> Any:
    if not content:
        return text
    if isinstance(content, str):
        return f"{content}\n\n{text}" if behind else f"{text}\n\n{content}"
    # Ollama makes a message of each part, so the text joins a neighbouring text part if there is one.
    parts = [dict(part) for part in content]
    neighbour = parts[-1 if behind else 0]
    if neighbour.get("type") == "text":
        neighbour["text"] = _joined(neighbour.get("text"), text, behind=behind)
        return parts
    return [*parts, {"type": "text", "text": text}] if behind else [{"type": "text", "text": text}, *parts]


def reask(answer: str, error: Exception, target: Target[Any]) -> list[dict[str, Any]]:
    """The two turns that follow a rejected answer: the answer, and what is wrong with it.

    Args:
        answer: The rejected text, not empty.
        error: Why it was rejected.
        target: The response type.
    """
    return [
        {"role": "assistant", "content": shortened(answer, ANSWER_LIMIT)},
        {"role": "user", "content": complaint(answer, error, target)},
    ]


def complaint(answer: str, error: Exception, target: Target[Any]) -> str:
    """What is wrong with an answer, in words for the model that gave it."""
    return "\n".join([REJECTED, *error_lines(answer, error, target), AGAIN])


def error_lines(answer: str, error: Exception, target: Target[Any], *, values: bool = True) -> list[str]:
    """One line for each error: where, what was expected, what came.

    Args:
        answer: The rejected text.
        error: Why it was rejected.
        target: The response type.
        values: Whether what came is shown.

    Returns:
        At most `ERRORS_LIMIT` + 1 lines of at most `ERROR_LIMIT` characters.
    """
    if not isinstance(error, pydantic.ValidationError):
        return [shortened(f"- {_flat(str(error))}", ERROR_LIMIT)]
    value = _parsed(answer)
    errors = error.errors(include_url=False, include_context=False)
    lines = list(dict.fromkeys(_error_line(one, value, target, values=values) for one in errors))
    if len(lines) > ERRORS_LIMIT:
        return [*lines[:ERRORS_LIMIT], f"- and {len(lines) - ERRORS_LIMIT} more"]
    return lines


def _error_line(error: ErrorDetails, value: Any, target: Target[Any], *, values: bool) -> str:
    if error["type"] == "json_invalid":
        return shortened(f"- not JSON: {_flat(error['msg']).removeprefix('Invalid JSON: ')}", ERROR_LIMIT)
    absent = error["type"] in _ABSENT
    path, branch = _path(error["loc"], value, target, absent=absent)
    message = _flat(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    came = ""
    if values and not absent:
        came = f", got {shortened(_shown(error['input']), INPUT_LIMIT)}"
    where = f"{path} (as {branch})" if branch else path
    return shortened(f"- {where}: {message}{came}", ERROR_LIMIT)


def _path(location: Sequence[int | str], value: Any, target: Target[Any], *, absent: bool) -> tuple[str, str]:
    """Where an error is in the answer, and which branch of a union it is about.

    Pydantic mixes the branches of unions into the location; what is no step into the answer is one of them.
    """
    path = ""
    branches: list[str] = []
    steps = list(location)
    if target.enveloped:
        path = ENVELOPE
        inside = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        value = inside[ENVELOPE] if list(inside) == [ENVELOPE] else cast("Any", value)
    for index, step in enumerate(steps):
        if isinstance(step, int) and isinstance(value, list):
            items = cast("list[Any]", value)
            path += f"[{step}]"
            value = items[step] if 0 <= step < len(items) else None
        elif isinstance(value, dict) and (step in value or (absent and index == len(steps) - 1)):
            path += f".{step}" if path else str(step)
            value = cast("dict[Any, Any]", value).get(step)
        else:
            branches.append("a key" if step == "[key]" else str(step))
    return path or "the answer", " ".join(branches)


def _parsed(answer: str) -> Any:
    try:
        return pydantic_core.from_json(answer)
    except ValueError:
        return None


def _shown(value: Any) -> str:
    try:
        return pydantic_core.to_json(_ends_of(value), serialize_unknown=True).decode()
    except ValueError:
        return repr(value)


def _ends_of(value: Any) -> Any:
    """The value with the middle of what is long left out, of which nothing would be shown."""
    if isinstance(value, str):
        return value if len(value) <= 2 * _ENDS else value[:_ENDS] + value[-_ENDS:]
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [_ends_of(one) for one in (items if len(items) <= 2 * _ENDS else items[:_ENDS] + items[-_ENDS:])]
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        keys = list(pairs)
        kept = keys if len(keys) <= 2 * _ENDS else keys[:_ENDS] + keys[-_ENDS:]
        return {key: _ends_of(pairs[key]) for key in kept}
    return value


def _flat(text: str) -> str:
    return " ".join(text.split())


def shortened(text: str, limit: int) -> str:
    """`text`, its middle left out when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    head = (limit - 5) * 2 // 3
    return f"{text[:head]} ... {text[head + 5 - limit :]}"


def _without_extensions(schema: Any) -> Any:
    """A JSON Schema without the keywords that only this library writes (`x-...`)."""
    if not isinstance(schema, dict):
        return schema
    node = cast("dict[str, Any]", schema)
    return changed({key: value for key, value in node.items() if not key.startswith("x-")}, _without_extensions)
