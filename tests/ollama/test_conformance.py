"""Real servers, a model that knows nothing: what is valid in its first answer is valid because the grammar made it so.

One seed a type here; `benchmarks/conformance.py` takes several and writes the table of the docs.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from instructor_ollama._schema.target import Target
from instructor_ollama._schema.wire import wire_schema
from tests.corpus.types import ALL, PARTLY_ENFORCED, PARTS
from tests.kit.sampling import Sample, sample
from tests.kit.servers import OllamaServer

pytestmark = pytest.mark.usefixtures("random_model")

# Would have killed a server, or have been refused by one: each must come back with an answer.
POISON: dict[str, Any] = {
    "group with a question mark": {"type": "string", "pattern": "^(?:ab|cd)+$"},
    "lookahead": {"type": "string", "pattern": r"^(?!0)\d+(?<=5)$"},
    "digits": {"type": "string", "pattern": r"^\d{3}-\w+\s$"},
    "unanchored": {"type": "string", "pattern": "b|c"},
    "escaped end": {"type": "string", "pattern": r"^a\$$"},
    "empty pattern": {"type": "string", "pattern": ""},
    "unbalanced": {"type": "string", "pattern": "^(a$"},
    "nothing to repeat": {"type": "string", "pattern": "^*a$"},
    "counts": {"type": "string", "pattern": "^a{0,5000}b{2000}$"},
    "repeated empties": {"type": "string", "pattern": "^(a*)*(b?|c*)+$"},
    "quotes in a class": {"type": "string", "pattern": r'^["\\\]\-^\[]+$'},
    "long": {"type": "string", "minLength": 2000, "maxLength": 2000},
    "many": {"type": "array", "items": {"type": "integer"}, "maxItems": 100000},
    "as many as are sent": {"type": "array", "items": {"type": "integer"}, "maxItems": 600},
    "one more": {"type": "array", "items": {"type": "integer"}, "maxItems": 1998},
    "huge bounds": {"type": "integer", "minimum": 2**63, "maximum": 2**80},
    "fractions": {"type": "integer", "exclusiveMinimum": 0.5, "maximum": 9.5},
    "no type": {"title": "X"},
    "unknown type": {"type": "file"},
    "dangling": {"$ref": "#/$defs/nothing"},
    "remote": {"$ref": "other.json#/a"},
    "itself": {"$ref": "#"},
    "bare branch": {"anyOf": [{"required": ["a"]}, {"title": "b"}]},
    "empty union": {"anyOf": []},
    "types": {"type": ["string", "array", "null"], "items": {"enum": [1]}},
    "empty enum": {"enum": []},
    "odd names": {"type": "object", "properties": {"a]b\\": {"type": "null"}, "": {}}, "additionalProperties": True},
    "reference by name": {"type": "object", "properties": {"$ref": {"type": "string"}, "a": {"type": "null"}}},
    "negation": {"not": {"type": "string"}},
}


@pytest.mark.parametrize("part", list(PARTS))
def test_first_answers_are_valid(ollama_server: OllamaServer, part: str) -> None:
    types = {name: kind for name, kind in PARTS[part].items() if name not in PARTLY_ENFORCED}
    samples = {name: _first(ollama_server, name, Target(kind)) for name, kind in types.items()}
    lost = {name: drawn for name, drawn in samples.items() if drawn.outcome not in ("valid", "limits")}

    assert ollama_server.alive()
    assert not {name: drawn for name, drawn in lost.items() if drawn.outcome in ("refused", "killed")}
    # Chance is left with a share: an exponent that makes a number infinite.
    assert len(lost) <= 0.02 * len(samples), f"{Counter(drawn.outcome for drawn in lost.values())}: {lost}"


@pytest.mark.parametrize("name", list(PARTLY_ENFORCED))
def test_what_is_partly_held_is_answered(ollama_server: OllamaServer, name: str) -> None:
    drawn = _first(ollama_server, name, Target(ALL[name]))
    assert drawn.outcome in ("valid", "limits", "invalid")


@pytest.mark.parametrize("name", list(POISON))
def test_no_schema_is_refused_or_kills(ollama_server: OllamaServer, name: str) -> None:
    schema = wire_schema({"type": "object", "properties": {"a": POISON[name]}, "required": ["a"]})
    drawn = sample(ollama_server, name, Target(dict), schema, 0, attempts=1, max_tokens=40)
    assert drawn.outcome in ("valid", "limits", "cut"), drawn
    assert ollama_server.alive()


def _first(server: OllamaServer, name: str, target: Target[Any]) -> Sample:
    return sample(server, name, target, target.wire, seed=1)
