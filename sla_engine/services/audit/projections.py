"""Checks the rows that are folded from an incident's facts against the facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.events import Absorbed, Breached, Corrected, Opened
from sla_engine.domain.incidents.history import Entry, opening
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.note_events import NoteAccepted, NoteReturned, NoteWritten, SopDecided
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.upkeep.integrity import Fault, Finding, seal
from sla_engine.storage import clocks

Columns = Mapping[str, Any]

STANDING = (
    "priority", "title", "state", "opened_at", "opened_by", "resolved_at", "assignee", "responsible", "paused_for",
    "pause_until", "customer_waits_since", "acknowledged_by", "acknowledged_at", "promise", "promise_asked_at",
    "snoozed_until", "merged_into", "source", "site", "service", "problem",
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
    """One incident as stored: its own row, its facts, and the rows folded from them; `now` is SLA time."""

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
    """Count the notes and decisions that were written before facts had a fingerprint of them."""
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
    as_opened = replace(
        record,
        priority=first.event.priority,
        title=first.event.title,
        source=first.event.source,
        site=first.event.site or None,
        service=first.event.service or None,
        opened_at=record.opened_at if _absorbed_another(stored.history) else first.at,
        opened_by=first.by,
    )
    expected = incident_after(as_opened, stored.history, reply_ends_pause=stored.terms.reply_ends_pause)
    for name in STANDING:
        actual, wanted = getattr(record, name), getattr(expected, name)
        if (actual or None) != (wanted or None):
            yield Finding(
                Fault.INCIDENT_DIFFERS, record.key, f"{name} is {_shown(actual)}, its facts say {_shown(wanted)}"
            )


def _absorbed_another(history: Sequence[Entry]) -> bool:
    """Whether a duplicate was merged into it: the earlier of the two openings counts."""
    return any(isinstance(entry.event, Absorbed) for entry in history)


def _clocks(stored: Stored) -> Iterator[Finding]:
    """Compare the clocks' rows with their readings now, and with those at the last recorded fact: either is right."""
    rows = {(row["metric"], row["cycle"]): row for row in stored.clocks}
    noticed = _noticed(stored.history)
    recorded = max(entry.recorded_at for entry in stored.history)
    at_present, at_last_fact = _expected(stored, stored.now), _expected(stored, recorded)
    for key in sorted({*rows, *at_present}):
        where = f"{stored.incident.key}, {key[0]} (cycle {key[1]})"
        row, reading = rows.get(key), at_present.get(key)
        if row is None:
            yield Finding(Fault.CLOCK_DIFFERS, where, "its row is missing")
        elif reading is None:
            if key not in at_last_fact:
                yield Finding(Fault.CLOCK_DIFFERS, where, "no fact tells of such a clock")
        else:
            for name in _wrong_at_both(row, reading, at_last_fact.get(key), noticed=key in noticed):
                wanted = reading[name]
                yield Finding(Fault.CLOCK_DIFFERS, where, f"{name} is {_shown(row[name])}, facts say {_shown(wanted)}")


def _expected(stored: Stored, now: datetime) -> Mapping[tuple[str, int], Columns]:
    return clocks.columns_by_name(readings(stored.history, stored.terms, now=now))


def _wrong_at_both(row: Columns, at_present: Columns, at_last_fact: Columns | None, *, noticed: bool) -> list[str]:
    """The columns that differ from the reading now, if the row differs from that at the last fact as well."""
    if at_last_fact is not None and not _wrong_columns(row, at_last_fact, noticed=noticed):
        return []
    return _wrong_columns(row, at_present, noticed=noticed)


def _wrong_columns(row: Columns, wanted: Columns, *, noticed: bool) -> list[str]:
    ignored = set(NEVER)
    if wanted["stopped_at"] is None:
        ignored.update(WHEN_STOPPED)
    if not noticed and row["breached_at"] is None:
        ignored.update(OUTCOME)
    return [name for name, value in wanted.items() if name not in ignored and row[name] != value]


def _noticed(history: Sequence[Entry]) -> set[tuple[str, int]]:
    """The clocks that are on record as breached."""
    is_breached: dict[tuple[str, int], bool] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Breached | Corrected):
            is_breached[event.metric, event.cycle] = isinstance(event, Breached) or event.breached_after is not None
    return {key for key, stands in is_breached.items() if stands}


def _note(stored: Stored) -> Iterator[Finding]:
    """Compare the note with its text as last written, and its state with the last review since then."""
    written: Entry | None = None
    review: Entry | None = None
    for entry in stored.history:
        if isinstance(entry.event, NoteWritten):
            written, review = entry, None
        elif isinstance(entry.event, NoteAccepted | NoteReturned):
            review = entry
    note, where = stored.note, f"the SLA note of {stored.incident.key}"
    if written is None or not isinstance(written.event, NoteWritten):
        if note is not None and note["what_happened"] is not None:
            yield Finding(Fault.NOTE_DIFFERS, where, "no fact says that it was written")
        return
    if note is None:
        yield Finding(Fault.NOTE_DIFFERS, where, f"was written by {written.by}, and is gone")
        return
    text = seal(note["reason"], note["what_happened"], note["impact"], note["prevention"])
    is_sealed_otherwise = written.event.seal not in ("", text)
    same = (note["reason"], note["prevention_kind"] or "") == (written.event.reason, written.event.prevention)
    if is_sealed_otherwise or not same:
        yield Finding(Fault.NOTE_DIFFERS, where, f"is not as {written.by} wrote it")
    if (note["author"], note["written_at"]) != (written.by, written.at):
        yield Finding(Fault.NOTE_DIFFERS, where, f"was written by {written.by} at {_shown(written.at)}")
    yield from _review(note, review, where)


def _review(note: Columns, review: Entry | None, where: str) -> Iterator[Finding]:
    if review is None:
        if note["state"] in (NoteState.ACCEPTED, NoteState.RETURNED):
            yield Finding(Fault.NOTE_DIFFERS, where, f"is {note['state']}, and no fact says so")
        return
    if isinstance(review.event, NoteReturned):
        wanted, because = NoteState.RETURNED, review.event.text
    else:
        wanted, because = NoteState.ACCEPTED, None
    if (note["state"], note["reviewer"], note["returned_because"]) != (wanted, review.by, because):
        yield Finding(Fault.NOTE_DIFFERS, where, f"was {wanted.value} by {review.by}")


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
    is_sealed_otherwise = decided.event.seal not in ("", whole)
    if is_sealed_otherwise or not same:
        yield Finding(Fault.SOP_DIFFERS, where, f"is not as {decided.by} made it")


def _shown(value: object) -> str:
    """A value as a sentence shows it, cut at 60 characters."""
    if value in (None, (), ""):
        return "empty"
    text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
