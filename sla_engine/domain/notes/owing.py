"""Decides whether an incident owes its SLA note: from the first miss on, withdrawn unwritten when no miss is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.escalation.rung_instants import GRACE_AFTER_CHANGE
from sla_engine.domain.incidents.events import (
    CHANGED_RULES,
    Corrected,
    Deleted,
    Merged,
    Moved,
    Opened,
    PrioritySet,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.note_state import NoteState


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOwing:
    """The change to an incident's note: withdrawn unwritten, asked for at an instant (UTC), or neither."""

    is_withdrawn: bool = False
    ask_at: datetime | None = None


NO_CHANGE = NoteOwing()

_MAY_CLEAR = (Corrected, Merged, Moved, Deleted, Undone)


def misses(readings: Mapping[MetricName, Sequence[Reading]]) -> list[Reading]:
    """The clocks that missed their targets; the clocks of an incident that moved to another customer are left out."""
    measured = chain.from_iterable(readings.values())
    return [reading for reading in measured if reading.breached and reading.state is not ClockState.CANCELLED]


def may_owe(missed: Sequence[Reading], history: Sequence[Entry]) -> bool:
    """Whether there is anything to decide: a miss, or a fact that may have undone one."""
    return bool(missed) or any(isinstance(entry.event, _MAY_CLEAR) for entry in history)


def owing(
    state: NoteState | None, missed: Sequence[Reading], history: Sequence[Entry], *, floor: Priority, now: datetime
) -> NoteOwing:
    """Decide about the note in this state (None: there is none yet); misses from priority `floor` up want one.

    A note that somebody wrote stays, also when no miss is left.
    """
    is_withdrawn = state is NoteState.WANTED and not missed
    if not is_withdrawn and state not in (None, NoteState.WITHDRAWN):
        return NO_CHANGE
    excused = _missed_by_changed_rules(history)
    ask_times = [
        _announced_at(reading, now=now)
        for reading in missed
        if (reading.metric.value, reading.cycle) not in excused and _wants_note(reading, history, floor)
    ]
    return NoteOwing(is_withdrawn=is_withdrawn, ask_at=min(ask_times, default=None))


def _missed_by_changed_rules(history: Sequence[Entry]) -> set[tuple[str, int]]:
    """The clocks (metric and cycle) that are missed by changed rules only: nobody is asked to explain them."""
    last: dict[tuple[str, int], Corrected] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Corrected):
            last[event.metric, event.cycle] = event
    return {
        clock
        for clock, event in last.items()
        if event.cause == CHANGED_RULES and event.breached_before is None and event.breached_after is not None
    }


def _wants_note(reading: Reading, history: Sequence[Entry], floor: Priority) -> bool:
    """Whether the priority at the miss wants a note: lowering it later does not undo the miss."""
    at = reading.breached_at
    if at is None:
        return False
    events = [entry.event for entry in in_order(history) if entry.at <= at]
    priorities = [event.priority for event in events if isinstance(event, Opened | PrioritySet)]
    return bool(priorities) and priorities[-1].rank <= floor.rank


def _announced_at(reading: Reading, *, now: datetime) -> datetime:
    """The instant at which a miss is announced: now or, if a change made it, after a grace to correct the change."""
    if reading.breached_at is None or not reading.breached_on_change:
        return now
    return max(now, reading.breached_at + GRACE_AFTER_CHANGE)
