"""A real HTTP server on loopback that answers `/v1/chat/completions` as the test has written it.

Replies are taken in order, the last one again and again; every request is kept, body and headers.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Union


@dataclass
class Seen:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The decoded body; a native one in the words of `/v1`, so that one table serves both kinds of client."""
        body = json.loads(self.raw)
        if self.path != "/api/chat":
            return body
        options = body.pop("options", {})
        form = body.pop("format", None)
        if form is not None:
            body["response_format"] = (
                {"type": "json_object"} if form == "json" else {"type": "json_schema", "json_schema": {"schema": form}}
            )
        if "think" in body:
            body["reasoning_effort"] = body.pop("think") or "none"
        names = {"num_predict": "max_tokens"}
        return body | {names.get(name, name): value for name, value in options.items()}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation that was sent."""
        return self.body["messages"]


@dataclass
class Raw:
    """A response that is no ordinary completion."""

    status: int = 200
    body: Any = ""
    content_type: str = "application/json"


def completion(
    content: Any,
    *,
    finish_reason: str | None = "stop",
    reasoning: str | None = None,
    prompt_tokens: int | None = None,
    completion_tokens: int = 10,
) -> dict[str, Any]:
    """A completion in Ollama's form; without `prompt_tokens` the server counts a token for each four characters."""
    message = {"role": "assistant", "content": content}
    if reasoning is not None:
        message["reasoning"] = reasoning
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "system_fingerprint": "fp_ollama",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": (prompt_tokens or 0) + completion_tokens,
        },
    }


def fault(status: int, message: str) -> Raw:
    """An error in Ollama's form."""
    return Raw(status, {"error": {"message": message, "type": "api_error", "param": None, "code": None}})


def native(body: dict[str, Any]) -> dict[str, Any]:
    """A body of `/v1` as `/api/chat` would have sent it."""
    if "error" in body:
        return {"error": body["error"]["message"] if isinstance(body["error"], dict) else body["error"]}
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return {"model": "m", "done": True}
    message = choices[0].get("message")
    usage = body.get("usage") or {}
    sent: dict[str, Any] = {
        "model": "m",
        "done": True,
        "done_reason": choices[0].get("finish_reason"),
        "prompt_eval_count": usage.get("prompt_tokens"),
        "eval_count": usage.get("completion_tokens"),
    }
    if isinstance(message, dict):
        content = message.get("content")
        sent["message"] = {"role": "assistant", "content": content if isinstance(content, str) else ""}
        if message.get("reasoning"):
            sent["message"]["thinking"] = message["reasoning"]
    return sent


Answer = Union[str, dict[str, Any], Raw, None]
"""A content, a whole completion, a raw response, or None: the connection is closed without one."""


@dataclass
class ScriptedServer:
    """`with ScriptedServer("...") as server:`; `server.base_url` ends in /v1."""

    answers: Sequence[Answer] | Callable[[dict[str, Any]], Answer] = ()
    requests: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = outer._next(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, raw))
                if answer is None:
                    self.close_connection = True
                    return
                if not isinstance(answer, Raw):
                    answer = Raw(body=answer if isinstance(answer, dict) else completion(answer))
                if isinstance(answer.body, dict) and (answer.body.get("usage") or {}).get("prompt_tokens", 0) is None:
                    count = sum(len(str(message["content"])) for message in json.loads(raw)["messages"]) // 4
                    usage = answer.body["usage"]
                    usage = {**usage, "prompt_tokens": count, "total_tokens": count + usage["completion_tokens"]}
                    answer = Raw(body={**answer.body, "usage": usage})
                if self.path == "/api/chat" and isinstance(answer.body, dict):
                    answer = Raw(answer.status, native(answer.body), answer.content_type)
                data = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
                encoded = data.encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(encoded)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the client has left
                    self.wfile.write(encoded)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def _next(self, seen: Seen) -> Answer:
        with self._lock:
            self.requests.append(seen)
            if callable(self.answers):
                return self.answers(seen.body)
            return self.answers[min(len(self.requests), len(self.answers)) - 1]

    @property
    def base_url(self) -> str:
        """Where openai's client is pointed at."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
