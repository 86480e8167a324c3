"""Peak memory of 1000 async calls at once over the bare client's, beside instructor where installed.

    python -m benchmarks.memory [--calls 1000]

Each contender runs in a process of its own; what counts is how far the calls push up its peak.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import resource
import statistics
import subprocess
import sys

from benchmarks.overhead import async_contenders
from benchmarks.replies import replying


def peak() -> float:
    """Peak resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def run(url: str, name: str, calls: int) -> float:
    """How many MiB `calls` calls at once add to the peak, after a few that warm up."""
    call = async_contenders(url)[name]
    for _ in range(20):
        await call()
    await asyncio.gather(*(call() for _ in range(20)))
    before = peak()
    await asyncio.gather(*(call() for _ in range(calls)))
    return peak() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(asyncio.run(run(given.url, given.one, given.calls)))
        return
    names = ["bare client", "instructor_ollama", *(["instructor"] if importlib.util.find_spec("instructor") else [])]
    found: dict[str, list[float]] = {name: [] for name in names}
    with replying() as url:
        for _ in range(given.rounds):
            for name in names:
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.memory",
                    "--one",
                    name,
                    "--url",
                    url,
                    "--calls",
                    str(given.calls),
                ]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found[name].append(float(done.stdout))
    bare = statistics.median(found["bare client"])
    print(f"{given.calls} async calls at once: MiB added to the peak")
    for name, values in found.items():
        added = statistics.median(values)
        print(f"  {name:<20} {added:6.1f}   {added - bare:+6.1f} over the bare client")


if __name__ == "__main__":
    main()
