"""A customer is on the phone: who they are, what is open for them, and what can be told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.text.names import names_with_part, similar_names
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.services.queries.spoken_incident import SpokenIncident, first_name, spoken_incident
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import agreements, clocks, events, figures, incident_lists, incidents
from sla_engine.storage.database import Session

URGENT = (Priority.P1.value, Priority.P2.value)
SPOKEN_MOST = 3
"""So many urgent incidents are read aloud; somebody who listens keeps no more apart."""
SHOWN_MOST = 8
OFFERED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCard:
    """What is read aloud to a customer, and what else is open; `zone` is the one of their agreement's calendar.

    `about` is the incident that was asked for; None for a card of the customer.
    `hears_complaints` is the manager who is told of one: the customer's own, or another while that one is absent.
    `spoken` is read aloud, the most urgent first: one incident, or up to three where several are P1 or P2. `others`
    are open too, `more` counts those beyond them; `last_fixed` is set where nothing is open. `month` counts the
    incidents decided in this month of theirs.
    """

    customer: str
    about: str | None
    zone: str
    manager: str | None
    manager_name: str | None
    hears_complaints: str | None
    hears_complaints_name: str | None
    spoken: tuple[SpokenIncident, ...]
    others: tuple[SpokenIncident, ...]
    more: int
    last_fixed: SpokenIncident | None
    month: Attainment

    @property
    def complained_about(self) -> SpokenIncident | None:
        """The incident that a complaint is about: the first that is read aloud, else the last one fixed."""
        return next(iter(self.spoken), self.last_fixed)

    @property
    def open_keys(self) -> tuple[str, ...]:
        """The incidents of the sentences that are read aloud, as far as they are open."""
        return tuple(incident.key for incident in self.spoken if incident.is_open)


class Calls:
    """Looks up what to say on the phone; nothing here changes anything. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def customers_meant(self, part: str) -> tuple[str, ...]:
        """The customers that a part of a name may mean.

        Raises: UnknownCustomer with names that look like it.
        """
        with self.unit_of_work.database.reading() as session:
            customers = agreements.customers(session)
        fitting = names_with_part(part, customers)
        if not fitting:
            raise UnknownCustomer(part, similar_names(part, customers, most=OFFERED))
        return fitting

    def card(self, customer: str, *, now: datetime) -> CallCard:
        """What to say to a customer who calls.

        Raises: UnknownCustomer, NotYetInForce.
        """
        with self.unit_of_work.database.reading() as session:
            return self._card(session, customer, about=None, now=now)

    def card_about(self, key: str, *, now: datetime) -> CallCard:
        """What to say to a customer who calls about one incident.

        Raises: UnknownIncident, NotYetInForce.
        """
        with self.unit_of_work.database.reading() as session:
            record = incidents.find(session, key)
            return self._card(session, record.customer, about=record, now=now)

    def _card(self, session: Session, customer: str, *, about: Incident | None, now: datetime) -> CallCard:
        msp = self.unit_of_work.msp(session)
        agreement = self._agreement(session, customer, about, now=now)
        listed = incident_lists.open_of_customer(session, agreement.customer, now=now, limit=SHOWN_MOST)
        last = incident_lists.last_resolved(session, agreement.customer) if not listed.ids and about is None else None
        wanted = [*listed.ids, *([] if last is None else [last]), *([] if about is None else [about.id])]
        spoken_of = self._spoken(session, list(dict.fromkeys(wanted)), agreement, msp, now=now)
        listed_first = [spoken_of[number] for number in listed.ids]
        spoken = _read_aloud(listed_first) if about is None else [spoken_of[about.id]]
        others = [incident for incident in listed_first if incident not in spoken]
        manager = msp.person(msp.manager_of(agreement.customer) or "")
        listener = msp.person(msp.present_manager_of(agreement.customer, now) or "")
        zone = agreement.calendar.zone
        return CallCard(
            customer=agreement.customer,
            about=None if about is None else about.key,
            zone=zone,
            manager=None if manager is None else manager.slack_id,
            manager_name=None if manager is None else first_name(manager.name),
            hears_complaints=None if listener is None else listener.slack_id,
            hears_complaints_name=None if listener is None else first_name(listener.name),
            spoken=tuple(spoken),
            others=tuple(others),
            more=listed.count - len(listed.ids),
            last_fixed=None if last is None else spoken_of[last],
            month=figures.by_incident(session, _month(zone, now=now), customer=agreement.customer),
        )

    def _agreement(self, session: Session, customer: str, about: Incident | None, *, now: datetime) -> Agreement:
        """The agreement in force; for an incident whose customer has none any more, the one it was opened under."""
        book = self.unit_of_work.agreements
        try:
            return book.in_force(session, customer, at=now)[1]
        except (UnknownCustomer, NotYetInForce):
            if about is None:
                raise
            return book.by_version(session, about.agreement_version_id)

    def _spoken(
        self, session: Session, ids: Sequence[int], agreement: Agreement, msp: Msp, *, now: datetime
    ) -> dict[int, SpokenIncident]:
        records = incidents.by_ids(session, ids)
        histories, current = events.histories(session, ids), clocks.current_of(session, ids)
        return {
            number: spoken_incident(
                records[number],
                histories[number],
                current.get(number, ()),
                msp=msp,
                reply_ends_pause=lambda _: agreement.reply_ends_pause,
                now=now,
            )
            for number in ids
        }


def _read_aloud(incidents_by_urgency: Sequence[SpokenIncident]) -> list[SpokenIncident]:
    """The P1 and P2 among them, at most three; without any, the first."""
    urgent = [incident for incident in incidents_by_urgency if incident.priority in URGENT]
    return urgent[:SPOKEN_MOST] or list(incidents_by_urgency[:1])


def _month(zone: str, *, now: datetime) -> tuple[datetime, datetime]:
    """This month of a zone, from its first instant to now."""
    first = local_day(now, zone=zone).replace(day=1)
    return local_hour(first, zone=zone), now
