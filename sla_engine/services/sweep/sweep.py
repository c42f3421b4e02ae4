"""The sweep: look at what became due, record it, enqueue its messages, and set when to look next.

Each item (all that is due of one incident's clocks, or one other duty) has a transaction of its own: claiming its
timers, recording the fact, enqueuing the message and re-arming. A process that dies in between leaves them due, and
unique keys on facts and messages make a second look harmless. An item that fails, for whatever reason, is rolled
back, logged and put off; nothing else notices.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import structlog

from sla_engine.domain.escalation.decide import WATCHED
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.retries import Queue, pace_for
from sla_engine.services.queries.digest import count_due_digest, post_digest
from sla_engine.services.shifts.daily import ask_person
from sla_engine.services.sweep.escalation import escalate
from sla_engine.services.sweep.note_duties import remind_sop, show_withdrawn
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import failures, incidents, timers
from sla_engine.storage.database import Session
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.timers import DueClaim, DueTimer

PAGE = 50
"""Due timers listed at a time."""

BUSY_IN_A_ROW = 3
"""So many items that could not be locked one after another mean that the database itself is busy."""

log = structlog.get_logger(__name__)

Item = tuple[DueTimer, ...]
"""Timers that are looked at in one transaction: of one incident, or a single one."""


class Sweep:
    """Fires what is due, in order, each exactly once in effect however many sweeps run."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def run_once(self, *, now: datetime) -> int:
        """Fire everything due at `now` (SLA time); returns how many timers were looked at.

        Raises: StorageBusy when the database, not one item, is busy or gone.
        """
        fired, last = 0, None
        while True:
            with self.unit_of_work.database.reading() as session:
                page = timers.due_by(session, now=now, after=last, limit=PAGE)
            fired += self._fire_all(_items(page), now=now)
            if len(page) < PAGE:
                return fired
            last = page[-1]

    def next_due(self) -> datetime | None:
        """The SLA instant at which something is due next; None when nothing is armed."""
        with self.unit_of_work.database.reading() as session:
            return timers.next_due(session)

    def _fire_all(self, items: Iterable[Item], *, now: datetime) -> int:
        fired = busy = 0
        for item in items:
            try:
                fired += self._fire(item, now=now)
                busy = 0
            except StorageBusy:
                busy += 1
                if self.unit_of_work.database.is_sqlite or busy == BUSY_IN_A_ROW:
                    raise
                log.warning("a timer is left due: somebody else holds it", item=_failure_name(item[0]))
        return fired

    def _fire(self, item: Item, *, now: datetime) -> int:
        """Fire one item; when it fails, each of its duties alone, and put off the one that fails again."""
        try:
            return self._attempt(item, now=now)
        except StorageBusy:
            raise
        except Exception as error:
            duties = _by_duty(item)
            if len(duties) > 1:
                return sum(self._fire(duty, now=now) for duty in duties)
            self._put_off(item, error, now=now)
            return len(item)

    def _attempt(self, item: Item, *, now: datetime) -> int:
        """Claim the item and do its duties in one transaction; returns how many of its timers were still due."""
        digest = count_due_digest(self.unit_of_work, now=now) if item[0].duty == Duty.DIGEST else None
        with self.unit_of_work.database.transaction() as session:
            claim = timers.claim(session, item, now=now)
            if not claim.due:
                return 0
            if digest is not None:
                post_digest(session, digest, at=self.unit_of_work.real_clock())
            else:
                self._do_duties(session, claim, now=now)
            for name in {_failure_name(timer) for timer in item if timer.has_failed}:
                failures.clear(session, Queue.TIMER, name)
            return len(claim.due)

    def _do_duties(self, session: Session, claim: DueClaim, *, now: datetime) -> None:
        first, real_now = claim.due[0], self.unit_of_work.real_clock()
        if first.duty == Duty.DAILY:
            msp = self.unit_of_work.msp(session)
            ask_person(session, first.subject, msp=msp, now=now, real_now=real_now)
            return
        if claim.incident is None:
            message = f"the {first.duty} timer {first.subject} names no incident"
            raise LookupError(message)
        work = self.unit_of_work.work_on(session, claim.incident, now=now, timers=claim.timers)
        match Duty(first.duty):
            case Duty.NOTE:
                show_withdrawn(work, real_now=real_now)
            case Duty.SOP:
                remind_sop(work, first.subject, real_now=real_now)
            case _:
                escalate(work, {Duty(timer.duty) for timer in claim.due}, real_now=real_now)
        work.timers.write()

    def _put_off(self, item: Item, error: Exception, *, now: datetime) -> None:
        """Count the failure and look again later; when not even that can be written, the item stays due."""
        name, incident_id, real_now = _failure_name(item[0]), item[0].incident_id, self.unit_of_work.real_clock()
        try:
            with self.unit_of_work.database.transaction() as session:
                failure = failures.record(
                    session,
                    Queue.TIMER,
                    name,
                    incident_id=incident_id,
                    error=error,
                    pace=pace_for(incidents.priority_of(session, incident_id)),
                    at=real_now,
                )
                next_try = failure.next_try_at
                timers.put_off(session, item, until=None if next_try is None else now + (next_try - real_now))
        except Exception:
            log.exception("a failed timer could not be put off", item=name)
            return
        log.error("a timer failed", item=name, tries=failure.tries, again=next_try, exc_info=error)


def _items(page: Iterable[DueTimer]) -> Iterator[Item]:
    """Due timers as items, in the order of their earliest instants."""
    grouped: dict[tuple[str, object], list[DueTimer]] = {}
    for timer in page:
        is_watched = timer.incident_id is not None and timer.duty in WATCHED
        group = ("incident", timer.incident_id) if is_watched else ("timer", timer.id)
        grouped.setdefault(group, []).append(timer)
    return (tuple(together) for together in grouped.values())


def _by_duty(item: Item) -> list[Item]:
    """The item split by duty."""
    by_duty: dict[str, list[DueTimer]] = {}
    for timer in item:
        by_duty.setdefault(timer.duty, []).append(timer)
    return [tuple(group) for group in by_duty.values()]


def _failure_name(timer: DueTimer) -> str:
    """The name a failure is filed under: the duty and its subject; all clocks of an incident share one."""
    subject = timer.subject.partition(":")[0] if timer.duty == Duty.CLOCK else timer.subject
    return f"{timer.duty}:{subject}"
