"""Refuses, before anything of a delivery is kept, what cannot have happened and sites that do not exist.

Much that looks impossible is only early, since deliveries may come in any order: a ticket reopened while it is open,
resolved twice, or resumed without a pause is taken, and means something once the rest has come.
"""

from collections.abc import Sequence
from datetime import datetime

from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.incidents.reports import Opening, Report
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.agreements.coverage import known_site
from sla_engine.services.intake.errors import PayloadInvalid
from sla_engine.services.unit_of_work.incident_work import CLOCK_SKEW
from sla_engine.storage import external_ids
from sla_engine.storage.database import Session


def refuse_future(reports: Sequence[Report], *, now: datetime) -> None:
    """Refuse reports on what lies in the future; a sender's clock may be a little ahead of ours.

    Alerts pass: one that begins in the future waits for a person. Raises: PayloadInvalid.
    """
    for report in reports:
        at = report.at if report.series is None else None
        if at is not None and at > now + CLOCK_SKEW:
            sentence = f"at must not lie in the future: {at.isoformat()} is after {now.isoformat()}"
            raise PayloadInvalid("at", sentence)


def refuse_impossible(
    session: Session, agreements: AgreementBook, reports: Sequence[Report], *, source: str, now: datetime
) -> None:
    """Refuse facts from well before their ticket was opened, and tickets of a site that the customer has not.

    Alerts pass: their sender does not correct anything, it drops what was refused. Raises: PayloadInvalid.
    """
    for report in reports:
        if report.series is not None:
            continue
        opened_at = external_ids.opened_at(session, source=source, external_id=report.external_id)
        if opened_at is not None:
            _refuse_before(report, opened_at)
        elif report.opening is not None:
            _refuse_site(session, agreements, report.opening, at=min(report.at or now, now))


def _refuse_before(report: Report, opened_at: datetime) -> None:
    if report.events and report.at is not None and report.at < opened_at - CLOCK_SKEW:
        happened, opened = report.at.isoformat(), opened_at.isoformat()
        raise PayloadInvalid("at", f"at must not lie before the opening: {happened} is before {opened}")


def _refuse_site(session: Session, agreements: AgreementBook, opening: Opening, *, at: datetime) -> None:
    if not opening.site:
        return
    try:
        _, agreement = agreements.in_force(session, opening.customer, at=at)
        known_site(agreement, opening.site)
    except UnknownChoice as unknown:
        sentence = f"site must be one of {', '.join(unknown.allowed)}, not {unknown.word!r}"
        raise PayloadInvalid("site", sentence) from unknown
    except (UnknownCustomer, NotYetInForce):
        return  # it waits for triage
