"""`Mode`: how the answer is asked for. JSON works; every other member exists only to be refused by name."""

from __future__ import annotations

import enum

from .errors import UnsupportedModeError


class Mode(enum.Enum):
    """How a structured answer is asked for.

    Ollama ignores `tool_choice`, so a tool call cannot be forced there, and it holds a JSON Schema while the
    model writes: JSON mode is the one that works. The others are known so that they can be refused by name.
    """

    JSON = "json_mode"
    TOOLS = "tool_call"
    TOOLS_STRICT = "tools_strict"
    PARALLEL_TOOLS = "parallel_tool_call"
    FUNCTIONS = "function_call"
    MD_JSON = "markdown_json_mode"
    JSON_SCHEMA = "json_schema_mode"


_WHY = {
    Mode.TOOLS: "Ollama ignores tool_choice, so a tool call cannot be forced",
    Mode.TOOLS_STRICT: "Ollama ignores tool_choice and strict tools",
    Mode.PARALLEL_TOOLS: "Ollama ignores tool_choice and parallel_tool_calls; ask for response_model=list[T] instead",
    Mode.FUNCTIONS: "Ollama knows no functions parameter",
    Mode.MD_JSON: "JSON mode reads fenced answers as well",
    Mode.JSON_SCHEMA: "JSON mode sends the JSON Schema already",
}


def check_mode(mode: object) -> None:
    """Refuse every mode but JSON.

    Raises:
        UnsupportedModeError: Anything else, with what to use instead.
    """
    if mode is Mode.JSON:
        return
    if isinstance(mode, Mode):
        raise UnsupportedModeError(f"mode={mode} is not supported: {_WHY[mode]}. Use mode=Mode.JSON (the default).")
    raise UnsupportedModeError(f"mode={mode!r} is not supported: use mode=Mode.JSON (the default).")
