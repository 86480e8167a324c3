"""The table of server errors: how each is recognised, its exception class, its message, and its verdict.

The texts are those of Ollama 0.12 to 0.34 (docs/ollama-behavior.md, "Errors"). `docs/faults.md` is generated from this
module; `faults` reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import (
    CapabilityError,
    CloudError,
    ContextOverflowError,
    EndpointNotFoundError,
    InsufficientMemoryError,
    ModelNotFoundError,
    OllamaError,
    ServerBusyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable


Verdict = Literal["retry", "retry without schema", "retry without format", "reject", "raise"]
"""What follows a failed attempt: the same request later, the same request at once without the schema or without any
format, a retry with the validation errors, or the end of the call."""


class Fault(NamedTuple):
    """One kind of server error.

    Attributes:
        says: An example of the server's message.
        statuses: Its HTTP statuses.
        words: A regular expression for the server's message.
        error: The exception class.
        message: Formatted with `detail` (the server's words), `model`, `url`, `status`, `host`, `name`, `credentials`
            and the named groups of `words`.
        verdict: What follows; None where the class decides by its `retryable`.
    """

    says: str
    statuses: tuple[int, ...]
    words: str
    error: Callable[..., OllamaError]
    message: str
    verdict: Verdict | None = None


LOG = "The reason is in the server log (printed by `ollama serve`)."
_CONTEXT = (
    "Shorten the messages, or use a wider context window: ensure_context(client, model, num_ctx), PARAMETER num_ctx in "
    "the "
    'Modelfile, OLLAMA_CONTEXT_LENGTH on the server, or options={{"num_ctx": ...}} of an ollama.Client.'
)
_MEMORY = (
    "Use a smaller or more strongly quantised model (such as one tagged q4_K_M), a smaller context window, or stop "
    "other models (`ollama ps`, `ollama stop NAME`)."
)
RUNNER = r"^(?:model runner has unexpectedly stopped|an error was encountered while running the model)"
"""The beginnings that say that a runner has died; nothing after them is to be believed."""
IN_FRONT = (408, 425, 502, 503, 504, *range(520, 531))
"""Statuses of proxies and tunnels that get no answer from what is behind them."""
_NAMED = (401, 402, 403, 404, 405, 407, 408, 425, 429, 499)
"""Statuses that have a row whatever the body says."""
_RUNNER_DIED = (
    "the runner of {model!r} died: {detail}. Ollama restarts it automatically; if this comes again, memory is the "
    f"likely reason. {LOG}"
)
_REFUSED = (
    "the request was refused by something in front of Ollama at {url}, such as a firewall, proxy or tunnel "
    "(HTTP {status}: {detail}). Allow the request there, or set base_url (host) to an address that reaches Ollama "
    "directly."
)

FAULTS = (
    Fault(
        "<html><title>307 Temporary Redirect</title></html>",
        tuple(range(300, 400)), r"",
        OllamaError,
        "{url} redirects the request (HTTP {status}: {detail}), which Ollama does not. Give base_url (host) the "
        "address that it leads to, or the client an HTTP client with follow_redirects=True.",
    ),
    Fault(
        "model 'llama3.1' not found",
        (404,),
        r"\A(?!\s*<).*(?:\bmodel\b.*(?:not found|does not exist|doesn't exist|not (?:available|installed))|"
        r"\b(?:no such|unknown) model\b)",
        ModelNotFoundError, "model not found: {model!r}. Run `ollama pull {name}`.",
    ),
    Fault(
        "404 page not found",
        (404, 405), r"",
        EndpointNotFoundError,
        "there is no chat endpoint at {url} (HTTP {status}: {detail}). Ollama's OpenAI-compatible API is under /v1: "
        'give an openai client base_url="{host}/v1" (an ollama.Client takes host="{host}").',
    ),
    Fault(
        "an error was encountered while running the model: unexpected EOF",
        (500,), RUNNER, ServerBusyError, _RUNNER_DIED,
    ),  # what follows the colon may be the stale error of an earlier request: nothing after it is read
    Fault(
        "llama runner process no longer running: 2",
        (500,), r"runner process no longer running", ServerBusyError, _RUNNER_DIED,
    ),
    Fault(
        "model requires more system memory (5.6 GiB) than is available (2.1 GiB)",
        (400, 500),
        r"model requires (?:more system memory \()?(?P<needs>[^()]+?)\)? (?:than is|but only) "
        r"(?:available \()?(?P<has>[^()]+?)(?:\)| are available|$)",
        InsufficientMemoryError, f"out of memory: {{model!r}} needs {{needs}} and {{has}} is free. {_MEMORY}",
    ),
    Fault(
        "llama-server reported out-of-memory during startup: cudaMalloc failed",
        (400, 500),
        r"out.of.memory|failed to reserve graph|unable to load full model on GPU|cudaMalloc failed|"
        r"unable to allocate|bad_alloc|has terminated: signal: killed",
        InsufficientMemoryError, f"out of memory: {{model!r}} does not fit ({{detail}}). {_MEMORY}",
    ),
    Fault(
        "invalid JSON schema in format",
        (400, 500),
        r"invalid JSON schema in format|failed to load model vocabulary required for format|unable to create sampling "
        r"context|JSON schema conversion failed|failed to parse grammar|Failed to initialize samplers|invalid format: |"
        r"Unrecognized schema|invalid structured output grammar",
        OllamaError,
        "the server cannot convert this schema to a grammar: {detail}. Use patch(client, constrain=\"json\"), which "
        "sends no schema to the grammar, or a simpler type.",
        "retry without schema",
    ),
    Fault(
        "structured output is unavailable",
        (501,), r"structured output is unavailable",
        OllamaError,
        "the MLX back end enforces no schema for {model!r}: {detail}. Its xgrammar library was not found: reinstall "
        "Ollama, or use a GGUF model.",
        "retry without format",
    ),
    Fault(
        "registry.ollama.ai/library/llama2:latest does not support tools",
        (400,), r"does not support tools",
        CapabilityError,
        "{model} does not support tools. Use response_model with Mode.JSON (the default), which does not need them.",
    ),
    Fault(
        '"llama2" does not support thinking',
        (400,), r"does not support thinking|think value .* is not supported",
        CapabilityError,
        "{model!r} does not support the requested thinking level: {detail}. "
        'Leave reasoning_effort (think) out, or set it to "none" (False).',
    ),
    Fault(
        "Multimodal data provided, but model does not support multimodal requests.",
        (400, 500), r"does not support multimodal|does not support image|only supports one image",
        CapabilityError,
        "{model!r} does not support these images: {detail}. Use a vision model (`ollama show NAME` lists "
        "capabilities).",
    ),
    Fault(
        '"nomic-embed-text" does not support chat',
        (400,), r"does not support (?P<what>\w+)",
        CapabilityError,
        "{model!r} does not support {what}: {detail}. `ollama show {model}` lists its capabilities; use another model.",
    ),
    Fault(
        "request (302 tokens) exceeds the available context size (256 tokens), try increasing it",
        (400, 500),
        r"exceeds? the (?:available |maximum |model's maximum )?context|longer than the context length",
        ContextOverflowError, f"the prompt does not fit into the context window of {{model!r}}: {{detail}}. {_CONTEXT}",
    ),
    Fault(
        "invalid model name",
        (400,), r"model is required|invalid model name|use either :local or :cloud",
        OllamaError,
        "model={model!r} is not a valid model name: {detail}. Examples of valid names: llama3.1, "
        "llama3.1:8b.",
    ),
    Fault(
        "image URLs are not currently supported, please use base64 encoded data instead",
        (400,), r"invalid image input|image URLs are not",
        OllamaError,
        "Ollama cannot read this image: {detail}. Pass a data URL (data:image/png;base64,...) of a JPEG, PNG or WebP.",
    ),
    Fault(
        'invalid reasoning value: "wild" (must be "high", "medium", "low", "max", or "none")',
        (400,), r"invalid reasoning value|invalid think value",
        OllamaError,
        'the server rejected reasoning_effort: {detail}. "none" is supported by every server since '
        '0.12.4.',
    ),
    Fault(
        "[] is too short - 'messages'",
        (400,),
        r"too short - 'messages'|invalid message |cannot unmarshal|^EOF$|missing request body|invalid character|"
        r"unexpected end of JSON|invalid tool call arguments|must be between",
        OllamaError, "Ollama cannot read the request: {detail}. Fix the field or message named above.",
    ),
    Fault(
        "this server cannot run this remote model",
        (400,), r"remote model",
        CloudError, "{model!r} is a remote model: {detail}. Add its host to OLLAMA_REMOTES on the server.",
    ),
    Fault(
        "unauthorized",
        (401,), r"(?-i:^unauthorized)",
        CloudError, "{model!r} is a cloud model and you are not signed in (unauthorized). Run `ollama signin`.",
    ),
    Fault(
        "Authorization Required",
        (401, 407), r"",
        OllamaError,
        "{url} requires authentication (HTTP {status}: {detail}). Ollama itself asks for none, what is in front of it "
        "does: {credentials}.",
    ),
    Fault(
        "this model requires a subscription",
        (402, 403), r"subscription|upgrade for access",
        CloudError, "{model!r} requires a subscription to Ollama's cloud: {detail}. See https://ollama.com.",
    ),
    Fault(
        "Payment Required",
        (402,), r"",
        OllamaError,
        "{url} requires payment (HTTP 402: {detail}). Ollama itself does not; check the server in front of "
        "it.",
    ),
    Fault(
        "<html><title>Attention Required! | Cloudflare</title></html>",
        (403,), r"\A\s*<", OllamaError, _REFUSED,
    ),
    Fault(
        "ollama cloud is disabled: remote model is unavailable",
        (403,), r"\bollama cloud\b|\bcloud (?:is|models? (?:is|are)) disabled|remote model",
        CloudError,
        "Ollama's cloud refused {model!r}: {detail}. If cloud models are wanted, unset OLLAMA_NO_CLOUD on the server; "
        "else use a local model.",
    ),
    Fault(
        "Not authenticated",
        (403,), r"\S", OllamaError, _REFUSED,
    ),
    Fault(
        "",
        (403,), r"",
        OllamaError,
        "{url} refused the request (HTTP 403: {detail}): the server does not accept this Host or Origin. "
        "Behind a proxy or tunnel send `Host: localhost`, or set OLLAMA_HOST=0.0.0.0 or OLLAMA_ORIGINS on the server.",
    ),
    Fault(
        "too many requests",
        (429,), r"", CloudError, "rate limited: {detail}. Send fewer requests, or use a local model.", "retry",
    ),
    Fault(
        "error connecting to ollama.com",
        (502, 504), r"\A(?!\s*<).*(?:ollama\.com|\bcloud\b)",
        CloudError, "Ollama's cloud cannot be reached from the server: {detail}. Check its network.", "retry",
    ),
    Fault(
        "Internal Server Error (ref: 5b3f)",
        (500,), r"internal server error \(ref:",
        CloudError, "Ollama's cloud failed for {model!r}: {detail}. This is temporary.", "retry",
    ),
    Fault(
        "Loading model",
        (500, 503), r"^loading model|model is loading|server loading model",
        ServerBusyError, "{model!r} is still loading: {detail}. Wait until `ollama ps` lists it.",
    ),
    Fault(
        "server busy, please try again.  maximum pending requests exceeded",
        (503,), r"server (?:is )?busy|maximum pending requests",
        ServerBusyError,
        "the server is busy: {detail}. Send fewer requests at once, or raise OLLAMA_MAX_QUEUE on the server.",
    ),
    Fault(
        "<html>502 Bad Gateway</html>",
        IN_FRONT, r"",
        ServerBusyError,
        "a proxy or tunnel in front of Ollama at {url} got no answer from it (HTTP {status}: "
        "{detail}). Start Ollama with `ollama serve`; for long answers raise the read timeout of the proxy.",
    ),
    Fault(
        "timed out waiting for llama-server to start - progress 0.42",
        (500,), r"timed out waiting for",
        ServerBusyError,
        "{model!r} did not load in time: {detail}. Raise OLLAMA_LOAD_TIMEOUT on the server, or use a smaller model.",
        "raise",
    ),
    Fault(
        "this model may be incompatible with your version of Ollama",
        (500,), r"may be incompatible with your version",
        OllamaError,
        "this Ollama cannot run {model!r}: {detail}. Upgrade Ollama, then pull the model again: `ollama pull {model}`.",
    ),
    Fault(
        "llama-server process has terminated: exit status 1",
        (500,),
        r"process has terminated|model failed to load|error starting llama-server|mlx runner failed|"
        r"unable to load model",
        OllamaError,
        f"{{model!r}} does not load: {{detail}}. {LOG} If memory is the cause: {_MEMORY[0].lower()}{_MEMORY[1:]}",
    ),
    Fault(
        "prediction aborted, token repeat limit reached",
        (500,), r"token repeat limit",
        OllamaError,
        "the server aborted a repetition loop of {model!r}: {detail}. Retry at a higher temperature, or use another "
        "model.",
        "reject",
    ),  # since 0.34; before, a reply just ended
    Fault(
        "error parsing tool call: raw='...', err=invalid character",
        (500,), r"error parsing tool call",
        OllamaError,
        "{model!r} returned a malformed tool call instead of an answer: {detail}. Retry, or use another "
        "model.",
    ),
    Fault(
        "request canceled",
        (499,), r"",
        OllamaError, "the request was cancelled while waiting: {detail}. A proxy's timeout may be too short.",
    ),
    Fault(
        "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
        (400, 497), r"plain HTTP request was sent to HTTPS|sent an HTTP request to an HTTPS server",
        OllamaError, "{url} is an HTTPS address (HTTP {status}: {detail}): use https:// in base_url.",
    ),
    Fault(
        "<html><h1>Bad Request</h1></html>",
        tuple(one for one in range(400, 500) if one not in _NAMED), r"\A\s*<",
        OllamaError,
        "a proxy or tunnel in front of Ollama at {url} refused the request (HTTP {status}: "
        "{detail}).",
    ),
    Fault(
        "<html><h1>Internal Server Error</h1></html>",
        tuple(one for one in range(500, 600) if one not in IN_FRONT), r"\A\s*<",
        ServerBusyError,
        "a proxy or tunnel in front of Ollama at {url} failed (HTTP {status}: {detail}).",
    ),
)  # fmt: skip
"""The first row that fits decides; what fits none is a plain `OllamaError` with the server's words."""
