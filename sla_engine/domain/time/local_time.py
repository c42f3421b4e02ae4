"""Wall-clock labels and instants: the one place where a time zone is looked up, and where a label becomes an instant.

What a label means on a day when the clocks change is decided in `resolve`.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla_engine.domain.time.errors import UnknownZone
from sla_engine.domain.time.zone_names import places_like

Zone = ZoneInfo
"""The type of a time zone everywhere in this program."""

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
NO_OFFSET = timedelta()


def zone_named(name: str) -> Zone:
    """The zone with this IANA name.

    Raises: UnknownZone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder such as "America" is an OSError
        raise UnknownZone(name, places_like(name, most=3)) from None


def resolve(local: datetime, zone: Zone) -> datetime:
    """The instant of a wall-clock label: its first occurrence, or pushed forward by the gap it fell into.

    Labels at the very ends of the calendar are held to the first and last instant that can be written down.
    """
    before, after = (local.replace(tzinfo=zone, fold=fold).utcoffset() or NO_OFFSET for fold in (0, 1))
    meant = _instant(local, before)
    if before == after or _shows(meant, local, zone):
        return meant
    # In a gap no instant shows the label, and the offset before the change pushes it forward. But where a zone's
    # list of changes ends, zoneinfo also takes an hour to repeat that did not: Nuuk's on 28 October 2023.
    later = _instant(local, after)
    return later if _shows(later, local, zone) else meant


def _instant(local: datetime, offset: timedelta) -> datetime:
    try:
        return (local - offset).replace(tzinfo=UTC)
    except OverflowError:
        return EARLIEST if offset > NO_OFFSET else LATEST


def _shows(at: datetime, local: datetime, zone: Zone) -> bool:
    return at.astimezone(zone).replace(tzinfo=None) == local


def occurrences(local: datetime, zone: Zone) -> tuple[datetime, ...]:
    """The instants at which the clocks show a label: one, two where they go back over it, none where they skip it."""
    offsets = {local.replace(tzinfo=zone, fold=fold).utcoffset() or NO_OFFSET for fold in (0, 1)}
    instants = sorted(_instant(local, offset) for offset in offsets)
    return tuple(at for at in instants if _shows(at, local, zone))


def date_exists(day: date, zone: Zone) -> bool:
    """Whether the zone had that date at all: Samoa went from 29 to 31 December 2011."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall-clock label has no zone yet
    return resolve(midnight, zone) < resolve(midnight + timedelta(days=1), zone)


def local_time(at: datetime, *, zone: str) -> datetime:
    """The wall-clock time of a zone at an instant."""
    return at.astimezone(zone_named(zone))


def local_day(at: datetime, *, zone: str) -> date:
    """The local date of a zone at an instant."""
    return local_time(at, zone=zone).date()


def local_hour(day: date, hour: int = 0, *, zone: str) -> datetime:
    """The instant (UTC) at which that hour begins; one that does not exist begins after the gap."""
    return resolve(datetime(day.year, day.month, day.day, hour), zone_named(zone))  # noqa: DTZ001  a wall-clock label
