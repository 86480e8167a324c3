"""A JSON Schema as a compact type notation: what a model needs to know of a type, in few tokens.

    {
    name: string // as on the passport
    age: int 0..150
    role: "admin" | "user" = "user"
    }

Pure: a schema in, text out, the same text for the same schema. Knows nothing of clients or conversations.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._schema.facts import KEYS, facts_of, is_decimal
from .._schema.json_schema import definition_name, resolve, walk
from .constraints import as_json, constraints, decimal_notes, span, time_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Schema = Mapping[str, Any]

_WORDS = {"integer": "int", "number": "float", "boolean": "bool", "string": "string", "null": "null"}

_FORMATS = {
    "binary": "string",
    "password": "string",
    "date-time": "datetime",
    "duration": "ISO 8601 duration",
    "uri": "url",
    "json-string": "string of JSON",
    "uuid1": "uuid",
    "uuid3": "uuid",
    "uuid4": "uuid",
    "uuid5": "uuid",
}
"""Formats whose own name is not the best word; every other format stands under its own name."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")

_INLINE_LIMIT = 24
"""Characters up to which a shared definition is repeated where it is used instead of being named once."""


def notation(schema: Schema) -> str:
    """The type that a JSON Schema describes.

    Args:
        schema: As Pydantic makes it; local references only.

    Returns:
        The type's own text, then one `Name = ...` for each definition that is shared or recursive.
    """
    return _Printer(schema).print()


class _TooLongError(Exception):
    """What is measured is longer than what is repeated."""


class _Printer:
    def __init__(self, root: Schema) -> None:
        self._root = root
        self._definitions: dict[str, Schema] = dict(root.get("$defs") or {})
        self._names = _short_names(self._definitions)
        uses = _uses(root, self._definitions)
        self._named: list[str] = []
        self._room: int | None = None
        for reference in self._definitions:
            if reference in uses.recursive:
                self._named.append(reference)
        for reference, count in uses.counts.items():
            if count > 1 and reference not in uses.recursive and self._is_long(reference):
                self._named.append(reference)

    def print(self) -> str:
        lines = [self._type(self._root, docs=True)]
        lines += [f"{self._names[name]} = {self._type(self._definitions[name], docs=True)}" for name in self._named]
        return "\n".join(lines)

    def _is_long(self, reference: str) -> bool:
        """Whether a definition is longer than what is repeated; found without printing more than a few lines of it."""
        self._room = _INLINE_LIMIT
        try:
            return len(self._type(self._definitions[reference])) > _INLINE_LIMIT
        except _TooLongError:
            return True
        finally:
            self._room = None

    def _type(self, schema: Schema, *, docs: bool = False, comment: str = "") -> str:
        """One type; `comment` and, if `docs`, the schema's own description go behind it or its opening brace."""
        if self._room is not None:  # each type is one character at least
            self._room -= 1
            if self._room < 0:
                raise _TooLongError
        notes = [comment] if comment else []
        if docs:
            notes = [*_notes(schema), *notes]
        text = self._reference(schema, notes) or self._body(schema)
        note = "; ".join(dict.fromkeys(notes))
        if not note:
            return text
        head, brace, rest = text.partition("{\n")
        return f"{head}{{ // {note}\n{rest}" if brace else f"{text} // {note}"

    def _reference(self, schema: Schema, notes: list[str]) -> str | None:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return None
        name = definition_name(schema)
        if name in self._named:
            return self._names[name]
        definition = self._definitions.get(name)
        if definition is None:
            return "any"
        notes += _notes(definition)
        return self._body(definition) if "$ref" not in definition else self._reference(definition, notes)

    def _body(self, schema: Schema) -> str:
        if is_decimal(schema):  # Pydantic says number or string; the wire schema says string
            return " ".join(["decimal string", *decimal_notes(facts_of(schema))])
        if facts_of(schema).format in ("number", "integer"):  # digits in quotes on the wire
            return " ".join([f"{_WORDS[schema['type']]} string", *constraints(schema)])
        for key, printer in _PRINTERS.items():
            if key in schema:
                return printer(self, schema)
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(self._body({**schema, "type": one}) for one in cast("list[str]", kind))
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        return self._scalar(schema)

    def _scalar(self, schema: Schema) -> str:
        kind = schema.get("type")
        if kind is None:
            return "any"
        word = _WORDS.get(cast("str", kind), cast("str", kind))
        if kind == "string":
            form = schema.get("format")
            if isinstance(form, str):
                word = " ".join([_FORMATS.get(form, form), *time_notes(facts_of(schema))])
            elif schema.get("contentMediaType") == "application/json":
                inner = schema.get("contentSchema")
                word = f"string of JSON {self._type(inner)}" if inner else "string of JSON"
        return word + "".join(f" {note}" for note in constraints(schema))

    def _literals(self, schema: Schema) -> str:
        return " | ".join(as_json(value) for value in schema["enum"])

    def _const(self, schema: Schema) -> str:
        return as_json(schema["const"])

    def _union(self, schema: Schema) -> str:
        branches = schema.get("anyOf") or schema.get("oneOf") or ()
        return " | ".join(dict.fromkeys(self._type(branch) for branch in cast("list[Schema]", branches))) or "any"

    def _all_of(self, schema: Schema) -> str:
        parts = [self._type(part) for part in cast("list[Schema]", schema["allOf"])]
        rest = {key: value for key, value in schema.items() if key not in ("allOf", "description", "title", "default")}
        if rest:
            parts.append(self._body(rest))
        return " & ".join(parts)

    def _object(self, schema: Schema) -> str:
        properties = cast("dict[str, Schema]", schema.get("properties") or {})
        extra = schema.get("additionalProperties")
        if not properties:
            return self._map(schema, extra)
        required = set(cast("list[str]", schema.get("required") or ()))
        lines = [self._field(name, one, required=name in required) for name, one in properties.items()]
        if extra is True:
            lines.append("...: any")
        elif isinstance(extra, dict):
            lines.append(f"...: {self._type(cast('Schema', extra))}")
        return "{\n" + "\n".join(lines) + "\n}"

    def _map(self, schema: Schema, extra: Any) -> str:
        if extra is False:
            return "{}"
        keys = schema.get("propertyNames")
        patterns = cast("dict[str, Schema]", schema.get("patternProperties") or {})
        if patterns:
            text = " | ".join(f"map<string /{key}/, {self._type(one)}>" for key, one in patterns.items())
        elif isinstance(extra, dict) and extra:
            keys = keys or schema.get(KEYS)
            text = f"map<{self._key(cast('Schema | None', keys))}, {self._type(cast('Schema', extra))}>"
        elif keys:
            text = f"map<{self._key(cast('Schema', keys))}, any>"
        else:
            text = "object"
        return text + "".join(f" {note}" for note in span(schema, "minProperties", "maxProperties", " entries"))

    def _key(self, schema: Schema | None) -> str:
        if not schema:
            return "string"
        return self._type({"type": "string", **schema} if "$ref" not in schema else schema)

    def _field(self, name: str, schema: Schema, *, required: bool) -> str:
        key = name if _PLAIN_KEY.match(name) else as_json(name)
        default = schema.get("default") if "default" in schema else None
        if not required and "default" not in schema:
            key += "?"
        note = "; ".join(_notes(schema))
        text = self._type(schema)
        # `= null` says nothing that `| null` does not.
        if default is not None and text != as_json(default):
            text = f"{text} = {as_json(default)}"
        if note:
            head, brace, rest = text.partition("{\n")
            text = f"{head}{{ // {note}\n{rest}" if brace else f"{text} // {note}"
        return f"{key}: {text}"

    def _array(self, schema: Schema) -> str:
        notes = span(schema, "minItems", "maxItems", " items")
        first = schema.get("prefixItems")
        if first is not None:
            parts = [self._type(one) for one in cast("list[Schema]", first)]
            rest = schema.get("items")
            if isinstance(rest, dict):
                parts.append(f"...{self._grouped(cast('Schema', rest))}[]")
            text = f"[{', '.join(parts)}]"
            notes = []
        else:
            items = schema.get("items")
            text = f"{self._grouped(cast('Schema', items))}[]" if isinstance(items, dict) and items else "any[]"
        if schema.get("uniqueItems"):
            notes.append("unique")
        return text + "".join(f" {note}" for note in notes)

    def _grouped(self, schema: Schema) -> str:
        """A type that `[]` can follow."""
        text = self._type(schema)
        schema = resolve(schema, self._root)
        closed = schema.get("type") == "object" or (schema.get("type") == "array" and text.endswith("[]"))
        return text if closed or " " not in text else f"({text})"


_PRINTERS: dict[str, Callable[[_Printer, Schema], str]] = {
    "$ref": lambda printer, schema: printer._type(schema),  # pyright: ignore[reportPrivateUsage]
    "const": _Printer._const,  # pyright: ignore[reportPrivateUsage]
    "enum": _Printer._literals,  # pyright: ignore[reportPrivateUsage]
    "anyOf": _Printer._union,  # pyright: ignore[reportPrivateUsage]
    "oneOf": _Printer._union,  # pyright: ignore[reportPrivateUsage]
    "allOf": _Printer._all_of,  # pyright: ignore[reportPrivateUsage]
}
"""The first keyword that a schema has decides how it is printed, as in the server's own converter."""


class _Uses(NamedTuple):
    """How often each definition is referred to, and which of them are recursive."""

    counts: Mapping[str, int]
    recursive: set[str]


def _uses(root: Schema, definitions: Mapping[str, Schema]) -> _Uses:
    counts: Counter[str] = Counter()
    for one in [root, *definitions.values()]:
        counts.update(_references(one))
    edges = {name: set(_references(one)) for name, one in definitions.items()}
    return _Uses(counts, {name for name in definitions if name in _reachable(name, edges)})


def _reachable(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(edges.get(name, ()))
    return found


def _references(schema: Schema) -> list[str]:
    """Every definition that is referred to inside, as often as it is."""
    inside = {key: value for key, value in schema.items() if key != "$defs"}
    return [definition_name(node) for node in walk(inside, contents=True) if "$ref" in node]


def _short_names(definitions: Mapping[str, Schema]) -> dict[str, str]:
    """A readable, unique name for each definition; Pydantic's carry module paths where two classes share one."""
    names: dict[str, str] = {}
    for key in definitions:
        short = key.split("__")[-1] or key
        name, number = short, 2
        while name in names.values():
            name, number = f"{short}{number}", number + 1
        names[key] = name
    return names


def _notes(schema: Schema) -> list[str]:
    """What is said about a type or a field: its description, then its examples."""
    notes = [_line(schema["description"])] if schema.get("description") else []
    examples = schema.get("examples") or ([schema["example"]] if "example" in schema else [])
    return [*notes, f"e.g. {', '.join(as_json(one) for one in examples)}"] if examples else notes


def _line(text: str) -> str:
    return " ".join(text.split())
