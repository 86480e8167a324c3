"""Renders the attempts of a call for notebooks (HTML) and rich: each answer, its errors, tokens and seconds.

Text of a model is escaped, without control characters, and of limited length.
"""

from __future__ import annotations

import html
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from . import Attempt, Usage

_HEAD, _TAIL = 1500, 500
"""Characters of an answer or a value that are shown, from its beginning and from its end."""
_LINE = 300
"""Characters of an error that are shown."""
_ATTEMPTS, _ERRORS = 10, 10
"""Attempts of a call that are shown, the newest, and errors of an attempt, the first."""

_CELL = "text-align:left;vertical-align:top;padding:4px 10px"
_PRE = "white-space:pre-wrap;overflow-wrap:anywhere;max-height:20em;overflow:auto;margin:0;font-size:90%"


class HiddenText(str):
    """A text that no display shows: what a model has written for a type that hides its values."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


@dataclass(frozen=True, slots=True)
class _Row:
    """One attempt in words."""

    title: str
    answer: str
    errors: list[str]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown of a call.

    Attributes:
        title: A line that says how it ended.
        text: The value or the message.
        attempts: One record for each answer, oldest first.
    """

    title: str
    text: str
    attempts: Sequence[Attempt]

    def as_html(self) -> str:
        """The report as HTML that needs no style sheet and takes the colors of the page."""
        shown = [
            f"<div><strong>{_escaped(self.title)}</strong>",
            f'<pre style="{_PRE};padding:4px 0">{_escaped(self.text)}</pre>',
        ]
        if self.attempts:
            heads = "".join(f'<th style="{_CELL}">{name}</th>' for name in ("attempt", "answer", "errors"))
            shown.append(f"<table><thead><tr>{heads}</tr></thead><tbody>")
            shown += (_html_row(row) for row in self._rows())
            shown.append("</tbody></table>")
        if self._left_out:
            shown.append(f"<p>{self._left_out}</p>")
        return "".join([*shown, "</div>"])

    def as_rich(self) -> Any:
        """The report for a rich console; rich is imported when it asks."""
        group, text, padding = (
            getattr(importlib.import_module(f"rich.{module}"), name)
            for module, name in (("console", "Group"), ("text", "Text"), ("padding", "Padding"))
        )
        shown = [text(_clean(self.title), style="bold"), padding(text(_clean(self.text)), (0, 0, 0, 2))]
        for row in self._rows():
            shown.append(text(row.title, style="green" if row.accepted else "red"))
            shown.append(padding(text(_clean(row.answer)), (0, 0, 0, 2)))
            shown += (padding(text(f"- {_clean(one)}", style="red"), (0, 0, 0, 2)) for one in row.errors)
        if self._left_out:
            shown.append(text(self._left_out))
        return group(*shown)

    def _rows(self) -> Iterator[_Row]:
        for attempt in self.attempts[-_ATTEMPTS:]:
            hidden = isinstance(attempt.answer, HiddenText)
            answer = repr(attempt.answer) if hidden else _bounded(attempt.answer) or "(empty)"
            errors = list(_lines_of(attempt.error, hidden=hidden))
            yield _Row(_title_of(attempt), answer, errors, attempt.error is None)

    @property
    def _left_out(self) -> str:
        count = len(self.attempts) - _ATTEMPTS
        return f"{count} earlier attempt{'s are' if count > 1 else ' is'} not shown." if count > 0 else ""


class Shown:
    """What shows itself as a report in a notebook and with rich."""

    __slots__ = ()

    def _report(self) -> Report:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self._report().as_html()

    def __rich__(self) -> Any:
        return self._report().as_rich()


def report(title: str, text: str, attempts: Sequence[Attempt], usage: Usage | None, seconds: float | None) -> Report:
    """The report of a call.

    Args:
        title: What ended it: the name of an error, or "Extraction".
        text: The value or the message.
        attempts: One record for each answer, oldest first.
        usage: Tokens over all attempts, where they are known.
        seconds: Time of the whole call, where it is known.
    """
    facts = [f"{len(attempts)} attempt{'' if len(attempts) == 1 else 's'}"]
    facts += [_tokens(usage)] if usage is not None else []
    facts += [f"{seconds:.2f} s"] if seconds is not None else []
    return Report(f"{title} ({', '.join(facts)})", _bounded(text), attempts)


def _title_of(attempt: Attempt) -> str:
    """Such as "1: rejected, stop, 120 prompt and 8 answer tokens, 0.52 s, repaired: fence"."""
    facts = ["accepted" if attempt.error is None else "rejected"]
    facts += [_clean(attempt.finish_reason)] if attempt.finish_reason else []
    facts += [_tokens(attempt.usage), f"{attempt.seconds:.2f} s"]
    facts += [f"repaired: {' and '.join(attempt.repairs)}"] if attempt.repairs else []
    return f"{attempt.number}: {', '.join(facts)}"


def _tokens(usage: Usage) -> str:
    return f"{usage.prompt_tokens} prompt and {usage.completion_tokens} answer tokens"


def _lines_of(error: Exception | None, *, hidden: bool) -> Iterator[str]:
    """What is wrong with an answer, a line for each of the first errors."""
    found: Any = getattr(error, "errors", None)
    if error is None:
        return
    if not callable(found):
        yield _short(str(error))
        return
    lines: Any = found(include_url=False, include_context=False)
    for one in lines[:_ERRORS]:
        path = ".".join(map(str, one["loc"]))
        got = "" if hidden or one["type"] == "missing" else f", got {_short(_repr(one['input']), _LINE // 3)}"
        yield _short(f"{path}: {one['msg']}" if path else one["msg"]) + got
    if len(lines) > _ERRORS:
        yield f"and {len(lines) - _ERRORS} more"


def _html_row(row: _Row) -> str:
    errors = "".join(f"<li>{_escaped(one)}</li>" for one in row.errors)
    listed = f'<ul style="margin:0;padding-left:1.2em">{errors}</ul>' if errors else ""
    title = _escaped(row.title).replace(", ", "<br>")
    return (
        f'<tr><td style="{_CELL};white-space:nowrap">{title}</td>'
        f'<td style="{_CELL}"><pre style="{_PRE}">{_escaped(row.answer)}</pre></td>'
        f'<td style="{_CELL}">{listed}</td></tr>'
    )


def _escaped(text: str) -> str:
    return html.escape(_clean(text))


def _clean(text: str) -> str:
    """The text with control characters, such as those that move a terminal's cursor, as escapes."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text)


def _bounded(text: str) -> str:
    if len(text) <= _HEAD + _TAIL:
        return text
    return f"{text[:_HEAD]}\n... {len(text) - _HEAD - _TAIL} characters are not shown ...\n{text[-_TAIL:]}"


def _short(text: str, most: int = _LINE) -> str:
    return text if len(text) <= most else f"{text[: most - 4]} ..."


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # an object whose own code raises
        return object.__repr__(value)
