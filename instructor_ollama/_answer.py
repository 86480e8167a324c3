"""The text of a reply -> the JSON texts that may be its answer, best first; or that it was cut.

Knows how answers are wrapped; knows nothing of types and validates nothing (`_target`), sends nothing (`_exchange`).
Nothing is invented: no bracket, comma, colon or value is added; a cut value is not offered, nor what is inside it.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

import jiter

from ._reply_scan import BLANK, FENCE, MAX_VALUES, Scan, trimmed
from ._tolerant_json import Outcome, Reading, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MAX_OFFERED: Final = 64
"""Values of one text that are tried singly, the last. They do not overlap: together no longer than the text."""

_MAX_LEVELS: Final = 3
"""Wrappers and layers of encoding taken off one inside the other. So all candidates of a reply are together no longer
than about a dozen times the reply, whatever is in it."""

_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_ESCAPED_JSON: Final = re.compile(rf'[\[{{](?:{BLANK}|\\[nrt]){{0,80}}\\"')
_ESCAPE: Final = re.compile(r"\\([\\\"/nrt])")
_UNESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BETWEEN_ROWS: Final = re.compile(rf"[{BLANK[1:-1]},;]*")
_LABEL: Final = re.compile(
    r"[\W_]{0,4}(?:the\s+)?(?:final\s+|correct\s+)?(?:answer|result|output|value)\W{0,3}"
    r"(?:[:=]|\bis\b)[^\w+\-.$]{0,4}(?=\S)",
    re.I,
)
_BEFORE: Final = " \t\n*_`\"'\u201c"
_BEHIND: Final = _BEFORE + "\u201d.!,;"  # a point before a digit says something
_FENCE_LINE: Final = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.M)
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n")

# What wraps an answer: the keys that may hold it, and those that may stand beside them.
_WRAPPERS: Final = (
    (
        frozenset({"arguments", "parameters", "input", "args", "function"}),
        frozenset({"name", "function", "tool", "type", "id"}),
    ),
    (
        frozenset({"properties"}),
        frozenset({"$schema", "$defs", "$id", "type", "title", "description", "required", "additionalProperties"}),
    ),
)
_MAX_MEMBERS: Final = 9
_CONTAINER: Final = re.compile(r'"?\s*[\[{]')
_SEPARATOR: Final = re.compile(r"[ \t\n\r]*[,:]?[ \t\n\r]*")
_SCALAR: Final = json.JSONDecoder(parse_int=len, parse_float=len).raw_decode

# fmt: off
_SCHEMA_WORDS: Final = frozenset({
    "$schema", "$defs", "$id", "$ref", "definitions", "type", "properties", "required", "title", "description",
    "items", "prefixItems", "anyOf", "oneOf", "allOf", "enum", "const", "default", "examples", "format", "pattern",
    "additionalProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "uniqueItems", "multipleOf", "minProperties", "maxProperties", "discriminator",
    "propertyNames", "patternProperties",
})
_SCHEMA_TYPES: Final = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_NOTATION_TYPES: Final = _SCHEMA_TYPES | {
    "str", "int", "float", "bool", "none", "any", "list", "dict", "text", "date", "time", "datetime", "date-time",
    "uuid", "uri", "url", "decimal",
}
# fmt: on
_NOTATION_END: Final = re.compile(r"(?:\[\]|\?|\s*\|\s*null|\s*\|\s*none)*\Z", re.I)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A JSON text that may be the answer.

    Attributes:
        text: Complete JSON, ready for `validate_json`.
        mended: What was done to get it, such as `("fence", "prose", "single quotes")`; empty as it came.
    """

    text: str
    mended: tuple[str, ...]


def candidates(text: str, fields: Collection[str] = ()) -> Iterator[Candidate]:
    """What a reply may mean, best first: the first that validates is the answer.

    Last come first: the values that stand in the text from the last to the first, with those that say something before
    those that are empty; then all of them as the rows of one list, if the text holds nothing else; then what stands
    inside a wrapper; then, if the text holds no value at all, what is left of it as one scalar. Of that a text without
    quotes is marked `unquoted`: take it for a type that is a scalar, and from a reply that was not cut.

    Args:
        text: The reply's content as it came.
        fields: Names that the wanted type itself has: what stands under one of these is a part of an answer, not the
        answer.

    Returns:
        Lazily, at most a few hundred different ones, together no longer than about a dozen times the text. Each is JSON
        of at most 200 levels. Reading is linear in the length of the text.
    """
    whole, surrogates = _SURROGATES.subn("\ufffd", text)
    mended = ("surrogates",) if surrogates else ()
    seen: set[str] = set()
    for candidate in _offers(whole, fields, _MAX_LEVELS, mended):
        if candidate.text not in seen:
            seen.add(candidate.text)
            yield Candidate(candidate.text, tuple(dict.fromkeys(candidate.mended)))


def is_cut(text: str) -> bool:
    """Whether the text ends inside a JSON value, so that it was cut and is not merely wrong. Linear in its length."""
    scan, _ = _scan(text)
    return scan.cut is not None or (
        not scan.count and not scan.marred and _in_brackets(scan.outside()).outcome is Outcome.CUT
    )


def partial_value(text: str) -> object | None:
    """What a cut answer holds so far, else the last complete value there is; for showing, never for accepting."""
    scan, _ = _scan(_SURROGATES.sub("\ufffd", text))
    last = scan.cut or (scan.values[-1] if scan.values else None)
    beginning = last.text() if last else scan.outside()
    try:
        return cast("object", jiter.from_json(beginning.encode(), partial_mode="trailing-strings", cache_mode="none"))
    except ValueError:
        return None


def looks_like_schema(value: object, fields: Collection[str]) -> bool:
    """Whether a parsed answer is a JSON Schema, or names of types under the fields' names, instead of an instance.

    Args:
        value: The answer, parsed.
        fields: The names that the wanted type itself has at its top, aliases included.
    """
    if not isinstance(value, Mapping) or not value:
        return False
    answer = cast("Mapping[str, Any]", value)
    said = answer.keys() - set(fields)
    if said and said <= _SCHEMA_WORDS:
        properties = answer.get("properties") if "properties" in said else None
        return (
            any(word.startswith("$") for word in said)
            or (isinstance(properties, Mapping) and _all_schemas(cast("Mapping[str, Any]", properties)))
            or (len(answer) == len(said) > 1 and _is_schema(answer))
        )
    if _all_schemas(answer):
        return True
    # One word may be an honest answer, and so may any under a field that asks for a type.
    words = _words(answer)
    return words > 1 and not any(hint in name.lower() for name in answer for hint in ("type", "kind", "format"))


def _is_schema(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    schema = cast("Mapping[str, Any]", value)
    kind = schema.get("type")
    return (
        bool(schema)
        and schema.keys() <= _SCHEMA_WORDS
        and (
            (isinstance(kind, str) and kind in _SCHEMA_TYPES)
            or not schema.keys().isdisjoint(("$ref", "anyOf", "allOf", "oneOf", "enum"))
        )
    )


def _all_schemas(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(_is_schema(each) for each in value.values())


def _words(answer: Mapping[str, Any]) -> int:
    """How many names of types an answer consists of; 0 when it holds anything else."""
    count = 0
    pending: list[object] = [answer]
    while pending:
        each = pending.pop()
        if isinstance(each, Mapping):
            pending += cast("Mapping[str, object]", each).values()
        elif isinstance(each, list):
            pending += cast("list[object]", each)
        elif isinstance(each, str) and _NOTATION_END.sub("", each).lower() in _NOTATION_TYPES:
            count += 1
        else:
            return 0
    return count


def _scan(text: str) -> tuple[Scan, tuple[str, ...]]:
    """The reply read once; with a layer of backslashes taken off where there is JSON only under it."""
    scan = Scan(text)
    if scan.count or scan.cut or scan.marred or not _ESCAPED_JSON.search(text):
        return scan, ()
    return Scan(_ESCAPE.sub(lambda match: _UNESCAPED.get(match[1], match[1]), text)), ("double-encoded",)


def _offers(text: str, fields: Collection[str], levels: int, mended: tuple[str, ...]) -> Iterator[Candidate]:
    whole = trimmed(text)
    if _is_json(whole):  # as it came: whatever its strings hold is theirs
        first = Candidate(whole, mended if whole == text.strip() else (*mended, "invisible characters"))
        yield first
        yield from _contents(first, fields, levels)
        if whole[0] not in '"[{':
            yield Candidate(f'"{whole}"', (*mended, "unquoted"))
        return
    scan, layers = _scan(text)
    outside = scan.outside()
    words, fences = FENCE.subn("", outside)
    surroundings = {"think": scan.thought, "fence": fences, "prose": not _BETWEEN_ROWS.fullmatch(words)}
    if scan.count:
        mended += layers + tuple(name for name, there in surroundings.items() if there)
        yield from _values(scan, fields, levels, mended)
    elif not (scan.cut or scan.marred or layers):
        yield from _scalars(outside, fields, levels, (*mended, *(("think",) if scan.thought else ())))


def _values(scan: Scan, fields: Collection[str], levels: int, mended: tuple[str, ...]) -> Iterator[Candidate]:
    ranked = sorted(islice(reversed(scan.values), _MAX_OFFERED), key=lambda each: (each.empty, each.bare))
    for each in ranked:
        yield Candidate(each.text(), mended + each.mended())
    if 1 < scan.count <= MAX_VALUES and not (scan.cut or scan.marred or "prose" in mended):
        respelt = (name for each in scan.values for name in each.mended())
        rows = ",".join(each.text() for each in scan.values)
        yield Candidate(f"[{rows}]", (*mended, "several values", *dict.fromkeys(respelt)))
    for each in ranked:
        yield from _contents(Candidate(each.text(), mended + each.mended()), fields, levels)


def _scalars(words: str, fields: Collection[str], levels: int, mended: tuple[str, ...]) -> Iterator[Candidate]:
    """The words of a reply that holds no object and no array, as one scalar. Nothing is picked out of a sentence."""
    if _in_brackets(words).outcome is Outcome.CUT:
        return
    paragraphs = _PARAGRAPHS.split(words)
    texts = {words: mended}
    for option, name in ((_fenced(words), "fence"), (paragraphs[-1], "prose"), (paragraphs[0], "prose")):
        texts.setdefault(trimmed(option), (*mended, name))
    for option, how in list(texts.items()):
        label = _LABEL.match(option)
        bare = option[label.end() if label else 0 :].lstrip(_BEFORE).rstrip(_BEHIND)
        texts.setdefault(bare, (*how, "prose" if label else "emphasis"))
    texts.pop("", None)
    for option, how in texts.items():
        reading = _in_brackets(option)
        scalar = reading.text()[1:-1].strip()
        if (
            reading.outcome is Outcome.WHOLE
            and reading.end == len(option) + 3
            and not reading.bare
            and _is_json(scalar)
        ):
            first = Candidate(scalar, how + reading.mended())
            yield first
            yield from _contents(first, fields, levels)
    for option, how in texts.items():
        yield Candidate(json.dumps(option, ensure_ascii=False), (*how, "unquoted"))


def _fenced(words: str) -> str:
    """The lines in the last fence, closed or not; nothing when there is none."""
    marks = deque(enumerate(_FENCE_LINE.finditer(words)), maxlen=2)
    if not marks:
        return ""
    number, last = marks[-1]
    return words[last.end() :] if number % 2 == 0 else words[marks[0][1].end() : last.start()]


def _in_brackets(words: str) -> Reading:
    """Words read as the only element of a list, so that a scalar is read, respelt or found to be cut like any other."""
    return read(f"[{words}\n]", 0)


def _is_json(text: str) -> bool:
    try:
        jiter.from_json(text.encode(), cache_mode="none")
    except ValueError:
        return False
    return True


def _contents(outer: Candidate, fields: Collection[str], levels: int) -> Iterator[Candidate]:
    """What stands inside a value that is a wrapper, or JSON written into a string."""
    if not levels:
        return
    if outer.text[0] == '"':
        decoded = cast("str", json.loads(outer.text))
        for inner in _offers(decoded, fields, levels - 1, (*outer.mended, "double-encoded")):
            if inner.text[0] in "[{":
                yield inner
    elif (content := _unwrapped(outer.text, fields)) is not None:
        inner = Candidate(content, (*outer.mended, "wrapper"))
        yield inner
        yield from _contents(inner, fields, levels - 1)


def _unwrapped(text: str, fields: Collection[str]) -> str | None:
    """What a list of one, an object of one key, a tool call or an instance dressed as its schema is wrapped around."""
    members = _members(text)
    if len(members) == 1:
        ((key, content),) = members.items()
        return None if key in fields else content
    for payload, beside in _WRAPPERS:
        held = [
            key
            for key, content in members.items()
            if key in payload and key not in fields and _CONTAINER.match(content)
        ]
        if len(held) == 1 and members.keys() - held <= beside:
            return members[held[0]]
    return None


def _members(text: str) -> dict[str, str]:
    """The texts of an object's values, or of a list's under their numbers; none when there are many: no wrapper."""
    members: dict[str, str] = {}
    if text[0] not in "[{":
        return members
    pos = _past(_SEPARATOR, text, 1)
    while text[pos] not in "]}":
        key = str(len(members))
        if text[0] == "{":
            key, pos = _SCALAR(text, pos)
            pos = _past(_SEPARATOR, text, pos)
        end = read(text, pos).end if text[pos] in "[{" else _SCALAR(text, pos)[1]
        members[key] = text[pos:end]
        if len(members) > _MAX_MEMBERS:
            return {}
        pos = _past(_SEPARATOR, text, end)
    return members


def _past(what: re.Pattern[str], text: str, pos: int) -> int:
    match = what.match(text, pos)
    return match.end() if match else pos
