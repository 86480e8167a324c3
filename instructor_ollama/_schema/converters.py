"""What the schema converters of Ollama's servers do with a construct of JSON Schema: one row for each difference.

Ollama compiles a JSON Schema into a grammar with code that it has replaced several times. What one converter enforces,
another one refuses, ignores, changes or crashes on; only what all of them enforce is worth sending. The encodings take
their limits from this table, `FakeOllama` what a version refuses, and `docs/ollama-behavior.md` its section on
converters. A new version of Ollama that behaves as an earlier one extends that one's range; one that differs is a new
`Converter` and a row for each difference.

Each row is shown on the servers in `converter.seen` by `tests/ollama/test_converters.py`, and on xgrammar by
`tests/mlx/test_converters.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Consequence = Literal["refused", "ignored", "changed", "crash"]
"""An error of the request, a looser grammar, a grammar of other values, or the end of the server or of its runner."""


class Converter(NamedTuple):
    """One generation of converters.

    Attributes:
        since: The first version of Ollama that has it.
        until: The last one; of the newest converter the newest version that it was observed on.
        seen: The version on which the rows were observed.
        made_of: What it is.
    """

    since: tuple[int, int, int]
    until: tuple[int, int, int]
    seen: str
    made_of: str

    @property
    def versions(self) -> str:
        """Its range of versions.

        >>> UNBOUNDED.versions
        '0.5.0 to 0.13.1'
        """
        return f"{_dotted(self.since)} to {_dotted(self.until)}"


UNBOUNDED: Final = Converter((0, 5, 0), (0, 13, 1), "0.12.6", "llama.cpp's converter in the server's own process")
BOUNDED: Final = Converter((0, 13, 2), (0, 29, 99), "0.24.0", "the same, with a bound on counts")
CHILD: Final = Converter((0, 30, 0), (0, 33, 99), "0.33.0", "that of llama-server, a child process")
REWRITTEN: Final = Converter((0, 34, 0), (0, 34, 4), "0.34.4", "llama-server's, rewritten (b11076)")
MLX: Final = Converter((0, 33, 1), (0, 34, 4), "xgrammar 0.2.7", "xgrammar, for models in MLX's format")

GGUF: Final = (UNBOUNDED, BOUNDED, CHILD, REWRITTEN)
"""The converters for models in the GGUF format, oldest first."""
CONVERTERS: Final = (*GGUF, MLX)


class Row(NamedTuple):
    """What some converters do with a construct.

    Attributes:
        construct: What a schema contains.
        converters: Which converters.
        consequence: What follows.
        example: The smallest schema that shows it.
        instead: What the library sends.
        limit: The size from which on it follows; None where any size is meant.
    """

    construct: str
    converters: tuple[Converter, ...]
    consequence: Consequence
    example: Mapping[str, Any]
    instead: str
    limit: int | None = None


def _field(**schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"]}


def _pattern(pattern: str, **more: Any) -> dict[str, Any]:
    return _field(type="string", pattern=pattern, **more)


def _array(**schema: Any) -> dict[str, Any]:
    return _field(type="array", items={"type": "null"}, **schema)


def _properties(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "null"} for name in names}, "required": list(names)}


MAX_LENGTH: Final = "`maxLength`"
MIN_LENGTH: Final = "`minLength`"
MAX_ITEMS: Final = "`maxItems` without `minItems`"
MIN_ITEMS: Final = "`minItems`"
PATTERN_COUNT: Final = "count in a pattern, `{m,n}`"
PATTERN_MOST: Final = "greatest count alone in a pattern, `{0,n}`"
UNANCHORED: Final = "pattern without `^` and `$`"
GROUP: Final = "`(?:...)` in a pattern"
LOOKAROUND: Final = "`(?=...)`, `(?!...)`, `(?<=...)` in a pattern"
ESCAPED_CLASS: Final = r"`\d`, `\w`, `\s` in a pattern"
ESCAPED_HYPHEN: Final = r"`\-` in a class of a pattern"
ESCAPED_ASTRAL: Final = r"`\U0001F600` in a pattern"
EMPTY_REPETITION: Final = "repetition of what may be empty in a pattern, `(a*)*`"
OPTIONAL_GROUP: Final = "`?` behind a group with a repetition in a pattern, `(x(ab)*)?`"
QUOTE: Final = "quotation mark or backslash in a pattern"
PATTERN_LENGTH: Final = "lengths beside a pattern"
TYPELESS: Final = "schema without a type"
EMPTY_SCHEMA: Final = "empty schema, `{}`"
BOOLEAN_SCHEMA: Final = "`true` or `false` as a schema"
UNKNOWN_TYPE: Final = "unknown type"
UNRESOLVED: Final = "`$ref` that leads nowhere"
ESCAPED_REFERENCE: Final = "`~1` or `~0` in a `$ref`"
BESIDE_REFERENCE: Final = "keywords beside `$ref`"
ALL_OF: Final = "`allOf` of anything but objects"
LONG_GRAMMAR: Final = "bytes of grammar, where they are more than four times those of the schema"
NUMBER_DIGITS: Final = "digits of a number"
WIDE_BOUND: Final = "bound of an integer"
LONE_LOWER: Final = "lower bound of an integer without an upper one"
LONE_UPPER: Final = "negative upper bound of an integer without a lower one"
NUMBER_BOUNDS: Final = "bounds of a number that is no integer"
MULTIPLE: Final = "`multipleOf`"
FORMAT: Final = "`format` other than date, time, date-time, uuid"
UNIQUE: Final = "`uniqueItems`"
TUPLE_LENGTH: Final = "`prefixItems` without `minItems`"
KEYS: Final = "`propertyNames`, `patternProperties`"
DICT_SIZE: Final = "`minProperties`, `maxProperties`"
BACKSLASH: Final = "backslash in a constant or a property's name"
NAME_REF: Final = "property with the name `$ref`"
NAME_EMPTY: Final = "property of the root with an empty name"
NAME_BRACKET: Final = "punctuation in a property's name beside `additionalProperties`"

_INTEGERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {f"p{at}": {"type": "integer", "minimum": 123456, "maximum": 987654321} for at in range(60)},
}
_COUNTS: Final = "counts that all converters enforce; without a count, where it is greater"
_ANCHORED: Final = "an anchored pattern of the whole text"
_DIRECT: Final = "the characters themselves, in a class"
_ANY: Final = "all types of JSON by name"
_QUOTED: Final = 'the pattern of its digits in quotes (`constrain="limits"`)'
_INLINE: Final = "the joined schema in its place"

TABLE: Final = (
    Row(MAX_LENGTH, (BOUNDED,), "crash", _field(type="string", maxLength=2001), _COUNTS, 2001),
    Row(MAX_LENGTH, (CHILD,), "refused", _field(type="string", maxLength=2000), _COUNTS, 2000),
    Row(MAX_LENGTH, (REWRITTEN,), "ignored", _field(type="string", maxLength=2001), _COUNTS, 2001),
    Row(MIN_LENGTH, (BOUNDED,), "crash", _field(type="string", minLength=2001), _COUNTS, 2001),
    Row(MIN_LENGTH, (CHILD,), "refused", _field(type="string", minLength=2000), _COUNTS, 2000),
    Row(MIN_LENGTH, (REWRITTEN,), "refused", _field(type="string", minLength=2001), _COUNTS, 2001),
    Row(MAX_ITEMS, (BOUNDED,), "crash", _array(maxItems=2002), _COUNTS, 2002),
    Row(MAX_ITEMS, (CHILD,), "refused", _array(maxItems=1998), _COUNTS, 1998),
    Row(MAX_ITEMS, (REWRITTEN,), "refused", _array(maxItems=1999), _COUNTS, 1999),
    Row(MIN_ITEMS, (BOUNDED,), "crash", _array(minItems=2002), _COUNTS, 2002),
    Row(MIN_ITEMS, (CHILD,), "refused", _array(minItems=2001), _COUNTS, 2001),
    Row(MIN_ITEMS, (REWRITTEN,), "refused", _array(minItems=2002), _COUNTS, 2002),
    Row(PATTERN_COUNT, (BOUNDED,), "crash", _pattern("^[ab]{2001}$"), _COUNTS, 2001),
    Row(PATTERN_COUNT, (CHILD,), "refused", _pattern("^[ab]{2000}$"), _COUNTS, 2000),
    Row(PATTERN_COUNT, (REWRITTEN,), "refused", _pattern("^[ab]{2001}$"), _COUNTS, 2001),
    Row(PATTERN_COUNT, (MLX,), "refused", _pattern("^[ab]{129}$"), "counts of at most 128 for lengths", 129),
    Row(PATTERN_MOST, (BOUNDED,), "crash", _pattern("^[0-9]{0,2001}$"), _COUNTS, 2001),
    Row(PATTERN_MOST, (CHILD, REWRITTEN), "ignored", _pattern("^[0-9]{0,2001}$"), _COUNTS, 2001),
    Row(PATTERN_MOST, (MLX,), "refused", _pattern("^[0-9]{0,129}$"), "counts of at most 128 for lengths", 129),
    Row(UNANCHORED, (UNBOUNDED, BOUNDED, CHILD), "refused", _pattern("b|c"), _ANCHORED),
    Row(UNANCHORED, (REWRITTEN,), "ignored", _pattern("b|c"), _ANCHORED),
    Row(GROUP, (UNBOUNDED, BOUNDED), "crash", _pattern("^(?:ab|cd)+$"), "a plain group"),
    Row(LOOKAROUND, (UNBOUNDED, BOUNDED), "crash", _pattern("^(?!x)[xy]{3}$"), "the rest of the pattern"),
    Row(LOOKAROUND, (CHILD, REWRITTEN, MLX), "ignored", _pattern("^(?!x)[xy]{3}$"), "the rest of the pattern"),
    Row(ESCAPED_CLASS, (UNBOUNDED, CHILD), "refused", _pattern(r"^\d{3}$"), _DIRECT),
    Row(ESCAPED_CLASS, (BOUNDED,), "crash", _pattern(r"^\d{3}$"), _DIRECT),
    Row(ESCAPED_CLASS, (REWRITTEN,), "ignored", _pattern(r"^\d{3}$"), _DIRECT),
    Row(ESCAPED_HYPHEN, (UNBOUNDED, CHILD), "refused", _pattern(r"^[a\-z]{3}$"), "the hyphen last in its class"),
    Row(ESCAPED_HYPHEN, (BOUNDED,), "crash", _pattern(r"^[a\-z]{3}$"), "the hyphen last in its class"),
    Row(ESCAPED_ASTRAL, (MLX,), "changed", _pattern(r"^[\U0001F600]{2}$"), "the character itself"),
    Row(EMPTY_REPETITION, (UNBOUNDED, BOUNDED), "crash", _pattern("^(a*)*b$"), "a repetition of at least one"),
    Row(OPTIONAL_GROUP, (MLX,), "changed", _pattern("^(x(ab)*)?c$"), "`{0,1}`"),
    Row(QUOTE, CONVERTERS, "changed", _pattern('^"x"$'), "its JSON escape"),
    Row(PATTERN_LENGTH, CONVERTERS, "ignored", _pattern("^a+$", minLength=3, maxLength=3), "counts in the pattern"),
    Row(TYPELESS, (UNBOUNDED, BOUNDED), "refused", _field(title="X"), _ANY),
    Row(EMPTY_SCHEMA, (UNBOUNDED, BOUNDED, CHILD), "changed", _field(), _ANY),
    Row(BOOLEAN_SCHEMA, GGUF, "refused", {"type": "object", "properties": {"a": True}, "required": ["a"]}, _ANY),
    Row(UNKNOWN_TYPE, CONVERTERS, "refused", _field(type="file"), _ANY),
    Row(UNRESOLVED, CONVERTERS, "refused", _field(**{"$ref": "#/$defs/nothing"}), _ANY),
    Row(
        ESCAPED_REFERENCE, CONVERTERS, "refused",
        {**_field(**{"$ref": "#/$defs/a~1b"}), "$defs": {"a/b": {"type": "null"}}}, "names of letters and digits",
    ),
    Row(
        BESIDE_REFERENCE, CONVERTERS, "ignored",
        {**_field(**{"$ref": "#/$defs/N", "minimum": 2, "maximum": 3}), "$defs": {"N": {"type": "integer"}}}, _INLINE,
    ),
    Row(ALL_OF, CONVERTERS, "changed", _field(allOf=[{"type": "integer"}, {"minimum": 5, "maximum": 6}]), _INLINE),
    Row(LONG_GRAMMAR, (UNBOUNDED,), "refused", _INTEGERS, "a `$comment` that makes the schema longer", 32 * 1024),
    Row(LONG_GRAMMAR, (BOUNDED,), "crash", _INTEGERS, "a `$comment` that makes the schema longer", 32 * 1024),
    Row(NUMBER_DIGITS, GGUF, "changed", _field(type="integer"), "digits in quotes, once an answer has 16", 17),
    Row(
        WIDE_BOUND, (UNBOUNDED,), "changed", _field(type="integer", minimum=2**31, maximum=2**31 + 9),
        "the next bound that it reads correctly", 2**31 - 1,
    ),
    Row(LONE_LOWER, GGUF, "changed", _field(type="integer", minimum=1000), "an upper bound beside it", 100),
    Row(LONE_UPPER, GGUF, "changed", _field(type="integer", maximum=-5), "a lower bound beside it"),
    Row(NUMBER_BOUNDS, GGUF, "ignored", _field(type="number", minimum=0.25, maximum=0.5), _QUOTED),
    Row(MULTIPLE, GGUF, "ignored", _field(type="integer", multipleOf=7), f"a list of the values, or {_QUOTED}"),
    Row(FORMAT, GGUF, "ignored", _field(type="string", format="ipv4"), "a pattern"),
    Row(UNIQUE, CONVERTERS, "ignored", _field(type="array", items={"enum": [1]}, minItems=2, uniqueItems=True),
        "nothing: Pydantic validates it"),
    Row(TUPLE_LENGTH, (MLX,), "ignored", _field(type="array", prefixItems=[{"type": "null"}]), "`minItems`"),
    Row(KEYS, GGUF, "ignored", _field(type="object", propertyNames={"pattern": "^x$"},
        additionalProperties={"type": "null"}), "a list of keys and values"),
    Row(DICT_SIZE, GGUF, "ignored", _field(type="object", minProperties=1, maxProperties=1,
        additionalProperties={"type": "null"}), "a list of keys and values"),
    Row(BACKSLASH, (UNBOUNDED,), "changed", _field(enum=["a\\b"]), "a pattern; any property"),
    Row(NAME_REF, (UNBOUNDED, BOUNDED, CHILD), "refused", _properties("$ref", "b"), "any property"),
    Row(NAME_EMPTY, GGUF, "changed", _properties(""), "the root as a definition"),
    Row(NAME_BRACKET, (UNBOUNDED, CHILD, REWRITTEN), "refused",
        {**_properties("a]b"), "additionalProperties": {"type": "null"}}, "any property"),
    Row(NAME_BRACKET, (BOUNDED,), "crash",
        {**_properties("a]b"), "additionalProperties": {"type": "null"}}, "any property"),
)  # fmt: skip


def limit_of(construct: str, converters: tuple[Converter, ...] = CONVERTERS) -> int:
    """The size from which on one of the converters does not enforce a construct.

    >>> limit_of(PATTERN_COUNT), limit_of(PATTERN_COUNT, GGUF)
    (129, 2000)
    """
    concerned = [row for row in TABLE if row.construct == construct and not set(row.converters).isdisjoint(converters)]
    return min(row.limit for row in concerned if row.limit is not None)


def converter_of(version: tuple[int, ...]) -> Converter:
    """The converter that a version of Ollama uses for a GGUF model; of an unknown version the nearest one.

    >>> converter_of((0, 24, 0)).seen, converter_of((0, 99, 0)).seen
    ('0.24.0', '0.34.4')
    """
    return next((one for one in GGUF if version <= one.until), GGUF[-1])


def consequence(construct: str, version: tuple[int, ...]) -> Consequence | None:
    """What the converter of a version does with a construct, whatever its size; None where it enforces it.

    >>> consequence(UNANCHORED, (0, 33, 0)), consequence(UNANCHORED, (0, 34, 4)), consequence(GROUP, (0, 33, 0))
    ('refused', 'ignored', None)
    """
    converter = converter_of(version)
    for row in TABLE:
        if row.construct == construct and converter in row.converters:
            return row.consequence
    return None


def _dotted(version: tuple[int, int, int]) -> str:
    return ".".join("x" if part == 99 else str(part) for part in version)
