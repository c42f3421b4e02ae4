"""A ticket that goes on as another incident does so in whatever order its deliveries come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.incidents.history import opening
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.audit.audit import Audit
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, incidents
from sla_engine.storage.tables.incidents import IncidentRow
from tests.intake_desk import NOON, copied, prepared, tell, the_incident, ticket, told_facts

DAY = 24 * 60
NOW = 40 * DAY
BETA: dict[str, Any] = {"customer": "Beta Logistics"}
OPENED, RECORDED = ReportOutcome.OPENED, ReportOutcome.RECORDED


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("msp") / "msp.db", "acme-dental", "beta-logistics", "cedar-clinic")


@pytest.fixture
def intake(file: Path, tmp_path: Path) -> Iterator[Intake]:
    with copied(file, tmp_path) as made:
        yield made


def every(intake: Intake) -> list[tuple[str, str, datetime]]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(IncidentRow).order_by(IncidentRow.id).all()
        return [(row.key, row.state, row.opened_at) for row in rows]


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def by_key(intake: Intake, key: str) -> Incident:
    with intake.unit_of_work.database.reading() as session:
        return incidents.find(session, key)


def opened_at(intake: Intake, record: Incident) -> datetime:
    """What its facts say."""
    with intake.unit_of_work.database.reading() as session:
        opened = opening(events.history(session, record.id))
    assert opened is not None
    return opened.at


def test_a_deletion_that_is_told_after_the_work_that_followed_it_ends_the_incident_before(intake: Intake) -> None:
    tell(
        intake, ticket("opened"), ticket("status_changed", 90, status="in progress"), ticket("assigned", 95, to="tess")
    )
    assert tell(intake, ticket("deleted", 60)) == [OPENED]
    assert every(intake) == [("INC-1001", "deleted", NOON), ("INC-1002", "open", minute(90))]
    assert the_incident(intake).assignee is None
    assert by_key(intake, "INC-1002").assignee == "U0TESS"


def test_so_does_a_resolution_whose_window_was_over(intake: Intake) -> None:
    tell(intake, ticket("opened", **BETA), ticket("reopened", 20 * DAY), ticket("agent_replied", 20 * DAY + 5), now=NOW)
    assert tell(intake, ticket("resolved", 60), now=NOW) == [OPENED]
    assert every(intake) == [("INC-1001", "resolved", NOON), ("INC-1002", "open", minute(20 * DAY))]
    assert "Responded" in told_facts(intake, by_key(intake, "INC-1002"))


def test_what_goes_on_earlier_than_was_known_is_opened_then(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 60), ticket("reopened", 120))
    assert tell(intake, ticket("agent_replied", 100), ticket("status_changed", 90, status="pending")) == [RECORDED] * 2
    record = by_key(intake, "INC-1002")
    assert every(intake)[1] == ("INC-1002", "open", minute(90))
    assert opened_at(intake, record) == minute(90)
    assert {"Responded", "Paused"} <= set(told_facts(intake, record))
    assert told_facts(intake, record).count("Opened") == 2
    assert Audit(intake.unit_of_work.database).run(now=minute(240)).findings == []


def test_what_it_is_handed_reopens_it_where_work_went_on_after_a_resolution(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 60), ticket("status_changed", 200, status="on hold"))
    tell(intake, ticket("resolved", 150), ticket("reopened", 90))
    assert every(intake)[1] == ("INC-1002", "open", minute(90))


def test_it_takes_over_the_title_and_the_priority_that_the_ticket_had_then(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 60), ticket("reopened", 120))
    tell(intake, ticket("priority_changed", 50, priority="P1"), ticket("title_changed", 55, title="Nobody can scan"))
    tell(intake, ticket("title_changed", 70, title="Nobody can fax"))
    record = by_key(intake, "INC-1002")
    assert (record.title, record.priority, record.opened_at) == ("Nobody can scan", Priority.P1, minute(120))


def test_what_the_incident_that_goes_on_is_told_itself_stands(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 60), ticket("reopened", 120))
    tell(intake, ticket("priority_changed", 130, priority="P4"), ticket("priority_changed", 50, priority="P1"))
    assert by_key(intake, "INC-1002").priority is Priority.P4


def test_two_incidents_that_people_know_stay_two(intake: Intake) -> None:
    tell(intake, ticket("opened", **BETA), ticket("resolved", 60), ticket("reopened", 20 * DAY), now=NOW)
    tell(intake, ticket("reopened", DAY), now=NOW)
    assert every(intake) == [("INC-1001", "resolved", NOON), ("INC-1002", "open", minute(DAY))]
    tell(intake, ticket("resolved", 21 * DAY), now=NOW)
    assert [state for _, state, _ in every(intake)] == ["resolved", "resolved"]


def test_what_somebody_reopened_too_late_in_slack_begins_when_the_ticket_was_taken_up(intake: Intake) -> None:
    tell(intake, ticket("opened", **BETA), ticket("resolved", 60))
    Incidents(intake.unit_of_work).reopen("INC-1001", text="", by="U0TOM", now=minute(20 * DAY))
    tell(intake, ticket("reopened", 18 * DAY), now=NOW)
    assert every(intake) == [("INC-1001", "resolved", NOON), ("INC-1002", "open", minute(18 * DAY))]


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        (((30, "Beta Logistics"), (20, "Cedar Clinic")), "Beta Logistics"),
        (((20, "Cedar Clinic"), (30, "Beta Logistics")), "Beta Logistics"),
        (((30, "Acme Dental"), (20, "Cedar Clinic")), "Acme Dental"),
        (((20, "Cedar Clinic"), (20, "Beta Logistics")), "Beta Logistics"),
        (((30, "Nobody Inc"), (20, "Cedar Clinic")), "Cedar Clinic"),
    ],
    ids=["told last to first", "in order", "it is theirs already", "at one instant", "an unknown one waits"],
)
def test_of_two_changes_of_customer_the_later_one_counts(
    intake: Intake, customers: tuple[tuple[int, str], ...], expected: str
) -> None:
    tell(intake, ticket("opened"), *(ticket("customer_changed", at, customer=name) for at, name in customers))
    with intake.unit_of_work.database.reading() as session:
        open_ones = session.query(IncidentRow).filter(IncidentRow.state == "open").all()
        assert [row.customer for row in open_ones] == [expected]
