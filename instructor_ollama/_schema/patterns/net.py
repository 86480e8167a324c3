"""Addresses, networks, URLs and mailboxes, as patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .digits import either

if TYPE_CHECKING:
    from ..facts import Facts

_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4: Final = f"({_OCTET}\\.){{3}}{_OCTET}"
_H: Final = "[0-9a-fA-F]{1,4}"
IPV6: Final = either(
    f"({_H}:){{7}}({_H}|:)",
    *(f"({_H}:){{{before}}}(:{_H}){{1,{7 - before}}}" for before in range(1, 7)),
    *(f"({_H}:){{{before}}}:" for before in range(1, 7)),
    f":((:{_H}){{1,7}}|:)",
    f"::[fF]{{4}}:{IPV4}",
)
SCOPE: Final = "(%[0-9A-Za-z_.-]+)?"
LENGTH4: Final = "/([12]?[0-9]|3[0-2])"
LENGTH6: Final = "/(12[0-8]|1[01][0-9]|[1-9]?[0-9])"
# Octets whose lowest 8 - n bits are zero, for a prefix that ends n bits into an octet.
_MASKED: Final = {
    0: "",
    **{bits: either(*(str(value) for value in range(0, 256, 256 >> bits))) for bits in range(1, 5)},
    5: either(*(str(value) for value in range(0, 256, 8))),
    6: "([048]|[2468][048]|[13579][26]|1([02468][048]|[13579][26])|2([024][048]|[13][26]|52))",
    7: "(25[024]|2[0-4][02468]|1[0-9][02468]|[1-9]?[02468])",
}


def networks4() -> str:
    """A network has no bits set behind its prefix; Pydantic refuses it otherwise."""
    branches = [f"{IPV4}/32"]
    for octets in range(4):
        rest = "".join("\\.0" * (3 - octets))
        for bits in range(8):
            head = f"({_OCTET}\\.){{{octets}}}" if octets else ""
            branches.append(f"{head}{_MASKED[bits] or '0'}{rest}/{8 * octets + bits}")
    return either(*branches)


def networks6() -> str:
    """The groups of the prefix in full, the last one masked, then `::`; or a single address."""
    branches = [f"{IPV6}(/128)?"]
    nibble = {1: "[08]", 2: "[048cC]", 3: "[02468aceACE]"}
    for groups in range(8):
        head = f"({_H}:){{{groups}}}" if groups else ""
        tail = "::" if groups < 7 else ""
        tails: list[str] = []
        for bits in range(16):
            if bits == 0:
                tails.append(
                    f"{'' if groups == 7 else ':' if groups else '::'}{'0' if groups == 7 else ''}/{16 * groups}"
                )
                continue
            whole, part = divmod(bits, 4)
            group = _hex(whole) + (nibble[part] if part else "") + "0" * (4 - whole - (1 if part else 0))
            tails.append(f"{group}{tail}/{16 * groups + bits}")
        branches.append(head + either(*tails))
    return either(*branches)


def _hex(count: int) -> str:
    return "" if count == 0 else "[0-9a-fA-F]" if count == 1 else f"[0-9a-fA-F]{{{count}}}"


_PORT: Final = "(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?"
_BEYOND: Final = "\\x80-\\U0010FFFF"
_LABEL: Final = f"[A-Za-z0-9_{_BEYOND}-]"
# The last label of a name does not start with a digit: it would be read as an IPv4 address.
_HOST: Final = either(f"({_LABEL}+\\.)*[A-Za-z_{_BEYOND}]{_LABEL}*\\.?", IPV4, f"\\[{IPV6}\\]")
_USER: Final = "([A-Za-z0-9._~!$&'()*+;=%-]+(:[A-Za-z0-9._~!$&'()*+;=%-]*)?@)?"
_PATH: Final = '[^\\x00-\\x20\\x7F"<>\\\\^`{|}?#]*'
_QUERY: Final = '(\\?[^\\x00-\\x20\\x7F"<>\\\\#]*)?(#[^\\x00-\\x20\\x7F"<>\\\\]*)?'
_SPECIAL_SCHEMES: Final = ("http", "https", "ws", "wss", "ftp")


def _scheme(name: str) -> str:
    return "".join("\\" + char if char in "+." else char for char in name)


def uri(facts: Facts) -> str:
    """A URL with one of the schemes, or any."""
    schemes = facts.schemes
    rest = f"(/{_PATH})?{_QUERY}"
    if not schemes:
        named = f"{either(*_SPECIAL_SCHEMES)}://{_USER}{_HOST}{_PORT}{rest}"
        return either(
            named,
            f"[a-z][a-z0-9+.-]*:(//{_USER}{_HOST}{_PORT}(/{_PATH})?|/?[A-Za-z0-9._~@!$&'()*+,;=%-]{_PATH})?{_QUERY}",
        )
    if schemes == ("file",):
        return f"file://({_HOST})?/{_PATH}{_QUERY}"
    authority = f"{_USER}{_HOST}{_PORT}"
    needed = facts.host_required or any(scheme in _SPECIAL_SCHEMES for scheme in schemes)
    return f"{either(*map(_scheme, schemes))}://{authority if needed else f'({authority})?'}{rest}"


def multi_host(facts: Facts) -> str:
    """A URL that may name several hosts."""
    one = f"{_USER}{_HOST}{_PORT}"
    schemes = [_scheme(name) for name in facts.schemes] or ["[a-z][a-z0-9+.-]*"]
    return f"{either(*schemes)}://{one}(,{one})*(/{_PATH})?{_QUERY}"


# The name of a mailbox has at most 64 characters; counting the dots apart keeps the pattern short.
_ATOM: Final = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\U0010FFFF-]"
_END: Final = f"[A-Za-z0-9{_BEYOND}]"
_LETTER: Final = f"[A-Za-z{_BEYOND}]"
_INNER: Final = f"[A-Za-z0-9{_BEYOND}-]{{0,61}}"
EMAIL: Final = f"{_ATOM}(\\.?{_ATOM}){{0,63}}@({_END}({_INNER}{_END})?\\.)+{_LETTER}({_INNER}{_LETTER})?"
