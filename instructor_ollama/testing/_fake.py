"""`FakeOllama`: routes, models and the script of answers. The HTTP is `_http`, the forms are `_bodies`."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, cast

from . import _bodies, _checks, _eras
from ._answers import Answer, Error, FakeModel, Named, Raw
from ._faults import FAULTS, Scene, fault
from ._http import HttpServer, Request, Response
from ._script import Cue, arrived, counted, rendered, shared, text_of
from ._store import ModelStore

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._script import Script

CHATS = ("/v1/chat/completions", "/api/chat", "/api/generate")
"""The endpoints that the script answers."""


class FakeOllama(ModelStore):
    """An Ollama on a free loopback port: `with FakeOllama(['{"name": "Jason"}']) as fake:`.

    Answers are returned in order, one for each request; the last one repeats. Without answers, a request gets a minimal
    instance of the schema it sends. An answer is a text, a Pydantic object, a dict (a whole body of the
    response), `answer(...)`, `error(status, message)`, `fault(name)`, a `Raw` response, or None, which closes the
    connection. In place of a list there may be a function, sync or async, that is given each request's body; what
    it raises is raised again at the end of the `with` block.

    Args:
        answers: The script.
        models: What is installed, by name or as `FakeModel`; other names are not found. None takes any name.
        version: The Ollama that it speaks like, from "0.12.0" on.
        context_length: The server's default window, in tokens.
        keep: How many requests are kept, the newest; None keeps all of them.
        strict: Whether requests are looked at as Ollama does, and refused where it would; False answers any.

    Attributes:
        requests: Those that the script or a fault has answered, oldest first; `clear()` begins the script anew, and a
            new script clears them.
        seen: Every request, of whatever path.
        paths: What a path answers in place of its own, or where it has none, such as "/api/ps": a dict (the body),
            `error(status, message)`, `fault(name)`, a `Raw` response or None. The script is not asked.
        library: The names that can be pulled.
    """

    def __init__(
        self,
        answers: Script | str = (),
        *,
        models: Iterable[str | FakeModel] | None = None,
        version: str = _eras.NEWEST,
        context_length: int = 4096,
        keep: int | None = None,
        strict: bool = True,
    ) -> None:
        super().__init__(models, version, context_length)
        self.strict = strict
        self.requests: list[Request] = []
        self.seen: list[Request] = []
        self.paths: dict[str, Any] = {}
        self._keep = keep
        self._cue = Cue()
        self._prompts: dict[str, str] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._raised: Exception | None = None
        self._http = HttpServer(self._handle)
        self.answers = answers

    # What a test says ---------------------------------------------------------------------------------------

    @property
    def answers(self) -> Script:
        """The script; a new one begins at its first answer."""
        return self._cue.script

    @answers.setter
    def answers(self, given: Script | str) -> None:
        self._cue.begin(given)
        self.requests.clear()
        if self._http.running:
            self._http.call(self._http.accept())
        self._settle()

    def fail(self, name: str, *, times: int = 1, **options: Any) -> None:
        """Answer the next requests with a fault; the script goes on after them.

        Args:
            name: One of `FAULTS`; "refused" takes no number of times, but lasts until `recover()`.
            times: How many requests.
            options: As of `fault`.

        Raises:
            ValueError: There is no fault of that name.
        """
        self._cue.failing.extend([fault(name, **options)] * times)
        self._settle()

    def recover(self) -> None:
        """End the faults and what they left behind, and listen again."""
        self._cue.recover()
        self._windows.clear()
        self._http.call(self._http.accept())

    @contextlib.contextmanager
    def down(self) -> Generator[None]:
        """Nothing listens at the port inside the `with` block."""
        self._http.refuse()
        try:
            yield
        finally:
            self._http.call(self._http.accept())

    @property
    def host(self) -> str:
        """Such as "http://127.0.0.1:40123"."""
        return f"http://127.0.0.1:{self._http.port}"

    @property
    def base_url(self) -> str:
        """What an openai client is pointed at; it ends in /v1."""
        return f"{self.host}/v1"

    @property
    def cancelled(self) -> int:
        """How many requests were given up by their client before the answer."""
        return self._http.cancelled

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._http.connections)

    def __enter__(self) -> Self:
        self._http.start()
        self._settle()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.stop()
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        raised, self._raised = self._raised, None
        if raised is not None and not isinstance(error, AssertionError):
            raise raised

    # What a client gets ---------------------------------------------------------------------------------------

    def _handle(self, request: Request) -> Response | Coroutine[Any, Any, Response]:
        path = request.path.partition("?")[0]
        self._remember(self.seen, request)
        if path in self.paths:
            return self._response(self.paths[path], _bodies.Form(path, "", self.version), {})
        if path in CHATS and request.method == "POST":
            return self._chat(path, request)
        if path.startswith("/v1/models/") and path.count("/") == 3:  # a name without a namespace
            return self._v1_model(path.rpartition("/")[2])
        if path.startswith("/api/blobs/"):
            return self._blob(request.method, path.rpartition("/")[2])
        route = self._ROUTES.get((request.method.replace("HEAD", "GET"), path))
        if route is not None:
            return route(self, request)
        known = path in CHATS or any(path == one for _method, one in self._ROUTES)
        return _bodies.text_response(*((405, "405 method not allowed") if known else (404, "404 page not found")))

    def _chat(self, path: str, request: Request) -> Response | Coroutine[Any, Any, Response]:
        if not self.requests and self._keep != 0:
            self._cue.taken = 0
        broken = _checks.not_json(request.raw)
        if broken is not None:
            self._remember(self.requests, request)
            return _bodies.error_response(broken, _bodies.Form(path, "", self.version))
        body = request.body
        name = str(body.get("model") or "")
        asked = _checks.Asked(body, self.version, self._find(name), path.startswith("/api"))
        refused = _checks.refusal(asked) if self.strict else None
        if path == "/api/generate" and not body.get("prompt"):
            return self._load(asked, refused)
        if refused is not None:
            if not _is_probe(body):
                self._remember(self.requests, request)
            return _bodies.error_response(refused, _bodies.Form(path, asked.name, self.version))
        text = rendered(body)
        estimate, window = counted(body), self._window(asked)
        if asked.native and body.get("truncate") is False:
            if estimate > window:
                if not _is_probe(body):
                    self._remember(self.requests, request)
                refused = _checks.too_long(estimate, window, self.version)
                return _bodies.error_response(refused, self._form(path, asked, text, estimate))
            if _is_probe(body):
                return _bodies.answer_response(
                    Answer(".", finish_reason="length"), self._form(path, asked, text, estimate)
                )
        if not _is_probe(body):
            self._remember(self.requests, request)
        form = self._form(path, asked, text, arrived(body, window, self.version))
        if body.get("_debug_render_only"):
            return _bodies.json_response(_bodies.rendered(text, form))
        self._loaded[name] = asked.model or FakeModel(name), window
        self._prompts[name] = text
        if callable(self._cue.script) and not self._cue.failing:
            return self._called(self._cue.script, form, body)
        response = self._response(self._cue.take(body), form, body)
        self._settle()
        return response

    async def _called(self, function: Callable[[dict[str, Any]], Any], form: _bodies.Form, body: Any) -> Response:
        """The answer of a function: awaited where it is async, else called in a thread, one at a time."""
        try:
            if iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004
                given = await function(body)
            else:
                self._executor = self._executor or ThreadPoolExecutor(1, thread_name_prefix="fake-ollama-answers")
                given = await asyncio.get_running_loop().run_in_executor(self._executor, function, body)
            return self._response(given, form, body)
        except Exception as error:  # a bug in the test's own function: raised again at the end of the `with` block
            self._raised = self._raised or error
            return _bodies.text_response(500, f"the answer function raised {error!r}")

    def _response(self, given: Any, form: _bodies.Form, body: dict[str, Any]) -> Response:
        """What is sent for an answer of the script."""
        if isinstance(given, Named):
            if given.name == "refused":
                self._http.refuse()
            if given.name in ("out_of_memory", "load_failed", "load_timeout", "loading"):
                self._loaded.pop(form.model, None)
            if given.name == "truncated":
                form = self._narrowed(form, given.options.get("window"), body)
            text = given.options.get("text") or self._cue.spoilt(body)
            scene = Scene(self.version, form.model, text, form.prompt_tokens, given.options)
            given = FAULTS[given.name].make(scene)
        if given is None:
            return Response(0)
        if isinstance(given, Raw):
            data = given.body if isinstance(given.body, str) else json.dumps(given.body)
            return Response(given.status, (data.encode(),), given.content_type, headers=given.headers)
        if isinstance(given, Error):
            return _bodies.error_response(given, form)
        if isinstance(given, Mapping):
            return _bodies.json_response(_counted(cast("Mapping[str, Any]", given), form.prompt_tokens))
        return _bodies.answer_response(given if isinstance(given, Answer) else Answer(text_of(given)), form)

    def _narrowed(self, form: _bodies.Form, window: int | None, body: dict[str, Any]) -> _bodies.Form:
        """From here on the model's window is too small for this prompt."""
        kept = int(window or max(4, form.prompt_tokens // 2))
        self._windows[form.model] = kept
        self._loaded[form.model] = self._loaded[form.model][0], kept
        return dataclasses.replace(form, prompt_tokens=arrived(body, kept, self.version))

    def _settle(self) -> None:
        """Nothing listens while a refused connection is next in the script."""
        if self._http.running and self._cue.is_down:
            self._http.refuse()

    def _form(self, path: str, asked: _checks.Asked, text: str, tokens: int) -> _bodies.Form:
        body = asked.body
        stream = body.get("stream", asked.native) is True
        usage = bool(cast("dict[str, Any]", body.get("stream_options") or {}).get("include_usage"))
        cached = min(tokens - 1, shared(self._prompts.get(asked.name, ""), text) // _bodies.PIECE)
        logprobs = body.get("logprobs") is True
        return _bodies.Form(path, asked.name, self.version, stream, usage, logprobs, tokens, cached)

    def _remember(self, where: list[Request], request: Request) -> None:
        where.append(request)
        if self._keep is not None and len(where) > self._keep:
            del where[0]


def _counted(body: Mapping[str, Any], tokens: int) -> Mapping[str, Any]:
    """A whole body; where its prompt tokens are None they are counted."""
    given: Any = body.get("usage")
    usage = cast("Mapping[str, Any]", given if isinstance(given, Mapping) else {})
    if usage.get("prompt_tokens", 0) is not None:
        return body
    total = tokens + int(usage.get("completion_tokens") or 0)
    return {**body, "usage": {**usage, "prompt_tokens": tokens, "total_tokens": total}}


def _is_probe(body: Mapping[str, Any]) -> bool:
    """Whether a request only asks if its prompt fits: such a one takes no answer of the script."""
    given = body.get("options")
    options = cast("dict[str, Any]", given if isinstance(given, dict) else {})
    return body.get("truncate") is False and options.get("num_predict") in (0, 1)
