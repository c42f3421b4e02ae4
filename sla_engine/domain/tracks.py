"""A history folded into tracks: when one clock ran, rested, and what its target was.

A track is one measurement of one metric: a periodic metric has one per period, the others one per incident.
This file only finds the spans; `clocks.py` counts the open time in them. Keeping the two apart keeps zones and
calendars out of the fold, and keeps the fold a single pass that any past reading can repeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sla_engine.domain.agreements import Agreement, Target
from sla_engine.domain.events import (
    CustomerReplied,
    Entry,
    Event,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
    in_order,
)
from sla_engine.domain.metrics import Metric
from sla_engine.domain.priorities import Priority
from sla_engine.domain.reasons import PauseReason


@dataclass(frozen=True, slots=True)
class RunSpan:
    """The clock ran from `start` to `end`, or still runs when `end` is None."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class RestSpan:
    """The clock rested from `start` to `end` (None: still), and why; the first reason is who held the ball."""

    start: datetime
    end: datetime | None
    reasons: tuple[PauseReason, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """From `at` on this target was in force."""

    at: datetime
    target: Target


@dataclass(slots=True)
class Track:
    """One measurement: its runs, rests and targets, oldest first; without a target nothing was promised (yet)."""

    metric: Metric
    cycle: int
    started_at: datetime
    changes: list[TargetChange]
    runs: list[RunSpan] = field(default_factory=list)
    rests: list[RestSpan] = field(default_factory=list)
    stopped_at: datetime | None = None
    stopped_by: str = ""
    waiting_since: datetime | None = None

    @property
    def target(self) -> Target:
        """The target now in force."""
        return self.changes[-1].target


def tracks(history: Sequence[Entry], metric: Metric, agreement: Agreement, *, until: datetime) -> tuple[Track, ...]:
    """The measurements of `metric`, oldest first; none when nothing was promised at any priority it had.

    `history` may be in any order; entries after `until` are ignored, so any past reading can be reproduced.
    A pause while paused or a resume while running changes nothing: Slack and webhooks deliver duplicates.
    """
    fold = _Fold(metric, agreement)
    for entry in in_order(history):
        if entry.at > until:
            break
        fold.read(entry)
    return tuple(track for track in fold.done if track.changes)


class _Fold:
    """One pass over a history for one metric."""

    def __init__(self, metric: Metric, agreement: Agreement) -> None:
        self.metric = metric
        self.agreement = agreement
        self.done: list[Track] = []
        self.priority: Priority | None = None
        self.pauses: dict[PauseReason, datetime] = {}
        self.opened_at: datetime | None = None
        self.resolved = False

    @property
    def track(self) -> Track | None:
        """The measurement that is running or resting."""
        return self.done[-1] if self.done and self.done[-1].stopped_at is None else None

    def read(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case Opened():
                self._open(event, entry)
            case PrioritySet():
                self._set_priority(event.priority, entry)
            case Paused():
                self._pause(event.reason, entry)
            case Resumed():
                self._resume(event.reason, entry)
            case CustomerReplied():
                self._resume(PauseReason.CUSTOMER, entry)
            case Reopened():
                self._reopen(entry)
            case _:
                self._act(event, entry)

    def _open(self, event: Opened, entry: Entry) -> None:
        if self.opened_at is not None:
            return
        self.opened_at = entry.at
        self.priority = event.priority
        self._begin(entry.at)

    def _begin(self, at: datetime) -> None:
        """Start a measurement, also where nothing is promised: a higher priority may promise something yet."""
        target = self._promised()
        track = Track(self.metric, len(self.done), at, [] if target is None else [TargetChange(at, target)])
        self.done.append(track)
        if self._resting:
            track.rests.append(RestSpan(at, None, tuple(self.pauses)))
        else:
            track.runs.append(RunSpan(at, None))
        if self.pauses:
            self._wait(at)

    def _promised(self) -> Target | None:
        return None if self.priority is None else self.agreement.target(self.metric.name, self.priority)

    @property
    def _resting(self) -> bool:
        return self.metric.pausable and bool(self.pauses)

    def _set_priority(self, priority: Priority, entry: Entry) -> None:
        if priority is self.priority or self.opened_at is None:
            return
        self.priority = priority
        target = self._promised()
        if self.track is None or target is None:
            return
        if self.pauses and target.waiting is not None:
            self._wait(entry.at)
        else:
            self.track.changes.append(TargetChange(entry.at, target))

    def _pause(self, reason: PauseReason, entry: Entry) -> None:
        if reason in self.pauses or self.opened_at is None:
            return
        first = not self.pauses
        self.pauses[reason] = entry.at
        track = self.track
        if track is None:
            return
        if first:
            self._wait(entry.at)
        if self.metric.pausable:
            self._end_run(track, entry.at)
            self._end_rest(track, entry.at)
            track.rests.append(RestSpan(entry.at, None, tuple(self.pauses), entry.by))

    def _wait(self, at: datetime) -> None:
        """A metric that never rests may run on a longer period while a reason holds."""
        track, promised = self.track, self._promised()
        if track is not None and promised is not None and promised.waiting is not None:
            track.waiting_since = at
            track.changes.append(TargetChange(at, _lasting(promised, promised.waiting)))

    def _resume(self, reason: PauseReason | None, entry: Entry) -> None:
        if not self.pauses or (reason is not None and reason not in self.pauses):
            return
        ended = [reason] if reason is not None else list(self.pauses)
        for each in ended:
            del self.pauses[each]
        track = self.track
        if track is None:
            return
        if self.metric.pausable:
            self._end_rest(track, entry.at)
            if self.pauses:
                track.rests.append(RestSpan(entry.at, None, tuple(self.pauses), entry.by))
            else:
                track.runs.append(RunSpan(entry.at, None))
        if not self.pauses:
            self._stop_waiting(track, entry.at)

    def _stop_waiting(self, track: Track, at: datetime) -> None:
        """Back to the short period, counted from here, but never later than the long one would have ended."""
        promised = self._promised()
        if track.waiting_since is None or promised is None or promised.waiting is None:
            return
        track.waiting_since = None
        so_far = promised.calendar.elapsed(track.started_at, at)
        track.changes.append(TargetChange(at, _lasting(promised, min(promised.waiting, so_far + promised.duration))))

    def _reopen(self, entry: Entry) -> None:
        if not self.resolved:
            return
        self.resolved = False
        last = self.done[-1] if self.done else None
        if last is None or last.stopped_by != "Resolved" or not self.metric.resumes_on_reopen:
            return
        if self.metric.periodic:
            self._begin(entry.at)
            return
        last.stopped_at, last.stopped_by = None, ""
        if self._resting:
            last.rests.append(RestSpan(entry.at, None, tuple(self.pauses)))
        else:
            last.runs.append(RunSpan(entry.at, None))
        target = self._promised()
        if target is not None and (not last.changes or target != last.target):
            last.changes.append(TargetChange(entry.at, target))

    def _act(self, event: Event, entry: Entry) -> None:
        if isinstance(event, Resolved):
            self.resolved = True
        track = self.track
        if track is not None and isinstance(event, self.metric.stops_on + self.metric.restarts_on):
            self._stop(track, event, entry.at)
            if isinstance(event, self.metric.restarts_on):
                self._begin(entry.at)
        if isinstance(event, Resolved):
            self.pauses.clear()

    def _stop(self, track: Track, event: Event, at: datetime) -> None:
        self._end_run(track, at)
        self._end_rest(track, at)
        track.stopped_at, track.stopped_by = at, type(event).__name__

    @staticmethod
    def _end_run(track: Track, at: datetime) -> None:
        if track.runs and track.runs[-1].end is None:
            track.runs[-1] = RunSpan(track.runs[-1].start, at)

    @staticmethod
    def _end_rest(track: Track, at: datetime) -> None:
        if track.rests and track.rests[-1].end is None:
            last = track.rests[-1]
            track.rests[-1] = RestSpan(last.start, at, last.reasons, last.by)


def _lasting(target: Target, duration: timedelta) -> Target:
    return Target(
        metric=target.metric,
        priority=target.priority,
        duration=duration,
        calendar=target.calendar,
        waiting=target.waiting,
    )


def runs_until(track: Track, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The track's runs as finished spans, cut at `until`, oldest first."""
    for run in track.runs:
        end = until if run.end is None else min(run.end, until)
        if run.start < end:
            yield run.start, end
