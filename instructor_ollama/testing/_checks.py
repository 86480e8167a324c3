"""Request checks of the server: one function for each, in the server's order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .._schema import converters
from . import _eras
from ._answers import Error, FakeModel
from ._bodies import nested
from ._decoding import content_type, wrong_type


@dataclass(frozen=True)
class Asked:
    """What a check looks at.

    Attributes:
        model: The one that is installed under the name, if any; an unnamed one can do everything.
    """

    body: Mapping[str, Any]
    version: str
    model: FakeModel | None
    native: bool

    @property
    def name(self) -> str:
        """The model's name as it was typed."""
        return str(self.body.get("model") or "")


def refusal(asked: Asked) -> Error | None:
    """The first error that the request earns; None where a model answers it."""
    for check in _NATIVE if asked.native else _V1:
        found = check(asked)
        if found is not None:
            return found
    return None


def not_json(raw: bytes) -> Error | None:
    """The error of a body that cannot be decoded, in the words of Go's decoder."""
    if not raw.strip():
        return Error(400, "EOF", routed=True)
    try:
        decoded: object = json.loads(raw)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        shown = raw[at : at + 1].decode("utf-8", "replace")
        return Error(400, f"invalid character '{shown}' looking for beginning of object key string", routed=True)
    if not isinstance(decoded, dict):
        return Error(
            400, "json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest", routed=True
        )
    return None


def _messages(asked: Asked) -> Error | None:
    messages = asked.body.get("messages")
    if not messages or not isinstance(messages, list):
        return Error(400, "[] is too short - 'messages'", routed=True)
    for message in cast("list[Mapping[str, Any]]", messages):
        content = message.get("content")
        if isinstance(content, list):
            for part in cast("list[Any]", content):
                found = _part(cast("Mapping[str, Any]", part if isinstance(part, dict) else {}), asked.version)
                if found is not None:
                    return found
        elif not isinstance(content, str) and not (content is None and message.get("tool_calls")):
            return Error(400, f"invalid message content type: {content_type(content)}", routed=True)
    return None


def _part(part: Mapping[str, Any], version: str) -> Error | None:
    kind = part.get("type")
    unread = kind == "text" and not isinstance(part.get("text"), str)
    if kind not in ("text", "image_url", "input_audio") or unread:
        return Error(400, "invalid message format", routed=True)
    image = part.get("image_url")
    if kind == "image_url" and not isinstance(image, (str, dict)):
        return Error(400, "invalid message format", routed=True)
    url = str(cast("Mapping[str, Any]", image).get("url") if isinstance(image, dict) else image)
    if kind != "image_url" or url.startswith("data:"):
        return None
    named = "image URLs are not currently supported, please use base64 encoded data instead"
    remote = url.startswith("http") and _eras.has(version, "image URLs named")
    return Error(400, named if remote else "invalid image input", routed=True)


def _effort(asked: Asked) -> Error | None:
    known = _eras.efforts(asked.version)
    effort = _effort_of(asked.body)
    if not effort or effort in known:
        return None
    quote = '"' if _eras.has(asked.version, "more efforts") else "'"
    listed = ", ".join(f'"{one}"' for one in known[:-1])
    return Error(
        400, f'invalid reasoning value: {quote}{effort}{quote} (must be {listed}, or "{known[-1]}")', routed=True
    )


def _name(asked: Asked) -> Error | None:
    if not asked.name:
        return Error(400, "model is required")
    if re.fullmatch(r"[\w.:/@-]+", asked.name) is None or "//" in asked.name:
        return Error(400, "invalid model name" if _eras.has(asked.version, "bad names named") else "model is required")
    return None


def _installed(asked: Asked) -> Error | None:
    return Error(404, f"model '{asked.name}' not found") if asked.model is None else None


def _tools(asked: Asked) -> Error | None:
    if not asked.body.get("tools") or asked.model is None or "tools" in asked.model.capabilities:
        return None
    return Error(400, f"registry.ollama.ai/library/{asked.model.tagged} does not support tools")


def _thinking(asked: Asked) -> Error | None:
    effort = asked.body.get("think") if asked.native else _effort_of(asked.body)
    if asked.model is None or not effort or effort == "none":
        return None
    if "thinking" not in asked.model.capabilities:
        return Error(400, f'"{asked.name}" does not support thinking')
    leveled = not isinstance(effort, str) or _eras.has(asked.version, "thinking by level")
    if (
        leveled
        or asked.body.get("_debug_render_only")
        or not _eras.has(asked.version, "thinking refused by level")
        or asked.model.family == "gptoss"
    ):
        return None
    return Error(400, f'think value "{effort}" is not supported for this model')


def _chat(asked: Asked) -> Error | None:
    if asked.model is None or "completion" in asked.model.capabilities:
        return None
    return Error(400, f'"{asked.name}" does not support chat')


def _images(asked: Asked) -> Error | None:
    if asked.model is None or "vision" in asked.model.capabilities or not _eras.has(asked.version, "llama-server"):
        return None
    messages = cast("Sequence[Mapping[str, Any]]", asked.body.get("messages") or ())
    parts = [part for one in messages if isinstance(one.get("content"), list) for part in one["content"]]
    if any(part.get("type") == "image_url" for part in parts) or any(one.get("images") for one in messages):
        return Error(400, nested(400, "Multimodal data provided, but model does not support multimodal requests."))
    return None


def _schema(asked: Asked) -> Error | None:
    schema = schema_of(asked.body)
    if schema is None or (asked.model is not None and asked.model.format != "gguf"):
        return None
    if not isinstance(schema, dict):
        shown = json.dumps(schema).replace('"', '\\"')
        return Error(500, f'invalid format: "{shown}"; expected "json" or a valid JSON Schema object')
    problem = next(_problems(cast("dict[str, Any]", schema), cast("dict[str, Any]", schema), asked.version), None)
    if problem is None:
        return None
    if not _eras.has(asked.version, "llama-server"):
        return Error(500, "invalid JSON schema in format")
    return Error(400, nested(400, f"Field 'json_schema': \"json_schema\": JSON schema conversion failed:\n{problem}"))


def too_long(tokens: int, window: int, version: str) -> Error:
    """The error for a prompt that does not fit and must not be truncated."""
    if not _eras.has(version, "llama-server"):
        return Error(400, "the input length exceeds the context length")
    text = f"request ({tokens} tokens) exceeds the available context size ({window} tokens), try increasing it"
    body = {
        "code": 400,
        "message": text,
        "type": "exceed_context_size_error",
        "n_prompt_tokens": tokens,
        "n_ctx": window,
    }
    return Error(400, json.dumps({"error": body}, separators=(",", ":")))


def schema_of(body: Mapping[str, Any]) -> Any:
    """The schema that a request sends to the grammar; None where there is none."""
    native = body.get("format")
    if native is not None:
        return None if native == "json" else native
    given = body.get("response_format")
    if not isinstance(given, dict):
        return None
    made = cast("dict[str, Any]", given)
    holder = made.get("json_schema") if made.get("type") == "json_schema" else None
    return cast("dict[str, Any]", holder).get("schema") or None if isinstance(holder, dict) else None


_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_DESCRIBES = ("$ref", "anyOf", "oneOf", "allOf", "const", "enum", "type", "properties", "items", "prefixItems")


_REFUSALS = {
    converters.UNKNOWN_TYPE: "unrecognized type {type}",
    converters.UNRESOLVED: "cannot resolve $ref {$ref}",
    converters.UNANCHORED: "Pattern must start with '^' and end with '$'",
    converters.TYPELESS: "Unrecognized schema",
}
"""What the converters say of the constructs that they refuse."""


def _problems(node: Any, root: dict[str, Any], version: str) -> Iterator[str]:
    """Why the converters refuse a schema; what they do in silence, or die of, is not shown."""
    if isinstance(node, list):
        for part in cast("list[Any]", node):
            yield from _problems(part, root, version)
    if not isinstance(node, dict):
        return
    schema = cast("dict[str, Any]", node)
    kind, pattern = schema.get("type"), schema.get("pattern")
    found = {
        converters.UNKNOWN_TYPE: isinstance(kind, str) and kind not in _TYPES,
        converters.UNRESOLVED: "$ref" in schema and not _resolves(str(schema["$ref"]), root),
        converters.UNANCHORED: isinstance(pattern, str) and not re.match(r"\^.*\$\Z", pattern),
        converters.TYPELESS: schema and not any(key in schema for key in _DESCRIBES),
    }
    for construct, says in _REFUSALS.items():
        if found[construct] and converters.consequence(construct, _eras.parsed(version)) == "refused":
            yield says.format_map(schema)
    for key in ("anyOf", "oneOf", "allOf", "items", "prefixItems"):
        yield from _problems(schema.get(key), root, version)
    for key in ("properties", "$defs"):
        for part in cast("dict[str, Any]", schema.get(key) or {}).values():
            yield from _problems(part, root, version)


def _resolves(reference: str, root: dict[str, Any]) -> bool:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            found = cast("dict[str, Any]", found).get(step) if isinstance(found, dict) else None
    return found is not None


def _effort_of(body: Mapping[str, Any]) -> str:
    nested_effort = body.get("reasoning")
    inner = cast("Mapping[str, Any]", nested_effort).get("effort") if isinstance(nested_effort, dict) else None
    return str(body.get("reasoning_effort") or inner or "")


Check = Callable[[Asked], "Error | None"]
_V1: tuple[Check, ...] = (
    wrong_type, _messages, _effort, _name, _installed, _chat, _tools, _thinking, _images, _schema,
)  # fmt: skip
_NATIVE: tuple[Check, ...] = (wrong_type, _name, _installed, _chat, _tools, _thinking, _images, _schema)
