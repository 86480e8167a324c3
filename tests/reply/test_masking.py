"""What no message shows: values of types that hide them, and the user, password and query of a base_url."""

from __future__ import annotations

import logging
import traceback
from typing import Annotated, Any, Literal

import ollama
import openai
import pytest
from pydantic import BaseModel, ConfigDict, Field, Secret, SecretBytes, SecretStr, field_validator

from instructor_ollama import errors, patch
from instructor_ollama._reply.masking import is_secret
from instructor_ollama._schema.target import target_of
from instructor_ollama.testing import answer, error, fault

HIDDEN = "hunter2-ZZ"


class Hidden(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    ssn: Annotated[str, Field(pattern=r"^\d{3}$")]


class Password(BaseModel):
    password: SecretStr = Field(min_length=20)


class Key(BaseModel):
    password: SecretBytes = Field(min_length=20)


class Pin(BaseModel):
    password: Secret[int]


class Outer(BaseModel):
    name: Literal["a"]
    inner: Password


class Custom(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    password: str

    @field_validator("password")
    @classmethod
    def _no(cls, value: str) -> str:
        raise ValueError("is not strong")


class Open(BaseModel):
    name: str


class Loop(BaseModel):
    password: SecretStr
    child: Loop | None = None


TYPES: dict[str, tuple[Any, str]] = {
    "hide_input_in_errors": (Hidden, f'{{"ssn": "{HIDDEN}"}}'),
    "SecretStr": (Password, f'{{"password": "{HIDDEN}"}}'),
    "SecretBytes": (Key, f'{{"password": "{HIDDEN}"}}'),
    "Secret": (Pin, f'{{"password": "{HIDDEN}"}}'),
    "nested": (Outer, f'{{"name": "b", "inner": {{"password": "{HIDDEN}"}}}}'),
    "list": (list[Password], f'[{{"password": "{HIDDEN}"}}]'),
    "scalar": (Annotated[SecretStr, Field(min_length=20)], f'"{HIDDEN}"'),
    "validator": (Custom, f'{{"password": "{HIDDEN}"}}'),
    "no JSON": (Password, f"The password is {HIDDEN}."),
    "other key": (Hidden, f'{{"SSN": "{HIDDEN}"}}'),
    "recursive": (Loop, f'{{"password": 3, "child": "{HIDDEN}"}}'),
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("finish_reason", ["stop", "length"])
def test_hidden_values_are_in_no_message(name, finish_reason, serve, connect, caplog):
    response_model, text = TYPES[name]
    server = serve(answer(text, finish_reason=finish_reason))
    caplog.set_level(logging.INFO, "instructor_ollama")
    with pytest.raises(errors.AnswerError) as caught:
        connect(server).create(response_model=response_model, max_retries=1)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    shown += "".join(str(attempt.error) for attempt in caught.value.attempts)
    assert HIDDEN not in shown
    if finish_reason == "stop" and name not in ("no JSON", "other key"):
        assert HIDDEN in str(server.requests[1].body["messages"])  # the model is shown what it wrote


def test_other_values_are_shown(serve, connect):
    with pytest.raises(errors.RetriesExhaustedError, match=HIDDEN):
        connect(serve(f'{{"name": ["{HIDDEN}"]}}')).create(response_model=Open, max_retries=0)
    assert not is_secret(target_of(Open))


URLS = ("http://user:{hidden}@127.0.0.1:9/v1", "http://{hidden}@localhost:9/v1", "http://127.0.0.1:9/v1?key={hidden}")


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("library", ["openai", "ollama"])
def test_credentials_of_a_base_url_are_in_no_message(url, library, connect):
    url = url.format(hidden=HIDDEN)
    if library == "openai":
        client = openai.OpenAI(base_url=url, api_key="x", http_client=openai.DefaultHttpxClient(verify=False))
    else:
        client = ollama.Client(url.replace("/v1", ""), verify=False)
    create = instructor_create(client)
    with pytest.raises(errors.ServerNotRunningError) as caught:
        create(model="m", messages=[{"role": "user", "content": "x"}], response_model=Open)
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))
    assert ":9" in str(caught.value)


def instructor_create(client):

    patched = patch(client)
    return patched.chat if isinstance(client, ollama.Client) else patched.chat.completions.create


@pytest.mark.openai_only
@pytest.mark.parametrize("reply", [fault("no_v1"), fault("forbidden"), error(401, "no"), fault("bad_gateway"), None])
def test_credentials_are_in_no_message_of_a_fault(reply, serve, connect):
    server = serve(reply)
    url = server.base_url.replace("http://", f"http://user:{HIDDEN}@")
    with pytest.raises(errors.OllamaError) as caught:
        connect(url).create(response_model=Open)
    assert HIDDEN not in str(caught.value)
