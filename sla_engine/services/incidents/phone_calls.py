"""What somebody does while a customer is on the phone: record that they were told, and promise to call back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import AlreadyDone, AlreadyResolved
from sla_engine.domain.incidents.events import Complained, CustomerUpdated
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.time.errors import InThePast
from sla_engine.notifications.notices import ComplaintMessage
from sla_engine.services.incidents.incident_acts import IncidentActs, settled
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents, outbox

BY_PHONE = "phone"
"""The way in which a customer was told, in a conversation."""
TOLD = "how it stands"
CALL_BACK = "we call back"
SAME_COMPLAINT = timedelta(hours=1)
"""A complaint about the same incident so soon after one is the same: the manager is not told twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldByPhone:
    """The incidents that the customer was told about, and how many of those asked for were closed meanwhile."""

    keys: tuple[str, ...]
    closed: int


class PhoneCalls(IncidentActs):
    """The acts on the card of a call. `by` is who is on the phone (a Slack id), `now` is SLA time."""

    def told(self, keys: Sequence[str], *, by: str, now: datetime) -> ToldByPhone:
        """Record a customer update by phone on each of these incidents that is open; all or none.

        Raises: UnknownIncident, AlreadyResolved when none is open any more.
        """
        with self.unit_of_work.transaction(action=Action.UPDATE, by=by, now=now) as session:
            records = incidents.lock_all(session, keys)
            still_open = [key for key, record in records.items() if record.is_open]
            if not still_open:
                key, record = next(iter(records.items()))
                raise AlreadyResolved(key, record.resolved_at or now)
            for place, key in enumerate(still_open):
                work = self.unit_of_work.work_on(session, records[key], now=now)
                # The first fact carries the request's name; the others have names of their own.
                name = None if place == 0 else f"{work.key}:told:{len(work.history)}"
                with settled(self.unit_of_work, work):
                    work.record(CustomerUpdated(how=BY_PHONE, text=TOLD), by=by, at=work.asked_at, unique_key=name)
        return ToldByPhone(keys=tuple(still_open), closed=len(records) - len(still_open))

    def promise_call_back(self, key: str, *, at: datetime, by: str, now: datetime) -> datetime:
        """Record that the customer was told on the phone that we call back by `at`: a promise like any other.

        Raises: InThePast, UnknownIncident, AlreadyResolved.
        """
        if at <= now:
            raise InThePast("when", at)
        with self.act_on_open(key, action=Action.UPDATE, by=by, now=now) as work:
            work.record(CustomerUpdated(how=BY_PHONE, text=CALL_BACK, next_at=at), by=by, at=work.asked_at)
        return at

    def complain(self, key: str, *, by: str, now: datetime) -> Incident:
        """Record that the customer is angry about an incident, open or fixed; their service manager is told now.

        Raises: AlreadyDone within an hour of the last complaint, UnknownIncident, AlreadyMerged, AlreadyMoved.
        """
        with self.act(key, action=Action.COMPLAINT, by=by, now=now) as work:
            last = next((entry for entry in reversed(in_order(work.history)) if is_complaint(entry)), None)
            if last is not None and work.now - last.at < SAME_COMPLAINT:
                raise AlreadyDone(work.key, "complaint", last.by, last.at)
            work.record(Complained(), by=by)
            self._tell_manager(work, by=by)
        return work.incident

    def _tell_manager(self, work: IncidentWork, *, by: str) -> None:
        """Write to the manager who answers for the customer and is there, else to all; nobody writes to themselves."""
        incident = work.incident
        manager = work.msp.present_manager_of(incident.customer, work.now)
        if manager == by:
            return
        message = ComplaintMessage(
            incident_key=incident.key,
            customer=incident.customer,
            title=incident.title,
            priority=incident.priority.value,
            link=incident.link,
            by=by,
            at=work.now,
        )
        outbox.enqueue(
            work.session,
            outbox.NewMessage(
                key=f"complaint:{work.key}:{work.history[-1].seq}",
                destination=manager or work.msp.managers_channel,
                notification=message,
                incident_id=incident.id,
                at=self.unit_of_work.real_clock(),
            ),
        )


def is_complaint(entry: Entry) -> bool:
    """Whether a customer complained."""
    return isinstance(entry.event, Complained)
