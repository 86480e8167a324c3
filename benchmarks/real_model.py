"""A model of yours, 28 short texts: how many answers are valid, and how many facts right, beside instructor.

    python -m benchmarks.real_model MODEL [--host http://localhost:11434] [--retries 0] [--show]

Every contender asks the same server for the same types, each answer bounded to 600 tokens, at temperature 0; further
attempts of the library may be warmer, as they are by default. instructor is measured where it is installed, in the
three of its modes that Ollama takes.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import time
from collections.abc import Callable
from typing import Any

import openai

from benchmarks.extractions import EXTRACTIONS, Extraction
from instructor_ollama import patch

MAX_TOKENS = 600
MODES = ("JSON_SCHEMA", "MD_JSON", "JSON")


def contenders(url: str, model: str, retries: int) -> dict[str, Callable[[Extraction], Any]]:
    """Name -> a call that gives the value or raises."""
    plain: dict[str, Any] = {"model": model, "max_tokens": MAX_TOKENS, "temperature": 0}
    client = patch(openai.OpenAI(base_url=url, api_key="x"))
    own = {name: value for name, value in plain.items() if name != "temperature"}  # 0 unless the model loops
    found: dict[str, Callable[[Extraction], Any]] = {
        "instructor_ollama": lambda task: client.chat.completions.create(
            messages=messages(task), response_model=task.kind, max_retries=retries, **own
        )
    }
    if importlib.util.find_spec("instructor"):
        import instructor

        for mode in MODES:
            theirs = instructor.from_openai(
                openai.OpenAI(base_url=url, api_key="x", max_retries=0), mode=instructor.Mode[mode]
            )
            found[f"instructor {mode}"] = lambda task, theirs=theirs: theirs.chat.completions.create(
                messages=messages(task), response_model=task.kind, max_retries=retries, **plain
            )
    return found


def messages(task: Extraction) -> Any:
    """What the user says."""
    return [{"role": "user", "content": task.text}]


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="an installed model, such as llama3.1")
    parser.add_argument("--host", default="http://localhost:11434", help="of the server (default %(default)s)")
    parser.add_argument("--retries", type=int, default=0, help="further attempts for a wrong answer (default 0)")
    parser.add_argument("--show", action="store_true", help="every answer, or why there is none")
    options = parser.parse_args()
    logging.disable()
    facts = sum(task.facts for task in EXTRACTIONS)
    print(f"{options.model}, {len(EXTRACTIONS)} texts with {facts} facts, {options.retries} retries")
    for name, ask in contenders(f"{options.host}/v1", options.model, options.retries).items():
        valid = right = 0
        started = time.monotonic()
        for task in EXTRACTIONS:
            try:
                value = ask(task)
            except Exception as error:
                shown = f"{type(error).__name__}: {str(error)[:150]!r}"
            else:
                valid += 1
                right += task.right(value)
                shown = repr(value)
            if options.show:
                print(f"    {shown}")
        seconds = time.monotonic() - started
        print(f"  {name:<24} {valid:>3} valid, {right:>3} facts right, {seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
