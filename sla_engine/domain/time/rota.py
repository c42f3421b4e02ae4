"""The dispatchers' rota: members in turn, handed over after days on the wall or after real time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.time.local_time import Zone, resolve, zone_named


@dataclass(frozen=True, slots=True)
class WallDays:
    """So many days of a zone's wall clock (at least one); 23 or 25 hours a day where the clocks change."""

    days: int
    zone: str

    def turns_since(self, starts: datetime, now: datetime) -> int:
        """The number of turns that are over at `now`; negative before `starts`.

        Each is handed over at the time of day of `starts`, or, where that does not exist, after the gap.
        """
        there = zone_named(self.zone)
        first = starts.astimezone(there)
        turns = (now.astimezone(there).date() - first.date()).days // self.days
        while self._handover(first, turns, there) > now:  # more than once where the zone skipped a date of handover
            turns -= 1
        return turns

    def _handover(self, first: datetime, turns: int, zone: Zone) -> datetime:
        day = first.date() + timedelta(days=turns * self.days)
        return resolve(datetime.combine(day, first.time()), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The dispatchers: `members` in turn, one `turn` each, counted from `starts` (an instant in UTC).

    A turn of `WallDays` is handed over at the same time of day all year; a timedelta is real time.
    """

    members: tuple[str, ...]
    starts: datetime
    turn: WallDays | timedelta

    def on_duty(self, now: datetime) -> str | None:
        """The Slack id of the dispatcher at `now`; before `starts` the first member, None for an empty rota."""
        if not self.members:
            return None
        return self.members[max(0, self._turns(now)) % len(self.members)]

    def _turns(self, now: datetime) -> int:
        if isinstance(self.turn, WallDays):
            return self.turn.turns_since(self.starts, now)
        return (now - self.starts) // self.turn
