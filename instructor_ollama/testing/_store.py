"""The models of a fake Ollama, and the endpoints that describe them."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, ClassVar, cast

from . import _bodies, _eras
from ._answers import Error, FakeModel
from ._http import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ._checks import Asked


_ANY = FakeModel("llama3.1:8b", capabilities=("completion", "tools", "thinking", "vision", "insert"), family="llama")
"""What stands behind any name where the test has named no models: it can do everything."""


class ModelStore:
    """What is installed and loaded.

    Attributes:
        models: None where any name will do.
        pullable: The names that can be pulled.
    """

    def __init__(self, models: Iterable[str | FakeModel] | None, version: str, context_length: int) -> None:
        self.models = None if models is None else [FakeModel(one) if isinstance(one, str) else one for one in models]
        self.version = version
        self.context_length = context_length
        self.pullable: set[str] = set()
        self._loaded: dict[str, tuple[FakeModel, int]] = {}
        self._windows: dict[str, int] = {}
        self._blobs: set[str] = set()

    def load(self, name: str) -> None:
        """Load a model, as `ollama run` does before anything is asked."""
        model = self._find(name) or FakeModel(name)
        self._loaded[name] = model, model.num_ctx or self.context_length

    def _find(self, name: str) -> FakeModel | None:
        """The model under a name; any name has one where the test names none."""
        if self.models is None:
            return dataclasses.replace(_ANY, name=name) if name else None
        wanted = _plain(name)
        return next((model for model in self.models if _plain(model.name) == wanted), None)

    def _window(self, asked: Asked) -> int:
        model = asked.model or _ANY
        options = cast("dict[str, Any]", asked.body.get("options") or {}) if asked.native else {}
        narrowed = self._windows.get(asked.name)
        window = int(options.get("num_ctx") or narrowed or model.num_ctx or self.context_length)
        return min(window, model.context_length) if _eras.has(self.version, "llama-server") else window

    def _load(self, asked: Asked, refused: Error | None) -> Response:
        form = _bodies.Form("/api/generate", asked.name, self.version)
        if refused is not None:
            return _bodies.error_response(refused, form)
        unload = asked.body.get("keep_alive") == 0
        if unload:
            self._loaded.pop(asked.name, None)
        else:
            self._loaded[asked.name] = asked.model or FakeModel(asked.name), self._window(asked)
        return _bodies.json_response(_bodies.loaded(form, unload=unload))

    def _listed(self) -> list[FakeModel]:
        return [_ANY] if self.models is None else self.models

    def _show(self, request: Request) -> Response:
        name = str(request.body.get("model") or request.body.get("name") or "")
        model = self._find(name)
        if model is None:
            return _bodies.error_response(self._missing(name), _bodies.Form("/api/show", name, self.version))
        return _bodies.json_response(_bodies.show(model, self.version))

    def _v1_model(self, name: str) -> Response:
        if self._find(name) is None:
            return _bodies.error_response(self._missing(name), _bodies.Form("/v1/models", name, self.version))
        return _bodies.json_response(_bodies.v1_model(name))

    def _missing(self, name: str) -> Error:
        shown = FakeModel(name).tagged if _eras.has(self.version, "llama-server") else name
        return Error(404, f"model '{shown}' not found")

    def _create(self, request: Request) -> Response:
        body = request.body
        base = self._find(str(body.get("from"))) or _ANY
        window = cast("dict[str, Any]", body.get("parameters") or {}).get("num_ctx", base.num_ctx)
        made = dataclasses.replace(base, name=str(body.get("model")), num_ctx=window)
        if self.models is not None:
            self.models = [*(one for one in self.models if one.tagged != made.tagged), made]
        return _told(["success"], body)

    def _pull(self, request: Request) -> Response:
        name = str(request.body.get("model") or request.body.get("name") or "")
        if name not in self.pullable and (self.models is None or self._find(name) is None):
            message = "pull model manifest: file does not exist"
            if request.body.get("stream", True):
                return _bodies.json_response({"error": message})
            return _bodies.error_response(Error(500, message), _bodies.Form("/api/pull", name, self.version))
        if self.models is not None and self._find(name) is None:
            self.models = [*self.models, FakeModel(name)]
        return _told(["pulling manifest", "verifying sha256 digest", "writing manifest", "success"], request.body)

    def _blob(self, method: str, digest: str) -> Response:
        """Whether a file is there, or that it is from now on."""
        there = digest in self._blobs
        if method == "HEAD":
            return Response(200 if there else 404)
        self._blobs.add(digest)
        return Response(200 if there else 201)

    def _root(self, _request: Request) -> Response:
        return Response(200, (b"Ollama is running",), "text/plain; charset=utf-8")

    def _version(self, _request: Request) -> Response:
        return _bodies.json_response({"version": self.version})

    def _tags(self, _request: Request) -> Response:
        return _bodies.json_response(_bodies.tags(self._listed(), self.version))

    def _ps(self, _request: Request) -> Response:
        return _bodies.json_response(_bodies.ps(list(self._loaded.values())))

    def _v1_models(self, _request: Request) -> Response:
        return _bodies.json_response(_bodies.v1_models(self._listed()))

    _ROUTES: ClassVar[dict[tuple[str, str], Callable[[ModelStore, Request], Response]]] = {
        ("GET", "/"): _root,
        ("GET", "/api/version"): _version,
        ("GET", "/api/tags"): _tags,
        ("GET", "/api/ps"): _ps,
        ("GET", "/v1/models"): _v1_models,
        ("POST", "/api/show"): _show,
        ("POST", "/api/create"): _create,
        ("POST", "/api/pull"): _pull,
    }


def _plain(name: str) -> str:
    """A name as Ollama compares it: without regard to case, or to the registry's own host and namespace."""
    short = name.lower().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return FakeModel(short).tagged


def _told(statuses: list[str], body: Mapping[str, Any]) -> Response:
    """What a long job says: all of it line by line, or its end alone."""
    lines = [json.dumps({"status": status}).encode() + b"\n" for status in statuses]
    if body.get("stream", True):
        return Response(200, (*lines, b""), "application/x-ndjson")
    return Response(200, (lines[-1],))
