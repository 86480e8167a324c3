"""Values in and out of their limits: how many come back as the text states them, and how many are altered to fit.

    python -m benchmarks.true_values MODEL [--host http://localhost:11434] [--constrain schema limits json]
                                     [--tasks limits numbers] [--retries 3] [--show] [--by-kind]

Each text states one value. Where it lies within the limits of the field, the right result is that value; where it does
not, no valid answer exists and the right result is an error. A valid value other than the one in the text counts as
*altered* when the text's value is outside the limits, and as *wrong* when it is inside. Tokens and requests are of
all attempts, divided by the number of right results.

The tasks "numbers" are numbers in every notation that a text may have, all of them valid: a server's grammar has a rule
of its own for numbers, which ends one after 16 digits and knows no zero at the beginning of an exponent.
"""

from __future__ import annotations

import argparse
import logging
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import openai
from pydantic import BaseModel, Field, create_model

from instructor_ollama import errors, patch

MAX_TOKENS = 300


class Task(NamedTuple):
    """One text with one value.

    Attributes:
        kind: The row of the table.
        model: The type that is asked for; it has one field.
        text: What the user says.
        value: What the text states.
        fits: Whether that is a valid value of the field.
    """

    kind: str
    model: type[BaseModel]
    text: str
    value: Any
    fits: bool


def _rows(kind: str, field: str, of: Any, template: str, inside: list[Any], outside: list[Any]) -> Iterator[Task]:
    """One task for each value; a pair is what the text says and what it means."""
    model = create_model(kind.title().replace(" ", ""), **{field: (of, ...)})
    for values, fits in ((inside, True), (outside, False)):
        for value in values:
            said, meant = value if isinstance(value, tuple) else (value, value)
            yield Task(kind, model, template.format(said), meant, fits)


Age = Annotated[int, Field(ge=0, le=120)]
Price = Annotated[Decimal, Field(max_digits=6, decimal_places=2)]
Quantity = Annotated[int, Field(ge=1, le=500)]
Stars = Annotated[int, Field(ge=1, le=5)]
Percent = Annotated[float, Field(ge=0, le=100)]
Degrees = Annotated[int, Field(ge=0, le=200)]
Title = Annotated[str, Field(max_length=20)]
Name = Annotated[str, Field(min_length=5)]
Tags = Annotated[list[str], Field(max_length=3)]
Authors = Annotated[list[str], Field(min_length=2)]
Recent = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2030, 12, 31))]
Dozens = Annotated[int, Field(multiple_of=12)]
Share = Annotated[float, Field(gt=0, lt=1)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{4}$")]
Color = Literal["red", "green", "blue"]
Priority = Literal["low", "medium", "high"]
Unit = Literal["kg", "g", "lb"]


def _titles(*titles: str) -> list[Any]:
    return [(f'"{title}"', title) for title in titles]


def _lists(*lists: list[str]) -> list[Any]:
    return [(", ".join(items), items) for items in lists]


TASKS: tuple[Task, ...] = (
    *_rows("age", "age", Age, "The oak in our garden is {} years old.", [34, 7, 119], [450, 1500, 250]),
    *_rows(
        "price", "price", Price, "The machine costs {} euros.",
        [("1234.56", Decimal("1234.56")), ("89.90", Decimal("89.90")), ("7.05", Decimal("7.05"))],
        [("123456.78", Decimal("123456.78")), ("45.999", Decimal("45.999")), ("9876543", Decimal(9876543))],
    ),
    *_rows("quantity", "quantity", Quantity, "Please send us {} screws.", [12, 480, 250], [5000, 1200, 0]),
    *_rows("rating", "stars", Stars, "My review: {} stars for this toaster.", [4, 2, 5], [7, 10, 45]),
    *_rows("percentage", "percent", Percent, "Battery at {} percent.", [42.5, 99.9, 7.0], [150.0, 112.5, 1000.0]),
    *_rows("degrees", "degrees", Degrees, "The kiln reached {} degrees.", [85, 180, 20], [1500, 950, 2100]),
    *_rows(
        "title", "title", Title, "I am reading the book {}.",
        _titles("Dune", "Moby Dick", "The Trial", "War and Peace"),
        _titles(
            "The quick brown fox jumps over the lazy dog", "One Hundred Years of Solitude",
            "The Hitchhiker's Guide to the Galaxy", "Zen and the Art of Motorcycle Maintenance",
        ),
    ),
    *_rows(
        "name", "name", Name, "The boat is called {}.",
        [("Victoria", "Victoria"), ("Serenity", "Serenity")], [("Bo", "Bo"), ("Ada", "Ada")],
    ),
    *_rows(
        "tags", "tags", Tags, "Tags of the photo: {}.",
        _lists(["sea", "sun"], ["cat"], ["tree", "snow", "hill"]),
        _lists(
            ["sea", "sun", "beach", "boat", "sky"], ["cat", "dog", "bird", "fish"],
            ["red", "green", "blue", "black", "white", "grey"],
        ),
    ),
    *_rows(
        "authors", "authors", Authors, "Authors of the paper: {}.",
        _lists(["Knuth", "Bendix"], ["Rivest", "Shamir", "Adleman"]), _lists(["Turing"], ["Lovelace"]),
    ),
    *_rows(
        "date", "day", Recent, "The contract was signed on {}.",
        [(day, date.fromisoformat(day)) for day in ("2024-03-15", "2021-11-30", "2026-01-02")],
        [(day, date.fromisoformat(day)) for day in ("1998-07-04", "2015-12-24", "2031-05-06")],
    ),
    *_rows("multiple", "eggs", Dozens, "We need {} eggs.", [24, 36, 120], [25, 100, 7]),
    *_rows("share", "share", Share, "Her share of the company is {}.", [0.25, 0.5, 0.125], [1.25, 25.0, 3.5]),
    *_rows(
        "code", "code", Code, "The part number is {}.",
        [("AB1234", "AB1234"), ("QX9087", "QX9087")],
        [("AB12345", "AB12345"), ("ABC1234", "ABC1234"), ("XY98", "XY98")],
    ),
    *_rows("color", "color", Color, "The car is {}.", ["red", "green", "blue"], ["yellow", "orange", "purple"]),
    *_rows(
        "priority", "priority", Priority, "The ticket has the priority: {}.", ["low", "high", "medium"],
        ["urgent", "critical", "none"],
    ),
    *_rows("unit", "unit", Unit, "Weigh the parcel in {}.", ["kg", "lb"], ["tonnes", "ounces", "stone"]),
)  # fmt: skip


_INTEGERS = ["25", "0", "-7", "1234567890123456", "12345678901234567", "1234567890123456789", "-98765432109876543210"]
_FLOATS = ["0.5", "2.75", "1e-07", "1e-7", "2.5e10", "6.02214076e23", "602214076000000000000000", "-1.6e-19"]
_LONG = ["3.141592653589793238", "0.1234567890123456789", "12345678901234567.5"]
_SHARES = ["0.25", "1e-07", "0.00000012", "0.999999999999999"]
NUMBERS: tuple[Task, ...] = (
    *_rows("integer", "number", int, "The id is {}.", [(text, int(text)) for text in _INTEGERS], []),
    *_rows("float", "number", float, "The value is {}.", [(text, float(text)) for text in (*_FLOATS, *_LONG)], []),
    *_rows(
        "decimal", "number", Decimal, "The value is {}.", [(text, Decimal(text)) for text in (*_FLOATS, *_LONG)], [],
    ),
    *_rows(
        "bounded", "number", Annotated[float, Field(ge=0, le=1)], "The probability is {}.",
        [(text, float(text)) for text in _SHARES], [],
    ),
    *_rows(
        "big", "number", Annotated[int, Field(ge=0)], "The id is {}.",
        [(text, int(text)) for text in _INTEGERS[3:6]], [],
    ),
)  # fmt: skip
SETS = {"limits": TASKS, "numbers": NUMBERS}


def outcome(task: Task, value: Any) -> str:
    """What a returned value is worth."""
    given = next(iter(vars(value).values()))
    if given == task.value:
        return "right"
    return "wrong" if task.fits else "altered"


def run(client: Any, model: str, tasks: Sequence[Task], retries: int, *, show: bool) -> dict[str, Counter[str]]:
    """All tasks; counts by kind, with requests and tokens."""
    counts: dict[str, Counter[str]] = {}
    for task in tasks:
        row = counts.setdefault(task.kind, Counter())
        attempts: tuple[Any, ...] = ()
        shown: Any = ""
        try:
            found = client.chat.completions.extract(
                model=model,
                messages=[{"role": "user", "content": task.text}],
                response_model=task.model,
                max_retries=retries,
                max_tokens=MAX_TOKENS,
            )
        except errors.AnswerError as error:
            attempts, result, shown = error.attempts, "missing" if task.fits else "right", error
        else:
            attempts, result, shown = found.attempts, outcome(task, found.value), found.value
        row[result] += 1
        row["requests"] += len(attempts)
        row["tokens"] += sum(attempt.usage.completion_tokens for attempt in attempts)
        if show and result != "right":
            answers = [attempt.answer for attempt in attempts]
            print(f"    {result:<8} {task.text} -> {str(shown)[:100]!r} {answers}", flush=True)
    return counts


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="an installed model, such as llama3.1")
    parser.add_argument("--host", default="http://localhost:11434", help="of the server (default %(default)s)")
    parser.add_argument("--constrain", nargs="+", default=["schema"], help="values of patch's option")
    parser.add_argument("--tasks", nargs="+", choices=SETS, default=["limits"], help="which texts (default limits)")
    parser.add_argument("--retries", type=int, default=3, help="retries of invalid answers (default 3)")
    parser.add_argument("--show", action="store_true", help="print every result that is not right")
    parser.add_argument("--by-kind", action="store_true", help="print a row for each kind of value")
    options = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    tasks = [task for name in options.tasks for task in SETS[name]]
    inside = sum(task.fits for task in tasks)
    print(f"{options.model}: {inside} values inside their limits, {len(tasks) - inside} outside")
    columns = ("right", "altered", "wrong", "missing", "requests", "tokens")
    print(f"  {'constrain':<20}" + "".join(f"{name:>10}" for name in columns) + "   req/right  tok/right  CPU ms/call")
    for level in options.constrain:
        client = patch(openai.OpenAI(base_url=f"{options.host}/v1", api_key="x"), constrain=level)
        began = time.process_time()
        counts = run(client, options.model, tasks, options.retries, show=options.show)
        spent = 1000 * (time.process_time() - began) / len(tasks)
        total = sum(counts.values(), Counter())
        rows = {**(counts if options.by_kind else {}), level: total}
        for name, row in rows.items():
            right = max(1, row["right"])
            cells = "".join(f"{row[column]:>10}" for column in columns)
            cpu = f"{spent:>12.1f}" if row is total else ""
            print(f"  {name:<20}{cells}{row['requests'] / right:>11.2f}{row['tokens'] / right:>11.1f}{cpu}", flush=True)


if __name__ == "__main__":
    main()
