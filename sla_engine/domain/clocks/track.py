"""Tracks: the runs, rests and targets of one clock, as `fold` collects them from a history.

A track is one measurement of one metric: a periodic metric has one per period, the others one per incident, or one
per reopening where the agreement says so. It only holds spans; `reading` counts the open time in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.metrics import Metric
from sla_engine.domain.incidents.reasons import PauseReason


@dataclass(frozen=True, slots=True)
class RunSpan:
    """The clock ran from `start` to `end`, or still runs when `end` is None."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class RestSpan:
    """The clock rested from `start` to `end` (None: still); the first of `reasons` decides who held the ball."""

    start: datetime
    end: datetime | None
    reasons: tuple[PauseReason, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """The target in force from `at` on, the rules that lost against it, and the agreement's version.

    Where nothing is promised any more from `at` on, `promises` is False and `target` is the last that was in force.
    `wait_over` is set where the wait of a period ended with this change.
    """

    at: datetime
    target: Target
    losers: tuple[Target, ...] = ()
    version: int = 0
    wait_over: "EndedWait | None" = None
    promises: bool = True

    def started(self, at: datetime) -> "TargetChange":
        """The same change of a clock that started at another instant: the length of a wait depends on it."""
        if self.wait_over is None or self.target.waiting is None:
            return self
        lasts = self.wait_over.short_period(self.target, started_at=at)
        return replace(self, target=self.target.lasting(min(self.target.waiting, lasts)))


@dataclass(frozen=True, slots=True)
class EndedWait:
    """A wait that ended at `at`: the rest of the short period as of its beginning, `began`, goes on from there.

    Where `began` is None the customer replied meanwhile, and a whole period of `every` counts. `before` is the wait
    that had prolonged the period before this one.
    """

    at: datetime
    every: timedelta
    began: datetime | None
    before: "EndedWait | None" = None

    def short_period(self, target: Target, *, started_at: datetime) -> timedelta:
        """The length of the period with its waits, in open time from its start."""
        so_far = target.calendar.elapsed(started_at, self.at)
        if self.began is None:
            return so_far + self.every
        lasted = self.every if self.before is None else self.before.short_period(target, started_at=started_at)
        return so_far + lasted - target.calendar.elapsed(started_at, self.began)


@dataclass(frozen=True, slots=True)
class StartMove:
    """An earlier start of a clock than `before`, which became known at `at`."""

    at: datetime
    before: datetime


@dataclass(slots=True)
class Track:
    """One measurement: its runs, rests and targets, oldest first; without a target nothing was promised (yet).

    `ahead` are the targets that versions already applied will bring. `moves` are the duplicates whose earlier opening
    moved the start back. `first_stopped_at` is the first of several resolutions. A track that is `cancelled` has no
    outcome, one that is `withdrawn` has one only if it was missed before it ended.
    """

    metric: Metric
    cycle: int
    started_at: datetime
    changes: list[TargetChange]
    runs: list[RunSpan] = field(default_factory=list)
    rests: list[RestSpan] = field(default_factory=list)
    ahead: list[TargetChange] = field(default_factory=list)
    stopped_at: datetime | None = None
    stopped_by: str = ""
    stopped_on: str = ""
    waiting_since: datetime | None = None
    first_stopped_at: datetime | None = None
    cancelled: bool = False
    withdrawn: bool = False
    moves: tuple[StartMove, ...] = ()
    changes_at: datetime | None = None

    def run(self, at: datetime) -> None:
        """Let the clock run from `at` on."""
        self.end_stretch(at)
        self.runs.append(RunSpan(at, None))

    def rest(self, at: datetime, reasons: tuple[PauseReason, ...], by: str = "") -> None:
        """Let the clock rest from `at` on for these reasons."""
        self.end_stretch(at)
        self.rests.append(RestSpan(at, None, reasons, by))

    def end_stretch(self, at: datetime) -> None:
        """End the run or rest that goes on, if any."""
        if self.runs and self.runs[-1].end is None:
            self.runs[-1] = RunSpan(self.runs[-1].start, at)
        if self.rests and self.rests[-1].end is None:
            last = self.rests[-1]
            self.rests[-1] = RestSpan(last.start, at, last.reasons, last.by)

    @property
    def target(self) -> Target:
        """The target in force, or the last one that was."""
        return self.changes[-1].target

    @property
    def unpromised_since(self) -> datetime | None:
        """The instant since which nothing is promised any more; None while something is, and where nothing ever was."""
        return None if not self.changes or self.changes[-1].promises else self.changes[-1].at

    def end_unpromised(self) -> None:
        """End a measurement without an outcome at the instant since which nothing is promised any more.

        Until all facts are read it goes on, so that another promise is measured from the original start.
        """
        since = self.unpromised_since
        if since is None:
            return
        self.withdrawn = True
        self.stopped_at, self.stopped_by, self.stopped_on = since, "", ""
        if self.first_stopped_at is not None and self.first_stopped_at > since:
            self.first_stopped_at = None
        self.runs = [replace(run, end=min(run.end or since, since)) for run in self.runs if run.start < since]
        self.rests = [replace(rest, end=min(rest.end or since, since)) for rest in self.rests if rest.start < since]


def runs_until(track: Track, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The track's runs as finished spans, cut at `until`, oldest first."""
    for run in track.runs:
        end = until if run.end is None else min(run.end, until)
        if run.start < end:
            yield run.start, end
