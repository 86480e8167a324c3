"""Starts real Ollama servers, each on a free loopback port with an empty store of its own; knows nothing of the library."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

VARIABLE: Final = "INSTRUCTOR_OLLAMA_SERVERS"
WHY_NONE: Final = f"no Ollama here: neither {VARIABLE} names an executable, nor is there an `ollama` on the PATH"
PLAIN_TEMPLATE: Final = "{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}assistant: "


def executables() -> list[str]:
    """The servers to test against: those the environment names, else the one on the PATH."""
    named = [path for path in re.split(rf"[\s{re.escape(os.pathsep)}]+", os.environ.get(VARIABLE, "")) if path]
    found = shutil.which("ollama")
    return named or ([found] if found else [])


def version_of(executable: str) -> str:
    """What the executable calls itself, such as "0.34.4"; no server is started."""
    environment = {**os.environ, "OLLAMA_HOST": "127.0.0.1:9"}
    done = subprocess.run(
        [executable, "--version"], capture_output=True, text=True, env=environment, timeout=30, check=False
    )
    found = re.search(r"version is (\S+)", done.stdout + done.stderr)
    return found[1] if found else "unknown"


class OllamaServer:
    """`ollama serve` from the `with` line to its end.

    Args:
        executable: Which `ollama`.
        environment: Added to the server's, such as `{"OLLAMA_MAX_QUEUE": "1"}`.

    Attributes:
        host: Such as "http://127.0.0.1:40123".
        base_url: For an openai client: `host` and `/v1`.
        version: As the server reports it.
        log: The path of what the server wrote.
    """

    def __init__(self, executable: str, environment: Mapping[str, str] | None = None) -> None:
        self.executable = executable
        self.environment = dict(environment or {})
        self.port = _free_port()
        self.host = f"http://127.0.0.1:{self.port}"
        self.base_url = f"{self.host}/v1"
        self.version = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def __enter__(self) -> OllamaServer:
        self._folder = Path(tempfile.mkdtemp(prefix="ollama-"))
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        assert self._folder is not None, "the server has not been entered"
        return self._folder / "server.log"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process runs and answers."""
        if self._process is None or self._process.poll() is not None:
            return False
        try:
            self.request("/api/version", timeout=10)
        except OSError:
            return False
        return True

    def restart(self) -> None:
        """Stops the server if it runs and starts it on the same port, with its models."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """Ends the server and the runners it started; nothing where it has ended already."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def create(
        self,
        name: str,
        gguf: str | os.PathLike[str],
        *,
        template: str | None = PLAIN_TEMPLATE,
        system: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        """Makes a model of a GGUF file, as `ollama create` does."""
        content = Path(gguf).read_bytes()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        try:
            self.request(f"/api/blobs/{digest}", method="HEAD")  # Ollama hangs up on a blob that it has
        except urllib.error.HTTPError as error:
            error.close()
            self.request(f"/api/blobs/{digest}", content, method="POST")
        body: dict[str, Any] = {"model": name, "files": {"model.gguf": digest}, "stream": False}
        optional = {"template": template, "system": system, "parameters": dict(parameters or {}) or None}
        self.request(
            "/api/create", body | {key: value for key, value in optional.items() if value is not None}, timeout=120
        )

    def request(self, path: str, body: Any = None, *, method: str | None = None, timeout: float = 60) -> Any:
        """One request; raises `urllib.error.HTTPError` for a refusal. Without a body it is a GET."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.host + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=timeout) as response:
            text = response.read()
        return json.loads(text) if text.strip() else None

    def _start(self) -> None:
        assert self._folder is not None, "the server has not been entered"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("OLLAMA_")}
        environment = inherited | {
            "HOME": str(self._folder),
            "OLLAMA_HOST": f"127.0.0.1:{self.port}",
            "OLLAMA_MODELS": str(self._folder / "models"),
            "OLLAMA_KEEP_ALIVE": "-1",
            "OLLAMA_NO_CLOUD": "1",
            "OLLAMA_CONTEXT_LENGTH": "4096",
            "GIN_MODE": "release",
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.executable, "serve"], env=environment | self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.version = str(self.request("/api/version", timeout=5)["version"])
                return
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.executable} does not start: {self.log.read_text()[-2000:]}") from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
