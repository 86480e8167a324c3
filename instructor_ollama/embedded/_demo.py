"""The demo model: where it is, and how a real Ollama is given it."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from ..errors import OllamaError, ServerNotRunningError, UsageError

DEMO_MODEL = pathlib.Path(__file__).with_name("demo.gguf")
"""The GGUF file of the demo model that is shipped with the library."""
DEMO_CONTEXT_LENGTH = 2048
"""Tokens of the demo model's context window."""

_TEMPLATE = "{{- range .Messages }}<|{{ .Role }}|>{{ .Content }}<|end|>{{ end }}<|assistant|>"
_STOP = "<|end|>"
_TIMEOUT = 120.0
"""Seconds that each request to Ollama may take."""


def demo_modelfile(path: str | os.PathLike[str] = DEMO_MODEL) -> str:
    """The Modelfile with which `ollama create demo -f Modelfile` makes the demo model.

    Args:
        path: The GGUF file, as `ollama create` is to find it.
    """
    return (
        f"FROM {os.fspath(path)}\n"
        f'TEMPLATE """{_TEMPLATE}"""\n'
        f'PARAMETER stop "{_STOP}"\n'
        f"PARAMETER temperature 0\n"
        f"PARAMETER num_ctx {DEMO_CONTEXT_LENGTH}\n"
        f"PARAMETER num_thread 1\n"
    )


def create_demo(base_url: str = "http://localhost:11434", name: str = "demo") -> None:
    """Uploads the demo model to a running Ollama; the same as `ollama create`, over HTTP.

    Args:
        base_url: Ollama's address, with or without `/v1`.
        name: What the model is to be called there; an existing model of that name is replaced.

    Raises:
        UsageError: `base_url` is no http or https address.
        ServerNotRunningError: Nothing listens at the address.
        OllamaError: The server refused; the message has its own words.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"base_url must be an address such as 'http://localhost:11434', got {base_url!r}")
    host = base_url.rstrip("/").removesuffix("/v1")
    content = DEMO_MODEL.read_bytes()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if not _is_there(host, f"/api/blobs/{digest}"):  # Ollama hangs up on what it has
        _post(host, f"/api/blobs/{digest}", content)
    body = {
        "model": name,
        "files": {DEMO_MODEL.name: digest},
        "template": _TEMPLATE,
        "parameters": {"stop": [_STOP], "temperature": 0, "num_ctx": DEMO_CONTEXT_LENGTH, "num_thread": 1},
        "stream": False,
    }
    _post(host, "/api/create", json.dumps(body).encode())


def _is_there(host: str, path: str) -> bool:
    request = urllib.request.Request(host + path, method="HEAD")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310 (http or https, checked)
            return True
    except OSError:
        return False  # whatever it is, the upload that follows says it


def _post(host: str, path: str, data: bytes) -> None:
    request = urllib.request.Request(host + path, data, {"Content-Type": "application/json"}, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 (http or https, checked)
            response.read()
    except urllib.error.HTTPError as error:
        with error:
            detail = error.read(2000).decode(errors="replace")
        raise OllamaError(
            f"{host}{path} answered {error.code}: {detail}", status_code=error.code, detail=detail
        ) from error
    except OSError as error:
        raise ServerNotRunningError(
            f"cannot reach Ollama at {host}: {getattr(error, 'reason', error)}; start it with `ollama serve`"
        ) from error
