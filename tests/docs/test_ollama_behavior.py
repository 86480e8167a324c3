"""`docs/ollama-behavior.md`: its tables agree with the recordings, and every heading that the code cites exists."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ollama-behavior.md").read_text(encoding="utf-8")
VERSIONS = ("0.12.6", "0.24.0", "0.33.0", "0.34.4")
ROW = re.compile(r"^\| .+? \| ([\d-]+) \| ([\d-]+) \| ([\d-]+) \| ([\d-]+) \| .+ \| `([\w-]+)` \|$", re.MULTILINE)
RECORDED = re.compile(r"recorded as ((?:`[\w-]+`(?:, | and )?)+)")
CITED = re.compile(r'docs/ollama-behavior\.md, "([^"]+)"')
NOTE = re.compile(r"\(F\d")


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


HEADINGS = set(re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE))


def sources() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    paths = [ROOT / name for name in listed if name.endswith((".py", ".md", ".toml"))]
    return paths or [*ROOT.glob("*/**/*.py"), *ROOT.glob("**/*.md")]


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[int | None]]:
    cases: dict[str, list[int | None]] = {}
    for version in VERSIONS:
        lines = (ROOT / "tests" / "recordings" / f"ollama-{version}.jsonl").read_text(encoding="utf-8").splitlines()
        for case in map(json.loads, lines):
            cases.setdefault(case["case"], []).append(case["status"])
    return cases


def test_the_statuses_in_the_tables_are_the_recorded_ones(recorded):
    rows = ROW.findall(PAGE)
    assert len(rows) == sum(line.count("recorded as |") == 0 and line.endswith("` |") for line in PAGE.splitlines())
    for *stated, case in rows:
        assert [None if status == "-" else int(status) for status in stated] == recorded[case], case


def test_every_recording_that_is_named_exists(recorded):
    named = [case for names in RECORDED.findall(PAGE) for case in re.findall(r"`([\w-]+)`", names)]
    assert named
    assert set(named) <= set(recorded)


def test_every_heading_that_is_cited_exists():
    cited = {heading for path in sources() for heading in CITED.findall(path.read_text(encoding="utf-8"))}
    assert cited
    assert cited <= HEADINGS
    linked = {
        anchor
        for path in sources()
        for anchor in re.findall(r"ollama-behavior\.md#([\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert linked
    assert linked <= {slug(heading) for heading in HEADINGS}


def test_no_reference_points_to_notes_outside_the_repository():
    pointing = [str(path) for path in sources() if NOTE.search(path.read_text(encoding="utf-8"))]
    assert pointing == []
