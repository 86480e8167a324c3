"""The server's faults by status and words, one row each. Knows the errors; knows no client library.

The words are those of Ollama 0.12 to 0.34; `type` and `code` in its error bodies say nothing and are not read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .errors import (
    CapabilityError,
    CloudError,
    ContextOverflowError,
    EndpointNotFoundError,
    InsufficientMemoryError,
    ModelNotFoundError,
    OllamaError,
    ServerBusyError,
    ServerNotRunningError,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Fault(NamedTuple):
    """One kind of fault: how it is recognised, what it is, what the user is told.

    `message` is formatted with `detail` (the server's words), `model`, `url` and the pattern's named groups.
    """

    statuses: tuple[int, ...]
    words: str
    error: Callable[..., OllamaError]
    message: str
    retryable: bool | None = None


_CONTEXT = (
    "Shorten the messages, or widen the window: PARAMETER num_ctx in a derived model (`ollama create`), or "
    "OLLAMA_CONTEXT_LENGTH on the server."
)
_MEMORY = (
    "Use a smaller or more strongly quantised model (such as one tagged q4_K_M), a smaller context window, or stop "
    "other models (`ollama ps`, `ollama stop NAME`)."
)

FAULTS = (
    Fault((404,), r"model .*not found", ModelNotFoundError, "model not found: {model!r}. Run `ollama pull {model}`."),
    Fault(
        (404, 405),
        r"page not found|method not allowed|^$|^<|not found",
        EndpointNotFoundError,
        "there is no chat endpoint at {url} (HTTP {status}: {detail}). Ollama's OpenAI-compatible API is under /v1: "
        'use base_url="http://localhost:11434/v1".',
    ),
    Fault(
        (400, 500),
        r"model requires (?:more system memory \()?(?P<needs>[^()]+?)\)? (?:than is|but only) "
        r"(?:available \()?(?P<has>[^()]+?)(?:\)| are available|$)",
        InsufficientMemoryError,
        f"{{model!r}} needs {{needs}} of memory and {{has}} is free. {_MEMORY}",
    ),
    Fault(
        (400, 500),
        r"out.of.memory|unable to load full model on GPU|cudaMalloc failed|unable to allocate",
        InsufficientMemoryError,
        f"{{model!r}} does not fit into memory: {{detail}}. {_MEMORY}",
    ),
    Fault(
        (400,),
        r"does not support tools",
        CapabilityError,
        "{model!r} does not support tools. Use response_model with Mode.JSON (the default), which needs none.",
    ),
    Fault(
        (400,),
        r"does not support thinking|think value .* is not supported",
        CapabilityError,
        '{model!r} does not support thinking as asked for: {detail}. Leave reasoning_effort out, or set it to "none".',
    ),
    Fault(
        (400, 500),
        r"does not support multimodal|does not support image|only supports one image",
        CapabilityError,
        "{model!r} does not take these images: {detail}. Use a vision model (see `ollama show {model}`).",
    ),
    Fault(
        (400,),
        r"does not support (?P<what>\w+)",
        CapabilityError,
        "{model!r} does not support {what}: {detail}. `ollama show {model}` lists its capabilities.",
    ),
    Fault(
        (400,),
        r"exceeds? the (?:available |maximum |model's maximum )?context|longer than the context|"
        r"exceeds the model's maximum context",
        ContextOverflowError,
        f"the prompt does not fit into the context window of {{model!r}}: {{detail}}. {_CONTEXT}",
    ),
    Fault((401,), r"", CloudError, "{model!r} is a cloud model and you are not signed in. Run `ollama signin`."),
    Fault((402, 403), r"cloud|remote", CloudError, "Ollama's cloud refused {model!r}: {detail}."),
    Fault(
        (403,),
        r"",
        OllamaError,
        "{url} refused the request (HTTP 403 {detail}): the server does not accept this Host or Origin. "
        "Behind a proxy, set OLLAMA_HOST=0.0.0.0 or OLLAMA_ORIGINS on the server.",
    ),
    Fault((429,), r"", CloudError, "rate limited: {detail}.", True),
    Fault((502,), r"", CloudError, "the server behind {url} cannot be reached: {detail}.", True),
    Fault(
        (503,),
        r"",
        ServerBusyError,
        "the server is busy: {detail}. Send fewer requests at once, or raise OLLAMA_MAX_QUEUE on the server.",
    ),
    Fault((500,), r"loading model|model is loading", ServerBusyError, "{model!r} is still loading: {detail}."),
    Fault(
        (500,),
        r"model runner has unexpectedly stopped|error was encountered while running the model|"
        r"runner process (?:has terminated|no longer running)",
        ServerBusyError,
        "the runner of {model!r} died: {detail}. Ollama starts it again by itself; the server's log has the reason.",
    ),
    Fault(
        (500,),
        r"timed out waiting for",
        ServerBusyError,
        "{model!r} did not load in time: {detail}. Set OLLAMA_LOAD_TIMEOUT on the server if the model is large.",
    ),
)
"""The first row that fits decides; what fits none is a plain `OllamaError` with the server's words."""

_REFUSED_SCHEMA = re.compile(
    r"invalid JSON schema in format|failed to load model vocabulary required for format|"
    r"unable to create sampling context|JSON schema conversion failed|failed to parse grammar|"
    r"Failed to initialize samplers|invalid format: |Unrecognized schema",
    re.IGNORECASE,
)


def refuses_schema(fault: OllamaError) -> bool:
    """Whether the server has said no to the schema, and the same request without it may succeed."""
    return fault.status_code in (400, 500) and bool(_REFUSED_SCHEMA.search(fault.detail))


def fault_of(status: int, body: Any, *, model: str, url: str) -> OllamaError:
    """The error for a response.

    Args:
        status: HTTP status, 400 and above.
        body: The decoded JSON body, or the text when it was none.
        model: The model's name as it was sent.
        url: Where the request went.
    """
    detail = detail_of(body)
    is_text = not isinstance(body, (dict, list)) and status == 404
    for fault in FAULTS:
        match = re.search(fault.words, detail, re.IGNORECASE)
        if status not in fault.statuses or match is None:
            continue
        if fault.error is ModelNotFoundError and is_text:
            continue  # Ollama says that in JSON only
        if fault.error is EndpointNotFoundError and not is_text and status == 404 and detail:
            continue
        groups = {key: value or "?" for key, value in match.groupdict().items()}
        words = _shown(detail) or "no reason given"
        message = fault.message.format(detail=words, model=model, url=url, status=status, **groups)
        return fault.error(message, status_code=status, detail=detail, retryable=fault.retryable)
    return OllamaError(
        f"Ollama answered HTTP {status} for {model!r}: {_shown(detail) or 'no reason given'}",
        status_code=status,
        detail=detail,
    )


def not_running(url: str, reason: str) -> OllamaError:
    """The error for a connection that was refused or could not be made."""
    return ServerNotRunningError(
        f"connection refused: Ollama server not running at {url} ({reason}). Start it with `ollama serve`, or set "
        "base_url to where it listens.",
        detail=reason,
    )


def connection_lost(url: str, reason: str) -> OllamaError:
    """The error for a connection that ended before the response did."""
    return ServerBusyError(
        f"the connection to {url} was lost before the answer came ({reason}): the server was stopped or died. "
        "Its log has the reason; `ollama serve` starts it again.",
        detail=reason,
    )


def detail_of(body: Any) -> str:
    """The server's own words in an error body, unwrapped from any nested JSON."""
    for _ in range(4):  # llama-server's JSON inside Ollama's JSON inside the client's
        if isinstance(body, dict):
            node = cast("dict[str, Any]", body)
            body = node.get("error", node.get("message", ""))
        elif isinstance(body, str) and body.lstrip().startswith("{"):
            try:
                body, _end = json.JSONDecoder().raw_decode(body.lstrip())
            except ValueError:
                break
        else:
            break
    return body.strip() if isinstance(body, str) else ""


def _shown(detail: str) -> str:
    flat = " ".join(detail.split()).rstrip(".")
    return flat if len(flat) <= 500 else f"{flat[:497]}..."
