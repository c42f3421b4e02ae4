"""Words for Slack: escaping what people wrote, cutting to limits, and saying times and durations.

The only place in the bot that knows zones: `<!date^…>` shows each reader their own time; code blocks cannot hold those
tokens, so `local` writes a time in a given zone.
"""

from datetime import UTC, datetime, timedelta
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

ELLIPSIS = "…"
FIRST_STRONG, POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = ("R", "AL")  # Unicode: letters of Hebrew, Arabic and their kin
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
NAME_MAX_CHARS = 60
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def escape(text: str) -> str:
    """User text made harmless in mrkdwn: it can mention nobody, name no channel and start no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """What somebody typed into a command, which Slack hands over escaped."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters as Slack counts them (UTF-16 units or code points, whichever is more)."""
    if _length(text) <= limit:
        return text
    kept = text[: limit - 1]
    while _length(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def shown(text: str, limit: int) -> str:
    """User text for mrkdwn: one line, escaped, and at most `limit` characters after escaping.

    Marks that turn the reading direction are taken out, and right-to-left words kept apart from ours, or they would
    reorder the rest of the message.
    """
    line = " ".join(text.translate(_TURNS).split())
    if any(bidirectional(mark) in _RIGHT_TO_LEFT for mark in line):
        return FIRST_STRONG + _escaped(line, limit - 2) + POP_ISOLATE
    return _escaped(line, limit)


def _escaped(line: str, limit: int) -> str:
    escaped = escape(cut(line, limit))
    kept = line
    while _length(escaped) > limit and kept:
        kept = kept[: -max(1, (_length(escaped) - limit) // 5)]
        escaped = escape(kept.rstrip() + ELLIPSIS)
    return escaped


def mention(person: str | None) -> str:
    """A mention built from an id; people without a Slack id (`zammad:anna`) are named in words."""
    if not person:
        return "nobody"
    is_id = person.isalnum() and person.isupper() and person[0] in "UW"
    return f"<@{person}>" if is_id else shown(person, NAME_MAX_CHARS) or "somebody"


def moment(at: datetime) -> str:
    """A time every reader sees in their own zone, with UTC where Slack cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback_moment(at)}>"


def fallback_moment(at: datetime) -> str:
    """A time in UTC, for plain text."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def local(at: datetime, zone: str, *, now: datetime) -> str:
    """A time in a zone, short: `14:20`; not today `Mon 14:20`; beyond a week `30 Nov 14:20`."""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if there.date() == today:
        return there.strftime("%H:%M")
    near = abs((there.date() - today).days) < 7  # noqa: PLR2004 - a weekday names one day only within a week
    return there.strftime("%a %H:%M" if near else "%d %b %H:%M")


def duration(length: timedelta) -> str:
    """`45 m`, `1 h 25 m`, from four days on `4 d 4 h`; under a minute in seconds; a negative one with a minus sign."""
    seconds = int(abs(length).total_seconds())
    sign = "−" if length < timedelta(0) and seconds else ""
    if seconds < _MINUTE:
        return f"{sign}{seconds} s"
    if seconds < _HOUR:
        return f"{sign}{seconds // _MINUTE} m"
    if seconds < 4 * _DAY:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return f"{sign}{hours} h {minutes} m" if minutes else f"{sign}{hours} h"
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    return f"{sign}{days} d {hours} h" if hours else f"{sign}{days} d"


def _length(text: str) -> int:
    return max(len(text), len(text.encode("utf-16-le")) // 2)
