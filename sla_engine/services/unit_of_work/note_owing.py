"""Whether an incident owes its SLA note: wanted from the first miss on, withdrawn unwritten when no miss is left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.escalation.ladder_position import GRACE_AFTER_CHANGE
from sla_engine.domain.incidents.events import Corrected, Deleted, Entry, Merged, Moved, Opened, PrioritySet, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.storage.notes import NoteRecord, NoteState
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import IncidentTimers

Found = Mapping[MetricName, tuple[Reading, ...]]


def misses(found: Found) -> list[Reading]:
    """The clocks that missed their targets; those of an incident that was another customer's are not ours."""
    return [
        reading
        for measured in found.values()
        for reading in measured
        if reading.breached and reading.state is not ClockState.CANCELLED
    ]


def keep_note(
    prompts: IncidentPrompts,
    timers: IncidentTimers,
    incident: Incident,
    found: Found,
    *,
    history: Sequence[Entry],
    msp: Msp,
    now: datetime,
) -> None:
    """Want the note when a miss wants one; take back one that nobody wrote when every miss turned out to be none."""
    missed = misses(found)
    if not missed and not any(isinstance(entry.event, Corrected | Merged | Moved | Deleted) for entry in history):
        return  # nothing was ever missed that could be none any more
    note = prompts.note
    if note is not None and note.state is NoteState.WANTED and not missed:
        # Whoever was asked hears of it when the sweep next looks at the note.
        timers.set(Duty.NOTE, incident.key, now if note.reminders else None)
        note = prompts.save_note(replace(note, state=NoteState.WITHDRAWN))
    if note is not None and note.state is not NoteState.WITHDRAWN:
        return
    asked_at = [_announced_at(reading, now=now) for reading in missed if _wants_note(reading, history, msp)]
    if asked_at:
        timers.set(Duty.NOTE, incident.key, min(asked_at))
        _want(prompts, incident, note, msp=msp, now=now)


def _want(prompts: IncidentPrompts, incident: Incident, note: NoteRecord | None, *, msp: Msp, now: datetime) -> None:
    writer, manager = msp.reachable(incident.responsible) or msp.dispatcher(now), msp.manager_of(incident.customer)
    if note is None:
        prompts.want_note(wanted_at=now, wanted_from=writer, manager=manager)
    else:
        again = replace(note, state=NoteState.WANTED, wanted_at=now, wanted_from=writer, manager=manager)
        prompts.save_note(again)


def _wants_note(reading: Reading, history: Sequence[Entry], msp: Msp) -> bool:
    """Whether the priority at the miss wants a note: lowering it later does not unmake the miss."""
    at = reading.breached_at
    given = [entry.event for entry in in_order(history) if at is not None and entry.at <= at]
    priorities = [event.priority for event in given if isinstance(event, Opened | PrioritySet)]
    return bool(priorities) and priorities[-1].rank <= msp.notes.floor.rank


def _announced_at(reading: Reading, *, now: datetime) -> datetime:
    """A miss is spoken of at once; one that a change made, after the grace in which it can be put right."""
    if reading.breached_at is None or not reading.breached_on_change:
        return now
    return max(now, reading.breached_at + GRACE_AFTER_CHANGE)
