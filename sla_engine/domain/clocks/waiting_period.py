"""The longer period of customer updates while an incident waits, and the return to the short one."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.versions import Promised
from sla_engine.domain.clocks.target_changes import change_to
from sla_engine.domain.clocks.track import EndedWait, Track


class WaitingPeriod:
    """The wait of one incident, as far as the period of a metric that never rests depends on it."""

    def __init__(self) -> None:
        self.began: datetime | None = None
        self.has_replied = False
        self._changes_before = 0
        self._earlier: EndedWait | None = None

    def begin(self, at: datetime) -> None:
        """Begin a wait: the first reason holds since `at`, and the customer has not replied yet."""
        self.began, self.has_replied = at, False

    def remember(self, track: Track, *, earlier: EndedWait | None) -> None:
        """Remember the track as it was before the wait, and the wait before this one."""
        self._changes_before, self._earlier = len(track.changes), earlier

    def forget_earlier(self) -> None:
        """Forget the wait before this one, since the target changed."""
        self._earlier = None

    def lengthen(self, track: Track, promise: Promised | None, at: datetime) -> None:
        """Let a period run on the longer target while a reason holds, where one is promised."""
        if promise is not None and promise.waiting is not None:
            track.waiting_since = at
            track.changes.append(change_to(at, promise, promise.waiting))

    def shorten(self, track: Track, promise: Promised | None, at: datetime) -> None:
        """Return to the short period, which never ends later than the long one would have.

        A whole one counts from `at` if the customer replied since the wait began, else the rest of it as of then.
        """
        if track.waiting_since is None or promise is None or promise.target.waiting is None:
            return
        track.waiting_since = None
        began = None if self.has_replied or self.began is None else max(self.began, track.started_at)
        over = EndedWait(at, promise.target.duration, began, self._earlier)
        track.changes.append(replace(change_to(at, promise), wait_over=over).started(track.started_at))

    def leave_out(self, track: Track, promise: Promised | None, at: datetime) -> None:
        """Undo a wait that began at the instant at which the period ends: it does not touch that period."""
        kept, dropped = track.changes[: self._changes_before], track.changes[self._changes_before :]
        if not dropped or not kept or not dropped[-1].promises or promise is None:
            return
        track.changes = kept
        before, after = kept[-1], dropped[-1]
        if (before.target.priority, before.version) != (after.target.priority, after.version):
            kept.append(change_to(at, promise))  # the target itself changed at that instant too
