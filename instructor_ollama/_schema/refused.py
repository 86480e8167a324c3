"""Types that are refused by name: those that say nothing, are no type, or that Pydantic would return unvalidated.

Knows Pydantic's core schema; knows no JSON Schema and no client.
"""

from __future__ import annotations

import collections.abc
import types
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, get_args, get_origin

import pydantic

from ..errors import UnsupportedResponseModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STREAMS: Final = (
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterable,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
)
_SHAPELESS: Final = (Any, object, pydantic.BaseModel, pydantic.RootModel)
_NOT_SCHEMAS: Final = frozenset(("metadata", "serialization", "config", "default", "expected", "function"))
"""Keys of a core schema that hold no schema of what is validated."""


def listed(response_model: Any) -> Any:
    """`list[T]` for `Iterable[T]`, whose items come all at once; any other type as it is.

    Pydantic would validate the items of an `Iterable` one by one, when they are drawn.

    >>> from collections.abc import Iterable
    >>> listed(Iterable[int])
    list[int]
    """
    if get_origin(response_model) is Annotated:
        inner, *metadata = get_args(response_model)
        found = listed(inner)
        return response_model if found is inner else Annotated[(found, *metadata)]
    if get_origin(response_model) is collections.abc.Iterable and get_args(response_model):
        return types.GenericAlias(list, get_args(response_model))
    return response_model


def refuse_known(response_model: Any, name: str) -> None:
    """Refuse the mistakes whose own message would not help.

    Args:
        response_model: The caller's argument.
        name: How it is called in messages.

    Raises:
        UnsupportedResponseModelError: It is such a mistake.

    >>> refuse_known(len, "len")
    Traceback (most recent call last):
        ...
    instructor_ollama.errors.UnsupportedResponseModelError: response_model=len is a function; give a type.
    """
    origin = get_origin(response_model) or response_model
    if origin in _STREAMS:
        raise UnsupportedResponseModelError(
            f"response_model={name}: answers are not streamed item by item; use list[T] to get all items at once."
        )
    if any(base.__name__ == "PartialBase" and _is_instructors(base) for base in getattr(response_model, "__mro__", ())):
        raise UnsupportedResponseModelError(
            f"response_model={name} is instructor's Partial, whose fields may all be missing: an answer is validated "
            "whole; give the type itself."
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


def refuse_unvalidated(core_schema: Any, name: str) -> None:
    """Refuse a type of which Pydantic returns some part without validating it.

    Args:
        core_schema: Pydantic's core schema of the type.
        name: How the type is called in messages.

    Raises:
        UnsupportedResponseModelError: There is such a part; the message names it.

    >>> from pydantic import TypeAdapter
    >>> from collections.abc import Iterable
    >>> refuse_unvalidated(TypeAdapter(Iterable[int]).core_schema, "Lines")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    instructor_ollama.errors.UnsupportedResponseModelError: response_model=Lines: Pydantic does not validate...
    """
    for path, node in core_nodes(core_schema):
        _refuse_node(node, path, name)


def core_nodes(core_schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The nodes of a core schema, each with the names of the fields that lead to it, joined by points.

    >>> from pydantic import TypeAdapter
    >>> [(path, node["type"]) for path, node in core_nodes(TypeAdapter(list[int]).core_schema)]
    [('', 'list'), ('', 'int')]
    """
    pending: list[tuple[str, object]] = [("", core_schema)]
    while pending:
        path, found = pending.pop()
        if isinstance(found, (list, tuple)):
            pending += ((path, one) for one in cast("Sequence[object]", found))
        elif isinstance(found, dict):
            node = cast("dict[str, Any]", found)
            yield path, node
            pending += _children(node, path)


def _is_instructors(base: type) -> bool:
    return base.__module__.partition(".")[0] == "instructor"


def _refuse_node(node: Mapping[str, Any], path: str, name: str) -> None:
    where = f" in {path}" if path else ""
    if node.get("type") == "generator":
        raise UnsupportedResponseModelError(
            f"response_model={name}: Pydantic does not validate the items of an Iterable or Generator{where}; "
            "use list[T]."
        )
    config = getattr(node.get("cls"), "model_config", {}) if node.get("type") == "model" else {}
    if config.get("table"):
        table = node["cls"].__name__
        raise UnsupportedResponseModelError(
            f"response_model={name}: {table}{where} is an SQLModel table (table=True), which does not validate its "
            f"fields. Ask for a model without table=True that has the same fields, then call {table}.model_validate."
        )


def _children(node: Mapping[str, Any], path: str) -> list[tuple[str, object]]:
    if node.get("type") == "dataclass-field":
        path = _joined(path, node["name"])
    children: list[tuple[str, object]] = []
    for key, child in node.items():
        if key == "fields" and isinstance(child, dict):
            fields = cast("dict[str, object]", child)
            children += ((_joined(path, field), one) for field, one in fields.items())
        elif key == "choices" and isinstance(child, dict):
            children += ((path, one) for one in cast("dict[Any, object]", child).values())
        elif key not in _NOT_SCHEMAS and isinstance(child, (dict, list, tuple)):
            children.append((path, cast("object", child)))
    return children


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
