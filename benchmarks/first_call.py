"""How long the first call to a model takes, which loads it, and the calls after it.

    INSTRUCTOR_OLLAMA_SERVERS=/path/to/ollama python benchmarks/first_call.py MODEL.gguf [MODEL.gguf ...]

Each model is made in a server of its own that has just started; the file is in the system's cache by then. The type is
the README's `User`. A second type and a longer document follow, since their prompts are not in the server's cache.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from pathlib import Path

import openai
from pydantic import BaseModel

from instructor_ollama import PatchedOpenAI, patch

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from servers import OllamaServer, executables

DOCUMENT = "Anna Berg signed the contract in Oslo on 3 May and sent it to the office by mail. " * 20


class User(BaseModel):
    name: str
    age: int


class Contract(BaseModel):
    person: str
    place: str


def timed(client: PatchedOpenAI, kind: type[BaseModel], text: str) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    client.chat.completions.create(response_model=kind, messages=[{"role": "user", "content": text}], max_retries=0)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="GGUF files")
    given = parser.parse_args()
    print("| model | size | first call | second call | document of 400 words |\n|---|---|---|---|---|")
    for path in map(Path, given.models):
        with OllamaServer(executables()[0]) as server:
            server.create("m", path, template=None)
            client = patch(
                openai.OpenAI(base_url=server.base_url, api_key="x"), model="m", defaults={"max_tokens": 200}
            )
            seconds = functools.partial(timed, client)
            first, second = (seconds(User, f"{name} is 25 years old") for name in ("Jason", "Anna"))
            long = seconds(Contract, DOCUMENT)
            size = path.stat().st_size / 1e6
            print(f"| {path.stem}, {server.version} | {size:.0f} MB | {first:.1f} s | {second:.1f} s | {long:.1f} s |")


if __name__ == "__main__":
    main()
