"""The demo model: fits the prompt that ships, extracts, mends, and goes into an Ollama."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Optional

import pytest
from openai import OpenAI
from pydantic import AfterValidator, BaseModel

from instructor_ollama import embedded, patch
from instructor_ollama.errors import OllamaError, ServerNotRunningError, UsageError
from instructor_ollama.testing import FakeOllama, error

ROOT = Path(__file__).parent.parent.parent
MEGABYTE = 1_000_000


class User(BaseModel):
    name: str
    age: int


class Person(BaseModel):
    name: str
    age: Optional[int] = None
    city: Optional[str] = None


class Ticket(BaseModel):
    name: str
    priority: Literal["low", "medium", "high", "urgent"]


@pytest.fixture(scope="module")
def engine():
    pytest.importorskip("xllamacpp")
    with embedded.Server() as server:
        yield server


@pytest.fixture(scope="module")
def create(engine):
    with OpenAI(base_url=engine.base_url, api_key="ollama") as bare:
        client = patch(bare)

        def call(text, response_model, **more):
            messages = [{"role": "user", "content": text}]
            return client.chat.completions.create(
                model=engine.model, response_model=response_model, messages=messages, **more
            )

        yield call


@pytest.mark.parametrize(
    ("text", "response_model", "value"),
    [
        ("Jason is 25 years old", User, User(name="Jason", age=25)),
        ("Maria Lopez lives in Lisbon and is 41.", Person, Person(name="Maria Lopez", age=41, city="Lisbon")),
        ("Wanda Nkosi lives in Porto.", Person, Person(name="Wanda Nkosi", city="Porto")),
        (
            "Anna is 31 years old and her brother Tom is 28.",
            list[User],
            [User(name="Anna", age=31), User(name="Tom", age=28)],
        ),
        ("Priya wrote to us. The priority is high.", Ticket, Ticket(name="Priya", priority="high")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_extracts(create, text, response_model, value):
    assert create(text, response_model, max_retries=0) == value


def test_it_mends_what_a_validator_refuses(create):
    seen = []

    def upper(name: str) -> str:
        seen.append(name)
        if name != name.upper():
            raise ValueError("must be in upper case")
        return name

    class Badge(BaseModel):
        name: Annotated[str, AfterValidator(upper)]

    assert create("This badge is for Jason.", Badge, max_retries=1).name == "JASON"
    assert list(dict.fromkeys(seen)) == ["Jason", "JASON"]


def test_it_is_small_enough_for_the_wheel():
    assert embedded.DEMO_MODEL.stat().st_size <= 8 * MEGABYTE


@pytest.fixture
def recipe(monkeypatch):
    """The `training` folder, whose modules without torch are importable here."""
    if not (ROOT / "training").is_dir():
        pytest.skip("the training folder is not part of an installed library")
    monkeypatch.syspath_prepend(str(ROOT))


def test_the_shipped_model_was_trained_on_the_shipped_prompt(recipe):
    gguf = pytest.importorskip("gguf")
    from training.export import FINGERPRINT_KEY, prompt_fingerprint

    field = gguf.GGUFReader(embedded.DEMO_MODEL).fields[FINGERPRINT_KEY]
    assert field.contents() == prompt_fingerprint(), "the prompt has changed: train the demo model again"


def test_the_engine_reads_the_tokens_that_were_trained_on(recipe, engine):
    from training.conversations import Maker
    from training.tokens import IDS, encode_conversation

    maker = Maker("tokens")
    for _ in range(100):
        messages = maker.conversation().messages[:-1]
        prompt = _post(engine, "/apply-template", {"messages": messages})["prompt"]
        tokens = _post(engine, "/tokenize", {"content": prompt, "parse_special": True})["tokens"]
        assert tokens == [*encode_conversation(messages)[0], IDS["<|assistant|>"]]


def test_training_and_tests_share_no_words(recipe):
    from training.words import SEEN, UNSEEN

    for name in SEEN.__dataclass_fields__:
        assert not set(getattr(SEEN, name)) & set(getattr(UNSEEN, name)), name


def test_the_same_seed_makes_the_same_conversations(recipe):
    from training.conversations import Maker

    one, two, other = Maker("1"), Maker("1"), Maker("2")
    first = [one.conversation().messages for _ in range(20)]
    assert first == [two.conversation().messages for _ in range(20)]
    assert first != [other.conversation().messages for _ in range(20)]


def test_every_right_answer_in_the_training_set_is_valid(recipe):
    from training.conversations import Maker
    from training.tokens import decode, encode

    maker = Maker("valid")
    for _ in range(200):
        conversation = maker.conversation()
        conversation.plan.target.validate(conversation.right)
        assert decode(encode(conversation.right)) == conversation.right


def test_the_modelfile():
    text = embedded.demo_modelfile("demo.gguf")
    assert text.startswith("FROM demo.gguf\n")
    assert 'PARAMETER stop "<|end|>"' in text
    assert "PARAMETER num_ctx 2048" in text
    assert str(embedded.DEMO_MODEL) in embedded.demo_modelfile()


def _post(engine, path, body):
    import urllib.request

    request = urllib.request.Request(
        engine.host + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_ollama_is_given_the_model(ending):
    with FakeOllama() as server:
        for _ in range(2):  # what is there is not sent again
            embedded.create_demo(f"{server.host}{ending}", "tiny")
    asked, blob, created, *again = server.seen
    assert [one.method for one in server.seen] == ["HEAD", "POST", "POST", "HEAD", "POST"]
    assert [one.path for one in again] == [asked.path, created.path]
    assert blob.raw == embedded.DEMO_MODEL.read_bytes()
    assert created.path == "/api/create"
    sent = created.body
    assert sent["model"] == "tiny"
    assert sent["stream"] is False
    assert asked.path == blob.path == f"/api/blobs/{sent['files']['demo.gguf']}"
    assert sent["template"] in embedded.demo_modelfile()
    assert sent["parameters"] == {"stop": ["<|end|>"], "temperature": 0, "num_ctx": 2048, "num_thread": 1}


def test_ollama_refuses():
    with FakeOllama() as server, pytest.raises(OllamaError, match="no space left") as caught:
        server.paths["/api/create"] = error(400, "no space left")
        embedded.create_demo(server.host)
    assert caught.value.status_code == 400


def test_no_ollama_there():
    with FakeOllama() as server, server.down(), pytest.raises(ServerNotRunningError, match="ollama serve"):
        embedded.create_demo(server.host)


@pytest.mark.parametrize("address", ["localhost:11434", "file:///etc", "http://"])
def test_no_address(address):
    with pytest.raises(UsageError, match="base_url"):
        embedded.create_demo(address)
