"""Reads points in time as people write them: `1h30m` from now, `tomorrow 9am`, `last friday 16:45`.

Pure: the zone and the present come in. A text that cannot be read is refused with an error that carries it.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from sla_engine.domain.time.durations import read_time
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration, UnreadableMoment
from sla_engine.domain.time.local_time import EARLIEST, LATEST, local_day, local_time, occurrences, resolve, zone_named
from sla_engine.domain.time.months import MONTHS

_LEAD = re.compile(r"^(until|for|in|by) ")
_CLOCK_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(am|pm)?", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?")
_SHORTEST_NAME = 3  # "mo" could be a month
_END_OF_DAY = "eod"
_MONTHS_OF_A_YEAR = 12
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_HOURS_PER_HALF_DAY, _LAST_HOUR, _LAST_MINUTE = 12, 23, 59
_WORKDAY_STARTS, _WORKDAY_ENDS = time(9), time(17)
_LONGEST_IN_WORDS = 4
"""A point in time takes so many words at most: `next monday 9 am`."""
_A_DAY = timedelta(days=1)
_ANY_DAY = datetime(2026, 1, 5, tzinfo=UTC)


def moment(text: str, *, zone: str, now: datetime) -> datetime:
    """The next instant meant by `30m`, `15:00`, `tomorrow 9am`, `monday` or `5 dec`, in the reader's zone.

    A day without a time means 09:00, and `eod` 17:00 of today or of the day named. A time without a day means its next
    occurrence, in the hour that comes twice possibly the second one; on a day whose clocks skip it, it is moved forward
    by as much as they are.
    Raises: UnreadableMoment, DayIsAmbiguous.
    """
    written = _LEAD.sub("", " ".join(text.lower().split()))
    with suppress(UnreadableDuration):
        return now + read_time(written)
    words = [word for word in written.split() if word not in ("at", "on", "next")]
    if not words:
        raise UnreadableMoment(text)
    today = local_day(now, zone=zone)
    at_time, rest = _split_time(words)
    if not rest and _END_OF_DAY in words:
        rest = ["today"]
    if not rest:
        return _next_occurrence(today, at_time, zone=zone, now=now, text=text)
    named = _day(rest, today)
    if named is None:
        raise UnreadableMoment(text)
    return resolved(datetime.combine(named, at_time or _WORKDAY_STARTS), zone=zone, text=text)


def day(text: str, *, today: date) -> date:
    """The date meant by `friday`, `next friday`, `last friday`, `tomorrow` or `2026-12-24`.

    Raises: UnreadableMoment.
    """
    words = [word for word in text.lower().split() if word not in ("at", "on", "next")]
    named = _day(words, today)
    if named is None:
        raise UnreadableMoment(text)
    return named


def resolved(label: datetime, *, zone: str, text: str) -> datetime:
    """The instant (UTC) of a wall-clock label that `text` means.

    Raises: UnreadableMoment for a day at either end of what can be counted.
    """
    meant = resolve(label, zone_named(zone))
    if meant in (EARLIEST, LATEST):
        raise UnreadableMoment(text)
    return meant


def split_until(words: Sequence[str], *markers: str) -> tuple[list[str], str | None]:
    """The words before the last of `markers` (`until`, `next`), and the text after it; None without a marker.

    `until` always begins a time. Other markers are ordinary words as well ("waiting for the vendor"): they count only
    before a text that is a time or begins with a digit.
    """
    for place in range(len(words) - 1, -1, -1):
        marker, rest = words[place].lower(), " ".join(words[place + 1 :])
        if marker in markers and (marker == "until" or _begins_a_time(rest)):
            return list(words[:place]), rest
    return list(words), None


def split_moment(words: Sequence[str]) -> tuple[str, list[str]]:
    """The point in time that words begin with, as long as one can be, and the other words; empty without one."""
    for count in range(min(_LONGEST_IN_WORDS, len(words)), 0, -1):
        text = " ".join(words[:count])
        if _is_a_moment(text):
            return text, list(words[count:])
    return "", list(words)


def split_plain_moment(words: Sequence[str]) -> tuple[str, list[str]]:
    """The same where nothing says that a time comes: what cannot begin a remark is one, and what is nothing else.

    `14:00 they call back`, `fri 14:00 they call`, `tomorrow 9am` and `5 dec` begin with a time or are one; `22.04
    patch`, `sat on it`, `3d printer`, `10 may be enough` and `today` do not.
    """
    text, rest = split_moment(words)
    first = words[0].lower() if words else ""
    is_all = not rest and first not in _OFTEN_A_REMARK
    if _PLAIN_MOMENT.fullmatch(first) or is_all or _is_day_with_time(words):
        return text, rest
    return "", list(words)


def _is_day_with_time(words: Sequence[str]) -> bool:
    """Whether they begin with a weekday, perhaps a short one, and a time of day: `fri 14:00`."""
    return (
        len(words) > 1 and _named(words[0].lower(), _WEEKDAYS) is not None and _clock_time(words[1].lower()) is not None
    )


_OFTEN_A_REMARK = ("today", "yesterday", "last")
"""What lies behind is no end of a wait."""
_PLAIN_MOMENT = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?:am|pm)?|[0-9]{1,2}(?:am|pm)|[0-9]+(?:h[0-9]*|h[0-9]+m|m|min)|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|tomorrow|next|noon|midnight|{_END_OF_DAY}|{'|'.join(_WEEKDAYS)}"
)


def _begins_a_time(text: str) -> bool:
    return text[:1] in "0123456789" or _is_a_moment(text)


def _is_a_moment(text: str) -> bool:
    try:
        moment(text, zone="UTC", now=_ANY_DAY)
    except UnreadableMoment:
        return False
    except DayIsAmbiguous:  # it is meant as one, and is refused by whoever reads it
        return True
    return True


def _split_time(words: list[str]) -> tuple[time | None, list[str]]:
    """The clock time among the words, wherever it stands, and the other words."""
    for place, word in enumerate(words):
        next_word = words[place + 1] if place + 1 < len(words) else ""
        has_half = next_word in ("am", "pm")
        clock_time = _clock_time(word + next_word if has_half else word)
        if clock_time is not None:
            rest_begins = place + 2 if has_half else place + 1
            return clock_time, words[:place] + words[rest_begins:]
    return None, words


def _clock_time(word: str) -> time | None:
    named = {"noon": time(12), "midnight": time(0), _END_OF_DAY: _WORKDAY_ENDS}.get(word)
    if named is not None:
        return named
    match = _CLOCK_TIME.fullmatch(word)
    if not match or not (match[2] or match[3]):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if "." in word and 0 < minute <= _MONTHS_OF_A_YEAR:  # 5.12 may be a day of December
        return None
    if half and not 0 < hour <= _HOURS_PER_HALF_DAY:
        return None
    if half:
        hour = hour % _HOURS_PER_HALF_DAY + (_HOURS_PER_HALF_DAY if half == "pm" else 0)
    return time(hour, minute) if hour <= _LAST_HOUR and minute <= _LAST_MINUTE else None


def _next_occurrence(today: date, at: time | None, *, zone: str, now: datetime, text: str) -> datetime:
    if at is None:
        raise UnreadableMoment(text)
    label = datetime.combine(today, at)
    moved_forward = resolved(label, zone=zone, text=text)  # also refuses a day at either end of what can be counted
    candidates = occurrences(label, zone_named(zone))
    if not candidates and local_time(now, zone=zone).time() < at:  # the clocks skip it, and have not passed it yet
        candidates = (moved_forward,)
    ahead = [instant for instant in candidates if instant > now]
    return min(ahead) if ahead else resolved(label + _A_DAY, zone=zone, text=text)


def _day(words: Sequence[str], today: date) -> date | None:
    written = " ".join(words)
    if written in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[written])
    is_past, named = written.startswith("last "), written.removeprefix("last ")
    weekday = _named(named, _WEEKDAYS)
    if weekday is not None:
        ahead = (weekday - today.weekday() - 1) % 7 + 1
        behind = (today.weekday() - weekday - 1) % 7 + 1  # a weekday's own name never means today
        return today + timedelta(days=-behind if is_past else ahead)
    with suppress(ValueError):
        return date.fromisoformat(written)
    return _day_of_month(words, today)


def _day_of_month(words: Sequence[str], today: date) -> date | None:
    """The next such day for `5 dec`, `dec 5` and `5. december`; None for anything else, and for 30 February."""
    numbers = [match for match in map(_DAY_OF_MONTH.fullmatch, words) if match is not None]
    months = [month for month in (_named(word, MONTHS) for word in words) if month is not None]
    if len(words) != 2 or len(numbers) != 1 or len(months) != 1:  # noqa: PLR2004 - a day and a month
        return None
    for year in range(today.year, today.year + 5):  # a 29 February may be four years ahead
        with suppress(ValueError):
            named = date(year, months[0] + 1, int(numbers[0][1]))
            if named >= today:
                return named
    return None


def _named(word: str, names: Sequence[str]) -> int | None:
    """The place among `names` of the one that a word begins or is; None for fewer than three letters."""
    is_long_enough = len(word) >= _SHORTEST_NAME
    return next((place for place, name in enumerate(names) if is_long_enough and name.startswith(word)), None)
