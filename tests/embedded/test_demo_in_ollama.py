"""The demo model inside real Ollama servers: the same answers as in the embedded engine."""

from __future__ import annotations

import pytest
from openai import OpenAI
from pydantic import BaseModel

from instructor_ollama import embedded, patch
from tests.kit.servers import WHY_NONE, OllamaServer, executables, version_of


class User(BaseModel):
    name: str
    age: int


SERVERS = [pytest.param(path, id=f"ollama-{version_of(path)}") for path in executables()]


@pytest.mark.parametrize(
    "executable", SERVERS or [pytest.param("", id="no-ollama", marks=pytest.mark.skip(reason=WHY_NONE))]
)
def test_it_extracts_in_ollama(executable):
    with OllamaServer(executable) as server:
        embedded.create_demo(server.base_url, "tiny")
        with OpenAI(base_url=server.base_url, api_key="ollama") as client:
            user, completion = patch(client).chat.completions.create_with_completion(
                model="tiny",
                response_model=User,
                messages=[{"role": "user", "content": "Jason is 25 years old"}],
                max_retries=0,
            )
    assert user == User(name="Jason", age=25)
    assert completion.choices[0].finish_reason == "stop"
