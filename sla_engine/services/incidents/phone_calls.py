"""What somebody does while a customer is on the phone: record that they were told, and promise to call back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import AlreadyResolved
from sla_engine.domain.incidents.events import CustomerUpdated
from sla_engine.domain.time.errors import InThePast
from sla_engine.services.incidents.incident_acts import IncidentActs, settled
from sla_engine.storage import incidents

BY_PHONE = "phone"
"""The way in which a customer was told, in a conversation."""
TOLD = "how it stands"
CALL_BACK = "we call back"


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
