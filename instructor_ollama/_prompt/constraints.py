"""Constraints of a type (bounds, lengths, patterns, time zones) in the prompt's type notation. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._schema.facts import Facts

    Schema = Mapping[str, Any]

_URL_LENGTH = 2083
"""What Pydantic bounds every `HttpUrl` with; it tells a model nothing."""


def constraints(schema: Schema) -> list[str]:
    """The constraints of a scalar in the type notation."""
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


def decimal_notes(facts: Facts) -> list[str]:
    """What narrows a decimal; its bounds come as text, digits and all."""
    stated = ((">=", facts.ge), (">", facts.gt), ("<=", facts.le), ("<", facts.lt))
    notes = [f"{sign}{_plain_decimal(bound)}" for sign, bound in stated if bound is not None]
    if facts.multiple_of is not None:
        notes.append(f"multiple of {_plain_decimal(facts.multiple_of)}")
    counts = ((facts.max_digits, "digits"), (facts.decimal_places, "decimals"))
    return notes + [f"<={count} {unit}" for count, unit in counts if count is not None]


def _plain_decimal(value: Any) -> str:
    text = str(value)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def time_notes(facts: Facts) -> list[str]:
    """What JSON Schema does not say of dates and times: their zone, and that they are past or to come."""
    notes = [_ZONES[facts.tz]] if facts.tz in _ZONES else []
    if facts.now:
        return [*notes, "in the past" if facts.le is not None else "in the future"]
    return notes + [f"{sign}{bound}" for sign, bound in ((">=", facts.ge), ("<=", facts.le)) if bound is not None]


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
