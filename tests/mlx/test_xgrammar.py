"""xgrammar under the random model: what Ollama's MLX back end makes of the schemas that are sent. `make xgrammar`."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

if importlib.util.find_spec("xgrammar") is None:
    pytest.skip("xgrammar is not installed; `make xgrammar` does", allow_module_level=True)

from instructor_ollama._schema.target import Target
from instructor_ollama._schema.wire import Level
from tests.corpus.types import PARTLY_ENFORCED, PARTS
from tests.kit.sampling import MODEL, PARAMETERS, sample
from tests.kit.xgrammar_engine import XGrammarEngine


@pytest.fixture(scope="module")
def engine() -> XGrammarEngine:
    engine = XGrammarEngine()
    engine.create(MODEL, None, parameters=PARAMETERS)
    return engine


@pytest.mark.parametrize("level", ["schema", "limits"])
@pytest.mark.parametrize("part", list(PARTS))
def test_first_answers_are_valid(engine: XGrammarEngine, part: str, level: Level) -> None:
    samples: dict[str, Any] = {}
    for name, kind in PARTS[part].items():
        target = Target(kind, level)
        if name not in PARTLY_ENFORCED:
            samples[name] = sample(engine, name, target, target.wire, seed=1)
    lost = {name: drawn for name, drawn in samples.items() if drawn.outcome not in ("valid", "limits")}
    # As Ollama calls it, xgrammar refuses counts above 128 in a pattern; the call then goes on without the schema.
    refused = [name for name, drawn in lost.items() if drawn.outcome == "refused" and level != "limits"]

    assert len(refused) <= 1, refused
    assert len(lost) <= 0.03 * len(samples), lost
