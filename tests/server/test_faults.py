"""The server's faults: body in; class, openai's class, text and number of requests out.

python -m tests.server.test_faults        writes docs/faults.md anew
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ollama
import openai
import pytest
import tenacity
from pydantic import BaseModel

from instructor_ollama import RetryConfig
from instructor_ollama import errors as errors
from instructor_ollama._server.connection_table import FAILED, UNREACHABLE
from instructor_ollama._server.fault_table import FAULTS
from instructor_ollama._server.faults import (
    OPENAI,
    connection_lost,
    detail_of,
    fault_of,
    name_installed,
    nearest,
    no_completion,
    not_running,
    verdict_of,
)
from instructor_ollama.testing import FakeOllama, Raw, fault
from instructor_ollama.testing import error as error_of
from tests.kit.recorded import recordings

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
URL = "http://localhost:11434/v1"
AGAIN = RetryConfig(transient_retries=1, transient_wait=tenacity.wait_none())

BAD, MISSING, BROKEN = openai.BadRequestError, openai.NotFoundError, openai.InternalServerError
DENIED, LIMIT, STATUS = openai.PermissionDeniedError, openai.RateLimitError, openai.APIStatusError
LOG = ", this may be due to resource limitations or an internal error, check ollama server logs for details"
PREFIX = "an error was encountered while running the model: "


class User(BaseModel):
    name: str
    age: int


def v1(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "api_error", "param": None, "code": None}}


def nested(status: int, message: str, more: str = "") -> dict[str, Any]:
    return v1(json.dumps({"error": {"code": status, "message": message, "type": "invalid_request_error"}}) + more)


# status, body, our class, openai's class, what the message says, whether it is tried again
TABLE: list[tuple[int, Any, type[errors.OllamaError], type[Exception], str, bool]] = [
    # docs/ollama-behavior.md, "Routing errors"
    (404, "404 page not found", errors.EndpointNotFoundError, MISSING, 'under /v1: give an openai client base_url="http', False),
    (404, "", errors.EndpointNotFoundError, MISSING, "no chat endpoint", False),
    (404, "<html>not found: model x</html>", errors.EndpointNotFoundError, MISSING, "no chat endpoint", False),
    (404, {"detail": "Not Found"}, errors.EndpointNotFoundError, MISSING, "no chat endpoint", False),
    (405, "405 method not allowed", errors.EndpointNotFoundError, STATUS, "no chat endpoint", False),
    (404, {"detail": "Unknown model"}, errors.ModelNotFoundError, MISSING, "model not found", False),
    (404, {"message": "model x is not available"}, errors.ModelNotFoundError, MISSING, "model not found", False),
    (401, "Unauthorized", errors.OllamaError, openai.AuthenticationError, "requires authentication.*HTTP 401: Unauthorized", False),
    (401, {"detail": "Unauthorized"}, errors.OllamaError, openai.AuthenticationError, "on the client", False),
    (403, "error code: 1020", errors.OllamaError, DENIED, "firewall.*HTTP 403: error code: 1020", False),
    (403, {"detail": "Not authenticated"}, errors.OllamaError, DENIED, "firewall.*HTTP 403: Not authenticated", False),
    (302, "", errors.OllamaError, STATUS, "redirects the request.*follow_redirects=True", False),
    (422, {"detail": ["one", {"msg": "two"}, {"loc": ["body", 0], "msg": "three"}, 4]}, errors.OllamaError, openai.UnprocessableEntityError, "one; two; body.0: three", False),
    (422, {"errors": [{"detail": "one"}]}, errors.OllamaError, openai.UnprocessableEntityError, "one", False),
    (403, "", errors.OllamaError, DENIED, "does not accept this Host or Origin.*OLLAMA_ORIGINS", False),
    (502, "<html>502 Bad Gateway</html>", errors.ServerBusyError, BROKEN, "in front of Ollama.*ollama serve", True),
    (503, "<html><title>Service Unavailable</title><p>x</p></html>", errors.ServerBusyError, BROKEN, r"in front of Ollama.*HTTP 503: Service Unavailable\)", True),
    (503, "", errors.ServerBusyError, BROKEN, "in front of Ollama", True),
    (504, "upstream request timeout", errors.ServerBusyError, BROKEN, "in front of Ollama.*upstream request timeout", True),
    (408, "", errors.ServerBusyError, STATUS, "in front of Ollama", True),
    (425, "Too Early", errors.ServerBusyError, STATUS, "in front of Ollama", True),
    (520, "error code: 520", errors.ServerBusyError, BROKEN, "in front of Ollama", True),
    (530, "<html><title>Cloudflare Tunnel error</title></html>", errors.ServerBusyError, BROKEN, "Cloudflare Tunnel error", True),
    (500, "<html><h1>Internal Server Error</h1></html>", errors.ServerBusyError, BROKEN, "in front of Ollama.*failed", True),
    (403, "<html><title>Attention Required! | Cloudflare</title></html>", errors.OllamaError, DENIED, r"firewall.*Attention Required! \| Cloudflare", False),
    (400, "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>", errors.OllamaError, BAD, "use https:// in base_url", False),
    (413, "<html><h1>Request Entity Too Large</h1></html>", errors.OllamaError, STATUS, "in front of Ollama.*Request Entity Too Large", False),
    (404, {"detail": "Model not found"}, errors.ModelNotFoundError, MISSING, "model not found: 'm'", False),
    (400, {"detail": "No such thing"}, errors.OllamaError, BAD, "No such thing", False),
    (422, {"detail": [{"loc": ["body", "messages"], "msg": "field required"}]}, errors.OllamaError, STATUS, "body.messages: field required", False),
    (504, "", errors.ServerBusyError, BROKEN, "in front of Ollama.*read timeout", True),
    # docs/ollama-behavior.md, "Request errors"
    (400, v1("EOF"), errors.OllamaError, BAD, "cannot read the request: EOF", False),
    (400, v1("invalid character 'n' looking for beginning of object key string"), errors.OllamaError, BAD, "cannot read", False),
    (400, v1("[] is too short - 'messages'"), errors.OllamaError, BAD, "messages", False),
    (400, v1("invalid message content type: <nil>"), errors.OllamaError, BAD, "content type", False),
    (400, v1("invalid message format"), errors.OllamaError, BAD, "message format", False),
    (400, v1("invalid tool call arguments"), errors.OllamaError, BAD, "tool call arguments", False),
    (400, v1("top_logprobs must be between 0 and 20"), errors.OllamaError, BAD, "between 0 and 20", False),
    (400, v1("json: cannot unmarshal string into Go struct field X.response_format"), errors.OllamaError, BAD, "unmarshal", False),
    (400, v1("invalid image input"), errors.OllamaError, BAD, "data URL", False),
    (400, v1("image URLs are not currently supported, please use base64 encoded data instead"), errors.OllamaError, BAD, "data:image/png", False),
    (400, v1('invalid reasoning value: "wild" (must be "low")'), errors.OllamaError, BAD, "rejected reasoning_effort", False),
    (400, v1("model is required"), errors.OllamaError, BAD, "not a valid model name.*llama3.1:8b", False),
    (400, v1("invalid model name"), errors.OllamaError, BAD, "not a valid model name", False),
    (400, v1('use either :local or :cloud, not both: "m:local:cloud"'), errors.OllamaError, BAD, "not a valid model name", False),
    (404, v1("model 'm' not found"), errors.ModelNotFoundError, MISSING, "model not found: 'm'. Run `ollama pull m`", False),
    (404, v1('model "m" not found, try pulling it first'), errors.ModelNotFoundError, MISSING, "`ollama pull m`", False),
    (404, {"error": "model 'm:latest' not found"}, errors.ModelNotFoundError, MISSING, "`ollama pull m`", False),
    (400, v1("registry.ollama.ai/library/m:latest does not support tools"), errors.CapabilityError, BAD, "does not support tools.*Mode.JSON", False),
    (400, v1("m does not support tools"), errors.CapabilityError, BAD, "does not support tools", False),
    (400, v1("registry.ollama.ai/library/m:latest does not support insert"), errors.CapabilityError, BAD, "does not support insert.*ollama show", False),
    (400, v1('"m" does not support thinking'), errors.CapabilityError, BAD, "reasoning_effort", False),
    (400, v1('think value "low" is not supported for this model'), errors.CapabilityError, BAD, "reasoning_effort", False),
    (400, v1('"m" does not support chat'), errors.CapabilityError, BAD, "does not support chat", False),
    (400, v1('"m" does not support generate'), errors.CapabilityError, BAD, "does not support generate", False),
    (400, v1("this model does not support image input"), errors.CapabilityError, BAD, "vision model", False),
    (400, nested(400, "Multimodal data provided, but model does not support multimodal requests."), errors.CapabilityError, BAD, "vision model", False),
    (500, v1("this model only supports one image while more than one image requested"), errors.CapabilityError, BROKEN, "only supports one image", False),
    (400, v1("this server cannot run this remote model"), errors.CloudError, BAD, "OLLAMA_REMOTES", False),
    (499, v1("request canceled"), errors.OllamaError, STATUS, "cancelled while waiting", False),
    (503, v1("server busy, please try again.  maximum pending requests exceeded"), errors.ServerBusyError, BROKEN, "OLLAMA_MAX_QUEUE", True),
    (500, v1("error parsing tool call: raw='{', err=unexpected end of JSON input"), errors.OllamaError, BROKEN, "malformed tool call", False),
    # docs/ollama-behavior.md, "Load and runner errors"
    (500, v1("model requires more system memory (5.6 GiB) than is available (2.1 GiB)"), errors.InsufficientMemoryError, BROKEN, "out of memory: 'm' needs 5.6 GiB and 2.1 GiB is free.*q4_K_M", False),
    (500, v1("model requires 5.6 GiB but only 2.1 GiB are available (after 512 MiB overhead)"), errors.InsufficientMemoryError, BROKEN, "5.6 GiB and 2.1 GiB", False),
    (500, v1("llama runner process has terminated: cudaMalloc failed: out of memory"), errors.InsufficientMemoryError, BROKEN, "does not fit", False),
    (500, v1("llama runner process has terminated: signal: killed"), errors.InsufficientMemoryError, BROKEN, "does not fit", False),
    (500, v1("llama runner process has terminated: exit status 2"), errors.OllamaError, BROKEN, "does not load", False),
    (500, v1("timed out waiting for llama runner to start - progress 0.00 - "), errors.ServerBusyError, BROKEN, "OLLAMA_LOAD_TIMEOUT", False),
    (500, v1("model failed to load" + LOG), errors.OllamaError, BROKEN, "does not load.*memory", False),
    (500, v1("llama-server process has terminated: exit status 1: error loading model"), errors.OllamaError, BROKEN, "does not load", False),
    (500, v1("llama-server process has terminated: exit status 1: ggml: out of memory"), errors.InsufficientMemoryError, BROKEN, "q4_K_M", False),
    (500, v1("llama-server reported out-of-memory during startup: cudaMalloc failed"), errors.InsufficientMemoryError, BROKEN, "q4_K_M", False),
    (500, v1("timed out waiting for llama-server to start - progress 0.42"), errors.ServerBusyError, BROKEN, "did not load in time", False),
    (500, v1("error starting llama-server: fork/exec: no such file"), errors.OllamaError, BROKEN, "does not load", False),
    (500, v1("x: this model may be incompatible with your version of Ollama. If you previously pulled this model, try updating it by running"), errors.OllamaError, BROKEN, "Upgrade Ollama.*`ollama pull m`", False),
    (500, v1("unable to load full model on GPU"), errors.InsufficientMemoryError, BROKEN, "does not fit", False),
    (500, v1("mlx runner failed: exit status 1"), errors.OllamaError, BROKEN, "does not load", False),
    (500, v1("model runner has unexpectedly stopped" + LOG), errors.ServerBusyError, BROKEN, "the runner of 'm' died.*memory", True),
    (500, v1(f"model runner has unexpectedly stopped{LOG}: CUDA error: out of memory"), errors.ServerBusyError, BROKEN, "runner of 'm' died", True),
    (500, v1(PREFIX + "unexpected EOF"), errors.ServerBusyError, BROKEN, "runner of 'm' died", True),
    (500, v1(PREFIX + "failed to parse grammar"), errors.ServerBusyError, BROKEN, "runner of 'm' died", True),  # a stale error
    (503, nested(503, "Loading model"), errors.ServerBusyError, BROKEN, "still loading", True),
    # docs/ollama-behavior.md, "Nested errors"; the schema was removed before, or there was none
    (400, nested(400, "something new"), errors.OllamaError, BAD, "HTTP 400 for 'm': something new", False),
    (500, nested(500, "Compute error.", "\nggml: out of memory"), errors.InsufficientMemoryError, BROKEN, "Compute error.*out of memory", False),
    # docs/ollama-behavior.md, "Context window"
    (400, v1("the input length exceeds the context length"), errors.ContextOverflowError, BAD, "context window.*num_ctx", False),
    (400, v1("the prompt is longer than the context length currently available to the model; shorten the prompt"), errors.ContextOverflowError, BAD, "OLLAMA_CONTEXT_LENGTH", False),
    (400, nested(400, "request (302 tokens) exceeds the available context size (256 tokens), try increasing it"), errors.ContextOverflowError, BAD, "302 tokens", False),
    (400, v1("input length (300 tokens) exceeds the model's maximum context length (256 tokens)"), errors.ContextOverflowError, BAD, "300 tokens", False),
    # docs/ollama-behavior.md, "Cloud errors"
    (401, {"error": "unauthorized", "signin_url": "https://ollama.com/connect"}, errors.CloudError, openai.AuthenticationError, "`ollama signin`", False),
    (401, v1("unauthorized"), errors.CloudError, openai.AuthenticationError, "`ollama signin`", False),
    (401, "<html>Authorization Required</html>", errors.OllamaError, openai.AuthenticationError, "on the client", False),
    (402, {"error": "this model requires a subscription"}, errors.CloudError, STATUS, "subscription", False),
    (403, {"error": "this model requires a subscription, upgrade for access: https://ollama.com/upgrade"}, errors.CloudError, DENIED, "requires a subscription", False),
    (500, {"error": "Internal Server Error (ref: 1b2c)"}, errors.CloudError, BROKEN, "temporary", True),
    (500, v1("unexpected server status: llm server loading model"), errors.ServerBusyError, BROKEN, "still loading", True),
    (500, v1("llama-server process has terminated: exit status 1: failed to reserve graph"), errors.InsufficientMemoryError, BROKEN, "does not fit", False),
    (403, {"error": "ollama cloud is disabled: remote model is unavailable"}, errors.CloudError, DENIED, "OLLAMA_NO_CLOUD", False),
    (429, {"error": "too many requests"}, errors.CloudError, LIMIT, "rate limited", True),
    (502, {"error": "error connecting to ollama.com"}, errors.CloudError, BROKEN, "cannot be reached", True),
    (418, {"error": {"message": 3}}, errors.OllamaError, STATUS, "HTTP 418 for 'm': no reason given", False),
]  # fmt: skip


def native(body: Any) -> Any:
    """The body of an error as `/api` sends it."""
    inner = body.get("error") if isinstance(body, dict) else None
    return {"error": inner["message"]} if isinstance(inner, dict) and isinstance(inner["message"], str) else body


@pytest.mark.parametrize(("status", "body", "ours", "theirs", "says", "again"), TABLE, ids=lambda one: str(one)[:60])
def test_a_body_becomes_its_error(status, body, ours, theirs, says, again, kind, connect):
    if kind.library == "ollama":
        body, theirs = native(body), ollama.ResponseError
    text = body if isinstance(body, str) else json.dumps(body)
    sent_as = "text/html" if text.startswith("<") else "text/plain" if isinstance(body, str) else "application/json"
    with FakeOllama([Raw(status, text, sent_as)]) as server:
        with pytest.raises(ours, match=re.compile(says, re.DOTALL)) as caught:
            connect(server, retry_config=AGAIN).create(response_model=User)
        assert len(server.requests) == 1 + again
    error = caught.value
    assert type(error).__name__ == ours.__name__
    assert isinstance(error, theirs)
    assert error.status_code == status
    assert kind.library == "ollama" or error.response.status_code == status
    assert error.retryable is again
    assert len(str(error)) < 2000


@pytest.mark.parametrize("repeated", [500, 400])
def test_a_schema_that_even_json_does_not_help_has_a_readable_message(repeated, kind, connect):
    message = (
        "invalid JSON schema in format" if repeated == 500 else "Failed to initialize samplers: failed to parse grammar"
    )
    with FakeOllama([error_of(repeated, message)]) as server:
        with pytest.raises(errors.OllamaError, match='convert this schema to a grammar.*constrain="json"'):
            connect(server).create(response_model=User)
        bodies = [one.body for one in server.requests]
    if kind.library == "ollama":
        assert [type(body["format"]) for body in bodies] == [dict, str]
    else:
        assert [body["response_format"]["type"] for body in bodies] == ["json_schema", "json_object"]


# What each recorded refusal is, by its case; the four versions agree.
RECORDED = {
    "v1-model-missing": errors.ModelNotFoundError,
    "show-missing": errors.ModelNotFoundError,
    "model-missing": errors.ModelNotFoundError,
    "stream-model-missing": errors.ModelNotFoundError,
    "native-missing": errors.ModelNotFoundError,
    "no-v1": errors.EndpointNotFoundError,
    "v1-root": errors.EndpointNotFoundError,
    "wrong-method": errors.EndpointNotFoundError,
    "api-chat-v1": errors.EndpointNotFoundError,
    "image-data-text-model": errors.CapabilityError,
    "tools-unsupported": errors.CapabilityError,
    "reasoning-low-plain": errors.CapabilityError,
    "native-think-plain": errors.CapabilityError,
    "think-low": errors.CapabilityError,
    "think-effort-low": errors.CapabilityError,
    "think-effort-high": errors.CapabilityError,
    "native-no-truncate": errors.ContextOverflowError,
    "queue-503": errors.ServerBusyError,
    "runner-killed": errors.ServerBusyError,
}
RUNNER_DIES_OF = {"schema-pattern-digits", "schema-url", "schema-maxlen-5000", "schema-maxitems-5000"}
REFUSED = [one for one in recordings() if one.status is not None and one.status >= 400]


@pytest.mark.parametrize("recording", REFUSED, ids=lambda one: f"{one.version}-{one.case}")
def test_a_recorded_refusal_is_read_rightly(recording):
    body = recording.decoded if recording.decoded is not None else recording.body
    request = recording.request if isinstance(recording.request, dict) else {}
    error = fault_of(recording.status, body, model=request.get("model", "m"), url=URL)
    expected = RECORDED.get(recording.case, errors.OllamaError)
    if recording.version == "0.24.0" and recording.case in RUNNER_DIES_OF:
        expected = errors.ServerBusyError
    assert type(error) is expected
    assert (verdict_of(error) == "retry without schema") is (
        recording.case.startswith(("schema-", "json-schema")) and expected is errors.OllamaError
    )
    assert error.detail
    assert '{"error"' not in str(error)
    assert len(str(error)) < 2000


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "says"),
    [
        ("refused", errors.ServerNotRunningError, openai.APIConnectionError, "connection refused.*`ollama serve`"),
        ("closed", errors.ServerBusyError, openai.APIConnectionError, "connection to .* was lost"),
        ("dies_mid_answer", errors.ServerBusyError, openai.APIConnectionError, "connection to .* was lost"),
    ],
)
def test_a_connection_that_fails(name, ours, theirs, says, kind, connect):
    theirs = Exception if kind.library == "ollama" else theirs
    with FakeOllama([fault(name)]) as server:
        with pytest.raises(ours, match=says) as caught:
            connect(server, retry_config=AGAIN).create(response_model=User)
        assert isinstance(caught.value, theirs)
        assert caught.value.status_code is None
        assert caught.value.retryable is (name != "refused")
        assert len(server.requests) == 2 * (name != "refused")


@pytest.mark.parametrize(
    ("url", "reason", "says"),
    [
        (
            URL,
            "[Errno 111] Connection refused",
            "connection refused: Ollama server not running at http://localhost:11434/v1",
        ),
        ("http://gpu/v1", "[Errno -2] Name or service not known", "cannot resolve the host name.*http://gpu:11434/v1"),
        (
            "https://localhost:11434/v1",
            "[SSL: WRONG_VERSION_NUMBER] wrong version number",
            "does not speak TLS.*begin base_url with http://",
        ),
        (
            "https://gpu/v1",
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
            "certificate of https://gpu/v1 is not trusted.*verify=",
        ),
        (
            "https://gpu/v1",
            "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert",
            "TLS handshake with https://gpu/v1 failed",
        ),
        ("https://gpu/v1", "[SSL: X] tlsv13 alert certificate required", "TLS handshake with https://gpu/v1 failed"),
        (URL, "[Errno 24] Too many open files", "cannot open a connection .*ulimit"),
        (URL, "[Errno 113] No route to host", "cannot be reached"),
        (URL, "503 Service Unavailable", "the proxy for.*NO_PROXY=localhost"),
        ("localhost:11434", "Request URL is missing an 'http://' or 'https://' protocol.", "is not a valid URL"),
        ("http://0.0.0.0:11434/v1", "[Errno 111] Connection refused", "connect to 127.0.0.1"),
        ("http://localhost/v1", "[Errno 111] Connection refused", "port 80; Ollama listens on 11434"),
    ],
)
def test_connection_errors_name_their_cause(url, reason, says):
    assert re.search(says, str(not_running(url, reason)))


def test_whatever_comes_the_message_is_short():
    long = "model not found " * 1000
    for status in (400, 401, 403, 404, 429, 500, 502, 503, 599):
        for body in (long, v1(long), {"error": long}, nested(status, long), [], None, 3, {"error": None}, "{" * 999):
            assert len(str(fault_of(status, body, model=long, url=URL))) < 2000
    assert len(str(not_running(URL, long))) < 2000
    assert len(str(connection_lost(URL, long))) < 2000


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (v1("plain"), "plain"),
        ({"error": "plain"}, "plain"),
        ({"message": "plain"}, "plain"),
        (nested(400, "inner"), "inner"),
        (nested(500, "inner", "\nlast line"), "inner last line"),
        (json.dumps(nested(400, "inner")), "inner"),
        ('{"broken', '{"broken'),
        (None, ""),
        ({"error": 3}, ""),
    ],
)
def test_the_servers_own_words_are_unwrapped(body, detail):
    assert detail_of(body) == detail


# The names that are there ---------------------------------------------------------------------------------------

INSTALLED = [
    "llama3.1:8b",
    "llama3.2",
    "mistral:7b-instruct",
    "qwen2.5:0.5b",
    "hf.co/someone/phi-4",
    "nomic-embed-text",
]


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("llama3.1", ["llama3.1:8b", "llama3.2"]),
        ("llama31:8b", ["llama3.1:8b", "llama3.2"]),
        ("LLAMA3.2", ["llama3.2", "llama3.1:8b"]),
        ("qwen2.5", ["qwen2.5:0.5b"]),
        ("phi-4", ["hf.co/someone/phi-4"]),
        ("mistral", ["mistral:7b-instruct"]),
        ("gemma3", []),
        ("ollama/mistral", ["mistral:7b-instruct"]),
        ("ollama_chat/llama3.2", ["llama3.2", "llama3.1:8b"]),
    ],
)
def test_the_nearest_installed_names(asked, offered):
    assert nearest(asked, INSTALLED) == offered


def test_installed_models_are_listed_with_one_request(kind, connect):
    with FakeOllama(models=["llama3.1:8b", "mistral"]) as server:
        with pytest.raises(errors.ModelNotFoundError) as caught:
            connect(server).create(response_model=User, model="llama3")
        assert str(caught.value) == (
            "model not found: 'llama3'. Run `ollama pull llama3`. Did you mean 'llama3.1:8b'? Installed: llama3.1:8b, mistral."
        )
        assert isinstance(caught.value, ollama.ResponseError if kind.library == "ollama" else openai.NotFoundError)
        assert [one.method for one in server.seen] == ["POST", "GET"]
        server.models = []
        with pytest.raises(errors.ModelNotFoundError, match=r"No model is installed on the server yet\.$"):
            connect(server).create(response_model=User, model="llama3")


@pytest.mark.parametrize("listing", [None, 3, "x", {}, {"data": 3}, {"models": [3, {"name": 4}]}], ids=str)
def test_a_listing_that_is_none_spoils_nothing(listing):
    error = fault_of(404, v1("model 'x' not found"), model="x", url=URL)
    before = str(error)
    name_installed(error, "x", listing)
    assert str(error).startswith(before)


def test_a_litellm_model_name_is_pulled_without_its_provider():
    assert "Run `ollama pull llama3.1`" in str(
        fault_of(404, v1("model 'ollama/llama3.1' not found"), model="ollama/llama3.1", url=URL)
    )


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://h/ollama", "http://h/ollama/v1"),
        ("http://h/ollama/", "http://h/ollama/v1"),
        ("http://h:8/a/api", "http://h:8/a/v1"),
        ("http://h/v1/chat/completions", "http://h/v1"),
        ("http://user:pw@h/x", "http://h/x/v1"),
    ],
)
def test_a_missing_v1_keeps_the_path_before_it(url, base):
    assert f'base_url="{base}"' in str(fault_of(404, "404 page not found", model="m", url=url))


def test_a_web_page_with_status_200_is_the_servers_fault(serve, connect):
    server = serve(Raw(200, "<html><title>Sign in</title></html>", "text/html"))
    with pytest.raises(errors.EndpointNotFoundError, match=r"web page \('Sign in'\)"):
        connect(server).create(response_model=User)
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_named(name, kind, monkeypatch, connect):
    for other in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.lower(), raising=False)
    with FakeOllama([Raw(503, "<html>no such host</html>", "text/html")]) as proxy:
        monkeypatch.setenv(name, proxy.host.replace("//", "//user:secret@"))
        client = connect("http://ollama.invalid:11434/v1", retry_config=RetryConfig(transient_retries=0))
        with pytest.raises(errors.OllamaError, match=r"through a proxy .*set NO_PROXY=ollama\.invalid") as caught:
            client.create(response_model=User)
        assert "secret" not in str(caught.value)
    client = connect("http://ollama.invalid:11434/v1")
    with pytest.raises(errors.ServerNotRunningError, match=r"no connection to the proxy .*NO_PROXY=ollama") as caught:
        client.create(response_model=User)  # the proxy has ended
    assert "Ollama server not running" not in str(caught.value)
    with FakeOllama([]) as proxy:
        monkeypatch.setenv(name, proxy.host)
        monkeypatch.setenv("NO_PROXY", "ollama.invalid")
        with pytest.raises(errors.OllamaError) as caught:
            connect("http://ollama.invalid:11434/v1").create(response_model=User)
        assert "through a proxy" not in str(caught.value)


def test_a_client_with_a_transport_of_its_own_has_no_proxy(kind, monkeypatch, connect):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    client = connect("http://127.0.0.1:9/v1")
    client.client._client._mounts.clear()
    with pytest.raises(errors.ServerNotRunningError, match="Ollama server not running") as caught:
        client.create(response_model=User)
    assert "proxy" not in str(caught.value)


def test_authentication_is_asked_for_in_the_words_of_the_client(kind, serve, connect):
    with pytest.raises(errors.OllamaError, match="headers=" if kind.library == "ollama" else "api_key=") as caught:
        connect(serve(Raw(401, "Authorization Required", "text/plain"))).create(response_model=User)
    assert caught.value.status_code == 401


def test_many_names_are_not_all_listed():
    error = fault_of(404, v1("model 'x' not found"), model="x", url=URL)
    name_installed(error, "x", {"models": [{"name": f"model-number-{number}:latest"} for number in range(40)]})
    assert str(error).endswith("model-number-7 and 32 more.")
    assert error.args == (str(error),)


# The page -------------------------------------------------------------------------------------------------------


def ranges(statuses: tuple[int, ...]) -> str:
    """Statuses as a reader writes them: `408, 520-530`."""
    runs: list[list[int]] = []
    for status in statuses:
        if runs and status == runs[-1][-1] + 1:
            runs[-1].append(status)
        else:
            runs.append([status])
    shown = (f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return ", ".join(shown)


def page() -> str:
    """docs/faults.md."""
    lines = [
        "# Server errors",
        "",
        "The errors of Ollama, and the exceptions that a patched client raises for them. Every exception is also an instance of",
        "the client library's class (`openai.NotFoundError`, ...) and has `.status_code`, `.detail` (the server's message) and",
        "`.retryable`; errors marked *yes* are retried (`RetryConfig.transient_retries`). The first matching row applies.",
        "",
        "Made by `python -m tests.server.test_faults` from `fault_table.py` and `connection_table.py` in `instructor_ollama/_server`.",
        "",
        "| HTTP | server message, for example | exception | retried | message |",
        "|---|---|---|---|---|",
    ]
    for row in FAULTS:
        error = fault_of(row.statuses[-1], row.says, model="llama3.1", url=URL)
        said = f"`{row.says}`" if row.says else "(nothing)"
        cells = [
            ranges(row.statuses),
            said,
            f"`{type(error).__name__}`",
            "yes" if error.retryable else "",
            str(error),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines += ["", "If no connection can be made, `ServerNotRunningError` is raised with one of these messages:", ""]
    lines += [
        f"* {text.format(url=URL, reason='...', trust=OPENAI.trust, host_name='localhost')}"
        for _words, text in UNREACHABLE
    ]
    lines += ["", "If a request fails for another reason, `OllamaError` is raised with one of these messages:", ""]
    lines += [f"* {text.format(url=URL, reason='...')}" for _words, text in FAILED]
    lines += ["", "A web page with status 200 raises `EndpointNotFoundError`:", ""]
    lines += [f"* {no_completion(URL, '<title>Sign in</title>')}"]
    lines += ["", "A connection that is closed before the response raises `ServerBusyError` and is retried:", ""]
    return "\n".join([*lines, f"* {connection_lost(URL, '...')}", ""])


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.says[:40])
def test_each_row_recognises_its_own_example(row):
    for status in row.statuses:
        assert (
            next(one for one in FAULTS if status in one.statuses and re.search(one.words, row.says, re.I | re.S)) is row
        )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
