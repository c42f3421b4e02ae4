"""The triage list: what waits for a person, placed with a customer or put aside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.intake.take import ReportTaking
from sla_engine.services.intake.triage_rows import PUT_ASIDE
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import acts, triage
from sla_engine.storage.database import Session

TRIAGE_LIMIT = 20
TRIAGE_ROW = "triage"
"""The kind under which an act remembers what it took off the list, to be put back when the act is undone."""


class TriageList:
    """What people decide about tickets and alerts that wait. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork, taking: ReportTaking) -> None:
        self.unit_of_work = unit_of_work
        self.taking = taking

    def for_reader(self, *, by: str, now: datetime) -> tuple[TriageRecord, ...]:
        """The same as `waiting_for_triage`, for somebody who asks for it.

        Raises: NotAllowed (recorded).
        """
        self.unit_of_work.permit(Action.TRIAGE, by=by, now=now)
        return self.waiting_for_triage()

    def waiting_for_triage(self) -> tuple[TriageRecord, ...]:
        """What asks for a person, oldest first."""
        with self.unit_of_work.database.reading() as session:
            return tuple(triage.waiting(session, limit=TRIAGE_LIMIT))

    def place(self, number: int, *, customer: str, by: str, now: datetime) -> Incident:
        """Open what waits for triage under `number` for that customer, with all reports on it since.

        What was put aside, and an alert that ended meanwhile, can be placed as well. Answers its newest incident.
        Raises: NotAllowed, UnknownTriage, UnknownCustomer, NotYetInForce.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            kept = triage.lock_unplaced(session, number)
            record = self.taking.open_kept(session, kept, customer=customer, now=now)
            acts.also_undo(session, TRIAGE_ROW, {"number": kept.id, "settled_as": record.key})
            return record

    def put_aside(self, number: int, *, by: str, now: datetime) -> None:
        """Take something off the triage list without opening it; the deliveries stay in the inbox.

        Raises: NotAllowed, UnknownTriage.
        """
        with self.unit_of_work.transaction(action=Action.TRIAGE, by=by, now=now) as session:
            settled_as = f"{PUT_ASIDE} by {by}"
            triage.settle(session, triage.lock(session, number).id, settled_as=settled_as, at=now)
            acts.also_undo(session, TRIAGE_ROW, {"number": number, "settled_as": settled_as})

    def take_back(self, session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:  # noqa: ARG002
        """Put something back on the triage list because its placing was undone.

        Raises: TriagedSince when somebody decided something else about it since.
        """
        triage.put_back(session, row["number"], settled_as=row["settled_as"])
