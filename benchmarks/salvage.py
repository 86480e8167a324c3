"""How many messy answers become the right value in one request, here and in instructor where it is installed.

    python -m benchmarks.salvage [--list]

Both stand on the same openai client, which talks to a `FakeOllama` that gives each answer of
`tests/corpus/messy_answers.py` word for word. An answer counts when the value is right and nothing was asked again.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import openai

from instructor_ollama import patch
from instructor_ollama.testing import FakeOllama
from tests.corpus.messy_answers import ANN, MESSY, Messy, User

Ask = Callable[..., Any]

CLEAN = Messy("clean", '{"name": "Ann", "age": 31}', User, ANN)


def client(server: FakeOllama) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.base_url, api_key="ollama", max_retries=0)


def libraries(server: FakeOllama) -> dict[str, Ask]:
    """The `create` of each library, set to give up after its first request."""
    ours: Any = patch(client(server)).chat.completions.create
    found: dict[str, Ask] = {"instructor_ollama": lambda **request: ours(max_retries=0, **request)}
    if find_spec("instructor"):
        import instructor

        logging.disable()  # it logs each failure

        for mode in (instructor.Mode.JSON, instructor.Mode.MD_JSON, instructor.Mode.JSON_SCHEMA):
            theirs: Any = instructor.from_openai(client(server), mode=mode).chat.completions.create
            found[f"instructor, {mode.name}"] = lambda _ask=theirs, **request: _ask(max_retries=0, **request)
    return found


def salvaged(ask: Ask, server: FakeOllama, messy: Messy) -> bool:
    server.answers = [messy.text]
    server.requests.clear()
    try:
        value = ask(model="m", messages=[{"role": "user", "content": "Go."}], response_model=messy.type)
    except Exception:  # whatever a library raises, it has not salvaged the answer
        return False
    if messy.type is not type(value) and isinstance(messy.type, type) and not isinstance(value, messy.type):
        value = getattr(value, "content", value)
    return (
        len(server.requests) == 1
        and type(value).__name__ == type(messy.value).__name__
        and as_json(value) == as_json(messy.value)
    )


def as_json(value: Any) -> str:
    """A value in a form in which a subclass that a library has made of the user's class counts as equal."""
    return json.dumps(
        value, default=lambda each: each.model_dump(mode="json") if hasattr(each, "model_dump") else each.value
    )


def main() -> None:
    with FakeOllama(strict=False) as server:  # the schemas that instructor sends are not the question here
        for name, ask in libraries(server).items():
            if not salvaged(ask, server, CLEAN):
                sys.exit(f"{name} does not read a clean answer: the comparison is worth nothing")
            missed = [messy.name for messy in MESSY if not salvaged(ask, server, messy)]
            print(f"{name:24}{len(MESSY) - len(missed):4} of {len(MESSY)}")
            if missed and "--list" in sys.argv:
                print("    not salvaged: " + ", ".join(missed))


if __name__ == "__main__":
    main()
