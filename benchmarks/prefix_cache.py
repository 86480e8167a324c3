"""How much of a prompt the server finds in its prefix cache: another document of the same type, and a re-ask.

    INSTRUCTOR_OLLAMA_SERVERS=/path/to/ollama python -m benchmarks.prefix_cache      (0.34 and later say it)

"up to the document" is what the two prompts have in common; the server keeps whole tokens of it.
"""

from __future__ import annotations

import functools
from typing import Any

import openai
from pydantic import BaseModel, field_validator

from benchmarks.models import NINE, User
from instructor_ollama import embedded, errors, patch
from tests.kit.servers import OllamaServer, executables

ONE = "Jason is 25 years old and reads his mail at jason@example.com."
TWO = "My colleague Anna Lindt, who is 31, can be reached under anna@lindt.example these days."


def extract(client: Any, text: str, response_model: Any, **kwargs: Any) -> Any:
    """One call about one text."""
    return client.chat.completions.extract(
        model="demo", response_model=response_model, messages=[{"role": "user", "content": text}], **kwargs
    )


class Never(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def _never(cls, value: str) -> str:
        raise ValueError(f"{value} is not the one")


def main() -> None:
    """Measure and print."""
    for executable in executables():
        with OllamaServer(executable) as server, openai.OpenAI(base_url=server.base_url, api_key="x") as bare:
            embedded.create_demo(server.host, "demo")
            client = patch(bare)

            ask = functools.partial(extract, client)
            print(f"Ollama {server.version}: cached of prompt tokens")
            for name, response_model in (("flat", User), ("ticket", NINE["ticket"])):
                uses = []
                for text in (ONE, TWO):
                    try:
                        uses.append(ask(text, response_model, max_retries=0).attempts[0].usage)
                    except errors.AnswerError as error:  # the demo model knows no invoices; only the prompt counts
                        uses.append(error.attempts[0].usage)
                document = len(TWO)  # the demo model's tokens are characters
                before = uses[1].prompt_tokens - document
                print(f"  {name:<10} another document: {uses[1].cached_tokens} of {uses[1].prompt_tokens}, "
                      f"of them before the document about {before}")  # fmt: skip
            try:
                ask("Tom is here.", Never, max_retries=1)
            except errors.RetriesExhaustedError as error:
                first, second = (attempt.usage for attempt in error.attempts)
                print(f"  re-ask: {second.cached_tokens} of {second.prompt_tokens}, the first prompt was "
                      f"{first.prompt_tokens}")  # fmt: skip


if __name__ == "__main__":
    main()
