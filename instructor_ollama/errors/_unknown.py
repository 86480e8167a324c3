"""Errors for unknown keywords, with a suggestion or the place where the setting belongs.

Knows no client library; there is one table for openai's `create` and one for ollama's `chat`.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from . import UnknownKeywordError
from ._unavailable import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(
        ("retries", "retry", "attempts", "max_attempts", "num_retries", "n_retries", "tries", "max_tries"),
        "max_retries",
    ),
    **dict.fromkeys(
        (
            "output_model",
            "output_schema",
            "output_type",
            "pydantic_model",
            "response_class",
            "response_schema",
            "response_type",
            "result_type",
            "schema",
            "type",
        ),
        "response_model",
    ),
    **dict.fromkeys(("content", "input", "prompt", "question", "system", "text"), "messages"),
    **dict.fromkeys(("callback", "callbacks", "event_hooks", "on_event"), "hooks"),
    **dict.fromkeys(("validator", "validators"), "validation_hook"),
    **dict.fromkeys(("max_time", "time_limit", "total_timeout"), "deadline"),
    **dict.fromkeys(("retry_options", "retry_policy"), "retry_config"),
    **dict.fromkeys(("context_length", "context_size", "context_window", "ctx", "max_context", "n_ctx"), "num_ctx"),
    **dict.fromkeys(("max_new_tokens", "max_output_tokens"), "max_tokens"),
    "model_id": "model",
    "model_name": "model",
    "headers": "extra_headers",
    "params": "extra_query",
    "body": "extra_body",
    "stop_sequences": "stop",
    "temp": "temperature",
}
"""What other libraries call a keyword, and its name here."""

OF_RETRY_CONFIG = frozenset(("on_retry", "transient_retries", "transient_wait", "wait"))

OF_THE_CLIENT = frozenset(("api_key", "base_url", "default_headers", "host", "http_client", "organization", "project"))

MODEL_OPTIONS = frozenset(
    (
        "frequency_penalty",
        "main_gpu",
        "min_p",
        "mirostat",
        "mirostat_eta",
        "mirostat_tau",
        "num_batch",
        "num_ctx",
        "num_gpu",
        "num_keep",
        "num_predict",
        "num_thread",
        "presence_penalty",
        "repeat_last_n",
        "repeat_penalty",
        "seed",
        "stop",
        "temperature",
        "tfs_z",
        "top_k",
        "top_p",
        "typical_p",
        "use_mmap",
    )
)
"""Parameters of a model, as Ollama's own API and a Modelfile name them."""


def _in_create(name: str, value: object) -> str | None:  # noqa: ARG001 (as `_in_chat`)
    if name == "num_ctx":
        return (
            "a request to /v1 cannot set the context window. Pass the name that "
            "ensure_context(client, model, num_ctx) returns as model=."
        )
    if name == "num_predict":
        return "did you mean max_tokens=?"
    if name in MODEL_OPTIONS:
        return f"Ollama ignores it on /v1. Set PARAMETER {name} in a Modelfile, or use ollama.Client (options=...)."
    return _CREATE.get(name)


_CREATE = {
    "format": "response_model= sets the format; without it, use response_format=.",
    "keep_alive": "Ollama ignores it on /v1. Set OLLAMA_KEEP_ALIVE on the server, or use ollama.Client.",
    "options": "Ollama ignores it on /v1. Set a PARAMETER in a Modelfile, or use ollama.Client (options=...).",
    "think": 'use reasoning_effort=, such as reasoning_effort="none".',
}
"""Keywords that openai's `create` does not have, and what to do instead."""


def _in_chat(name: str, value: object) -> str | None:
    if name in MODEL_OPTIONS:
        return f"use options={{{name!r}: {value!r:.60}}}."
    if name in ("max_tokens", "max_completion_tokens", "max_new_tokens", "max_output_tokens"):
        return f"use options={{'num_predict': {value!r:.60}}}."
    return _CHAT.get(name)


_CHAT = {
    "extra_body": "ollama's client has no such keyword; model parameters go into options=.",
    "extra_headers": "pass headers= to ollama.Client.",
    "headers": "pass headers= to ollama.Client.",
    "reasoning_effort": "use think=, such as think=False.",
    "response_format": "response_model= sets the format; without it, use format=.",
    "timeout": "pass timeout= to ollama.Client, which bounds one request; deadline= bounds the whole call.",
}
"""Keywords that ollama's `chat` does not have, and what to do instead."""

_ELSEWHERE: Mapping[str, Callable[[str, object], str | None]] = {"create": _in_create, "chat": _in_chat}


def in_call(
    method: str, names: Mapping[str, object], accepted: Iterable[str], *, where: str = ""
) -> UnknownKeywordError:
    """The error about keywords of a call that neither the client's method nor this library has.

    Args:
        method: "create" or "chat".
        names: The unknown keywords with what was given.
        accepted: Every keyword that the call can have.
        where: Where they were given, if not in the call.
    """
    accepted = sorted(accepted)
    rest = (
        "extra_body= sends fields that openai does not define." if method == "create" else f"see help(client.{method})."
    )
    said = [
        f"{method}() has no keyword {name}=: {_meant(method, name, value, accepted) or rest}"
        for name, value in names.items()
    ]
    return UnknownKeywordError(where + " ".join(said))


def in_patch(
    method: str,
    names: Mapping[str, object],
    *,
    options: Iterable[str],
    of_a_call: Iterable[str],
    theirs: Iterable[str],
    function: str = "patch",
) -> UnknownKeywordError:
    """The error about keywords that `patch` does not have.

    Args:
        method: "create" or "chat", of the client.
        names: The unknown keywords with what was given.
        options: The keywords that `patch` has.
        of_a_call: Our keywords of a call.
        theirs: The keywords of the client's method.
        function: What is called, if not `patch`.
    """
    options, of_a_call, theirs = sorted(options), set(of_a_call), set(theirs)
    said: list[str] = []
    for name, value in names.items():
        remedy: str | None
        if name in of_a_call:
            remedy = f"pass it to each call, {method}({name}=...)."
        elif name in theirs:
            remedy = (
                f"it is a keyword of {method}(). Use defaults={{{name!r}: {value!r:.60}}}, or pass it to each call."
            )
        elif method == "chat" and name in MODEL_OPTIONS:
            remedy = f"use defaults={{'options': {{{name!r}: {value!r:.60}}}}}."
        else:
            remedy = _meant(method, name, value, options)
            near = _nearest(name, theirs)
            if remedy is None and near is not None:
                remedy = f"did you mean defaults={{{near!r}: {value!r:.60}}}?"
        said.append(f"{function}() has no keyword {name}=: {remedy or 'it has ' + ', '.join(options) + '.'}")
    return UnknownKeywordError(" ".join(said))


def in_retry_config(names: Iterable[str], *, accepted: Iterable[str], elsewhere: Iterable[str]) -> UnknownKeywordError:
    """The error about keywords that `RetryConfig` does not have.

    Args:
        names: The unknown keywords.
        accepted: The keywords that it has.
        elsewhere: Those of `patch` and of a call.
    """
    accepted, elsewhere = sorted(accepted), set(elsewhere)
    said: list[str] = []
    for name in names:
        synonym = SYNONYMS.get(_snake(name))
        near = synonym if synonym in accepted else _nearest(name, accepted)
        if name in elsewhere:
            remedy = "it is a keyword of patch and of a call."
        elif near is not None:
            remedy = f"did you mean {near}=?"
        else:
            remedy = f"it has {', '.join(accepted)}."
        said.append(f"RetryConfig() has no keyword {name}=: {remedy}")
    return UnknownKeywordError(" ".join(said))


def _meant(method: str, name: str, value: object, accepted: list[str]) -> str | None:
    """What to write in place of a keyword; None where that cannot be told."""
    if name in KEYWORDS:
        return f"{KEYWORDS[name]}."
    synonym = SYNONYMS.get(_snake(name))
    elsewhere = _ELSEWHERE[method](synonym if synonym == "num_ctx" else name, value)
    if elsewhere is not None:
        return elsewhere
    if name in OF_RETRY_CONFIG:
        return f"use retry_config=RetryConfig({name}=...)."
    if name in OF_THE_CLIENT:
        return "pass it when the client is created."
    if name in ("mode", "constrain", "schema_prompt", "defaults"):
        return f"it is an argument of patch, patch(client, {name}=...)."
    near = synonym if synonym in accepted else _nearest(name, accepted)
    return None if near is None else f"did you mean {near}=?"


def _nearest(name: str, accepted: Iterable[str]) -> str | None:
    """The most similar keyword; None if none is similar."""
    found = difflib.get_close_matches(_snake(name), sorted(accepted), n=1, cutoff=0.7)
    return found[0] if found else None


def _snake(name: str) -> str:
    """`maxRetries` and `MaxRetries` as `max_retries`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
