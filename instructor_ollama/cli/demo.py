"""`demo`: extract objects from sentences with a real model and print every step."""

from __future__ import annotations

import contextlib
import sys
import textwrap
from typing import TYPE_CHECKING, Any, Literal, Optional

from openai import OpenAI, OpenAIError
from pydantic import BaseModel, field_validator

from .. import embedded, events, patch
from ..errors import AnswerError, UsageError
from . import _survey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator

HELP = "Extract objects from sentences with a real model and print every step."
EXIT_CODES = """exit codes:
  0  every sentence gave an object
  1  a sentence gave none, or the server failed
  2  wrong command line
"""


# No docstrings here: Pydantic makes descriptions of them, and the model would be shown them.
class User(BaseModel):
    name: str
    age: int


class Person(BaseModel):
    name: str
    age: Optional[int] = None
    city: Optional[str] = None


class Ticket(BaseModel):
    name: str
    priority: Literal["low", "medium", "high", "urgent"]


class Badge(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _upper_case(cls, value: str) -> str:
        # No grammar can enforce this: the first answer is invalid, the retry corrects it.
        if value != value.upper():
            message = "must be in upper case"
            raise ValueError(message)
        return value


SENTENCES: tuple[tuple[Any, str], ...] = (
    (User, "Jason is 25 years old."),
    (Person, "Maria Lopez lives in Lisbon and is 41."),
    (list[User], "Anna is 31 years old and her brother Tom is 28."),
    (Ticket, "Priya wrote to us. The priority is high."),
    (Badge, "This badge is for Jason."),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `demo`."""
    parser.add_argument("--text", metavar="TEXT", help="extract a person (name, age, city) from this text")
    parser.add_argument("--model", metavar="NAME", help="use this Ollama model, such as llama3.1")
    parser.add_argument(
        "--ollama", metavar="URL", help="the Ollama server (default with --model: OLLAMA_HOST, else this machine)"
    )
    parser.add_argument(
        "--create-model",
        action="store_true",
        help="create the demo model on that server first (a few MB, named by --model)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Show every sentence; 1 when one of them gave no object."""
    jobs = [(Person, arguments.text)] if arguments.text else SENTENCES
    with _engine(arguments) as (base_url, model, what):
        print(f"Model: {what}\n")
        with OpenAI(base_url=base_url, api_key="ollama") as bare:
            client = patch(bare)
            try:
                return max([int(not _show(client, model, kind, text)) for kind, text in jobs])
            except OpenAIError as error:
                print(f"error: {error}", file=sys.stderr)
                return 1


@contextlib.contextmanager
def _engine(arguments: argparse.Namespace) -> Generator[tuple[str, str, str]]:
    """Where to ask: base URL, model, and how to call it."""
    if arguments.ollama is None and arguments.model is None and not arguments.create_model:
        with embedded.Server() as server:
            yield server.base_url, server.model, "the demo model, in the embedded engine (llama.cpp)"
        return
    host = _survey.host_of(arguments.ollama)
    model = arguments.model or ("demo" if arguments.create_model else None)
    if model is None:
        raise UsageError("--ollama needs --model NAME (such as llama3.1), or --create-model for the demo model.")
    if arguments.create_model:
        embedded.create_demo(host, model)
    yield f"{host}/v1", model, f"{model}, in Ollama at {host}"


def _show(client: Any, model: str, response_model: Any, text: str) -> bool:
    def tell(event: events.Event) -> None:
        if isinstance(event, events.RequestSent):
            messages = event.request["messages"]
            for message in messages if event.number == 1 else messages[-1:]:
                _block("asked", message["content"])
        elif isinstance(event, events.AnswerRejected):
            _block("came", event.attempt.answer)
            _block("", "(invalid, so it is retried)")

    name = "list[User]" if response_model == list[User] else response_model.__name__
    print(f"--- {text}   ->   {name}")
    try:
        done = client.chat.completions.extract(
            model=model, response_model=response_model, messages=[{"role": "user", "content": text}], hooks=tell
        )
    except AnswerError as error:
        _block("failed", str(error))
        print()
        return False
    usage = done.usage
    _block("came", done.attempts[-1].answer)
    _block("result", repr(done.value))
    _block(
        "",
        f"{len(done.attempts)} request{'s' if len(done.attempts) > 1 else ''}, {usage.prompt_tokens} prompt and "
        f"{usage.completion_tokens} answer tokens, {done.seconds * 1000:.0f} ms",
    )
    print()
    return True


def _block(label: str, text: str) -> None:
    lines = [
        part for line in text.splitlines() or [""] for part in textwrap.wrap(line, 100, break_long_words=False) or [""]
    ]
    for number, line in enumerate(lines):
        print(f"{label if number == 0 else '':>8}  {line}")
