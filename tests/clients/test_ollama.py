"""What only ollama's own clients have; the behaviour table in the other files runs over them as well."""

from __future__ import annotations

import ollama
import pytest
from pydantic import BaseModel

from instructor_ollama import RetryConfig, errors, patch, unpatch
from tests.kit.clients import MESSAGES


class User(BaseModel):
    name: str
    age: int


JASON = '{"name": "Jason", "age": 25}'


@pytest.fixture
def client(serve):
    """A patched client; `client.server` is what it talks to."""
    server = serve(JASON)
    made = ollama.Client(server.host, verify=False)
    made.server = server
    yield patch(made)
    made._client.close()


def test_options_think_and_keep_alive_are_sent_and_truncation_is_disabled(client):
    given = {"num_ctx": 512, "num_predict": 9}
    client.chat("m", MESSAGES, response_model=User, options=given, think=False, keep_alive="1h")
    import json

    body = json.loads(client.server.requests[0].raw)
    assert body["options"] == {"num_ctx": 512, "num_predict": 9, "temperature": 0}
    assert given == {"num_ctx": 512, "num_predict": 9}
    assert (body["think"], body["keep_alive"], body["truncate"], body["shift"]) == (False, "1h", False, False)
    assert body["format"]["required"] == ["name", "age"]


def test_ollamas_own_options_object_is_taken(client):
    client.chat("m", MESSAGES, response_model=User, options=ollama.Options(temperature=0.5))
    assert client.server.requests[0].body["temperature"] == 0.5


def test_without_response_model_it_is_ollamas_own(client):
    bare = ollama.Client(client.server.host, verify=False)
    for one in (bare, client):
        one.chat("m", MESSAGES, options={"seed": 1})
    bare._client.close()
    first, second = client.server.requests
    assert first.raw == second.raw


@pytest.mark.parametrize(
    ("kwargs", "says"),
    [({"stream": True}, "stream"), ({"tools": [print]}, "tools"), ({"format": "json"}, "format")],
    ids=["stream", "tools", "format"],
)
def test_what_does_not_go_together_is_refused(client, kwargs, says):
    with pytest.raises(errors.UnsupportedFeatureError, match=says):
        client.chat("m", MESSAGES, response_model=User, **kwargs)
    assert not client.server.requests


def test_unpatch_leaves_no_trace(client):
    assert client.chat("m", MESSAGES, response_model=User).age == 25
    patch(client, retry_config=RetryConfig(max_retries=1))
    server = vars(client).pop("server")
    assert set(vars(unpatch(client))) == {"_client"}
    client.server = server


def test_somebody_elses_wrapper_goes_on_being_called(serve):
    made = ollama.Client(serve(JASON).host, verify=False)
    own, seen = made.chat, []

    def traced(**kwargs):
        seen.append(kwargs["model"])
        return own(**kwargs)

    made.chat = traced
    assert patch(made).chat("m", MESSAGES, response_model=User).age == 25
    assert seen == ["m"]
    made._client.close()


def test_too_many_positions_are_refused(client):
    with pytest.raises(errors.UsageError, match="keyword"):
        client.chat("m", MESSAGES, None, response_model=User)
