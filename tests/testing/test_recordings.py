"""A fake Ollama is asked what four real ones were asked, and must answer in the same form."""

from __future__ import annotations

import http.client
import json

import pytest

from instructor_ollama.testing import Answer, FakeModel, FakeOllama, Raw, error, fault
from tests.kit.recorded import VERSIONS, Recording, recordings, shape_of_body

RECORDINGS = recordings()

# What the fake cannot know by itself, since it comes of the server's state or of the real grammar.
STATES = {
    "queue-503": "busy",
    "runner-killed": "runner_died",
    "server-stopped": "closed",
    "connection-refused": "refused",
    "client-timeout": "slow",
    "runner-killed-stream": "dies_mid_answer",
}
GRAMMAR = {"schema-pattern-digits", "schema-url", "schema-maxlen-5000", "schema-maxitems-5000"}

# Where the words are not the same: they hold numbers of that very run, or name what was not reached.
OTHER_WORDS = {
    "native-no-truncate",
    "pull-missing",
    "schema-dangling-ref",
    "schema-unknown-type",
    "schema-pattern-unanchored",
}


def models():
    return [
        FakeModel("plain", context_length=512, capabilities=("completion",)),
        FakeModel("think", context_length=512, capabilities=("completion", "thinking")),
        FakeModel("tools", context_length=512, capabilities=("completion", "tools")),
        FakeModel("small", context_length=512, num_ctx=128, capabilities=("completion",)),
        FakeModel("boxed", context_length=512, num_ctx=512, capabilities=("completion",)),
    ]


def scripted(recording: Recording):
    """The answer that the model gave, or the state the server was in."""
    if recording.case in STATES:
        return fault(STATES[recording.case])
    body = recording.decoded
    if recording.case in GRAMMAR and recording.status != 200:
        return error(recording.status, body["error"]["message"])
    if not isinstance(body, dict) or recording.status != 200:
        return '{"name": "Jason", "age": 25}'
    if "choices" in body:
        choice = body["choices"][0]
        said = choice["message"]
        return Answer(said["content"], reasoning=said.get("reasoning"), finish_reason=choice["finish_reason"])
    said = body.get("message", {})
    return Answer(
        said.get("content", "{}"), reasoning=said.get("thinking"), finish_reason=body.get("done_reason", "stop")
    )


def ask(fake: FakeOllama, recording: Recording) -> tuple[int | None, str | None, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(fake.host.rpartition(":")[2]), timeout=0.3)
    request = recording.request
    raw = None if request is None else request if isinstance(request, str) else json.dumps(request)
    try:
        connection.request(recording.method, recording.path, raw, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.getheader("content-type"), response.read().decode()
    except (OSError, http.client.HTTPException) as problem:
        return None, None, type(problem).__name__
    finally:
        connection.close()


@pytest.fixture(scope="module")
def fakes():
    started = {version: FakeOllama(models=models(), version=version) for version in VERSIONS}
    for fake in started.values():
        fake.__enter__()
    yield started
    for fake in started.values():
        fake.__exit__(None, None, None)


def told(body: str) -> str:
    """The words of an error."""
    inner = json.loads(body)["error"]
    return inner if isinstance(inner, str) else inner["message"]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: f"{one.version}-{one.case}")
def test_the_fake_answers_in_the_form_of_the_real_one(recording, fakes):
    fake = fakes[recording.version]
    fake.models = models()
    fake.requests.clear()
    fake.answers = [scripted(recording)]
    if recording.case in ("ps", "refused-port"):
        fake.load("plain")
    status, content_type, body = ask(fake, recording)
    fake.recover()
    assert status == recording.status
    if status is None:
        assert recording.body.partition(":")[0] in (body, "TimeoutError")
        return
    assert content_type.partition(";")[0] == recording.content_type.partition(";")[0]
    ours, theirs = shape_of_body(content_type, body), shape_of_body(recording.content_type, recording.body)
    for one in (ours, theirs):
        if isinstance(one, dict) and "model_info" in one:
            one["model_info"] = "dict"  # as many keys as the file has
    assert ours == theirs
    if status >= 400 and content_type.startswith("application/json") and recording.case not in OTHER_WORDS:
        assert told(body) == told(recording.body)


def test_there_are_four_times_the_same_cases():
    cases = {version: [one.case for one in RECORDINGS if one.version == version] for version in VERSIONS}
    assert [len(found) for found in cases.values()] == [107] * 4
    assert len({tuple(found) for found in cases.values()}) == 1


def test_a_recording_can_be_played_as_it_is(fakes):
    recording = next(one for one in RECORDINGS if one.case == "length")
    fake = fakes["0.34.4"]
    fake.answers = [Raw(recording.status, recording.body)]
    assert ask(fake, recording)[2] == recording.body
