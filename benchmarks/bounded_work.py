"""Seconds of CPU and megabytes for what grows without bound: rejected answers, error bodies, shared definitions.

    python -m benchmarks.bounded_work [--quick]

Each row doubles its size from column to column: linear work doubles at most. A rejected answer is a whole call through
a `FakeOllama` with no retry, the error's text included; an error body is read by the table of faults; a notation is of
models of which each has two fields of the one below. Memory is the peak of this process above what it was before.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import pydantic
from openai import OpenAI
from pydantic import BaseModel, create_model

from instructor_ollama import errors, patch
from instructor_ollama._prompt.notation import notation
from instructor_ollama._schema.target import Target
from instructor_ollama._server.faults import fault_of
from instructor_ollama.testing import FakeOllama


class Item(BaseModel):
    name: str
    price: float


ANSWERS: dict[str, Callable[[int], tuple[Any, str]]] = {
    "list of wrong numbers": lambda size: (list[int], json.dumps({"result": ["x"] * (size // 5)})),
    "list of wrong objects": lambda size: (list[Item], json.dumps({"result": [{"name": 1}] * (size // 13)})),
    "dict of wrong values": lambda size: (dict[str, int], json.dumps({str(n): "x" for n in range(size // 14)})),
    "one long string": lambda size: (int, json.dumps({"result": "x" * size})),
    "rows of another type": lambda size: (Item, '{"note": "x"}\n' * (size // 14)),
    "prose": lambda size: (Item, "I cannot say [1]. " * (size // 18)),
}
BODIES = {
    "404, 'model '": (404, "model "),
    "400, 'model requires '": (400, "model requires "),
    "500, HTML": (500, "<p>"),
    "400, nested JSON": (400, '{"error":'),
    "403, blanks": (403, " "),
}


def rejected(answer: Callable[[int], tuple[Any, str]], size: int) -> float:
    """Of a call whose answer is rejected."""
    response_model, text = answer(size)
    with FakeOllama([text], strict=False) as server, OpenAI(base_url=server.base_url, api_key="x") as client:
        create = patch(client).chat.completions.create
        started = time.process_time()
        try:
            create(model="m", response_model=response_model, messages=[{"role": "user", "content": "x"}], max_retries=0)
        except errors.AnswerError as error:
            str(error)
            if isinstance(error.__cause__, pydantic.ValidationError):
                str(error.__cause__)
            return time.process_time() - started
    raise AssertionError("the answer was accepted")


def body(name: str, size: int) -> float:
    status, unit = BODIES[name]
    text = unit * (size // len(unit))
    started = time.process_time()
    str(fault_of(status, {"error": text}, model="m", url="http://127.0.0.1:11434/v1"))
    str(fault_of(status, text, model="m", url="http://127.0.0.1:11434/v1"))
    return time.process_time() - started


def shared(levels: int) -> float:
    model: Any = create_model("Level0", first=(int, ...), second=(str, ...))
    for level in range(1, levels + 1):
        model = create_model(f"Level{level}", left=(model, ...), right=(model, ...))
    started = time.process_time()
    notation(Target[Any](model).schema)
    return time.process_time() - started


def _measure(results: Any, kind: str, name: str, size: int) -> None:
    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    if kind == "answer":
        rejected(ANSWERS[name], 100)  # what is loaded once
    before = peak()
    seconds = (
        rejected(ANSWERS[name], size) if kind == "answer" else body(name, size) if kind == "body" else shared(size)
    )
    results.put((seconds, peak() - before))


def measured(kind: str, name: str, size: int) -> tuple[float, int]:
    """Seconds and megabytes, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_measure, args=(results, kind, name, size))
    process.start()
    found: tuple[float, int] = results.get(timeout=300)
    process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    part = 10 if parser.parse_args().quick else 1
    tables = (
        ("answer", "rejected answer", ANSWERS, [size * 10**6 // part for size in (2, 5, 10)], "{:.1f} MB"),
        ("body", "error body", BODIES, [size * 1000 // part for size in (24, 300, 3000)], "{:.0f} kB"),
        ("notation", "notation", {"two fields of each": None}, [6, 12, 18], "{} levels"),
    )
    units = {"answer": 10**6, "body": 1000, "notation": 1}
    for kind, title, names, sizes, form in tables:
        print(
            f"{title:26}"
            + "".join(f"{form.format(size / units[kind] if kind != 'notation' else size):>18}" for size in sizes)
        )
        for name in names:
            cells = (measured(kind, name, size) for size in sizes)
            print(
                f"{name:26}" + "".join(f"{f'{seconds:.3f} s {memory:4} MB':>18}" for seconds, memory in cells),
                flush=True,
            )
        print()


if __name__ == "__main__":
    sys.exit(main())
