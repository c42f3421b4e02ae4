"""A ticket system that tells a small MSP's intake what happens to its tickets."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.incident import Incident
from sla_engine.intake.registry import PARSERS
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incidents
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from tests.furnished import furnish

ROOT = Path(__file__).resolve().parents[1]
NOON = datetime(2026, 2, 2, 17, tzinfo=UTC)
"""Monday noon in New York: Acme Dental's office is open."""


def intake_for(database: Database, *customers: str) -> Intake:
    """The intake of an MSP with these customers of the examples."""
    start = NOON - timedelta(days=1)
    files = [ROOT / "examples" / "agreements" / f"{customer}.yaml" for customer in customers]

    def applied(empty: Database) -> None:
        people_files.apply(empty, ROOT / "examples" / "msp.yaml", by="test", now=start)
        agreement_files.apply(empty, files, by="test", now=start)

    furnish(database, f"intake of {customers}", applied)
    return Intake(UnitOfWork(database, real_clock=lambda: NOON), parsers=PARSERS)


def prepared(file: Path, *customers: str) -> Path:
    """A SQLite file of such an MSP, to be copied: much quicker than to set one up for every test."""
    url = f"sqlite:///{file}"
    upgrade(url)
    database = Database(url)
    intake_for(database, *customers)
    database.close()
    return file


@contextmanager
def copied(file: Path, folder: Path) -> Iterator[Intake]:
    """The intake of a copy of that file."""
    database = Database(f"sqlite:///{shutil.copy(file, folder / file.name)}", wait_seconds=20)
    yield Intake(UnitOfWork(database, real_clock=lambda: NOON), parsers=PARSERS)
    database.close()


NUMBERS = itertools.count(1)


def ticket(event: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    """What a ticket system tells `minute` minutes after noon."""
    told = {
        "event": event,
        "id": f"d{next(NUMBERS)}",
        "external_id": "T-1",
        "at": (NOON + timedelta(minutes=minute)).isoformat(),
    }
    if event == "opened":
        told |= {"customer": "Acme Dental", "title": "Nobody can print", "priority": "P2"}
    return told | more


def tell(intake: Intake, *payloads: dict[str, Any], now: int = 240) -> list[ReportOutcome]:
    later = NOON + timedelta(minutes=now)
    receipts = [intake.receive("webhook", payload["id"], payload, now=later) for payload in payloads]
    return [taken.outcome for receipt in receipts for taken in receipt.taken]


def found(intake: Intake, external_id: str = "T-1", source: str = "webhook") -> Incident | None:
    with intake.unit_of_work.database.transaction() as session:
        return incidents.find_external(session, source=source, external_id=external_id)


def the_incident(intake: Intake) -> Incident:
    record = found(intake)
    assert record is not None
    return record


def resolution(intake: Intake, record: Incident) -> clocks.ClockRecord:
    with intake.unit_of_work.database.reading() as session:
        return clocks.of_incident(session, record.id)[(MetricName.RESOLUTION, 0)]


def told_facts(intake: Intake, record: Incident) -> list[str]:
    with intake.unit_of_work.database.reading() as session:
        return [type(entry.event).__name__ for entry in events.history(session, record.id)]
