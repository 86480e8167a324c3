"""Many texts at once: an async client, a bounded number of calls in flight, one `Literal` each.

Run it: python cookbook/sort_tickets.py [BASE_URL MODEL]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Literal

from openai import AsyncOpenAI
from pydantic import BaseModel

from instructor_ollama import errors, patch


class Ticket(BaseModel):
    name: str
    priority: Literal["low", "medium", "high", "urgent"]


TEXTS = (
    "Priya wrote to us. The priority is high.",
    "A mail from Tom came in, priority low.",
    "Anna called, the priority is urgent.",
)


async def main(base_url: str = "http://localhost:11434/v1", model: str = "llama3.1") -> None:
    gate = asyncio.Semaphore(4)  # Ollama answers one after the other; more only wait there
    async with AsyncOpenAI(base_url=base_url, api_key="ollama") as bare:
        client = patch(bare, model=model, deadline=120)

        async def sort(text: str) -> Ticket | errors.InstructorOllamaError:
            async with gate:
                try:
                    return await client.chat.completions.create(
                        response_model=Ticket, messages=[{"role": "user", "content": text}]
                    )
                except errors.InstructorOllamaError as error:  # one text that fails leaves the others alone
                    return error

        for text, ticket in zip(TEXTS, await asyncio.gather(*map(sort, TEXTS)), strict=True):
            print(
                f"{ticket.priority:<8} {text}"
                if isinstance(ticket, Ticket)
                else f"{text} {type(ticket).__name__}: {ticket}"
            )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
