"""Web addresses that people wrote: a text is one only where a browser could open it."""

import re

from sla_engine.domain.text.plain_text import utf16_units

LONGEST_ADDRESS_UNITS = 2000
HIGHEST_PORT = 65535

_ENDS_A_LINK = '<>|"\\'
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:[^/?#@]*@)?"
    r"(?:[\w.-]*\w[\w.-]*|\[[0-9A-Fa-f:.]+\])"  # a name or a number; one of version 6 stands in brackets
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)


def web_address(text: str | None) -> str | None:
    """The text as a web address, without the spaces around it; None where a browser could not open it.

    An address begins with http:// or https://, names a host and has at most 2,000 UTF-16 units. It contains no spaces,
    no characters that cannot be seen, and none that end a link (`<`, `>`, `|`, `"`, a backslash).
    """
    address = (text or "").strip()
    if utf16_units(address) > LONGEST_ADDRESS_UNITS:
        return None
    match = _ADDRESS.fullmatch(address)
    if match is None or not address.isprintable() or any(mark.isspace() or mark in _ENDS_A_LINK for mark in address):
        return None
    if match["port"] is not None and not 0 < int(match["port"]) <= HIGHEST_PORT:
        return None
    return match["scheme"].lower() + address[len(match["scheme"]) :]
