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
    """A URL with one of the schemes, or any.

    >>> from ..facts import Facts
    >>> import re
    >>> pattern = re.compile(uri(Facts("uri", schemes=("https",), host_required=True)))
    >>> [bool(pattern.fullmatch(url)) for url in ("https://a.org/b?c", "ftp://a.org")]
    [True, False]
    """
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
    """A URL that may name several hosts.

    >>> from ..facts import Facts
    >>> import re
    >>> pattern = re.compile(multi_host(Facts("multi-host-uri", schemes=("redis",))))
    >>> bool(pattern.fullmatch("redis://a:1,b:2/0"))
    True
    """
    one = f"{_USER}{_HOST}{_PORT}"
    schemes = [_scheme(name) for name in facts.schemes] or ["[a-z][a-z0-9+.-]*"]
    return f"{either(*schemes)}://{one}(,{one})*(/{_PATH})?{_QUERY}"


# The name of a mailbox has at most 64 characters; counting the dots apart keeps the pattern short.
_ATOM: Final = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\U0010FFFF-]"
_END: Final = f"[A-Za-z0-9{_BEYOND}]"
_LETTER: Final = f"[A-Za-z{_BEYOND}]"
_INNER: Final = f"[A-Za-z0-9{_BEYOND}-]{{0,61}}"
EMAIL: Final = f"{_ATOM}(\\.?{_ATOM}){{0,63}}@({_END}({_INNER}{_END})?\\.)+{_LETTER}({_INNER}{_LETTER})?"
