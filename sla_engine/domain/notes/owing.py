"""Decides whether an incident owes its SLA note: from the first miss on, withdrawn unwritten when no miss is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import NotePolicy
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
from sla_engine.domain.notes.explained import unexplained
from sla_engine.domain.notes.note_state import NoteDepth, NoteState


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOwing:
    """The change to an incident's note: withdrawn unwritten, or wanted, because of a miss, at a depth."""

    is_withdrawn: bool = False
    wanted_for: Reading | None = None
    depth: NoteDepth | None = None


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
    state: NoteState | None, missed: Sequence[Reading], history: Sequence[Entry], *, policy: NotePolicy
) -> NoteOwing:
    """Decide about the note in this state (None: there is none yet); a returned one will cover all there is.

    What nobody explained yet is wanted, as deep as the deepest of it and for the first of it.
    """
    if state is NoteState.WANTED and not missed:
        return NoteOwing(is_withdrawn=True)
    if state is NoteState.RETURNED:
        return NO_CHANGE
    excused = _missed_by_changed_rules(history)
    wanted = [
        (reading, depth)
        for reading in unexplained(history, missed)
        if (reading.metric.value, reading.cycle) not in excused
        and (depth := depth_of(reading, history, policy=policy)) is not None
    ]
    if not wanted:
        return NO_CHANGE
    depth = NoteDepth.FULL if any(depth is NoteDepth.FULL for _, depth in wanted) else NoteDepth.REASON
    first, _ = min(wanted, key=lambda ranked: (_missed_at(ranked[0]), ranked[0].metric, ranked[0].cycle))
    return NoteOwing(wanted_for=first, depth=depth)


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


def depth_of(miss: Reading, history: Sequence[Entry], *, policy: NotePolicy) -> NoteDepth | None:
    """How much is asked about a miss, by the priority it had then: lowering it later does not undo the miss.

    None where nothing is; of a missed customer update below P1 the reason alone.
    """
    at = _missed_at(miss)
    events = [entry.event for entry in in_order(history) if entry.at <= at]
    priorities = [event.priority for event in events if isinstance(event, Opened | PrioritySet)]
    if not priorities or priorities[-1].rank > policy.reason.rank:
        return None
    is_below = miss.metric is MetricName.CUSTOMER_UPDATE and priorities[-1] is not Priority.P1
    return NoteDepth.REASON if is_below or priorities[-1].rank > policy.full.rank else NoteDepth.FULL


def _missed_at(miss: Reading) -> datetime:
    if miss.breached_at is None:
        message = f"the clock {miss.metric.value} missed nothing"
        raise ValueError(message)
    return miss.breached_at
