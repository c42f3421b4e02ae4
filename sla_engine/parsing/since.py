"""Reads the start of a period, as `--since` takes it: a date means its first instant."""

from datetime import UTC, datetime, time

from sla_engine.domain.time.errors import UnreadableMoment
from sla_engine.domain.time.local_time import local_day
from sla_engine.parsing.moments import day, moment, resolved


def since_instant(text: str, *, zone: str, now: datetime) -> datetime:
    """`2026-12-24`, `yesterday`, `last monday`, `2026-12-24 14:00` or an ISO instant, in UTC; labels are the zone's.

    Raises: UnreadableMoment, DayIsAmbiguous.
    """
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        return _named(text, zone=zone, now=now)
    if written.tzinfo is None:
        return resolved(written, zone=zone, text=text)
    try:
        return written.astimezone(UTC)
    except OverflowError as error:  # a day at either end of what can be counted
        raise UnreadableMoment(text) from error


def _named(text: str, *, zone: str, now: datetime) -> datetime:
    try:
        named = day(text, today=local_day(now, zone=zone))
    except UnreadableMoment:
        return moment(text, zone=zone, now=now)
    return resolved(datetime.combine(named, time()), zone=zone, text=text)
