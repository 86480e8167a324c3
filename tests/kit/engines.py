"""The embedded engine with the face of `servers.OllamaServer`, for the suite that samples both."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

from instructor_ollama import embedded

NAME: Final = "embedded"


class EmbeddedEngine:
    """llama.cpp as the library embeds it; runs from `create` on."""

    version = NAME

    def __init__(self) -> None:
        self._server: embedded.Server | None = None
        self._sampling: dict[str, Any] = {}

    def __enter__(self) -> EmbeddedEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.stop()

    def create(self, name: str, gguf: str | os.PathLike[str], *, parameters: Mapping[str, Any]) -> None:
        """Loads the one model; what Ollama keeps in a Modelfile goes with each request."""
        del name
        settings = dict(parameters)
        self._server = embedded.Server(
            gguf, context_length=settings.pop("num_ctx"), threads=settings.pop("num_thread", 1)
        )
        self._server.start()
        self._sampling = settings

    def request(self, path: str, body: Any, *, timeout: float = 60) -> Any:
        assert self._server is not None, "no model was created"
        request = urllib.request.Request(
            self._server.host + path,
            json.dumps({**self._sampling, **body}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.load(response)

    def alive(self) -> bool:
        """Whether the engine answers."""
        assert self._server is not None, "no model was created"
        try:
            with urllib.request.urlopen(f"{self._server.host}/health", timeout=10):
                return True
        except OSError:
            return False

    def restart(self) -> None:
        """Starts the engine anew."""
        assert self._server is not None, "no model was created"
        self._server.stop()
        self._server.start()
