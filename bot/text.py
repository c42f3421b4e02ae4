"""Text for Slack: escaping what people wrote, cutting to limits, mentions and times.

`<!date^…>` shows each reader their own time; code blocks cannot hold those
tokens, so `local` writes a time in a given zone.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from unicodedata import bidirectional

from sla_engine.domain.text.plain_text import one_line, plain_text, utf16_units
from sla_engine.domain.time.local_time import local_day, local_time

ELLIPSIS = "…"
FIRST_STRONG, POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = ("R", "AL")  # Unicode: letters of Hebrew, Arabic and their kin
NAME_MAX_CHARS = 60
_A_WEEK = 7
_HALF_A_DAY = timedelta(hours=12)

LITERAL = "\u2060"
"""Invisible mark after each character that stands for one of Slack's marks in a user's text; it is removed from all
text that comes in.
"""
_STANDS_FOR = {
    "∗": "*", "ˍ": "_", "∼": "~", "ˋ": "`", "∶": ":", "›": ">", "﹡": "＊", "﹍": "＿", "‵": "｀", "﹥": "＞",
}  # fmt: skip
_SHOWN_AS = {mark: f"{like}{LITERAL}" for like, mark in _STANDS_FOR.items()}
_LITERAL = re.compile(f"(.){LITERAL}", re.DOTALL)
_MARKS = re.compile(
    r"(?<![^\W_])[*_~＊＿]|[*_~＊＿](?![^\W_])"  # within a word (`db_1`) they mean nothing
    r"|[`｀]"
    r"|:(?!\d{1,2}:)(?=[\w+'-]+:)"  # an emoji's name; `10:30:45` is a time
    r"|\A[>＞]"
)
_TOKEN = re.compile(r"<(?:!subteam\^|[#!])?([^@#!<>|][^<>|]*)(?:\|([^<>]*))?>")
_PIECES = re.compile(rf"<[^<>]*>|&[a-z]+;|.{LITERAL}?", re.DOTALL)
_LABELLED = re.compile(r"<@[UW][A-Z0-9]+\|([^<>|]+)>")
_PERSON = re.compile(r"[UW][A-Z0-9]{1,20}")
_GROUP = re.compile(r"S(?=[A-Z]*[0-9])[A-Z0-9]{8,20}")


def escape(text: str) -> str:
    """Make text harmless in mrkdwn: it can mention nobody, name no channel and start no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """Text typed into a command, unescaped from Slack's form; groups, channels and links become words."""
    named = _TOKEN.sub(_in_words, text)
    return entered(named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def entered(text: str) -> str:
    """Entered text without unreadable characters; words copied from our messages get their marks back."""
    return plain_text(as_written(text))


def with_labels(text: str) -> str:
    """Words typed in Slack, with `@tom` for Slack's code of a mention, where that carries the name."""
    return _LABELLED.sub(r"@\1", text)


def as_written(text: str) -> str:
    """Undo `shown`: put back the marks that it replaced."""
    return _LITERAL.sub(lambda pair: _STANDS_FOR.get(pair[1], pair[1]), text)


def cut(text: str, limit: int) -> str:
    """Cut to at most `limit` UTF-16 units, which is how Slack counts; empty for a limit of 0 or less."""
    if utf16_units(text) <= limit:
        return text
    if limit <= 0:
        return ""
    kept = text[: limit - 1]
    while utf16_units(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def whole_lines(text: str, limit: int) -> str:
    """Cut our own text to whole lines, so that no date or mention is cut in two; then an ellipsis."""
    if utf16_units(text) <= limit:
        return text
    kept = fitting(text.split("\n"), limit - len(ELLIPSIS) - 1)
    return f"{kept}\n{ELLIPSIS}" if kept else cut(text, limit)


def fitting(lines: Iterable[str], limit: int) -> str:
    """Join as many whole lines as `limit` UTF-16 units hold."""
    return "\n".join(first_lines(lines, limit))


def first_lines(lines: Iterable[str], limit: int) -> list[str]:
    """As many of the first lines as `limit` UTF-16 units hold, joined by line breaks."""
    kept: list[str] = []
    used = -1  # the first line needs no line break
    for line in lines:
        used += utf16_units(line) + 1
        if used > limit:
            break
        kept.append(line)
    return kept


def counted(lines: Sequence[str], limit: int, *, hint: str = "") -> str:
    """Join as many lines as `limit` UTF-16 units hold; a last one counts the others, with a `hint` how to see them."""
    if utf16_units(text := "\n".join(lines)) <= limit:
        return text
    room = limit - utf16_units(more(len(lines), hint)) - 1
    kept = first_lines(lines, room) or [cut_between_tokens(lines[0], room)]
    return "\n".join([*kept, *more_than(len(kept), len(lines), hint)])


def more_than(listed: int, count: int, hint: str = "") -> list[str]:
    """A line that counts those of `count` that are not `listed`; none where all are."""
    return [more(count - listed, hint)] if count > listed else []


def more(count: int, hint: str = "") -> str:
    """The line that counts what is not listed: `… and 488 more: /sla status all`."""
    return f"{ELLIPSIS} and {count} more{f': {hint}' if hint else ''}"


def cut_between_tokens(text: str, limit: int) -> str:
    """Cut our own mrkdwn to `limit` UTF-16 units, without cutting a mention, a date, a link or an entity in two."""
    if utf16_units(text) <= limit:
        return text
    return _first(_PIECES.findall(text), limit - len(ELLIPSIS)).rstrip() + ELLIPSIS


def shown(text: str, limit: int) -> str:
    """Make user text harmless in mrkdwn: one line, as it was written, at most `limit` UTF-16 units.

    Slack has no way to escape `*`, `_`, `~`, backticks and emoji names: where they would format, their likes stand for
    them, which a block shows as the marks themselves. Right-to-left words are kept apart from ours, or they would
    reorder the rest of the message.
    """
    return _isolated(one_line(text), limit, within=_harmless)


def unformatted(text: str, limit: int) -> str:
    """Make user text fit a place where nothing is parsed, such as a headline or a table: one line within `limit`."""
    return _isolated(one_line(text), limit, within=cut)


def _isolated(line: str, limit: int, *, within: Callable[[str, int], str]) -> str:
    """Cut the line with `within`, and keep its reading direction from reaching the text around it."""
    line = line[: max(limit, 0) + 1]  # what lies beyond is cut in any case
    if line.isascii() or not any(bidirectional(mark) in _RIGHT_TO_LEFT for mark in line):
        return within(line, limit)
    kept = within(line, limit - 2)
    return f"{FIRST_STRONG}{kept}{POP_ISOLATE}" if kept else ""


def _harmless(line: str, limit: int) -> str:
    marked = _MARKS.sub(lambda mark: _SHOWN_AS[mark[0]], line)
    escaped = escape(marked)
    if utf16_units(escaped) <= limit:
        return escaped
    pieces = (escape(piece[0]) for piece in re.finditer(f".{LITERAL}?", marked))
    return _first(pieces, limit - 1).rstrip() + ELLIPSIS if limit > 0 else ""


def _first(pieces: Iterable[str], limit: int) -> str:
    kept, used = [], 0
    for piece in pieces:
        used += utf16_units(piece)
        if used > limit:
            break
        kept.append(piece)
    return "".join(kept)


def is_person(destination: str) -> bool:
    """Whether it is the Slack id of a person."""
    return _PERSON.fullmatch(destination) is not None


def mention(person: str | None) -> str:
    """A mention built from an id; people without a Slack id (`zammad:anna`) are named in words."""
    if not person:
        return "nobody"
    if is_person(person):
        return f"<@{person}>"
    if _GROUP.fullmatch(person):
        return f"<!subteam^{person}>"
    return shown(person, NAME_MAX_CHARS) or "somebody"


def moment(at: datetime) -> str:
    """A time every reader sees in their own zone, with UTC where Slack cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback_moment(at)}>"


def day(begins: datetime) -> str:
    """The day that begins at this instant in our zone, the same for every reader: a reader's zone shows its noon."""
    return f"<!date^{int((begins + _HALF_A_DAY).timestamp())}^{{date_short_pretty}}|{fallback_day(begins)}>"


def fallback_day(begins: datetime) -> str:
    """The same for plain text."""
    return (begins + _HALF_A_DAY).astimezone(UTC).strftime("%Y-%m-%d")


def fallback_moment(at: datetime) -> str:
    """A time in UTC, for plain text."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def local(at: datetime, zone: str, *, now: datetime) -> str:
    """A time in a zone, short: `14:20`; not today `Mon 14:20`; beyond a week `30 Nov 14:20`; with a year that is not
    this one.
    """
    there, today = local_time(at, zone=zone), local_day(now, zone=zone)
    if there.date() == today:
        return there.strftime("%H:%M")
    if abs((there.date() - today).days) < _A_WEEK:  # within a week a weekday names one day only
        return there.strftime("%a %H:%M")
    return there.strftime("%-d %b %H:%M" if there.year == today.year else "%-d %b %Y %H:%M")


def local_minute(at: datetime, zone: str) -> str:
    """A time in a zone as it can be typed again: `2026-12-04 14:00`."""
    return f"{local_time(at, zone=zone):%Y-%m-%d %H:%M}"


def in_words(at: datetime, zone: str, *, now: datetime) -> str:
    """A time in a zone as it is said: `14:20`, `tomorrow 15:00`, and otherwise as `local` writes it."""
    there, today = local_time(at, zone=zone), local_day(now, zone=zone)
    near = {1: "tomorrow", -1: "yesterday"}.get((there.date() - today).days)
    return f"{near} {there:%H:%M}" if near else local(at, zone, now=now)


def _in_words(match: re.Match[str]) -> str:
    """`@helpdesk`, `#general`, `@here` or an address, for Slack's token."""
    token, target, label = match[0], match[1], match[2] or ""
    if token.startswith("<!subteam^"):
        return label or "@a group"
    if token.startswith("<#"):
        return f"#{label or target}"
    if token.startswith("<!"):
        return label or f"@{target}"
    return target.removeprefix("mailto:")
