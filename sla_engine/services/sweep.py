"""The sweep: look at what became due, record it, enqueue what somebody must be told, and set when to look next.

Claiming a timer, recording the fact, enqueuing the message and re-arming are one transaction: a process that dies
in between leaves the timer due, and the next sweep finds it. Unique keys on facts and messages make a second look
harmless.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from sla_engine.domain.clocks import ClockState, Reading, current
from sla_engine.domain.errors import SlaError, StorageBusy
from sla_engine.domain.escalation import Climb, climb
from sla_engine.domain.events import PromiseLapsed, RungReached
from sla_engine.domain.ladders import AT_BREACH_PERCENT, Recipient
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.notifications import AlsoDue, NudgeCause
from sla_engine.services import nudging
from sla_engine.services.case import Case
from sla_engine.services.casework import Casework
from sla_engine.services.digest import post_due_digest
from sla_engine.services.note_duties import remind_note, remind_review, remind_sop
from sla_engine.storage import clocks, incidents, timers
from sla_engine.storage.database import Session
from sla_engine.storage.timers import DueTimer, Duty

BATCH = 50
"""Timers taken in one transaction: enough to be quick after an outage, few enough to keep locks short."""

PAUSE_REMINDER = timedelta(hours=24)
"""How often a pause that has outlived its `until` is spoken of again."""

PUT_OFF = timedelta(minutes=15)
"""When an incident that could not be reckoned (a calendar without open time left, say) is looked at again."""

Found = tuple[Reading, Climb]

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
        if Duty.PROMISE in duties and self._promise_lapsed(case):
            if Duty.PAUSE in duties:
                self._look_again_at_the_pause(case)
            return
        if Duty.PAUSE in duties and self._pause_outlived(case):
            return
        self._climb(case)

    def _look_again_at_the_pause(self, case: Case) -> None:
        """One message at a time: a pause that was outlived in the same instant is spoken of in the next look."""
        if case.incident.pause_until is not None:
            timers.arm(case.session, Duty.PAUSE, case.key, case.now, incident_id=case.incident.id)

    def _climb(self, case: Case) -> None:
        found = case.readings()
        reached = _reached(case, found)
        if not reached:
            return
        top_reading, top = max(reached, key=lambda pair: (pair[1].rung.percent, pair[1].reached_at))
        occasion = nudging.Occasion(
            cause=_cause(top_reading, top),
            tell=_told(reached),
            key=f"{case.key}:{top_reading.metric}:{top_reading.cycle}:{top.number}:{top.repeat}",
            reading=top_reading,
            percent=top.rung.percent,
            repeat=top.repeat,
            also=_also(reached, top_reading, found=found),
        )
        for reading, step in reached:
            self._record(case, reading, step)
        nudging.post(case, occasion, real_now=self.casework.real_clock())
        if set(occasion.tell) != {Recipient.ASSIGNEE}:
            self._spoken(case)
        case.arm(found)
        incidents.save(case.session, case.incident)

    def _record(self, case: Case, reading: Reading, step: Climb) -> None:
        fact = RungReached(
            metric=reading.metric.value,
            cycle=reading.cycle,
            rung=step.number,
            repeat=step.repeat,
            reached_at=step.reached_at,
        )
        key = f"{case.key}:{reading.metric}:{reading.cycle}:rung:{step.number}:{step.repeat}"
        case.record(fact, by="", unique_key=key)
        stored = clocks.of_incident(case.session, case.incident.id)[(reading.metric, reading.cycle)]
        clocks.mark_nudged(case.session, stored, rungs_done=step.number + 1, repeats_done=step.repeat, at=case.now)

    def _promise_lapsed(self, case: Case) -> bool:
        promised, holder = case.incident.promise, case.incident.acknowledged_by
        if promised is None or promised > case.now:
            return False
        case.record(PromiseLapsed(promised=promised), by="")
        lapse = f"{case.key}:promise:{case.history[-1].seq}"
        reached = [found for found in _reached(case, case.readings()) if not found[1].repeat]
        if any(reading.breached for reading, _ in reached):
            return False  # a miss is announced as one; the nudge waits for somebody again
        pressing = _most_pressing(case)
        occasion = nudging.Occasion(
            cause=NudgeCause.PROMISE_LAPSED,
            tell=tuple(dict.fromkeys((Recipient.DISPATCHER, *_told(reached)))),
            key=lapse,
            reading=pressing,
            also=_also(reached, pressing, found=case.readings()),
            mention_too=(holder,) if holder else (),
        )
        for reading, step in reached:
            self._record(case, reading, step)
        nudging.post(case, occasion, real_now=self.casework.real_clock())
        self._spoken(case)
        case.settle()
        return True

    def _pause_outlived(self, case: Case) -> bool:
        until = case.incident.pause_until
        if until is None or until > case.now or not case.incident.paused_for:
            return False
        occasion = nudging.Occasion(
            cause=NudgeCause.PAUSE_OUTLIVED,
            tell=(Recipient.DISPATCHER,),
            key=f"{case.key}:pause:{until.isoformat()}:{case.now.isoformat()}",
            reading=_most_pressing(case),
            mention_too=(case.incident.assignee,) if case.incident.assignee else (),
            text=case.incident.paused_for[0].value,
        )
        nudging.post(case, occasion, real_now=self.casework.real_clock())
        case.settle()
        timers.arm(case.session, Duty.PAUSE, case.key, case.now + PAUSE_REMINDER, incident_id=case.incident.id)
        return True

    def _spoken(self, case: Case) -> None:
        """What was just said counts as the last word on every clock that had been announced: repeats count from it."""
        for stored in clocks.of_incident(case.session, case.incident.id).values():
            if stored.rungs_done and stored.stopped_at is None:
                clocks.mark_nudged(
                    case.session,
                    stored,
                    rungs_done=stored.rungs_done,
                    repeats_done=stored.repeats_done,
                    at=case.now,
                )


def _reached(case: Case, found: Mapping[MetricName, tuple[Reading, ...]]) -> list[Found]:
    reached = []
    for reading in current(found):
        if reading.state is not ClockState.RUNNING:
            continue
        step = climb(
            reading,
            case.agreement.ladder(reading.metric),
            case.place(reading),
            acknowledged=case.incident.acknowledged_by is not None,
            snoozed_until=case.incident.snoozed_until,
            now=case.now,
        )
        if step is not None:
            reached.append((reading, step))
    return reached


def _told(reached: list[Found]) -> tuple[Recipient, ...]:
    return tuple(dict.fromkeys(who for _, step in reached for who in step.rung.tell))


def _also(
    reached: list[Found], top: Reading | None, *, found: Mapping[MetricName, tuple[Reading, ...]]
) -> tuple[AlsoDue, ...]:
    """The other clocks worth a word: those that became due in the same look, and those already breached."""
    percents = {reading.metric: step.rung.percent for reading, step in reached}
    return tuple(
        AlsoDue(
            metric_label=METRICS[reading.metric].label,
            percent=percents.get(reading.metric, AT_BREACH_PERCENT),
            breached=reading.breached,
        )
        for reading in current(found)
        if (top is None or reading.metric is not top.metric)
        and (reading.metric in percents or (reading.breached and reading.state is not ClockState.STOPPED))
    )


def _cause(reading: Reading, step: Climb) -> NudgeCause:
    if step.repeat:
        return NudgeCause.REPEAT
    return NudgeCause.BREACH if reading.breached else NudgeCause.AT_RISK


def _most_pressing(case: Case) -> Reading | None:
    """The clock nearest its due time, or the one longest past it."""
    alive = [reading for reading in current(case.readings()) if reading.state is not ClockState.STOPPED]
    return max(alive, key=lambda reading: reading.share, default=None)
