"""`doctor`: check an Ollama server with one test extraction and suggest fixes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openai import OpenAI

from .. import CheckResult, check
from . import _screen, _survey
from ._screen import Section

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from ._survey import Model, Survey

HELP = "Check an Ollama server: run one test extraction and suggest fixes."
EXIT_CODES = """exit codes:
  0  extraction works
  1  extraction does not work
  2  wrong command line
  3  the model responds, but the value is incorrect
"""

ROOMY = 4096
"""Context windows of at least this many tokens need no suggestion."""
WIDER = 16384
"""Tokens of the window that is advised."""
FEW = 1024
"""Tokens of a window that leave no room for schema, document and answer."""
NO_PENALTY_SINCE = (0, 32, 10)
"""From this version on, a model that sets no repeat_penalty has none (ollama/ollama 6a261db7d); before, `PENALTY`."""
PENALTY = 1.1

SENTENCE = "Jason is 25 years old"
_VERDICTS = {
    0: "Extraction works.",
    1: "Extraction does not work.",
    3: "The model responds, but the value is incorrect.",
}
_FIRST_MODEL = "Run `ollama pull llama3.2` (2.0 GB), or another one of https://ollama.com/library."


@dataclass(slots=True)
class Diagnosis:
    """The findings of `doctor`.

    Attributes:
        advice: Suggested fixes, most urgent first.
        memory: Bytes free and in all, where the server is on this machine.
    """

    survey: Survey
    trial: CheckResult | None = None
    memory: tuple[int, int] | None = None
    advice: list[str] = field(default_factory=list[str])

    @property
    def works(self) -> bool:
        """Whether the right object came out."""
        return self.trial is not None and self.trial.works

    @property
    def answers(self) -> bool:
        """Whether an object came out, be it wrong."""
        return self.trial is not None and self.trial.answers

    @property
    def exit_code(self) -> int:
        """As `EXIT_CODES` says."""
        return 0 if self.works else 3 if self.answers else 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doctor`."""
    parser.add_argument("--ollama", metavar="URL", help="the server (default: OLLAMA_HOST, else this machine)")
    parser.add_argument("--model", metavar="NAME", help="the model to test (default: a loaded one, else the smallest)")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=300.0,
        help="timeout of the test extraction (default: 300)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def seconds(text: str) -> float:
    """A number of seconds above zero; `argparse` says the name in its message."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis as it is made; the exit code is as `EXIT_CODES` says."""
    host = _survey.host_of(arguments.ollama)
    diagnosis = Diagnosis(_survey.Survey(host), memory=_survey.free_memory(host))
    show = None if arguments.json else _screen.printer()
    for section in examined(diagnosis, arguments.model, arguments.timeout):
        if show is not None:
            show(section)
    if show is None:
        print(json.dumps(as_json(diagnosis), indent=2))
    return diagnosis.exit_code


def examined(diagnosis: Diagnosis, model: str | None, timeout: float) -> Iterator[Section]:
    """Check a server and run a test extraction; yield each section as soon as it is known.

    Args:
        diagnosis: Of the server; it is filled in.
        model: None takes a loaded one, else the smallest that chats here.
        timeout: Seconds for the extraction, loading the model included.
    """
    found = diagnosis.survey
    yield Section(f"Ollama at {found.host}")
    _survey.reach(found)
    yield Section(lines=[f"version {found.version}, {_era(found.version)}" if found.version else "no Ollama"])
    _survey.list_models(found)
    if found.models:
        columns = ("model", "size", "weights", "window", "trained for", "back end", "schemas", "capabilities")
        yield Section("Models", columns=columns, rows=[_row(one) for one in found.models])
    chosen = None if found.problem else model or _usual(found.models)
    if chosen is not None:
        yield Section(f"Extraction with {chosen}", [_waiting(found.find(chosen), timeout)])
        diagnosis.trial = attempt(found.host, chosen, timeout)
        gone = _look_again(found)
        yield Section(lines=list(_trial_lines(diagnosis, diagnosis.trial)))
        diagnosis.advice += [*gone, *_advice(diagnosis, found.find(chosen))]
    elif found.problem:
        diagnosis.advice.append(found.problem)
    else:
        missing = "no model is installed" if not found.models else "no installed model supports chat"
        diagnosis.advice.append(f"{missing}. {_FIRST_MODEL}")
    if diagnosis.advice:
        title = "Problems" if not diagnosis.works else "Suggestions"
        yield Section(title, [f"{number}. {text}" for number, text in enumerate(diagnosis.advice, 1)])
    yield Section(_VERDICTS[diagnosis.exit_code])


def attempt(host: str, model: str, timeout: float) -> CheckResult:
    """Extract one object."""
    with OpenAI(base_url=f"{host}/v1", api_key="ollama") as client:
        return check(client, model, deadline=timeout)


def _look_again(found: Survey) -> list[str]:
    """Read the context window and memory of the loaded model again; report a failure."""
    try:
        _survey.look_at_windows(found)
    except (OSError, ValueError):
        return [f"the server at {found.host} became unreachable during the check."]
    return []


def _waiting(model: Model | None, timeout: float) -> str:
    """What the next seconds are spent on."""
    if model is None or model.memory is not None or model.back_end == "cloud":
        return f"waiting for the answer (at most {timeout:g} s) ..."
    return f"loading {_bytes(model.size)} and waiting for the answer (at most {timeout:g} s) ..."


def _usual(models: Sequence[Model]) -> str | None:
    """The model that is tried when none is named: loaded, here, small."""
    able = [one for one in models if one.chats]
    first = min(able, key=lambda one: (one.memory is None, one.back_end == "cloud", one.size), default=None)
    return None if first is None else first.name


def _advice(diagnosis: Diagnosis, model: Model | None) -> Iterable[str]:
    """Suggested fixes, from the test extraction and the facts about its model."""
    trial = diagnosis.trial
    if trial is not None and trial.problem:
        yield trial.problem
    if model is None:
        return
    if not model.enforces_schemas:
        first = ".".join(map(str, _survey.MLX_ENFORCES))
        no_grammar = {"cloud": "Ollama's cloud does not", "MLX": f"the MLX back end before Ollama {first} does not"}
        remedy = "use a GGUF model" if model.back_end == "cloud" else "upgrade Ollama"
        yield f"{no_grammar[model.back_end]} enforce the schema: expect more retries, or {remedy}."
    if model.window is not None and model.window <= ROOMY and model.window < (model.trained or 0):
        wider = min(WIDER, model.trained or WIDER)
        cut = "leaves no room for a document" if model.window < FEW else "silently truncates longer prompts"
        yield (
            f"the context window of {model.name} is {model.window} of {model.trained} tokens and {cut}: use "
            f'ensure_context(client, "{model.name}", {wider})'
            + ("." if model.num_ctx else f", or set OLLAMA_CONTEXT_LENGTH={wider} on the server.")
        )
    numbers = _survey.numbers_of(diagnosis.survey.version)
    if (0, 1) <= numbers < NO_PENALTY_SINCE and model.back_end == "GGUF" and model.repeat_penalty is None:
        yield (
            f"this server applies repeat_penalty {PENALTY} by default, so {model.name} miscopies names "
            "and numbers: upgrade Ollama, or set PARAMETER repeat_penalty 1 in the Modelfile."
        )
    if model.memory is None and diagnosis.memory is not None and model.size > diagnosis.memory[0]:
        yield (
            f"{model.name} needs {_bytes(model.size)}, but only {_bytes(diagnosis.memory[0])} of memory is free: use a "
            "smaller or more strongly quantised model, or stop others (`ollama ps`, `ollama stop NAME`)."
        )
    if model.on_gpu is not None and 0 < model.on_gpu < 1:
        yield f"{model.name}: {1 - model.on_gpu:.0%} runs on the CPU, which is slow; a smaller model fits the GPU."


# What is printed ------------------------------------------------------------------------------------------------


def _trial_lines(diagnosis: Diagnosis, trial: CheckResult) -> Iterable[str]:
    if trial.value is None:
        yield f"{SENTENCE!r}  ->  nothing"
        return
    yield f"{SENTENCE!r}  ->  {trial.value}" + ("" if trial.works else "  (wrong)")
    requests = f"{trial.attempts} request{'s' if trial.attempts > 1 else ''}"
    tokens = f"{trial.usage.prompt_tokens} prompt and {trial.usage.completion_tokens} answer tokens"
    time = f"{trial.seconds:.1f} s" if trial.seconds >= 1 else f"{trial.seconds * 1000:.0f} ms"
    yield f"{requests}, {time}, {tokens}"
    model = diagnosis.survey.find(trial.model or "")
    if model is not None and model.memory:
        where = {0.0: "on the CPU", 1.0: "all on the GPU"}.get(model.on_gpu or 0.0, f"{model.on_gpu:.0%} on the GPU")
        yield f"loaded it takes {_bytes(model.memory)}, {where}" + (
            f"; {_bytes(diagnosis.memory[0])} of this machine's {_bytes(diagnosis.memory[1])} are free"
            if diagnosis.memory
            else ""
        )
        yield f"its context window is {model.window} tokens" + (f" of {model.trained}" if model.trained else "")


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
        "answers": diagnosis.answers,
        "server": server,
        "models": models,
        "extraction": None if diagnosis.trial is None else _trial_json(diagnosis.trial),
        "memory": memory,
        "advice": diagnosis.advice,
    }


def _trial_json(trial: CheckResult) -> dict[str, Any]:
    return {
        "model": trial.model,
        "value": trial.value,
        "right": trial.works,
        "requests": trial.attempts,
        "seconds": trial.seconds,
        "prompt_tokens": trial.usage.prompt_tokens,
        "answer_tokens": trial.usage.completion_tokens,
        "problem": trial.problem,
    }


def _era(version: str) -> str:
    numbers = _survey.numbers_of(version)
    if numbers[:2] in ((), (0, 0)):
        return "a development build"
    if numbers < (0, 5):
        return "too old for structured output; please upgrade"
    return "with llama-server" if numbers >= (0, 30) else "with its own runners (before 0.30)"


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
