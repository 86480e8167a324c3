"""How pytest is told of the plugin where the installed package does not tell it."""

from __future__ import annotations

from importlib.metadata import entry_points

NAME = "instructor_ollama.testing.plugin"
PLUGIN = () if any(one.value == NAME for one in entry_points(group="pytest11")) else ("-p", NAME)
