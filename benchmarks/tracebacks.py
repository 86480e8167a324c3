"""Lines of the traceback of each fault: bare openai, this library, and instructor where installed.

    python -m benchmarks.tracebacks [--show FAULT]

Each fault is raised sync, async, and with a deadline, and printed as a terminal does (`traceback`), as a notebook does
(IPython, where installed) and by rich (where installed). `--show` prints the terminal's and exits. Exits 1 where ours
is longer than bare openai's. Where bare openai raises nothing, there is no figure for it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import io
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import openai
import tenacity
from pydantic import BaseModel

import instructor_ollama
from instructor_ollama.testing import FakeModel, FakeOllama, fault

MESSAGES = [{"role": "user", "content": "Jason is 25 years old"}]
LONG = [{"role": "user", "content": "Jason is 25 years old. " * 1000}]
WIDTH = 100


class User(BaseModel):
    name: str
    age: int


@dataclass
class Fault:
    """One fault.

    Attributes:
        answers: What the server answers.
        bare: The client's method that comes nearest; None where bare openai notices nothing.
        common: Keywords that every contender is given.
        own: Keywords by contender.
        down: Whether the server is not running.
    """

    answers: tuple[Any, ...]
    bare: str | None = "create"
    common: dict[str, Any] = field(default_factory=dict)
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    down: bool = False


TIMED = instructor_ollama.RetryConfig(deadline=30, transient_wait=tenacity.wait_none())
QUICK = instructor_ollama.RetryConfig(transient_wait=tenacity.wait_none(), wait=tenacity.wait_none())
FAULTS = {
    "server not running": Fault((), down=True),
    "model missing": Fault(("{}",), common={"model": "nope"}),
    "invalid answers": Fault(('{"name": "Jason", "age": "unknown"}',), "parse"),
    "no JSON": Fault(("I cannot help with that.",), "parse"),
    "truncated answer": Fault((fault("cut", text='{"name": "Jason", "age": 25}'),), "parse"),
    "deadline": Fault(
        (fault("slow", seconds=1.5, text='{"name": "Jason", "age": 25}'),),
        own={
            "bare": {"timeout": 0.05},
            "instructor": {"timeout": 0.05},
            "ours": {"retry_config": instructor_ollama.RetryConfig(deadline=0.05)},
        },
    ),
    "request timeout": Fault(
        (fault("slow", seconds=0.4, text='{"name": "Jason", "age": 25}'),), common={"timeout": 0.05}
    ),
    "misuse": Fault(("{}",), own={"bare": {"tols": []}, "ours": {"strict": "yes"}, "instructor": {"max_retries": "3"}}),
    "busy": Fault((fault("busy"),), own={"ours": {"retry_config": QUICK}}),
    "out of memory": Fault((fault("out_of_memory"),)),
    "prompt truncated": Fault((fault("truncated", window=200, text='{"name": "Jason", "age": 25}'),), None),
}


@contextlib.contextmanager
def serving(one: Fault) -> Iterator[FakeOllama]:
    """A fake Ollama that has the fault."""
    fake = FakeOllama(list(one.answers), models=[FakeModel("m", family="llama")])
    with fake, fake.down() if one.down else contextlib.nullcontext():
        yield fake


def keywords(one: Fault, name: str, which: str) -> dict[str, Any]:
    """The keywords of the call."""
    given: dict[str, Any] = {"model": "m", "messages": LONG if one.bare is None else MESSAGES}
    if name != "bare":
        given["response_model"] = User
        given["max_retries"] = 2
    elif one.bare == "parse":
        given["response_format"] = User
    given |= one.common | one.own.get(name, {})
    if which == "deadline" and name == "ours":
        given.setdefault(
            "retry_config", instructor_ollama.RetryConfig(deadline=30, transient_wait=tenacity.wait_none())
        )
    if "retry_config" in given and name == "ours":
        del given["max_retries"]
    return given


def method(name: str, one: Fault, client: Any) -> Callable[..., Any]:
    """What is called."""
    if name == "ours":
        return instructor_ollama.patch(client).chat.completions.create
    if name == "instructor":
        import instructor

        return instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA).chat.completions.create
    return getattr(client.chat.completions, one.bare or "create")


def raised(name: str, one: Fault, which: str) -> BaseException | None:
    """The error that a contender's call ends with, its traceback beginning at the line of the call."""
    with serving(one) as fake:
        options: dict[str, Any] = {"base_url": fake.base_url, "api_key": "x"}
        given = keywords(one, name, which)
        try:
            if which == "async":
                asyncio.run(acalled(name, one, options, given))
            else:
                with openai.OpenAI(**options) as client:
                    call = method(name, one, client)
                    users_code(call, given)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and not trace.tb_frame.f_code.co_name.startswith("users_"):
                trace = trace.tb_next
            return error.with_traceback(trace)
    return None


def users_code(call: Callable[..., Any], given: dict[str, Any]) -> Any:
    """The frame of the user's that is always there."""
    return call(**given)


async def users_async_code(call: Callable[..., Any], given: dict[str, Any]) -> Any:
    """Same as `users_code`."""
    return await call(**given)


async def acalled(name: str, one: Fault, options: dict[str, Any], given: dict[str, Any]) -> Any:
    async with openai.AsyncOpenAI(**options) as client:
        return await users_async_code(method(name, one, client), given)


def in_terminal(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def in_notebook(error: BaseException) -> str:
    from IPython.core import ultratb

    shown = ultratb.FormattedTB(mode="Context", **_no_colors(ultratb))
    return shown.stb2text(shown.structured_traceback(type(error), error, error.__traceback__))


def _no_colors(ultratb: Any) -> dict[str, Any]:
    names = ultratb.FormattedTB.__init__.__code__.co_varnames
    return {"theme_name": "nocolor"} if "theme_name" in names else {"color_scheme": "NoColor"}


def by_rich(error: BaseException) -> str:
    from rich.console import Console
    from rich.traceback import Traceback

    console = Console(file=io.StringIO(), width=WIDTH)
    console.print(Traceback.from_exception(type(error), error, error.__traceback__, width=WIDTH))
    return console.file.getvalue()  # type: ignore[attr-defined]


def main() -> int:
    logging.disable()  # instructor logs what it raises
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", metavar="FAULT", choices=FAULTS)
    arguments = parser.parse_args()
    forms = {"terminal": in_terminal}
    if importlib.util.find_spec("IPython"):
        forms["notebook"] = in_notebook
    if importlib.util.find_spec("rich"):
        forms["rich"] = by_rich
    names = ["bare", "ours", *(["instructor"] if importlib.util.find_spec("instructor") else [])]
    if arguments.show:
        for name in names:
            error = raised(name, FAULTS[arguments.show], "sync")
            if error is not None:
                for form, shown in forms.items():
                    text = shown(error).rstrip()
                    print(f"--- {name}, {form}: {len(text.splitlines())} lines\n{text}\n")
        return 0
    longer = 0
    print("".join(["fault".ljust(28), *(f"{form} ({'/'.join(names)})".rjust(38) for form in forms)]))
    for title, one in FAULTS.items():
        for which in ("sync", "async", "deadline"):
            cells: dict[str, list[str]] = {form: [] for form in forms}
            for name in names:
                form_of_call = "sync" if which == "deadline" and name != "ours" else which  # theirs have no deadline
                error = None if name == "bare" and one.bare is None else raised(name, one, form_of_call)
                for form, shown in forms.items():
                    cells[form].append("-" if error is None else str(len(shown(error).rstrip().splitlines())))
            for cell in cells.values():
                longer += cell[0] != "-" and cell[1] != "-" and int(cell[1]) > int(cell[0])
            print("".join([f"{title}, {which}".ljust(28), *("/".join(cell).rjust(38) for cell in cells.values())]))
    print(f"{longer} of ours are longer than bare openai's")
    return int(longer > 0)


if __name__ == "__main__":
    sys.exit(main())
