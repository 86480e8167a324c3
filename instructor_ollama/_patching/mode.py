"""`Mode`: how the answer is requested. Only JSON is supported; the other members exist for clear error messages."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedModeError


class _Members(enum.EnumMeta):
    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            if not name.startswith("_") and name in cls.__members__:  # how Python 3.10 finds members
                return cls.__members__[name]
            if name.startswith("_") or not name.isupper():
                raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
            raise AttributeError(f"Mode.{name} is not supported. Use Mode.JSON (the default).")


class Mode(enum.Enum, metaclass=_Members):
    """How a structured answer is requested.

    Ollama ignores `tool_choice`, so a tool call cannot be forced, but it enforces a JSON Schema during generation.
    Therefore only JSON mode is supported; the other members exist so that the error can name them.
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
    Mode.FUNCTIONS: "Ollama does not support the functions parameter",
    Mode.MD_JSON: "JSON mode also parses fenced answers",
    Mode.JSON_SCHEMA: "JSON mode already sends the JSON Schema",
}


def check_mode(mode: object) -> None:
    """Raise for every mode except JSON.

    Args:
        mode: A `Mode`, the member of another library's enum, or a string; a member counts by its value or its name.

    Raises:
        UnsupportedModeError: Any other mode; the message says what to use instead.
    """
    if mode is Mode.JSON:
        return
    meant = mode if isinstance(mode, Mode) else _meant(mode)
    if meant is Mode.JSON:
        return
    shown = mode if isinstance(mode, enum.Enum) else repr(mode)
    why = f": {_WHY[meant]}" if meant is not None else ""
    raise UnsupportedModeError(f"mode={shown} is not supported{why}. Use mode=Mode.JSON (the default).")


def _meant(mode: object) -> Mode | None:
    """The mode that another library's member, or a string, stands for."""
    spellings = (mode.value, mode.name) if isinstance(mode, enum.Enum) else (mode,)
    for spelling in spellings:
        found = _BY_SPELLING.get(spelling.lower()) if isinstance(spelling, str) else None
        if found is not None:
            return found
    return None


_BY_SPELLING = {spelling.lower(): mode for mode in Mode for spelling in (mode.name, mode.value)}
