"""What narrows a type, in the words of the notation: bounds, lengths, patterns, zones. Pure; knows JSON Schema only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, Any]

_URL_LENGTH = 2083
"""What Pydantic bounds every `HttpUrl` with; it tells a model nothing."""


def constraints(schema: Schema) -> list[str]:
    """What narrows a scalar, in the notation's words."""
    notes: list[str] = []
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        notes.append(f"{_number(low)}..{_number(high)}")
        low = high = None
    for sign, bound in (
        (">=", low),
        (">", schema.get("exclusiveMinimum")),
        ("<=", high),
        ("<", schema.get("exclusiveMaximum")),
        ("multiple of ", schema.get("multipleOf")),
    ):
        if bound is not None:
            notes.append(f"{sign}{_number(bound)}")
    if schema.get("format") != "uri" or schema.get("maxLength") != _URL_LENGTH:
        notes += span(schema, "minLength", "maxLength", " chars")
    if schema.get("pattern") is not None:
        notes.append(f"/{schema['pattern']}/")
    return notes


def decimal_notes(facts: Schema) -> list[str]:
    """What narrows a decimal; its bounds come as text, digits and all."""
    bounds = {key: _plain_decimal(facts[key]) for key in ("ge", "gt", "le", "lt") if facts.get(key) is not None}
    notes = [
        f"{sign}{bounds[key]}" for sign, key in ((">=", "ge"), (">", "gt"), ("<=", "le"), ("<", "lt")) if key in bounds
    ]
    if facts.get("multiple_of") is not None:
        notes.append(f"multiple of {_plain_decimal(facts['multiple_of'])}")
    for key, unit in (("max_digits", "digits"), ("decimal_places", "decimals")):
        if facts.get(key) is not None:
            notes.append(f"<={facts[key]} {unit}")
    return notes


def _plain_decimal(value: Any) -> str:
    text = str(value)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def time_notes(facts: Schema) -> list[str]:
    """What JSON Schema does not say of dates and times: their zone, and that they are past or to come."""
    notes = [_ZONES[facts["tz"]]] if facts.get("tz") in _ZONES else []
    if facts.get("now"):
        notes.append("in the past" if "le" in facts else "in the future")
    else:
        notes += [f"{sign}{facts[key]}" for sign, key in ((">=", "ge"), ("<=", "le")) if facts.get(key) is not None]
    return notes


_ZONES = {"naive": "without zone", "aware": "with zone"}


def span(schema: Schema, least: str, most: str, unit: str) -> list[str]:
    low, high = schema.get(least), schema.get(most)
    if low is None and high is None:
        return []
    if low == high:
        return [f"{low}{unit}"]
    if low is None:
        return [f"<={high}{unit}"]
    return [f">={low}{unit}" if high is None else f"{low}..{high}{unit}"]


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> str:
    return as_json(int(value) if isinstance(value, float) and value.is_integer() else value)
