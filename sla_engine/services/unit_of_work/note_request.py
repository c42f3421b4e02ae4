"""Requests the SLA note of an incident that has a miss, and withdraws the request when no miss is left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.owing import may_owe, misses, owing
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import IncidentTimers


def update_note_request(
    prompts: IncidentPrompts,
    timers: IncidentTimers,
    incident: Incident,
    readings: Mapping[MetricName, Sequence[Reading]],
    *,
    history: Sequence[Entry],
    msp: Msp,
    now: datetime,
) -> None:
    """Request the note when a miss wants one; withdraw the request when no miss is left and nobody wrote the note."""
    missed = misses(readings)
    if not may_owe(missed, history):
        return  # without reading the note
    note = prompts.note
    change = owing(None if note is None else note.state, missed, history, floor=msp.notes.floor, now=now)
    if note is not None and change.is_withdrawn:
        note = _withdraw(prompts, timers, incident, note, now=now)
    if change.ask_at is not None:
        timers.set(Duty.NOTE, incident.key, change.ask_at)
        _request(prompts, incident, note, msp=msp, now=now)


def withdraw_unneeded_request(
    prompts: IncidentPrompts,
    timers: IncidentTimers,
    incident: Incident,
    readings: Mapping[MetricName, Sequence[Reading]],
    *,
    now: datetime,
) -> None:
    """Withdraw the request for a note that nobody wrote when no miss is left; never request one."""
    note = prompts.note
    if note is not None and note.state is NoteState.WANTED and not misses(readings):
        _withdraw(prompts, timers, incident, note, now=now)


def _withdraw(
    prompts: IncidentPrompts, timers: IncidentTimers, incident: Incident, note: NoteRecord, *, now: datetime
) -> NoteRecord:
    """Withdraw the request; the sweep reports that to whoever was asked, when it next looks at the note."""
    timers.set(Duty.NOTE, incident.key, now if note.reminders else None)
    return prompts.save_note(replace(note, state=NoteState.WITHDRAWN))


def _request(prompts: IncidentPrompts, incident: Incident, note: NoteRecord | None, *, msp: Msp, now: datetime) -> None:
    writer = msp.reachable(incident.responsible) or msp.dispatcher(now)
    manager = msp.manager_of(incident.customer)
    if note is None:
        prompts.want_note(wanted_at=now, wanted_from=writer, manager=manager)
    else:
        again = replace(note, state=NoteState.WANTED, wanted_at=now, wanted_from=writer, manager=manager)
        prompts.save_note(again)
