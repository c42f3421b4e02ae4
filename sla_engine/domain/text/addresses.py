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
    """The web address that a text is, without the spaces around it; None where a browser could not open it.

    It begins with http:// or https://, names a host, has at most 2,000 UTF-16 units, and neither spaces nor characters
    that cannot be seen nor such as end a link (`<`, `>`, `|`, `"`, a backslash).
    """
    address = (text or "").strip()
    if utf16_units(address) > LONGEST_ADDRESS_UNITS:
        return None
    found = _ADDRESS.fullmatch(address)
    if found is None or not address.isprintable() or any(mark.isspace() or mark in _ENDS_A_LINK for mark in address):
        return None
    if found["port"] is not None and not 0 < int(found["port"]) <= HIGHEST_PORT:
        return None
    return found["scheme"].lower() + address[len(found["scheme"]) :]
