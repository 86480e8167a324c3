"""The section on schema converters in `docs/ollama-behavior.md` is the table of `_schema/converters.py`; this writes it.

python tests/schema/test_converters.py
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from instructor_ollama._schema import converters
from instructor_ollama._schema.converters import CONVERTERS, GGUF, TABLE, Converter

PAGE = Path(__file__).parents[2] / "docs" / "ollama-behavior.md"
SECTION = re.compile(r"(?<=<!-- converters -->\n).*?(?=<!-- /converters -->)", re.DOTALL)
CONSTRUCTS = list(dict.fromkeys(row.construct for row in TABLE))


def cell(construct: str, converter: Converter) -> str:
    rows = [row for row in TABLE if row.construct == construct and converter in row.converters]
    return ", ".join(row.consequence + (f" from {row.limit:,}" if row.limit else "") for row in rows) or "enforced"


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


def section() -> str:
    lines = [
        "",
        "Made by `python tests/schema/test_converters.py` from `instructor_ollama/_schema/converters.py`.",
        "",
        "| converter | Ollama versions | observed on |",
        "|---|---|---|",
        *(f"| {one.made_of} | {one.versions} | {one.seen} |" for one in CONVERTERS),
        "",
        "*Refused*: the request fails. *Ignored*: the grammar allows more than the schema. *Changed*: it allows other "
        "values. *Crash*: the server or its runner ends. *Enforced*: the grammar allows what the schema allows. Between "
        "the observed versions, a version is taken to behave as the one of its range.",
        "",
        f"| construct | {' | '.join(one.seen for one in CONVERTERS)} | sent instead |",
        "|---" * (len(CONVERTERS) + 2) + "|",
    ]
    for construct in CONSTRUCTS:
        instead = next(row.instead for row in TABLE if row.construct == construct)
        cells = (cell(construct, one) for one in CONVERTERS)
        lines.append(f"| {' | '.join(map(escaped, (construct, *cells, instead)))} |")
    return "\n".join(lines) + "\n\n"


def test_the_section_of_the_docs_is_the_table() -> None:
    found = SECTION.search(PAGE.read_text())
    assert found is not None
    assert found.group() == section(), "run `python tests/schema/test_converters.py`"


def test_every_version_has_one_converter() -> None:
    for one, following in itertools.pairwise(GGUF):
        assert one.until < following.since
    for one in GGUF:
        assert converters.converter_of(one.since) == converters.converter_of(one.until) == one


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_converter_has_one_row_for_a_construct(construct: str) -> None:
    concerned = [one for row in TABLE if row.construct == construct for one in row.converters]
    assert len(concerned) == len(set(concerned))
    assert len({row.limit is None for row in TABLE if row.construct == construct}) == 1


if __name__ == "__main__":
    PAGE.write_text(SECTION.sub(lambda _: section(), PAGE.read_text()))
