"""Decisions about procedures (SOPs): made by the service manager, owned by somebody, reminded of until done."""

from dataclasses import dataclass
from datetime import date, datetime

from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.note_events import SopDecided
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.errors import AlreadyDecided, NoNoteYet, SopIncomplete
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import NEEDS_OWNER, SopPlan, is_overdue, next_reminder, plan_problems
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.plain_text import plain_text
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.integrity import seal
from sla_engine.parsing.choices import choice
from sla_engine.services.notes import prompts, sop_prompts
from sla_engine.services.notes.notes import accept_in
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, sops, timers
from sla_engine.storage.database import Session
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.sops import NewDecision, SopRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSop:
    """A procedure that is to be written or changed."""

    number: str
    decision: NextStep
    title: str
    owner: str
    link: str | None
    due_on: datetime
    overdue: bool
    incident_key: str
    customer: str


class Sops:
    """The acts of people on procedures: deciding and finishing. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def decide(
        self,
        key: str,
        *,
        by: str,
        decision: str,
        title: str = "",
        owner: str | None = None,
        link: str = "",
        due_on: date | None = None,
        reason: str = "",
        now: datetime,
    ) -> SopRecord:
        """Decide what the miss means for our procedures; a note that still waits for review is accepted with it.

        `due_on` is a date in the MSP's zone.
        Raises: SopIncomplete with a sentence for each field that lacks something, NoNoteYet, AlreadyDecided,
        UnknownChoice, NotAllowed.
        """
        plan = SopPlan(
            decision=choice(NextStep, decision, what="decision"),
            title=plain_text(title).strip(),
            owner=owner or None,
            link=link.strip(),
            due_on=due_on,
            reason=plain_text(reason).strip(),
        )
        with self.unit_of_work.act(key, action=Action.DECIDE_SOP, by=by, now=now) as work:
            work.timers.set(Duty.REVIEW, work.key, None)
            note = _undecided_note(work)
            _check(work, plan)
            if note.state is NoteState.WRITTEN:
                note = accept_in(work, note, by=by)
            sop = _record_decision(work, plan, by=by)
            at = self.unit_of_work.real_clock()
            prompts.show_review(work, note, state=prompts.PromptState.DECIDED, sop=sop, at=at)
            if plan.decision in NEEDS_OWNER:
                self._hand_over(work, sop, at=at)
        return sop

    def done(self, number: str, *, by: str, now: datetime) -> SopRecord:
        """Mark a procedure as written or changed; allowed to its owner and to service managers.

        Raises: UnknownSop, AlreadyDone, NotAllowed.
        """
        with self.unit_of_work.transaction(action=Action.LOOK, by=by, now=now) as session:
            # The incident is locked first, as in every other act and in the sweep.
            incident = incidents.lock_by_id(session, sops.incident_of(session, number))
            sop = sops.lock(session, number)
            authorise(self.unit_of_work.msp(session), by, Action.FINISH_SOP, owner=sop.owner, now=now)
            if sop.done_at is not None:
                raise AlreadyDone(sop.number, "sop", sop.done_by or "", sop.done_at)
            timers.arm(session, Duty.SOP, sop.number, None)
            sops.mark_done(session, sop, by=by, at=now)
            work = self.unit_of_work.work_on(session, incident, now=now)
            sop_prompts.show_done(work, sop, at=self.unit_of_work.real_clock())
            return sops.lock(session, number)

    def open_list(self, *, by: str, now: datetime) -> tuple[OpenSop, ...]:
        """The procedures that `list` returns, for somebody who asks.

        Raises: NotAllowed (recorded).
        """
        self.unit_of_work.permit(Action.LIST_SOPS, by=by, now=now)
        return self.list(now=now)

    def list(self, *, now: datetime) -> tuple[OpenSop, ...]:
        """Procedures that are to be written or changed, the earliest due first."""
        with self.unit_of_work.database.reading() as session:
            return open_sops(session, zone=self.unit_of_work.msp(session).zone, now=now)

    def _hand_over(self, work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
        """Send the procedure to its owner, and arm the first reminder; an absent owner gets it once back."""
        if sop_prompts.waits_for_return(work, sop):
            return
        sop_prompts.remind(work, sop, at=at)
        due = next_reminder(sop.due_on or work.now, now=work.now, zone=work.msp.zone)
        work.timers.set(Duty.SOP, sop.number, due)


def open_sops(session: Session, *, zone: str, now: datetime) -> tuple[OpenSop, ...]:
    """Procedures that are to be written or changed, the earliest due first; `zone` is the MSP's."""
    still_open = sops.still_open(session)
    records = incidents.by_ids(session, [sop.incident_id for sop in still_open])
    return tuple(
        OpenSop(
            number=sop.number,
            decision=sop.decision,
            title=sop.title or "",
            owner=sop.owner or "",
            link=sop.link,
            due_on=sop.due_on or now,
            overdue=sop.due_on is not None and is_overdue(sop.due_on, now=now, zone=zone),
            incident_key=records[sop.incident_id].key,
            customer=records[sop.incident_id].customer,
        )
        for sop in still_open
    )


def _undecided_note(work: IncidentWork) -> NoteRecord:
    note = work.prompts.lock_note()
    if note is None or note.owed:
        raise NoNoteYet(work.key)
    before = sops.of_incident(work.session, work.incident.id)
    if before is not None:
        raise AlreadyDecided(work.key, before.decision.value, before.decided_by)
    return note


def _check(work: IncidentWork, plan: SopPlan) -> None:
    known = plan.owner is not None and work.msp.person(plan.owner) is not None
    sentences = plan_problems(plan, known_owner=known, today=local_day(work.now, zone=work.msp.zone))
    if sentences:
        raise SopIncomplete(sentences)


def _record_decision(work: IncidentWork, plan: SopPlan, *, by: str) -> SopRecord:
    """Record the decision as a fact, sealed with its content, and store the procedure."""
    new = _new_decision(work, plan, by=by)
    fingerprint = seal(new.decision, new.reason, new.title, new.owner, new.link, new.due_on)
    fact = SopDecided(decision=plan.decision.value, text=plan.title or plan.reason, seal=fingerprint)
    work.record(fact, by=by)
    return sops.add(work.session, new)


def _new_decision(work: IncidentWork, plan: SopPlan, *, by: str) -> NewDecision:
    owned = plan.decision in NEEDS_OWNER
    return NewDecision(
        incident_id=work.incident.id,
        decision=plan.decision,
        reason=plan.reason or None,
        title=plan.title or None,
        owner=plan.owner if owned else None,
        link=web_address(plan.link),
        due_on=local_hour(plan.due_on, zone=work.msp.zone) if owned and plan.due_on else None,
        decided_by=by,
        decided_at=work.now,
    )
