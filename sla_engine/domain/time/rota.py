"""The dispatchers' rota: members in turn, handed over after days on the wall or after real time."""

from collections.abc import Collection
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

    def handed_over(self, starts: datetime, turns: int) -> datetime:
        """The instant (UTC) at which so many turns since `starts` are over."""
        there = zone_named(self.zone)
        return self._handover(starts.astimezone(there), turns, there)

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

    def on_duty(self, now: datetime, *, absent: Collection[str] = ()) -> str | None:
        """The Slack id of the dispatcher at `now`; before `starts` the first member.

        The turn of somebody absent falls to the next member who is there; None for an empty rota, or when all are away.
        """
        return next((member for member in self.members_from(now) if member not in absent), None)

    def members_from(self, now: datetime) -> tuple[str, ...]:
        """The members in the order of their turns, beginning with the one whose turn it is at `now`."""
        if not self.members:
            return ()
        first = max(0, self._turns(now)) % len(self.members)
        return (*self.members[first:], *self.members[:first])

    def next_turn(self, now: datetime) -> datetime:
        """The next instant (UTC) after `now` at which a turn begins."""
        turns = max(0, self._turns(now)) + 1
        if isinstance(self.turn, WallDays):
            return self.turn.handed_over(self.starts, turns)
        return self.starts + turns * self.turn

    def _turns(self, now: datetime) -> int:
        if isinstance(self.turn, WallDays):
            return self.turn.turns_since(self.starts, now)
        return (now - self.starts) // self.turn
