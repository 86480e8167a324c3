"""What counts as a loop, and what is merely alike."""

import random

import pytest

from instructor_ollama._reply.repetition import repeated


@pytest.mark.parametrize(
    ("before", "unit", "times"),
    [
        ("The answer ", "is no, ", 50),
        ('{"files": [', '"a.py",\n"b.py",\n', 30),
        ("", "x", 400),
        ("a", "long " * 60 + ".", 5),
    ],
)
@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_loop_is_found_wherever_it_was_truncated(before: str, unit: str, times: int, more: int) -> None:
    found = repeated(before + unit * times + unit[: more % len(unit)])
    assert found is not None
    assert len(found) <= len(unit)
    assert found in unit * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no, " * 3,
        '{"flags": [' + "0, " * 90,
        ", ".join(str(number) for number in range(300)),
        "one thing " * 50
        + "and then the end of it, which is another thing altogether, so nothing is wrong here at all",
        "".join(random.Random(1).choices("ab", k=5000)),
    ],
)
def test_what_is_short_or_goes_on_is_none(text: str) -> None:
    assert repeated(text) is None


def test_only_the_end_of_a_long_text_counts() -> None:
    assert repeated("ab" * 1_000_000 + "c") is None
    assert repeated("c" + "ab" * 1_000_000) == "ab"
