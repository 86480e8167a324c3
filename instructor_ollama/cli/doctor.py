"""`doctor`: whether extraction works with an Ollama, and what to change when it does not."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openai import OpenAI, OpenAIError
from pydantic import BaseModel

from .. import RetryConfig, patch
from ..errors import InstructorOllamaError
from . import _survey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from ._survey import Model, Survey

HELP = "Look at an Ollama, extract one object with it, and say what to change."

SENTENCE = "Jason is 25 years old"
ROOMY = 4096
"""Tokens of a window from which on nothing needs to be said of it."""
WIDER = 16384
"""Tokens of the window that is advised."""
FEW = 1024
"""Tokens of a window that leave no room for schema, document and answer."""
UNPUNISHED = (0, 32, 10)
"""From this version on, a model that sets no repeat_penalty has none (ollama/ollama 6a261db7d); before, `PENALTY`."""
PENALTY = 1.1

_FIRST_MODEL = "Run `ollama pull llama3.2` (2.0 GB), or another one of https://ollama.com/library."


class User(BaseModel):  # noqa: D101 (Pydantic would show it to the model)
    name: str
    age: int


@dataclass(slots=True)
class Trial:
    """One live extraction.

    Attributes:
        value: What came, as Python writes it; None when nothing did.
        right: Whether it is what the sentence says.
        problem: Why nothing came.
    """

    model: str
    value: str | None = None
    right: bool = False
    requests: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    problem: str = ""


@dataclass(slots=True)
class Diagnosis:
    """Everything that `doctor` says.

    Attributes:
        advice: What to change, the most urgent first.
        memory: Bytes free and in all, where the server is on this machine.
    """

    survey: Survey
    trial: Trial | None = None
    memory: tuple[int, int] | None = None
    advice: list[str] = field(default_factory=list[str])

    @property
    def works(self) -> bool:
        """Whether an object came out."""
        return self.trial is not None and self.trial.value is not None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doctor`."""
    parser.add_argument("--ollama", metavar="URL", help="the server (default: OLLAMA_HOST, else this machine)")
    parser.add_argument("--model", metavar="NAME", help="the model to try (default: a loaded one, else the smallest)")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=seconds, default=300.0, help="for the trial (default: 300)"
    )
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def seconds(text: str) -> float:
    """A number of seconds above zero; `argparse` says the name in its message."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis; 1 when extraction does not work."""
    diagnosis = diagnose(_survey.host_of(arguments.ollama), arguments.model, arguments.timeout)
    if arguments.json:
        print(json.dumps(as_json(diagnosis), indent=2))
    else:
        sections = list(told(diagnosis))
        pretty = sys.stdout.isatty() and importlib.util.find_spec("rich") is not None
        (_print_rich if pretty else _print_plain)(sections)
    return int(not diagnosis.works)


def diagnose(host: str, model: str | None, timeout: float) -> Diagnosis:
    """Look at a server and try an extraction.

    Args:
        host: Such as "http://localhost:11434".
        model: None takes a loaded one, else the smallest that chats here.
        timeout: Seconds for the extraction, loading the model included.
    """
    diagnosis = Diagnosis(_survey.survey(host), memory=_survey.free_memory(host))
    found = diagnosis.survey
    if found.problem:
        diagnosis.advice.append(found.problem)
        return diagnosis
    chosen = model or _usual(found.models)
    if chosen is None:
        missing = "no model is installed" if not found.models else "no installed model chats"
        diagnosis.advice.append(f"{missing}. {_FIRST_MODEL}")
        return diagnosis
    diagnosis.trial = attempt(host, chosen, timeout)
    try:
        _survey.look_at_windows(found)
    except (OSError, ValueError):
        diagnosis.advice.append(f"the server at {host} has gone while it was looked at.")
    diagnosis.advice += _advice(diagnosis, found.find(chosen))
    return diagnosis


def attempt(host: str, model: str, timeout: float) -> Trial:
    """Extract one object."""
    trial = Trial(model)
    with OpenAI(base_url=f"{host}/v1", api_key="ollama") as client:
        config = RetryConfig(max_retries=1, transient_retries=1, deadline=timeout)
        patched = patch(client, retry_config=config)
        try:
            done = patched.chat.completions.extract(
                model=model, response_model=User, messages=[{"role": "user", "content": SENTENCE}]
            )
        except (InstructorOllamaError, OpenAIError) as error:
            trial.problem = str(error)
            return trial
    trial.value, trial.right = repr(done.value), (done.value.name.casefold(), done.value.age) == ("jason", 25)
    trial.requests, trial.seconds = len(done.attempts), done.seconds
    trial.prompt_tokens, trial.answer_tokens = done.usage.prompt_tokens, done.usage.completion_tokens
    return trial


def _usual(models: Sequence[Model]) -> str | None:
    """The model that is tried when none is named: loaded, here, small."""
    able = [one for one in models if one.chats]
    first = min(able, key=lambda one: (one.memory is None, one.back_end == "cloud", one.size), default=None)
    return None if first is None else first.name


def _advice(diagnosis: Diagnosis, model: Model | None) -> Iterable[str]:
    """What to change, from the trial and what is known of its model."""
    trial = diagnosis.trial
    if trial is not None and trial.problem:
        yield trial.problem
    elif trial is not None and not trial.right:
        yield f"{trial.model} gives valid objects, but not what the sentence says: use a larger model."
    if model is None:
        return
    if not model.enforces_schemas:
        first = ".".join(map(str, _survey.MLX_ENFORCES))
        no_grammar = {"cloud": "Ollama's cloud does not", "MLX": f"the MLX back end before Ollama {first} does not"}
        remedy = "use a GGUF model" if model.back_end == "cloud" else "update Ollama"
        yield f"{no_grammar[model.back_end]} enforce the schema: expect more re-asks, or {remedy}."
    if model.window is not None and model.window <= ROOMY and model.window < (model.trained or 0):
        wider = min(WIDER, model.trained or WIDER)
        cut = "leaves no room for a document" if model.window < FEW else "cuts longer prompts without a word"
        yield (
            f"the window of {model.name} is {model.window} tokens of {model.trained} and {cut}: use "
            f'ensure_context(client, "{model.name}", {wider})'
            + ("." if model.num_ctx else f", or set OLLAMA_CONTEXT_LENGTH={wider} on the server.")
        )
    numbers = _survey.numbers_of(diagnosis.survey.version)
    if (0, 1) <= numbers < UNPUNISHED and model.back_end == "GGUF" and model.repeat_penalty is None:
        yield (
            f"this server punishes what repeats (repeat_penalty {PENALTY}), so that {model.name} copies names and "
            "numbers wrongly out of a text: update Ollama, or put PARAMETER repeat_penalty 1 into the Modelfile."
        )
    if model.memory is None and diagnosis.memory is not None and model.size > diagnosis.memory[0]:
        yield (
            f"{model.name} is {_bytes(model.size)} and {_bytes(diagnosis.memory[0])} of memory is free: use a smaller "
            "or more strongly quantised model, or stop others (`ollama ps`, `ollama stop NAME`)."
        )
    if model.on_gpu is not None and 0 < model.on_gpu < 1:
        yield f"{model.name} is {1 - model.on_gpu:.0%} in main memory, which is slow: a smaller one fits into the GPU."


# What is printed ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Section:
    """A heading with lines under it, or a table."""

    title: str
    lines: list[str] = field(default_factory=list[str])
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])


def told(diagnosis: Diagnosis) -> Iterable[Section]:
    """The diagnosis in sections."""
    found, trial = diagnosis.survey, diagnosis.trial
    version = f"version {found.version}, {_era(found.version)}" if found.version else "no Ollama"
    yield Section(f"Ollama at {found.host}", [version])
    if found.models:
        columns = ("model", "size", "weights", "window", "trained for", "back end", "schemas", "capabilities")
        yield Section("Models", columns=columns, rows=[_row(one) for one in found.models])
    if trial is not None:
        yield Section(f"Extraction with {trial.model}", list(_trial_lines(diagnosis, trial)))
    if diagnosis.advice:
        title = "To change" if not diagnosis.works else "To be better"
        yield Section(title, [f"{number}. {text}" for number, text in enumerate(diagnosis.advice, 1)])
    yield Section("Extraction works." if diagnosis.works else "Extraction does not work.")


def _trial_lines(diagnosis: Diagnosis, trial: Trial) -> Iterable[str]:
    model = diagnosis.survey.find(trial.model)
    if trial.value is None:
        yield f"{SENTENCE!r}  ->  nothing"
        return
    yield f"{SENTENCE!r}  ->  {trial.value}"
    requests = f"{trial.requests} request{'s' if trial.requests > 1 else ''}"
    tokens = f"{trial.prompt_tokens} prompt and {trial.answer_tokens} answer tokens"
    time = f"{trial.seconds:.1f} s" if trial.seconds >= 1 else f"{trial.seconds * 1000:.0f} ms"
    yield f"{requests}, {time}, {tokens}"
    if model is not None and model.memory:
        where = {0.0: "in main memory", 1.0: "all on the GPU"}.get(
            model.on_gpu or 0.0, f"{model.on_gpu:.0%} on the GPU"
        )
        yield f"loaded it takes {_bytes(model.memory)}, {where}" + (
            f"; {_bytes(diagnosis.memory[0])} of this machine's {_bytes(diagnosis.memory[1])} are free"
            if diagnosis.memory
            else ""
        )


def _row(model: Model) -> tuple[str, ...]:
    return (
        model.name,
        _bytes(model.size) if model.size else "-",
        model.weights or "-",
        str(model.window or "default"),
        str(model.trained or "?"),
        model.back_end,
        "enforced" if model.enforces_schemas else "not enforced",
        ", ".join(model.capabilities) or "?",
    )


def as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The same as data."""
    server = {"host": diagnosis.survey.host, "version": diagnosis.survey.version, "problem": diagnosis.survey.problem}
    models = [dataclasses.asdict(one) for one in diagnosis.survey.models]
    memory = None if diagnosis.memory is None else {"free": diagnosis.memory[0], "total": diagnosis.memory[1]}
    return {
        "works": diagnosis.works,
        "server": server,
        "models": models,
        "extraction": None if diagnosis.trial is None else dataclasses.asdict(diagnosis.trial),
        "memory": memory,
        "advice": diagnosis.advice,
    }


def _era(version: str) -> str:
    numbers = _survey.numbers_of(version)
    if numbers[:2] in ((), (0, 0)):
        return "a development build"
    if numbers < (0, 5):
        return "older than structured output: update it"
    return "with llama-server" if numbers >= (0, 30) else "with its own runners (before 0.30)"


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _print_plain(sections: Iterable[Section]) -> None:
    blocks: list[str] = []
    for section in sections:
        lines = [section.title, *(f"  {line}" for line in section.lines)]
        table = [section.columns, *section.rows] if section.columns else []
        widths = [max(len(row[at]) for row in table) for at in range(len(section.columns))]
        lines += [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        blocks.append("\n".join(lines))
    print("\n\n".join(blocks))


def _print_rich(sections: Iterable[Section]) -> None:
    console_of, table_of, text_of = (
        getattr(importlib.import_module(f"rich.{module}"), name)
        for module, name in (("console", "Console"), ("table", "Table"), ("text", "Text"))
    )
    console = console_of(highlight=False)
    for section in sections:
        console.print(text_of(section.title, style="bold"))
        for line in section.lines:
            console.print(text_of(f"  {line}"))
        if section.columns:
            table = table_of(*section.columns)
            for row in section.rows:
                table.add_row(*map(text_of, row))
            console.print(table)
        console.print()
