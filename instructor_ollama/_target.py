"""`Target`: any `response_model` made ready once: its schema, its wire schema, its name, and `validate(text)`.

Pure and cached per type. Knows Pydantic and the wire schema; knows no client, no prompt, no conversation.
"""

from __future__ import annotations

import collections.abc
import functools
import re
import types
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_origin

import pydantic
import pydantic_core
from typing_extensions import TypedDict

from ._wire_schema import is_respelt, pydantic_schema, restored, restricted, restricts, wire_schema
from .errors import UnsupportedResponseModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ._wire_schema import Level

T = TypeVar("T")

ENVELOPE = "result"
"""The only key of the object that is asked for where the type itself is no JSON object."""

CACHED_TYPES = 512
"""How many types are kept ready; the least recently used is made anew."""

_STREAMS = (
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterable,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
)
_SHAPELESS = (Any, object)


class Target(Generic[T]):
    """What is to come back, and everything that is derived from it.

    Attributes:
        name: How the type is called in messages, such as "User" or "list[User]".
        schema: Pydantic's JSON Schema of what is asked for, the envelope included, with the annotations of
            `pydantic_schema`.
        wire: The schema that is sent to the server.
        enveloped: True when the answer is `{"result": ...}` because the type is no JSON object.
        fields: Names a top-level object of this type may have.
        echoable: True when a JSON Schema would validate as this type, so that an echo must be looked for.
        restricted: True when the grammar restricts a string to choices or to a pattern of the user's.
    """

    __slots__ = (
        "_adapter",
        "_envelope",
        "_respelt",
        "_response_model",
        "echoable",
        "enveloped",
        "fields",
        "name",
        "restricted",
        "schema",
        "wire",
    )

    def __init__(self, response_model: Any, level: Level = "schema") -> None:
        self.name = _name(response_model)
        self._response_model = response_model
        _refuse_known(response_model, self.name)
        try:
            self._adapter: pydantic.TypeAdapter[T] = pydantic.TypeAdapter(response_model)
            schema = pydantic_schema(self._adapter, level)
        except (pydantic.errors.PydanticUserError, NameError, RecursionError) as error:
            raise UnsupportedResponseModelError(
                f"response_model={self.name}: Pydantic cannot {_what_failed(error)}: {_first_line(error)} "
                "Give a type that can be written as JSON, such as a BaseModel, list[T], Literal or int."
            ) from error
        self.enveloped = not _is_object(schema, schema)
        self._envelope: pydantic.TypeAdapter[Any] | None = None
        if self.enveloped:
            self._envelope = pydantic.TypeAdapter(_envelope_type(response_model))
            schema = _in_envelope(schema)
        self.schema = schema
        self._respelt = is_respelt(schema)
        self.wire = wire_schema(schema, level)
        self.restricted = level != "open" and restricted(schema)
        root = _resolve(schema, schema)
        self.fields = frozenset(cast("Mapping[str, Any]", root.get("properties") or {}))
        self.echoable = not root.get("required")

    def validate(self, text: str, *, strict: bool | None = None, context: Any = None) -> T:
        """The value that `text` holds.

        Args:
            text: JSON text, with or without the envelope where the type needs one.
            strict: Pydantic's strict mode; None leaves it to the type.
            context: Handed to the type's validators.

        Raises:
            pydantic.ValidationError: Pydantic's own, with locations inside the user's type.
        """
        if self._respelt:
            text = self._in_own_spelling(text)
        if self._envelope is None:
            return self._adapter.validate_json(text, strict=strict, context=context)
        try:
            return cast("T", self._envelope.validate_json(text, strict=strict, context=context)[ENVELOPE])
        except pydantic.ValidationError:
            return self._adapter.validate_json(_unwrapped(text), strict=strict, context=context)

    @property
    def core_schema(self) -> Any:
        """Pydantic's own description of the type, configurations included."""
        return self._adapter.core_schema

    def restricts(self, path: Sequence[str | int]) -> bool:
        """Whether the grammar restricts the string at a path of the answer to choices or to a pattern of the user's."""
        return restricts(self.schema, path)

    @property
    def opened(self) -> Target[T]:
        """The same type with a grammar that alters no value: structure alone, numbers in quotes."""
        return target_of(self._response_model, "open")

    def own_value(self, value: Any) -> Any:
        """The parsed answer as the caller knows the type: out of the envelope, and in the type's own spelling."""
        own = self.own_spelling(value)
        return own[ENVELOPE] if self.enveloped and _is_envelope(own) else own

    def own_spelling(self, value: Any) -> Any:
        """The parsed answer with its numbers and dicts as the type has them, however the wire schema asks for them."""
        return restored(value, self.schema, self.schema) if self._respelt else value

    def _in_own_spelling(self, text: str) -> str:
        """The same for a text; what is no JSON stays as it is, and so does its rejection."""
        try:
            value = pydantic_core.from_json(text)
        except ValueError:
            return text
        own = self.own_spelling(value)
        return text if own == value else pydantic_core.to_json(own, inf_nan_mode="constants").decode()


def target_of(response_model: Any, level: Level = "schema") -> Target[Any]:
    """The target of a type; made once per type.

    Args:
        response_model: The type.
        level: What the server's grammar enforces (see `wire_schema`).

    Raises:
        UnsupportedResponseModelError: Pydantic cannot validate the type or describe it as JSON Schema.
    """
    # Unions and literals compare equal whatever the order of their members; repr keeps them apart.
    key = response_model if isinstance(response_model, type) else (response_model, repr(response_model))
    try:
        hash(key)
    except TypeError:
        return Target(response_model, level)
    return _cached(_Key(key, response_model), level)


class _Key:
    """Equal when the types are; carries the type itself past `lru_cache`."""

    __slots__ = ("key", "response_model")

    def __init__(self, key: Any, response_model: Any) -> None:
        self.key = key
        self.response_model = response_model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


@functools.lru_cache(maxsize=CACHED_TYPES)
def _cached(key: _Key, level: Level) -> Target[Any]:
    return Target(key.response_model, level)


def _name(response_model: Any) -> str:
    if isinstance(response_model, type) and not isinstance(response_model, types.GenericAlias):
        return response_model.__name__
    text = re.sub(r"\b[A-Za-z_][A-Za-z0-9_.]*\.(?=[A-Za-z_])", "", repr(response_model))  # module paths
    return text if len(text) <= 120 else f"{text[:117]}..."


def _refuse_known(response_model: Any, name: str) -> None:
    """The mistakes whose own message would not help."""
    origin = get_origin(response_model) or response_model
    if origin in _STREAMS:
        raise UnsupportedResponseModelError(
            f"response_model={name}: answers are not streamed item by item; use list[T] to get all items at once."
        )
    if any(response_model is shapeless for shapeless in _SHAPELESS):
        raise UnsupportedResponseModelError(f"response_model={name} says nothing about the answer; give a type.")
    if isinstance(response_model, (str, bytes)):
        raise UnsupportedResponseModelError(f"response_model={name} is a string; give the type itself.")
    if isinstance(response_model, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        raise UnsupportedResponseModelError(f"response_model={name} is a function; give a type.")
    if isinstance(response_model, pydantic.BaseModel):
        raise UnsupportedResponseModelError(
            f"response_model is an instance of {type(response_model).__name__}; "
            f"give the class: response_model={type(response_model).__name__}."
        )
    if isinstance(response_model, (list, tuple, dict, set)):
        raise UnsupportedResponseModelError(f"response_model={name} is a value; give a type such as list[User].")


def _what_failed(error: Exception) -> str:
    described = isinstance(error, pydantic.errors.PydanticInvalidForJsonSchema)
    return "describe it as JSON Schema" if described else "validate it"


def _first_line(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0]
    return line if line.endswith(".") else f"{line}."


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a chain of local references."""
    seen: set[str] = set()
    while isinstance(reference := schema.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        schema = cast("Mapping[str, Any]", root.get("$defs", {})).get(reference.removeprefix("#/$defs/"), {})
    return schema


def _is_object(schema: Mapping[str, Any], root: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> bool:
    """Whether every value of the schema is a JSON object."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference not in seen and _is_object(_resolve(schema, root), root, seen | {reference})
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches:
        return all(_is_object(branch, root, seen) for branch in branches)
    return schema.get("type") == "object"


def _envelope_type(response_model: Any) -> Any:
    return cast("Any", TypedDict)("Envelope", {ENVELOPE: response_model})


def _in_envelope(schema: Mapping[str, Any]) -> dict[str, Any]:
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    outer: dict[str, Any] = {"type": "object", "properties": {ENVELOPE: inner}, "required": [ENVELOPE]}
    if "$defs" in schema:
        outer["$defs"] = schema["$defs"]
    return outer


def _unwrapped(text: str) -> str | bytes:
    """What is in the envelope, or the text as it is when there is none."""
    try:
        value = pydantic_core.from_json(text)
    except ValueError:
        return text
    return pydantic_core.to_json(value[ENVELOPE]) if _is_envelope(value) else text


def _is_envelope(value: Any) -> bool:
    return isinstance(value, dict) and list(cast("dict[str, Any]", value)) == [ENVELOPE]
