"""`Server`: llama.cpp's HTTP server in a child process.

A child process, because the engine reports start errors only on standard error, because a grammar that crashes it must
not crash the program, and because the engine cannot be stopped twice in one process.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING, cast

from ..errors import EmbeddedEngineError
from ._demo import DEMO_CONTEXT_LENGTH, DEMO_MODEL

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

CONTEXT_LENGTH = 4096
"""Tokens of the context window when the caller gives none: what Ollama takes on a small machine."""
STOP_LIMIT = 5.0
"""Seconds the engine has to end by itself."""

_ENGINE = pathlib.Path(__file__).with_name("_engine.py")
_REASON = re.compile(r"^[\d.]+ E +(?:\S+ +)?\S+: (.+)$", re.MULTILINE)


class Server:
    """llama.cpp's server on a free loopback port; the demo model when no file is given.

    Use it as a context manager, or call `start` and `stop`. It can be started again after it was stopped.

    Args:
        model: A GGUF file of a model with a chat template.
        context_length: Tokens of the window of each request, at least 16; 4096 when not given, 2048 for the demo model.
        parallel: Requests that are answered at the same time, at least 1; further ones wait.
        threads: Processor threads, at least 1; half of the machine's when not given, one for the demo model.
        start_timeout: Seconds that loading the model may take.

    Attributes:
        model: The model's name for requests: the file's name without its ending.
        path: The GGUF file.

    Raises:
        ValueError: A figure is out of bounds.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        context_length: int | None = None,
        parallel: int = 1,
        threads: int | None = None,
        start_timeout: float = 60.0,
    ) -> None:
        self.path = DEMO_MODEL if model is None else pathlib.Path(model)
        self.model = self.path.stem
        demo = self.path == DEMO_MODEL
        self._context_length = context_length or (DEMO_CONTEXT_LENGTH if demo else CONTEXT_LENGTH)
        self._threads = threads or (1 if demo else max(1, (os.cpu_count() or 1) // 2))
        self._parallel = parallel
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[str] | None = None
        self._address = ""
        if self._context_length < 16 or self._threads < 1 or parallel < 1 or start_timeout <= 0:
            raise ValueError("at least: context_length 16, parallel 1, threads 1; start_timeout must be above 0")

    @property
    def host(self) -> str:
        """The server's address, such as "http://127.0.0.1:40123".

        Raises:
            EmbeddedEngineError: The server is not running.
        """
        if self._process is None:
            raise EmbeddedEngineError("the embedded engine is not running; use `with embedded.Server() as server:`")
        return self._address

    @property
    def base_url(self) -> str:
        """The address for an openai client: `host` and `/v1`.

        Raises:
            EmbeddedEngineError: The server is not running.
        """
        return f"{self.host}/v1"

    def start(self) -> None:
        """Loads the model and begins to listen; nothing when it already does.

        Raises:
            EmbeddedEngineError: `xllamacpp` is missing, the file is no GGUF, or llama.cpp refuses it.
        """
        if self._process is not None:
            return
        _check_extra()
        _check_file(self.path)
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            process = self._launch(log)
            late = threading.Event()

            def give_up() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(self._start_timeout, give_up)
            timer.start()
            line = ""
            try:
                line = cast("IO[str]", process.stdout).readline()
            finally:
                timer.cancel()
                timer.join()
                started = bool(line) and not late.is_set()
                if not started:
                    _end(process)
            if not started:
                log.seek(0)
                raise EmbeddedEngineError(_why(self.path, log.read(), process.returncode, late=late.is_set()))
        self._address = str(json.loads(line)["address"])
        self._process = process

    def stop(self) -> None:
        """Ends the engine and every request in it; nothing when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<embedded.Server {self.model} {self._address if self._process else 'stopped'}>"

    def _launch(self, log: IO[str]) -> subprocess.Popen[str]:
        settings = {
            "model": str(self.path.resolve()),
            "name": self.model,
            "context_length": self._context_length,
            "parallel": self._parallel,
            "threads": self._threads,
        }
        paths = [path for path in sys.path if path]
        return subprocess.Popen(  # noqa: S603 (our own interpreter, our own file)
            [sys.executable, str(_ENGINE), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )


def _check_extra() -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise EmbeddedEngineError(
            "the embedded engine needs the package xllamacpp: pip install 'instructor_ollama[embedded]'"
        )


def _check_file(path: pathlib.Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise EmbeddedEngineError(f"cannot read the model file {str(path)!r}: {error.strerror or error}") from error
    if magic != b"GGUF":
        raise EmbeddedEngineError(
            f"{str(path)!r} is not a GGUF file: it begins with {magic!r}. llama.cpp only supports this format."
        )


def _why(path: pathlib.Path, log: str, code: int | None, *, late: bool) -> str:
    if late:
        return (
            f"llama.cpp did not load {str(path)!r} in time; a large model may need a larger start_timeout (in seconds)"
        )
    reasons = list(dict.fromkeys(_REASON.findall(log))) or log.strip().splitlines()[-3:]
    reason = "; ".join(reasons[:4]) or f"it exited with code {code} without a message"
    return f"llama.cpp cannot start with {str(path)!r}: {reason}"


def _end(process: subprocess.Popen[str]) -> None:
    """Asks the child to go by closing its standard input; kills it when it stays."""
    try:
        process.communicate(timeout=STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
