"""What is printed in the README, the docs and the cookbook is run, with the demo model in place of llama3.1."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openai import OpenAI

import instructor_ollama
from instructor_ollama import embedded, errors
from instructor_ollama.cli import COMMANDS, parser
from instructor_ollama.testing import FakeOllama

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")] if "```python" in path.read_text())
COOKBOOK = sorted((ROOT / "cookbook").glob("*.py"))
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
SHOWN = re.compile(r"```text\n(.*?)```", re.DOTALL)
PROMISED = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)


NATIVE = {"ollama.md"}
"""Pages about what only Ollama has; their examples run against `FakeOllama`."""


@pytest.fixture(scope="module")
def engine():
    with embedded.Server() as server:
        yield server


def run(code: str, engine: embedded.Server | FakeOllama, tmp_path: Path) -> str:
    code = code.replace("http://localhost:11434/v1", engine.base_url).replace("http://localhost:11434", engine.host)
    if isinstance(engine, embedded.Server):
        code = code.replace('"llama3.1"', repr(engine.model))
    script = tmp_path / "page.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_examples_of_a_page_run_and_print_what_they_promise(page, engine, tmp_path):
    code = "\n".join(BLOCK.findall(page.read_text()))
    if page.name in NATIVE:
        with FakeOllama(['{"name": "Jason", "age": 25}'], models=["llama3.1"]) as fake:
            printed = run(code, fake, tmp_path).splitlines()
    else:
        printed = run(code, engine, tmp_path).splitlines()
    promised = PROMISED.findall(code)
    assert [line for line in printed if line in promised] == promised


def test_the_readme_shows_what_is_printed(engine, tmp_path):
    """The blocks of text under its examples: a request after an invalid answer, and an error."""
    readme = (ROOT / "README.md").read_text()
    printed = run("\n".join(BLOCK.findall(readme)), engine, tmp_path).replace(f" {engine.model} ", " llama3.1 ")
    shown = [text for text in SHOWN.findall(readme) if "not found" not in text]
    assert [text for text in shown if text not in printed] == []
    assert len(shown) == 2


def test_the_readme_shows_the_error_of_a_missing_model():
    (shown,) = (text for text in SHOWN.findall((ROOT / "README.md").read_text()) if "not found" in text)
    with FakeOllama([], models=["qwen2.5:7b"]) as fake, OpenAI(base_url=fake.base_url, api_key="ollama") as bare:
        client = instructor_ollama.patch(bare, model="llama3.1")
        with pytest.raises(errors.ModelNotFoundError) as caught:
            client.chat.completions.create(response_model=int, messages=[{"role": "user", "content": "1"}])
    assert f"ModelNotFoundError: {caught.value}\n" == shown


@pytest.mark.parametrize("program", COOKBOOK, ids=lambda path: path.name)
def test_the_cookbook_runs(program, engine, tmp_path):
    out = run(program.read_text(), engine, tmp_path)
    assert out.strip()


def test_the_error_page_shows_the_tree():
    drawn = re.search(r"```text\n(.*?)```", (ROOT / "docs/errors.md").read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1].strip() in errors.__doc__


def test_links_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_command_line_page_is_what_help_prints():
    expected = help_page()
    page = ROOT / "docs/cli.md"
    if os.environ.get("WRITE_DOCS"):
        page.write_text(expected)
    # Python versions break the lines differently.
    assert page.read_text().split() == expected.split(), "run WRITE_DOCS=1 pytest tests/docs/test_pages.py"


def help_page() -> str:
    os.environ["COLUMNS"] = "100"
    whole = parser()
    (commands,) = (action for action in whole._actions if hasattr(action, "choices") and action.choices)
    parts = ["# Command line\n\nWhat `--help` prints.\n"]
    parts += [f"\n```text\n{whole.format_help()}```\n"]
    parts += [f"\n## {name}\n\n```text\n{commands.choices[name].format_help()}```\n" for name in COMMANDS]
    return "".join(parts)


def test_the_package_runs_as_a_module():
    command = [sys.executable, "-m", "instructor_ollama", "--help"]
    assert "demo" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
