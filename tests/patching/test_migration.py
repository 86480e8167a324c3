"""What is typed by somebody who comes from instructor: it works, or the error says what to use instead."""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import os
import re
import typing
from pathlib import Path

import openai
import pydantic
import pytest
import tenacity
from typing_extensions import TypedDict

import instructor_ollama
from instructor_ollama.errors import _unavailable
from instructor_ollama.testing import FakeOllama
from instructor_ollama.testing import error as error_of
from tests.corpus.migration import GROUPS, JASON, Refused, Works, tables
from tests.kit.clients import Async, Sync

PAGE = Path(__file__).parents[2] / "docs/migrate-from-instructor.md"
ROWS = [row for rows in GROUPS.values() for row in rows]
MESSAGES = [{"role": "user", "content": "Jason is 25"}]
TEMPLATE = [{"role": "user", "content": [{"type": "text", "text": "{{ name }} is 25"}]}]


class User(pydantic.BaseModel):
    name: str
    age: int


class Badge(pydantic.BaseModel):
    number: int


class Loud(pydantic.BaseModel):
    name: str

    @pydantic.field_validator("name")
    @classmethod
    def _upper(cls, value: str) -> str:
        if value != value.upper():
            raise ValueError("must be in upper case")
        return value


class Known(pydantic.BaseModel):
    name: str

    @pydantic.field_validator("name")
    @classmethod
    def _known(cls, value: str, info: pydantic.ValidationInfo) -> str:
        if value not in info.context["known"]:
            raise ValueError("is not known")
        return value


class Color(enum.Enum):
    RED = "red"


class Movie(TypedDict):
    title: str


class HookName(enum.Enum):
    """As instructor has it."""

    PARSE_ERROR = "parse:error"


class Stranger:
    """Stands for an object of instructor's own."""


@pytest.fixture
def names():
    """Names that the spellings use; `names(answers)` starts the fake that the clients of the row point to."""
    with FakeOllama([]) as fake:
        one, many = Sync(fake.base_url), Async(fake.base_url)

        def made(answers):
            fake.answers = answers
            logged: list[object] = []
            client = instructor_ollama.from_openai(one.client, model="llama3.1")
            call = {"model": "llama3.1", "messages": MESSAGES}

            def log(*args, **kwargs):
                logged.append("kwargs" if "messages" in kwargs else type(args[0]).__name__)

            def numbered(error, *, attempt_number, max_attempts, is_last_attempt):
                logged.append((attempt_number, max_attempts, is_last_attempt))

            return {
                "__name__": __name__,
                **{
                    name: getattr(typing, name)
                    for name in ("Annotated", "Iterable", "List", "Literal", "Optional", "Union")
                },
                **{name: getattr(tenacity, name) for name in ("AsyncRetrying", "Retrying", "stop_after_attempt")},
                "instructor": instructor_ollama,
                "OpenAI": lambda: one.client.copy(),
                "AsyncOpenAI": lambda: many.client.copy(),
                "client": client,
                "aclient": instructor_ollama.from_openai(many.client),
                "call": call,
                "messages": MESSAGES,
                "template": TEMPLATE,
                "log": log,
                "logged": logged,
                "numbered": numbered,
                "run": many.run,
                "AutoCache": Stranger,
                "Hooks": Stranger,
                "HookName": HookName,
                "create_model": pydantic.create_model,
                "Field": pydantic.Field,
                **{kind.__name__: kind for kind in (User, Badge, Loud, Known, Color, Movie)},
            }

        yield made
        one.close()
        many.close()


def evaluated(spelling, names):
    """What the last line of a spelling gives."""
    code = re.sub(r"(?<=[(\s])\.\.\.\)", "**call)", spelling)
    code = code.replace("from instructor", "from instructor_ollama")
    *before, last = ast.parse(code).body
    kinds = functools.partial(compile, filename="spelling", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if not isinstance(last, ast.Expr):
        before.append(last)
    exec(kinds(ast.Module(before, []), mode="exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    result = eval(kinds(ast.Expression(last.value), mode="eval"), names)
    return names["run"](result) if inspect.iscoroutine(result) else result


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Works)], ids=lambda row: row.theirs)
def test_what_works(row, names):
    known = names(row.answers)
    if "failure" in row.theirs:
        failing = names(("{}",))
        with pytest.raises(instructor_ollama.errors.RetriesExhaustedError) as caught:
            failing["client"].create(response_model=User, max_retries=1, **failing["call"])
        known["failure"] = caught.value
    assert repr(evaluated(row.theirs, known)) == row.gives


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Refused)], ids=lambda row: row.theirs)
def test_unavailable_names_suggest_a_replacement(row, names):
    if "client.responses" in row.theirs and not hasattr(openai.OpenAI, "responses"):
        pytest.skip("before openai 1.66 there are no responses")
    known = names((JASON,))
    if row.error.endswith("Warning"):
        with pytest.warns(getattr(instructor_ollama.errors, row.error), match=re.escape(row.says)) as warned:
            evaluated(row.theirs, known)
        assert len(warned) == 1
        return
    with pytest.raises(Exception, match=re.escape(row.says)) as caught:
        evaluated(row.theirs, known)
    assert row.error in [kind.__name__ for kind in type(caught.value).__mro__]


def test_the_page_has_every_row():
    """What follows the text of the page is made from `migration.py`; WRITE_DOCS=1 writes it."""
    text, heading, _ = PAGE.read_text().partition(f"## {next(iter(GROUPS))}\n")
    assert heading
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(text + tables())
    assert PAGE.read_text() == text + tables(), "run WRITE_DOCS=1 pytest tests/patching/test_migration.py"


PUBLIC = [
    "Instructor",
    "Image",
    "Audio",
    "from_openai",
    "from_anyscale",
    "from_together",
    "from_databricks",
    "from_deepseek",
    "from_openrouter",
    "from_litellm",
    "from_vertexai",
    "from_provider",
    "AsyncInstructor",
    "Provider",
    "ResponseSchema",
    "response_schema",
    "OpenAISchema",
    "CitationMixin",
    "IterableModel",
    "Maybe",
    "Partial",
    "openai_schema",
    "generate_openai_schema",
    "generate_anthropic_schema",
    "generate_gemini_schema",
    "Mode",
    "patch",
    "apatch",
    "FinetuneFormat",
    "Instructions",
    "BatchProcessor",
    "BatchRequest",
    "BatchJob",
    "llm_validator",
    "openai_moderation",
    "hooks",
    "v2",
    "from_anthropic",
    "from_gemini",
    "from_fireworks",
    "from_cerebras",
    "from_groq",
    "from_mistral",
    "from_cohere",
    "from_bedrock",
    "from_writer",
    "from_xai",
    "from_perplexity",
    "from_genai",
]
"""`instructor.__all__` of 1.17, with every extra."""


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_here_or_is_named(name):
    try:
        getattr(instructor_ollama, name)
    except AttributeError as error:
        assert "is not available" in str(error)


def test_every_name_and_keyword_that_is_answered_has_a_row():
    spellings = " ".join(row.theirs for row in ROWS if isinstance(row, Refused))
    keywords = [name for name in _unavailable.KEYWORDS if f"{name}=" not in spellings]
    assert keywords == ["provider"]  # of functions that are answered themselves
    for name in _unavailable.ERRORS:
        assert name in spellings


def test_other_names_are_missed_in_pythons_words():
    with pytest.raises(AttributeError, match="module 'instructor_ollama' has no attribute 'Nothing'"):
        instructor_ollama.Nothing
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        exec("from instructor_ollama import Nothing")
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        exec("from instructor_ollama.errors import Nothing")
    assert not hasattr(instructor_ollama, "Maybe")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        instructor_ollama.Mode.nothing


class Spelt(str, enum.Enum):
    JSON = "json"
    FORM = "json_mode"
    TOOLS = "tool_call"


@pytest.mark.parametrize(
    "mode", ["json", "JSON", "json_mode", Spelt.JSON, Spelt.FORM, enum.Enum("Numbered", "JSON").JSON]
)
def test_a_mode_that_means_json_is_taken(mode, names):
    known = names((JASON,))
    client = instructor_ollama.from_openai(known["OpenAI"](), mode)
    assert client.create(response_model=User, **known["call"]) == User(name="Jason", age=25)


@pytest.mark.parametrize("mode", ["tool_call", "TOOLS", Spelt.TOOLS, 3, None, object(), "jsons"], ids=str)
def test_a_mode_that_means_something_else_is_refused(mode, names):
    with pytest.raises(instructor_ollama.errors.UnsupportedModeError, match="Use mode=Mode.JSON"):
        instructor_ollama.from_openai(names(())["OpenAI"](), mode)


TEMPLATES = [
    "Hi {{ name }}",
    "{{name}}",
    "{{- user.name | upper -}}",
    "{% for x in xs %}{{ x }}{% endfor %}",
    "{%- if a %}b{% endif %}",
]
PLAIN = ['{"a": {"b": 1}}', "{{}}", "{ name }", "f(x) = {{1, 2}, {3}}", "100 %}", "{{ 25 }}", "{{\n}}"]


@pytest.mark.parametrize("text", TEMPLATES)
@pytest.mark.parametrize("spelling", ["context", "validation_context"])
def test_a_message_that_looks_like_a_template_warns_beside_context(text, spelling, names):
    known = names((JASON,))
    with pytest.warns(instructor_ollama.errors.UnrenderedTemplateWarning) as warned:
        known["client"].create(
            model="m", response_model=User, messages=[{"role": "user", "content": text}], **{spelling: {"name": "x"}}
        )
    assert warned[0].filename == __file__


@pytest.mark.parametrize("text", PLAIN)
def test_other_braces_do_not_warn(text, names):
    messages = [{"role": "user", "content": text}]
    names((JASON,))["client"].create(model="m", response_model=User, messages=messages, context={"name": "x"})


def test_a_template_without_context_does_not_warn(names):
    names((JASON,))["client"].create(model="m", response_model=User, messages=TEMPLATE)


def test_both_contexts_are_refused(names):
    known = names((JASON,))
    with pytest.raises(instructor_ollama.errors.UsageError, match="pass only context="):
        known["client"].create(response_model=User, context={}, validation_context={}, **known["call"])


def test_tokens_are_counted_for_each_call_alone(names):
    known = names(("{}", JASON, JASON))
    seen: list[int] = []
    known["client"].on("completion:usage", lambda usage: seen.append(usage.completion_tokens))
    for _ in range(2):
        known["client"].create(response_model=User, **known["call"])
    first, both, again = seen
    assert first < both
    assert again < both


def test_handlers_of_an_async_client_are_awaited(names):
    known = names(("{}", JASON))
    seen: list[object] = []

    async def handler(error, **more):
        seen.append((type(error).__name__, more["is_last_attempt"]))

    known["aclient"].on("parse:error", handler)
    known["run"](known["aclient"].create(response_model=User, max_retries=1, **known["call"]))
    assert seen == [("ValidationError", False)]
    with pytest.raises(instructor_ollama.errors.UsageError, match="coroutine function, but the client is sync"):
        known["client"].on("parse:error", handler)


def test_the_last_attempt_is_said_to_be_it(names):
    known = names(("{}",))
    seen: list[object] = []
    for name in ("parse:error", "completion:last_attempt", "completion:error"):
        known["client"].on(
            name,
            lambda error, *, _name=name, attempt_number, is_last_attempt: seen.append(
                (_name, attempt_number, is_last_attempt)
            ),
        )
    with pytest.raises(instructor_ollama.errors.RetriesExhaustedError):
        known["client"].create(response_model=User, max_retries=1, **known["call"])
    assert seen == [("parse:error", 1, False), ("parse:error", 2, True), ("completion:last_attempt", 2, True)]


def test_an_error_of_the_server_is_told_as_one(names):
    known = names((error_of(503, "server busy"), error_of(404, "model 'm' not found")))
    seen: list[object] = []
    known["client"].on(
        "completion:error", lambda error, attempt_number: seen.append((type(error).__name__, attempt_number))
    )
    with pytest.raises(instructor_ollama.errors.ModelNotFoundError):
        known["client"].create(
            response_model=User,
            retry_config=instructor_ollama.RetryConfig(transient_wait=tenacity.wait_none()),
            **known["call"],
        )
    assert seen == [("ServerBusyError", 1), ("ModelNotFoundError", 2)]


def test_copies_keep_settings_and_handlers(names):
    known = names((JASON,))
    seen: list[object] = []
    client = instructor_ollama.from_openai(known["OpenAI"](), temperature=0.7, defaults={"seed": 3})
    client.on("completion:kwargs", lambda **request: seen.append((request["temperature"], request["seed"])))
    for made in (client, client.copy(), client.with_options(timeout=3).with_options(timeout=4)):
        assert made.create(response_model=User, **known["call"]) == User(name="Jason", age=25)
    assert seen == [(0.7, 3)] * 3
    with client as entered:
        assert entered is client
    assert client.client.is_closed()


def test_an_ollama_client_is_pointed_to_patch():
    import ollama

    with pytest.raises(instructor_ollama.errors.UnsupportedClientError, match="use patch"):
        instructor_ollama.from_openai(ollama.Client(verify=False))


def test_the_client_itself_is_not_touched(names):
    known = names((JASON,))
    client = known["OpenAI"]()
    instructor = instructor_ollama.from_openai(client)
    assert instructor.create(response_model=User, **known["call"]).age == 25
    with pytest.raises(TypeError):
        client.chat.completions.create(response_model=User, **known["call"])
    with pytest.raises(AttributeError):
        client.chat.completions.create_with_completion
    assert instructor.chat is instructor.chat
    assert {"models", "create", "on"} <= set(dir(instructor))
    with pytest.raises(AttributeError, match="has no attribute '_nothing'"):
        instructor._nothing
    with pytest.raises(AttributeError, match="'OpenAI' object has no attribute 'nothing'"):
        instructor.nothing
