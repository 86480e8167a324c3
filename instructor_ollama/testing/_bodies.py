"""Ollama's formats: answers and errors of `/v1` and `/api`, complete and streamed, and descriptions of models."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from . import _eras
from ._answers import Answer, Error, FakeModel
from ._http import Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

JSON_TYPE = "application/json; charset=utf-8"
PIECE = 4
"""Characters of a streamed piece, and of a token where none are counted."""


@dataclass(frozen=True)
class Form:
    """How a reply is to be written.

    Attributes:
        path: The endpoint that was asked.
        model: As it was typed.
        prompt_tokens: What of the prompt the model sees.
        cached_tokens: How much of that the prefix cache had.
    """

    path: str
    model: str
    version: str
    stream: bool = False
    include_usage: bool = False
    logprobs: bool = False
    prompt_tokens: int = 0
    cached_tokens: int = 0

    @property
    def native(self) -> bool:
        """Whether it is one of `/api`."""
        return self.path.startswith("/api")


@dataclass(frozen=True)
class Counts:
    """Tokens of one reply."""

    prompt: int
    cached: int
    completion: int


def json_response(body: Any, status: int = 200) -> Response:
    """A JSON response."""
    return Response(status, (json.dumps(body).encode(),), JSON_TYPE)


def text_response(status: int, text: str) -> Response:
    """A plain text response."""
    return Response(status, (text.encode(),), "text/plain")


def error_response(error: Error, form: Form) -> Response:
    """An error as the endpoint sends it."""
    if form.native or error.plain:
        return json_response({"error": error.message}, error.status)
    kinds = {400: "invalid_request_error", 404: "not_found_error"}
    typed = error.routed or _eras.has(form.version, "error types")
    kind = kinds.get(error.status, "api_error") if typed else "api_error"
    return json_response({"error": {"message": error.message, "type": kind, "param": None, "code": None}}, error.status)


def nested(status: int, message: str, **more: Any) -> str:
    """The message of an error of llama-server's, which Ollama passes on as it came."""
    kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    return json.dumps({"error": {"code": status, "message": message, "type": kind, **more}}, separators=(",", ":"))


def answer_response(answer: Answer, form: Form) -> Response:
    """What the model says, as the endpoint sends it."""
    counted = -(-(len(answer.text) + len(answer.reasoning or "")) // PIECE)
    counts = Counts(
        form.prompt_tokens if answer.prompt_tokens is None else answer.prompt_tokens,
        form.cached_tokens,
        counted if answer.completion_tokens is None else answer.completion_tokens,
    )
    if not form.stream:
        whole = _native(answer, form, counts) if form.native else _completion(answer, form, counts)
        data = json.dumps(whole).encode()
        if not answer.ends:
            return Response(parts=(data[: len(data) // 2],), delay=answer.seconds, dies=True)
        return Response(parts=(data,), delay=answer.seconds)
    if form.native:
        parts = [json.dumps(line).encode() + b"\n" for line in _native_lines(answer, form, counts)]
        return Response(200, _more_than_one(parts), "application/x-ndjson", answer.seconds, dies=not answer.ends)
    parts = [b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in _chunks(answer, form, counts)]
    if answer.ends:
        parts.append(b"data: [DONE]\n\n")
    return Response(200, _more_than_one(parts), "text/event-stream", answer.seconds)


def _completion(answer: Answer, form: Form, counts: Counts) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text}
    if answer.reasoning is not None:
        message["reasoning"] = answer.reasoning
    if answer.tool_calls:
        message["tool_calls"] = list(answer.tool_calls)
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    if form.logprobs and _eras.has(form.version, "logprobs"):
        choice["logprobs"] = {"content": [_probable(piece) for piece in _pieces(answer.text)]}
    return {**_head(form, "chat.completion"), "choices": [choice], "usage": _usage(form, counts)}


def _probable(token: str) -> dict[str, Any]:
    one: dict[str, Any] = {"token": token, "logprob": -0.01, "bytes": list(token.encode())}
    return {**one, "top_logprobs": [one]}


def rendered(text: str, form: Form) -> dict[str, Any]:
    """What `_debug_render_only` gives: the prompt and no answer."""
    choice = {"index": 0, "message": {"role": "", "content": ""}, "finish_reason": None}
    usage = _usage(form, Counts(0, 0, 0))
    head = _head(form, "chat.completion")
    return {**head, "choices": [choice], "usage": usage, "_debug_info": {"rendered_template": text}}


def _chunks(answer: Answer, form: Form, counts: Counts) -> Iterator[dict[str, Any]]:
    head = _head(form, "chat.completion.chunk")
    in_three = _eras.has(form.version, "streamed in three")
    role = {"role": "assistant"}
    deltas = [{"reasoning": piece} for piece in _pieces(answer.reasoning or "")]
    deltas += [{"content": piece} for piece in _pieces(answer.text)]
    for number, delta in enumerate(deltas):
        given = role if number == 0 or not in_three else {}
        yield {**head, "choices": [_choice({**given, **delta}, None)]}
    if not answer.ends:  # the runner has died, and that is all one is told of it
        yield {**head, "model": "", "choices": [_choice({**({} if in_three else role), "content": ""}, None)]}
        return
    yield {**head, "choices": [_choice({} if in_three else {**role, "content": ""}, answer.finish_reason)]}
    if form.include_usage:
        yield {**head, "choices": [], "usage": _usage(form, counts)}


def _choice(delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _native(answer: Answer, form: Form, counts: Counts) -> dict[str, Any]:
    said: dict[str, Any] = {"response": answer.text}
    if form.path == "/api/chat":
        said = {"message": {"role": "assistant", "content": answer.text}}
        if answer.reasoning is not None:
            said["message"]["thinking"] = answer.reasoning
        if answer.tool_calls:
            said["message"]["tool_calls"] = list(answer.tool_calls)
    elif answer.reasoning is not None:
        said["thinking"] = answer.reasoning
    end = {"done": answer.finish_reason is not None}
    if answer.finish_reason is None:
        return {"model": form.model, "created_at": _now(), **said, **end}
    cached = {"prompt_eval_cached_count": counts.cached} if _eras.has(form.version, "cached tokens") else {}
    return {
        "model": form.model,
        "created_at": _now(),
        **said,
        **end,
        "done_reason": answer.finish_reason,
        "total_duration": 20_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": counts.prompt,
        **cached,
        "prompt_eval_duration": 1_000_000,
        "eval_count": counts.completion,
        "eval_duration": 18_000_000,
    }


def _native_lines(answer: Answer, form: Form, counts: Counts) -> Iterator[dict[str, Any]]:
    pieces = [Answer(reasoning=piece, finish_reason=None) for piece in _pieces(answer.reasoning or "")]
    pieces += [Answer(piece, finish_reason=None) for piece in _pieces(answer.text)]
    for piece in pieces:
        yield _native(piece, form, counts)
    if answer.ends:
        yield _native(Answer(finish_reason=answer.finish_reason), form, counts)


def loaded(form: Form, *, unload: bool) -> dict[str, Any]:
    """What `/api/generate` says without a prompt."""
    reason = "unload" if unload else "load"
    return {"model": form.model, "created_at": _now(), "response": "", "done": True, "done_reason": reason}


def tags(models: Sequence[FakeModel], version: str) -> dict[str, Any]:
    """`GET /api/tags`."""

    def row(model: FakeModel) -> dict[str, Any]:
        told: dict[str, Any] = {**_named(model), "modified_at": _now(), "size": model.size, "digest": _digest(model)}
        told["details"] = _details(model)
        if _eras.has(version, "llama-server"):
            told["details"].update(context_length=model.context_length, embedding_length=4096)
            told["capabilities"] = list(model.capabilities)
        return {**told, **_remote(model)}

    return {"models": [row(model) for model in models]}


def ps(models: Sequence[tuple[FakeModel, int]]) -> dict[str, Any]:
    """`GET /api/ps`: the loaded models with their windows."""

    def row(model: FakeModel, window: int) -> dict[str, Any]:
        memory = model.size * 6 // 5 if model.memory is None else model.memory
        told = {**_named(model), "size": memory, "digest": _digest(model), "details": _details(model)}
        more = {"expires_at": _now(300), "size_vram": int(memory * model.on_gpu), "context_length": window}
        return {**told, **more}

    return {"models": [row(*one) for one in models]}


def show(model: FakeModel, version: str) -> dict[str, Any]:
    """`POST /api/show`."""
    template = "{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}"
    own = {"num_ctx": model.num_ctx, "repeat_penalty": model.repeat_penalty}
    parameters = [f"{name:<30} {value}" for name, value in own.items() if value is not None]
    lines = [f"# FROM {model.tagged}", f'TEMPLATE "{template}"', *(f"PARAMETER {line}" for line in parameters)]
    told: dict[str, Any] = {"modelfile": "\n".join(lines), "template": template, "details": _details(model)}
    if parameters:
        told["parameters"] = "\n".join(parameters)
    told["model_info"] = {
        "general.architecture": model.family,
        "general.parameter_count": 8_000_000_000,
        f"{model.family}.context_length": model.context_length,
        f"{model.family}.embedding_length": 4096,
    }
    if not _eras.has(version, "lenient converter"):
        told["tensors"] = [{"name": "output.weight", "type": "F16", "shape": [4096, 32]}]
    return {**told, "capabilities": list(model.capabilities), "modified_at": _now(), **_remote(model)}


def v1_model(name: str) -> dict[str, Any]:
    """One row of `GET /v1/models`."""
    return {"id": name, "object": "model", "created": int(time.time()), "owned_by": "library"}


def v1_models(models: Sequence[FakeModel]) -> dict[str, Any]:
    """`GET /v1/models`; `data` is null where there is none."""
    return {"object": "list", "data": [v1_model(model.tagged) for model in models] or None}


_ids = itertools.count()


def _head(form: Form, kind: str) -> dict[str, Any]:
    made = {"id": f"chatcmpl-{next(_ids) % 999}", "object": kind, "created": int(time.time()), "model": form.model}
    return {**made, "system_fingerprint": "fp_ollama"}


def _usage(form: Form, counts: Counts) -> dict[str, Any]:
    tells = counts.prompt and _eras.has(form.version, "cached tokens")
    details = {"prompt_tokens_details": {"cached_tokens": counts.cached}} if tells else {}
    ends = {"completion_tokens": counts.completion, "total_tokens": counts.prompt + counts.completion}
    return {"prompt_tokens": counts.prompt, **details, **ends}


def _pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def _more_than_one(parts: list[bytes]) -> list[bytes]:
    return parts if len(parts) > 1 else [*parts, b""]


def _named(model: FakeModel) -> dict[str, Any]:
    return {"name": model.tagged, "model": model.tagged}


def _remote(model: FakeModel) -> dict[str, Any]:
    return {} if model.remote_host is None else {"remote_model": model.name, "remote_host": model.remote_host}


def _details(model: FakeModel) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": model.format,
        "family": model.family,
        "families": [model.family],
        "parameter_size": model.parameter_size,
        "quantization_level": model.quantization,
    }


def _digest(model: FakeModel) -> str:
    return hashlib.sha256((model.digest or model.tagged).encode()).hexdigest()


def _now(later: float = 0) -> str:
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=later)
    return now.isoformat().replace("+00:00", "Z")
