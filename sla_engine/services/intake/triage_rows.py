"""Keeps for triage what needs a person before it can be opened."""

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reports import Opening, Report
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.intake.alert_words import FIRING
from sla_engine.services.intake.match import Delivery, ReportOutcome, Taken
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import triage
from sla_engine.storage.database import Session

NO_CUSTOMER = "no agreement names this customer"
NOT_YET = "its first agreement begins later"
NOT_OPENED = "nothing with this id was opened yet"
PUT_ASIDE = "put aside"
DELETED = "its ticket was deleted"
ENDED = "resolved before anybody decided"


class TriageRows:
    """The rows of the triage list, inside the transaction of a delivery."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def keep(
        self,
        session: Session,
        report: Report,
        delivery: Delivery,
        *,
        reason: str,
        outcome: ReportOutcome,
        about: Incident | None = None,
    ) -> Taken:
        """Keep it until its ticket is opened, or a person says whose it is; `about` is the incident it has already."""
        opening = report.opening
        if about is not None:
            opening = Opening(customer=report.customer, title=about.title, priority=about.priority, link=about.link)
        triage.keep(
            session,
            source=delivery.source,
            external_id=report.external_id,
            customer=opening.customer if opening else "",
            title=opening.title if opening else "",
            reason=reason,
            delivery=delivery.inbox_id,
            received_at=delivery.received_at,
            details=_details(opening, delivery, about=about),
        )
        key = None if about is None else about.key
        return Taken(external_id=report.external_id, outcome=outcome, incident_key=key)

    def keep_alert(
        self, session: Session, report: Report, opening: Opening, delivery: Delivery, *, reason: str, is_new: bool
    ) -> Taken:
        """Keep what an alert says in its one row; `is_new` unless it only says again what it said before.

        What was put aside stays aside. What ends leaves the list, and asks anew when it fires again.
        """
        kept = triage.find(session, source=delivery.source, external_id=report.series or report.external_id)
        if kept is None:
            kept, asks = self._first_kept(session, report, opening, delivery, reason), report.what == FIRING
        else:
            kept = triage.add_delivery(session, kept.id, delivery.inbox_id) if is_new else kept
            asks = report.what == FIRING and is_new and kept.settled_as is not None
        if (kept.settled_as or "").startswith(PUT_ASIDE):
            return Taken(external_id=report.external_id, outcome=ReportOutcome.ASIDE)
        if report.what != FIRING:
            triage.settle(session, kept.id, settled_as=ENDED, at=delivery.arrived_at)
        elif asks:
            triage.ask_again(
                session,
                kept.id,
                customer=opening.customer,
                title=opening.title,
                reason=reason,
                details=_details(opening, delivery),
            )
        return Taken(external_id=report.external_id, outcome=ReportOutcome.TRIAGE)

    def _first_kept(
        self, session: Session, report: Report, opening: Opening, delivery: Delivery, reason: str
    ) -> TriageRecord:
        return triage.keep_first(
            session,
            source=delivery.source,
            external_id=report.series or report.external_id,
            customer=opening.customer,
            title=opening.title,
            reason=reason,
            delivery=delivery.inbox_id,
            received_at=delivery.received_at,
            details=_details(opening, delivery),
        )


def _details(opening: Opening | None, delivery: Delivery, *, about: Incident | None = None) -> triage.TriageDetails:
    priority = opening.priority.value if opening is not None and opening.priority is not None else None
    return triage.TriageDetails(
        came_at=delivery.arrived_at, priority=priority, about=None if about is None else about.key
    )
