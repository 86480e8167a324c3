"""How long a server takes to load a model, which the first call waits for, and how long a call takes then.

    INSTRUCTOR_OLLAMA_SERVERS=/path/to/ollama python -m benchmarks.first_call MODEL.gguf [MODEL.gguf ...] [--times 3]

Loading is a request without a prompt to `/api/generate`; the file is in the system's cache by then. The call's type is
the README's `User`. The fastest of several is printed, since other work on the machine only ever adds to it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import openai
from pydantic import BaseModel

from instructor_ollama import PatchedOpenAI, patch
from tests.kit.servers import OllamaServer, executables

NAMES = ("Jason", "Anna")


class User(BaseModel):
    name: str
    age: int


def timed(client: PatchedOpenAI, name: str) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    client.chat.completions.create(
        response_model=User, messages=[{"role": "user", "content": f"{name} is 25 years old"}]
    )
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, help="GGUF files")
    parser.add_argument("--times", type=int, default=3, help="of each model (default %(default)s)")
    given = parser.parse_args()
    print("| model | size | loading | a call |\n|---|---|---|---|", flush=True)
    for path in given.models:
        with OllamaServer(executables()[0]) as server:
            server.create("m", path, template=None)
            bare = openai.OpenAI(base_url=server.base_url, api_key="x")
            client = patch(bare, model="m", max_retries=0, defaults={"max_tokens": 100})
            loading: list[float] = []
            calls: list[float] = []
            for _ in range(given.times):
                started = time.perf_counter()
                server.request("/api/generate", {"model": "m"}, timeout=300)
                loading.append(time.perf_counter() - started)
                calls += [timed(client, name) for name in NAMES]
                server.request("/api/generate", {"model": "m", "keep_alive": 0})
            size = path.stat().st_size / 1e6
            print(
                f"| {path.stem}, {server.version} | {size:.0f} MB | {min(loading):.1f} s | {min(calls):.1f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
