"""Decides whether an incident owes its SLA note: from the first miss on, withdrawn unwritten when no miss is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.incidents.events import (
    CHANGED_RULES,
    Corrected,
    Deleted,
    Merged,
    Moved,
    Opened,
    PrioritySet,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.note_state import NoteState


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOwing:
    """The change to an incident's note: withdrawn unwritten, wanted because of a miss, or neither."""

    is_withdrawn: bool = False
    wanted_for: Reading | None = None


NO_CHANGE = NoteOwing()

_MAY_CLEAR = (Corrected, Merged, Moved, Deleted, Undone, Waived)


def misses(readings: Mapping[MetricName, Sequence[Reading]]) -> list[Reading]:
    """The clocks that missed their targets; waived ones, and those of an incident that moved away, are left out."""
    measured = chain.from_iterable(readings.values())
    return [reading for reading in measured if reading.breached and _counts(reading)]


def _counts(reading: Reading) -> bool:
    return reading.state is not ClockState.CANCELLED and reading.waived_at is None


def may_owe(missed: Sequence[Reading], history: Sequence[Entry]) -> bool:
    """Whether there is anything to decide: a miss, or a fact that may have undone one."""
    return bool(missed) or any(isinstance(entry.event, _MAY_CLEAR) for entry in history)


def owing(
    state: NoteState | None, missed: Sequence[Reading], history: Sequence[Entry], *, floor: Priority
) -> NoteOwing:
    """Decide about the note in this state (None: there is none yet); misses from priority `floor` up want one.

    A note that somebody wrote stays, also when no miss is left.
    """
    if state not in (None, NoteState.WANTED, NoteState.WITHDRAWN):
        return NO_CHANGE
    if not missed:
        return NoteOwing(is_withdrawn=state is NoteState.WANTED)
    return NoteOwing(wanted_for=first_wanted(missed, history, floor=floor))


def first_wanted(missed: Sequence[Reading], history: Sequence[Entry], *, floor: Priority) -> Reading | None:
    """The first miss that wants a note; None where none does."""
    excused = _missed_by_changed_rules(history)
    wanted = (
        (reading.breached_at, reading.metric, reading.cycle, reading)
        for reading in missed
        if reading.breached_at is not None
        and (reading.metric.value, reading.cycle) not in excused
        and _wants_note(reading, history, floor)
    )
    first = min(wanted, key=lambda ranked: ranked[:3], default=None)
    return None if first is None else first[3]


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
