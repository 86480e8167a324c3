"""Detects valid answers whose values differ from what the model chose or the messages state. Sans-IO.

Three things change a value without making it invalid: the server's grammar, which truncates or replaces values that do
not fit; limits in the schema, to which a model shortens a number; and a retry, in which a model changes a correct value
until it fits. The exchange decides what follows.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pydantic

from .._prompt.messages import texts_of
from .._reply.altered import alteration, shown_path
from .._reply.masking import is_secret
from .._reply.reply import parsed
from .._reply.stated import Source, Stated, changed_to_fit, is_written, shortened, stated
from ..errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._reply.reply import Reply
    from .._schema.target import Target

MOST_NUMBERS = 1000
"""Numbers of one answer that are compared with those of the messages."""


class ValueGuard:
    """The values of one call: what the caller's messages state, and what rejected answers had of it."""

    __slots__ = ("_messages", "_source", "_stated")

    def __init__(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """`messages` are the caller's own, without the schema."""
        self._messages = messages
        self._source: Source | None = None
        self._stated: list[Stated] = []

    def altered(self, reply: Reply, target: Target[Any], *, by_choice: bool) -> str | None:
        """What the grammar has altered in a valid answer, or may have; None where nothing.

        Args:
            reply: The answer, given under a grammar.
            target: The response type.
            by_choice: Whether its tokens are the model's first choices but for those that the grammar forced.
        """
        found = alteration(reply.text, reply.tokens if by_choice else (), target.restricts)
        if found is None:
            return None
        return f"{found.path}: altered" if is_secret(target) else str(found)

    def shortened(self, reply: Reply, target: Target[Any]) -> str | None:
        """A description of a number of the messages that lost digits to satisfy a limit; None if there is none."""
        texts = texts_of(self._messages)
        numbers = itertools.islice(target.limited_numbers(parsed(reply.text)), MOST_NUMBERS)
        unsaid = [one for one in numbers if not is_written(one.number, texts)]
        found = shortened(unsaid, self._texts()) if unsaid else None
        return None if found is None else f"{shown_path(found.path)}: a number from the messages, shortened"

    def note(self, error: Exception) -> bool:
        """Keep the values of a rejected answer that the messages state; whether the same came twice."""
        if not isinstance(error, pydantic.ValidationError):
            return False
        found = stated(error, self._texts())
        repeated = bool(found) and found == self._stated
        self._stated = found or self._stated
        return repeated

    def changed(self, reply: Reply, target: Target[Any]) -> AnswerError | None:
        """The error of a valid answer that changes a value, which the messages state, to fit its limits."""
        if not self._stated:
            return None
        found = changed_to_fit(target.own_value(parsed(reply.text)), self._stated, self._texts())
        if found is None:
            return None
        got = "a value that is not shown" if is_secret(target) else repr(found.value)
        return AnswerError(
            f"{shown_path(found.location)}: {found.reason}, got {got}. The messages state this value, and the model "
            "then changed it to satisfy the constraint. Widen the constraint if the value is correct."
        )

    def _texts(self) -> Source:
        if self._source is None:
            self._source = Source(texts_of(self._messages))
        return self._source
