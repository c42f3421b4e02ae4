"""Failures that were set aside: notifies those who can act, lists them, tries them again, drops them.

The runners of the queues (sweep, front desk, intake, courier) count and put off; this is what happens afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from sla_engine.delivery import dead_letters
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.notifications.notices import LineMessage, SetAsideMessage
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import failures, inbox, incidents, outbox, timers
from sla_engine.storage.database import Session, isolated
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.failures import FailureRecord
from sla_engine.storage.outbox import NewMessage

ONE_LINE_AFTER = 3
"""Of the items set aside within `WINDOW`, so many get a message each; the rest share a line that is edited."""
WINDOW = timedelta(minutes=10)
LISTED_MAX = 20
TERMINAL = ""
"""`by` of somebody at the command line, whose Slack id is not known."""

_DUTIES = {
    Duty.CLOCK: "The reminder of {}",
    Duty.PROMISE: "The question about the promise of {}",
    Duty.PAUSE: "The look at the pause of {}",
    Duty.NOTE: "The request for the SLA note of {}",
    Duty.SOP: "The reminder of {}",
    Duty.DIGEST: "The {} digest",
    Duty.DAILY: "The daily message to {}",
}
_QUEUES = {
    Queue.REQUEST: "The request {}",
    Queue.DELIVERY: "The delivery {}",
    Queue.MESSAGE: "The message {}",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckItem:
    """One thing that failed, as an operator sees it; `next_try_at` is None once it is set aside (real time)."""

    number: int
    what: str
    incident_key: str | None
    tries: int
    error: str
    first_failed_at: datetime
    next_try_at: datetime | None


class Failures:
    """The failed items, for people. `by` is a Slack id, or empty for the terminal."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def list(self) -> tuple[StuckItem, ...]:
        """Everything that is tried again or set aside, oldest first."""
        with self.unit_of_work.database.reading() as session:
            return tuple(
                StuckItem(
                    number=failure.number,
                    what=described(failure),
                    incident_key=_key(session, failure),
                    tries=failure.tries,
                    error=failure.error,
                    first_failed_at=failure.first_failed_at,
                    next_try_at=failure.next_try_at,
                )
                for failure in failures.unresolved(session)
            )

    def retry(self, number: int, *, by: str = TERMINAL, now: datetime) -> None:
        """Try an item now, as if for the first time; `now` is SLA time.

        Raises: UnknownFailure, NotAllowed.
        """
        action = Action.RETRY if by != TERMINAL else None
        with self.unit_of_work.transaction(action=action, by=by, now=now) as session:
            failure = failures.lock(session, number)
            at = self.unit_of_work.real_clock()
            _start_again(session, failure, now=now)
            failures.start_again(session, number, at=at)
            if by != TERMINAL:
                _show_tried_again(session, self.unit_of_work.msp(session), failure, by=by, at=at)

    def drop(self, number: int) -> None:
        """Drop an item for good, without doing it.

        Raises: UnknownFailure.
        """
        with self.unit_of_work.database.transaction() as session:
            failure = failures.lock(session, number)
            _drop(session, failure, at=self.unit_of_work.real_clock())
            failures.clear(session, failure.queue, failure.item)

    def notify(self) -> int:
        """Report new failures to an admin, some of them to the dispatcher as well; returns how many there were."""
        with self.unit_of_work.database.reading() as session:
            unannounced = failures.unannounced(session)
        for failure in unannounced:
            try:
                self._notify_of(failure)
            except (StorageBusy, NotSetUp):
                raise
            except Exception as error:
                _log_unannounced(failure, error)
        return len(unannounced)

    def _notify_of(self, failure: FailureRecord) -> None:
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.database.transaction() as session:
            msp = self.unit_of_work.msp(session)
            failures.mark_announced(session, [failure.number], at=at)
            recent = failures.set_aside_since(session, at - WINDOW)
            with_own_message = {earlier.number for earlier in recent[:ONE_LINE_AFTER]}
            if failure.number not in with_own_message:
                _notify_of_many(session, msp, recent[ONE_LINE_AFTER:], at=at)
                return
            _notify_admin(session, msp, failure, at=at)
            isolated(
                session,
                partial(_notify_dispatcher, session, msp, failure, at=at),
                on_failure=partial(_log_unannounced, failure),
            )


def _log_unannounced(failure: FailureRecord, error: Exception) -> None:
    log.error("nobody could be told of a failure", failure=failure.number, exc_info=error)


def described(failure: FailureRecord) -> str:
    """The failed item in words, such as "The reminder of INC-1001"."""
    if failure.queue is Queue.TIMER:
        duty, _, subject = failure.item.partition(":")
        sentence = _DUTIES[Duty(duty)] if duty in set(Duty) else "The timer {}"
        return sentence.format(subject)
    return _QUEUES[failure.queue].format(failure.item)


def _notify_admin(session: Session, msp: Msp, failure: FailureRecord, *, at: datetime) -> None:
    shown = SetAsideMessage(
        number=failure.number,
        what=described(failure),
        error=failure.error,
        incident_key=_key(session, failure),
    )
    outbox.enqueue(session, _for_admin(msp, failure, shown, at=at))


def _notify_dispatcher(session: Session, msp: Msp, failure: FailureRecord, *, at: datetime) -> None:
    """Send the dispatcher a line about an incident or a delivery; an undeliverable message has a notice of its own."""
    line = _line_of(session, failure)
    if line is not None:
        key = f"{_message_of(failure)}:dispatcher"
        outbox.enqueue(session, NewMessage(key=key, destination=msp.dispatcher_channel, notification=line, at=at))


def _notify_of_many(session: Session, msp: Msp, more: list[FailureRecord], *, at: datetime) -> None:
    """Send one line for the rest of these ten minutes, and edit it as it grows."""
    named = [words for failure in more[:LISTED_MAX] if (words := _incident_words(session, failure))]
    window = f"failures:{int(at.timestamp() // WINDOW.total_seconds())}"
    line = LineMessage(
        incident_key=None, text_key="many_not_watched", facts={"count": str(len(more)), "incidents": "; ".join(named)}
    )
    for destination in dict.fromkeys([msp.dispatcher_channel, _admin(msp) or msp.managers_channel]):
        message = NewMessage(key=f"{window}:{destination}", destination=destination, notification=line, at=at)
        if not outbox.enqueue(session, message):
            outbox.edit(session, message, edit_name=str(more[-1].number))


def _line_of(session: Session, failure: FailureRecord) -> LineMessage | None:
    incident = incidents.texts_of(session, failure.incident_id)
    if failure.queue is Queue.TIMER and incident is not None:
        duty = failure.item.partition(":")[0]
        facts = {
            "duty": duty,
            "priority": incident.priority,
            "customer": incident.customer,
            "title": incident.title,
            "link": incident.link,
        }
        return LineMessage(incident_key=incident.key, text_key="not_watched", facts=facts)
    if failure.queue is Queue.DELIVERY:
        payload = _payload(session, failure.item)
        facts = {
            "source": failure.item.partition(":")[0],
            "about": str(payload.get("external_id") or payload.get("groupKey") or ""),
            "title": str(payload.get("title") or "") or None,
        }
        return LineMessage(incident_key=None, text_key="delivery_set_aside", facts=facts)
    return None


def _payload(session: Session, delivery: str) -> Mapping[str, Any]:
    """The payload of a delivery; empty where it cannot be read, which is why it failed."""
    try:
        row = inbox.find(session, delivery)
    except ValueError:
        return {}
    return {} if row is None else row.payload


def _incident_words(session: Session, failure: FailureRecord) -> str:
    incident = incidents.texts_of(session, failure.incident_id)
    return "" if incident is None else f"{incident.key} ({incident.priority} {incident.customer})"


def _key(session: Session, failure: FailureRecord) -> str | None:
    incident = incidents.texts_of(session, failure.incident_id)
    return None if incident is None else incident.key


def _admin(msp: Msp) -> str | None:
    return next((person.slack_id for person in msp.people if person.role is Role.ADMIN), None)


def _message_of(failure: FailureRecord) -> str:
    """The name of the message about this setting aside; a second one, after another try, is another message."""
    at = failure.set_aside_at
    return f"failure:{failure.number}:{int(at.timestamp()) if at is not None else 0}"


def _show_tried_again(session: Session, msp: Msp, failure: FailureRecord, *, by: str, at: datetime) -> None:
    shown = SetAsideMessage(number=failure.number, what=described(failure), error=failure.error, tried_again_by=by)
    outbox.edit(session, _for_admin(msp, failure, shown, at=at), edit_name="again")


def _for_admin(msp: Msp, failure: FailureRecord, shown: SetAsideMessage, *, at: datetime) -> NewMessage:
    destination = _admin(msp) or msp.managers_channel
    return NewMessage(key=_message_of(failure), destination=destination, notification=shown, at=at)


def _start_again(session: Session, failure: FailureRecord, *, now: datetime) -> None:
    match failure.queue:
        case Queue.TIMER:
            duty, _, subject = failure.item.partition(":")
            timers.arm_again(session, duty, subject, incident_id=failure.incident_id, due=now)
        case Queue.REQUEST | Queue.DELIVERY:
            inbox.start_again(session, failure.item)
        case Queue.MESSAGE:
            dead_letters.try_again(session, int(failure.item))


def _drop(session: Session, failure: FailureRecord, *, at: datetime) -> None:
    match failure.queue:
        case Queue.TIMER:
            duty, _, subject = failure.item.partition(":")
            timers.disarm(session, duty, subject, incident_id=failure.incident_id)
        case Queue.REQUEST | Queue.DELIVERY:
            inbox.drop(session, failure.item, failure.error, at=at)
        case Queue.MESSAGE:
            dead_letters.drop(session, int(failure.item))
