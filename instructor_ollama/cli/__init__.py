"""The command line: one module for each command, on the public API alone."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..errors import InstructorOllamaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("demo", "doctor")
EXIT_CODES = """exit codes:
  0    success
  1    failure
  2    wrong command line
  3    the model responds, but the value is incorrect (doctor)
  130  interrupted (Ctrl-C)
  141  the output pipe was closed, as by | head
"""
FAILED, WRONG_COMMAND, INTERRUPTED, READER_GONE = 1, 2, 130, 141


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; `docs/cli.md` is what it prints."""
    version = importlib.metadata.version("instructor_ollama")
    whole = argparse.ArgumentParser(
        prog="python -m instructor_ollama",
        description="Validated Pydantic objects from Ollama, with the OpenAI client you already use.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"instructor_ollama {version}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f".{name}", __name__)
        added = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=module.EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(added)
        added.set_defaults(run=module.run)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; without one, print the help.

    Args:
        arguments: As on the command line; None takes them from there.

    Returns:
        The exit status, as `EXIT_CODES` says.
    """
    if cast("Any", sys.stdout) is None:  # closed, as with >&-
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (for the rest of the process)
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _close_output()
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        _write_anything(stream)
    whole = parser()
    given = whole.parse_args(arguments)
    if given.command is None:
        whole.print_help()
        return 0
    try:
        return int(given.run(given))
    except InstructorOllamaError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_COMMAND if isinstance(error, UsageError) else FAILED


def _write_anything(stream: Any) -> None:
    """Write each line at once, and what the stream's encoding, such as cp1252, does not have as an escape."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace", line_buffering=True)


def _close_output() -> None:
    """Prevent Python from writing to a closed pipe at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
