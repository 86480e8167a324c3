"""Which truncated prompts are detected, and what the detection costs, over shapes, texts, sizes and context windows.

    INSTRUCTOR_OLLAMA_SERVERS="/path/to/0.24.0/ollama /path/to/0.34.4/ollama" python -m benchmarks.truncation MODEL.gguf

Ground truth: `POST /api/chat` with `truncate: false` refuses what does not fit. Every prompt is sent by a patched
client that has learnt nothing ("first call") and by one that has sent the prompts before it ("later calls"). Only the
model's tokenizer matters here: its weights are replaced by tiny random ones unless `--weights` is given.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openai
from pydantic import BaseModel

from instructor_ollama import errors, patch
from tests.corpus.tokenized_texts import TOKENIZED
from tests.kit.servers import OllamaServer, executables
from tests.kit.tokenizer_model import write_tokenizer_model

TEMPLATE = "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
WINDOWS = (512, 1024, 4096)
SIZES = (0.25, 0.4, 0.5, 0.7, 0.9, 0.97, 1.03, 1.1, 1.3, 1.6, 2.0, 3.0)
"""Of a prompt, in windows."""
CLEARLY_BELOW_HALF = 0.45

TEXTS = {
    name: TOKENIZED[name].text
    for name in ("English", "German", "Chinese", "Japanese", "Arabic", "numbers", "code", "JSON")
}


class Person(BaseModel):
    name: str
    age: int


def one_message(text: str) -> list[dict[str, str]]:
    """One long message."""
    return [{"role": "user", "content": f"{text}\nJason is 25 years old."}]


def history(text: str) -> list[dict[str, str]]:
    """Short turns, the oldest first."""
    turns = [text[at : at + 120] for at in range(0, len(text), 120)] or [""]
    roles = ("user", "assistant")
    said = [{"role": roles[number % 2], "content": turn} for number, turn in enumerate(turns)]
    return [*said, {"role": "user", "content": "Jason is 25 years old."}]


def document(text: str) -> list[dict[str, str]]:
    """A document, an answer about it and a question."""
    answer = text[: max(20, len(text) // 10)]
    return [
        {"role": "user", "content": text},
        {"role": "assistant", "content": answer},
        {"role": "user", "content": "Jason is 25 years old. Who is that?"},
    ]


def system(text: str) -> list[dict[str, str]]:
    """A system message and a question."""
    return [{"role": "system", "content": text}, {"role": "user", "content": "Jason is 25 years old."}]


SHAPES: dict[str, Callable[[str], list[dict[str, str]]]] = {
    "one message": one_message,
    "history": history,
    "document, answer, question": document,
    "system, question": system,
}


@dataclass
class Tally:
    """What became of the prompts of one client.

    Attributes:
        outcomes: How many were detected, missed, whole, or false alarms.
        below: Prompts clearly below half of the window.
        extra_below: Requests beside those prompts' own, by path.
        extra: Such requests for all prompts.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    below: int = 0
    extra_below: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    def note(self, found: str, truth: int | None, window: int, extra: list[str]) -> str:
        """Count one prompt; what became of it."""
        names = {
            (True, True): "detected",
            (False, True): "missed",
            (False, False): "whole",
            (True, False): "false alarm",
        }
        outcome = names[found == "truncated", truth is None]
        self.outcomes[outcome] += 1
        self.extra.update(extra)
        if truth is not None and truth < CLEARLY_BELOW_HALF * window:
            self.below += 1
            self.extra_below.update(extra)
        return outcome


class Counting:
    """A patched client that notes what it asks.

    Attributes:
        paths: What was asked beside the prompts.
        messages: Those of the last prompt, as they were sent.
    """

    def __init__(self, server: OllamaServer) -> None:
        self.paths: list[str] = []
        self.messages: Any = None
        http = openai.DefaultHttpxClient(verify=False, event_hooks={"request": [self._note]})
        self.client = patch(openai.OpenAI(base_url=server.base_url, api_key="x", http_client=http))

    def _note(self, request: Any) -> None:
        if request.url.path == "/v1/chat/completions":
            self.messages = json.loads(request.content)["messages"]
        else:
            self.paths.append(request.url.path)

    def ask(self, messages: Any) -> tuple[str, list[str]]:
        """Whether a prompt was accepted, and the paths asked beside it."""
        self.paths = []
        try:
            self.client.chat.completions.create(
                model="model", messages=messages, response_model=Person, max_retries=0, max_tokens=4
            )
        except (errors.PromptTruncatedError, errors.ContextOverflowError):
            return "truncated", self.paths
        except errors.AnswerError:
            pass  # a wrong answer to a prompt that was taken as whole
        return "accepted", self.paths


def tokens_of(server: OllamaServer, model: str, messages: Any) -> int | None:
    """The tokens of a prompt; None where it does not fit."""
    body = {"model": model, "messages": messages, "stream": False, "truncate": False, "options": {"num_predict": 1}}
    try:
        return int(server.request("/api/chat", body, timeout=300)["prompt_eval_count"])
    except urllib.error.HTTPError as error:
        detail = error.read().decode()
        if error.code == 400 and "context" in detail:
            return None
        raise


def text_of(name: str, server: OllamaServer, model: str, tokens: int) -> str:
    """A text of about that many tokens; no two sentences of it are the same."""
    piece = TEXTS[name]
    counted = tokens_of(server, model, [{"role": "user", "content": piece}]) or 1
    pieces = [f"{number}. {piece}" for number in range(max(1, round(tokens / (counted + 2))) + 1)]
    text = "".join(pieces)
    return text[: max(1, len(text) * tokens // ((counted + 2) * len(pieces)))]


def prompts(server: OllamaServer, model: str, window: int, sizes: Any) -> Iterator[tuple[str, str, float, Any]]:
    """Every prompt of the table, the smaller ones first."""
    for size in sizes:
        for name in TEXTS:
            text = text_of(name, server, model, int(window * size))
            for shape, made in SHAPES.items():
                yield shape, name, size, made(text)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=Path, help="a model's file")
    parser.add_argument("--windows", type=int, nargs="*", default=WINDOWS, help="context windows (default %(default)s)")
    parser.add_argument("--sizes", type=float, nargs="*", default=SIZES, help="of the prompts, in windows")
    parser.add_argument(
        "--weights", action="store_true", help="use the model's own weights, which takes hours on a CPU"
    )
    parser.add_argument("--show", action="store_true", help="print every prompt that is missed or costs a request")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.gguf if options.weights else write_tokenizer_model(options.gguf, Path(folder) / "model.gguf")
        run(model, options)


def run(model: Path, options: argparse.Namespace) -> None:
    """Every server and context window."""
    for executable in executables():
        for window in options.windows:
            with OllamaServer(executable, {"OLLAMA_CONTEXT_LENGTH": str(window)}) as server:
                server.create("model", model, template=TEMPLATE, parameters={"stop": ["<|im_end|>"]})
                started = time.monotonic()
                measure(server, window, options)
                print(f"    {time.monotonic() - started:.0f} s", flush=True)


def measure(server: OllamaServer, window: int, options: argparse.Namespace) -> None:
    """One server with one context window."""
    tallies = {"first call": Tally(), "later calls": Tally()}
    later = Counting(server)
    for shape, name, size, messages in prompts(server, "model", window, options.sizes):
        for label, tally in tallies.items():
            client = later if label == "later calls" else Counting(server)
            found, extra = client.ask(messages)
            truth = tokens_of(server, "model", client.messages)
            outcome = tally.note(found, truth, window, extra)
            if options.show and (outcome in ("missed", "false alarm") or "/api/chat" in extra):
                print(f"      {label}: {outcome}, {shape}, {name}, {size} windows, {truth} tokens, {extra}", flush=True)
            if label == "first call":
                client.client.close()
    print(f"  Ollama {server.version}, context window {window}")
    for label, tally in tallies.items():
        print(
            f"    {label:<12}"
            + ", ".join(f"{tally.outcomes[one]} {one}" for one in ("detected", "missed", "whole", "false alarm"))
            + f"; extra requests {_shown(tally.extra)}; for {tally.below} clearly below half "
            + _shown(tally.extra_below),
            flush=True,
        )


def _shown(paths: Counter[str]) -> str:
    return ", ".join(f"{count} x {path}" for path, count in sorted(paths.items())) or "none"


if __name__ == "__main__":
    main()
