"""Fields that Go's decoder refuses because their type differs from Ollama's structs, with the server's messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from . import _eras
from ._answers import Error

if TYPE_CHECKING:
    from ._checks import Asked

_TEXT, _NUMBER, _WHOLE, _FLAG, _LIST = ("string",), ("number",), ("whole number",), ("bool",), ("array",)

_V1_FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "model": (_TEXT, "string"),
    "messages": (_LIST, "[]openai.Message"),
    "stream": (_FLAG, "bool"),
    "max_tokens": (_WHOLE, "int"),
    "seed": (_WHOLE, "int"),
    "temperature": (_NUMBER, "float64"),
    "top_p": (_NUMBER, "float64"),
    "frequency_penalty": (_NUMBER, "float64"),
    "presence_penalty": (_NUMBER, "float64"),
    "response_format": (("object",), "openai.ResponseFormat"),
    "tools": (_LIST, "[]api.Tool"),
    "reasoning_effort": (_TEXT, "string"),
}
_NATIVE_FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "model": (_TEXT, "string"),
    "messages": (_LIST, "[]api.Message"),
    "stream": (_FLAG, "bool"),
    "options": (("object",), "map[string]interface {}"),
    "tools": (_LIST, "api.Tools"),
}
_OPTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "temperature": (_NUMBER, "float32"),
    "top_p": (_NUMBER, "float32"),
    "num_ctx": (_NUMBER, "integer"),
    "num_predict": (_NUMBER, "integer"),
    "seed": (_NUMBER, "integer"),
}


def wrong_type(asked: Asked) -> Error | None:
    """The error of the first field that has another type than the server's."""
    fields = _NATIVE_FIELDS if asked.native else _V1_FIELDS
    for name, (kinds, wanted) in fields.items():
        value = asked.body.get(name)
        if value is not None and _kind(value) not in _with_whole(kinds):
            return _cannot(asked, value, name, wanted)
    for message in cast("list[Any]", asked.body.get("messages") or ()):
        found = _wrong_message(asked, message)
        if found is not None:
            return found
    return _wrong_option(asked) if asked.native else None


def _wrong_message(asked: Asked, message: Any) -> Error | None:
    if not isinstance(message, Mapping):
        return _cannot(asked, message, "messages", "api.Alias" if asked.native else "openai.Message")
    fields = cast("Mapping[str, Any]", message)
    role, content = fields.get("role"), fields.get("content")
    if role is not None and not isinstance(role, str):
        return _cannot(asked, role, "messages.role", "string")
    if asked.native and content is not None and not isinstance(content, str):
        return _cannot(asked, content, "messages.content", "string")
    return None


def _wrong_option(asked: Asked) -> Error | None:
    options = cast("Mapping[str, Any]", asked.body.get("options") or {})
    for name, (kinds, wanted) in _OPTIONS.items():
        if options.get(name) is not None and _kind(options[name]) not in _with_whole(kinds):
            return Error(500, f'option "{name}" must be of type {wanted}')
    return None


def content_type(content: object) -> str:
    """Go's name for what stands as the content of a message."""
    names = {"object": "map[string]interface {}", "bool": "bool", "null": "<nil>"}
    return names.get(_kind(content), "float64")


def _cannot(asked: Asked, value: object, name: str, wanted: str) -> Error:
    kind = _kind(value)
    shown = f"number {value}" if wanted == "int" and kind == "number" else kind.removeprefix("whole ")
    struct = "ChatCompletionRequest"
    if asked.native:
        struct = ".ChatRequest" if _eras.has(asked.version, "lenient converter") else "ChatRequest"
    elif name.startswith("messages."):
        struct = "Message"
    text = f"json: cannot unmarshal {shown} into Go struct field {struct}.{name} of type {wanted}"
    return Error(400, text, routed=True)


def _kind(value: object) -> str:
    """The JSON type of a value, in the decoder's words."""
    if isinstance(value, bool):
        return "bool"
    kinds = ((str, "string"), (int, "whole number"), (float, "number"), (list, "array"), (Mapping, "object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _with_whole(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return (*kinds, "whole number") if "number" in kinds else kinds
