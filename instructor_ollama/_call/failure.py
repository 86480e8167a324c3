"""`AttemptFailed`: how an attempt ends that has no value, with what follows. Knows nothing else of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._server.fault_table import Verdict


class AttemptFailed(Exception):  # noqa: N818 (it is no error of the library's: the error is inside)
    """An attempt has ended without a value. It never reaches the caller; its error does.

    Attributes:
        error: The error that the caller gets when the call ends here.
        verdict: What follows: "retry" sends the same request later, "reject" asks again with what is wrong, "raise"
            ends the call. "retry without schema" and "retry without format" are followed inside the attempt.
    """

    def __init__(self, error: Exception, verdict: Verdict) -> None:
        super().__init__(error)
        self.error = error
        self.verdict: Verdict = verdict
