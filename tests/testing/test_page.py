"""docs/testing.md: its fault table is the table, and its tests pass as a user's would."""

from __future__ import annotations

import os
import re
from pathlib import Path

from instructor_ollama.testing import FAULTS
from tests.kit.installed import PLUGIN

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
MARK = "<!-- faults: written by WRITE_DOCS=1 pytest tests/testing -->\n"


def table() -> str:
    rows = [f"| `{name}` | {row.means} |" for name, row in FAULTS.items()]
    return "\n".join(["| name | what happens |", "|---|---|", *rows, ""])


def test_the_fault_table_is_up_to_date():
    above, _mark, below = PAGE.read_text(encoding="utf-8").partition(MARK)
    if os.environ.get("WRITE_DOCS"):
        below = f"\n{table()}"
        PAGE.write_text(above + MARK + below, encoding="utf-8")
    assert below == f"\n{table()}", "run WRITE_DOCS=1 pytest tests/testing"


def test_its_tests_pass_in_a_users_project(pytester):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    pytester.makepyfile("\n".join(blocks))
    result = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
