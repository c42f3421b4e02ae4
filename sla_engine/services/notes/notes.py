"""SLA notes: their prefilled form, writing one, and the service manager's review."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.note_events import NoteAccepted, NoteReturned, NoteWritten
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.errors import (
    NoNoteWanted,
    NoNoteYet,
    NoteAlreadyAccepted,
    NoteIncomplete,
    NoteWrittenSince,
)
from sla_engine.domain.notes.explained import MissReason, clock_name
from sla_engine.domain.notes.note import NoteDraft, problems
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.owing import misses
from sla_engine.domain.notes.prevention import PlannedAction, Prevention
from sla_engine.domain.text.lengths import needed
from sla_engine.domain.text.plain_text import plain_text
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.upkeep.integrity import seal
from sla_engine.notifications.notes import NoteReviewMessage
from sla_engine.parsing.choices import choice
from sla_engine.services.agreements.coverage import services_of
from sla_engine.services.messages import nudges
from sla_engine.services.notes.action_items import follow_note
from sla_engine.services.notes.prefill import NotePrefill, computed, prefill
from sla_engine.services.notes.review import review_of
from sla_engine.services.notes.review_queue import ReviewItem, review_queue
from sla_engine.services.notes.suggestions import evidence_line
from sla_engine.services.notes.wanted_notes import show_note
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, notes
from sla_engine.storage.notes import NoteRecord


class Notes:
    """The acts of people on SLA notes. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def form(self, key: str, *, by: str, now: datetime) -> NotePrefill:
        """The form for somebody who wants to write the note; a note that was returned is filled in.

        Raises: NotAllowed (recorded), and what `prefill` raises.
        """
        self.unit_of_work.permit(Action.WRITE_NOTE, by=by, now=now, key=key)
        return self.prefill(key, now=now)

    def prefill(self, key: str, *, now: datetime) -> NotePrefill:
        """The form as it is before anybody types.

        Raises: UnknownIncident, NoNoteWanted when no target was missed, NoteAlreadyAccepted.
        """
        with self.unit_of_work.database.reading() as session:
            work = self.unit_of_work.work_on(session, incidents.find(session, key), now=now)
            note = work.prompts.note
            _refuse_finished(work, note)
            if not misses(work.readings()):
                raise NoNoteWanted(work.key)
            return prefill(work, note)

    def write(
        self,
        key: str,
        *,
        by: str,
        reason: str | None,
        what_happened: str,
        impact: str,
        prevention: str | None,
        action: PlannedAction | None = None,
        now: datetime,
        since: datetime | None = None,
    ) -> NoteRecord:
        """Write the note (or write it anew before it is accepted) and put it before the service manager.

        `since` is when its author saw what was written before; None where that is not known. `action` is
        None where its author was not asked for it.
        Raises: NoteIncomplete with a sentence for each field that lacks something, NoNoteWanted, NoteWrittenSince,
        NoteAlreadyAccepted, UnknownChoice, NotAllowed.
        """
        draft = _draft(reason, what_happened=what_happened, impact=impact, prevention=prevention, action=action)
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.WRITE_NOTE, by=by, now=now) as work:
            before = _wanted_note(work)
            _refuse_written_since(work, before, by=by, since=since)
            self._check(work, draft, by=by)
            note = _written(work, before, draft, by=by)
            _explain_misses(work, note, draft, by=by)
            follow_note(work, draft, by=by)
            written = work.prompts.save_note(note)
            show_note(work, written, at=at, asked=before.addition_from or before.wanted_from)
            nudges.show_progress(work, work.history[-1:], real_now=at)
        return written

    def accept(self, key: str, *, by: str, now: datetime) -> NoteRecord:
        """Accept a written note; whether it needs an SOP is asked until it is decided.

        Raises: NoNoteYet, NoteAlreadyAccepted, NotAllowed.
        """
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.REVIEW_NOTE, by=by, now=now) as work:
            note = accept_in(work, written_note(work), by=by)
            show_note(work, note, at=at)
        return note

    def return_to_author(self, key: str, *, because: str, by: str, now: datetime) -> NoteRecord:
        """Return a written note to its author, who is asked for it, once a day, until it is written anew.

        Raises: MissingArgument without a reason, TooLong, NoNoteYet, NoteAlreadyAccepted, NotAllowed.
        """
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.REVIEW_NOTE, by=by, now=now) as work:
            why = needed("because", because)
            note = written_note(work)
            returned = replace(note, reviewer=by, reviewed_at=now, returned_because=why)
            work.record(NoteReturned(text=why), by=by)
            wanted_again = replace(
                returned, state=NoteState.RETURNED, wanted_from=note.author, reminders=0, asked_at=None
            )
            show_note(work, wanted_again, at=at)
            return work.prompts.save_note(wanted_again)

    def review_queue(self, *, by: str, now: datetime) -> tuple[ReviewItem, ...]:
        """The notes that wait for the service manager, for somebody who asks.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.REVIEW_NOTE, by=by, now=now) as session:
            return review_queue(session, calendar=self.unit_of_work.msp(session).calendar, now=now)

    def read(self, key: str, *, by: str, now: datetime) -> NoteReviewMessage:
        """A written note in full, for somebody who may review it.

        Raises: NoNoteYet, NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.REVIEW_NOTE, by=by, now=now, key=key) as session:
            work = self.unit_of_work.work_on(session, incidents.find(session, key), now=now)
            note = work.prompts.note
            if note is None or note.author is None:
                raise NoNoteYet(work.key)
            return review_of(work, note)

    def may_return(self, key: str, *, by: str, now: datetime) -> None:
        """Check that somebody may return a note, before they write why.

        Raises: NotAllowed (recorded).
        """
        self.unit_of_work.permit(Action.REVIEW_NOTE, by=by, now=now, key=key)

    def suggestion(self, key: str, *, by: str, now: datetime) -> str:
        """The evidence for a decision about an SOP, for somebody who may decide; empty when there is none.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.DECIDE_SOP, by=by, now=now, key=key) as session:
            return evidence_line(session, incidents.find(session, key), now=now)

    def queue(self, *, now: datetime) -> tuple[ReviewItem, ...]:
        """Notes that wait for the service manager, the oldest first."""
        with self.unit_of_work.database.reading() as session:
            return review_queue(session, calendar=self.unit_of_work.msp(session).calendar, now=now)

    def _check(self, work: IncidentWork, draft: NoteDraft, *, by: str) -> None:
        last = notes.last_by(work.session, by, other_than=work.incident.id)
        sentences = problems(
            draft,
            title=work.incident.title,
            services=services_of(work.agreement),
            last_note=last.what_happened if last else None,
            today=local_day(work.now, zone=work.msp.zone),
        )
        if sentences:
            raise NoteIncomplete(sentences)


def written_note(work: IncidentWork) -> NoteRecord:
    """The note that waits for review, locked.

    Raises: NoNoteYet, NoteAlreadyAccepted.
    """
    note = work.prompts.lock_note()
    _refuse_accepted(work, note)
    if note is None or note.owed:
        raise NoNoteYet(work.key)
    return note


def accept_in(work: IncidentWork, note: NoteRecord, *, by: str) -> NoteRecord:
    """Accept a note inside a transaction that is under way."""
    work.record(NoteAccepted(), by=by)
    accepted = replace(note, state=NoteState.ACCEPTED, reviewer=by, reviewed_at=work.now, returned_because=None)
    return work.prompts.save_note(accepted)


def _wanted_note(work: IncidentWork) -> NoteRecord:
    """The note to write, locked; a miss below the priority floor may have one although nobody asks for it."""
    note = work.prompts.lock_note()
    missed = misses(work.readings())
    if note is None and missed:
        manager = work.msp.manager_of(work.incident.customer)
        note = work.prompts.want_note(wanted_at=work.now, wanted_from=None, manager=manager)
    if note is None or (note.state is NoteState.WITHDRAWN and not missed):
        raise NoNoteWanted(work.key)
    _refuse_finished(work, note)
    return note


def _refuse_written_since(work: IncidentWork, note: NoteRecord, *, by: str, since: datetime | None) -> None:
    """Raises: NoteWrittenSince, so that nobody replaces words that they have not seen."""
    if since is None or note.author in (None, by) or note.written_at is None or note.written_at <= since:
        return
    raise NoteWrittenSince(work.key, note.author or "", note.written_at)


def _refuse_finished(work: IncidentWork, note: NoteRecord | None) -> None:
    """Raises: NoteAlreadyAccepted, unless another target was missed since and wants more words."""
    if note is not None and note.addition_from is None:
        _refuse_accepted(work, note)


def _refuse_accepted(work: IncidentWork, note: NoteRecord | None) -> None:
    if note is not None and note.state is NoteState.ACCEPTED:
        raise NoteAlreadyAccepted(work.key, note.reviewer or "")


def _draft(
    reason: str | None, *, what_happened: str, impact: str, prevention: str | None, action: PlannedAction | None
) -> NoteDraft:
    """A note as it was typed."""
    return NoteDraft(
        reason=choice(BreachReason, reason, what="reason") if reason else None,
        what_happened=plain_text(what_happened).strip(),
        impact=plain_text(impact).strip(),
        prevention=choice(Prevention, prevention, what="prevention") if prevention else None,
        action=None if action is None else replace(action, what=plain_text(action.what).strip()),
    )


def _explain_misses(work: IncidentWork, note: NoteRecord, draft: NoteDraft, *, by: str) -> None:
    """Record that the note was written, about every target missed so far."""
    missed = misses(work.readings())
    written = NoteWritten(
        reason=str(draft.reason),
        seal=seal(note.reason, note.what_happened, note.impact, note.prevention),
        prevention=str(draft.prevention),
        covers=tuple(clock_name(clock) for clock in missed),
    )
    work.record(written, by=by)
    if draft.reason is not None:
        work.prompts.explain(missed, MissReason(reason=draft.reason, by=by, at=work.now))


def _written(work: IncidentWork, before: NoteRecord, draft: NoteDraft, *, by: str) -> NoteRecord:
    return replace(
        before,
        state=NoteState.WRITTEN,
        addition_from=None,
        reminders=0,
        reason=draft.reason,
        attribution=draft.attribution,
        what_happened=draft.what_happened,
        impact=draft.impact,
        prevention=draft.action.what if draft.action and draft.prevention is Prevention.ACTION else "",
        prevention_kind=draft.prevention,
        prefill=computed(work),
        author=by,
        written_at=work.now,
        reviewer=None,
        reviewed_at=None,
        returned_because=None,
    )
