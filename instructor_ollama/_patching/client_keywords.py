"""Keywords of openai's `create` and ollama's `chat`, with what Ollama does with each; for type checkers and editors.

Not imported while a program runs. openai's own `TypedDict` cannot be inherited: it requires `model`, which `patch` may
have been given, and it holds `tools` and `stream`, which cannot be combined with `response_model`. A test compares
names and types with those of the installed openai.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Optional, Union

import ollama
import openai
from openai._types import NotGiven, Omit
from openai.types.chat import (
    ChatCompletionAudioParam,
    ChatCompletionMessageParam,
    ChatCompletionPredictionContentParam,
    ChatCompletionStreamOptionsParam,
    ChatCompletionToolChoiceOptionParam,
    ChatCompletionToolUnionParam,
    completion_create_params,
)
from typing_extensions import Required, TypedDict

from .keywords import AsyncCallKeywords, AsyncPatchKeywords, SyncCallKeywords, SyncPatchKeywords

Unset = Union[NotGiven, Omit]
"""`openai.NOT_GIVEN` and `openai.omit`, which stand for a keyword that is left out."""


class Request(TypedDict, total=False):
    """What a call with `response_model` is about."""

    messages: Required[Iterable[ChatCompletionMessageParam]]
    """The conversation, such as `[{"role": "user", "content": "Jason is 25 years old"}]`."""

    model: str
    """An installed model, such as "llama3.1"; may be left out where `patch` was given `model=`."""

    n: Literal[1] | Unset | None
    """Number of answers; Ollama returns one."""


class PlainRequest(TypedDict):
    """What a call without `response_model` is about."""

    messages: Iterable[ChatCompletionMessageParam]
    """The conversation, such as `[{"role": "user", "content": "Hello"}]`."""

    model: str
    """An installed model, such as "llama3.1"."""


class OpenAIKeywords(TypedDict, total=False):
    """Keywords of openai's `create` that can be given beside `response_model`, but for `model` and `messages`."""

    temperature: Optional[float] | Unset
    """Sampling temperature; 0 by default, with `response_model`. A repetition loop is retried at a higher one unless
    the temperature is given."""

    max_tokens: Optional[int] | Unset
    """Tokens of the answer at most. Ollama's own bound is ten context windows."""

    max_completion_tokens: Optional[int] | Unset
    """The newer name of `max_tokens`; sent as `max_tokens`, since Ollama ignores the new name."""

    seed: Optional[int] | Unset
    """Makes sampling repeatable; random by default."""

    top_p: Optional[float] | Unset
    """Samples from the most probable tokens whose probabilities add up to this; 1.0 by default."""

    stop: str | Sequence[str] | Unset | None
    """A text, or several, at which the server ends the answer; replaces those of the Modelfile."""

    frequency_penalty: Optional[float] | Unset
    """Lowers the probability of a token by how often it has occurred; between -2 and 2."""

    presence_penalty: Optional[float] | Unset
    """Lowers the probability of a token that has occurred; between -2 and 2."""

    reasoning_effort: Optional[Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]] | Unset
    """How long a thinking model may think; "none" turns thinking off."""

    logprobs: Optional[bool] | Unset
    """Whether the completion holds the log probability of each token (Ollama 0.12.11 and later)."""

    top_logprobs: Optional[int] | Unset
    """How many alternatives are given with each token, from 0 to 20; needs `logprobs=True`."""

    timeout: float | openai.Timeout | NotGiven | None
    """Seconds that one request may take, instead of the client's. `deadline` bounds the whole call."""

    extra_headers: Mapping[str, str | Omit] | None
    """Headers sent with each request of the call."""

    extra_query: Mapping[str, object] | None
    """Query parameters sent with each request of the call."""

    extra_body: object | None
    """Fields added to the body of each request. Ollama ignores `num_ctx`, `options`, `keep_alive` and `format` here."""

    audio: Optional[ChatCompletionAudioParam] | Unset
    """Audio output; Ollama ignores it."""

    logit_bias: Optional[dict[str, int]] | Unset
    """Changes the probability of tokens; Ollama ignores it."""

    metadata: Optional[dict[str, str]] | Unset
    """Labels of the request; Ollama ignores them."""

    modalities: Optional[list[Literal["text", "audio"]]] | Unset
    """Types of output; Ollama ignores it."""

    moderation: Optional[completion_create_params.Moderation] | Unset
    """Moderation of input and output; Ollama ignores it."""

    prediction: Optional[ChatCompletionPredictionContentParam] | Unset
    """Text that the answer is expected to contain; Ollama ignores it."""

    prompt_cache_key: Optional[str] | Unset
    """Key of OpenAI's prompt cache; Ollama ignores it and caches by the beginning of the prompt."""

    prompt_cache_options: completion_create_params.PromptCacheOptions | Unset
    """Options of OpenAI's prompt cache; Ollama ignores them."""

    prompt_cache_retention: Optional[Literal["in_memory", "24h"]] | Unset
    """How long OpenAI keeps a prompt cached; Ollama ignores it."""

    safety_identifier: Optional[str] | Unset
    """Identifier of the end user; Ollama ignores it."""

    service_tier: Optional[Literal["auto", "default", "flex", "scale", "priority", "fast"]] | Unset
    """OpenAI's processing tier; Ollama ignores it."""

    store: Optional[bool] | Unset
    """Whether OpenAI keeps the completion; Ollama ignores it."""

    user: str | Unset
    """Identifier of the end user; Ollama ignores it."""

    verbosity: Optional[Literal["low", "medium", "high"]] | Unset
    """How long the answer should be; Ollama ignores it."""

    web_search_options: completion_create_params.WebSearchOptions | Unset
    """OpenAI's web search; Ollama ignores it."""


class CreateKeywords(Request, SyncCallKeywords, OpenAIKeywords, total=False):
    """Keywords of a call with `response_model` on a sync client."""


class AsyncCreateKeywords(Request, AsyncCallKeywords, OpenAIKeywords, total=False):
    """Keywords of a call with `response_model` on an async client."""


class PlainKeywords(PlainRequest, OpenAIKeywords, total=False):
    """Keywords of a call without `response_model`, which is openai's own; but for `stream`."""

    n: Optional[int] | Unset
    """Number of answers; Ollama returns one."""

    response_format: completion_create_params.ResponseFormat | Unset
    """Format of the answer; with `response_model` the library sets it."""

    stream_options: Optional[ChatCompletionStreamOptionsParam] | Unset
    """Options of a stream, such as `{"include_usage": True}`."""

    tools: Iterable[ChatCompletionToolUnionParam] | Unset
    """Tools that the model may call."""

    tool_choice: ChatCompletionToolChoiceOptionParam | Unset
    """Which tool has to be called; Ollama ignores it."""

    parallel_tool_calls: bool | Unset
    """Whether several tools may be called at once; Ollama ignores it."""

    functions: Iterable[completion_create_params.Function] | Unset
    """The older form of `tools`; Ollama ignores it."""

    function_call: completion_create_params.FunctionCall | Unset
    """The older form of `tool_choice`; Ollama ignores it."""


class InstructorKeywords(SyncPatchKeywords, OpenAIKeywords, total=False):
    """Keywords of `from_openai` with a sync client: those of `patch`, and the client's, which become defaults."""


class AsyncInstructorKeywords(AsyncPatchKeywords, OpenAIKeywords, total=False):
    """Keywords of `from_openai` with an async client: those of `patch`, and the client's, which become defaults."""


class OllamaKeywords(TypedDict, total=False):
    """Keywords of ollama's `chat` that can be given beside `response_model`, but for `model` and `messages`."""

    options: Mapping[str, Any] | ollama.Options | None
    """Parameters of the model, such as `{"num_ctx": 8192, "temperature": 0.2, "num_predict": 500}`."""

    think: bool | str | None
    """Whether a thinking model thinks, or how long: "low", "medium", "high"."""

    keep_alive: float | str | None
    """How long the model stays loaded after the call, such as "10m"; -1 is for ever, 0 unloads it at once."""

    logprobs: bool | None
    """Whether the response holds the log probability of each token (Ollama 0.12.11 and later)."""

    top_logprobs: int | None
    """How many alternatives are given with each token, from 0 to 20; needs `logprobs=True`."""


class ChatKeywords(SyncCallKeywords, OllamaKeywords, total=False):
    """Keywords of a `chat` with `response_model` on a sync client."""


class AsyncChatKeywords(AsyncCallKeywords, OllamaKeywords, total=False):
    """Keywords of a `chat` with `response_model` on an async client."""


class PlainChatKeywords(OllamaKeywords, total=False):
    """Keywords of a `chat` without `response_model`, which is ollama's own; but for `stream`."""

    tools: Sequence[Mapping[str, Any] | ollama.Tool | Callable[..., Any]] | None
    """Tools that the model may call."""

    format: Literal["", "json"] | dict[str, Any] | None
    """Format of the answer, "json" or a JSON Schema; with `response_model` the library sets it."""
