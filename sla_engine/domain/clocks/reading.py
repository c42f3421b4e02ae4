"""The reading of a clock: elapsed open time, due time, breach. Pure; `now` comes in.

Every figure follows from the tracks and the calendars, and one comparison decides: elapsed > target is a breach,
equal is met. Wall-clock times are never compared, because a stop after closing with the target exactly used is met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.breach import breach_of
from sla_engine.domain.clocks.counted_time import counted_runs, elapsed_on
from sla_engine.domain.clocks.due import due_of, grace_end
from sla_engine.domain.clocks.fold import ordered_tracks
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.clocks.track import Track
from sla_engine.domain.incidents.events import Waived
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.reach import WorkingTime, due_after

_ZERO = timedelta(0)


class ClockState(StrEnum):
    """The state of a clock. Breach is not one: a clock can be breached and running."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One clock at one instant. Durations are open time; instants are UTC.

    `due_at` is None while paused, where the calendar ends before the target is used up, and for a clock that ended
    without an outcome because nothing is `promised` any more. `grace_until` is the last instant at which a stop still
    meets the target, and the breach instant if nothing stops it. `cycle` counts the periods of a periodic metric, and
    the cycles of a reopened one, from 0. `losers` are the rules that matched too, `version` is the version of the
    agreement that promises the target, and `changes_at` is when the next known version takes effect. `stopped_by` is
    the person who stopped it, by the fact `stopped_on`; `first_stopped_at` and `first_elapsed` are those of the first
    resolution of a clock that was reopened since, and `waived_at` is when its miss was taken out of the figures.
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
    stopped_on: str
    paused_for: tuple[PauseReason, ...]
    paused_open: timedelta
    losers: tuple[Target, ...] = ()
    version: int = 0
    changes_at: datetime | None = None
    first_stopped_at: datetime | None = None
    first_elapsed: timedelta | None = None
    waived_at: datetime | None = None
    promised: bool = True

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
        """True or False once decided; None while it can still go either way, and for a cancelled clock."""
        if self.state is ClockState.CANCELLED:
            return None
        if self.breached:
            return False
        return True if self.state is ClockState.STOPPED else None

    @property
    def is_over(self) -> bool:
        """Whether this clock has ended."""
        return self.state in (ClockState.STOPPED, ClockState.CANCELLED)

    @property
    def elapsed_before_run(self) -> timedelta:
        """Open time counted in the runs before the current one; all of it when the clock does not run."""
        return self.elapsed if self.running_since is None else self.elapsed - self.elapsed_this_run

    @property
    def share(self) -> float:
        """Elapsed as a share of the target: 0.75 is 75 %."""
        return self.elapsed / self.target.duration

    @property
    def outcome_at(self) -> datetime | None:
        """The instant the outcome became certain: the breach, else the stop; None while open."""
        return self.breached_at or self.stopped_at


def readings(history: Sequence[Entry], terms: Terms, *, now: datetime) -> Mapping[MetricName, tuple[Reading, ...]]:
    """Every clock of an incident at `now`: for each promised metric its measurements, the current one last."""
    by_metric: dict[MetricName, tuple[Reading, ...]] = {}
    ordered = read_in_order(history, terms)
    waived = waivers(ordered, until=now)
    for name, metric in METRICS.items():
        measured = tuple(
            read(track, now=now, waiver=waived.get((name.value, track.cycle)))
            for track in ordered_tracks(ordered, metric, terms, until=now)
        )
        if measured:
            by_metric[name] = measured
    return by_metric


def current(by_metric: Mapping[MetricName, tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """The current measurement of each metric, in the metrics' order."""
    return tuple(measured[-1] for measured in by_metric.values())


def waivers(history: Sequence[Entry], *, until: datetime) -> dict[tuple[str, int], Entry]:
    """The facts that took a miss out of the figures, by metric and cycle."""
    return {
        (entry.event.metric, entry.event.cycle): entry
        for entry in history
        if isinstance(entry.event, Waived) and entry.at <= until
    }


def read(track: Track, *, now: datetime, waiver: Entry | None = None) -> Reading:
    """Read one track at `now` (not before its start)."""
    until = track.stopped_at or now
    is_promised = track.unpromised_since is None
    change = track.changes[-1]
    target = change.target
    calendar = target.calendar
    runs = counted_runs(track, calendar, until)
    elapsed = sum((counted for _, _, counted in runs), _ZERO)
    breach = breach_of(track, until, elapsed)
    breached_at, breached_on_change = breach or (None, False)
    state = _state_of(track, missed=breach is not None)
    has_no_due = state is ClockState.PAUSED or not (is_promised or breach)
    due, due_on = (None, target) if has_no_due else due_of(track, now)
    return Reading(
        metric=track.metric.name,
        cycle=track.cycle,
        state=state,
        target=target,
        started_at=track.started_at,
        elapsed=elapsed,
        running_since=track.runs[-1].start if state is ClockState.RUNNING else None,
        elapsed_this_run=_elapsed_this_run(track, runs) if state is ClockState.RUNNING else _ZERO,
        due_at=due,
        grace_until=grace_end(track, due_on, due),
        breached_at=breached_at,
        breached_on_change=breached_on_change,
        stopped_at=track.stopped_at,
        stopped_by=track.stopped_by,
        stopped_on=track.stopped_on,
        paused_for=track.rests[-1].reasons if state is ClockState.PAUSED else (),
        paused_open=_paused_open(track, calendar, until),
        losers=change.losers,
        version=change.version,
        changes_at=track.changes_at,
        first_stopped_at=track.first_stopped_at,
        first_elapsed=elapsed_on(track, calendar, track.first_stopped_at) if track.first_stopped_at else None,
        waived_at=waiver.at if waiver else None,
        promised=is_promised,
    )


def _elapsed_this_run(track: Track, runs: Sequence[tuple[datetime, datetime, timedelta]]) -> timedelta:
    """The open time of the last run; zero where it starts at the very instant of the reading."""
    if not runs:
        return _ZERO
    start, _, counted = runs[-1]
    return counted if start == track.runs[-1].start else _ZERO


def share_instant(reading: Reading, percent: int) -> datetime | None:
    """The instant at which elapsed reaches `percent` of the target; None if the clock rests or never gets there."""
    if reading.running_since is None:
        return None
    calendar = reading.target.calendar
    before = reading.elapsed_before_run
    left = reading.target.duration * percent / 100 - before
    return reading.running_since if left <= _ZERO else due_after(calendar, reading.running_since, left)


def _state_of(track: Track, *, missed: bool) -> ClockState:
    if track.cancelled or (track.withdrawn and not missed):
        return ClockState.CANCELLED
    if track.stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if track.runs and track.runs[-1].end is None else ClockState.PAUSED


def _paused_open(track: Track, calendar: WorkingTime, until: datetime) -> timedelta:
    return sum(
        (calendar.elapsed(rest.start, min(rest.end or until, until)) for rest in track.rests),
        _ZERO,
    )
