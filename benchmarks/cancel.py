"""How long a server is still busy after a call was cancelled: the time of a short call right behind it.

INSTRUCTOR_OLLAMA_SERVERS=/path/to/ollama python benchmarks/cancel.py
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import openai
from pydantic import BaseModel, Field

from instructor_ollama import patch

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from random_model import write_random_model
from sampling import MODEL, PARAMETERS
from servers import OllamaServer, executables


class Short(BaseModel):
    done: bool


Long = Annotated[list[int], Field(min_length=600)]
MESSAGES = [{"role": "user", "content": "x"}]


async def measure(url: str) -> tuple[float, float]:
    """Seconds of a short call on an idle server, and of one right after a long call was cancelled."""
    async with openai.AsyncOpenAI(base_url=url, api_key="x") as bare:
        create = patch(bare, defaults={"model": MODEL, "messages": MESSAGES}).chat.completions.create
        await create(response_model=Short)
        started = time.monotonic()
        await create(response_model=Short)
        idle = time.monotonic() - started
        long = asyncio.ensure_future(create(response_model=Long))
        await asyncio.sleep(0.3)
        if long.done():
            raise SystemExit("the long call was over too soon to be cancelled")
        long.cancel()
        started = time.monotonic()
        await create(response_model=Short)
        return idle, time.monotonic() - started


def main() -> None:
    """Measure and print."""
    model = write_random_model(Path(tempfile.mkdtemp()) / "random.gguf")
    for executable in executables():
        with OllamaServer(executable) as server:
            server.create(MODEL, model, parameters=PARAMETERS)
            idle, behind = asyncio.run(measure(server.base_url))
            print(
                f"Ollama {server.version}: a short call {idle:.3f} s idle, {behind:.3f} s right after a cancelled one"
            )


if __name__ == "__main__":
    main()
