"""The acts of people who wait for an SLA note: reminding its writer, and asking somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.history import Entry, in_effect
from sla_engine.domain.incidents.note_events import NoteAskedOf, NoteReminded
from sla_engine.domain.notes.errors import AskedAlready, NobodyOwesNote, NobodyToRemind, RemindedLately, WriterIsAbsent
from sla_engine.domain.notes.late_notes import REMINDED_AT_MOST_EVERY
from sla_engine.services.notes.wanted_notes import ask_now, show_asked_elsewhere, writer_of
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import events, incidents
from sla_engine.storage.notes import NoteRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who could write a note; `acts` counts what they did with the incident."""

    slack_id: str
    name: str
    acts: int
    is_absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleWriters:
    """An incident whose note somebody else is to be asked for, and who could be, those who know it best first."""

    key: str
    title: str
    customer: str
    writers: tuple[Writer, ...]


class NoteRequests:
    """Requests for notes by people. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def remind(self, key: str, *, by: str, now: datetime) -> str:
        """Put the note before its writer again, at most once an hour; returns who that is (a Slack id).

        Raises: NobodyOwesNote, NobodyToRemind, RemindedLately, WriterIsAbsent, UnknownIncident, NotAllowed.
        """
        with self.unit_of_work.act(key, action=Action.ASK_NOTE, by=by, now=now) as work:
            note = _owed_note(work)
            writer = writer_of(work, note)
            if writer is None:
                raise NobodyToRemind(work.key)
            _refuse_reminded_lately(work, writer)
            _refuse_absent(work, writer)
            work.record(NoteReminded(to=writer), by=by)
            ask_now(work, note, writer=writer, at=self.unit_of_work.real_clock())
        return writer

    def ask(self, key: str, *, person: str, by: str, now: datetime) -> None:
        """Ask another one of our people for the note, from now on and at once.

        Raises: NobodyOwesNote, AskedAlready, WriterIsAbsent, UnknownPerson, UnknownIncident, NotAllowed.
        """
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.ASK_NOTE, by=by, now=now) as work:
            note = _owed_note(work)
            if work.msp.reachable(person) is None:
                raise UnknownPerson(person)
            if writer_of(work, note) == person and note.asked_at is not None:
                raise AskedAlready(work.key, person)
            _refuse_absent(work, person)
            work.record(NoteAskedOf(to=person), by=by)
            show_asked_elsewhere(work, note, at=at)
            ask_now(work, replace(note, asked_at=None), writer=person, at=at)

    def possible_writers(self, key: str, *, by: str, now: datetime) -> PossibleWriters:
        """Everybody who could be asked for the note, for somebody who may ask.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.ASK_NOTE, by=by, now=now, key=key) as session:
            incident, msp = incidents.find(session, key), self.unit_of_work.msp(session)
            history, _ = events.history_and_keys(session, incident.id)
        return PossibleWriters(
            key=incident.key,
            title=incident.title,
            customer=incident.customer,
            writers=_writers(in_effect(history), msp, now=now),
        )


def _owed_note(work: IncidentWork) -> NoteRecord:
    note = work.prompts.lock_note()
    if note is None or not note.owed:
        raise NobodyOwesNote(work.key)
    return note


def _refuse_reminded_lately(work: IncidentWork, writer: str) -> None:
    for entry in reversed(work.history):
        is_reminder = isinstance(entry.event, NoteReminded) and entry.event.to == writer
        if is_reminder and work.now - entry.at < REMINDED_AT_MOST_EVERY:
            raise RemindedLately(work.key, entry.by, entry.at)


def _refuse_absent(work: IncidentWork, person: str) -> None:
    back_at = work.msp.roster.back_at(person, work.now)
    if back_at is not None:
        raise WriterIsAbsent(work.key, person, back_at)


def _writers(history: Sequence[Entry], msp: Msp, *, now: datetime) -> tuple[Writer, ...]:
    """Those who may write notes: who is here, then who did most with the incident."""
    writers = (
        Writer(
            slack_id=person.slack_id,
            name=msp.short_name(person.slack_id),
            acts=sum(entry.by == person.slack_id for entry in history),
            is_absent=msp.is_absent(person.slack_id, now),
        )
        for person in msp.people
        if person.role.may_act_as(Role.TECHNICIAN)
    )
    return tuple(sorted(writers, key=lambda writer: (writer.is_absent, -writer.acts, writer.name, writer.slack_id)))
