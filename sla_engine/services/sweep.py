"""The sweep: look at what became due, record it, enqueue what somebody must be told, and set when to look next.

Claiming a timer, recording the fact, enqueuing the message and re-arming are one transaction: a process that dies
in between leaves the timer due, and the next sweep finds it. Unique keys on facts and messages make a second look
harmless.
"""

from datetime import datetime, timedelta

import structlog

from sla_engine.domain.errors import SlaError, StorageBusy
from sla_engine.services.case import Case
from sla_engine.services.casework import Casework
from sla_engine.services.climbing import announce
from sla_engine.services.digest import post_due_digest
from sla_engine.services.note_duties import remind_note, remind_review, remind_sop
from sla_engine.services.pause_nudges import look_again, look_at_pause
from sla_engine.services.promise_nudges import look_at_promise
from sla_engine.storage import incidents, timers
from sla_engine.storage.database import Session
from sla_engine.storage.timers import DueTimer, Duty

BATCH = 50
"""Timers taken in one transaction: enough to be quick after an outage, few enough to keep locks short."""

PUT_OFF = timedelta(minutes=15)
"""When an incident that could not be reckoned (a calendar without open time left, say) is looked at again."""

log = structlog.get_logger(__name__)


class Sweep:
    """Fires what is due, in order, each exactly once in effect however many sweeps run."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    def run_once(self, *, now: datetime) -> int:
        """Fire everything due at `now` (SLA time); answers how many timers were looked at."""
        fired = 0
        while batch := self._fire_batch(now=now):
            fired += batch
            if batch < BATCH:
                break
        return fired

    def next_due(self) -> datetime | None:
        """The SLA instant at which something is due next; None when nothing is armed."""
        with self.casework.database.reading() as session:
            return timers.next_due(session)

    def _fire_batch(self, *, now: datetime) -> int:
        with self.casework.database.transaction() as session:
            due = timers.claim_due(session, now=now, limit=BATCH)
            by_incident: dict[int, list[DueTimer]] = {}
            for timer in due:
                if timer.incident_id is not None and timer.duty in (Duty.CLOCK, Duty.PROMISE, Duty.PAUSE):
                    by_incident.setdefault(timer.incident_id, []).append(timer)
                else:
                    self._duty(session, timer, now=now)
            for incident_id in sorted(by_incident):
                self._look_at_one(session, incident_id, by_incident[incident_id], now=now)
            return len(due)

    def _look_at_one(self, session: Session, incident_id: int, due: list[DueTimer], *, now: datetime) -> None:
        """One incident that cannot be reckoned is put off and logged; the others are announced all the same."""
        try:
            with session.begin_nested():
                case = self.casework.case(session, incidents.lock_by_id(session, incident_id), now=now)
                self._look_at(case, due)
        except StorageBusy:
            raise
        except SlaError as error:
            log.exception("an incident was put off", incident=incident_id, error=type(error).__name__)
            for timer in due:
                timers.arm(session, timer.duty, timer.subject, now + PUT_OFF, incident_id=incident_id)

    def _duty(self, session: Session, timer: DueTimer, *, now: datetime) -> None:
        match timer.duty:
            case Duty.NOTE:
                remind_note(self.casework, session, timer, now=now)
            case Duty.REVIEW:
                remind_review(self.casework, session, timer, now=now)
            case Duty.SOP:
                remind_sop(self.casework, session, timer, now=now)
            case Duty.DIGEST:
                post_due_digest(self.casework, session, timer, now=now)
            case Duty.CLOCK | Duty.PROMISE | Duty.PAUSE:
                message = f"the {timer.duty} timer {timer.subject} names no incident"
                raise LookupError(message)

    def _look_at(self, case: Case, due: list[DueTimer]) -> None:
        """Everything that became due for one incident, announced in one message."""
        case.settle()
        if not case.incident.is_open:
            return
        duties = {timer.duty for timer in due}
        real_now = self.casework.real_clock()
        if Duty.PROMISE in duties and look_at_promise(case, real_now=real_now):
            if Duty.PAUSE in duties:
                look_again(case)
            return
        if Duty.PAUSE in duties and look_at_pause(case, real_now=real_now):
            return
        announce(case, real_now=real_now)
