"""CPU per call over the bare client and `model_validate_json`, sync and async, beside instructor where installed.

    python -m benchmarks.overhead [--calls 400] [--rounds 9]

Each round runs every contender once, in turn; what is printed is the median of the rounds' ratios to the bare client.
The bare client sends the same bytes: same messages, same schema.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import statistics
import time
from collections.abc import Awaitable, Callable

import openai

import instructor_ollama
from benchmarks.models import User
from benchmarks.replies import replying
from instructor_ollama import events

MESSAGES = [{"role": "user", "content": "Jason is 25 years old, jason@example.com"}]


def request_of(url: str) -> dict[str, object]:
    """What somebody who does without the library would give to the client for the same bytes on the wire."""
    seen: list[events.RequestSent] = []
    with openai.OpenAI(base_url=url, api_key="x") as client:
        instructor_ollama.patch(client, hooks=lambda event: seen.append(event))
        client.chat.completions.create(model="m", messages=MESSAGES, response_model=User)
    request = dict(seen[0].request)
    request.update(request.pop("extra_body"))
    return request


def sync_contenders(url: str) -> dict[str, Callable[[], object]]:
    """One call each."""
    request = request_of(url)
    bare = openai.OpenAI(base_url=url, api_key="x", max_retries=0)
    ours = instructor_ollama.patch(openai.OpenAI(base_url=url, api_key="x"))
    found: dict[str, Callable[[], object]] = {
        "bare client": lambda: User.model_validate_json(
            bare.chat.completions.create(**request).choices[0].message.content  # type: ignore[arg-type]
        ),
        "instructor_ollama": lambda: ours.chat.completions.create(model="m", messages=MESSAGES, response_model=User),
    }
    if importlib.util.find_spec("instructor"):
        import instructor

        theirs = instructor.from_openai(openai.OpenAI(base_url=url, api_key="x"), mode=instructor.Mode.JSON_SCHEMA)
        found["instructor"] = lambda: theirs.chat.completions.create(
            model="m", messages=[dict(one) for one in MESSAGES], response_model=User
        )
    return found


def async_contenders(url: str) -> dict[str, Callable[[], Awaitable[object]]]:
    """Same as `sync_contenders`, awaited."""
    request = request_of(url)
    bare = openai.AsyncOpenAI(base_url=url, api_key="x", max_retries=0)
    ours = instructor_ollama.patch(openai.AsyncOpenAI(base_url=url, api_key="x"))

    async def bare_call() -> object:
        completion = await bare.chat.completions.create(**request)  # type: ignore[arg-type]
        return User.model_validate_json(completion.choices[0].message.content)

    found: dict[str, Callable[[], Awaitable[object]]] = {
        "bare client": bare_call,
        "instructor_ollama": lambda: ours.chat.completions.create(model="m", messages=MESSAGES, response_model=User),
    }
    if importlib.util.find_spec("instructor"):
        import instructor

        theirs = instructor.from_openai(openai.AsyncOpenAI(base_url=url, api_key="x"), mode=instructor.Mode.JSON_SCHEMA)
        found["instructor"] = lambda: theirs.chat.completions.create(
            model="m", messages=[dict(one) for one in MESSAGES], response_model=User
        )
    return found


def cpu_of(call: Callable[[], object], calls: int) -> float:
    """CPU seconds a call."""
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) / calls


async def async_cpu_of(call: Callable[[], Awaitable[object]], calls: int) -> float:
    """Same as `cpu_of`, awaited one after the other."""
    started = time.process_time()
    for _ in range(calls):
        await call()
    return (time.process_time() - started) / calls


def table(title: str, rounds: list[dict[str, float]]) -> None:
    """Print the medians."""
    print(f"\n{title}: CPU per call")
    for name in rounds[0]:
        ratio = statistics.median(one[name] / one["bare client"] for one in rounds)
        print(f"  {name:<20} {statistics.median(one[name] for one in rounds) * 1e6:8.0f} µs   {ratio:5.2f} x")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=11)
    given = parser.parse_args()
    with replying() as url:
        contenders = sync_contenders(url)
        for call in contenders.values():
            cpu_of(call, 30)
        rounds = [{name: cpu_of(call, given.calls) for name, call in contenders.items()} for _ in range(given.rounds)]
        table("sync", rounds)

        async def measure() -> list[dict[str, float]]:
            found = async_contenders(url)
            for call in found.values():
                await async_cpu_of(call, 30)
            return [
                {name: await async_cpu_of(call, given.calls) for name, call in found.items()}
                for _ in range(given.rounds)
            ]

        table("async", asyncio.run(measure()))


if __name__ == "__main__":
    main()
