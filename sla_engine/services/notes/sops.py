"""Decisions about procedures (SOPs): made by the service manager, owned by somebody, reminded of until done."""

from collections.abc import Sequence
from datetime import date, datetime

from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.note_events import SopDecided
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.errors import AlreadyDecided, NoNoteYet, SopIncomplete
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import NEEDS_OWNER, SopPlan, next_reminder, plan_problems
from sla_engine.domain.sops.errors import NotToBeWritten
from sla_engine.domain.sops.sop import Sop, SopChangeKind, SopTerms, finished, matching
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.plain_text import plain_text
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.integrity import seal
from sla_engine.parsing.choices import choice
from sla_engine.services.notes import sop_prompts
from sla_engine.services.notes.notes import accept_in
from sla_engine.services.notes.wanted_notes import show_note
from sla_engine.services.problems.problems import open_behind
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, sop_registry, sops, timers
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.sops import NewDecision, SopRecord


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
            at = self.unit_of_work.real_clock()
            note = _undecided_note(work)
            _check(work, plan)
            if note.state is NoteState.WRITTEN:
                show_note(work, accept_in(work, note, by=by), at=at)
            sop = _record_decision(work, plan, by=by)
            if plan.decision is NextStep.PROBLEM:
                open_behind(work, plan.title or work.incident.title, owner=plan.owner, by=by)
            if plan.decision in NEEDS_OWNER:
                self._hand_over(work, sop, at=at)
        return sop

    def problem_behind(self, key: str) -> str | None:
        """The key of the problem that an incident belongs to, after a decision to open one.

        Raises: UnknownIncident.
        """
        with self.unit_of_work.database.reading() as session:
            return incidents.find(session, key).problem

    def done(self, number: str, *, by: str, now: datetime) -> Sop:
        """Mark a procedure as written or changed; allowed to its owner and to service managers.

        Every decision that asked for it is carried out with it. Its next review counts from today.
        Raises: UnknownSop, NotToBeWritten, AlreadyDone, NotAllowed.
        """
        with self.unit_of_work.transaction(action=Action.LOOK, by=by, now=now) as session:
            # The incidents are locked first, as in every other act and in the sweep.
            sop = sop_registry.find(session, number)
            asked_by = sorted(decision.incident_id for decision in sops.about(session, sop.number))
            locked = {incident_id: incidents.lock_by_id(session, incident_id) for incident_id in asked_by}
            decisions = sops.about(session, sop.number)
            authorise(self.unit_of_work.msp(session), by, Action.FINISH_SOP, owner=_writer(sop, decisions), now=now)
            for decision in _still_open(sop, decisions):
                work = self.unit_of_work.work_on(session, locked[decision.incident_id], now=now)
                self._finish(work, decision, by=by)
            sop = sop_registry.lock(session, sop.number)
            terms = finished(sop, on=local_day(now, zone=self.unit_of_work.msp(session).zone))
            return sop_registry.change(session, sop, terms, SopChangeKind.DONE, by=by, at=now)

    def _finish(self, work: IncidentWork, decision: SopRecord, *, by: str) -> None:
        timers.arm(work.session, Duty.SOP, decision.reminder, None)
        sops.mark_done(work.session, decision, by=by, at=work.now)
        sop_prompts.show_done(work, decision, at=self.unit_of_work.real_clock())

    def _hand_over(self, work: IncidentWork, sop: SopRecord, *, at: datetime) -> None:
        """Send the procedure to its owner, and arm the first reminder; an absent owner gets it once back."""
        if sop_prompts.waits_for_return(work, sop):
            return
        sop_prompts.remind(work, sop, at=at)
        due = next_reminder(sop.due_on or work.now, now=work.now, zone=work.msp.zone)
        work.timers.set(Duty.SOP, sop.reminder, due)


def _writer(sop: Sop, decisions: Sequence[SopRecord]) -> str:
    """The owner of what is to be written or changed: by the newest decision about it, else the procedure's own."""
    return next((decision.owner for decision in reversed(decisions) if decision.owner), sop.owner)


def _still_open(sop: Sop, decisions: Sequence[SopRecord]) -> list[SopRecord]:
    still_open = [decision for decision in decisions if decision.done_at is None]
    if not still_open and decisions and decisions[-1].done_at is not None:
        raise AlreadyDone(sop.number, "sop", decisions[-1].done_by or "", decisions[-1].done_at)
    if not still_open:
        raise NotToBeWritten(sop.number)
    return still_open


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
    sop_id = _procedure(work, plan, by=by) if plan.decision in NEEDS_OWNER else None
    new = _new_decision(work, plan, sop_id=sop_id, by=by)
    fingerprint = seal(new.decision, new.reason, new.title, new.owner, new.link, new.due_on)
    fact = SopDecided(decision=plan.decision.value, text=plan.title or plan.reason, seal=fingerprint)
    work.record(fact, by=by)
    return sops.add(work.session, new)


def _procedure(work: IncidentWork, plan: SopPlan, *, by: str) -> int | None:
    """The id of the procedure that is to be written or changed: one with this link or title, else a new one."""
    link = web_address(plan.link)
    in_use = [sop for sop in sop_registry.lock_all(work.session) if sop.retired_at is None]
    sop = next(iter(matching(in_use, title=plan.title, link=link)), None)
    if sop is None:
        service = (work.incident.service,) if work.incident.service else ()
        terms = SopTerms(title=plan.title, link=link, owner=plan.owner or by, services=service)
        sop = sop_registry.add(work.session, terms, SopChangeKind.DECIDED, by=by, at=work.now)
    return sop_registry.id_of(sop.number)


def _new_decision(work: IncidentWork, plan: SopPlan, *, sop_id: int | None, by: str) -> NewDecision:
    owned = plan.decision in NEEDS_OWNER
    return NewDecision(
        incident_id=work.incident.id,
        sop_id=sop_id,
        decision=plan.decision,
        reason=plan.reason or None,
        title=plan.title or None,
        owner=plan.owner if owned else None,
        link=web_address(plan.link),
        due_on=local_hour(plan.due_on, zone=work.msp.zone) if owned and plan.due_on else None,
        decided_by=by,
        decided_at=work.now,
    )
