"""`Deadline`: the elapsed and remaining time of a call."""

from __future__ import annotations

import time

TICK = 0.02
"""Seconds by which a timer may fire early; a timeout that close to the deadline is the deadline's."""


class Deadline:
    """The clock of one call.

    Attributes:
        allowed: Seconds that the call may take; None for no bound.
        ran_out: Whether the last question was answered with "no time is left".
    """

    __slots__ = ("_started", "allowed", "ran_out")

    def __init__(self, allowed: float | None) -> None:
        self.allowed = allowed
        self.ran_out = False
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float | None:
        """Seconds until the deadline, from 0; None when there is none."""
        return None if self.allowed is None else max(0.0, self.allowed - self.seconds)

    def passes_within(self, seconds: float) -> bool:
        """Whether the deadline passes before so many seconds from now."""
        left = self.left
        self.ran_out = left is not None and left <= seconds
        return self.ran_out
