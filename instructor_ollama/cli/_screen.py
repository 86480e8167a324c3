"""Prints sections one after the other, as wide as the terminal, with rich if it is installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(slots=True)
class Section:
    """A heading with lines under it, or a table.

    Attributes:
        title: Empty for what goes on under the heading before.
        columns: The names of a table's columns; the first one is never broken or shortened.
    """

    title: str = ""
    lines: list[str] = field(default_factory=list[str])
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])


def printer() -> Callable[[Section], None]:
    """What prints a section and flushes it."""
    pretty = sys.stdout.isatty() and importlib.util.find_spec("rich") is not None
    return _Rich() if pretty else _Plain()


def padded_table(section: Section) -> list[str]:
    """The lines of a table, each column as wide as its longest cell."""
    table = [section.columns, *section.rows]
    widths = [max(len(row[at]) for row in table) for at in range(len(section.columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]


def stacked(section: Section, width: int) -> Iterator[str]:
    """The rows of a table that is too wide: the first cell on a line of its own, the others below it."""
    for row in section.rows:
        yield row[0]
        cells = (f"{name} {cell}".replace(" ", "\0") for name, cell in zip(section.columns[1:], row[1:], strict=True))
        below = textwrap.wrap("; ".join(cells), max(20, width - 4), break_long_words=False, break_on_hyphens=False)
        yield from ("    " + line.replace("\0", " ") for line in below)


class _Plain:
    """Prints plain text; a table is stacked where the screen is known to be too narrow."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, section: Section) -> None:
        if section.title:
            print(f"\n{section.title}" if self._begun else section.title)
        self._begun = True
        lines = list(section.lines)
        if section.columns:
            lines += self._table(section)
        for line in lines:
            print(f"  {line}")
        sys.stdout.flush()

    def _table(self, section: Section) -> list[str]:
        lines = [line.rstrip() for line in padded_table(section)]
        known = sys.stdout.isatty() or os.environ.get("COLUMNS")
        width = shutil.get_terminal_size().columns if known else None
        fits = width is None or max(map(len, lines)) + 2 <= width
        return lines if fits or width is None else list(stacked(section, width - 2))


class _Rich:
    """The same with rich."""

    def __init__(self) -> None:
        self._console, self._table, self._text = (
            getattr(importlib.import_module(f"rich.{module}"), name)
            for module, name in (("console", "Console"), ("table", "Table"), ("text", "Text"))
        )
        self._screen: Any = self._console(highlight=False)
        self._begun = False

    def __call__(self, section: Section) -> None:
        if section.title:
            self._screen.print(self._text(f"\n{section.title}" if self._begun else section.title, style="bold"))
        self._begun = True
        for line in section.lines:
            self._screen.print(self._text(f"  {line}"))
        if section.columns:
            self._print_table(section)
        sys.stdout.flush()

    def _print_table(self, section: Section) -> None:
        table = self._table(*section.columns)
        for row in section.rows:
            table.add_row(*map(self._text, row))
        borders = 3 * len(section.columns) + 1 - 2 * (len(section.columns) - 1)
        if max(map(len, padded_table(section))) + borders <= self._screen.width:
            self._screen.print(table)
            return
        for line in stacked(section, self._screen.width - 2):
            self._screen.print(self._text(f"  {line}"), soft_wrap=True)
