"""The bounds on token counts, against the counts of real tokenizers."""

from __future__ import annotations

import pytest

from instructor_ollama._call.known import ModelFacts
from instructor_ollama._call.token_bounds import fewest_tokens, kind_of, most_tokens, without_repeats
from tests.corpus.tokenized_texts import TOKENIZED

WORDS = "The engineer promised a report before the end of the month. "
CHINESE = "委员会星期二开会讨论河上新桥的建设。"


@pytest.mark.parametrize("name", TOKENIZED)
def test_real_tokenizers_stay_within_the_bounds(name):
    text, *counts = TOKENIZED[name]
    for count in counts:
        assert fewest_tokens(text) <= count <= most_tokens(text)
        assert kind_of(text) == kind_of(text * 3)


def test_runs_of_a_sign_may_be_one_token():
    assert without_repeats("a = b\n======\n  c      d....... 10000000") == "a = b\n==\n  c  d.. 10000000"


@pytest.mark.parametrize(
    ("text", "fewest", "most"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("a b c", 3, 3),
        ("1 2 3", 3, 5),
        ("hello", 1, 4),
        (WORDS, 11, 36),
        ("委员会星期二开会", 1, 24),
        (CHINESE, 2, 54),
        ("\ud800", 1, 3),
    ],
)
def test_bounds(text, fewest, most):
    assert fewest_tokens(text) == fewest
    assert most_tokens(text) == most


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "mixed 0 0"),
        (WORDS, "letters"),
        ("Über die Brücke führt ein schöner Weg zur Mühle", "accented"),
        ("委员会星期二开会", "cjk"),
        ("委員会は火曜日に集まり", "cjk"),
        ("اجتمعت اللجنة يوم الثلاثاء", "U+06xx"),
        ("комитет собрался во вторник", "U+04xx"),
        ("4711 38.50 1200 77", "digits"),
        ('{"id": 1, "name": "Dune"}', "mixed 0 3"),
        ("aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ" * 3, "unspaced 0 3"),
    ],
)
def test_kinds(text, expected):
    assert kind_of(text) == expected


def test_what_was_learnt_narrows_the_bounds_of_its_kind_only():
    facts = ModelFacts()
    assert facts.most("letters") == 1.0
    facts.learn("letters", 0.4)
    facts.learn("letters", 0.3)
    assert facts.most("letters") == pytest.approx(0.6)
    assert facts.usual("letters").least == pytest.approx(0.2)
    assert facts.most("cjk") == 1.0
    facts.learn("cjk", 0.9)
    assert facts.most("cjk") == 1.0
