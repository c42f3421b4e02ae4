"""Single values: each reader returns what was meant, or None after saying what is wrong and what is allowed."""

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
    found = field.scalar(what)
    if found is None:
        return None
    if not found:
        field.wrong(f"an empty text where {what} belongs")
        return None
    if len(found) > LONGEST_TEXT_CHARS or "\n" in found:
        field.wrong(f"{what} is one line of at most {LONGEST_TEXT_CHARS} characters")
        return None
    return found


def whole_number(field: Field, *, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`."""
    found = field.scalar("a whole number")
    if found is None:
        return None
    if not found.isascii() or not found.isdigit() or not least <= int(found) <= most:
        field.wrong(f"{found!r} is not a whole number from {least} to {most}")
        return None
    return int(found)


def number(field: Field, *, most: int | None = None) -> Decimal | None:
    """A number that is not negative, exact to the digit written."""
    found = field.scalar("a number")
    if found is None:
        return None
    if _NUMBER.fullmatch(found) is None or (most is not None and Decimal(found) > most):
        field.wrong(f"{found!r} is not a number{'' if most is None else f' from 0 to {most}'}, such as 12.50")
        return None
    return Decimal(found)


def percent(field: Field, *, most: int) -> Decimal | None:
    """A share such as `10%` or `99.9`, in percent."""
    found = field.scalar("a share such as 50%")
    if found is None:
        return None
    digits = found.removesuffix("%").strip()
    if _NUMBER.fullmatch(digits) is None or not 0 < Decimal(digits) <= most:
        field.wrong(f"{found!r} is not a share such as 50%, above 0% and up to {most}%")
        return None
    return Decimal(digits)


def whole_percent(field: Field, *, most: int) -> int | None:
    """A share in whole percent."""
    found = percent(field, most=most)
    if found is not None and found != int(found):
        field.wrong(f"{found}% is not a whole share; write 50% or 75%")
        return None
    return None if found is None else int(found)


def yes_or_no(field: Field) -> bool | None:
    """`yes` or `no`, or as other tools write them, `true` or `false`."""
    found = one_of(field, ("yes", "no", "true", "false"))
    return None if found is None else found in ("yes", "true")


def one_of(field: Field, allowed: Iterable[str], *, what: str = "word") -> str | None:
    """One of the allowed words."""
    words = tuple(allowed)
    found = field.scalar(f"one of {', '.join(words)}")
    if found is None or found in words:
        return found
    field.wrong(f"{found!r} is not a {what} known here{hint(found, words)}")
    return None


def member(field: Field, kind: type[_Choice], *, what: str, without: Iterable[_Choice] = ()) -> _Choice | None:
    """One of an enumeration's values."""
    left_out = set(without)
    found = one_of(field, [choice.value for choice in kind if choice not in left_out], what=what)
    return None if found is None else kind(found)


def day(field: Field) -> date | None:
    """A date such as `2026-12-24`."""
    found = field.scalar("a date such as 2026-12-24")
    if found is None:
        return None
    read = as_date(found)
    if read is None:
        field.wrong(f"{found!r} is not a date such as 2026-12-24")
    return read


def as_date(found: str) -> date | None:
    """The date written as `2026-12-24`; None when there is no such date."""
    if _DATE.fullmatch(found) is None:
        return None
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def instant(field: Field, zone: str) -> datetime | None:
    """A point in time in UTC; a plain date or time without an offset is wall-clock time of `zone`."""
    found = field.scalar(f"a point in time such as {INSTANT_EXAMPLE}")
    if found is None:
        return None
    try:
        read = datetime.fromisoformat(found)
        return resolve(read, zone_named(zone)) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        field.wrong(f"{found!r} is not a point in time such as {INSTANT_EXAMPLE}")
        return None


def zone(field: Field) -> str | None:
    """An IANA zone name; one that names no place is taken with a warning."""
    found = field.scalar("an IANA zone such as Europe/Berlin")
    if found is None:
        return None
    try:
        zone_named(found)
    except UnknownZone:
        field.wrong(f"{found!r} {_no_zone(found)}")
        return None
    if is_without_place(found):
        field.odd(f"{found!r} names no place{_all_year(found)}; write one, such as {_places_for(found)}")
    return found


def _no_zone(written: str) -> str:
    if is_without_place(written):
        what = "is a distance from UTC" if is_offset(written) else "is an abbreviation"
        return f"{what} and names no place, whose clocks may change; write one, such as {_places_for(written)}"
    near = places_like(written, most=1)
    return f"is not an IANA zone; {f'did you mean {near[0]!r}?' if near else f'write it like {_places_for(written)}'}"


def _places_for(written: str) -> str:
    return USUAL_PLACES.get(written.upper()) or " or ".join(ANY_PLACES)


def _all_year(name: str) -> str:
    """What it means where its clocks never change: the sign of `Etc/GMT-5` is the other way round."""
    ahead = all_year(name)
    if ahead is None:
        return ""
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    return f": it is UTC{'-' if ahead < timedelta(0) else '+'}{hours:02}:{minutes:02} all year"


def duration(field: Field) -> WrittenDuration | None:
    """A duration such as `30m` or `2 business_days`."""
    found = field.scalar(f"a duration such as {EXAMPLES_WITH_DAYS}")
    if found is None:
        return None
    try:
        return read_duration(found)
    except DayIsAmbiguous:
        field.wrong(f"{found!r} could mean business days or 24 hours each; write '1 business_day' or '24h'")
    except UnreadableDuration:
        field.wrong(
            f"{found!r} is not a duration; write it like {EXAMPLES_WITH_DAYS}, more than nothing and at most a year"
        )
    return None


@dataclass(frozen=True, slots=True)
class OpenDuration:
    """A duration of open time, and of how many business days it was made (0: it was written as time)."""

    time: timedelta
    business_days: int = 0


def open_duration(field: Field, business_day: timedelta | None) -> OpenDuration | None:
    """A duration of open time on a calendar whose business day lasts `business_day`."""
    read = duration(field)
    if read is None:
        return None
    found = read.on(business_day)
    if found is None:
        field.wrong(f"'{read}' needs a calendar that declares how long its business day is, such as 'business_day: 8h'")
        return None
    return OpenDuration(found, read.business_days)


def open_time(field: Field, business_day: timedelta | None) -> timedelta | None:
    """The same as plain time, where nobody asks how it was written."""
    found = open_duration(field, business_day)
    return None if found is None else found.time


def plain_time(field: Field) -> timedelta | None:
    """A duration in hours, minutes and seconds, where business days would mean nothing."""
    read = duration(field)
    if read is not None and read.business_days:
        field.wrong(f"'{read}' has no fixed length here; write hours, such as 8h")
        return None
    return None if read is None else read.time


def window(field: Field) -> timedelta | None:
    """A stretch of plain calendar time such as `30d`."""
    found = field.scalar(f"a stretch of time such as {WINDOW_EXAMPLES}")
    if found is None:
        return None
    try:
        return read_window(found)
    except UnreadableDuration:
        field.wrong(f"{found!r} is not a stretch of time; write it like {WINDOW_EXAMPLES}")
        return None
