"""Readers of single values: each returns the value, or None after recording what is wrong and what is allowed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sla_engine.domain.time.durations import (
    EXAMPLES_WITH_DAYS,
    WINDOW_EXAMPLES,
    WrittenDuration,
    read_duration,
    read_window,
)
from sla_engine.domain.time.errors import DayIsAmbiguous, UnknownZone, UnreadableDuration
from sla_engine.domain.time.local_time import resolve, zone_named
from sla_engine.domain.time.zone_names import (
    ANY_PLACES,
    USUAL_PLACES,
    all_year,
    is_offset,
    is_without_place,
    places_like,
)
from sla_engine.files.yaml_document import Field, hint

LONGEST_TEXT_CHARS = 500
INSTANT_EXAMPLE = "2026-01-01T00:00:00-05:00 or 2026-01-01"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")

_Choice = TypeVar("_Choice", bound=StrEnum)


def text(field: Field, *, what: str = "text") -> str | None:
    """A line of text, neither empty nor long."""
    line = field.scalar(what)
    if line is None:
        return None
    if not line:
        field.wrong(f"an empty text where {what} belongs")
        return None
    if len(line) > LONGEST_TEXT_CHARS or "\n" in line:
        field.wrong(f"{what} is one line of at most {LONGEST_TEXT_CHARS} characters")
        return None
    return line


def whole_number(field: Field, *, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`."""
    written = field.scalar("a whole number")
    if written is None:
        return None
    if not written.isascii() or not written.isdigit() or not least <= int(written) <= most:
        field.wrong(f"{written!r} is not a whole number from {least} to {most}")
        return None
    return int(written)


def number(field: Field, *, most: int | None = None) -> Decimal | None:
    """A number that is not negative, exact to the digit written."""
    written = field.scalar("a number")
    if written is None:
        return None
    if _NUMBER.fullmatch(written) is None or (most is not None and Decimal(written) > most):
        field.wrong(f"{written!r} is not a number{'' if most is None else f' from 0 to {most}'}, such as 12.50")
        return None
    return Decimal(written)


def percent(field: Field, *, most: int) -> Decimal | None:
    """A share such as `10%` or `99.9`, in percent."""
    written = field.scalar("a share such as 50%")
    if written is None:
        return None
    digits = written.removesuffix("%").strip()
    if _NUMBER.fullmatch(digits) is None or not 0 < Decimal(digits) <= most:
        field.wrong(f"{written!r} is not a share such as 50%, above 0% and up to {most}%")
        return None
    return Decimal(digits)


def whole_percent(field: Field, *, most: int) -> int | None:
    """A share in whole percent."""
    share = percent(field, most=most)
    if share is not None and share != int(share):
        field.wrong(f"{share}% is not a whole share; write 50% or 75%")
        return None
    return None if share is None else int(share)


def yes_or_no(field: Field) -> bool | None:
    """`yes` or `no`, or as other tools write them, `true` or `false`."""
    word = one_of(field, ("yes", "no", "true", "false"))
    return None if word is None else word in ("yes", "true")


def one_of(field: Field, allowed: Iterable[str], *, what: str = "word") -> str | None:
    """One of the allowed words."""
    words = tuple(allowed)
    word = field.scalar(f"one of {', '.join(words)}")
    if word is None or word in words:
        return word
    field.wrong(f"{word!r} is not a {what} known here{hint(word, words)}")
    return None


def member(field: Field, kind: type[_Choice], *, what: str, without: Iterable[_Choice] = ()) -> _Choice | None:
    """One of an enumeration's values."""
    left_out = set(without)
    word = one_of(field, [choice.value for choice in kind if choice not in left_out], what=what)
    return None if word is None else kind(word)


def day(field: Field) -> date | None:
    """A date such as `2026-12-24`."""
    written = field.scalar("a date such as 2026-12-24")
    if written is None:
        return None
    read = as_date(written)
    if read is None:
        field.wrong(f"{written!r} is not a date such as 2026-12-24")
    return read


def as_date(written: str) -> date | None:
    """The date written as `2026-12-24`; None when there is no such date."""
    if _DATE.fullmatch(written) is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def instant(field: Field, zone: str) -> datetime | None:
    """A point in time in UTC; a plain date or time without an offset is wall-clock time of `zone`."""
    written = field.scalar(f"a point in time such as {INSTANT_EXAMPLE}")
    if written is None:
        return None
    try:
        read = datetime.fromisoformat(written)
        return resolve(read, zone_named(zone)) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        field.wrong(f"{written!r} is not a point in time such as {INSTANT_EXAMPLE}")
        return None


def zone(field: Field) -> str | None:
    """An IANA zone name; one that names no place is taken with a warning."""
    name = field.scalar("an IANA zone such as Europe/Berlin")
    if name is None:
        return None
    try:
        zone_named(name)
    except UnknownZone:
        field.wrong(f"{name!r} {_no_zone(name)}")
        return None
    if is_without_place(name):
        field.odd(f"{name!r} names no place{_all_year(name)}; write one, such as {_places_for(name)}")
    return name


def _no_zone(written: str) -> str:
    if is_without_place(written):
        what = "is a distance from UTC" if is_offset(written) else "is an abbreviation"
        return f"{what} and names no place, whose clocks may change; write one, such as {_places_for(written)}"
    near = places_like(written, most=1)
    if near:
        return f"is not an IANA zone; did you mean {near[0]!r}?"
    return f"is not an IANA zone; write it like {_places_for(written)}"


def _places_for(written: str) -> str:
    return USUAL_PLACES.get(written.upper()) or " or ".join(ANY_PLACES)


def _all_year(name: str) -> str:
    """The offset of a zone whose clocks never change, because the sign in `Etc/GMT-5` is the other way round."""
    ahead = all_year(name)
    if ahead is None:
        return ""
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    return f": it is UTC{'-' if ahead < timedelta(0) else '+'}{hours:02}:{minutes:02} all year"


def duration(field: Field) -> WrittenDuration | None:
    """A duration such as `30m` or `2 business_days`."""
    written = field.scalar(f"a duration such as {EXAMPLES_WITH_DAYS}")
    if written is None:
        return None
    try:
        return read_duration(written)
    except DayIsAmbiguous:
        field.wrong(f"{written!r} could mean business days or 24 hours each; write '1 business_day' or '24h'")
    except UnreadableDuration:
        field.wrong(
            f"{written!r} is not a duration; write it like {EXAMPLES_WITH_DAYS}, more than nothing and at most a year"
        )
    return None


@dataclass(frozen=True, slots=True)
class OpenDuration:
    """A duration of open time, and the number of business days it was written as (0: it was written as time)."""

    time: timedelta
    business_days: int = 0


def open_duration(field: Field, business_day: timedelta | None) -> OpenDuration | None:
    """A duration of open time on a calendar whose business day lasts `business_day`."""
    read = duration(field)
    if read is None:
        return None
    time = read.on(business_day)
    if time is None:
        field.wrong(f"'{read}' needs a calendar that declares how long its business day is, such as 'business_day: 8h'")
        return None
    return OpenDuration(time, read.business_days)


def open_time(field: Field, business_day: timedelta | None) -> timedelta | None:
    """A duration of open time, without the business days it was written as."""
    length = open_duration(field, business_day)
    return None if length is None else length.time


def plain_time(field: Field) -> timedelta | None:
    """A duration in hours, minutes and seconds; business days are refused."""
    read = duration(field)
    if read is not None and read.business_days:
        field.wrong(f"'{read}' has no fixed length here; write hours, such as 8h")
        return None
    return None if read is None else read.time


def window(field: Field) -> timedelta | None:
    """A stretch of plain calendar time such as `30d`."""
    written = field.scalar(f"a stretch of time such as {WINDOW_EXAMPLES}")
    if written is None:
        return None
    try:
        return read_window(written)
    except UnreadableDuration:
        field.wrong(f"{written!r} is not a stretch of time; write it like {WINDOW_EXAMPLES}")
        return None
