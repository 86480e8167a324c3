"""What Pydantic knows of a value and JSON Schema does not say: one `Facts` under one key, and the marks beside it.

They are keys of Pydantic's JSON Schema that only this library reads; nothing of them is sent to a server.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS: Final = "x-wire"
"""On a value: its `Facts`."""
KEYS: Final = "x-wire-keys"
"""On a dict: the schema of its keys, where Pydantic's schema does not say it."""
ENTRIES: Final = "x-wire-entries"
"""On a list: it stands for a dict, as a list of `{"key": ..., "value": ...}`."""
MEMBERS: Final = "x-wire-members"
"""On an integer: of which numbers it is a sum, for the description, which Pydantic sets last."""
FINITE: Final = "x-wire-finite"
"""On a number: an exponent must not make it infinite."""
ABSENT: Final = "x-wire-absent"
"""On a property: a dump may be without it."""
NAMES: Final = "x-wire-names"
"""On an object: names under which Pydantic accepts a field beside those in `properties`."""
OWN: Final = "x-wire-own"
"""On an object or a value: a validator of the user's sees it before Pydantic does."""
EMPTY: Final = "x-wire-empty"
"""On a property: its default is made by a factory of empty containers."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The format of a value and what limits it. What is not known is None, or false.

    Attributes:
        format: A row of the format table (`patterns.formats`).
        stated: The format that Pydantic's own schema states. A type may state another one over it (`Base64Bytes` does
            over `bytes`); the facts do not apply then.
        ge, gt, le, lt, multiple_of: Bounds, by Pydantic's names: digits, dates and times as text, durations in seconds.
        max_digits, decimal_places: Of a decimal.
        now: A bound moves with the clock ("in the past").
        instants: The bounds are moments in time and not what a clock shows.
        allow_inf_nan: Infinity and NaN are values.
        tz: "aware" or "naive".
        host_required: A URL must name a host.
        schemes: What a URL may begin with; empty for any.
    """

    format: str | None
    stated: str | None = None
    ge: Any = None
    gt: Any = None
    le: Any = None
    lt: Any = None
    multiple_of: str | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    now: bool = False
    instants: bool = False
    allow_inf_nan: bool | None = None
    tz: str | None = None
    host_required: bool = False
    schemes: tuple[str, ...] = ()

    def limits(self) -> dict[str, Any]:
        """What limits the value, as opposed to how it is written.

        >>> Facts("decimal", "decimal", ge="0", decimal_places=2).limits()
        {'ge': '0', 'decimal_places': 2}
        """
        known = {name: getattr(self, name) for name in _LIMITS}
        return {name: value for name, value in known.items() if value is not None and value is not False}

    def without_limits(self) -> Facts:
        """How the value is written, whatever limits it.

        >>> Facts("date", "date", le="2024-12-31").without_limits() == Facts("date", "date")
        True
        """
        return replace(self, **{name: _DEFAULTS[name] for name in _LIMITS})


_LIMITS: Final = (
    *("ge", "gt", "le", "lt", "multiple_of", "max_digits", "decimal_places"),
    *("now", "instants"),
)
_DEFAULTS: Final[dict[str, Any]] = {one.name: one.default for one in fields(Facts)}
NOTHING: Final = Facts(None)
"""Of a value of which no more is known than its JSON Schema says."""


def facts_of(node: Mapping[str, Any]) -> Facts:
    """The facts of a schema; `NOTHING` where it has none.

    >>> facts_of({"type": "string", FACTS: Facts("date", "date")}).format
    'date'
    """
    found: Facts = node.get(FACTS, NOTHING)
    return found


def is_decimal(node: Mapping[str, Any]) -> bool:
    """Whether the value is a `Decimal`, of which JSON Schema says "a number or a string".

    >>> is_decimal({FACTS: Facts("decimal")}), is_decimal({"type": "number"})
    (True, False)
    """
    return facts_of(node).format == "decimal"
