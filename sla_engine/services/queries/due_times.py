"""When an incident is due next: what a promise or a snooze may leave behind it."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.time.reach import due_after
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incidents, nudges
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """The clock of an incident that is due next, and when (UTC)."""

    key: str
    metric: MetricName
    at: datetime


class DueTimes:
    """Looks due times up for whoever is about to promise something; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def ahead(self, key: str, *, action: Action, by: str, now: datetime) -> NextDue | None:
        """What is due next on an incident with a nudge, or else when its customer would hear from us next.

        None where nothing is due, and where the act itself is refused for want of a nudge.
        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(action, by=by, now=now, key=key) as session:
            record = incidents.find(session, key)
            if not record.is_open or nudges.live(session, record.id) is None:
                return None
            ahead = [
                NextDue(key=record.key, metric=clock.metric, at=clock.due_at)
                for clock in clocks.current_of(session, [record.id]).get(record.id, [])
                if clock.state is ClockState.RUNNING and clock.due_at is not None and clock.due_at > now
            ]
            return min(ahead, key=lambda due: due.at, default=None) or self._update_due(session, record, now=now)

    def after_update(self, key: str, *, by: str, now: datetime) -> NextDue | None:
        """When the customer would have to hear from us again after an update now; None while nothing or a pause says.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.UPDATE, by=by, now=now, key=key) as session:
            record = incidents.find(session, key)
            return self._update_due(session, record, now=now) if record.is_open and not record.paused_for else None

    def _update_due(self, session: Session, record: Incident, *, now: datetime) -> NextDue | None:
        history = events.history(session, record.id)
        terms = self.unit_of_work.agreements.terms(session, record, history)
        subject = Subject(priority=record.priority, site=record.site or "", service=record.service or "")
        promised = terms.promised(MetricName.CUSTOMER_UPDATE, subject, at=now)
        if promised is None:
            return None
        at = due_after(promised.target.calendar, now, promised.target.duration)
        return None if at is None else NextDue(key=record.key, metric=MetricName.CUSTOMER_UPDATE, at=at)
