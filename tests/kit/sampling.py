"""First answers of the random model for a response type, on one server: valid, or why not. Asks over plain HTTP, without the library's retries."""

from __future__ import annotations

import http.client
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pydantic

from instructor_ollama._reply.stated import LIMITS
from instructor_ollama._schema.target import Target
from tests.kit.engines import EmbeddedEngine
from tests.kit.servers import OllamaServer
from tests.kit.xgrammar_engine import XGrammarEngine

Outcome = Literal["valid", "limits", "invalid", "cut", "refused", "killed"]
"""`limits`: what is invalid is outside of a bound or a length, which the grammar does not enforce by default."""
MODEL: Final = "random"
PARAMETERS: Final = {"num_thread": 1, "num_ctx": 4096, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0}
MAX_TOKENS: Final = 3000
MAGNITUDE: Final = LIMITS - {"string_pattern_mismatch", "literal_error", "enum"}
_RESEED: Final = 1000
_PATIENCE: Final = 45.0


@dataclass(frozen=True)
class Sample:
    outcome: Outcome
    text: str = ""
    why: str = ""


def plain_schema(kind: Any, target: Target[Any]) -> dict[str, Any]:
    """Pydantic's own schema of a type, in the envelope where the library sends one."""
    schema = pydantic.TypeAdapter(kind).json_schema()
    if not target.enveloped:
        return schema
    definitions = {"$defs": schema.pop("$defs")} if "$defs" in schema else {}
    return {"type": "object", "properties": {"result": schema}, "required": ["result"], **definitions}


def sample(
    server: OllamaServer | EmbeddedEngine | XGrammarEngine,
    name: str,
    target: Target[Any],
    schema: Mapping[str, Any],
    seed: int,
    *,
    attempts: int = 3,
    max_tokens: int = MAX_TOKENS,
) -> Sample:
    """One answer at temperature 1; one that reached the token limit is drawn anew with another seed."""
    result = Sample("cut")
    for attempt in range(attempts):
        result = _draw(server, name, target, schema, seed + _RESEED * attempt, max_tokens)
        if result.outcome != "cut":
            break
    return result


def _outside_limits_alone(error: pydantic.ValidationError) -> bool:
    """Whether each field that is invalid is so because of its magnitude; a union reports its other branches too."""
    kinds: dict[tuple[Any, ...], set[str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        kinds.setdefault(tuple(one["loc"][:1]), set()).add(one["type"])
    return all(found & MAGNITUDE for found in kinds.values())


def _draw(
    server: OllamaServer | EmbeddedEngine | XGrammarEngine,
    name: str,
    target: Target[Any],
    schema: Mapping[str, Any],
    seed: int,
    max_tokens: int,
) -> Sample:
    body = {
        "model": MODEL,
        "seed": seed,
        "temperature": 1,
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": f"{name} {seed}"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
    }
    try:
        reply = server.request("/v1/chat/completions", body, timeout=_PATIENCE)
    except urllib.error.HTTPError as error:
        why = error.read().decode(errors="replace")
        if "token repeat limit" in why:  # how 0.34 says that it stopped a model which wrote one thing over and over
            return Sample("cut", why=why)
        return Sample("killed" if "unexpectedly stopped" in why or "unexpected EOF" in why else "refused", why=why)
    except TimeoutError as error:
        return Sample("cut", why=repr(error))
    except (OSError, http.client.HTTPException) as error:
        return Sample("killed", why=repr(error))
    text = reply["choices"][0]["message"]["content"]
    if reply["choices"][0]["finish_reason"] != "stop":
        return Sample("cut", text)
    try:
        target.validate(text)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        outcome: Outcome = "limits" if _outside_limits_alone(error) else "invalid"
        return Sample(outcome, text, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except Exception as error:  # a type's own validator may raise anything
        return Sample("invalid", text, repr(error))
    return Sample("valid", text)
