"""The pauses of an incident one by one: for what, since when, by whom, and the parts in which the ball was ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Entry,
    Moved,
    Opened,
    Paused,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One reason to rest, from its beginning to its end, or to when it was asked about; and who told us of it.

    `outlived` is the time after the end that was expected. `answered` is the time for which a customer whom we waited
    for had already replied, and had not heard from us since. Both lie within `span`, oldest first.
    """

    reason: PauseReason
    span: Span
    by: str
    outlived: tuple[Span, ...]
    answered: tuple[Span, ...]


def pauses(history: Sequence[Entry], terms: Terms, *, until: datetime) -> tuple[Pause, ...]:
    """Every pause up to `until`, in the order of their ends; `history` is in the order of `in_order`.

    A pause for what it rests for already only moves its expected end; `terms` say whether a reply ends a pause.
    """
    fold = _Fold(terms)
    for entry in history:
        if entry.at > until:
            break
        fold.read(entry)
    fold.end(list(fold.held), until)
    return tuple(fold.done)


@dataclass(slots=True)
class _Held:
    """A pause under way: its expected ends and whether the customer waits for us, each since when."""

    start: datetime
    by: str
    expected: list[tuple[datetime, datetime | None]]
    ball_ours: list[tuple[datetime, bool]] = field(default_factory=list)


class _Fold:
    """One pass over a history; pauses begin and end as the clocks that rest for them do."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.is_opened = False
        self.held: dict[PauseReason, _Held] = {}
        self.done: list[Pause] = []

    def read(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case Opened():
                self.is_opened = True
            case Paused():
                self._pause(event, entry)
            case Resumed():
                self.end(list(self.held) if event.reason is None else [event.reason], entry.at)
            case CustomerReplied():
                self._reply(entry.at)
            case Responded() | CustomerUpdated():
                self._mark(entry.at, ours=False)
            case Resolved() | Moved() | Deleted():
                self.end(list(self.held), entry.at)
            case _:
                pass

    def end(self, reasons: Iterable[PauseReason], at: datetime) -> None:
        for reason in reasons:
            held = self.held.pop(reason, None)
            if held is not None:
                self.done.append(_ended(reason, held, at))

    def _pause(self, event: Paused, entry: Entry) -> None:
        if not self.is_opened:
            return
        known = self.held.get(event.reason)
        if known is None:
            self.held[event.reason] = _Held(entry.at, entry.by, [(entry.at, event.until)])
        else:
            known.expected.append((entry.at, event.until))

    def _reply(self, at: datetime) -> None:
        if self.terms.reply_ends_pause(at):
            self.end([PauseReason.CUSTOMER], at)
        else:
            self._mark(at, ours=True)

    def _mark(self, at: datetime, *, ours: bool) -> None:
        held = self.held.get(PauseReason.CUSTOMER)
        if held is not None:
            held.ball_ours.append((at, ours))


def _ended(reason: PauseReason, held: _Held, end: datetime) -> Pause:
    ends = [since for since, _ in held.expected[1:]] + [end]
    outlived = [
        Span(max(expected, since), until)
        for (since, expected), until in zip(held.expected, ends, strict=True)
        if expected is not None and max(expected, since) < until
    ]
    turns = [at for at, _ in held.ball_ours[1:]] + [end]
    answered = [
        Span(at, until) for (at, ours), until in zip(held.ball_ours, turns, strict=False) if ours and at < until
    ]
    return Pause(
        reason=reason,
        span=Span(held.start, end),
        by=held.by,
        outlived=tuple(outlived),
        answered=tuple(answered),
    )
