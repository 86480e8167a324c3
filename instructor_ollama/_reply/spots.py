"""`Spot`: the schema information about one place in the answers of a type, computed once."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from .._schema.facts import ENTRIES, OWN
from .._schema.shape import MOMENTS, is_open, names_of

if TYPE_CHECKING:
    from .._schema.shape import Node, Shape

_SHAPES: Final = 512
_OTHER_KEYS: Final = -1
_TRUTHS: Final = ("boolean", "any")
_NUMBERS: Final = ("integer", "number")


class Spot:
    """One place in the answers of a type: the top, a field, the items of a list.

    Attributes:
        nodes: The schemas of which one describes what stands there.
        objects: Those of an object.
        names: The names that its fields may have.
        keeps_all: No key of an object is lost there: any is kept or refused, or a validator of the user's sees all.
        numeric_keys: The keys of an object are numbers.
        owned: A validator of the user's sees the value before Pydantic does.
    """

    def __init__(self, nodes: list[Node], shape: Shape, known: dict[tuple[int, ...], Spot]) -> None:
        self.nodes = nodes
        self.objects = shape.objects(nodes)
        self.names = frozenset(name for node in self.objects for name in names_of(node))
        self.keeps_all = any(is_open(node) or "additionalProperties" in node or OWN in node for node in self.objects)
        self.owned = any(OWN in node for node in nodes)
        keys = (node["items"]["properties"]["key"] for node in nodes if ENTRIES in node)
        self.numeric_keys = any(key.get("type") in _NUMBERS for key in keys)
        self._shape = shape
        self._known = known
        self._inert: bool | None = None
        self._inside: dict[str | int, Spot] = {}
        self._declared = frozenset(name for node in self.objects for name in node.get("properties", ()))
        self._positions = max((len(node.get("prefixItems", ())) for node in nodes), default=0)

    @cached_property
    def kinds(self) -> set[str]:
        """JSON's names for what may stand there, null apart."""
        return self._shape.kinds_of(self.nodes) - {"null"}

    @cached_property
    def formats(self) -> set[str | None]:
        """The formats of Pydantic's own types; None for what is of no format."""
        return self._shape.formats_of(self.nodes)

    @cached_property
    def contents(self) -> Spot | None:
        """What is in the JSON that a string holds there."""
        nodes = self._shape.contents(self.nodes)
        return self._spot(nodes) if nodes else None

    @cached_property
    def rejects_truth(self) -> bool:
        """Whether true and false are no values there, although Pydantic takes them for 1 and 0."""
        return "number" in self.kinds and not self.owned and self.kinds.isdisjoint(_TRUTHS)

    @cached_property
    def reads_text(self) -> bool:
        """Whether a text or number there is read as a moment, or a text as JSON."""
        return not self.owned and (self.contents is not None or not self.formats.isdisjoint(MOMENTS))

    @cached_property
    def watched(self) -> frozenset[str] | None:
        """The fields that have to be looked at; None where any key may be one of those."""
        others = [node for node in self.objects if is_open(node) or node.get("additionalProperties")]
        if others:
            return None
        return frozenset(name for name in self._declared if not self.at(name).is_inert())

    def is_inert(self) -> bool:
        """Whether nothing there or inside can be lost or converted, numbers beyond the range of a float apart."""
        if self._inert is None:
            self._inert = False  # meanwhile, for types that contain themselves
            self._inert = not (
                self.rejects_truth
                or self.reads_text
                or self.objects
                or "any" in self.kinds
                or ("array" in self.kinds and (self._positions > 0 or not self.at(0).is_inert()))
            )
        return self._inert

    def at(self, step: str | int) -> Spot:
        """The place at a key or an index; all keys and indices of which the type says nothing of their own are one."""
        found = self._inside.get(step)
        if found is not None:
            return found
        if isinstance(step, str):
            known: str | int = step if step in self._declared else _OTHER_KEYS
        else:
            known = min(step, self._positions)
        found = self._inside.get(known)
        if found is None:
            nodes = self._shape.below(self.objects if isinstance(step, str) else self.nodes, step)
            found = self._inside[known] = self._spot(nodes)
        return found

    def _spot(self, nodes: list[Node]) -> Spot:
        ids = tuple(map(id, nodes))
        if ids not in self._known:
            self._known[ids] = Spot(nodes, self._shape, self._known)
        return self._known[ids]


@lru_cache(maxsize=_SHAPES)
def top_of(shape: Shape) -> Spot:
    """The whole of an answer."""
    return Spot(shape.top(), shape, {})
