"""The table of named faults of a fake Ollama; the messages are the server's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _checks, _eras
from ._answers import Answer, Error, Named, Raw
from ._bodies import nested

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Scene:
    """What a fault is made of.

    Attributes:
        model: The name as it was typed.
        text: What would have been answered.
        prompt_tokens: What the request counts.
    """

    version: str
    model: str
    text: str
    prompt_tokens: int
    options: Mapping[str, Any]

    @property
    def is_old(self) -> bool:
        """Whether it is the era before llama-server (0.30)."""
        return not _eras.has(self.version, "llama-server")


class Row(NamedTuple):
    """One fault: what it is, what is answered, and the options it takes beside `text`."""

    means: str
    make: Callable[[Scene], Answer | Raw | Error | None]
    options: tuple[str, ...] = ()


def _said(status: int, message: str, *, plain: bool = False) -> Callable[[Scene], Error]:
    return lambda scene: Error(status, message.replace("{model}", scene.model), plain=plain)


def _raw(status: int, text: str, content_type: str) -> Callable[[Scene], Raw]:
    return lambda _scene: Raw(status, text, content_type)


def _rate_limited(scene: Scene) -> Raw:
    seconds = scene.options.get("seconds")
    headers = {} if seconds is None else {"Retry-After": f"{seconds:g}"}
    return Raw(429, {"error": "too many requests"}, headers=headers)


def _text(template: str) -> Callable[[Scene], Answer]:
    return lambda scene: Answer(template.format(text=scene.text))


def _nothing(_scene: Scene) -> None:
    return None


def _slow(scene: Scene) -> Answer:
    return Answer(scene.text, seconds=float(scene.options.get("seconds", 5)))


def _dies(scene: Scene) -> Answer:
    return Answer(scene.text, ends=False)


def _looped(scene: Scene) -> Answer:
    text = scene.text[: len(scene.text) // 2] + "\n" * 31
    return Answer(text, finish_reason=None, prompt_tokens=0, completion_tokens=0)


def _thought(scene: Scene) -> Answer:
    return Answer("", reasoning=f"Let me see... {scene.text}")


def _by_era(status: int, old: str, new: str) -> Callable[[Scene], Error]:
    return lambda scene: Error(status, old if scene.is_old else new)


_XGRAMMAR = "EBNF parser error at line 1, column 135: Invalid character class"


def _refused_schema(scene: Scene) -> Error:
    reason = "Field 'json_schema': \"json_schema\": JSON schema conversion failed:\nunrecognized type wat"
    return Error(500, "invalid JSON schema in format") if scene.is_old else Error(400, nested(400, reason))


def _too_long(scene: Scene) -> Error:
    return _checks.too_long(30002, 4096, scene.version)


def _cut(scene: Scene) -> Answer:
    return Answer(scene.text[: scene.options.get("at", len(scene.text) // 2)], finish_reason="length")


FAULTS: dict[str, Row] = {
    # no connection, or one that ends
    "refused": Row("nothing listens, until `recover()`", _nothing),
    "closed": Row("the connection is closed without a response: the server was stopped", _nothing),
    "dies_mid_answer": Row(
        "the connection is closed in the middle of the body; a stream ends without `[DONE]`",
        _dies,
    ),
    "slow": Row(
        "the answer takes `seconds` (5)",
        _slow,
        ("seconds",),
    ),
    # states of the server that pass
    "busy": Row("the queue is full", _said(503, "server busy, please try again.  maximum pending requests exceeded")),
    "loading": Row("the model is loading", _said(503, nested(503, "Loading model"))),
    "runner_died": Row(
        "the runner was killed", _said(500, "an error was encountered while running the model: unexpected EOF")
    ),
    "runner_stopped": Row(
        "the runner crashed",
        _said(
            500,
            "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, "
            "check ollama server logs for details",
        ),
    ),
    # what does not pass
    "model_missing": Row("the model is not installed", _said(404, "model '{model}' not found")),
    "bad_name": Row("the model's name is malformed", _said(400, "invalid model name")),
    "out_of_memory": Row(
        "the model does not fit into memory",
        _by_era(
            500,
            "model requires more system memory (5.6 GiB) than is available (2.1 GiB)",
            "llama-server process has terminated: exit status 1: cudaMalloc failed: out of memory",
        ),
    ),
    "load_failed": Row(
        "the model cannot be loaded",
        _by_era(
            500,
            "llama runner process has terminated: exit status 2",
            "llama-server process has terminated: exit status 1",
        ),
    ),
    "load_timeout": Row(
        "loading the model times out",
        _by_era(
            500,
            "timed out waiting for llama runner to start - progress 0.00 - ",
            "timed out waiting for llama-server to start - progress 0.00 - ",
        ),
    ),
    "no_tools": Row(
        "the model does not support tools",
        _said(400, "registry.ollama.ai/library/{model}:latest does not support tools"),
    ),
    "no_thinking": Row("the model does not support thinking", _said(400, '"{model}" does not support thinking')),
    "no_chat": Row("the model only supports embeddings", _said(400, '"{model}" does not support chat')),
    "no_images": Row(
        "the model does not support images",
        _said(400, nested(400, "Multimodal data provided, but model does not support multimodal requests.")),
    ),
    "context_overflow": Row("the prompt is too long and the server reports an error", _too_long),
    "schema_refused": Row("the server cannot convert the schema to a grammar", _refused_schema),
    "schema_refused_by_mlx": Row(
        "the MLX back end cannot convert the schema to a grammar",
        _said(400, f"invalid structured output grammar: {_XGRAMMAR}"),
    ),
    "format_unavailable": Row(
        "the MLX back end does not support structured output", _said(501, "structured output is unavailable")
    ),
    # in front of the server, and behind it
    "no_v1": Row("the path does not exist", _raw(404, "404 page not found", "text/plain")),
    "forbidden": Row("the Host or Origin is not accepted", _raw(403, "", "text/plain")),
    "bad_gateway": Row(
        "a proxy cannot reach the server (502)",
        _raw(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"),
    ),
    "unavailable": Row(
        "a load balancer has no available server (503)",
        _raw(503, "<html><head><title>503 Service Temporarily Unavailable</title></head></html>", "text/html"),
    ),
    "firewall": Row(
        "a firewall blocks the request",
        _raw(403, "<html><head><title>Attention Required! | Cloudflare</title></head></html>", "text/html"),
    ),
    "tunnel_down": Row(
        "a tunnel is disconnected",
        _raw(530, "<html><head><title>Cloudflare Tunnel error</title></head></html>", "text/html"),
    ),
    "login_page": Row(
        "a login page in front of the server answers with status 200",
        _raw(200, "<html><head><title>Sign in</title></head></html>", "text/html"),
    ),
    "not_signed_in": Row("the user is not signed in to the cloud (401)", _said(401, "unauthorized", plain=True)),
    "cloud_disabled": Row(
        "cloud models are disabled",
        _said(403, "ollama cloud is disabled: remote model is unavailable", plain=True),
    ),
    "no_subscription": Row(
        "the model requires a cloud subscription",
        _said(403, "this model requires a subscription, upgrade for access: https://ollama.com/upgrade", plain=True),
    ),
    "rate_limited": Row(
        "cloud rate limit (429), with `Retry-After` if `seconds` are given", _rate_limited, ("seconds",)
    ),
    "cloud_failed": Row("transient cloud error (500)", _said(500, "Internal Server Error (ref: 5b3f)", plain=True)),
    "cloud_unreachable": Row(
        "the server cannot reach the cloud", _said(502, "error connecting to ollama.com", plain=True)
    ),
    # answers, HTTP 200
    "fenced": Row("the answer is in a Markdown fence", _text("```json\n{text}\n```")),
    "prose": Row("the answer has prose around it", _text("Sure! Here it is: {text} Anything else?")),
    "think_tags": Row("the answer starts with its thinking in think tags", _text("<think>Who is it?</think>\n{text}")),
    "think": Row("the model used its whole token budget for thinking", _thought),
    "twice": Row("the answer is repeated", _text("{text}\n{text}")),
    "wrong": Row("the answer is JSON of another type", _text('{{"wrong": "on purpose"}}')),
    "refusal": Row("the model refuses", _text("I'm sorry, but I can't help with that.")),
    "empty": Row("the answer is empty", _text("")),
    "cut": Row("the answer is truncated by max_tokens, after `at` characters (half)", _cut, ("at",)),
    "loop_guard": Row(
        "the server aborted a repetition loop",
        _looped,
    ),
    "truncated": Row(
        "from now on the context window is `window` tokens (half the prompt) and the prompt is truncated silently",
        _text("{text}"),
        ("window",),
    ),
}
"""Every fault by its name. All take the option `text`, which replaces what would have been answered."""


def fault(name: str, **options: Any) -> Named:
    """A fault to stand in a script, beside the answers.

    Args:
        name: One of `FAULTS`.
        options: What the fault's row names in backquotes, such as `seconds`; and `text`, the answer that it spoils.

    Raises:
        ValueError: There is no fault of that name, or it has no such option.
    """
    if name not in FAULTS:
        raise ValueError(f"unknown fault {name!r}: expected one of {', '.join(FAULTS)}")
    unknown = options.keys() - {"text", *FAULTS[name].options}
    if unknown:
        raise ValueError(f"the fault {name!r} does not accept {', '.join(sorted(unknown))}")
    return Named(name, options)
