"""`AttemptFailed`: the end of an attempt without a value, with its verdict. Knows nothing else about a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._server.fault_table import Verdict


class AttemptFailed(Exception):  # noqa: N818 (internal: the error is an attribute)
    """An attempt ended without a value. Internal: the caller gets its `error`.

    Attributes:
        error: The exception for the caller if the call ends here.
        verdict: What happens next: "retry" sends the same request later, "reject" sends a retry with the validation
            errors, "raise" ends the call. "retry without schema" and "retry without format" are handled inside the
            attempt.
    """

    def __init__(self, error: Exception, verdict: Verdict) -> None:
        super().__init__(error)
        self.error = error
        self.verdict: Verdict = verdict
