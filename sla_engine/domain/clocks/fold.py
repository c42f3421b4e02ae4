"""A history folded into tracks, in a single pass that any past reading can repeat.

The fold collects spans and targets, and `reading` counts the open time in them. It needs a calendar only for the length
of a wait.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.agreement import ReopenMode, Subject
from sla_engine.domain.agreements.metrics import Metric
from sla_engine.domain.agreements.versions import Promised, Terms
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.clocks.starts import absorbed, moved_back
from sla_engine.domain.clocks.target_changes import (
    as_known,
    change_to,
    coming,
    kept_target,
    promises_the_same,
    unpromised,
)
from sla_engine.domain.clocks.track import Track
from sla_engine.domain.clocks.waiting_period import WaitingPeriod
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    Deleted,
    Event,
    Merged,
    Moved,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
    Undone,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.pauses import PauseFold
from sla_engine.domain.incidents.stored_names import stored_name

RESOLVED = stored_name(Resolved())


def tracks(history: Sequence[Entry], metric: Metric, terms: Terms, *, until: datetime) -> tuple[Track, ...]:
    """The measurements of `metric`, oldest first; empty when nothing was promised at any priority the incident had.

    `history` may be in any order; what happened after `until` is ignored, so any past reading can be repeated.
    """
    return ordered_tracks(read_in_order(history, terms), metric, terms, until=until)


def ordered_tracks(history: Sequence[Entry], metric: Metric, terms: Terms, *, until: datetime) -> tuple[Track, ...]:
    """The same for a history that was read by `read_in_order` already."""
    fold = _Fold(metric, terms, until)
    known = [entry for entry in history if entry.at <= until]
    fold.duplicates = absorbed(known)
    for entry in known:
        fold.read(entry)
    fold.finish()
    return tuple(track for track in fold.done if track.changes)


class _Fold:
    """One pass over a history for one metric."""

    def __init__(self, metric: Metric, terms: Terms, until: datetime) -> None:
        self.usual = self.metric = metric
        self.ends: tuple[type[Event], ...] = metric.stops_on + metric.restarts_on
        self.promise: Promised | None = None
        self.terms = terms
        self.until = until
        self.done: list[Track] = []
        self.subject: Subject | None = None
        self.pause_fold = PauseFold(terms.reply_ends_pause)
        self.pauses = self.pause_fold.held
        self.opened_at: datetime | None = None
        self.resolved = self.is_over = False
        self.version_changes: list[datetime] = []
        self.duplicates: Sequence[tuple[datetime, datetime]] = ()
        self.waiting = WaitingPeriod()

    @property
    def track(self) -> Track | None:
        """The measurement that is running or resting."""
        return self.done[-1] if self.done and self.done[-1].stopped_at is None else None

    def read(self, entry: Entry) -> None:
        if self.is_over:  # later facts of a duplicate belong to the incident it was merged into
            return
        if self.version_changes and self.version_changes[0] <= entry.at:
            self._change_versions(until=entry.at)
        event = entry.event
        step = _STEPS.get(type(event))
        if step is not None:
            step(self, event, entry)
        elif isinstance(event, self.ends):
            self._act(event, entry)

    def finish(self) -> None:
        """Apply the versions that took effect after the last fact; they do not change a clock that stopped before."""
        self._change_versions(until=self.until)
        for track in self.done:
            track.end_unpromised()
            if track.stopped_at is not None:
                track.changes = [as_known(change, track.stopped_at) for change in track.changes]
        self._look_forward()

    def _look_forward(self) -> None:
        """Add the targets that versions known to come will bring."""
        track = self.track
        if track is None or not self.version_changes:
            return
        track.changes_at = self.version_changes[0]
        if track.changes and not self._resting:
            known = [(at, self._promised(at)) for at in self.version_changes]
            track.ahead.extend(coming(track.changes[-1], self.promise, known, self.terms, waits=bool(self.pauses)))

    # ------------------------------------------------------------------ beginning

    def _open(self, event: Opened, entry: Entry) -> None:
        if self.opened_at is not None:
            return
        self.opened_at = entry.at
        self.pause_fold.read(entry)
        self.subject = Subject(priority=event.priority, site=event.site, service=event.service)
        self.version_changes = list(self.terms.changes(after=entry.at))
        self._count_acts(entry.at)
        self.promise = self._promised(entry.at)
        start, moves = moved_back(entry.at, self.duplicates)
        self._begin(start).moves = moves

    def _begin(self, at: datetime) -> Track:
        """Start a measurement, also where nothing is promised: a higher priority may still promise something."""
        changes = [] if self.promise is None else [change_to(at, self.promise)]
        track = Track(self.usual, len(self.done), at, changes)
        self.done.append(track)
        self._run_or_rest(track, at)
        if self.pauses:
            self.waiting.remember(track, earlier=None)
            self.waiting.lengthen(track, self.promise, at)
        return track

    def _promised(self, at: datetime) -> Promised | None:
        return None if self.subject is None else self.terms.promised(self.usual.name, self.subject, at=at)

    def _run_or_rest(self, track: Track, at: datetime, *, by: str = "") -> None:
        if self._resting:
            track.rest(at, tuple(self.pauses), by)
        else:
            track.run(at)

    @property
    def _resting(self) -> bool:
        return self.metric.pausable and bool(self.pauses)

    # ------------------------------------------------------------------ what is promised changes

    def _count_acts(self, at: datetime) -> None:
        acts = self.terms.at(at).agreement.acts
        self.metric = self.usual.counting(acts.get(self.usual.name)) if acts else self.usual
        self.ends = self.metric.stops_on + self.metric.restarts_on

    def _change_versions(self, *, until: datetime) -> None:
        while self.version_changes and self.version_changes[0] <= until:
            at = self.version_changes.pop(0)
            self._count_acts(at)
            before, promise = self.promise, self._promised(at)
            self.promise = promise
            if self.track is None:
                continue
            if promise is None:
                self._end_promise(self.track, at)
            elif promises_the_same(before, promise) and self.track.changes:
                self.track.changes.append(kept_target(self.track.changes[-1], at, promise))
            else:
                self._change_target(promise, at)

    def _set_priority(self, event: PrioritySet, entry: Entry) -> None:
        before = self.subject
        if before is None or event.priority is before.priority:
            return
        self.subject = Subject(priority=event.priority, site=before.site, service=before.service)
        self.promise = self._promised(entry.at)
        if self.promise is not None:
            self._change_target(self.promise, entry.at)
        elif self.track is not None:
            self._end_promise(self.track, entry.at)

    def _end_promise(self, track: Track, at: datetime) -> None:
        """Record that nothing is promised any more; a clock that never had a promise stays as it is."""
        if track.changes and track.unpromised_since is None:
            track.changes.append(unpromised(track.changes[-1], at, self.terms))

    def _change_target(self, promise: Promised, at: datetime) -> None:
        """Change the target; it is measured from the original start, pauses kept."""
        if self.track is None:
            return
        self.waiting.forget_earlier()
        if self.pauses and promise.waiting is not None:
            self.waiting.lengthen(self.track, promise, at)
        else:
            self.track.changes.append(change_to(at, promise))

    def _change_pauses(self, _: Event, entry: Entry) -> None:
        before = tuple(self.pauses)
        self.pause_fold.read(entry)
        reasons, track = tuple(self.pauses), self.track
        if reasons and not before:
            self.waiting.begin(entry.at)
        if track is None or reasons == before:
            return
        if self.metric.pausable:
            self._run_or_rest(track, entry.at, by=entry.by)
        if not before:
            self.waiting.remember(track, earlier=track.changes[-1].wait_over if track.changes else None)
            self.waiting.lengthen(track, self.promise, entry.at)
        elif not reasons:
            self.waiting.shorten(track, self.promise, entry.at)

    def _reply(self, event: CustomerReplied, entry: Entry) -> None:
        self.waiting.has_replied = True
        self._change_pauses(event, entry)
        if isinstance(event, self.ends):
            self._act(event, entry)

    # ------------------------------------------------------------------ ending, and beginning again

    def _act(self, event: Event, entry: Entry) -> None:
        if isinstance(event, Resolved):
            self.resolved = True
        track = self.track
        if track is not None:
            self._stop(track, event, entry)
            if isinstance(event, self.metric.restarts_on):
                self._begin(entry.at)
        if isinstance(event, Resolved):
            self.pause_fold.read(entry)

    def _reopen(self, _: Reopened, entry: Entry) -> None:
        if not self.resolved:
            return
        self.resolved = False
        last = self.done[-1] if self.done else None
        if last is None or last.stopped_on != RESOLVED or not self.metric.resumes_on_reopen:
            return
        mode = self.terms.at(entry.at).agreement.reopen.mode
        if self.metric.periodic or mode is ReopenMode.NEW_CYCLE:
            self._begin(entry.at)
        elif mode is ReopenMode.RESUME:
            self._go_on(last, entry.at)

    def _go_on(self, track: Track, at: datetime) -> None:
        track.first_stopped_at = track.first_stopped_at or track.stopped_at
        track.stopped_at, track.stopped_by, track.stopped_on = None, "", ""
        self._run_or_rest(track, at)
        if self.promise is None:
            self._end_promise(track, at)
        elif not track.changes or track.unpromised_since is not None or self.promise.target != track.target:
            track.changes.append(change_to(at, self.promise))

    def _give_up(self, event: Moved | Undone, entry: Entry) -> None:
        """Cancel every measurement: another customer's incident has the outcomes, or the opening was undone."""
        self._end(event, entry)
        for track in self.done:
            track.cancelled = True

    def _withdraw(self, event: Merged | Deleted, entry: Entry) -> None:
        """End the running measurement without an outcome, unless it was missed before; earlier ones keep theirs."""
        if self.track is not None:
            self.track.withdrawn = True
        self._end(event, entry)

    def _end(self, event: Event, entry: Entry) -> None:
        self.is_over = True
        if self.track is not None:
            self._stop(self.track, event, entry)

    def _stop(self, track: Track, event: Event, entry: Entry) -> None:
        track.end_stretch(entry.at)
        if self.waiting.began == entry.at:
            self.waiting.leave_out(track, self.promise, entry.at)
        track.stopped_at, track.stopped_by, track.stopped_on = entry.at, entry.by, stored_name(event)


# The effect of each kind of fact on every metric; all others matter only to the metrics that they stop.
_STEPS: Mapping[type[Event], Callable[[_Fold, Any, Entry], None]] = {
    Opened: _Fold._open,
    PrioritySet: _Fold._set_priority,
    Paused: _Fold._change_pauses,
    Resumed: _Fold._change_pauses,
    CustomerReplied: _Fold._reply,
    Reopened: _Fold._reopen,
    Merged: _Fold._withdraw,
    Moved: _Fold._give_up,
    Deleted: _Fold._withdraw,
    Undone: _Fold._give_up,  # in order, only the undoing of an opening is left
}
