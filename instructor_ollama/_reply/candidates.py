"""Selects the JSON text of the answer in a reply by its structure, or reports why there is none.

Knows how answers are wrapped and what the answers of a type look like (`Shape`); validates nothing and sends nothing.
Nothing is invented: brackets, commas, colons and values are never added, and a truncated value is not used, nor a value
inside it or before it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import jiter

from .._schema.shape import ENVELOPE, is_envelope, kind_of
from .changes import change
from .echo import SCHEMA_WORDS, is_echo
from .escapes import are_ambiguous
from .json_text import members, parsed_once
from .objects import loss
from .place import NEAR, place_of
from .plain_text import spoken
from .scan import BLANK, FENCE, MAX_VALUES, Scan, readable, trimmed
from .tolerant_json import Outcome, read
from .words import scalar_in

if TYPE_CHECKING:
    from .._schema.shape import Shape
    from .place import Place

Problem = Literal["", "truncated", "broken", "none", "fields", "kind", "twice", "echo", "escapes", "name", "changed"]

_MOST_VALUES: Final = 64
"""Maximum number of values of one text that are examined, the last ones. They do not overlap."""
_MOST_LEVELS: Final = 6
"""Maximum number of nested wrappers and encodings that are removed."""

_ESCAPED_JSON: Final = re.compile(rf'[\[{{](?:{BLANK}|\\[nrt]){{0,80}}\\"')
_ESCAPE: Final = re.compile(r"\\([\\\"/nrt])")
_UNESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BETWEEN: Final = re.compile(rf"[{BLANK[1:-1]},;]*")
# Wrappers of an answer: the keys that may contain it, and the keys that may be next to them.
_WRAPPERS: Final = (
    (
        frozenset({"arguments", "parameters", "input", "args", "function"}),
        frozenset({"name", "function", "tool", "type", "id", "index"}),
    ),
    (frozenset({"properties"}), SCHEMA_WORDS),
)
_NO_WRAPPERS: Final = frozenset(
    {"error", "errors", "exception", "failure", "detail", "details", "example", "examples", "schema", "$defs"}
    | {"status_code", "error_code", "statusCode", "errorCode"}
)
"""Keys whose value is not an answer."""
_NO_SCALARS: Final = frozenset({"object", "null"})
_OF_TEXT: Final = frozenset(
    {"answer", "content", "output", "reply", "response", "result", "str", "string", "text", "value"}
)
"""Keys that may contain an answer that is any text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer selected from a reply, or its problem.

    Attributes:
        text: Complete JSON for `validate_json`; empty if there is a problem.
        repairs: Changes to the text, such as `("fence", "prose", "single quotes")`; empty if there were none.
        problem: Why the answer is rejected without validation. "fields": an object has none of the fields that are
        asked for; "kind":
            it is of another kind than the type; "twice": a key occurs twice; "echo": it repeats the schema; "escapes":
            backslashes in it are written singly; "name": a field is misspelt;
            "changed": Pydantic would make another value of it.
        value: The parsed value with the problem.
        path: The path to the problem in the value.
        detail: The correct name of the misspelt field, or the expected value.
    """

    text: str = ""
    repairs: tuple[str, ...] = ()
    problem: Problem = ""
    value: Any = None
    path: tuple[str | int, ...] = ()
    detail: str = ""


_NONE: Final = Answer(problem="none")


def answer_of(text: str, shape: Shape, *, truncated: bool = False) -> Answer:
    """The answer in a reply.

    A reply that is JSON is the answer, or contains it in a wrapper. Otherwise the last value that looks like the type
    is the answer; a value in brackets without quotes only counts alone or in a fence. Otherwise, for a scalar type, the
    words of the reply. If the last value is truncated or cannot be parsed, there is no answer.

    Args:
        text: The content of the reply.
        shape: The shape of the response type.
        truncated: Whether a limit truncated the reply.

    Returns:
        One answer or one problem, in time linear in the length of the text.
    """
    whole = readable(text)
    return _Reader(shape, truncated=truncated).read(whole, () if whole == text else ("surrogates",))


def is_truncated(text: str) -> bool:
    """Whether the text ends inside a JSON value: truncated, not merely invalid. Linear in its length."""
    scan, _ = _scan(text)
    return scan.truncated is not None or (
        not scan.count and not scan.marred and read(f"[{scan.outside()}\n]", 0).outcome is Outcome.TRUNCATED
    )


def partial_value(text: str) -> object | None:
    """The parsed part of a truncated answer, else the last complete value; only for error messages."""
    scan, _ = _scan(readable(text))
    last = scan.truncated or (scan.values[-1] if scan.values else None)
    beginning = last.text() if last else scan.outside()
    try:
        return cast("object", jiter.from_json(beginning.encode(), partial_mode="trailing-strings", cache_mode="none"))
    except ValueError:
        return None


class _Reader:
    """Reads one reply for one shape."""

    def __init__(self, shape: Shape, *, truncated: bool) -> None:
        self.shape = shape
        self.truncated = truncated

    def read(self, text: str, repairs: tuple[str, ...], levels: int = _MOST_LEVELS) -> Answer:
        whole = trimmed(text)
        value, twice = parsed_once(whole)
        if value is None and not twice and whole != "null":
            return self.in_text(text, repairs, levels)
        if whole != text.strip():
            repairs = (*repairs, "invisible characters")
        return self.in_json(whole, value, repairs, levels, twice=twice)

    def in_json(self, whole: str, value: Any, repairs: tuple[str, ...], levels: int, *, twice: bool) -> Answer:
        """Select the answer from a reply that is JSON and nothing else."""
        if not isinstance(value, (dict, list, str)) and self.is_of_string(value, whole):
            return Answer(json.dumps(whole, ensure_ascii=False), (*repairs, "unquoted"))
        settled = self.settled(whole, value, repairs, levels)
        if settled is None:
            settled = self.misfit(whole, value, repairs)
        return self.checked(settled, twice=twice)

    def is_of_string(self, value: Any, whole: str) -> bool:
        """Whether a number or literal is a string that came without quotes."""
        if value is None or kind_of(value) in self.shape.kinds or "any" in self.shape.kinds:
            return False
        return self.shape.text or whole in self.shape.choices

    def misfit(self, whole: str, value: Any, repairs: tuple[str, ...]) -> Answer:
        """Handle JSON of which no part looks like the type: report the type's own errors if possible."""
        kinds = self.shape.kinds
        if isinstance(value, dict):
            if ENVELOPE in value and self.shape.enveloped:
                return Answer(whole, repairs)
            if "object" in kinds:
                return Answer(whole, repairs) if not self.shape.names else _problem("fields", value)
            return _problem("kind", value)
        if isinstance(value, list):
            return Answer(whole, repairs) if "array" in kinds else _problem("kind", value)
        return _problem("kind", value) if kinds <= _NO_SCALARS else Answer(whole, repairs)

    def checked(self, answer: Answer, *, twice: bool = False) -> Answer:
        """The answer, or its problem: an echo, a lost value, or a duplicate key."""
        if answer.problem:
            return answer
        value = parsed_once(answer.text)[0] if answer.value is None else answer.value
        own: Any = value[ENVELOPE] if self.shape.enveloped and is_envelope(value) else value
        if is_echo(own, self.shape):
            return _problem("echo", own)
        if are_ambiguous(answer.text):
            return _problem("escapes", own)
        lost = loss(own, self.shape)
        if lost is not None:
            return Answer(problem=lost.problem, value=own, path=lost.path, detail=lost.name)
        changed = change(own, answer.text, self.shape)
        if changed is not None:
            return Answer(problem="changed", value=own, path=changed.path, detail=changed.message)
        if twice and parsed_once(answer.text)[1]:
            return _problem("twice", own)
        return answer

    def settled(self, text: str, value: Any, repairs: tuple[str, ...], levels: int) -> Answer | None:
        """The value itself if it looks like the type, else the value that it wraps."""
        shape = self.shape
        if isinstance(value, dict) and shape.enveloped and ENVELOPE in value:
            held = cast("dict[str, Any]", value)
            if shape.fits(held[ENVELOPE]) and (len(held) == 1 or held[ENVELOPE] is not None):
                if len(held) == 1:
                    return Answer(text, repairs, value=held)
                return Answer(members(text)[ENVELOPE], (*repairs, "wrapper"), value=held[ENVELOPE])
        if not levels:
            return None
        if isinstance(value, dict):
            wrapped = self.payload(cast("dict[str, Any]", value))
            if wrapped is not None:
                return self.inside(text, wrapped, value[wrapped], repairs, levels)
        if shape.fits(value):
            return Answer(text, repairs, value=value)
        if isinstance(value, str) and not shape.text:
            return self.decoded(value, repairs, levels)
        if isinstance(value, dict) and len(cast("dict[str, Any]", value)) == 1:
            ((key, content),) = cast("dict[str, Any]", value).items()
            if key in _NO_WRAPPERS or (shape.text and not isinstance(content, dict) and key not in _OF_TEXT):
                return None
            return self.inside(text, key, content, repairs, levels)
        if isinstance(value, list) and len(cast("list[Any]", value)) == 1 and "array" not in shape.kinds:
            content = cast("list[Any]", value)[0]
            return self.inside(text, "0", content, repairs, levels) if isinstance(content, (dict, list)) else None
        return None

    def payload(self, value: dict[str, Any]) -> str | None:
        """The key of the answer, if the value is a tool call or an instance in the form of its schema."""
        if not self.shape.names and "object" in self.shape.kinds:
            return None
        for keys, beside in _WRAPPERS:
            held = [
                key
                for key, content in value.items()
                if key in keys
                and key not in self.shape.names
                and (isinstance(content, (dict, list)) or (isinstance(content, str) and content.lstrip()[:1] == "{"))
            ]
            if len(held) == 1 and value.keys() - held <= beside:
                return held[0]
        return None

    def inside(self, text: str, key: str, content: Any, repairs: tuple[str, ...], levels: int) -> Answer | None:
        found = self.settled(members(text)[key], content, (*repairs, "wrapper"), levels - 1)
        if found is None and isinstance(content, str):
            return self.decoded(content, (*repairs, "wrapper"), levels - 1)
        return found

    def decoded(self, content: str, repairs: tuple[str, ...], levels: int) -> Answer | None:
        """JSON that was written into a string."""
        if levels <= 0 or content.lstrip()[:1] not in ("{", "[", '"'):
            return None
        inner = trimmed(content)
        value, twice = parsed_once(inner)
        if twice or (value is None and inner != "null"):
            found = self.in_text(content, (*repairs, "double-encoded"), levels - 1)
            return None if found.problem else found
        return self.settled(inner, value, (*repairs, "double-encoded"), levels - 1)

    def in_text(self, text: str, repairs: tuple[str, ...], levels: int) -> Answer:
        """A reply that is not JSON as it stands."""
        scan, layers = _scan(text)
        outside = scan.outside()
        words, fences = FENCE.subn("", outside)
        around = {"think": scan.thought, "fence": bool(fences), "prose": not _BETWEEN.fullmatch(words)}
        named = repairs + layers + tuple(name for name, there in around.items() if there)
        if scan.truncated and not scan.repeats:
            return Answer(problem="truncated")
        if scan.fails_last:
            return Answer(problem="broken")
        found = self.among(scan, named, levels, alone=not around["prose"])
        if found is not None:
            return self.checked(found, twice=True)
        evident = any(each.evident for each in scan.values)
        if layers or scan.marred or (evident and not around["prose"]):
            return self.stranger(scan) if scan.count else Answer(problem="broken")
        if self.shape.kinds <= {"object", "array"}:
            return self.stranger(scan) if evident else _NONE
        said = None if scan.truncated else spoken(text)
        if said is None or self.truncated or (self.shape.text and _begins_envelope(scan)):
            return _NONE
        scalar = scalar_in(said, self.shape)
        if scalar is None:
            return _NONE
        if change(parsed_once(scalar[0])[0], scalar[0], self.shape) is not None:
            return _NONE
        return Answer(scalar[0], (*repairs, *(("think",) if scan.thought else ()), *scalar[1]))

    def stranger(self, scan: Scan) -> Answer:
        """The problem of a reply whose values have another type; the last one is reported."""
        for each in reversed(scan.values):
            if each.evident:
                value, _ = parsed_once(each.text())
                if self.shape.fits(value):  # in a sentence, where it is no answer
                    return _NONE
                if isinstance(value, dict):
                    return _problem("fields" if "object" in self.shape.kinds else "kind", value)
                return _problem("kind", value) if value is not None else _NONE
        return _NONE

    def among(self, scan: Scan, repairs: tuple[str, ...], levels: int, *, alone: bool) -> Answer | None:
        """The last value of a text that looks like the type; then all of them as the rows of a list."""
        if scan.announces:
            return None
        for each in islice(reversed(scan.values), _MOST_VALUES):
            place = place_of(scan, each, alone=alone, truncated=self.truncated)
            if place is None:
                continue
            text = each.text()
            found = self.settled(text, parsed_once(text)[0], repairs + each.repairs(), levels)
            if found is not None and self.is_said(found, place):
                return found
        if 1 < scan.count <= MAX_VALUES and alone and not (scan.truncated or scan.marred or self.truncated):
            return self.rows(scan, repairs)
        return None

    def is_said(self, found: Answer, place: Place) -> bool:
        """Whether a value that looks like the type is the answer at its position."""
        if place == "alone":
            return True
        if place == "block":
            return kind_of(found.value) in ("object", "array")
        if self.shape.enveloped and is_envelope(found.value):
            return not self.shape.text
        return kind_of(found.value) == "object" and self.shape.complete

    def rows(self, scan: Scan, repairs: tuple[str, ...]) -> Answer | None:
        texts = [each.text() for each in scan.values]
        text = f"[{','.join(texts)}]"
        value, _ = parsed_once(text)
        if "array" not in self.shape.kinds or not all(each.evident for each in scan.values):
            return None
        if not self.shape.fits(value):
            return None
        more = (name for each in scan.values for name in each.repairs())
        return Answer(text, (*repairs, "several values", *dict.fromkeys(more)), value=value)


def _problem(problem: Problem, value: Any, path: tuple[str | int, ...] = ()) -> Answer:
    return Answer(problem=problem, value=value, path=path)


def _scan(text: str) -> tuple[Scan, tuple[str, ...]]:
    """The scan of a reply; a layer of backslashes is removed if there is JSON only below it."""
    scan = Scan(text)
    if scan.count or scan.truncated or scan.marred or not _ESCAPED_JSON.search(text):
        return scan, ()
    return Scan(_ESCAPE.sub(lambda match: _UNESCAPED.get(match[1], match[1]), text)), ("double-encoded",)


def _begins_envelope(scan: Scan) -> bool:
    """Whether the envelope stands in the text, so that the text is not the answer."""
    return any(each.evident and ENVELOPE in each.text()[:NEAR] for each in islice(reversed(scan.values), _MOST_VALUES))
