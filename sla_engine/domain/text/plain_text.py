"""Removes control characters from a text: people read the rest, and these only steer a screen."""

import re
from collections.abc import Iterable

_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACES = "\x0b\x0c\x1c\x1d\x1e\x1f"  # Python's str.split() takes these control characters for spaces
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = (*range(0x2060, 0x2065), *range(0x206A, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC))
_HALVES = range(0xD800, 0xE000)


def _left_out(*codes: Iterable[int]) -> dict[int, str | None]:
    kept = dict.fromkeys(map(ord, "\t\n"), None)
    table: dict[int, str | None] = {code: None for group in codes for code in group if code not in kept}
    return table | dict.fromkeys(map(ord, _SPACES), " ")


_LEFT_OUT = _left_out(_CONTROLS, _DIRECTIONS, _UNSEEN, _HALVES)
UNREADABLE = tuple(_LEFT_OUT)
"""The code points that `plain_text` leaves out."""


def plain_text(text: str) -> str:
    """The text without control characters except tab and line break; every kind of line break becomes a plain one.

    Marks that turn the reading direction or cannot be seen, and halves of a character, are removed too.
    """
    if text.isascii() and text.isprintable():  # as almost everything is
        return text
    return _LINE_BREAKS.sub("\n", text).translate(_LEFT_OUT)


def one_line(text: str) -> str:
    """The plain text on one line, with one space between its words."""
    return " ".join(plain_text(text).split())


def utf16_units(text: str) -> int:
    """The length of a text as browsers and chat programs count it: most emoji are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
