"""What a clock reads: elapsed open time, due time, breach. Pure; `now` comes in.

Every figure follows from the tracks and the calendars, and one comparison decides: elapsed > target is a breach,
equal is met. Wall-clock times are never compared, because a stop after closing with the target exactly used is met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements import Agreement, Target
from sla_engine.domain.calendars import Calendar
from sla_engine.domain.events import Entry
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.domain.reasons import PauseReason
from sla_engine.domain.tracks import Track, runs_until, tracks

_ZERO = timedelta(0)


class ClockState(StrEnum):
    """Where a clock is. Breach is not among them: a clock can be breached and running."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One clock at one instant. Durations are open time; instants are UTC.

    `due_at` is None while paused. `grace_until` is the last instant at which a stop still meets the target, and the
    breach instant if nothing stops it. `cycle` counts the periods of a periodic metric from 0.
    """

    metric: MetricName
    cycle: int
    state: ClockState
    target: Target
    started_at: datetime
    elapsed: timedelta
    running_since: datetime | None
    elapsed_this_run: timedelta
    due_at: datetime | None
    grace_until: datetime | None
    breached_at: datetime | None
    breached_on_change: bool
    stopped_at: datetime | None
    stopped_by: str
    paused_for: tuple[PauseReason, ...]
    paused_open: timedelta

    @property
    def remaining(self) -> timedelta:
        """Open time left; negative after the target is used up."""
        return self.target.duration - self.elapsed

    @property
    def breached(self) -> bool:
        """Whether the target was missed, at this instant or before."""
        return self.breached_at is not None

    @property
    def met(self) -> bool | None:
        """True or False once decided; None while it can still go either way."""
        if self.breached:
            return False
        return True if self.state is ClockState.STOPPED else None

    @property
    def elapsed_before_run(self) -> timedelta:
        """Open time counted in the runs before the present one; the whole of it when the clock does not run."""
        return self.elapsed if self.running_since is None else self.elapsed - self.elapsed_this_run

    @property
    def share(self) -> float:
        """Elapsed as a share of the target: 0.75 is 75 %."""
        return self.elapsed / self.target.duration

    @property
    def outcome_at(self) -> datetime | None:
        """The instant the outcome became certain: the breach, else the stop; None while open."""
        return self.breached_at or self.stopped_at


def readings(
    history: Sequence[Entry], agreement: Agreement, *, now: datetime
) -> Mapping[MetricName, tuple[Reading, ...]]:
    """Every clock of an incident at `now`: for each promised metric its measurements, the current one last."""
    found: dict[MetricName, tuple[Reading, ...]] = {}
    for name, metric in METRICS.items():
        measured = tuple(read(track, now=now) for track in tracks(history, metric, agreement, until=now))
        if measured:
            found[name] = measured
    return found


def current(found: Mapping[MetricName, tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """The latest measurement of each metric, in the metrics' order."""
    return tuple(measured[-1] for measured in found.values())


def read(track: Track, *, now: datetime) -> Reading:
    """Read one track at `now` (not before its start)."""
    until = track.stopped_at or now
    target = track.target
    elapsed = _elapsed(track, target.calendar, until)
    state = _state(track)
    running = state is ClockState.RUNNING
    breach = _breach(track, until)
    due = None if state is ClockState.PAUSED else _due(track, target, now)
    return Reading(
        metric=track.metric.name,
        cycle=track.cycle,
        state=state,
        target=target,
        started_at=track.started_at,
        elapsed=elapsed,
        running_since=track.runs[-1].start if running else None,
        elapsed_this_run=target.calendar.elapsed(track.runs[-1].start, until) if running else _ZERO,
        due_at=due,
        grace_until=_grace(track, target, due),
        breached_at=breach[0] if breach else None,
        breached_on_change=bool(breach and breach[1]),
        stopped_at=track.stopped_at,
        stopped_by=track.stopped_by,
        paused_for=track.rests[-1].reasons if state is ClockState.PAUSED else (),
        paused_open=_paused_open(track, target.calendar, until),
    )


def share_instant(reading: Reading, percent: int) -> datetime | None:
    """When elapsed reaches `percent` of the target if nothing changes; None unless the clock is running."""
    if reading.running_since is None:
        return None
    calendar = reading.target.calendar
    before = reading.elapsed_before_run
    wanted = reading.target.duration * percent / 100 - before
    return reading.running_since if wanted <= _ZERO else calendar.add(reading.running_since, wanted)


def _state(track: Track) -> ClockState:
    if track.stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if track.runs and track.runs[-1].end is None else ClockState.PAUSED


def _elapsed(track: Track, calendar: Calendar, until: datetime) -> timedelta:
    return sum((calendar.elapsed(start, end) for start, end in runs_until(track, until)), _ZERO)


def _paused_open(track: Track, calendar: Calendar, until: datetime) -> timedelta:
    return sum(
        (calendar.elapsed(rest.start, min(rest.end or until, until)) for rest in track.rests),
        _ZERO,
    )


def _due(track: Track, target: Target, now: datetime) -> datetime:
    """The earliest instant at which elapsed reaches the target, past or to come.

    A stopped clock is read as if it had run on, so that "resolved 2 h before it was due" can be said.
    """
    left = target.duration
    calendar = target.calendar
    for start, end in runs_until(track, now):
        used = calendar.elapsed(start, end)
        if used >= left:
            return calendar.add(start, left)
        left -= used
    last = track.runs[-1] if track.runs else None
    resume_from = now if last is None or last.end is None else last.end
    return calendar.add(max(resume_from, track.started_at), left)


def _grace(track: Track, target: Target, due: datetime | None) -> datetime | None:
    """The first instant at or after `due` at which the clock's time is open again."""
    if due is None:
        return None
    for run in track.runs:
        if run.end is None or due < run.end:
            opening = target.calendar.next_open(max(due, run.start))
            if run.end is None or opening < run.end:
                return opening
    return target.calendar.next_open(due)


def _breach(track: Track, until: datetime) -> tuple[datetime, bool] | None:
    """The first breach, and whether a change of target (rather than the clock) caused it.

    Each target counts only while it was in force, measured from the original start: a later, longer one does not
    undo a breach, and a shorter one that is overdue at once breaches at the change.
    """
    for number, change in enumerate(track.changes):
        last = number + 1 == len(track.changes)
        end = until if last else min(track.changes[number + 1].at, until)
        target = change.target
        if change.at > track.started_at and _elapsed(track, target.calendar, min(change.at, until)) > target.duration:
            return change.at, True
        if _elapsed(track, target.calendar, end) > target.duration:
            return _crossing(track, target, end), False
    return None


def _crossing(track: Track, target: Target, until: datetime) -> datetime:
    """The first open running instant at which the target was already used up."""
    left = target.duration
    for start, end in runs_until(track, until):
        used = target.calendar.elapsed(start, end)
        if used > left:
            return target.calendar.next_open(target.calendar.add(start, left))
        left -= used
    return until
