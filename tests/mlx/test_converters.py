"""The rows of the table of schema converters that are about xgrammar, and what has no row: enforced. `make xgrammar`."""

from __future__ import annotations

import importlib.util

import pytest

if importlib.util.find_spec("xgrammar") is None:
    pytest.skip("xgrammar is not installed; `make xgrammar` does", allow_module_level=True)

from instructor_ollama._schema import converters
from tests.kit.converter_rows import CONSTRUCTS, ENFORCED, OF_DIGITS, consequence, digits_preferred, example_of, rows_of
from tests.kit.xgrammar_engine import XGrammarEngine


@pytest.fixture(scope="module")
def engine() -> XGrammarEngine:
    return XGrammarEngine()


@pytest.fixture(scope="module")
def digits() -> XGrammarEngine:
    with digits_preferred():
        return XGrammarEngine()


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_each_row_is_what_xgrammar_does(engine: XGrammarEngine, digits: XGrammarEngine, construct: str) -> None:
    if construct in OF_DIGITS:
        engine = digits
    rows = rows_of(construct, converters.MLX)
    for row in rows:
        assert consequence(engine, row, row.consequence) == row.consequence
    if not rows:
        assert consequence(engine, example_of(construct), ENFORCED) == ENFORCED
