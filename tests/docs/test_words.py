"""Phrases that user-visible text does not use, each with the plain term that replaces it.

User-visible are the documentation, the changelog, the cookbook, `--help` (docs/cli.md), and every string of the package:
messages, screens and docstrings.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import instructor_ollama

ROOT = Path(__file__).parents[2]
PACKAGE = Path(instructor_ollama.__file__).parent

PLAIN = {
    r"without a word": "silently",
    r"nobody says so": "silently",
    r"over and over": "repetition loop",
    r"again and again": "repeatedly, or: the last one repeats",
    r"\bwarmer\b": "at a higher temperature",
    r"wrong answers?\b": "invalid answer",
    r"(?:asked|asks|ask) (?:for )?(?:it )?again": "retry",
    r"\bmend(?:s|ed)?\b": "repair, fix",
    r"\brespelt\b|\bspelt\b(?<!misspelt)": "encoded, written",
    r"is no [a-z]+'s name": "is not a valid name",
    r"runs elsewhere": "is a remote model",
    r"no machine has the name": "cannot resolve the host name",
    r"wants (?:credentials|a subscription|to be paid)|have had enough|has had enough": "requires, rate limit",
    r"is no address|no TLS at": "is not a valid URL, does not speak TLS",
    r"the server cut\b|\bcut (?:prompts?|answers?|repl(?:y|ies))\b|(?:was|is|were) cut\b": "truncated",
    r"was wrong in this": "failed validation",
    r"nothing for the answer": "used its whole token budget for thinking",
    r"holds no value": "no JSON value found",
    r"repeated itself and was stopped": "aborted a repetition loop",
    r"\btakes no (?:images|tools|num_ctx|context window)\b": "does not support",
    r"\b(?:do|does) not go together": "cannot be combined",
    r"is no tenacity strategy": "is not a tenacity wait strategy",
    r"an integer from 0 on": "an integer >= 0",
    r"that is to come back": "to return",
    r"look at an Ollama|looked at an Ollama": "check an Ollama server",
    r"punish(?:es|ed)?\b": "repeat_penalty applies to",
    r"has gone while": "became unreachable",
    r"to be better|\bto change\b(?= *$)": "Suggestions, Problems",
    r"go on from this one": "build on this setup",
    r"say what is right|try again as you like|watch a call|think, or not|come from instructor": "headings name tasks",
    r"how the type is told|is told how": "described",
    r"\btime is over\b": "the deadline has passed",
    r"every one as it had to end": "all calls ended as expected",
    r"without a sight of": "independently of",
    r"in main memory": "on the CPU",
    r"lost its way": "runaway generation",
    r"does not want to": "refuses",
    r"whose turn it is": "the next scripted answer",
    r"\bpart(?:ly|ially) held\b": "partly enforced",
    r"grammar (?:can(?:not)? )?holds?\b": "enforces",
    r"passing faults?|faults? that pass|states? of the server that pass": "transient",
    r"update (?:it|Ollama)\b": "upgrade",
}


def strings(path: Path) -> list[tuple[int, str]]:
    """The string constants of a module, docstrings and the parts of f-strings included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def found(text: str) -> list[str]:
    flat = re.sub(r"\s+", " ", text)
    return [phrase for phrase in PLAIN if re.search(phrase, flat, re.IGNORECASE)]


PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("training/*.md"), *ROOT.glob("changelog.d/*.md")]
)
MODULES = sorted(path for path in [*PACKAGE.rglob("*.py"), *ROOT.glob("cookbook/*.py")])


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_use_the_plain_terms(page):
    assert found(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_strings_use_the_plain_terms(module):
    assert [(line, phrase) for line, text in strings(module) for phrase in found(text)] == []


@pytest.mark.parametrize("text", ["the server cut the prompt", "Asked again,\n  warmer", "It is over and over."])
def test_a_phrase_is_found_when_it_is_put_in(text):
    assert found(text)
