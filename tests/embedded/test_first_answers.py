"""The embedded engine under the random model: the same grammar as a real server's, on a machine that has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from instructor_ollama._schema.target import Target
from tests.corpus.types import PARTLY_ENFORCED, PARTS
from tests.kit.engines import EmbeddedEngine
from tests.kit.random_model import write_random_model
from tests.kit.sampling import MODEL, PARAMETERS, sample


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    gguf: Path = write_random_model(tmp_path_factory.mktemp("random") / "random.gguf")
    with EmbeddedEngine() as engine:
        engine.create(MODEL, gguf, parameters=PARAMETERS)
        yield engine


@pytest.mark.parametrize("part", list(PARTS))
def test_first_answers_are_valid(engine: EmbeddedEngine, part: str) -> None:
    targets = {name: Target(kind) for name, kind in PARTS[part].items() if name not in PARTLY_ENFORCED}
    samples = {name: sample(engine, name, target, target.wire, seed=1) for name, target in targets.items()}
    lost = {name: drawn for name, drawn in samples.items() if drawn.outcome not in ("valid", "limits")}

    assert engine.alive()
    assert not {name: drawn for name, drawn in lost.items() if drawn.outcome in ("refused", "killed")}
    # Chance is left with a share: the encoded length of an address, an exponent that makes a number infinite.
    assert len(lost) <= 0.02 * len(samples), lost
