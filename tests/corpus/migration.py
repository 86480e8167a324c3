"""Every spelling in the documentation of instructor 1.17, and what it does here: rows of the page and of the test.

A spelling is run as it stands (the page shows `shown`, where that is less), with this library imported as `instructor`, clients that point to a fake Ollama, and
`**call` in place of the `...` that ends a call.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

JASON = '{"name": "Jason", "age": 25}'
LISTED = f'{{"result": [{JASON}]}}'
USER = "User(name='Jason', age=25)"


class Works(NamedTuple):
    """A spelling that works; `gives` is the `repr` of its result."""

    theirs: str
    note: str = ""
    gives: str = USER
    answers: tuple[str, ...] = (JASON,)
    shown: str = ""


class Refused(NamedTuple):
    """A spelling that is answered by an error, or a warning, whose text contains `says`."""

    theirs: str
    ours: str
    says: str
    error: str = "UsageError"
    shown: str = ""


Row = Works | Refused

_FROM_OPENAI = "`from_openai(OpenAI(base_url=...), model=...)`"
_STREAMED = "`create(response_model=User)` or `list[User]`: an answer is validated whole"
_CACHE = "a cache of your own, such as `functools.lru_cache` on the function that calls `create`"
_PARTS = 'a content part of the message: `{"type": "image_url", "image_url": {"url": ...}}`'
_VALIDATOR = "a validator that calls `create(response_model=bool, ...)`"
_MODEL = "the model itself as `response_model`"


def _client(made: str) -> Works:
    call = "create" if "from_openai" in made else "chat.completions.create"
    wait = "await " if "Async" in made else ""
    return Works(f"{wait}{made}.{call}(response_model=User, ...)", shown=made)


def _keyword(keyword: str, note: str = "", answers: tuple[str, ...] = (JASON,)) -> Works:
    client = "await aclient" if "Async" in keyword else "client"
    return Works(f"{client}.create(response_model=User, {keyword}, ...)", note, answers=answers, shown=keyword)


def _no_keyword(keyword: str, ours: str, says: str, error: str = "UsageError") -> Refused:
    return Refused(f"client.create(response_model=User, {keyword}, ...)", ours, says, error, keyword)


def _type(response_model: str, gives: str, answer: str, note: str = "") -> Works:
    shown = f"response_model={response_model}"
    return Works(f"client.create({shown}, ...)", note, gives, (answer,), shown)


def _no_mode(name: str, ours: str, error: str = "UnsupportedModeError") -> Refused:
    says = "Use Mode.JSON (the default)" if error == "AttributeError" else "Use mode=Mode.JSON (the default)"
    mode = f"mode=instructor.Mode.{name}"
    return Refused(f"instructor.from_openai(OpenAI(), {mode})", ours, says, error, mode)


def _hook(name: str, note: str, *logged: object, handler: str = "log") -> Works:
    line = f"client.on({name}, {handler})"
    run = f"{line}\nclient.create(response_model=User, ...)\nlogged"
    return Works(run, note, repr(list(logged)), ("{}", JASON), line)


def _unhooked(line: str, note: str = "") -> Works:
    return Works(f'client.on("parse:error", log)\n{line}\nclient.hooks.handlers', note, "[]", shown=line)


def _no_name(name: str, ours: str, says: str) -> Refused:
    return Refused(f"from instructor import {name}", ours, says, "ImportError")


def _no_error(name: str, ours: str) -> Refused:
    return Refused(f"from instructor.errors import {name}", f"`errors.{ours}`", f"use {ours}", "ImportError", name)


def _attribute(spelling: str, note: str, gives: str) -> Works:
    shown = f"error.{spelling.partition('[')[0].partition('.')[0]}"
    return Works(f"failure.{spelling}", note, gives, shown=shown)


GROUPS: dict[str, list[Row]] = {
    "Make a client": [
        _client("instructor.from_openai(OpenAI())"),
        _client("instructor.from_openai(client=OpenAI())"),
        _client("instructor.from_openai(AsyncOpenAI())"),
        _client("instructor.from_openai(OpenAI(), mode=instructor.Mode.JSON)"),
        _client('instructor.from_openai(OpenAI(), model="llama3.1")'),
        _client("instructor.from_openai(OpenAI(), temperature=0.2, max_tokens=400)"),
        _client("instructor.from_openai(OpenAI(), max_retries=2)"),
        _client("instructor.patch(OpenAI())"),
        _client("instructor.patch(AsyncOpenAI())"),
        _client("instructor.patch(OpenAI(), mode=instructor.Mode.JSON)"),
        Refused("instructor.apatch(AsyncOpenAI())", "`patch(AsyncOpenAI())`", "patch(AsyncOpenAI", "AttributeError"),
        Refused(
            "instructor.patch(create=OpenAI().chat.completions.create)", "`patch(OpenAI())`", "'client'", "TypeError"
        ),
        Refused(
            "instructor.Instructor(client=OpenAI(), create=print)", "`from_openai(OpenAI())`", "from_openai(client)"
        ),
        Refused(
            'instructor.from_provider("ollama/llama3.1")', _FROM_OPENAI, "use from_openai(OpenAI(", "AttributeError"
        ),
        *(
            Refused(f"instructor.from_openai(OpenAI(), {keyword})", ours, says)
            for keyword, ours, says in [
                ("async_client=True", "`from_openai(AsyncOpenAI())`", "pass an AsyncOpenAI"),
                ('base_url="http://localhost:11434/v1"', "`OpenAI(base_url=...)`", "when the client is created"),
                ('api_key="ollama"', "`OpenAI(api_key=...)`", "when the client is created"),
                ("cache=AutoCache()", _CACHE, "functools.lru_cache"),
                (
                    "retry_if_parsing_fails=True",
                    "nothing: omit it; such an answer is always retried, within `max_retries`",
                    "always retried",
                ),
                (
                    "throw_error=True",
                    "nothing: omit it; an error is always raised",
                    "catch instructor_ollama.errors.RetriesExhaustedError",
                ),
            ]
        ),
        *(
            Refused(f"instructor.from_{name}(OpenAI())", _FROM_OPENAI, "use from_openai(OpenAI(", "AttributeError")
            for name in (
                *("anthropic", "anyscale", "bedrock", "cerebras", "cohere", "databricks", "deepseek", "fireworks"),
                *("gemini", "genai", "groq", "litellm", "mistral", "openrouter", "perplexity", "together", "vertexai"),
                *("writer", "xai"),
            )
        ),
    ],
    "Choose a mode": [
        _client("instructor.from_openai(OpenAI(), mode=instructor.Mode.JSON)")._replace(
            shown="mode=instructor.Mode.JSON"
        ),
        _no_mode("TOOLS", "`Mode.JSON`: Ollama cannot be made to call a tool"),
        _no_mode("TOOLS_STRICT", "`Mode.JSON`: Ollama cannot be made to call a tool"),
        _no_mode("PARALLEL_TOOLS", "`Mode.JSON` with `response_model=list[Union[A, B]]`"),
        _no_mode("FUNCTIONS", "`Mode.JSON`: Ollama has no `functions`"),
        _no_mode("JSON_SCHEMA", "`Mode.JSON`, which sends the JSON Schema"),
        _no_mode("MD_JSON", "`Mode.JSON`, which reads fenced answers as well"),
        _no_mode("RESPONSES_TOOLS", "`Mode.JSON`", "AttributeError"),
        _no_mode("ANTHROPIC_TOOLS", "`Mode.JSON`; so for the modes of every other provider", "AttributeError"),
    ],
    "Make a call": [
        Works("client.chat.completions.create(response_model=User, ...)"),
        Works("client.create(response_model=User, ...)"),
        Works("client.chat.create(response_model=User, ...)"),
        Works("client.messages.create(response_model=User, ...)"),
        Works("client.completions.create(response_model=User, ...)"),
        Works("client.create_with_completion(response_model=User, ...)[0]"),
        Works("client.chat.completions.create_with_completion(response_model=User, ...)[0]"),
        Works("client.messages.create_with_completion(response_model=User, ...)[0]"),
        Works("client.create_with_completion(response_model=User, ...)[1].usage.completion_tokens > 0", gives="True"),
        Works("client.create(response_model=None, ...).choices[0].message.content", gives=repr(JASON)),
        Works("client.chat.completions.create(...).choices[0].message.content", gives=repr(JASON)),
        Refused(
            "client.create(User, messages)",
            "`create(response_model=User, messages=messages)`",
            "keyword arguments only",
        ),
        *(
            Refused(f"client.{path}.{name}(response_model=User, ...)", _STREAMED, says, error)
            for path, error in [("chat.completions", "UnsupportedFeatureError"), ("responses", "AttributeError")]
            for name, says in [("create_partial", "create_partial"), ("create_iterable", "create_iterable")]
        ),
        Refused(
            'client.responses.create(input="Jason is 25", response_model=User)',
            "`client.chat.completions.create(...)`",
            "use client.chat.completions.create",
            "UnsupportedFeatureError",
        ),
        Refused(
            'client.responses.create_with_completion(input="Jason is 25", response_model=User)',
            "`client.chat.completions.create_with_completion(...)`",
            "use client.chat.completions.create_with_completion",
            "AttributeError",
        ),
        Refused(
            "client.create(response_model=User, ...)._raw_response",
            "`create_with_completion(...)`, which gives `(user, completion)`",
            "_raw_response",  # the words are Pydantic's
            "AttributeError",
        ),
    ],
    "Keywords of a call": [
        _keyword("temperature=0.2, max_tokens=400, seed=1"),
        _keyword('extra_body={"top_k": 5}'),
        _keyword("max_retries=1", "further attempts after the first; 3 unless given, as there", ("{}", JASON)),
        _keyword("max_retries=Retrying(stop=stop_after_attempt(2))", "governs invalid answers", ("{}", JASON)),
        _keyword("max_retries=AsyncRetrying(stop=stop_after_attempt(2))", "governs invalid answers", ("{}", JASON)),
        _keyword("timeout=30", "bounds one request; there the retries as well, which is `deadline=30` here"),
        _keyword('context={"known": ["Jason"]}', "for validators alone (`info.context`), not for templates"),
        _keyword('validation_context={"known": ["Jason"]}', "same as `context=`"),
        _keyword("strict=True", "Pydantic's strict mode; off unless given, there on"),
        Refused(
            'client.create(response_model=User, context={"name": "Jason"}, messages=template)',
            "an f-string; `{{ name }}` in a message beside `context=` is a warning, since the model sees the braces",
            "messages are not rendered as templates",
            "UnrenderedTemplateWarning",
            'context={"name": "Jason"}, messages=[... "{{ name }}" ...]',
        ),
        _no_keyword(
            "hooks=Hooks()", "`hooks=f`: a function, or several in a list, given each event", "expected a callable"
        ),
        _no_keyword("stream=True", _STREAMED, "omit stream", "UnsupportedFeatureError"),
        _no_keyword(
            "tools=[{}]",
            "nothing: omit it; `response_model` enforces the structure",
            "omit tools",
            "UnsupportedFeatureError",
        ),
        _no_keyword("cache=AutoCache()", _CACHE, "functools.lru_cache"),
        _no_keyword("cache_ttl=60", _CACHE, "functools.lru_cache"),
        _no_keyword('cache_namespace="users"', _CACHE, "functools.lru_cache"),
        _no_keyword("token_budget=1000", "`max_tokens=`, `max_retries=`, `deadline=`", "max_tokens="),
        _no_keyword("autodetect_images=True", _PARTS, "content parts"),
        _no_keyword('template_inputs={"name": "Jason"}', "an f-string", "f-string"),
        _no_keyword('input="Jason is 25"', "`messages=`", "messages="),
    ],
    "Types": [
        _type("User", USER, JASON),
        _type("list[User]", f"[{USER}]", LISTED),
        _type("List[User]", f"[{USER}]", LISTED),
        _type("Iterable[User]", f"[{USER}]", LISTED, "a list"),
        _type("Iterable[Union[User, Badge]]", f"[{USER}]", LISTED, "a list"),
        _type("Union[User, Badge]", USER, f'{{"result": {JASON}}}'),
        _type("Optional[User]", "None", '{"result": null}'),
        _type("Literal['spam', 'ham']", "'ham'", '{"result": "ham"}'),
        _type("Color", "<Color.RED: 'red'>", '{"result": "red"}'),
        _type("bool", "True", '{"result": true}'),
        _type("int", "25", '{"result": 25}'),
        _type("float", "2.5", '{"result": 2.5}'),
        _type("str", "'Jason'", "Jason"),
        _type("List[int]", "[1, 2]", '{"result": [1, 2]}'),
        _type("Movie", "{'title': 'Up'}", '{"title": "Up"}', "a `TypedDict` comes back as a dict"),
        _type("Annotated[int, Field(ge=0)]", "25", '{"result": 25}'),
        _type('create_model("User", __base__=User)', USER, JASON),
        _no_name("Partial", _STREAMED, "cannot be validated"),
        _no_name("Maybe", "`Optional[User]`, or a model with an error field", "Optional[T]"),
        _no_name("IterableModel", "`list[User]`", "list[T]"),
        _no_name("OpenAISchema", _MODEL, "the type itself"),
        _no_name("ResponseSchema", _MODEL, "the type itself"),
        _no_name("openai_schema", _MODEL, "the type itself"),
        _no_name("response_schema", _MODEL, "the type itself"),
        _no_name("CitationMixin", "a validator that looks for the quotation in `info.context`", "info.context"),
        _no_name("generate_openai_schema", "`User.model_json_schema()`", "model_json_schema"),
        _no_name("generate_anthropic_schema", "`User.model_json_schema()`", "model_json_schema"),
        _no_name("generate_gemini_schema", "`User.model_json_schema()`", "model_json_schema"),
    ],
    "Validators": [
        Works(
            "client.create(response_model=Loud, ...)",
            "its message is sent to the model",
            "Loud(name='JASON')",
            (JASON, '{"name": "JASON"}'),
            "@field_validator",
        ),
        Works(
            'client.create(response_model=Known, context={"known": ["Jason"]}, ...)',
            gives="Known(name='Jason')",
            shown="info.context",
        ),
        _no_name("llm_validator", _VALIDATOR, "response_model=bool"),
        _no_name("Validator", _VALIDATOR, "response_model=bool"),
        _no_name("openai_moderation", _VALIDATOR, "response_model=bool"),
        _no_name("disable_pydantic_error_url", "nothing: omit it; a model is never shown these URLs", "never shown"),
    ],
    "Hooks": [
        _hook('"completion:kwargs"', "called with the request's keywords", "kwargs", "kwargs"),
        _hook('"completion:response"', "called with the completion", "ChatCompletion", "ChatCompletion"),
        _hook('"completion:usage"', "called with the tokens of the call so far", "Usage", "Usage"),
        _hook('"parse:error"', "called with the reason why an answer was rejected", "ValidationError"),
        _hook('"completion:error"', "called with an error of the server"),
        _hook('"completion:last_attempt"', "called with the error that the call ends with"),
        _hook("HookName.PARSE_ERROR", "also any other enum with these values", "ValidationError"),
        _hook(
            '"parse:error"',
            "with `attempt_number`, `max_attempts` and `is_last_attempt`, where the handler takes them",
            (1, 4, False),
            handler="numbered",
        )._replace(shown="def handler(error, *, attempt_number, max_attempts, is_last_attempt)"),
        _unhooked('client.off("parse:error", log)'),
        _unhooked('client.clear("parse:error")'),
        _unhooked("client.clear(HookName.PARSE_ERROR)"),
        _unhooked("client.clear()"),
        _unhooked('client.hooks.off("parse:error", log)', "so do `client.hooks.on` and `client.hooks.clear`"),
        _no_name("hooks", "names as strings, or `hooks=f` of `patch` and of a call", 'client.on("completion:kwargs"'),
        _no_name("Hooks", "several functions in a list: `hooks=[f, g]`", "hooks=..."),
        _no_name("HookName", "names as strings", 'client.on("completion:kwargs"'),
    ],
    "Errors": [
        Works(
            "type(failure) is instructor.errors.InstructorRetryException",
            "same as `RetriesExhaustedError`",
            "True",
            shown="except instructor.errors.InstructorRetryException as error",
        ),
        _attribute("n_attempts", "same as `len(attempts)`", "2"),
        _attribute("last_completion.choices[0].message.content", "same as `completion`", "'{}'"),
        _attribute("total_usage.total_tokens > 0", "same as `usage`", "True"),
        _attribute('create_kwargs["model"]', "same as `request`", "'llama3.1'"),
        _attribute('messages[-1]["role"]', "the messages of `request`", "'user'"),
        _attribute(
            "failed_attempts[0].attempt_number", "the rejected ones of `attempts`; a completion only for the last", "1"
        ),
        _attribute(
            "failed_attempts[0].exception.__class__.__name__",
            "the rejected ones of `attempts`; a completion only for the last",
            "'ValidationError'",
        ),
        _attribute(
            "failed_attempts[-1].completion.choices[0].message.content",
            "the rejected ones of `attempts`; a completion only for the last",
            "'{}'",
        ),
        _no_error("InstructorError", "InstructorOllamaError"),
        _no_error("IncompleteOutputException", "IncompleteAnswerError"),
        _no_error("ValidationError", "RetriesExhaustedError"),
        _no_error("InstructorValidationError", "RetriesExhaustedError"),
        _no_error("AsyncValidationError", "RetriesExhaustedError"),
        _no_error("ResponseParsingError", "RetriesExhaustedError"),
        _no_error("ProviderError", "OllamaError"),
        _no_error("ConfigurationError", "UsageError"),
        _no_error("ModeError", "UnsupportedModeError"),
        _no_error("ClientError", "UnsupportedClientError"),
        _no_error("MultimodalError", "CapabilityError"),
        Refused(
            "from instructor.errors import FailedAttempt",
            "`events.Attempt`",
            "instructor_ollama.events.Attempt",
            "ImportError",
        ),
        *(
            Refused(
                f"from instructor.errors import {name}",
                "`max_tokens=`, `max_retries=`, `deadline=`",
                "deadline=",
                "ImportError",
            )
            for name in ("TokenBudgetError", "TokenBudgetExceeded", "TokenUsageUnavailableError")
        ),
        Refused(
            "instructor.exceptions.InstructorRetryException",
            "`errors.InstructorRetryException`",
            "errors are in instructor_ollama.errors",
            "AttributeError",
        ),
        Refused(
            "instructor.core.InstructorRetryException",
            "`errors.InstructorRetryException`",
            "errors are in instructor_ollama.errors",
            "AttributeError",
        ),
    ],
    "The rest of the client": [
        Works("client.client.base_url.path", gives="'/v1/'"),
        Works("client.mode", gives="<Mode.JSON: 'json_mode'>"),
        Works("client.models.list().data[0].id", gives="'llama3.1:8b'"),
        Works("type(client.embeddings).__name__", gives="'Embeddings'"),
        Works("client.with_options(timeout=9).create(response_model=User, ...)", "the copy has the methods too"),
        Works("isinstance(client, instructor.Instructor)", gives="True"),
        Works("isinstance(aclient, instructor.AsyncInstructor)", gives="True"),
    ],
    "Everything else": [
        *(_no_name(name, _PARTS, "content parts") for name in ("Image", "Audio", "multimodal")),
        *(
            _no_name(n, "`create` for each document", "no batch API")
            for n in ("BatchJob", "BatchProcessor", "BatchRequest")
        ),
        *(
            _no_name(name, "a hook, which is given every request and answer", "does not train")
            for name in ("Instructions", "FinetuneFormat", "distil")
        ),
        _no_name("cache", _CACHE, "functools.lru_cache"),
        _no_name("Provider", _FROM_OPENAI, "works with Ollama"),
        _no_name("process_response", "`create(response_model=User)`", "create(response_model=T)"),
        _no_name("function_calls", "`instructor_ollama.Mode`", "instructor_ollama.Mode"),
        _no_name("dsl", _STREAMED, "cannot be validated"),
        _no_name("v2", "`instructor_ollama`", "instructor_ollama itself"),
    ],
}


def tables() -> str:
    """The groups as sections of the page."""
    sections = (
        f"## {name}\n\n" + "\n".join(["| instructor | here |", "|---|---|", *_lines(rows)])
        for name, rows in GROUPS.items()
    )
    return "\n\n".join(sections) + "\n"


def _lines(rows: list[Row]) -> Iterator[str]:
    """A line for each row, or for several in turn of which the same is to be said."""
    for here, same in itertools.groupby(rows, _here):
        shown = dict.fromkeys(f"`{row.shown or row.theirs}`" for row in same)
        yield f"| {'<br>'.join(shown)} | {here} |"


def _here(row: Row) -> str:
    if isinstance(row, Works):
        return f"works: {row.note}" if row.note else "works"
    return row.ours.removeprefix("nothing: ") if row.ours.startswith("nothing: ") else f"use {row.ours}"
