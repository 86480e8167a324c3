"""Helpers for strict JSON texts: their values and the positions of these."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import jiter

from .tolerant_json import read

_TWICE: Final = "Detected duplicate key"
_SEPARATOR: Final = re.compile(r"[ \t\n\r]*[,:]?[ \t\n\r]*")
_SCALAR: Final = json.JSONDecoder(parse_int=len, parse_float=len).raw_decode


def parsed_once(text: str) -> tuple[Any, bool]:
    """The value of a JSON text, None where it is none, and whether a key in it occurs twice."""
    data = text.encode()
    try:
        return jiter.from_json(data, catch_duplicate_keys=True, cache_mode="keys"), False
    except ValueError as error:
        if not str(error).startswith(_TWICE):
            return None, False
    try:
        return jiter.from_json(data, cache_mode="keys"), True
    except ValueError:
        return None, False


def members(text: str) -> dict[str, str]:
    """The texts of an object's values, or of a list's under their numbers."""
    members: dict[str, str] = {}
    pos = _past(_SEPARATOR, text, 1)
    while text[pos] not in "]}":
        key = str(len(members))
        if text[0] == "{":
            key, pos = _SCALAR(text, pos)
            pos = _past(_SEPARATOR, text, pos)
        end = read(text, pos).end if text[pos] in "[{" else _SCALAR(text, pos)[1]
        members[key] = text[pos:end]
        pos = _past(_SEPARATOR, text, end)
    return members


def _past(what: re.Pattern[str], text: str, pos: int) -> int:
    match = what.match(text, pos)
    return match.end() if match else pos
