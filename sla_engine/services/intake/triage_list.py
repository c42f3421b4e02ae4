"""The triage list: what waits for a person, placed with a customer, put aside, or left to wait for an agreement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.agreements.permissions import NEEDED, Action
from sla_engine.domain.incidents.errors import UnknownTriage
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.domain.text.names import folded
from sla_engine.notifications.triage import TriageLine
from sla_engine.services.intake.take import ReportTaking
from sla_engine.services.intake.triage_messages import MENU_HOLDS, line_of, needs_decision
from sla_engine.services.intake.triage_rows import PUT_ASIDE
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import acts, agreements, customer_names, triage
from sla_engine.storage.customer_names import OtherName
from sla_engine.storage.database import Session

NamedForGood = OtherName
"""A name that always means a customer."""
TRIAGE_ROW = "triage"
"""The kind under which an act remembers what it took off the list, to be put back when the act is undone."""
NAME_ROW = "customer_name"
"""The kind under which an act remembers which name it let mean somebody, or nobody any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageOverview:
    """The triage list for one reader: what waits, new customers without an agreement, and names kept for good.

    `customers` are those to choose from, none where there are more than a menu holds.
    """

    waiting: tuple[TriageLine, ...]
    new: tuple[TriageLine, ...]
    names: tuple[NamedForGood, ...]
    customers: tuple[str, ...]
    may_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTicket:
    """The incident that was opened; the name that means its customer from now on, and the others opened for it."""

    incident: Incident
    name: str = ""
    others: tuple[str, ...] = ()


class TriageList:
    """What people decide about tickets and alerts that wait. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork, taking: ReportTaking) -> None:
        self.unit_of_work = unit_of_work
        self.taking = taking

    def overview(self, *, by: str, now: datetime) -> TriageOverview:
        """The list, for anybody who may look.

        Raises: NotNamed (recorded).
        """
        with self.unit_of_work.permitted(Action.LOOK, by=by, now=now) as session:
            customers = agreements.customers(session)
            waiting = triage.waiting(session)
            role = self.unit_of_work.msp(session).role_of(by)
            names = tuple(customer_names.other_names(session))
        return TriageOverview(
            waiting=tuple(line_of(record, customers) for record in waiting if needs_decision(record, customers)),
            new=tuple(line_of(record, customers) for record in waiting if not needs_decision(record, customers)),
            names=names,
            customers=customers if len(customers) <= MENU_HOLDS else (),
            may_place=role.may_act_as(NEEDED[Action.TRIAGE]),
        )

    def waiting_for_triage(self) -> tuple[TriageRecord, ...]:
        """What asks for a person, oldest first."""
        with self.unit_of_work.database.reading() as session:
            return tuple(triage.waiting(session))

    def line(self, number: int, *, by: str, now: datetime) -> TriageLine:
        """One item, for a form in which its customer is chosen.

        Raises: NotAllowed (recorded), UnknownTriage.
        """
        with self.unit_of_work.permitted(Action.TRIAGE, by=by, now=now) as session:
            return line_of(triage.find_asking(session, number), agreements.customers(session))

    def place(self, number: int, *, customer: str, by: str, now: datetime) -> Incident:
        """Open what waits for triage under `number` for that customer, with all reports on it since.

        What was put aside, and an alert that ended meanwhile, can be placed as well. Answers its newest incident.
        Raises: NotAllowed, UnknownTriage, UnknownCustomer, NotYetInForce.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            return self._open(session, triage.lock_unplaced(session, number), customer=customer, now=now)

    def place_for_good(self, number: int, *, customer: str, by: str, now: datetime) -> PlacedTicket:
        """Place it as `place` does; from now on its customer's name means that customer, also for what waits.

        Raises: what `place` raises.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            kept = triage.lock_unplaced(session, number)
            incident = self._open(session, kept, customer=customer, now=now)
            if not folded(kept.customer):
                return PlacedTicket(incident=incident)
            customer_names.keep(session, kept.customer, customer=incident.customer, by=by, at=now)
            acts.also_undo(session, NAME_ROW, {"name": kept.customer, "customer": None})
            others = self._place_others(session, kept, customer=incident.customer, now=now)
        return PlacedTicket(incident=incident, name=kept.customer, others=others)

    def put_aside(self, number: int, *, by: str, now: datetime) -> TriageLine:
        """Take something off the triage list without opening it; the deliveries stay in the inbox.

        Raises: NotAllowed, UnknownTriage.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            kept = triage.lock(session, number)
            settled_as = f"{PUT_ASIDE} by {by}"
            triage.settle(session, kept.id, settled_as=settled_as, at=now)
            acts.also_undo(session, TRIAGE_ROW, {"number": kept.id, "settled_as": settled_as})
            return line_of(kept, agreements.customers(session))

    def wait_for_agreement(self, number: int, *, by: str, now: datetime) -> TriageLine:
        """Say that it is a new customer's: it waits for an agreement, and nobody is called for it meanwhile.

        Raises: NotAllowed, UnknownTriage.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            kept = triage.lock(session, number)
            triage.mark_new(session, kept.id, by=by)
            acts.also_undo(session, TRIAGE_ROW, {"number": kept.id, "settled_as": None})
            return line_of(kept, agreements.customers(session))

    def forget_name(self, name: str, *, by: str, now: datetime) -> None:
        """Let a name mean nobody any more: what comes under it waits for triage again.

        Raises: NotAllowed, UnknownCustomer when it meant nobody.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            meant = customer_names.customer_called(session, name)
            if meant is None:
                raise UnknownCustomer(name)
            customer_names.forget(session, name)
            acts.also_undo(session, NAME_ROW, {"name": name, "customer": meant})

    def take_back(self, session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:  # noqa: ARG002
        """Put something back on the triage list because its placing was undone.

        Raises: TriagedSince when somebody decided something else about it since.
        """
        triage.put_back(session, row["number"], settled_as=row["settled_as"])

    def take_name_back(self, session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:
        """Let a name mean what it meant before the act that was undone."""
        if row["customer"] is None:
            customer_names.forget(session, row["name"])
        else:
            customer_names.keep(session, row["name"], customer=row["customer"], by=by, at=now)

    def _place_others(self, session: Session, placed: TriageRecord, *, customer: str, now: datetime) -> tuple[str, ...]:
        """Open what else waits under the same name; what cannot be opened waits on."""
        keys = []
        for record in triage.waiting(session):
            if folded(record.customer) != folded(placed.customer):
                continue
            try:
                with session.begin_nested():
                    keys.append(self._open(session, record, customer=customer, now=now).key)
            except (UnknownTriage, UnknownCustomer, NotYetInForce):
                continue
        return tuple(keys)

    def _open(self, session: Session, kept: TriageRecord, *, customer: str, now: datetime) -> Incident:
        incident = self.taking.open_kept(session, kept, customer=customer, now=now)
        acts.also_undo(session, TRIAGE_ROW, {"number": kept.id, "settled_as": incident.key})
        return incident
