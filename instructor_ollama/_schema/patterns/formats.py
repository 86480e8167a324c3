"""The formats that Pydantic checks and Ollama's grammars do not, as patterns of one plain spelling.

Each row of `FORMATS` takes the facts about a type (its bounds, its time zone) and gives a pattern, of decoded text and
without anchors, that accepts every value of the type in the spelling that `model_dump_json` writes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from . import dates, net
from .decimals import decimal
from .digits import either

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..facts import Facts

_BASE64: Final = "([{0}]{{4}})*([{0}][AQgw]==|[{0}]{{2}}[AEIMQUYcgkosw048]=)?"
_REAL: Final = "([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_PART: Final = f"({_REAL}|inf|nan)"


def _uuid(version: int, _: Facts) -> str:
    return f"[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-{version}[0-9a-fA-F]{{3}}-[89abAB][0-9a-fA-F]{{3}}-[0-9a-fA-F]{{12}}"


FORMATS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "base64": lambda _: _BASE64.format("A-Za-z0-9+/"),
    "base64url": lambda _: _BASE64.format("A-Za-z0-9_-"),
    "complex": lambda _: f"-?{_PART}([+-]{_PART}j|j)?",
    "date": dates.day,
    "date-time": dates.date_time,
    "decimal": decimal,
    "duration": dates.duration,
    "email": lambda _: net.EMAIL,
    "fraction": lambda _: "-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?",
    "hex": lambda _: "([0-9a-fA-F]{2})*",
    "integer": decimal,
    "ipv4": lambda _: net.IPV4,
    "ipv4interface": lambda _: f"{net.IPV4}({net.LENGTH4})?",
    "ipv4network": lambda _: net.IPV4 + net.LENGTH4,
    "ipv6": lambda _: net.IPV6 + net.SCOPE,
    "ipv6interface": lambda _: f"{net.IPV6}{net.SCOPE}({net.LENGTH6})?",
    "ipv6network": lambda _: net.IPV6 + net.LENGTH6,
    "ipvanyaddress": lambda _: either(net.IPV4, net.IPV6 + net.SCOPE),
    "ipvanyinterface": lambda _: either(f"{net.IPV4}({net.LENGTH4})?", f"{net.IPV6}{net.SCOPE}({net.LENGTH6})?"),
    "ipvanynetwork": lambda _: either(net.IPV4 + net.LENGTH4, net.IPV6 + net.LENGTH6),
    "multi-host-uri": net.multi_host,
    "name-email": lambda _: either(
        net.EMAIL, f"[A-Za-z0-9_\\x80-\\U0010FFFF][A-Za-z0-9_\\x80-\\U0010FFFF ]*<{net.EMAIL}>"
    ),
    "number": decimal,
    "time": dates.time_of_day,
    "uri": net.uri,
    **{f"uuid{version}": partial(_uuid, version) for version in (1, 3, 4, 5, 6, 7, 8)},
}
"""Format -> facts -> pattern without anchors, of decoded text."""
