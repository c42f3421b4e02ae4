"""Notes that are hard to write: often missing, late or returned, so that a template or a procedure would help."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime

from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.evidence import NoteEvidence
from sla_engine.domain.notes.suggestions import LONG, RECENT, STEP_WORDS, Step, Suggestion
from sla_engine.domain.text.names import folded
from sla_engine.domain.time.reach import WorkingTime

LATE_FROM = 3
"""From this number of notes of one customer and service missing or late within `RECENT` on."""
RETURNED_OF = 5
"""The fewest notes with one reason, within `LONG`, of which a share was returned."""
RETURNED_PERCENT = 30


def hard_notes(notes: Iterable[NoteEvidence], *, calendar: WorkingTime, at: datetime) -> tuple[Suggestion, ...]:
    """A suggestion for every kind of notes that is hard to write at an instant.

    A kind is a customer with a service, for notes that were missing or late in 30 days, and a reason, for notes of any
    customer that were returned in 90.
    """
    known = sorted((note for note in notes if note.wanted_at <= at), key=lambda note: note.incident_id)
    return (*_late(known, calendar=calendar, at=at), *_returned(known, at=at))


def _late(notes: Sequence[NoteEvidence], *, calendar: WorkingTime, at: datetime) -> Iterator[Suggestion]:
    kinds: dict[Hashable, list[NoteEvidence]] = {}
    for note in notes:
        if note.wanted_at >= at - RECENT and note.is_late(calendar, at=at):
            kinds.setdefault((note.customer, folded(note.service or "")), []).append(note)
    for late in kinds.values():
        where = f"{late[0].customer}{f', {late[0].service}' if late[0].service else ''}"
        if len(late) >= LATE_FROM:
            because = f"SLA notes, {where}: {len(late)} missing or late in {RECENT.days} days"
            yield _suggestion(because, late, customer=late[0].customer, at=at)


def _returned(notes: Sequence[NoteEvidence], *, at: datetime) -> Iterator[Suggestion]:
    kinds: dict[BreachReason, list[NoteEvidence]] = {}
    for note in notes:
        if note.reason is not None and at - LONG <= note.at <= at:
            kinds.setdefault(note.reason, []).append(note)
    for reason, given in kinds.items():
        returned = [note for note in given if note.is_returned]
        if len(given) >= RETURNED_OF and 100 * len(returned) >= RETURNED_PERCENT * len(given):
            share = f"{len(returned)} of {len(given)} returned in {LONG.days} days"
            because = f"SLA notes, {BREACH_REASONS[reason].label}: {share}"
            yield _suggestion(because, returned, customer="", at=at)


def _suggestion(because: str, notes: Sequence[NoteEvidence], *, customer: str, at: datetime) -> Suggestion:
    return Suggestion(
        step=Step.EASIER_NOTES,
        sentence=f"{because}. Suggests: {STEP_WORDS[Step.EASIER_NOTES]}.",
        customer=customer,
        recent=sum(note.at >= at - RECENT for note in notes),
        incident_keys=tuple(note.incident_key for note in notes),
    )
