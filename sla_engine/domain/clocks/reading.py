"""The reading of a clock: elapsed open time, due time, breach. Pure; `now` comes in.

Every figure follows from the tracks and the calendars, and one comparison decides: elapsed > target is a breach,
equal is met. Wall-clock times are never compared, because a stop after closing with the target exactly used is met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.fold import ordered_tracks
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.clocks.track import RunSpan, Track, runs_until
from sla_engine.domain.incidents.events import Entry, Waived
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.reach import WorkingTime, due_after, next_opening

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

    `due_at` is None while paused, where the calendar ends before the target is used up, and for a clock that ended
    without an outcome because nothing is `promised` any more. `grace_until` is the last
    instant at which a stop still meets the target, and the breach instant if nothing stops it. `cycle` counts the
    periods of a periodic metric, and the cycles of a reopened one, from 0. `losers` are the rules that matched too,
    `version` the agreement's that promises the target, and `changes_at` when the next version known comes to count.
    `stopped_by` is who stopped it, by the fact `stopped_on`; `first_stopped_at` and `first_elapsed` tell of the first
    resolution of a clock that was reopened since, and `waived_at` of a miss that was taken out of the figures.
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
        """Whether nothing moves this clock any more."""
        return self.state in (ClockState.STOPPED, ClockState.CANCELLED)

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


def readings(history: Sequence[Entry], terms: Terms, *, now: datetime) -> Mapping[MetricName, tuple[Reading, ...]]:
    """Every clock of an incident at `now`: for each promised metric its measurements, the current one last."""
    found: dict[MetricName, tuple[Reading, ...]] = {}
    ordered = read_in_order(history, terms)
    waived = waivers(ordered, until=now)
    for name, metric in METRICS.items():
        measured = tuple(
            read(track, now=now, waiver=waived.get((name.value, track.cycle)))
            for track in ordered_tracks(ordered, metric, terms, until=now)
        )
        if measured:
            found[name] = measured
    return found


def current(found: Mapping[MetricName, tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """The latest measurement of each metric, in the metrics' order."""
    return tuple(measured[-1] for measured in found.values())


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
    runs = _counted(track, calendar, until)
    elapsed = sum((counted for _, _, counted in runs), _ZERO)
    breach = _breach(track, until, elapsed)
    state = _state(track, missed=breach is not None)
    running = state is ClockState.RUNNING
    has_no_due = state is ClockState.PAUSED or not (is_promised or breach)
    due, due_on = (None, target) if has_no_due else _due(track, now)
    return Reading(
        metric=track.metric.name,
        cycle=track.cycle,
        state=state,
        target=target,
        started_at=track.started_at,
        elapsed=elapsed,
        running_since=track.runs[-1].start if running else None,
        elapsed_this_run=runs[-1][2] if running and runs and runs[-1][0] == track.runs[-1].start else _ZERO,
        due_at=due,
        grace_until=_grace(track, due_on, due),
        breached_at=breach[0] if breach else None,
        breached_on_change=bool(breach and breach[1]),
        stopped_at=track.stopped_at,
        stopped_by=track.stopped_by,
        stopped_on=track.stopped_on,
        paused_for=track.rests[-1].reasons if state is ClockState.PAUSED else (),
        paused_open=_paused_open(track, calendar, until),
        losers=change.losers,
        version=change.version,
        changes_at=track.changes_at,
        first_stopped_at=track.first_stopped_at,
        first_elapsed=_elapsed(track, calendar, track.first_stopped_at) if track.first_stopped_at else None,
        waived_at=waiver.at if waiver else None,
        promised=is_promised,
    )


def share_instant(reading: Reading, percent: int) -> datetime | None:
    """When elapsed reaches `percent` of the target if nothing changes; None unless the clock runs and gets there."""
    if reading.running_since is None:
        return None
    calendar = reading.target.calendar
    before = reading.elapsed_before_run
    wanted = reading.target.duration * percent / 100 - before
    return reading.running_since if wanted <= _ZERO else due_after(calendar, reading.running_since, wanted)


def _state(track: Track, *, missed: bool) -> ClockState:
    if track.cancelled or (track.withdrawn and not missed):
        return ClockState.CANCELLED
    if track.stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if track.runs and track.runs[-1].end is None else ClockState.PAUSED


def _counted(track: Track, calendar: WorkingTime, until: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """The runs up to `until`, each with the open time it counted."""
    return [(start, end, calendar.elapsed(start, end)) for start, end in runs_until(track, until)]


def _elapsed(track: Track, calendar: WorkingTime, until: datetime) -> timedelta:
    return sum((calendar.elapsed(start, end) for start, end in runs_until(track, until)), _ZERO)


def _paused_open(track: Track, calendar: WorkingTime, until: datetime) -> timedelta:
    return sum(
        (calendar.elapsed(rest.start, min(rest.end or until, until)) for rest in track.rests),
        _ZERO,
    )


def _due(track: Track, now: datetime) -> tuple[datetime | None, Target]:
    """When the target is used up, and which one: a version known to come moves what is not missed before it comes.

    None where it never is, because the calendar ends before, or nothing is promised any more by then.
    """
    target = track.target
    due = _due_under(track, target, now)
    for change in track.ahead:
        if _turns_before(track, target, due, change.at):
            break
        if not change.promises:
            due = None
            continue
        target = change.target
        used_up = _due_under(track, target, now)
        due = used_up if used_up is None or used_up > change.at else min(due or change.at, change.at)
        if _turns_before(track, target, used_up, change.at):  # overdue as soon as it comes
            break
    return due, target


def _due_under(track: Track, target: Target, now: datetime) -> datetime | None:
    """The earliest instant at which elapsed reaches the target, past or to come; None when it never does.

    A stopped clock is read as if it had run on, so that "resolved 2 h before it was due" can be said.
    """
    left = target.duration
    calendar = target.calendar
    for start, end, used in _counted(track, calendar, now):
        if used >= left or end >= now:
            return due_after(calendar, start, left)
        left -= used
    return due_after(calendar, max(track.stopped_at or now, track.started_at), left)


def _grace(track: Track, target: Target, due: datetime | None) -> datetime | None:
    """When the outcome turns; None while no due time is known, and where no open time follows it."""
    return None if due is None else _turns(track, target, due)


def _turns(track: Track, target: Target, due: datetime) -> datetime | None:
    """The first instant of open time, while running, at or after due; None when there is none."""
    for run in track.runs:
        if run.end is None or due < run.end:
            opens = next_opening(target.calendar, max(due, run.start))
            if run.end is None or (opens is not None and opens < run.end):
                return opens
    return next_opening(target.calendar, due)


def _turns_before(track: Track, target: Target, due: datetime | None, at: datetime) -> bool:
    turns = None if due is None else _turns(track, target, due)
    return turns is not None and turns < at


def _breach(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach, and whether a change (rather than the clock) caused it.

    A start that turned out to be earlier is held against the target in force when that became known, and what is
    overdue by it is breached at that instant: what nobody could know was not missed.
    """
    if not track.moves:
        return _breach_by_targets(track, until, elapsed)
    move = track.moves[-1]
    told = replace(
        track,
        started_at=move.before,
        runs=_runs_from(track, move.before),
        changes=[change.started(move.before) for change in track.changes],
        moves=track.moves[:-1],
    )
    known = min(until, move.at)
    before = _breach(told, known, _elapsed(told, told.target.calendar, known))
    if before is not None:
        return before
    held = [change for change in track.changes if change.at <= known][-1:]
    for change in held:
        if change.promises and _elapsed(track, change.target.calendar, known) > change.target.duration:
            return move.at, True
    later = [change for change in track.changes if change.at > known]
    return _breach_by_targets(replace(track, changes=[*held, *later]), until, elapsed)


def _breach_by_targets(track: Track, until: datetime, elapsed: timedelta) -> tuple[datetime, bool] | None:
    """The first breach by the targets as they were in force.

    Each target counts only while it was in force, measured from the original start: a later, longer one does not
    undo a breach, and a shorter one that is overdue at once breaches at the change. Where nothing is promised, nothing
    is missed.
    """
    if len(track.changes) == 1 and track.changes[0].at <= track.started_at and track.changes[0].promises:
        target = track.target
        return (_crossing(track, target, until), False) if elapsed > target.duration else None
    if _is_within_every_target(track, elapsed):
        return None
    changes = [change for change in track.changes if change.at <= until]
    for number, change in enumerate(changes):
        if not change.promises:
            continue
        end = until if change is changes[-1] else changes[number + 1].at
        target = change.target
        if change.at > track.started_at and _elapsed(track, target.calendar, change.at) > target.duration:
            return change.at, True
        if _elapsed(track, target.calendar, end) > target.duration:
            return _crossing(track, target, end), False
    return None


def _is_within_every_target(track: Track, elapsed: timedelta) -> bool:
    """Whether no target that was ever in force can have been missed: on one calendar, elapsed never grows smaller."""
    calendar = track.target.calendar
    return all(change.target.calendar is calendar and elapsed <= change.target.duration for change in track.changes)


def _runs_from(track: Track, start: datetime) -> list[RunSpan]:
    return [RunSpan(max(run.start, start), run.end) for run in track.runs if run.end is None or run.end > start]


def _crossing(track: Track, target: Target, until: datetime) -> datetime:
    """The first open running instant at which the target was already used up; it was, before `until`."""
    left, start = target.duration, track.started_at
    for start, _, used in _counted(track, target.calendar, until):  # noqa: B007 - the run that used it up
        if used > left:
            break
        left -= used
    return target.calendar.next_open(target.calendar.add(start, left))
