"""When somebody is reminded that nobody has taken over the dispatch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from sla_engine.domain.time.calendar import Calendar

LEAVER_AFTER = timedelta(minutes=30)
MANAGER_AFTER = timedelta(minutes=60)
"""The working time of whoever is next without their word, after which the one who leaves and the manager are told."""


class Reminded(IntEnum):
    """Who was told that nobody has taken over; the stored numbers keep their meaning."""

    NOBODY = 0
    LEAVER = 1
    MANAGER = 2


@dataclass(frozen=True, slots=True)
class Reminders:
    """The instants (UTC) at which the one who leaves and the manager are told."""

    leaver_at: datetime
    manager_at: datetime

    def due(self, now: datetime) -> Reminded:
        """Who is to be told by `now`."""
        if now >= self.manager_at:
            return Reminded.MANAGER
        return Reminded.LEAVER if now >= self.leaver_at else Reminded.NOBODY


def reminders(handed_over_at: datetime, hours: Calendar) -> Reminders:
    """The reminders of a handover; `hours` are the working hours of whoever is next.

    Raises: CalendarNeverOpens.
    """
    return Reminders(hours.add(handed_over_at, LEAVER_AFTER), hours.add(handed_over_at, MANAGER_AFTER))
