"""How many messy answers become the right value in one request, here and in instructor where it is installed.

    python benchmarks/salvage.py [--list]

Both stand on the same openai client, which talks to a server on this machine that gives each answer of
`tests/messy_answers.py` word for word. An answer counts when the value is right and nothing was asked again.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openai

from instructor_ollama import patch

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from messy_answers import ANN, MESSY, Messy, User

Ask = Callable[..., Any]

CLEAN = Messy("clean", '{"name": "Ann", "age": 31}', User, ANN)


class Server(ThreadingHTTPServer):
    """Answers every request with `text` and counts them."""

    text = ""
    requests = 0


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        message = {"role": "assistant", "content": self.server.text}
        body = json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 0,
                "model": "m",
                "system_fingerprint": "fp_ollama",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def client(server: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{server.server_port}/v1", api_key="ollama", max_retries=0)


def libraries(server: Server) -> dict[str, Ask]:
    """The `create` of each library, set to give up after its first request."""
    ours: Any = patch(client(server)).chat.completions.create
    found: dict[str, Ask] = {"instructor_ollama": lambda **request: ours(max_retries=0, **request)}
    if find_spec("instructor"):
        import instructor

        logging.disable()  # it logs each failure

        for mode in (instructor.Mode.JSON, instructor.Mode.MD_JSON, instructor.Mode.JSON_SCHEMA):
            theirs: Any = instructor.from_openai(client(server), mode=mode).chat.completions.create
            found[f"instructor, {mode.name}"] = lambda _ask=theirs, **request: _ask(max_retries=0, **request)
    return found


def salvaged(ask: Ask, server: Server, messy: Messy) -> bool:
    server.text, server.requests = messy.text, 0
    try:
        value = ask(model="m", messages=[{"role": "user", "content": "Go."}], response_model=messy.type)
    except Exception:  # whatever a library raises, it has not salvaged the answer
        return False
    if messy.type is not type(value) and isinstance(messy.type, type) and not isinstance(value, messy.type):
        value = getattr(value, "content", value)
    return (
        server.requests == 1
        and type(value).__name__ == type(messy.value).__name__
        and as_json(value) == as_json(messy.value)
    )


def as_json(value: Any) -> str:
    """A value in a form in which a subclass that a library has made of the user's class counts as equal."""
    return json.dumps(
        value, default=lambda each: each.model_dump(mode="json") if hasattr(each, "model_dump") else each.value
    )


def main() -> None:
    with serving() as server:
        for name, ask in libraries(server).items():
            if not salvaged(ask, server, CLEAN):
                sys.exit(f"{name} does not read a clean answer: the comparison is worth nothing")
            missed = [messy.name for messy in MESSY if not salvaged(ask, server, messy)]
            print(f"{name:24}{len(MESSY) - len(missed):4} of {len(MESSY)}")
            if missed and "--list" in sys.argv:
                print("    not salvaged: " + ", ".join(missed))


if __name__ == "__main__":
    main()
