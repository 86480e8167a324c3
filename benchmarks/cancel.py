"""How long a server is still busy after a call was given up: the time of a short call right behind it.

    INSTRUCTOR_OLLAMA_SERVERS=/path/to/ollama python -m benchmarks.cancel

For openai's and ollama's clients, sync and async; given up by a cancelled task, a deadline and Ctrl-C, and, to compare,
left to its end. The server does one request at a time, so a short call waits for whatever it still generates.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated, Any

import ollama
import openai
from pydantic import BaseModel, Field

from instructor_ollama import RetryConfig, errors, patch
from tests.kit.random_model import write_random_model
from tests.kit.sampling import MODEL, PARAMETERS
from tests.kit.servers import OllamaServer, executables

AFTER = 0.4
"""Seconds after which the long call is given up."""


class Short(BaseModel):
    done: bool


Long = Annotated[list[int], Field(min_length=600)]
MESSAGES = [{"role": "user", "content": "x"}]
CLIENTS: dict[str, Any] = {
    "openai.OpenAI": lambda server: openai.OpenAI(base_url=server.base_url, api_key="x"),
    "openai.AsyncOpenAI": lambda server: openai.AsyncOpenAI(base_url=server.base_url, api_key="x"),
    "ollama.Client": lambda server: ollama.Client(server.host),
    "ollama.AsyncClient": lambda server: ollama.AsyncClient(server.host),
}


def long_call(server: OllamaServer, client: str, way: str) -> None:
    """A call of some seconds, given up in the way that is named."""
    config = RetryConfig(deadline=AFTER if way == "deadline" else None, transient_retries=0)
    bare = patch(CLIENTS[client](server), retry_config=config, constrain="limits")
    create: Any = bare.chat if client.startswith("ollama") else bare.chat.completions.create
    arguments: dict[str, Any] = {"model": MODEL, "messages": MESSAGES, "response_model": Long, "max_retries": 0}
    if way == "Ctrl-C":
        main = threading.main_thread().ident or 0
        threading.Timer(AFTER, signal.pthread_kill, (main, signal.SIGINT)).start()

    async def awaited() -> None:
        task = asyncio.ensure_future(create(**arguments))
        if way == "cancelled task":
            asyncio.get_running_loop().call_later(AFTER, task.cancel)
        await task

    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError, errors.DeadlineExceededError):
        asyncio.run(awaited()) if "Async" in client else create(**arguments)
        if way != "its end":
            raise SystemExit("the long call was over too soon to be given up")


def short_call(server: OllamaServer) -> float:
    """Seconds of a short call over a connection of its own."""
    with openai.OpenAI(base_url=server.base_url, api_key="x") as bare:
        started = time.monotonic()
        patch(bare).chat.completions.create(model=MODEL, messages=MESSAGES, response_model=Short)
        return time.monotonic() - started


def main() -> None:
    """Measure and print."""
    model = write_random_model(Path(tempfile.mkdtemp()) / "random.gguf")
    print("| Ollama | client | given up by | long call | short call behind it |")
    print("|---|---|---|---|---|")
    for executable in executables():
        with OllamaServer(executable) as server:
            server.create(MODEL, model, parameters=PARAMETERS)
            short_call(server)
            print(f"| {server.version} | (idle) | | | {short_call(server):.2f} s |")
            for client in CLIENTS:
                ways = ["its end", "deadline", "Ctrl-C", *(["cancelled task"] if "Async" in client else [])]
                for way in ways:
                    started = time.monotonic()
                    long_call(server, client, way)
                    took = time.monotonic() - started
                    print(
                        f"| {server.version} | {client} | {way} | {took:.2f} s | {short_call(server):.2f} s |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
