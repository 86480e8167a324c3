"""`Shape`: what the answers of a type look like from outside, so that an answer is told from what stands beside it.

Pure; made of a type's JSON Schema. Nothing is validated here: a value that fits may still be rejected by Pydantic.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from .facts import ENTRIES, FACTS, NAMES, facts_of, is_decimal
from .json_schema import alternatives, below, is_union, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Node = dict[str, Any]

ENVELOPE: Final = "result"
"""The only key of the object that is asked for where the type itself is no JSON object."""

_KINDS: Final = {"integer": "number", "dict": "object", "list": "array", "str": "string", "NoneType": "null"} | dict(
    dict.fromkeys(("int", "float"), "number"), bool="boolean"
)
_OBJECTS: Final = frozenset(("object", "any"))
_SAID_BY: Final = ({"object", "array", "null"}, {"object", "array"})
"""Kinds of which no scalar is, and of which no null is."""
MOMENTS: Final = {"date": "a date", "date-time": "a date-time", "time": "a time"}
"""Formats of a point in time, and how they are called."""
_TEXT_FORMATS: Final = (None, "binary", "password")
_LOOKED_AT: Final = 64
"""Items of a list or dict by which it is told whether it looks like the type."""


class Shape:
    """The outside of a type.

    Attributes:
        enveloped: The answer is asked for as `{"result": ...}`.
        names: The names that a top-level object of the type may have.
        kinds: JSON's names for what a value of the type may be, numbers alike; "any" where anything may come.
        text: A string of any content is a value of the type.
        choices: The strings that are values of the type, where these alone are.
        complete: Each object of the type has a field that must be there, so that a stranger does not pass for it.
        has_fields: There is an object with fields somewhere in the type.
        has_numbers: There is a number somewhere in the type.
        has_moments: There is a date, a time or both somewhere in the type.
        has_json: There is a string that holds JSON somewhere in the type.
    """

    __slots__ = (
        "_decimals",
        "_kinds",
        "_opened",
        "_root",
        "_top",
        "choices",
        "complete",
        "enveloped",
        "has_fields",
        "has_json",
        "has_moments",
        "has_numbers",
        "kinds",
        "names",
        "text",
    )

    def __init__(self, schema: Mapping[str, Any], *, enveloped: bool) -> None:
        self._root = cast("Node", schema)
        self._opened: dict[int, list[Node]] = {}
        self._kinds: dict[int, frozenset[str]] = {}
        self._decimals: set[int] = set()
        self.enveloped = enveloped
        top: Node = schema["properties"][ENVELOPE] if enveloped else self._root
        self._top = self._branches(top)
        self.kinds = frozenset(kind for node in self._top for kind in self._kinds[id(node)])
        self.names = frozenset(name for node in self._top for name in names_of(node))
        self.text = any(_is_text(node) for node in self._top)
        strings = [node for node in self._top if "string" in self._kinds[id(node)]]
        chosen = [value for node in strings for value in _values(node) if isinstance(value, str)]
        self.choices = frozenset(chosen if all(map(_values, strings)) else ())
        objects = [node for node in self._top if "object" in self._kinds[id(node)]]
        self.complete = bool(objects) and all(node.get("required") for node in objects)
        every = list(walk(self._root, contents=True))
        self.has_fields = any(node.get("properties") for node in every)
        self.has_numbers = any("number" in _kinds_of(node) for node in every)
        self.has_moments = any(facts_of(node).format in MOMENTS for node in every)
        self.has_json = any("contentSchema" in node for node in every)

    @property
    def required(self) -> list[str]:
        """The fields that must be there, where the type is one kind of object; else none."""
        return list(self._top[0].get("required", ())) if len(self._top) == 1 else []

    def fits(self, value: Any) -> bool:
        """Whether a parsed value looks like one of the type. Scalars are alike, since Pydantic converts them."""
        return self._fits(value, self._top)

    def objects(self, nodes: list[Node]) -> list[Node]:
        """Those of the schemas that describe an object."""
        return [node for node in nodes if not self._kinds[id(node)].isdisjoint(_OBJECTS)]

    def top(self) -> list[Node]:
        """The schemas of which one describes a value of the type."""
        return self._top

    def below(self, nodes: list[Node], step: str | int) -> list[Node]:
        """The schemas of what stands at a key or number of a value that `nodes` describe."""
        return self._children(nodes, step)

    def kinds_of(self, nodes: list[Node]) -> set[str]:
        """JSON's names for what a value that `nodes` describe may be."""
        return {kind for node in nodes for kind in self._kinds[id(node)]}

    def formats_of(self, nodes: list[Node]) -> set[str | None]:
        """The formats of Pydantic's own types that `nodes` describe, null apart; None for what is of no format."""
        stated = [node for node in nodes if not self._kinds[id(node)] <= {"null"}]
        return {"decimal" if id(node) in self._decimals else facts_of(node).format for node in stated}

    def contents(self, nodes: list[Node]) -> list[Node]:
        """The schemas of the JSON in a string that `nodes` describe."""
        return [
            inner for node in nodes if "contentSchema" in node for inner in self._opened_once(node["contentSchema"])
        ]

    def _fits(self, value: Any, nodes: list[Node]) -> bool:
        kinds = {kind for node in nodes for kind in self._kinds[id(node)]}
        if "any" in kinds:
            return True
        if isinstance(value, dict):
            held = cast("Node", value)
            return any(self._is_of(node, held) for node in nodes if "object" in self._kinds[id(node)])
        if isinstance(value, list):
            items = cast("list[Any]", value)
            lists = [node for node in nodes if "array" in self._kinds[id(node)]]
            if not lists:
                return False
            first = max(len(node.get("prefixItems", ())) for node in lists)
            below = self._children(lists, first)  # what is behind the positions of tuples is all of one type
            return all(self._fits_kind(one, self._children(lists, at)) for at, one in enumerate(items[:first])) and all(
                self._fits_kind(one, below) for one in items[first : first + _LOOKED_AT]
            )
        return not kinds <= _SAID_BY[value is None]

    def _is_of(self, node: Node, held: Node) -> bool:
        if is_open(node):
            return all(
                self._fits_kind(one, self._children([node], key)) for key, one in islice(held.items(), _LOOKED_AT)
            )
        return has_field(node, held) if held else _may_be_empty(node)

    def _fits_kind(self, value: Any, below: list[Node]) -> bool:
        """Whether a value inside is of the right kind; what is inside of it is not looked at."""
        kinds = {kind for node in below for kind in self._kinds[id(node)]}
        if "any" in kinds or not below:
            return True
        if isinstance(value, dict):
            held = cast("Node", value)
            return any(
                "object" in self._kinds[id(node)] and (not held or is_open(node) or has_field(node, held))
                for node in below
            )
        if isinstance(value, list):
            return "array" in kinds
        return not kinds <= _SAID_BY[value is None]

    def _children(self, nodes: list[Node], step: str | int) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            found += self._opened_once(below(node, step))
        return found

    def _opened_once(self, schema: Node | None) -> list[Node]:
        if schema is None:
            return []
        if id(schema) not in self._opened:  # it lives as long as this
            self._opened[id(schema)] = self._branches(schema)
        return self._opened[id(schema)]

    def _branches(self, node: Node) -> list[Node]:
        """The node with references followed and unions opened, each once."""
        found = alternatives([node], self._root)
        for one in found:
            self._kinds.setdefault(id(one), frozenset(_kinds_of(one)))
            if is_decimal(one):
                self._decimals |= {id(one), *map(id, one.get("anyOf", ()))}
        return [one for one in found if not is_union(one)]


def is_envelope(value: object) -> bool:
    """Whether a parsed value is the envelope and nothing else.

    >>> is_envelope({"result": 1}), is_envelope({"result": 1, "other": 2})
    (True, False)
    """
    return isinstance(value, dict) and list(cast("Node", value)) == [ENVELOPE]


def kind_of(value: object) -> str:
    """JSON's name for what a parsed value is, numbers alike.

    >>> kind_of(1.5), kind_of(None)
    ('number', 'null')
    """
    return _KINDS.get(type(value).__name__, "any")


def _values(node: Node) -> list[Any]:
    return [node["const"]] if "const" in node else list(node.get("enum", ()))


def _kinds_of(node: Node) -> set[str]:
    values = _values(node)
    if values:
        return {kind_of(value) for value in values}
    stated: Any = node.get("type", "any")
    names = cast("list[str]", stated) if isinstance(stated, list) else [cast("str", stated)]
    kinds = {_KINDS.get(name, name) for name in names}
    if ENTRIES in node:
        return kinds | {"object"}
    if FACTS in node:
        return kinds | {"string"}
    return kinds


def _is_text(node: Node) -> bool:
    """Whether a string of any content is a value of the node."""
    if "string" not in _kinds_of(node) or _values(node) or "pattern" in node or "contentMediaType" in node:
        return False
    return node.get("type") == "string" and node.get("format") in _TEXT_FORMATS


def names_of(node: Node) -> Iterator[str]:
    """The names that a field of the node may have in an answer.

    >>> list(names_of({"properties": {"age": {}}, NAMES: ["years"]}))
    ['age', 'years']
    """
    yield from node.get("properties", ())
    yield from node.get(NAMES, ())


def is_open(node: Node) -> bool:
    """Whether any key is one of the node's.

    >>> is_open({"type": "object"}), is_open({"type": "object", "properties": {"age": {}}})
    (True, False)
    """
    return ENTRIES in node or "type" not in node or not node.get("properties")


def has_field(node: Node, held: Mapping[str, Any]) -> bool:
    """Whether an object has one of the node's fields.

    >>> has_field({"type": "object", "properties": {"age": {}}}, {"age": 1})
    True
    """
    return is_open(node) or any(name in held for name in names_of(node))


def _may_be_empty(node: Node) -> bool:
    """Whether `{}` says something: no field must be there, and none has a default that could be written instead."""
    fields = cast("dict[str, Any]", node.get("properties", {})).values()
    return not node.get("required") and not any(isinstance(one, dict) and "default" in one for one in fields)
