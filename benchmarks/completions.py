"""What an editor shows at `create(`: keywords and signature as pyright's language server gives them.

    python -m benchmarks.completions [--list]

Needs the dependency group `lint` and the extra `ollama`. Speaks the Language Server Protocol to `pyright-langserver`,
as an editor does, and prints for each client how many keywords are completed, which of openai's own are missing, and
which keywords show no docstring when they are hovered.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SOURCE = """\
from typing import Any

import ollama
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from instructor_ollama import from_openai, patch


class User(BaseModel):
    name: str


openai_client = OpenAI()
async_client = AsyncOpenAI()
patched = patch(OpenAI())
patched_async = patch(AsyncOpenAI())
ollama_client = ollama.Client()
patched_ollama = patch(ollama.Client())
instructor = from_openai(OpenAI())
value: Any = None
"""

CALLS = {
    "openai.OpenAI": "openai_client.chat.completions.create(",
    "patched, create": "patched.chat.completions.create(",
    "patched, create with response_model": "patched.chat.completions.create(response_model=User, ",
    "patched, extract": "patched.chat.completions.extract(",
    "patched, create_with_completion": "patched.chat.completions.create_with_completion(",
    "patched async, create": "patched_async.chat.completions.create(",
    "from_openai, chat.completions.create": "instructor.chat.completions.create(",
    "from_openai, create": "instructor.create(",
    "ollama.Client": "ollama_client.chat(",
    "patched ollama, chat": "patched_ollama.chat(",
    "patched ollama, extract": "patched_ollama.extract(",
    "patch(openai)": "patch(openai_client, ",
    "from_openai(openai)": "from_openai(openai_client, ",
}
BARE = {"patched ollama": "ollama.Client", "patched": "openai.OpenAI", "from_openai, ": "openai.OpenAI"}


class Server:
    """A language server over its standard input and output."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(Path(sys.executable).with_name("pyright-langserver")), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        self._numbers = itertools.count(1)
        self.request(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            workspaceFolders=[{"uri": folder.as_uri(), "name": "w"}],
            capabilities={
                "textDocument": {
                    "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
                    "hover": {"contentFormat": ["plaintext"]},
                    "signatureHelp": {"signatureInformation": {"documentationFormat": ["plaintext"]}},
                },
                "workspace": {"configuration": True, "workspaceFolders": True},
            },
        )
        self._send("initialized", {})

    def _send(self, method: str | None, params: Any, number: int | None = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0"}
        if method is None:
            message |= {"id": number, "result": params}
        else:
            message |= {"method": method, "params": params} | ({} if number is None else {"id": number})
        body = json.dumps(message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise SystemExit("pyright-langserver has ended")
        return json.loads(self._process.stdout.read(length))

    def request(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._send(method, params, number)
        while True:
            message = self._receive()
            if "method" in message and "id" in message:  # what the server asks of an editor
                items = message["params"].get("items") or [] if isinstance(message.get("params"), dict) else []
                settings = {"pythonPath": sys.executable}
                answers = [settings if one.get("section") == "python" else {} for one in items]
                self._send(None, answers if message["method"] == "workspace/configuration" else None, message["id"])
            elif message.get("id") == number:
                return message.get("result")

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._send("textDocument/didOpen", {"textDocument": document})

    def close(self) -> None:
        self.request("shutdown")
        self._send("exit", None)
        self._process.wait(10)


def keywords(server: Server, document: dict[str, str], line: int, character: int) -> list[str]:
    position = {"line": line, "character": character}
    found = server.request("textDocument/completion", textDocument=document, position=position)
    return sorted({item["label"].rstrip("=") for item in found["items"] if item["label"].endswith("=")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the keywords and the signatures as well")
    listed = parser.parse_args().list
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        seen: dict[str, list[str]] = {}
        print(f"{'call':<40}{'keywords':>9}{'documented':>12}  missing of the client's own")
        for number, (title, call) in enumerate(CALLS.items()):
            server = Server(folder)
            uri = (folder / f"call{number}.py").as_uri()
            server.open(uri, SOURCE + call + ")\n")
            line = SOURCE.count("\n")
            document = {"uri": uri}
            found = seen[title] = keywords(server, document, line, len(call))
            documented = with_docstring(server, folder, number, call, found)
            bare = next((seen[own] for start, own in BARE.items() if title.startswith(start)), [])
            print(f"{title:<40}{len(found):>9}{len(documented):>12}  {', '.join(sorted(set(bare) - set(found)))}")
            if listed:
                position = {"line": line, "character": len(call)}
                shown = server.request("textDocument/signatureHelp", textDocument=document, position=position)
                for one in shown["signatures"]:
                    print("   ", one["label"][:500])
                print("   ", ", ".join(found))
                print("    no docstring:", ", ".join(sorted(set(found) - set(documented))))
            server.close()


def with_docstring(server: Server, folder: Path, number: int, call: str, found: list[str]) -> list[str]:
    """The keywords for which an editor shows more than a type when the mouse is over them."""
    uri = (folder / f"hover{number}.py").as_uri()
    start = SOURCE.count("\n")
    server.open(uri, SOURCE + "".join(f"{call}{name}=value)\n" for name in found))
    documented = []
    for offset, name in enumerate(found):
        position = {"line": start + offset, "character": len(call) + 1}
        hover = server.request("textDocument/hover", textDocument={"uri": uri}, position=position)
        text = hover["contents"]["value"] if hover else ""
        if len(text.strip().splitlines()) > 1:
            documented.append(name)
    return documented


if __name__ == "__main__":
    main()
