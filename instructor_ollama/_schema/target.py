"""`Target`: any `response_model` made ready once: its schema, its wire schema, its name, and `validate(text)`.

Pure and cached per type. Knows Pydantic and the wire schema; knows no client, no prompt, no conversation.
"""

from __future__ import annotations

import functools
import json
import re
import types
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import pydantic
import pydantic_core

from ..errors import UnsupportedResponseModelError
from .deep import with_room
from .json_schema import alternatives, is_union
from .refused import core_nodes, listed, refuse_known, refuse_unvalidated
from .shape import ENVELOPE, Shape, is_envelope
from .wire import (
    has_decimals,
    has_integers,
    has_limits,
    is_respelt,
    limited_numbers,
    pydantic_schema,
    restored,
    restricted,
    restricts,
    wire_schema,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .wire import Level, Limited

T = TypeVar("T")

CACHED_TYPES = 512
"""How many types are kept ready; the least recently used is made anew."""


class Target(Generic[T]):
    """What is to come back, and everything that is derived from it.

    Attributes:
        name: How the type is called in messages, such as "User" or "list[User]".
        schema: Pydantic's JSON Schema of what is asked for, the envelope included, with the annotations of
            `pydantic_schema`.
        wire: The schema that is sent to the server.
        enveloped: True when the answer is `{"result": ...}` because the type is no JSON object.
        shape: What answers of the type look like.
        limited: True when a number of the type has limits.
        restricted: True when the grammar restricts a string to choices or to a pattern of the user's.
    """

    __slots__ = (
        "_adapter",
        "_by_alias",
        "_decimals",
        "_exact",
        "_respelt",
        "_response_model",
        "enveloped",
        "limited",
        "name",
        "restricted",
        "schema",
        "shape",
        "wire",
    )

    def __init__(self, response_model: Any, level: Level = "schema") -> None:
        response_model = listed(response_model)
        self.name = _name(response_model)
        self._response_model = response_model
        refuse_known(response_model, self.name)
        try:
            self._adapter: pydantic.TypeAdapter[T] = pydantic.TypeAdapter(response_model)
            refuse_unvalidated(self._adapter.core_schema, self.name)
            schema = pydantic_schema(self._adapter, level)
        except (UnsupportedResponseModelError, RecursionError):
            raise
        except Exception as error:  # Pydantic's own, and whatever the type's hooks for its schema raise
            raise UnsupportedResponseModelError(
                f"response_model={self.name}: Pydantic cannot {_what_failed(error)}: {_first_line(error)} "
                "Give a type that can be written as JSON, such as a BaseModel, list[T], Literal or int."
            ) from error
        self.enveloped = not _is_object(schema)
        # The schema names fields by their aliases; a model may accept names alone.
        by_name = any(
            _config(node).get("validate_by_alias") is False for _, node in core_nodes(self._adapter.core_schema)
        )
        self._by_alias: dict[str, Any] = {"by_alias": True} if by_name else {}
        if self.enveloped:
            schema = _in_envelope(schema)
        self.schema = schema
        self._respelt = is_respelt(schema)
        self._decimals = has_decimals(schema)
        self._exact = self._decimals or has_integers(schema)
        self.wire = wire_schema(schema, level)
        self.limited = has_limits(schema)
        self.restricted = level != "open" and restricted(schema)
        self.shape = Shape(schema, enveloped=self.enveloped)

    def validate(self, text: str, *, strict: bool | None = None, context: Any = None) -> T:
        """The value that `text` holds.

        Args:
            text: JSON text, with or without the envelope where the type needs one.
            strict: Pydantic's strict mode; None leaves it to the type.
            context: Handed to the type's validators.

        Raises:
            pydantic.ValidationError: Pydantic's own, with locations inside the user's type.
        """
        inexact = (self._exact and _INEXACT.search(text)) or (self._decimals and _ENDS_IN_ZERO.search(text))
        if self._respelt or inexact:
            text = self._in_own_spelling(text)
        content = self._content(text) if self.enveloped else text
        return self._adapter.validate_json(content, strict=strict, context=context, **self._by_alias)

    def _content(self, text: str) -> str:
        """What is in the envelope, as it is written; the text itself where there is none."""
        opening = _ENVELOPE.match(text)
        if opening is None:
            return text
        try:
            value = pydantic_core.from_json(text)
        except ValueError:
            return text
        if not is_envelope(value) or (not self.shape.fits(value[ENVELOPE]) and self.shape.fits(value)):
            return text
        return text[opening.end() : text.rindex("}")]

    @property
    def core_schema(self) -> Any:
        """Pydantic's own description of the type, configurations included."""
        return self._adapter.core_schema

    def restricts(self, path: Sequence[str | int]) -> bool:
        """Whether the grammar restricts the string at a path of the answer to choices or to a pattern of the user's."""
        return restricts(self.schema, path)

    def limited_numbers(self, value: Any) -> Iterator[Limited]:
        """The numbers of a parsed answer that have limits."""
        bare = self.enveloped and not is_envelope(value)
        return limited_numbers({ENVELOPE: value} if bare else value, self.schema)

    @property
    def opened(self) -> Target[T]:
        """The same type with a grammar that alters no value, and a schema that states no limits of numbers."""
        return target_of(self._response_model, "open")

    def own_value(self, value: Any) -> Any:
        """The parsed answer as the caller knows the type: out of the envelope, and in the type's own spelling."""
        own = self.own_spelling(value)
        return own[ENVELOPE] if self.enveloped and is_envelope(own) else own

    def own_spelling(self, value: Any) -> Any:
        """The parsed answer with its numbers and dicts as the type has them, however the wire schema asks for them."""
        if not (self._respelt or self._exact):
            return value
        bare = self.enveloped and not is_envelope(value)
        return restored(value, self.schema["properties"][ENVELOPE] if bare else self.schema, self.schema)

    def _in_own_spelling(self, text: str) -> str:
        """The same for a text; what is no JSON stays as it is, and so does its rejection."""
        try:
            value = json.loads(text, parse_float=Decimal) if self._exact else pydantic_core.from_json(text)
        except (ValueError, RecursionError):
            return text
        own = self.own_spelling(value)
        if own == value and not self._exact:
            return text
        return pydantic_core.to_json(own, inf_nan_mode="constants").decode()


_INEXACT = re.compile(r"[0-9.]{17}|[0-9][eE]")
"""In the text of a number that a float may change."""
_ENDS_IN_ZERO = re.compile(r"\.[0-9]*0(?![0-9])")
"""In the text of a number that has a digit which a float does not keep and a `Decimal` does."""
_ENVELOPE = re.compile(rf'\s*\{{\s*"{ENVELOPE}"\s*:')


def target_of(response_model: Any, level: Level = "schema") -> Target[Any]:
    """The target of a type; made once per type.

    Args:
        response_model: The type.
        level: What the server's grammar enforces (see `wire_schema`).

    Raises:
        UnsupportedResponseModelError: Pydantic cannot validate the type or describe it as JSON Schema.

    >>> target_of(list[int]).name, target_of(list[int]).validate("[1, 2]")
    ('list[int]', [1, 2])
    """
    # Unions and literals compare equal whatever the order of their members; repr keeps them apart.
    key = response_model if isinstance(response_model, type) else (response_model, repr(response_model))
    try:
        hash(key)
    except TypeError:
        return _made(response_model, level)
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
    return _made(key.response_model, level)


def _made(response_model: Any, level: Level) -> Target[Any]:
    try:
        return with_room(lambda: Target(response_model, level))
    except RecursionError as error:
        raise UnsupportedResponseModelError(
            f"response_model={_name(response_model)}: it is nested too deeply for Pydantic, or without an end."
        ) from error


def _config(node: Mapping[str, Any]) -> Mapping[str, Any]:
    config = node.get("config")
    return cast("Mapping[str, Any]", config) if isinstance(config, dict) else {}


def _name(response_model: Any) -> str:
    if isinstance(response_model, type) and not isinstance(response_model, types.GenericAlias):
        return response_model.__name__
    text = re.sub(r"\b[A-Za-z_][A-Za-z0-9_.]*\.(?=[A-Za-z_])", "", repr(response_model))  # module paths
    return text if len(text) <= 120 else f"{text[:117]}..."


def _what_failed(error: Exception) -> str:
    described = isinstance(error, pydantic.errors.PydanticInvalidForJsonSchema)
    return "describe it as JSON Schema" if described else "validate it"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines()]
    line = " ".join(lines)
    if not isinstance(error, pydantic_core.SchemaError):
        line = lines[0] if lines else type(error).__name__
    return line if line.endswith(".") else f"{line}."


def _is_object(schema: Mapping[str, Any]) -> bool:
    """Whether every value of the schema is a JSON object."""
    kinds = {node.get("type") for node in alternatives([schema], schema) if not is_union(node)}
    return kinds == {"object"}


def _in_envelope(schema: Mapping[str, Any]) -> dict[str, Any]:
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    outer: dict[str, Any] = {"type": "object", "properties": {ENVELOPE: inner}, "required": [ENVELOPE]}
    if "$defs" in schema:
        outer["$defs"] = schema["$defs"]
    return outer
