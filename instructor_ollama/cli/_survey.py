"""Reads version, models, context windows and memory of a server from `/api`, with the standard library only."""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from ..errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORT = 11434
MLX_ENFORCES = (0, 33, 1)
"""The first version whose MLX back end has a grammar."""
PATIENCE = 10.0
"""Seconds that each of these small requests may take."""


_FAILURES = (OSError, ValueError, http.client.HTTPException)
"""What a request that was not answered, or not as Ollama does, is raised as."""


@dataclass(slots=True)
class Model:
    """One installed model.

    Attributes:
        size: Bytes on disk; 0 for a cloud model.
        weights: Such as "8.0B Q4_K_M".
        back_end: "GGUF", "MLX" or "cloud".
        trained: Tokens it was trained for, at most useful as a window.
        num_ctx: What its Modelfile sets.
        repeat_penalty: Likewise.
        window: Tokens that a `/v1` call gets; None where nothing tells it.
        memory: Bytes while it is loaded, else None.
        on_gpu: The share of that in the GPU's memory, from 0 to 1; None when it is not loaded.
        enforces_schemas: Whether its back end has a grammar; the MLX back end has one since Ollama 0.33.1.
    """

    name: str
    size: int = 0
    weights: str = ""
    back_end: str = "GGUF"
    capabilities: list[str] = field(default_factory=list[str])
    trained: int | None = None
    num_ctx: int | None = None
    repeat_penalty: float | None = None
    window: int | None = None
    memory: int | None = None
    on_gpu: float | None = None
    enforces_schemas: bool = True

    @property
    def chats(self) -> bool:
        """Whether it can answer; servers before 0.6.4 do not tell."""
        return not self.capabilities or "completion" in self.capabilities


@dataclass(slots=True)
class Survey:
    """What was found at one address.

    Attributes:
        problem: Why there is nothing to be found; empty where there is an Ollama.
    """

    host: str
    version: str = ""
    problem: str = ""
    models: list[Model] = field(default_factory=list[Model])

    def find(self, name: str) -> Model | None:
        """The installed model of a name, its tag left out or not."""
        return next((one for one in self.models if one.name in (name, f"{name}:latest")), None)


def host_of(given: str | None) -> str:
    """The server's address, read as Ollama reads OLLAMA_HOST.

    Args:
        given: Such as "gpu", "gpu:8080", "http://gpu:11434/v1"; None takes OLLAMA_HOST, else this machine.

    Raises:
        UsageError: It is not an address.
    """
    text = (given or os.environ.get("OLLAMA_HOST") or "localhost").strip().strip("\"'")
    scheme, found, rest = text.rpartition("://")
    try:
        parts = urlsplit(f"{scheme or 'http'}://{rest}")
        given_port = parts.port
    except ValueError as error:
        raise UsageError(f"{text!r} is not a valid address ({error}): pass one such as http://gpu:11434.") from None
    if parts.scheme not in ("http", "https") or re.search(r"\s", text):
        raise UsageError(f"{text!r} is not a valid address: pass one such as http://gpu:11434.")
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", None: "127.0.0.1"}.get(parts.hostname, parts.hostname)  # noqa: S104
    port = given_port or (({"https": 443}.get(scheme, 80)) if found else DEFAULT_PORT)
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{f'[{name}]' if name and ':' in name else name}:{port}{path}"


def survey(host: str) -> Survey:
    """Read all information of a server; an error is reported as `problem`."""
    found = Survey(host)
    reach(found)
    list_models(found)
    return found


def reach(found: Survey) -> None:
    """Learn whether an Ollama is there, and its version."""
    try:
        answered = ask(found.host, "/api/version")
    except _FAILURES as error:
        found.problem = _why(found.host, error)
        return
    found.version = str(answered.get("version") or "")
    if not found.version:
        found.problem = f"the server at {found.host} is not Ollama.{_proxy_of(found.host)}"


def list_models(found: Survey) -> None:
    """Learn what is installed, where an Ollama is there."""
    if found.problem:
        return
    try:
        rows = _rows(ask(found.host, "/api/tags"))
        found.models = [_model(found.host, row, numbers_of(found.version)) for row in rows]
        look_at_windows(found)
    except _FAILURES as error:
        found.problem = _why(found.host, error)


def look_at_windows(found: Survey) -> None:
    """Learn from the loaded models what window and how much memory each has."""
    loaded = _rows(ask(found.host, "/api/ps"))
    default: int | None = None
    for row in loaded:
        model = found.find(str(row.get("name")))
        if model is None:
            continue
        model.window = _number(row.get("context_length"))
        model.memory = _number(row.get("size")) or 0
        model.on_gpu = (_number(row.get("size_vram")) or 0) / model.memory if model.memory else 0.0
        if model.num_ctx is None and model.window != model.trained:
            default = model.window
    for model in found.models:
        if model.window is None:
            wanted = model.num_ctx or default
            capped = numbers_of(found.version) >= (0, 30)
            model.window = min(wanted, model.trained) if capped and wanted and model.trained else wanted


def numbers_of(version: str) -> tuple[int, ...]:
    """The first three numbers of a version; () where there are none."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def ask(host: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One request.

    Raises:
        OSError: There was no answer, or it was a refusal.
        ValueError: The response is not a JSON object.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(host + path, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
        answered: object = json.loads(response.read())
    if not isinstance(answered, dict):
        raise ValueError(f"{path} answers {type(answered).__name__}")  # noqa: TRY004 (as of text that is no JSON)
    return cast("dict[str, Any]", answered)


def _rows(answered: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The models of a listing; what has no name is left out.

    Raises:
        ValueError: There is no list.
    """
    rows: object = answered.get("models", 0)
    if rows is not None and not isinstance(rows, list):
        raise ValueError(f"models is of type {type(rows).__name__}")
    found = [_object(row) for row in cast("list[object]", rows or [])]
    return [row for row in found if row.get("name") and isinstance(row["name"], str)]


def _object(value: object) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    """An integer; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def free_memory(host: str) -> tuple[int, int] | None:
    """Bytes that are free and that there are; None where the server is on another machine, or nothing tells."""
    if urlsplit(host).hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told = {name: int(rest.split()[0]) * 1024 for name, _colon, rest in (line.partition(":") for line in lines)}
        return told["MemAvailable"], told["MemTotal"]
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _model(host: str, row: Mapping[str, Any], version: tuple[int, ...]) -> Model:
    details = _object(row.get("details"))
    weights = f"{details.get('parameter_size') or ''} {details.get('quantization_level') or ''}".strip()
    model = Model(str(row.get("name")), size=_number(row.get("size")) or 0, weights=weights)
    try:
        shown = ask(host, "/api/show", {"model": model.name})
    except _FAILURES:
        shown = {}
    told = _object(shown.get("details")) or details
    remote = shown.get("remote_host") or row.get("remote_host") or re.search(r"[:-]cloud$", model.name)
    model.back_end = "cloud" if remote else "MLX" if told.get("format") == "safetensors" else "GGUF"
    model.enforces_schemas = model.back_end == "GGUF" or (model.back_end == "MLX" and version >= MLX_ENFORCES)
    capabilities: object = shown.get("capabilities") or row.get("capabilities")
    if isinstance(capabilities, list):
        model.capabilities = [str(one) for one in cast("list[object]", capabilities)]
    info = _object(shown.get("model_info"))
    trained = info.get(f"{info.get('general.architecture')}.context_length") or details.get("context_length")
    model.trained = _number(trained)
    parameters = str(shown.get("parameters") or "")
    if number := re.search(r"^num_ctx\s+(\d+)", parameters, re.MULTILINE):
        model.num_ctx = int(number[1])
    if number := re.search(r"^repeat_penalty\s+(\d+(?:\.\d+)?)", parameters, re.MULTILINE):
        model.repeat_penalty = float(number[1])
    return model


def _why(host: str, error: Exception) -> str:
    """The reason for a request that failed, in the user's terms."""
    reason: object = getattr(error, "reason", None) or error
    start = "Start it with `ollama serve`, or name another address with --ollama or OLLAMA_HOST."
    if isinstance(error, urllib.error.HTTPError):
        return f"the server at {host} does not respond like Ollama (HTTP {error.code}).{_proxy_of(host)}"
    if isinstance(reason, ConnectionRefusedError):
        return f"connection refused: Ollama server not running at {host}. {start}{_proxy_of(host)}"
    if isinstance(error, ValueError):
        return f"the server at {host} is not Ollama.{_proxy_of(host)}"
    return f"no answer from {host} ({reason}). {start}{_proxy_of(host)}"


def _proxy_of(host: str) -> str:
    """Which proxy of the environment stands between; empty where none does."""
    parts = urlsplit(host)
    proxies = urllib.request.getproxies()
    scheme = next((one for one in (parts.scheme, "all") if one in proxies), None)
    if scheme is None or urllib.request.proxy_bypass(parts.netloc):
        return ""
    address = urlsplit(proxies[scheme]).netloc.rpartition("@")[2] or "a proxy"
    return (
        f" The environment routes requests for {parts.hostname} through a proxy ({scheme.upper()}_PROXY={address}): "
        f"set NO_PROXY={parts.hostname} if the server is to be reached directly."
    )
