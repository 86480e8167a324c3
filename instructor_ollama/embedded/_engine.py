"""The child process of `Server`: runs llama.cpp's server until standard input is closed.

Run as a file, not imported: it may use nothing of the library. Its one line of output is the address.
"""

# pyright: basic
# ruff: noqa: T201

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Any


def main(settings: str) -> None:
    """Starts the server, says where it listens, and waits for the end of standard input.

    Args:
        settings: JSON with `model`, `name`, `context_length`, `parallel`, `threads`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this one
    xllamacpp: Any = importlib.import_module("xllamacpp")

    wanted = json.loads(settings)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = wanted["model"]
    parameters.model_alias = {wanted["name"]}
    parameters.port = 0
    parameters.n_ctx = wanted["context_length"] * wanted["parallel"]
    parameters.n_parallel = wanted["parallel"]
    parameters.cpuparams.n_threads = wanted["threads"]
    parameters.cpuparams_batch.n_threads = wanted["threads"]
    parameters.n_threads_http = wanted["parallel"] + 3
    parameters.cache_ram_mib = 0
    parameters.cors_origins = "http://127.0.0.1"  # else any web page may ask
    parameters.ui = False
    parameters.verbosity = 1  # errors, which the parent reads when the start fails
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(1)  # not at once: the engine writes its log in a thread, which the end of the process waits for
    print(json.dumps({"address": server.listening_address}), flush=True)
    sys.stdin.buffer.read()
    os._exit(0)  # its own shutdown may block forever


if __name__ == "__main__":
    main(sys.argv[1])
