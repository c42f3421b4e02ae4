"""SLA notes that wait for somebody: to be written, written anew, or reviewed; the longest wait first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.services.notes.action_items import ListedActionItem, open_action_items
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, notes
from sla_engine.storage.database import Session
from sla_engine.storage.notes import NoteRecord


class NoteFilter(StrEnum):
    """Which of the notes that wait are listed."""

    UNEXPLAINED = "unexplained"
    RETURNED = "returned"
    MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNote:
    """A note that waits: `person` is who has to write it, or wrote it; None where nobody is asked."""

    incident_key: str
    title: str
    customer: str
    priority: str
    state: NoteState
    person: str | None
    since: datetime
    returned_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotes:
    """The notes that wait, as somebody asked for them; `actions` is what they themselves said they will do.

    `may_review`: they may accept and return. `own_only`: they may see only those that are theirs.
    """

    notes: tuple[WaitingNote, ...]
    actions: tuple[ListedActionItem, ...]
    customer: str | None
    wanted: NoteFilter | None
    may_review: bool
    own_only: bool


class NoteLists:
    """Lists what waits; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def waiting(
        self, *, by: str, now: datetime, customer: str | None = None, wanted: NoteFilter | None = None
    ) -> WaitingNotes:
        """The notes that wait; technicians see those that they are to write, and those they wrote.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_NOTES, by=by, now=now) as session:
            msp = self.unit_of_work.msp(session)
            role = msp.role_of(by)
            own_only = not role.may_act_as(Role.DISPATCHER)
            rows = [note for note in _of_kind(session, wanted) if _is_theirs(note, by, own_only=own_only, of=wanted)]
            records = incidents.by_ids(session, [note.incident_id for note in rows])
            listed = [_listed(note, records[note.incident_id]) for note in rows]
            is_mine = wanted is NoteFilter.MINE
            return WaitingNotes(
                notes=tuple(
                    sorted(
                        (note for note in listed if customer in (None, note.customer)),
                        key=lambda note: (note.since, note.incident_key),
                    )
                ),
                actions=open_action_items(session, owner=by, zone=msp.zone, now=now) if is_mine else (),
                customer=customer,
                wanted=wanted,
                may_review=role.may_act_as(Role.SERVICE_MANAGER),
                own_only=own_only,
            )

    def customers(self) -> tuple[str, ...]:
        """The customers that have an agreement."""
        with self.unit_of_work.database.reading() as session:
            return tuple(self.unit_of_work.agreements.customers(session))


def _of_kind(session: Session, wanted: NoteFilter | None) -> list[NoteRecord]:
    to_write = notes.still_to_write(session)
    match wanted:
        case NoteFilter.UNEXPLAINED:
            return to_write
        case NoteFilter.RETURNED:
            return [note for note in to_write if note.state is NoteState.RETURNED]
        case _:
            return [*to_write, *notes.to_review(session)]


def _is_theirs(note: NoteRecord, person: str, *, own_only: bool, of: NoteFilter | None) -> bool:
    if not own_only and of is not NoteFilter.MINE:
        return True
    return person == (note.wanted_from if note.owed else note.author)


def _listed(note: NoteRecord, record: Incident) -> WaitingNote:
    since = note.wanted_at
    if not note.owed:
        since = note.written_at or note.wanted_at
    elif note.state is NoteState.RETURNED:
        since = note.reviewed_at or note.wanted_at
    return WaitingNote(
        incident_key=record.key,
        title=record.title,
        customer=record.customer,
        priority=record.priority.value,
        state=note.state,
        person=note.wanted_from if note.owed else note.author,
        since=since,
        returned_because=(note.returned_because or "") if note.state is NoteState.RETURNED else "",
    )
