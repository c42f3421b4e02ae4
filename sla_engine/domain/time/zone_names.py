"""Zone names that name a place, whose clocks follow its law, as opposed to names of a mere offset.

`Etc/GMT-5` is five hours *ahead* of UTC, `EST` knows no summer time, and `UTC+2` is no name at all: none of them is
ever proposed to somebody who mistyped a zone.
"""

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

USUAL_PLACES = {
    "EST": "America/New_York", "EDT": "America/New_York", "EST5EDT": "America/New_York",
    "CST": "America/Chicago", "CDT": "America/Chicago", "CST6CDT": "America/Chicago",
    "MST": "America/Denver", "MDT": "America/Denver", "MST7MDT": "America/Denver",
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PST8PDT": "America/Los_Angeles",
    "HST": "Pacific/Honolulu", "AKST": "America/Anchorage", "AKDT": "America/Anchorage",
    "GMT": "Europe/London", "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MET": "Europe/Berlin", "MEZ": "Europe/Berlin",
    "EET": "Europe/Athens", "EEST": "Europe/Athens", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}  # fmt: skip
"""A place where the clocks go by an abbreviation; there may be others."""

ANY_PLACES = ("Europe/Berlin", "America/New_York")

_WITHOUT_A_PLACE = frozenset(USUAL_PLACES) | {"GMT+0", "GMT-0", "GMT0", "GREENWICH", "UCT", "UNIVERSAL", "ZULU"}
_OF_THE_MACHINE = frozenset({"Factory", "localtime", "posixrules"})
_MEANT = frozenset({"UTC", "Etc/UTC"})
_OFFSET = re.compile(r"((etc/)?(utc|gmt|z)\s*[+-]?|[+-])\s*[0-9]{1,2}(:?[0-9]{2})?", re.IGNORECASE)
_WINTER, _SUMMER = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7))


def is_without_place(name: str) -> bool:
    """Whether a zone's name, or a text written for one, names no place; `UTC` itself may be meant."""
    if name in _MEANT:
        return False
    return name.startswith("Etc/") or name.upper() in _WITHOUT_A_PLACE or name in _OF_THE_MACHINE or is_offset(name)


def is_offset(text: str) -> bool:
    """Whether this is written as a distance from UTC: `UTC+2`, `GMT-05:00`, `+0100`."""
    return _OFFSET.fullmatch(text.strip()) is not None


def all_year(name: str) -> timedelta | None:
    """The offset of a known zone from UTC (negative: behind it); None where winter and summer differ."""
    winter, summer = (at.astimezone(ZoneInfo(name)).utcoffset() for at in (_WINTER, _SUMMER))
    return winter if winter == summer else None


def places_like(text: str, *, most: int) -> tuple[str, ...]:
    """Zone names of places that resemble a text, the likeliest first; the name of a city is enough."""
    if is_without_place(text):
        usual = USUAL_PLACES.get(text.upper())
        return () if usual is None else (usual,)
    folded = text.casefold().replace(" ", "_")
    same_city = [name for name in _places() if name.casefold().rpartition("/")[2] == folded.rpartition("/")[2]]
    by_folded = {name.casefold(): name for name in same_city or _places()}
    return tuple(by_folded[near] for near in get_close_matches(folded, by_folded, n=most)) or tuple(same_city[:most])


@cache
def _places() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if not is_without_place(name) and "UTC" not in name))
