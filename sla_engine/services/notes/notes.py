"""SLA notes: what can be prefilled, writing one, and the service manager's review."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import NoteAccepted, NoteReturned, NoteWritten
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.errors import NoNoteWanted, NoNoteYet, NoteAlreadyAccepted, NoteIncomplete
from sla_engine.domain.notes.note import NoteDraft, problems
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.owing import misses
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.text.lengths import needed
from sla_engine.domain.text.plain_text import plain_text
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.integrity import seal
from sla_engine.services.agreements.coverage import services_of
from sla_engine.services.messages import nudges
from sla_engine.services.notes import prompts
from sla_engine.services.notes.prefill import NotePrefill, computed, prefill
from sla_engine.services.notes.review_queue import ReviewItem, review_queue, suggestion_for
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, notes
from sla_engine.storage.notes import NoteRecord


class Notes:
    """The note loop as people act in it. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, casework: UnitOfWork) -> None:
        self.casework = casework

    def form(self, key: str, *, by: str, now: datetime) -> NotePrefill:
        """The form for somebody who wants to write the note; it holds the note that was returned.

        Raises: NotAllowed (recorded), and what `prefill` raises.
        """
        self.casework.permit(Action.WRITE_NOTE, by=by, now=now, key=key)
        return self.prefill(key, now=now)

    def prefill(self, key: str, *, now: datetime) -> NotePrefill:
        """What the form shows before anybody types.

        Raises: UnknownIncident, NoNoteWanted when no target was missed, NoteAlreadyAccepted.
        """
        with self.casework.database.reading() as session:
            case = self.casework.case(session, incidents.find(session, key), now=now)
            note = case.prompts.note
            _refuse_accepted(case, note)
            if not misses(case.readings()):
                raise NoNoteWanted(case.key)
            return prefill(case, note)

    def write(
        self, key: str, *, by: str, reason: str | None, what_happened: str, impact: str, prevention: str, now: datetime
    ) -> NoteRecord:
        """Write the note (or write it anew before it is accepted) and put it before the service manager.

        Raises: NoteIncomplete with a sentence for each field that lacks something, NoNoteWanted,
        NoteAlreadyAccepted, UnknownChoice, NotAllowed.
        """
        draft = NoteDraft(
            reason=_reason(reason),
            what_happened=plain_text(what_happened).strip(),
            impact=plain_text(impact).strip(),
            prevention=plain_text(prevention).strip(),
        )
        at = self.casework.real_clock()
        with self.casework.act(key, action=Action.WRITE_NOTE, by=by, now=now) as case:
            self._arm(case, Duty.NOTE, due=None)
            self._arm_in_a_while(case, Duty.REVIEW)
            before = _wanted_note(case)
            self._check(case, draft, by=by)
            prompts.show_written(case, before, at=at)
            text = seal(draft.reason, draft.what_happened, draft.impact, draft.prevention)
            case.record(NoteWritten(reason=str(draft.reason), seal=text), by=by)
            written = prompts.ask_review(case, _written(case, before, draft, by=by), at=at)
            nudges.show_progress(case, case.history[-1:], real_now=at)
        return written

    def accept(self, key: str, *, by: str, now: datetime) -> NoteRecord:
        """Accept a written note; whether it needs an SOP is asked until it is decided.

        Raises: NoNoteYet, NoteAlreadyAccepted, NotAllowed.
        """
        with self.casework.act(key, action=Action.REVIEW_NOTE, by=by, now=now) as case:
            self._arm_in_a_while(case, Duty.REVIEW)
            note = accept_in(case, written_note(case), by=by)
            prompts.show_review(case, note, state=prompts.ACCEPTED, at=self.casework.real_clock())
        return note

    def return_to_author(self, key: str, *, because: str, by: str, now: datetime) -> NoteRecord:
        """Return a written note to its author, who is asked for it until it is written anew.

        Raises: MissingArgument without a reason, TooLong, NoNoteYet, NoteAlreadyAccepted, NotAllowed.
        """
        at = self.casework.real_clock()
        with self.casework.act(key, action=Action.REVIEW_NOTE, by=by, now=now) as case:
            why = needed("because", because)
            self._arm_in_a_while(case, Duty.NOTE)
            self._arm(case, Duty.REVIEW, due=None)
            note = written_note(case)
            returned = replace(note, reviewer=by, reviewed_at=now, returned_because=why)
            prompts.show_review(case, returned, state=prompts.RETURNED, at=at)
            case.record(NoteReturned(text=why), by=by)
            wanted_again = replace(returned, state=NoteState.RETURNED, wanted_from=note.author, reminders=0)
            return prompts.ask(case, wanted_again, at=at)

    def review_queue(self, *, by: str, now: datetime) -> tuple[ReviewItem, ...]:
        """The queue for somebody who asks for it.

        Raises: NotAllowed (recorded).
        """
        with self.casework.permitted(Action.REVIEW_NOTE, by=by, now=now) as session:
            return review_queue(session, calendar=self.casework.msp(session).calendar, now=now)

    def may_return(self, key: str, *, by: str, now: datetime) -> None:
        """Ask whether somebody may return a note, before they write why.

        Raises: NotAllowed (recorded).
        """
        self.casework.permit(Action.REVIEW_NOTE, by=by, now=now, key=key)

    def suggestion(self, key: str, *, by: str, now: datetime) -> str:
        """What the evidence suggests about an SOP, for whoever may decide about it; empty when it suggests nothing.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.casework.permitted(Action.DECIDE_SOP, by=by, now=now, key=key) as session:
            return suggestion_for(session, incidents.find(session, key), now=now)

    def queue(self, *, now: datetime) -> tuple[ReviewItem, ...]:
        """Notes that wait for the service manager, the oldest first."""
        with self.casework.database.reading() as session:
            return review_queue(session, calendar=self.casework.msp(session).calendar, now=now)

    def _check(self, case: IncidentWork, draft: NoteDraft, *, by: str) -> None:
        last = notes.last_by(case.session, by, other_than=case.incident.id)
        found = problems(
            draft,
            title=case.incident.title,
            services=services_of(case.agreement),
            last_note=last.what_happened if last else None,
        )
        if found:
            raise NoteIncomplete(found)

    def _arm(self, case: IncidentWork, duty: Duty, *, due: datetime | None) -> None:
        case.timers.set(duty, case.key, due)

    def _arm_in_a_while(self, case: IncidentWork, duty: Duty) -> None:
        self._arm(case, duty, due=case.msp.calendar.add(case.now, case.msp.notes.remind_every))


def written_note(case: IncidentWork) -> NoteRecord:
    """The note that waits for review, locked.

    Raises: NoNoteYet, NoteAlreadyAccepted.
    """
    note = case.prompts.lock_note()
    _refuse_accepted(case, note)
    if note is None or note.owed:
        raise NoNoteYet(case.key)
    return note


def accept_in(case: IncidentWork, note: NoteRecord, *, by: str) -> NoteRecord:
    """Accept a note inside a transaction that is under way."""
    case.record(NoteAccepted(), by=by)
    accepted = replace(note, state=NoteState.ACCEPTED, reviewer=by, reviewed_at=case.now, returned_because=None)
    return case.prompts.save_note(accepted)


def _wanted_note(case: IncidentWork) -> NoteRecord:
    """The note to write, locked; below the priority floor nobody asks for one, but a miss may have one."""
    note = case.prompts.lock_note()
    missed = misses(case.readings())
    if note is None and missed:
        manager = case.msp.manager_of(case.incident.customer)
        note = case.prompts.want_note(wanted_at=case.now, wanted_from=None, manager=manager)
    if note is None or (note.state is NoteState.WITHDRAWN and not missed):
        raise NoNoteWanted(case.key)
    _refuse_accepted(case, note)
    return note


def _refuse_accepted(case: IncidentWork, note: NoteRecord | None) -> None:
    if note is not None and note.state is NoteState.ACCEPTED:
        raise NoteAlreadyAccepted(case.key, note.reviewer or "")


def _written(case: IncidentWork, before: NoteRecord, draft: NoteDraft, *, by: str) -> NoteRecord:
    return replace(
        before,
        state=NoteState.WRITTEN,
        reminders=0,
        reason=draft.reason,
        attribution=draft.attribution,
        what_happened=draft.what_happened,
        impact=draft.impact,
        prevention=draft.prevention,
        prefill=computed(case),
        author=by,
        written_at=case.now,
        reviewer=None,
        reviewed_at=None,
        returned_because=None,
    )


def _reason(text: str | None) -> BreachReason | None:
    if not text:
        return None
    try:
        return BreachReason(text)
    except ValueError as error:
        raise UnknownChoice(what="reason", found=text, allowed=tuple(BREACH_REASONS)) from error
