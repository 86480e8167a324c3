"""The command line: one module for each command, on the public API alone."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from ..errors import InstructorOllamaError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("demo", "doctor")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; `docs/cli.md` is what it prints."""
    whole = argparse.ArgumentParser(
        prog="python -m instructor_ollama",
        description="Validated Pydantic objects from Ollama, through the OpenAI client you already have.",
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f".{name}", __name__)
        added = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(added)
        added.set_defaults(run=module.run)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: As on the command line; None takes them from there.

    Returns:
        The exit status: 0 when it worked, 1 when it did not, 2 for a wrong command line.
    """
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except InstructorOllamaError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
