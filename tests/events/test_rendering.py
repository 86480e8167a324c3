"""How errors with attempts and extractions show themselves in a notebook and with rich."""

from __future__ import annotations

import html.parser
import io
import pickle

import pydantic
import pytest

from instructor_ollama import Extraction, RetryConfig, events
from instructor_ollama import errors as errors
from instructor_ollama.testing import FakeOllama
from tests.kit.clients import MESSAGES


class User(pydantic.BaseModel):
    name: str
    age: int


class Account(pydantic.BaseModel):
    name: str
    password: pydantic.SecretStr
    age: int


WRONG = '{"name": "Jason", "age": "unknown"}'
RIGHT = '{"name": "Jason", "age": 25}'


def attempt(number=1, answer=RIGHT, error=None, **more):
    fields = {"repairs": (), "finish_reason": "stop", "usage": events.Usage(12, 5), "seconds": 1.5, **more}
    return events.Attempt(number, answer, error=error, **fields)


def rejected(*answers, error=None):
    attempts = [attempt(number, text, error or ValueError("wrong")) for number, text in enumerate(answers, 1)]
    return errors.RetriesExhaustedError("no valid User", attempts=attempts, usage=events.Usage(24, 10))


class Text(html.parser.HTMLParser):
    """The text and the tags of a page."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(page)

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def as_text(shown):
    return "\n".join(Text(shown._repr_html_()).words)


def as_rich(shown, width=80):
    console = pytest.importorskip("rich.console").Console(width=width, file=io.StringIO())
    console.print(shown)
    return console.file.getvalue()


SHOWS = pytest.mark.parametrize("show", [as_text, as_rich], ids=["html", "rich"])


@SHOWS
def test_an_error_shows_each_attempt(show, serve, connect):
    server = serve(WRONG, '{"name": "Jason"}')
    face = connect(server, retry_config=RetryConfig(max_retries=1))
    with pytest.raises(errors.RetriesExhaustedError) as caught:
        face.create(model="m", messages=MESSAGES, response_model=User)
    said = show(caught.value)
    assert "RetriesExhaustedError (2 attempts, " in said
    assert "no valid User from m" in said
    assert WRONG in said
    assert '{"name": "Jason"}' in said
    assert "age: Input should be a valid integer" in said
    assert "got 'unknown'" in said
    assert "age: Field required" in said
    assert said.count("rejected") == 2
    assert " tokens" in said


@SHOWS
def test_an_extraction_shows_each_attempt(show, serve, connect):
    done = connect(serve(WRONG, f"```json\n{RIGHT}\n```")).extract(model="m", messages=MESSAGES, response_model=User)
    said = show(done)
    assert "Extraction (2 attempts, " in said
    assert "User(name='Jason', age=25)" in said
    assert said.index("rejected") < said.index("accepted")
    assert "fence" in said


@SHOWS
def test_the_last_answer_before_a_deadline(show):
    error = errors.DeadlineExceededError("too late", deadline=1.0, attempts=[attempt(error=ValueError("bad <b>"))])
    assert "bad <b>" in show(error)


@SHOWS
@pytest.mark.parametrize("answers", [(), ("",)])
def test_nothing_came(show, answers):
    said = show(rejected(*answers))
    assert "no valid User" in said
    assert ("(empty)" in said) == bool(answers)


def test_html_is_escaped():
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;"
    page = rejected(script, error=ValueError(script))
    page.message += script
    page = Text(page._repr_html_())
    assert not {"script", "img"} & set(page.tags)
    assert "".join(page.words).count(script) == 3


def test_html_of_an_extraction_is_escaped():
    value = User.model_construct(name="<script>", age=1)
    done = Extraction(value, None, (attempt(repairs=("<i>",), finish_reason="<b>"),), events.Usage(), 0.1)
    assert not {"script", "i", "b"} & set(Text(done._repr_html_()).tags)


@SHOWS
@pytest.mark.parametrize("text", ["\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe", "a\ud800b", "a\rb", "\x00"])
def test_control_characters_are_shown_as_escapes(show, text):
    said = show(rejected(text, error=ValueError(text)))
    assert not set(text) - set("abgnp.ex[]20J;owned") & set(said)
    said.encode()
    assert "\\x" in said or "\\u" in said or "\\r" in said


@SHOWS
def test_the_length_is_bounded(show):
    class Many(pydantic.BaseModel):
        rows: list[int]

    text = f'{{"rows": [{", ".join(["<>"] * 90)}]}}'.replace("<>", '"<&>"')
    with pytest.raises(pydantic.ValidationError) as caught:
        Many.model_validate_json(text)
    few = show(rejected(*["x" * 10_000] * 3, error=caught.value))
    assert "8000 characters are not shown" in few
    assert "and 80 more" in few
    many = show(rejected(*["<" * 1_000_000] * 200, error=caught.value))
    assert "190 earlier attempts are not shown." in many
    assert len(many) < 150_000


@SHOWS
def test_a_value_whose_code_raises(show):
    class Odd:
        def __repr__(self):
            raise RuntimeError("no")

    shown = show(Extraction(Odd(), None, (attempt(),), events.Usage(), 0.1))
    assert "Odd object at" in " ".join(shown.split())  # wherever the line is broken


@SHOWS
def test_secrets_stay_hidden(show, connect, kind):
    wrong = '{"name": "Jason", "password": "hunter2", "age": "hunter2"}'
    with FakeOllama([wrong]) as fake:
        with pytest.raises(errors.RetriesExhaustedError) as caught:
            connect(fake, retry_config=RetryConfig(max_retries=0)).create(
                model="m", messages=MESSAGES, response_model=Account
            )
        fake.answers = ['{"name": "Jason", "password": "hunter2", "age": 25}']
        done = connect(fake).extract(model="m", messages=MESSAGES, response_model=Account)
    for one in (caught.value, done, pickle.loads(pickle.dumps(caught.value))):
        assert "hunter2" not in show(one)
        assert "Jason" not in show(one.attempts and errors.AnswerError("x", attempts=one.attempts))
        assert "hunter2" not in repr(one.attempts)
    assert caught.value.attempts[0].answer == wrong
    assert done.attempts[0].to_dict()["answer"].startswith('{"name"')


def test_rich_wraps_at_80_columns():
    said = as_rich(rejected("word " * 100), width=80)
    assert max(map(len, said.splitlines())) <= 80
