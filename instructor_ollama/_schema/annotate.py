"""Pydantic's JSON Schema with the facts that it loses kept beside it, under `x-wire` keys.

A naive and an aware date-time have one JSON Schema, a `Decimal` is "a number or any string", a `default_factory` leaves
no trace: the core schema still knows, so that is where this asks.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import EncodedStr
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from .encodings import respelt
from .facts import ABSENT, EMPTY, FACTS, FINITE, KEYS, MEMBERS, NAMES, OWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import TypeAdapter

    from .encodings import Level

_CONVERTED: Final = frozenset({"int", "float", "date", "datetime", "time", "literal", "enum"})
"""Core schemas of which Pydantic takes other kinds of values as well."""
_EMPTY_FACTORIES: Final[frozenset[Any]] = frozenset({list, dict, set, frozenset, tuple, deque, OrderedDict})
# A wire schema is kept as long as the process lives, and what is past grows meanwhile.
_KEPT: Final = timedelta(days=366)


class AnnotatedJsonSchema(GenerateJsonSchema):
    """Generates what Pydantic generates, and `x-wire` facts."""

    _own = 0
    """How many validators of the user's see what is being described before Pydantic does."""

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Says nothing: the user's own call of `model_json_schema` does."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Of the model whose schema is being made."""
        return getattr(self._config, "config_dict", {})

    def float_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().float_schema(schema)
        infinite = schema.get("allow_inf_nan", self.config.get("allow_inf_nan", True))
        return _marked(result, FINITE, not infinite)

    def decimal_schema(self, schema: Any) -> JsonSchemaValue:
        names = ("ge", "gt", "le", "lt", "multiple_of")
        facts = {name: format(schema[name], "f") for name in names if _finite(schema.get(name))}
        facts |= {
            name: schema[name]
            for name in ("max_digits", "decimal_places", "allow_inf_nan")
            if schema.get(name) is not None
        }
        return _with(super().decimal_schema(schema), "decimal", facts)

    def fraction_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().fraction_schema(schema), "fraction", {})

    def complex_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().complex_schema(schema), "complex", {})

    def date_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().date_schema(schema), "date", _days(schema))

    def datetime_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().datetime_schema(schema), "date-time", _days(schema) | _zone(schema))

    def time_schema(self, schema: Any) -> JsonSchemaValue:
        bounds = {name: schema[name] for name in ("ge", "gt", "le", "lt") if name in schema}
        clocks = {} if any(bound.tzinfo for bound in bounds.values()) else bounds
        if clocks.get("lt"):  # not midnight, before which there is nothing
            clocks["lt"] = (datetime.combine(date(2000, 1, 1), clocks["lt"]) - timedelta.resolution).time()
        told = {f"{name[0]}e": bound.isoformat() for name, bound in clocks.items()}
        return _with(super().time_schema(schema), "time", told | _zone(schema))

    def timedelta_schema(self, schema: Any) -> JsonSchemaValue:
        inwards = {"ge": 0, "gt": 1, "le": 0, "lt": -1}  # microseconds
        bounds = {
            key: (schema[key] + timedelta(microseconds=step)).total_seconds()
            for key, step in inwards.items()
            if key in schema
        }
        lows, highs = ([bounds[key] for key in keys if key in bounds] for keys in (("ge", "gt"), ("le", "lt")))
        seconds: dict[str, float] = {}
        if lows:
            seconds["ge"] = max(lows)
        if highs:
            seconds["le"] = min(highs)
        return _with(super().timedelta_schema(schema), "duration", seconds)

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        result = super().generate_inner(schema)
        return _marked(result, OWN, self._own > 0 and schema["type"] in _CONVERTED)

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        return self.within_own(super().function_before_schema, schema)

    def function_wrap_schema(self, schema: Any) -> JsonSchemaValue:
        return self.within_own(super().function_wrap_schema, schema)

    def within_own(self, describe: Callable[[Any], JsonSchemaValue], schema: Any) -> JsonSchemaValue:
        """What is inside a validator that sees the answer's own value."""
        self._own += 1
        try:
            return describe(schema)
        finally:
            self._own -= 1

    def function_after_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().function_after_schema(schema)
        owner = getattr(schema["function"]["function"], "__self__", None)
        if isinstance(owner, EncodedStr) and owner.encoder.__module__ == EncodedStr.__module__:
            name = owner.encoder.get_json_format()  # base64 or base64url
            return {**result, FACTS: Facts(name, name)}
        return result

    def chain_schema(self, schema: Any) -> JsonSchemaValue:
        """Of a chain Pydantic tells the first step; a pattern behind a validator is a later one."""
        result = super().chain_schema(schema)
        for step in schema["steps"][1:]:
            while "schema" in step:
                step = step["schema"]
            if step["type"] == "str" and isinstance(step.get("pattern"), str):
                result = {"pattern": step["pattern"], **result}
        return result

    def bytes_schema(self, schema: Any) -> JsonSchemaValue:
        encoding = {"base64": "base64url", "hex": "hex"}.get(self.config.get("val_json_bytes", "utf8"), "utf8")
        return _with(super().bytes_schema(schema), encoding, {})

    def url_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().url_schema(schema), "uri", _url(schema))

    def multi_host_url_schema(self, schema: Any) -> JsonSchemaValue:
        return _with(super().multi_host_url_schema(schema), "multi-host-uri", _url(schema))

    def uuid_schema(self, schema: Any) -> JsonSchemaValue:
        version = schema.get("version")
        return _with(super().uuid_schema(schema), f"uuid{version}" if version else "uuid", {})

    def enum_schema(self, schema: Any) -> JsonSchemaValue:
        """Of a flag any sum of its members is a value; Pydantic tells the members alone."""
        result = super().enum_schema(schema)
        members: list[Any] = schema["members"]
        if not issubclass(schema["cls"], enum.Flag) or not all(type(member.value) is int for member in members):
            return result
        told = "a sum of " + ", ".join(f"{member.value} ({member.name})" for member in members)
        result.pop("enum", None)
        result.pop("const", None)
        whole = 0
        for member in members:
            whole |= member.value
        return {**result, "type": "integer", "minimum": 0, "maximum": whole, MEMBERS: told}

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().dict_schema(schema)
        if "propertyNames" not in result and "patternProperties" not in result and "keys_schema" in schema:
            keys = self.generate_inner(schema["keys_schema"])
            if keys.get("type", "string") != "string" or "enum" in keys or "const" in keys or "$ref" in keys:
                return {**result, KEYS: keys}
        return result

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().default_schema(schema)
        return _marked(result, EMPTY, schema.get("default_factory") in _EMPTY_FACTORIES)

    def model_field_schema(self, schema: Any) -> JsonSchemaValue:
        return _field(super().model_field_schema(schema), schema)

    def dataclass_args_schema(self, schema: Any) -> JsonSchemaValue:
        """Without the fields that the constructor does not accept."""
        fields = [field for field in schema["fields"] if field.get("init", True)]
        accepted: Any = {**schema, "fields": fields}
        result = super().dataclass_args_schema(accepted)
        return self.with_names(result, {field["name"]: field for field in fields})

    def typed_dict_schema(self, schema: Any) -> JsonSchemaValue:
        return self.with_names(super().typed_dict_schema(schema), schema["fields"])

    def dataclass_field_schema(self, schema: Any) -> JsonSchemaValue:
        return _field(super().dataclass_field_schema(schema), schema)

    def model_fields_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().model_fields_schema(schema)
        for name, field in schema["fields"].items():
            path = _alias_path(field.get("validation_alias"))
            if path and name in result["properties"]:
                _move(result, name, path)
        return self.with_names(result, schema["fields"])

    def with_names(self, result: JsonSchemaValue, fields: Mapping[str, Any]) -> JsonSchemaValue:
        """The same with the names that Pydantic accepts for the fields and that are not its properties."""
        by_name = self.config.get("validate_by_name") or self.config.get("populate_by_name")
        names = {step for field in fields.values() for step in _accepted(field.get("validation_alias"))}
        if by_name:
            names.update(fields)
        result = _marked(result, OWN, self._own > 0)
        more = sorted(names.difference(result.get("properties", ())))
        return {**result, NAMES: more} if more else result


def pydantic_schema(adapter: TypeAdapter[Any], level: Level = "schema") -> dict[str, Any]:
    """Pydantic's schema of what the adapter validates, by alias, with the facts that `wire_schema` asks for.

    Args:
        adapter: Of the type.
        level: What the grammar enforces; depending on it some numbers and dicts get another encoding (`encodings`).

    >>> from pydantic import TypeAdapter
    >>> pydantic_schema(TypeAdapter(list[bool]))
    {'items': {'type': 'boolean'}, 'type': 'array'}
    """
    schema = adapter.json_schema(schema_generator=AnnotatedJsonSchema, mode="validation", by_alias=True)
    return respelt(schema, level)


def _with(result: JsonSchemaValue, name: str, facts: Mapping[str, Any]) -> JsonSchemaValue:
    return {**result, FACTS: Facts(name, result.get("format"), **facts)}


def _marked(result: JsonSchemaValue, mark: str, on: bool) -> JsonSchemaValue:
    return {**result, mark: True} if on else result


def _finite(value: Any) -> bool:
    return value is not None and (not hasattr(value, "is_finite") or value.is_finite())


def _days(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The first and the last day, from bounds that need not be days."""
    facts: dict[str, Any] = {}
    for name, key, step in (("ge", "gt", 1), ("ge", "ge", 0), ("le", "lt", -1), ("le", "le", 0)):
        bound = schema.get(key)
        if isinstance(bound, datetime):  # the whole day, but for "before midnight"
            facts[name] = (bound - timedelta(microseconds=key == "lt" and bound.tzinfo is None)).date().isoformat()
            if bound.tzinfo:
                facts["instants"] = True
        elif isinstance(bound, date):
            facts[name] = (bound + timedelta(days=step)).isoformat()
    # What is to come only shrinks, so a day holds for as long as the schema is kept; one more for the time zones.
    if schema.get("now_op") == "future":
        facts |= {"ge": max(facts.get("ge", ""), (date.today() - timedelta(days=1)).isoformat()), "now": True}
    if schema.get("now_op") == "past":
        facts |= {"le": min(facts.get("le", "9999"), f"{(date.today() + _KEPT).year:04}-12-31"), "now": True}
    return facts


def _zone(schema: Mapping[str, Any]) -> dict[str, str]:
    zone = schema.get("tz_constraint")
    if zone is None:
        return {}
    return {"tz": zone if isinstance(zone, str) else "aware"}


def _url(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "host_required": bool(schema.get("host_required")),
        "schemes": tuple(schema.get("allowed_schemes") or ()),
    }


def _field(result: JsonSchemaValue, field: Mapping[str, Any]) -> JsonSchemaValue:
    excluded = field.get("serialization_exclude") or field.get("serialization_exclude_if") is not None
    return _marked(result, ABSENT, excluded)


def _alias_path(alias: Any) -> list[str | int]:
    """The first path of an `AliasPath` or `AliasChoices`; none where a choice is a plain name, which Pydantic takes."""
    if not isinstance(alias, list) or not alias:
        return []
    paths = _paths(alias)
    return [] if any(len(path) == 1 for path in paths) else paths[0]


def _paths(alias: Any) -> list[list[str | int]]:
    return cast("list[list[str | int]]", alias if isinstance(alias[0], list) else [alias])


def _accepted(alias: Any) -> list[str]:
    """The keys of an object under which Pydantic looks for a field of this alias."""
    if not isinstance(alias, list) or not alias:
        return [alias] if isinstance(alias, str) else []
    paths = _paths(alias)
    return [path[0] for path in paths if path and isinstance(path[0], str)]


def _move(schema: dict[str, Any], name: str, path: list[str | int]) -> None:
    """Puts the property where its `AliasPath` looks for it."""
    value = schema["properties"].pop(name)
    wanted = name in schema.get("required", ())
    if wanted:
        schema["required"].remove(name)
    at = schema
    for step, after in zip(path, [*path[1:], None], strict=True):
        inner: dict[str, Any] = {"type": "array"} if isinstance(after, int) else {"type": "object"}
        if after is None:
            inner = value
        if isinstance(step, int):
            items: list[Any] = at.setdefault("prefixItems", [])
            items.extend({} for _ in range(len(items), step + 1))
            at["minItems"] = at["maxItems"] = len(items)
            items[step] = at = items[step] or inner
        else:
            if wanted and step not in at.setdefault("required", []):
                at["required"].append(step)
            at = at.setdefault("properties", {}).setdefault(step, inner)
