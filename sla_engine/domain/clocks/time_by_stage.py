"""The time of a missed target by stage: who had the incident, and whether the customer had an answer.

Stages are computed from the history alone, so that nobody has to remember them while writing a note.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerUpdated,
    Deleted,
    HandedBack,
    Moved,
    Reopened,
    Resolved,
    Responded,
    Unassigned,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_effect, in_order
from sla_engine.domain.incidents.pauses import PauseFold, ReplyEndsPause
from sla_engine.domain.incidents.reasons import BreachReason


class Stage(StrEnum):
    """The stage of an incident: who had it, and whether the customer had an answer."""

    UNASSIGNED = "unassigned"
    HANDED_BACK = "handed_back"
    UNANSWERED = "unanswered"
    IN_WORK = "in_work"

    @property
    def label(self) -> str:
        """The stage as a person reads it."""
        return {
            "unassigned": "nobody had taken it",
            "handed_back": "handed back, nobody had taken it again",
            "unanswered": "somebody had it, the customer had not heard from us",
            "in_work": "being worked on",
        }[self.value]


@dataclass(frozen=True, slots=True)
class StageTime:
    """Open time one clock spent in one stage."""

    stage: Stage
    spent: timedelta


def stage_times(history: Sequence[Entry], reading: Reading, terms: Terms, *, now: datetime) -> tuple[StageTime, ...]:
    """Open time of a clock by stage, the longest first; stages without time are left out.

    Rests are left out where the clock rested: the stages add up to the time the clock counted, unless a priority
    moved it to another calendar meanwhile.
    """
    until = min(reading.stopped_at or now, now)
    calendar = reading.target.calendar
    spent: dict[Stage, timedelta] = {}
    for stage, start, end, resting in _spans(history, terms.reply_ends_pause, since=reading.started_at, until=until):
        if resting and _rests(reading):
            continue
        part = calendar.elapsed(start, end)
        spent[stage] = spent.get(stage, timedelta(0)) + part
    longest_first = sorted(spent.items(), key=lambda item: (-item[1], list(Stage).index(item[0])))
    return tuple(StageTime(stage, time) for stage, time in longest_first if time > timedelta(0))


def suggested_reason(times: Sequence[StageTime], missed: Reading) -> BreachReason | None:
    """The reason that the longest stage suggests; None where only a person can know."""
    if missed.breached_on_change:
        return BreachReason.WRONG_PRIORITY
    if not times:
        return None
    longest = times[0].stage
    return _SUGGESTED.get((longest, missed.metric)) or _SUGGESTED.get((longest, None))


_SUGGESTED: Mapping[tuple[Stage, MetricName | None], BreachReason] = {
    (Stage.UNASSIGNED, None): BreachReason.LATE_ASSIGNMENT,
    (Stage.HANDED_BACK, None): BreachReason.HANDOFF,
    (Stage.UNANSWERED, MetricName.CUSTOMER_UPDATE): BreachReason.NO_STATUS_UPDATE,
    (Stage.IN_WORK, MetricName.CUSTOMER_UPDATE): BreachReason.NO_STATUS_UPDATE,
}


def last_update_at(history: Sequence[Entry]) -> datetime | None:
    """The instant at which the customer last heard from us; None when never."""
    updates = [entry.at for entry in in_effect(history) if isinstance(entry.event, Responded | CustomerUpdated)]
    return max(updates, default=None)


def _rests(reading: Reading) -> bool:
    return METRICS[reading.metric].pausable


def _spans(
    history: Sequence[Entry], reply_ends_pause: ReplyEndsPause, *, since: datetime, until: datetime
) -> Iterator[tuple[Stage, datetime, datetime, bool]]:
    """The stages from `since` to `until` in turn: stage, start, end, whether a reason to rest held.

    A clock that counts from the opening of a duplicate began before the incident's own first fact.
    """
    place, pauses = _Place(), PauseFold(reply_ends_pause)
    for entry in in_order(history):
        if entry.at >= until:
            break
        if entry.at > since:
            if place.is_open:
                yield place.stage, since, entry.at, bool(pauses.held)
            since = entry.at
        place.read(entry)
        pauses.read(entry)
    if since < until and place.is_open:
        yield place.stage, since, until, bool(pauses.held)


class _Place:
    """The stage of an incident while its history is read."""

    def __init__(self) -> None:
        self.assignee: str | None = None
        self.had_one = False
        self.answered = False
        self.is_open = True

    @property
    def stage(self) -> Stage:
        if self.assignee is None and not self.answered:
            return Stage.HANDED_BACK if self.had_one else Stage.UNASSIGNED
        if self.assignee is None and self.had_one:
            return Stage.HANDED_BACK
        return Stage.IN_WORK if self.answered else Stage.UNANSWERED

    def read(self, entry: Entry) -> None:
        match entry.event:
            case Assigned(to=to):
                self.assignee, self.had_one = to, True
            case HandedBack() | Unassigned():
                self.assignee = None
            case Responded() | CustomerUpdated():
                self.answered = True
            case Resolved() | Moved() | Deleted() | Undone():
                self.is_open = False
            case Reopened():
                self.is_open = True
            case _:
                pass
