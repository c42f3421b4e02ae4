"""The pauses of an incident: which ones hold, since when, by whom, and what ends them. There is no other fold of them.

A pause begins with the first fact that names its reason; naming it again only moves its expected end. A pause ends
with a resume that names its reason or none, with a reply of the customer (one for the customer, unless the agreement
says otherwise), and with whatever closes the incident.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    Merged,
    Moved,
    Opened,
    Paused,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.spans import Span

ReplyEndsPause = Callable[[datetime], bool]
"""Whether a customer's reply at this instant ends a pause for the customer, by the agreement that counts then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One reason to rest, from its beginning to its end (or to now), and who recorded it.

    `outlived` is the time after the end that was expected. `answered` is the time after a reply of the customer we
    waited for, as long as they had not heard from us. Both lie within `span`, oldest first.
    """

    reason: PauseReason
    span: Span
    by: str
    outlived: tuple[Span, ...]
    answered: tuple[Span, ...]


@dataclass(slots=True)
class HeldPause:
    """A pause as far as it has been read: since when, by whom, and when it was expected to end.

    `answer` is the customer's last reply during a pause for them, as long as nobody wrote to them or paused anew since.
    """

    reason: PauseReason
    since: datetime
    by: str
    expected_ends: list[tuple[datetime, datetime | None]]
    """Since when which end was expected, oldest first."""
    answer: Entry | None = None
    ball_ours: list[tuple[datetime, bool]] = field(default_factory=list)
    """Since when the customer waited for us, or no longer did."""

    @property
    def until(self) -> datetime | None:
        """The expected end of the pause; None when there is none."""
        return self.expected_ends[-1][1]

    def ended(self, at: datetime) -> Pause:
        """The whole pause, given its end."""
        ends = [since for since, _ in self.expected_ends[1:]] + [at]
        outlived = [
            Span(max(expected, since), until)
            for (since, expected), until in zip(self.expected_ends, ends, strict=True)
            if expected is not None and max(expected, since) < until
        ]
        turns = [since for since, _ in self.ball_ours[1:]] + [at]
        answered = [
            Span(since, until)
            for (since, ours), until in zip(self.ball_ours, turns, strict=False)
            if ours and since < until
        ]
        return Pause(
            reason=self.reason,
            span=Span(self.since, at),
            by=self.by,
            outlived=tuple(outlived),
            answered=tuple(answered),
        )


class PauseFold:
    """The pauses that hold (`held`, the longest first), and those that ended, while a history is read in its order."""

    def __init__(self, reply_ends_pause: ReplyEndsPause) -> None:
        self.held: dict[PauseReason, HeldPause] = {}
        self.ended: list[tuple[HeldPause, datetime]] = []  # a clock never asks what became of them
        self._reply_ends_pause = reply_ends_pause
        self._is_opened = False
        self._is_over = False

    def read(self, entry: Entry) -> None:
        """Begin, prolong or end pauses by a fact; none begins before the opening, none ends after a merge."""
        step = _STEPS.get(type(entry.event))
        if step is not None and not self._is_over:
            step(self, entry)

    def end(self, reasons: Iterable[PauseReason], at: datetime) -> None:
        """End those of these pauses that hold."""
        for reason in reasons:
            pause = self.held.pop(reason, None)
            if pause is not None:
                self.ended.append((pause, at))

    def _open(self, _: Entry) -> None:
        self._is_opened = True

    def _pause(self, entry: Entry) -> None:
        event = entry.event
        if not self._is_opened or not isinstance(event, Paused):
            return
        pause, expected = self.held.get(event.reason), (entry.at, event.until)
        if pause is None:
            self.held[event.reason] = HeldPause(event.reason, entry.at, entry.by, [expected])
        else:
            pause.expected_ends.append(expected)
            pause.answer = None

    def _resume(self, entry: Entry) -> None:
        reason = entry.event.reason if isinstance(entry.event, Resumed) else None
        self.end(list(self.held) if reason is None else [reason], entry.at)

    def _reply(self, entry: Entry) -> None:
        if self._reply_ends_pause(entry.at):
            self.end([PauseReason.CUSTOMER], entry.at)
        else:
            self._turn(entry, answer=entry)

    def _write(self, entry: Entry) -> None:
        self._turn(entry, answer=None)

    def _turn(self, entry: Entry, *, answer: Entry | None) -> None:
        pause = self.held.get(PauseReason.CUSTOMER)
        if pause is not None:
            pause.answer = answer
            pause.ball_ours.append((entry.at, answer is not None))

    def _close(self, entry: Entry) -> None:
        self.end(list(self.held), entry.at)

    def _finish(self, entry: Entry) -> None:
        self._close(entry)
        self._is_over = True


# The effect of each kind of fact on the pauses of an incident; all others have none.
_STEPS: Mapping[type[Event], Callable[[PauseFold, Entry], None]] = {
    Opened: PauseFold._open,
    Paused: PauseFold._pause,
    Resumed: PauseFold._resume,
    CustomerReplied: PauseFold._reply,
    Responded: PauseFold._write,
    CustomerUpdated: PauseFold._write,
    Resolved: PauseFold._close,
    Merged: PauseFold._finish,
    Moved: PauseFold._finish,
    Deleted: PauseFold._finish,
}


def held_pauses(history: Sequence[Entry], reply_ends_pause: ReplyEndsPause) -> Mapping[PauseReason, HeldPause]:
    """The pauses that hold after a whole history, which may be in any order."""
    fold = PauseFold(reply_ends_pause)
    for entry in in_order(history):
        fold.read(entry)
    return fold.held


def pauses(history: Sequence[Entry], reply_ends_pause: ReplyEndsPause, *, until: datetime) -> tuple[Pause, ...]:
    """Every pause up to `until`, in the order of their ends; `history` is in the order of `in_order`."""
    fold = PauseFold(reply_ends_pause)
    for entry in history:
        if entry.at > until:
            break
        fold.read(entry)
    fold.end(list(fold.held), until)
    return tuple(pause.ended(at) for pause, at in fold.ended)
