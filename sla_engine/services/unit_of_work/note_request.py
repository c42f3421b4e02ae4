"""Requests the SLA note of an incident that has a miss, and withdraws the request when no miss is left.

Nobody is asked here: the writer is, once a day, for everything they owe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.notes.asking import owner_at
from sla_engine.domain.notes.explained import explanations
from sla_engine.domain.notes.note_state import NoteDepth, NoteState
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
    change = owing(None if note is None else note.state, missed, history, policy=msp.notes)
    if note is not None and change.is_withdrawn:
        _withdraw(prompts, timers, incident, note, now=now)
        return
    if note is not None and note.explains:
        prompts.explain_alike(missed, explanations(history, missed))
    if change.wanted_for is None or change.depth is None:
        _take_back_addition(prompts, note)
        return
    writer = _writer(change.wanted_for, history, msp=msp, now=now)
    if note is not None and _is_addition(note, change.depth):
        _request_addition(prompts, note, writer=writer)
    else:
        _request(prompts, incident, note, writer=writer, depth=change.depth, msp=msp, now=now)


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
) -> None:
    """Withdraw the request; the sweep shows that to whoever was asked, when it next looks at the note."""
    timers.set(Duty.NOTE, incident.key, now if note.asked_at else None)
    prompts.save_note(replace(note, state=NoteState.WITHDRAWN))


def _writer(miss: Reading, history: Sequence[Entry], *, msp: Msp, now: datetime) -> str | None:
    """Who had the incident when it was missed; where that is none of our people, the dispatcher on duty then."""
    at = miss.breached_at or now
    return msp.reachable(owner_at(history, at)) or msp.dispatcher(at)


def _request(
    prompts: IncidentPrompts,
    incident: Incident,
    note: NoteRecord | None,
    *,
    writer: str | None,
    depth: NoteDepth,
    msp: Msp,
    now: datetime,
) -> None:
    """Request the note from its writer; who was not asked yet may still turn out to be somebody else."""
    manager = msp.manager_of(incident.customer)
    if note is None:
        prompts.want_note(wanted_at=now, wanted_from=writer, manager=manager, depth=depth)
    elif note.state is not NoteState.WANTED:
        again = replace(note, state=NoteState.WANTED, wanted_at=now, manager=manager, asked_at=None, addition_from=None)
        prompts.save_note(replace(again, wanted_from=writer, depth=depth, written_at=None))
    else:
        wanted_from = writer if note.asked_at is None else note.wanted_from
        if (wanted_from, depth) != (note.wanted_from, note.depth):
            prompts.save_note(replace(note, wanted_from=wanted_from, depth=depth))


def _is_addition(note: NoteRecord, depth: NoteDepth) -> bool:
    """Whether a later miss wants an addition to what was written, and not a note of its own."""
    if note.state is NoteState.EXPLAINED:
        return depth is NoteDepth.REASON
    return note.state in (NoteState.WRITTEN, NoteState.ACCEPTED)


def _request_addition(prompts: IncidentPrompts, note: NoteRecord, *, writer: str | None) -> None:
    if note.addition_from is None:
        prompts.save_note(replace(note, addition_from=writer or ""))


def _take_back_addition(prompts: IncidentPrompts, note: NoteRecord | None) -> None:
    if note is not None and note.addition_from is not None:
        prompts.save_note(replace(note, addition_from=None))
