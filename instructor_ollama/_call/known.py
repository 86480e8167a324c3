"""Facts about a client's server, shared by its calls; every fact expires. Pure, except for the clock.

A server can be restarted with another context window, a model can be replaced under the same name, and an upgrade can
accept a schema that was refused. A running client is not notified, so facts are dropped after some time, when a
connection is lost, and when the model's digest changes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from .token_bounds import USUAL, USUAL_ELSEWHERE, Share, most_tokens

if TYPE_CHECKING:
    from collections.abc import Hashable

WINDOW_SECONDS = 60.0
"""Seconds for which a context window is cached; reading it again is one GET of `/api/ps`."""

REFUSAL_SECONDS = 300.0
"""Seconds for which refused schemas and missing capabilities are cached."""

SAMPLES = 50
"""Number of prompts of a model from which token counts are learnt even if no decision depends on them yet."""

SPREAD = 1.5
"""Tolerance of a text's token count beyond what was learnt from texts of the same kind."""


@dataclass(slots=True)
class ModelFacts:
    """What is known about one model.

    Attributes:
        window: Its context window in tokens; None where `/api/ps` does not say.
        digest: Of its weights and parameters.
        read_at: When both were read.
        asked_at: When it was last asked for an answer; noted where the log shows that a model is loaded.
        own_system: Tokens at most of the system message of its Modelfile; None where that was not read.
        own_messages: Likewise of the messages of its Modelfile, which stand before those of a request.
        shares: Token counts seen, by kind of text; see `Share`.
        samples: How many prompts they were learnt from.
    """

    window: int | None = None
    digest: str | None = None
    read_at: float | None = None
    asked_at: float | None = None
    own_system: int | None = None
    own_messages: int = 0
    shares: dict[str, Share] = field(default_factory=dict[str, Share])
    samples: int = 0

    def is_fresh(self, since: float | None) -> bool:
        """Whether the window was read after `since`; None is the time for which it counts as known."""
        return self.read_at is not None and self.read_at >= (_now() - WINDOW_SECONDS if since is None else since)

    def note_shown(self, shown: Any) -> None:
        """Take what the model's Modelfile adds to each prompt out of what `/api/show` answered."""
        given: dict[str, Any] = cast("dict[str, Any]", shown) if isinstance(shown, dict) else {}
        messages: Any = given.get("messages")
        self.own_system = most_tokens(str(given.get("system") or ""))
        self.own_messages = most_tokens(str(messages)) if messages else 0

    def learn(self, kind: str, share: float) -> None:
        """Note the token count of a prompt that arrived whole, as a share of `most_tokens`."""
        seen = self.shares.get(kind, Share(share, share))
        self.shares[kind] = Share(min(seen.least, share), max(seen.most, share))
        self.samples += 1

    def most(self, kind: str) -> float:
        """The share of `most_tokens` that a text of this kind can have."""
        return min(1.0, self.shares[kind].most * SPREAD) if kind in self.shares else 1.0

    def usual(self, kind: str) -> Share:
        """The shares of `most_tokens` that texts of this kind have, learnt or of the tokenizers in use."""
        seen = self.shares.get(kind)
        if seen is None:
            return USUAL.get(kind, USUAL_ELSEWHERE)
        return Share(seen.least / SPREAD, min(1.0, seen.most * SPREAD))


class Known:
    """The facts about a server and its models, shared by all calls of a client."""

    def __init__(self) -> None:
        self._models: dict[str, ModelFacts] = {}
        self._until: dict[tuple[Hashable, ...], float] = {}

    def model(self, name: str) -> ModelFacts:
        """The facts about a model."""
        return self._models.setdefault(name, ModelFacts())

    def note_running(self, name: str, running: Any) -> None:
        """Take the model's row out of what `/api/ps` answered; another digest drops what was known before."""
        facts = self.model(name)
        row = _row_of(running, name)
        digest = row.get("digest")
        if facts.digest is not None and digest is not None and digest != facts.digest:
            self._until = {what: until for what, until in self._until.items() if name not in what}
            facts = self._models[name] = ModelFacts()
        window = row.get("context_length")
        facts.window = window if isinstance(window, int) and window > 0 else None
        facts.digest = digest if isinstance(digest, str) else facts.digest
        facts.read_at = _now()

    def note_loaded(self, name: str, running: Any) -> bool:
        """Whether a model is loaded, from what `/api/ps` answered; its row is noted then."""
        is_loaded = bool(_row_of(running, name))
        if is_loaded:
            self.note_running(name, running)
        return is_loaded

    def note(self, *what: Hashable) -> None:
        """Remember that something does not work, such as `("schema", model, target)`."""
        self._until[what] = _now() + REFUSAL_SECONDS

    def holds(self, *what: Hashable) -> bool:
        """Whether this was noted recently."""
        until = self._until.get(what)
        if until is None:
            return False
        if until > _now():
            return True
        del self._until[what]
        return False

    def expire(self) -> None:
        """Forget everything: the connection was lost, so the server may have been replaced."""
        self._until.clear()
        for facts in self._models.values():
            facts.read_at = None


def _row_of(running: Any, name: str) -> dict[str, Any]:
    """The row of a loaded model in what `/api/ps` answers; empty when it is not there."""
    models: Any = cast("dict[str, Any]", running).get("models") if isinstance(running, dict) else None
    for row in cast("list[Any]", models) if isinstance(models, list) else ():
        if isinstance(row, dict) and _full_name(cast("dict[str, Any]", row).get("name")) == _full_name(name):
            return cast("dict[str, Any]", row)
    return {}


def _full_name(name: Any) -> str:
    """A model's name with its tag and without the default registry, in lower case, as names are compared."""
    short = str(name).lower().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] else f"{short}:latest"


def _now() -> float:
    return time.monotonic()
