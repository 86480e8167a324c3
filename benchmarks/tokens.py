"""Prompt tokens that the schema costs, over nine ordinary models: ours, compact JSON Schema, instructor's JSON mode.

python -m benchmarks.tokens          (needs rs-bpe for o200k; instructor is counted where it is installed)
"""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import openai
import pydantic
from rs_bpe.bpe import openai as bpe

from benchmarks.models import NINE
from instructor_ollama import patch
from instructor_ollama.testing import FakeOllama

DOCUMENT = "The document."
COUNT = bpe.o200k_base().count


def prompt(server: FakeOllama, client: Any, response_model: Any, **options: Any) -> str:
    """All that the first request of a call says to the model."""
    server.requests.clear()
    try:
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": DOCUMENT}], response_model=response_model, **options
        )
    except Exception as error:  # the scripted answer fits no model; only the request counts
        if not server.requests:
            raise error
    parts = [message["content"] for message in server.requests[0].messages]
    return "\n".join(part if isinstance(part, str) else part[0]["text"] for part in parts)


def main() -> None:
    """Count and print."""
    columns = ["ours", "JSON Schema", *(["instructor"] if importlib.util.find_spec("instructor") else [])]
    totals = dict.fromkeys(columns, 0)
    print(f"{'model':<22}" + "".join(f"{name:>14}" for name in columns))
    bare = COUNT(DOCUMENT)
    with FakeOllama(["{}"]) as server:
        ours = patch(openai.OpenAI(base_url=server.base_url, api_key="x"))
        for name, response_model in NINE.items():
            row = {
                "ours": COUNT(prompt(server, ours, response_model, max_retries=0)) - bare,
                "JSON Schema": COUNT(
                    json.dumps(pydantic.TypeAdapter(response_model).json_schema(), separators=(",", ":"))
                ),
            }
            if "instructor" in columns:
                import instructor

                theirs = instructor.from_openai(
                    openai.OpenAI(base_url=server.base_url, api_key="x"), mode=instructor.Mode.JSON
                )
                row["instructor"] = COUNT(prompt(server, theirs, response_model, max_retries=1)) - bare
            for column, count in row.items():
                totals[column] += count
            print(f"{name:<22}" + "".join(f"{row[column]:>14}" for column in columns))
    print(f"{'all':<22}" + "".join(f"{totals[column]:>14}" for column in columns))
    for column in columns[1:]:
        print(f"ours is {totals['ours'] / totals[column]:.0%} of {column}")


if __name__ == "__main__":
    main()
