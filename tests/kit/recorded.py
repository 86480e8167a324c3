"""What four real Ollamas answered to 107 requests each, and the shape of such an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "corpus" / "recordings"
VERSIONS = ("0.12.6", "0.24.0", "0.33.0", "0.34.4")


class Recording(NamedTuple):
    """One exchange; `status` is None where no response came, and `body` then says why."""

    version: str
    case: str
    method: str
    path: str
    request: Any
    status: int | None
    content_type: str | None
    body: str

    @property
    def decoded(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def recordings() -> list[Recording]:
    """Every exchange with every version."""
    return [
        Recording(version, **json.loads(line))
        for version in VERSIONS
        for line in (FOLDER / f"ollama-{version}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def shape(value: Any) -> Any:
    """Keys and types, without the values; of a list the different shapes in it."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        found: list[Any] = []
        for one in map(shape, value):
            if one not in found:
                found.append(one)
        return found
    return type(value).__name__


def shape_of_body(content_type: str | None, body: str) -> Any:
    """The shape of a response: of JSON, of the different lines of a stream, or the text itself."""
    if content_type == "text/event-stream":
        events = [event.removeprefix("data: ") for event in body.split("\n\n") if event.strip()]
        return shape([event if event == "[DONE]" else json.loads(event) for event in events])
    if content_type == "application/x-ndjson":
        return shape([json.loads(line) for line in body.splitlines()])
    try:
        return shape(json.loads(body))
    except ValueError:
        return body.strip()
