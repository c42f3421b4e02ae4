"""Since when: a date means its first instant, anything else the point in time it names."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sla_engine.domain.errors import UnreadableMoment
from sla_engine.parsing.moments import day, moment


def beginning(text: str, *, zone: str, now: datetime) -> datetime:
    """`2026-12-24`, `yesterday`, `last monday`, `2026-12-24 14:00` or an ISO instant, in UTC; labels are the zone's.

    Raises: UnreadableMoment, DayIsAmbiguous.
    """
    tz = ZoneInfo(zone)
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        return _named(text, zone=zone, now=now)
    return _utc(written if written.tzinfo is not None else written.replace(tzinfo=tz), text)


def _named(text: str, *, zone: str, now: datetime) -> datetime:
    tz = ZoneInfo(zone)
    try:
        named = day(text, today=now.astimezone(tz).date())
    except UnreadableMoment:
        return _utc(moment(text, zone=zone, now=now), text)
    return _utc(datetime.combine(named, time(), tz), text)


def _utc(at: datetime, text: str) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # a day at either end of what can be counted
        raise UnreadableMoment(text) from error
