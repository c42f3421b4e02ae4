"""Checks the rows that are folded from an incident's facts against the facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.events import (
    Absorbed,
    Breached,
    Corrected,
    NoteAccepted,
    NoteReturned,
    NoteWritten,
    Opened,
    SopDecided,
)
from sla_engine.domain.incidents.history import Entry, opening
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.upkeep.integrity import Fault, Finding, seal
from sla_engine.storage import clocks

Columns = Mapping[str, Any]

STANDING = (
    "priority", "title", "state", "opened_at", "opened_by", "resolved_at", "assignee", "responsible", "paused_for",
    "pause_until", "customer_waits_since", "acknowledged_by", "acknowledged_at", "promise", "promise_asked_at",
    "snoozed_until", "merged_into", "source", "site", "service",
)  # fmt: skip
"""Columns of an incident that follow from its facts."""

SHOWN_CHARS = 60

WHEN_STOPPED = ("elapsed_us", "elapsed_before_run_us", "paused_open_us", "first_elapsed_us")
"""Columns of a clock that move while it runs, and are written when something happens."""

OUTCOME = ("breached_at", "breached_on_change", "outcome_at", "waived_at")
"""Columns of a clock that a breach nobody has noticed yet will change."""

NEVER = ("version_id", "started_at")
"""Which version promised it is measured anew only where something moves; when it began, earlier versions wrote once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored of one incident, each row's columns read as what they mean; `now` is SLA time."""

    incident: Incident
    history: Sequence[Entry]
    terms: Terms
    clocks: Sequence[Columns]
    note: Columns | None
    sop: Columns | None
    now: datetime


def differences(stored: Stored) -> Iterator[Finding]:
    """Every row that does not say what the facts say."""
    yield from _incident(stored)
    yield from _clocks(stored)
    yield from _note(stored)
    yield from _sop(stored)


def unsealed(history: Sequence[Entry]) -> int:
    """How many notes and decisions were written before facts had a fingerprint of them."""
    last: dict[type, NoteWritten | SopDecided] = {}
    for entry in history:
        if isinstance(entry.event, NoteWritten | SopDecided):
            last[type(entry.event)] = entry.event
    return sum(not event.seal for event in last.values())


def _incident(stored: Stored) -> Iterator[Finding]:
    record = stored.incident
    first = opening(stored.history)
    if first is None or not isinstance(first.event, Opened):
        yield Finding(Fault.INCIDENT_DIFFERS, record.key, "no fact says that it was opened")
        return
    begun = replace(
        record,
        priority=first.event.priority,
        title=first.event.title,
        source=first.event.source,
        site=first.event.site or None,
        service=first.event.service or None,
        opened_at=record.opened_at if _absorbed_another(stored.history) else first.at,
        opened_by=first.by,
    )
    expected = incident_after(begun, stored.history, reply_ends_pause=stored.terms.reply_ends_pause)
    for name in STANDING:
        found, wanted = getattr(record, name), getattr(expected, name)
        if (found or None) != (wanted or None):
            yield Finding(
                Fault.INCIDENT_DIFFERS, record.key, f"{name} is {_shown(found)}, its facts say {_shown(wanted)}"
            )


def _absorbed_another(history: Sequence[Entry]) -> bool:
    """Whether a duplicate was merged into it: the earlier of the two openings counts."""
    return any(isinstance(entry.event, Absorbed) for entry in history)


def _clocks(stored: Stored) -> Iterator[Finding]:
    """A row is right when it says what is read now, or what was read when the last fact was recorded."""
    rows = {(row["metric"], row["cycle"]): row for row in stored.clocks}
    noticed = _noticed(stored.history)
    recorded = max(entry.recorded_at for entry in stored.history)
    at_present, then = _expected(stored, stored.now), _expected(stored, recorded)
    for key in sorted({*rows, *at_present}):
        where = f"{stored.incident.key}, {key[0]} (cycle {key[1]})"
        row, reading = rows.get(key), at_present.get(key)
        if row is None:
            yield Finding(Fault.CLOCK_DIFFERS, where, "its row is missing")
        elif reading is None:
            if key not in then:
                yield Finding(Fault.CLOCK_DIFFERS, where, "no fact tells of such a clock")
        else:
            wrong = _wrong_columns(row, reading, noticed=key in noticed)
            before = _wrong_columns(row, then[key], noticed=key in noticed) if key in then else wrong
            for name in wrong if before else ():
                wanted = reading[name]
                yield Finding(Fault.CLOCK_DIFFERS, where, f"{name} is {_shown(row[name])}, facts say {_shown(wanted)}")


def _expected(stored: Stored, now: datetime) -> dict[tuple[str, int], Columns]:
    found = readings(stored.history, stored.terms, now=now)
    return {
        (reading.metric.value, reading.cycle): clocks.columns_of(reading, current=reading is measured[-1])
        for measured in found.values()
        for reading in measured
    }


def _wrong_columns(row: Columns, wanted: Columns, *, noticed: bool) -> list[str]:
    ignored = {*NEVER, *(() if wanted["stopped_at"] is not None else WHEN_STOPPED)}
    if not noticed and row["breached_at"] is None:
        ignored.update(OUTCOME)
    return [name for name, value in wanted.items() if name not in ignored and row[name] != value]


def _noticed(history: Sequence[Entry]) -> set[tuple[str, int]]:
    """The clocks that are on record as breached."""
    found: dict[tuple[str, int], bool] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Breached | Corrected):
            found[event.metric, event.cycle] = isinstance(event, Breached) or event.breached_after is not None
    return {key for key, stands in found.items() if stands}


def _note(stored: Stored) -> Iterator[Finding]:
    """The text is the one that was written, and its state what was said of it last."""
    written: Entry | None = None
    said: Entry | None = None
    for entry in stored.history:
        if isinstance(entry.event, NoteWritten):
            written, said = entry, None
        elif isinstance(entry.event, NoteAccepted | NoteReturned):
            said = entry
    note, where = stored.note, f"the SLA note of {stored.incident.key}"
    if written is None or not isinstance(written.event, NoteWritten):
        if note is not None and note["what_happened"] is not None:
            yield Finding(Fault.NOTE_DIFFERS, where, "no fact says that it was written")
        return
    if note is None:
        yield Finding(Fault.NOTE_DIFFERS, where, f"was written by {written.by}, and is gone")
        return
    text = seal(note["reason"], note["what_happened"], note["impact"], note["prevention"])
    if note["reason"] != written.event.reason or (written.event.seal and written.event.seal != text):
        yield Finding(Fault.NOTE_DIFFERS, where, f"is not as {written.by} wrote it")
    if (note["author"], note["written_at"]) != (written.by, written.at):
        yield Finding(Fault.NOTE_DIFFERS, where, f"was written by {written.by} at {_shown(written.at)}")
    yield from _review(note, said, where)


def _review(note: Columns, said: Entry | None, where: str) -> Iterator[Finding]:
    if said is None:
        if note["state"] in (NoteState.ACCEPTED, NoteState.RETURNED):
            yield Finding(Fault.NOTE_DIFFERS, where, f"is {note['state']}, and no fact says so")
        return
    accepted = isinstance(said.event, NoteAccepted)
    wanted = NoteState.ACCEPTED if accepted else NoteState.RETURNED
    because = said.event.text if isinstance(said.event, NoteReturned) else None
    if (note["state"], note["reviewer"], note["returned_because"]) != (wanted, said.by, because):
        yield Finding(Fault.NOTE_DIFFERS, where, f"was {wanted.value} by {said.by}")


def _sop(stored: Stored) -> Iterator[Finding]:
    decided = next((entry for entry in reversed(stored.history) if isinstance(entry.event, SopDecided)), None)
    sop, where = stored.sop, f"the SOP decision of {stored.incident.key}"
    if decided is None or not isinstance(decided.event, SopDecided):
        if sop is not None:
            yield Finding(Fault.SOP_DIFFERS, where, "no fact says that it was made")
        return
    if sop is None:
        yield Finding(Fault.SOP_DIFFERS, where, f"was made by {decided.by}, and is gone")
        return
    whole = seal(sop["decision"], sop["reason"], sop["title"], sop["owner"], sop["link"], sop["due_on"])
    same = (sop["decision"], sop["decided_by"], sop["decided_at"]) == (decided.event.decision, decided.by, decided.at)
    if not same or (decided.event.seal and decided.event.seal != whole):
        yield Finding(Fault.SOP_DIFFERS, where, f"is not as {decided.by} made it")


def _shown(value: object) -> str:
    """A value in a sentence; of a long one the beginning."""
    if value in (None, (), ""):
        return "empty"
    text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
