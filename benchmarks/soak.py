"""Many async calls at once against `FakeOllama`, one in ten with a fault: each must end in its own result or error.

    python -m benchmarks.soak [--calls 10000] [--at-once 200] [--every 10]

The server runs in a process of its own, so memory, sockets and tasks are the client's alone. Exits 1 when a call ended
otherwise than it had to, or something was left behind.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import gc
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import openai
import tenacity
from pydantic import BaseModel

from instructor_ollama import RetryConfig, errors, patch
from instructor_ollama.testing import FakeOllama, fault

# What each faulty call meets, and what it must end in: None is its own result.
KINDS = (
    ("busy", None),
    ("fenced", None),
    ("model_missing", errors.ModelNotFoundError),
    ("closed", None),
    ("wrong", None),
    ("out_of_memory", errors.InsufficientMemoryError),
    ("dies_mid_answer", None),
    ("think", None),
    ("cut", errors.IncompleteAnswerError),
    ("runner_died", None),
    ("loop_guard", None),
    ("context_overflow", errors.ContextOverflowError),
    ("slow", None),
    ("refusal", None),
    ("no_thinking", errors.CapabilityError),
    ("left", asyncio.CancelledError),
    ("schema_refused", None),
    ("prose", None),
    ("no_v1", errors.EndpointNotFoundError),
    ("rate_limited", None),
    ("not_signed_in", errors.CloudError),
    ("unavailable", None),
    ("firewall", errors.OllamaError),
    ("tunnel_down", None),
    ("login_page", errors.EndpointNotFoundError),
    ("cloud_failed", None),
    ("no_subscription", errors.CloudError),
    ("bad_gateway", None),
    ("bad_name", errors.OllamaError),
    ("empty", None),
    ("forbidden", errors.OllamaError),
)


class User(BaseModel):
    name: str
    age: int


def kind_of(number: int, every: int) -> tuple[str, type[BaseException] | None] | None:
    """The fault of a call; None for all but one in `every`."""
    return KINDS[number // every % len(KINDS)] if number % every == 0 else None


def serve(every: int) -> None:
    """The server's process: its address goes out, the end of the input ends it."""
    met: set[int] = set()

    async def answer(body: dict) -> object:
        found = re.search(r"call (\d+)\.", str(body["messages"]))
        number = int(found[1]) if found else -1
        text = f'{{"name": "call {number}", "age": {number}}}'
        kind = kind_of(number, every) if number > 0 else None
        if kind is None or number in met:
            met.discard(number)
            return text
        if kind[1] is None and kind[0] not in ("fenced", "prose", "slow"):
            met.add(number)  # the next request of this call is answered
        if kind[0] in ("slow", "left"):
            return fault("slow", text=text, seconds=0.2 if kind[0] == "slow" else 30)
        return fault(kind[0], text=text)

    with FakeOllama(answer, keep=0) as fake:
        print(fake.base_url, flush=True)
        for line in sys.stdin:
            if line.strip() == "state":
                print(f"{fake.connections} {fake.cancelled} {resident():.1f}", flush=True)


def resident() -> float:
    """Resident memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sockets() -> int:
    """Open sockets of this process."""
    found = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            found += one.readlink().name.startswith("socket:")
        except OSError:
            continue
    return found


async def soak(
    url: str, calls: int, at_once: int, every: int
) -> tuple[collections.Counter, list[str], list[tuple[float, int]]]:
    """All calls, in ten rounds; how they ended, what was wrong, MiB and Python objects after each round."""
    ended: collections.Counter = collections.Counter()
    wrong: list[str] = []
    memory: list[tuple[float, int]] = []
    limits = openai.DefaultAsyncHttpxClient(verify=False, timeout=60)
    config = RetryConfig(transient_wait=tenacity.wait_random(0, 0.02))

    async def one(number: int, client: openai.AsyncOpenAI) -> None:
        kind = kind_of(number, every)
        expected = None if kind is None else kind[1]
        call = client.chat.completions.create(
            model=f"m{number}" if kind and kind[0] == "schema_refused" else "m",
            messages=[{"role": "user", "content": f"This is call {number}."}],
            response_model=User,
        )
        try:
            if expected is asyncio.CancelledError:
                task = asyncio.ensure_future(call)
                await asyncio.sleep(0.1)
                task.cancel()
                await task
            else:
                value = await call
                assert value == User(name=f"call {number}", age=number), value
            got = None
        except (errors.InstructorOllamaError, openai.OpenAIError, asyncio.CancelledError, AssertionError) as error:
            got = error
        ended["result" if got is None else type(got).__name__] += 1
        if (expected is None) != (got is None) or (expected is not None and not isinstance(got, expected)):
            wrong.append(f"call {number} ({kind}): {got!r} from {getattr(got, '__cause__', None)!r}")

    async def worker(numbers: Iterator[int], client: openai.AsyncOpenAI) -> None:
        for number in numbers:
            await one(number, client)

    async with openai.AsyncOpenAI(base_url=url, api_key="ollama", http_client=limits, max_retries=0) as client:
        patch(client, retry_config=config)
        for round_ in range(10):
            numbers = iter(range(round_ * calls // 10 + 1, (round_ + 1) * calls // 10 + 1))
            await asyncio.gather(*(worker(numbers, client) for _ in range(at_once)))
            gc.collect()
            memory.append((resident(), len(gc.get_objects())))
    await asyncio.sleep(0.05)
    if len(asyncio.all_tasks()) != 1:
        wrong.append(f"{len(asyncio.all_tasks()) - 1} tasks were left")
    return ended, wrong, memory


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.every)
        return 0
    command = [sys.executable, "-m", "benchmarks.soak", "--serve", "--every", str(given.every)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        before = sockets()
        started = time.monotonic()
        ended, wrong, memory = asyncio.run(soak(url, given.calls, given.at_once, given.every))
        seconds = time.monotonic() - started
        gc.collect()
        left = sockets() - before
        server.stdin.write("state\n")
        server.stdin.flush()
        connections, cancelled, servers = server.stdout.readline().split()
        server.stdin.close()
    print(f"{given.calls} calls, {given.at_once} at once, {seconds:.1f} s ({given.calls / seconds:.0f} a second)")
    for name, count in ended.most_common():
        print(f"  {count:6} {name}")
    print(f"  {len(wrong):6} ended otherwise than they had to")
    print(f"MiB after each tenth: {' '.join(f'{one:.1f}' for one, _count in memory)}")
    print(f"Python objects:       {' '.join(str(count) for _one, count in memory)}")
    print(f"left behind: {left} sockets, {connections} connections at the server")
    print(f"the server saw {cancelled} clients leave and takes {servers} MiB")
    for line in wrong[:20]:
        print(f"  {line[:300]}")
    grown = memory[-1][0] - memory[1][0] > 8 or memory[-1][1] > memory[1][1] * 1.02
    return int(bool(wrong) or left != 0 or connections != "0" or grown)


if __name__ == "__main__":
    raise SystemExit(main())
