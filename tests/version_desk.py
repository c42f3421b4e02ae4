"""A desk whose customer's agreement is edited while incidents are open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files
from sla_engine.services.versions.reproject import Projected, Reprojection
from sla_engine.storage import incidents
from sla_engine.storage.tables.incidents import Clock, EventRow, IncidentRow, Timer
from tests.note_desk import TOM, Desk, at

DEPOT = "Depot Ltd"
HOURS = "09:00-17:00"
RESPONSE, UPDATE, RESOLUTION = MetricName.FIRST_RESPONSE, MetricName.CUSTOMER_UPDATE, MetricName.RESOLUTION
TARGETS = {"P1": "4h", "P2": "8h", "P3": "16h", "P4": "24h"}
Row = Mapping[str, Any]


def depot(
    *,
    effective: str = "2026-01-01",
    hours: str = HOURS,
    closed: str = "",
    response: str = "2h",
    targets: Mapping[str, str] = TARGETS,
    more: str = "",
) -> str:
    """The agreement as a file; `closed` lists dates, `targets` are resolution times."""
    promised = ", ".join(
        f"{priority}: {{first_response: {response}, resolution: {resolution}}}"
        for priority, resolution in targets.items()
    )
    return f"""\
customer: {DEPOT}
effective: {effective}
calendar: {{timezone: America/New_York, hours: {{mon-fri: "{hours}"}}, closed: [{closed}]}}
targets: {{{promised}}}
{more}"""


class VersionDesk(Desk):
    """A desk that can apply another version of the depot's agreement at any time."""

    def __init__(self, database_url: str, folder: Path, first: str) -> None:
        super().__init__(database_url)
        self.folder = folder
        self.reprojection = Reprojection(self.unit_of_work)
        self.applied = 0
        self.store(first, at("mon 00:00"))

    def file(self, text: str) -> Path:
        """A new file with this text."""
        self.applied += 1
        path = self.folder / f"{self.applied:03}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def store(self, text: str, now: datetime) -> int:
        """Put a version in force without measuring anything anew; answers its number."""
        (one,) = agreement_files.apply(self.database, [self.file(text)], by="test", now=now).applied
        return one.version_id

    def apply(self, text: str, now: datetime) -> Projected:
        """Put a version in force, and measure the open incidents anew."""
        self.store(text, now)
        return self.reprojection.run(now=now)

    def open_for_depot(self, now: datetime, priority: Priority = Priority.P2, *, owner: str | None = TOM) -> str:
        """An incident of the depot."""
        return self.open(now, priority=priority, customer=DEPOT, owner=owner)

    def rows(self, *keys: str) -> list[Row]:
        """The clock rows as they are stored, of some incidents or of all."""
        wanted = select(Clock.__table__).order_by(Clock.incident_id, Clock.metric, Clock.cycle)
        if keys:
            wanted = wanted.join(IncidentRow).where(IncidentRow.key.in_(keys))
        with self.database.reading() as session:
            return [dict(row) for row in session.execute(wanted).mappings()]

    def row(self, key: str, metric: MetricName = RESOLUTION) -> Row:
        """The newest row of one clock."""
        return [row for row in self.rows(key) if row["metric"] == metric.value][-1]

    def timers(self) -> dict[str, datetime]:
        """What is armed, by subject."""
        with self.database.reading() as session:
            rows = session.execute(select(Timer.duty, Timer.subject, Timer.due).where(Timer.due.is_not(None)))
            return {f"{duty} {subject}": due for duty, subject, due in rows if due is not None}

    def events(self) -> list[Row]:
        """Every fact as it is stored, oldest first."""
        with self.database.reading() as session:
            return [dict(row) for row in session.execute(select(EventRow.__table__).order_by(EventRow.id)).mappings()]

    def facts(self, key: str, kind: str) -> list[Row]:
        """The facts of one kind of an incident."""
        with self.database.reading() as session:
            number = incidents.find(session, key).id
        return [row for row in self.events() if row["incident_id"] == number and row["kind"] == kind]

    def reading(self, key: str, now: datetime, metric: MetricName = RESOLUTION) -> Reading:
        """A clock as it is reckoned, whatever is stored."""
        with self.database.reading() as session:
            found = self.unit_of_work.work_on(session, incidents.find(session, key), now=now).reading(metric)
        assert found is not None
        return found
