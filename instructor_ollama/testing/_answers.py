"""The data that a test provides: answers, raw responses, errors, models. `_bodies` converts it to Ollama's formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the model says; `/v1` and `/api`, streamed or not, each send it in their own form.

    Attributes:
        prompt_tokens: None counts four characters as one token, truncated to the context window as by the server.
        completion_tokens: None counts four characters a token.
        finish_reason: None as the loop guard leaves it.
        seconds: The time it takes.
        ends: False breaks the connection off in the middle.
    """

    text: str = ""
    reasoning: str | None = None
    finish_reason: str | None = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    ends: bool = True


@dataclass(frozen=True)
class Raw:
    """A response that is no ordinary completion.

    Attributes:
        body: Text, or anything that becomes JSON.
        headers: Beside `Content-Type` and the length, such as `{"Retry-After": "6"}`.
    """

    status: int = 200
    body: Any = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Error:
    """An error in the form of the endpoint that is asked; see `error`."""

    status: int
    message: str
    routed: bool = False
    """True where it comes before the model is looked at, which older versions show in `type`."""
    plain: bool = False
    """True where even `/v1` sends the native form, as it relays the cloud's."""


@dataclass(frozen=True)
class Named:
    """A fault by its name; see `fault`."""

    name: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class FakeModel:
    """A model that is installed.

    Attributes:
        name: As it is listed; `:latest` is added where there is no tag.
        size: Bytes on disk.
        context_length: Tokens that it was trained for.
        num_ctx: Its Modelfile's PARAMETER; None leaves the window to the server.
        repeat_penalty: Likewise; None leaves it to the server.
        format: "gguf", or "safetensors" for the MLX back end, which enforces no schema.
        remote_host: Set for a cloud model.
        memory: Bytes when it is loaded; None takes its size and a fifth.
        on_gpu: How much of it is in the GPU's memory, from 0 to 1.
        digest: Of its weights and parameters; None makes one of the name.
    """

    name: str
    size: int = 4_700_000_000
    context_length: int = 131_072
    num_ctx: int | None = None
    repeat_penalty: float | None = None
    capabilities: tuple[str, ...] = ("completion", "tools")
    format: str = "gguf"
    family: str = "llama"
    parameter_size: str = "8.0B"
    quantization: str = "Q4_K_M"
    remote_host: str | None = None
    memory: int | None = None
    on_gpu: float = 1.0
    digest: str | None = None

    @property
    def tagged(self) -> str:
        """The name with its tag."""
        return self.name if ":" in self.name.rpartition("/")[2] else f"{self.name}:latest"


def answer(text: str = "", **options: Any) -> Answer:
    """What the model says; the options are the attributes of `Answer`."""
    return Answer(text, **options)


def error(status: int, message: str) -> Error:
    """An error in Ollama's form."""
    return Error(status, message)


def completion(
    content: Any,
    *,
    finish_reason: str | None = "stop",
    reasoning: str | None = None,
    prompt_tokens: int | None = None,
    completion_tokens: int = 10,
    model: str = "m",
) -> dict[str, Any]:
    """A whole body of `/v1/chat/completions` in Ollama's form, to be changed by the test as it likes.

    Without `prompt_tokens` the server counts one for four characters.
    """
    message = {"role": "assistant", "content": content}
    if reasoning is not None:
        message["reasoning"] = reasoning
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "system_fingerprint": "fp_ollama",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": (prompt_tokens or 0) + completion_tokens,
        },
    }
