"""Reads kept deliveries into reports: in their intake's form, at the time they count, with their words' meanings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.intake.match import Delivery
from sla_engine.services.intake.words import IntakeWords
from sla_engine.services.unit_of_work.incident_work import CLOCK_SKEW
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import inbox
from sla_engine.storage.database import Session

NAMED_LIKE = "webhook"
"""The intake whose form every intake has that is named in `msp.yaml`."""

Parser = Callable[[Mapping[str, Any]], tuple[Report, ...]]


class ReportReading:
    """Reads deliveries; `parsers` by intake. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork, *, parsers: Mapping[str, Parser]) -> None:
        self.unit_of_work = unit_of_work
        self.parsers = parsers
        self.words = IntakeWords(unit_of_work)

    def named(self, session: Session) -> tuple[str, ...]:
        """The intakes that `msp.yaml` gives a name of their own; each has the webhook's form."""
        try:
            return tuple(name for name in self.unit_of_work.msp(session).intakes if name not in self.parsers)
        except NotSetUp:
            return ()

    def parser(self, source: str) -> Parser:
        """How the payloads of an intake are read."""
        return self.parsers.get(source, self.parsers[NAMED_LIKE])

    def understood(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Report:
        """The report with what its words mean in their place; somebody is asked about those that nobody knows."""
        return self.words.understand(session, report, intake=delivery.source, inbox_id=delivery.inbox_id, now=now)

    def kept(self, session: Session, row: TriageRecord, *, now: datetime) -> list[tuple[Delivery, Report]]:
        """All reports on a ticket or alert that waits, in the order in which they arrived."""
        reports_kept: list[tuple[Delivery, Report]] = []
        for inbox_id in row.deliveries:
            kept = inbox.find(session, inbox_id)
            if kept is None or not kept.payload:  # gone, or emptied after its time
                continue
            delivery = Delivery.of(kept)
            for report in self.parser(kept.source)(kept.payload):
                if row.external_id in (report.series or report.external_id, report.into):
                    meant = self.understood(session, report, delivery, now=now)
                    reports_kept.append((delivery, timed(meant, arrived_at=delivery.arrived_at)))
        return reports_kept


def timed(report: Report, *, arrived_at: datetime) -> Report:
    """The report with the time it counts at: on arrival where it says none, and for an alert never after that."""
    at = report.at or arrived_at
    if report.series is None:
        return replace(report, at=at)
    started = None if report.started_at is None else min(report.started_at, arrived_at)
    return replace(report, at=min(at, arrived_at), started_at=started)


def ahead(report: Report, *, arrived_at: datetime) -> str:
    """Why an alert that begins in the future cannot be believed; empty within what clocks may differ by."""
    if report.started_at is None or report.started_at <= arrived_at + CLOCK_SKEW:
        return ""
    minutes = -(-(report.started_at - arrived_at).total_seconds() // 60)
    return f"it begins {minutes:.0f} minutes from now: look at the sender's clock"
