"""How the prompt grows over five wrong answers of 4 kB each, in bytes of the request's messages.

python -m benchmarks.growth
"""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import openai

from benchmarks.models import User
from instructor_ollama import patch
from instructor_ollama.testing import FakeOllama


def sizes(client: Any, server: FakeOllama, **options: Any) -> list[int]:
    """Bytes of the messages of each request of one call that never gets a valid answer."""
    try:
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Jason is 25."}], response_model=User, **options
        )
    except Exception as error:  # no answer is ever valid
        if len(server.requests) < 6:
            raise error
    return [len(json.dumps(request.messages)) for request in server.requests]


def main() -> None:
    """Measure and print."""
    answers = [json.dumps({"name": f"{n}" * 4000, "age": "unknown"}) for n in range(6)]
    print("bytes over the first prompt after wrong answers 1 to 5")
    with FakeOllama(answers, context_length=32_768) as server:
        ours = sizes(patch(openai.OpenAI(base_url=server.base_url, api_key="x")), server, max_retries=5)
    print(f"  {'instructor_ollama':<20}", *(f"{size - ours[0]:>7}" for size in ours[1:]))
    if importlib.util.find_spec("instructor"):
        import instructor

        with FakeOllama(answers, context_length=32_768) as server:
            client = instructor.from_openai(
                openai.OpenAI(base_url=server.base_url, api_key="x"), mode=instructor.Mode.JSON
            )
            theirs = sizes(client, server, max_retries=6)
        print(f"  {'instructor':<20}", *(f"{size - theirs[0]:>7}" for size in theirs[1:]))


if __name__ == "__main__":
    main()
