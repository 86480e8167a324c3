"""`Sender`: sends the next request and returns its reply, or raises the error with its verdict. Sans-IO.

A stale kept-alive connection and a refused schema are handled here without using up an attempt.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import time
from typing import TYPE_CHECKING, Any

from .._clients.adapter import ServerStep
from .._reply.reply import Reply
from .._server.faults import name_installed, verdict_of
from ..errors import ModelNotFoundError
from ..events import RequestSent, ResponseReceived, Usage
from .deadline import TICK
from .failure import AttemptFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable, Mapping

    from .._clients.adapter import Adapter, NextRequest, Step
    from .._server.fault_table import Verdict
    from ..errors import OllamaError
    from ..events import AsyncHook, Event
    from .deadline import Deadline
    from .known import Known

logger = logging.getLogger("instructor_ollama")

LISTING = 2.0
"""Timeout in seconds for listing the installed models after a model was not found."""

LEFT_OVER = 1000
"""Maximum number of stale kept-alive connections of a client, as in openai; each fails once."""


class Sender:
    """Sends the requests of one call.

    Attributes:
        number: Number of requests.
        request: The keywords of the last one; None before the first.
        completion: The last reply, unchanged.
        transients: Number of transient server errors.
    """

    __slots__ = (
        "_adapter",
        "_deadline",
        "_hooks",
        "_known",
        "_late",
        "_model",
        "_reconnected",
        "completion",
        "number",
        "request",
        "transients",
    )

    def __init__(
        self,
        adapter: Adapter,
        model: str,
        known: Known,
        deadline: Deadline,
        hooks: tuple[AsyncHook, ...],
        late: Callable[[], Exception],
    ) -> None:
        """`late` makes the error of a deadline that has passed."""
        self.number = 0
        self.request: Mapping[str, Any] | None = None
        self.completion: Any = None
        self.transients = 0
        self._adapter = adapter
        self._model = model
        self._known = known
        self._deadline = deadline
        self._hooks = hooks
        self._late = late
        self._reconnected = False

    def reply(self, request: NextRequest, type_name: str, key: Hashable) -> Generator[Step, Any, tuple[Reply, float]]:
        """The reply to a request and its duration in seconds.

        Args:
            request: The content of the request; the schema or format is removed from it if the server refuses it.
            type_name: The name of the response type, for the log.
            key: The cache key for a refused schema.

        Raises:
            AttemptFailed: A server error.
        """
        while True:
            try:
                return (yield from self._requested(request))
            except AttemptFailed as failed:
                if not self._simplify(request, failed.verdict, type_name, key):
                    self.transients += failed.verdict == "retry"
                    raise

    def _requested(self, request: NextRequest) -> Generator[Step, Any, tuple[Reply, float]]:
        request.timeout = self._deadline.left
        if request.timeout == 0.0:
            raise self._late()
        self.request = keywords = self._adapter.keywords(request)
        self.number += 1
        if self._hooks:
            yield from self.tell(RequestSent(self.number, keywords))
        started = time.monotonic()
        try:
            completion = yield from self._sent(keywords)
        except Exception as error:
            return (yield from self._failed(error, time.monotonic() - started))
        page = self._adapter.page(completion)
        if page is not None:
            raise AttemptFailed(page, verdict_of(page))
        seconds = time.monotonic() - started
        self.completion = completion
        if self._hooks:
            yield from self.tell(ResponseReceived(self.number, completion, seconds))
        return self._adapter.read(completion), seconds

    def _failed(self, error: Exception, seconds: float) -> Generator[Step, Any, tuple[Reply, float]]:
        """Convert an error: into a reply if the answer is the cause, into `AttemptFailed`, or raise it."""
        own = self._adapter.own_error(error)
        if own is error:
            raise error
        if own is not None:
            raise own from own.__cause__
        problem = self._adapter.unreadable(error)
        if problem is not None:
            return Reply("", "", None, Usage(), None, problem), seconds
        fault = self._adapter.fault(error)
        if self._deadline.passes_within(TICK) and (fault is not None or self._adapter.is_timeout(error)):
            raise self._late() from error
        if fault is None:
            raise error
        verdict = verdict_of(fault)
        if verdict == "reject":
            return Reply("", "", None, Usage(), fault, "the server aborted a repetition loop"), 0.0
        if fault.status_code is None:
            self._known.expire()
        if isinstance(fault, ModelNotFoundError):
            yield from self._name_installed(fault)
        fault.__cause__ = error
        raise AttemptFailed(fault, verdict)

    def _sent(self, keywords: dict[str, Any]) -> Generator[Step, Any, Any]:
        """Send the request; a stale kept-alive connection is replaced at once."""
        for _ in range(LEFT_OVER):
            started = time.monotonic()
            try:
                return (yield ServerStep(self._adapter.send, keywords))
            except Exception as error:
                stale = self._adapter.stale(error, time.monotonic() - started)
                if stale is None or (stale == "idle" and self._reconnected):
                    raise
                self._reconnected = True
                self._known.expire()  # the server may be a new one
        return (yield ServerStep(self._adapter.send, keywords))

    def _simplify(self, request: NextRequest, verdict: Verdict, type_name: str, key: Hashable) -> bool:
        """Remove what the server refuses from the request; False if nothing can be removed."""
        if verdict == "retry without schema" and request.schema is not None:
            logger.warning(
                "%s: the server refuses the schema of %s; the schema is no longer enforced, only validated",
                self._model,
                type_name,
            )
            self._known.note("schema", self._model, key)
            request.schema, request.logprobs = None, False
            return True
        if verdict == "retry without format" and request.constrained:
            logger.warning("%s: the server does not enforce any format; answers are only validated", self._model)
            self._known.note("format", self._model)
            request.schema, request.logprobs, request.constrained = None, False, False
            return True
        return False

    def _name_installed(self, fault: OllamaError) -> Generator[Step, Any, None]:
        """Add the installed models to the error message, if the server lists them."""
        left = self._deadline.left
        with contextlib.suppress(Exception):
            seconds = LISTING if left is None else min(LISTING, left)
            listing = yield ServerStep(self._adapter.native, "GET", "/api/tags", timeout=seconds)
            name_installed(fault, self._model, listing)

    def tell(self, event: Event) -> Generator[Step, Any, None]:
        """Call the hooks with an event."""
        for hook in self._hooks:
            yield functools.partial(hook, event)
