"""Tickets that come back, turn out to be duplicates, or tell what cannot have happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import Corrected, Opened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.intake.errors import PayloadInvalid
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Database
from tests.intake_desk import NOON, found, intake_for, resolution, tell, the_incident, ticket, told_facts

BETA: dict[str, Any] = {"customer": "Beta Logistics"}
DAY = 1440


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url, wait_seconds=20)
    yield intake_for(database, "acme-dental", "beta-logistics")
    database.close()


def opened_as(intake: Intake, record: Incident) -> Opened:
    with intake.unit_of_work.database.reading() as session:
        event = events.history(session, record.id)[0].event
    assert isinstance(event, Opened)
    return event


def test_impact_and_urgency_make_a_priority_and_site_and_service_the_promise(intake: Intake) -> None:
    place = BETA | {"impact": "Low", "urgency": 1, "site": "hamburg depot", "service": "Yard Scanners"}
    told = ticket("opened") | place
    del told["priority"]
    assert tell(intake, told) == [ReportOutcome.OPENED]
    record = the_incident(intake)
    assert (record.priority, record.site, record.service) == (Priority.P2, "Hamburg depot", "yard scanners")
    opened = opened_as(intake, record)
    assert (opened.impact, opened.urgency) == (Level.LOW, Level.HIGH)
    assert resolution(intake, record).target == timedelta(hours=6)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"priority": None}, "priority", "and so are impact and urgency"),
        ({"priority": None, "impact": "high"}, "urgency", "is missing or empty"),
        ({"priority": None, "urgency": "high"}, "impact", "is missing or empty"),
        ({"site": "Bremen"}, "site", "must be one of Berlin office, Hamburg depot, not 'Bremen'"),
        ({"site": ["Bremen"]}, "site", "must be text"),
    ],
)
def test_an_opening_that_cannot_be_taken_names_its_field_and_opens_nothing(
    intake: Intake, more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(PayloadInvalid, match=words) as refused:
        tell(intake, ticket("opened", **BETA, **more))
    assert refused.value.field == field
    assert found(intake) is None


def test_a_site_of_a_customer_nobody_knows_waits_with_it_for_a_person(intake: Intake) -> None:
    assert tell(intake, ticket("opened", customer="Nobody", site="Bremen")) == [ReportOutcome.TRIAGE]
    (waiting,) = intake.triage.waiting_for_triage()
    now = NOON + timedelta(minutes=20)
    assert intake.triage.place(waiting.id, customer="Beta Logistics", by="U0DANA", now=now).site is None


def test_what_was_refused_can_be_told_again_under_its_name_once_it_is_right(intake: Intake) -> None:
    wrong = ticket("opened", **BETA, site="Bremen")
    with pytest.raises(PayloadInvalid):
        tell(intake, wrong)
    assert tell(intake, wrong | {"site": "Hamburg depot"}) == [ReportOutcome.OPENED]


def test_what_lies_well_before_the_opening_is_refused_and_records_nothing(intake: Intake) -> None:
    tell(intake, ticket("opened"))
    with pytest.raises(PayloadInvalid, match="must not lie before the opening") as refused:
        tell(intake, ticket("agent_replied", -3))
    assert refused.value.field == "at"
    assert "Responded" not in told_facts(intake, the_incident(intake))
    assert tell(intake, ticket("agent_replied", -2)) == [ReportOutcome.RECORDED]


def test_a_ticket_that_is_told_as_opened_again_from_before_is_no_contradiction(intake: Intake) -> None:
    tell(intake, ticket("opened"))
    assert tell(intake, ticket("opened", -60)) == [ReportOutcome.NOTHING_NEW]


@pytest.mark.parametrize(
    "told",
    [
        ticket("reopened", 5),
        ticket("status_changed", 5, status="in progress"),
        ticket("status_changed", 5, status="open"),
    ],
    ids=["reopened while open", "resumed without a pause", "opened while open"],
)
def test_what_looks_impossible_but_may_only_be_early_moves_no_clock(intake: Intake, told: dict[str, Any]) -> None:
    tell(intake, ticket("opened"))
    before = resolution(intake, the_incident(intake))
    tell(intake, told)
    assert resolution(intake, the_incident(intake)) == before


def test_resolved_twice_is_resolved_once_at_the_earlier_time(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("resolved", 30), ticket("resolved", 20))
    assert the_incident(intake).resolved_at == NOON + timedelta(minutes=20)


# ---------------------------------------------------------------------- after the window


def gone_on(intake: Intake, *later: dict[str, Any], days: int) -> tuple[Incident, Incident, list[ReportOutcome]]:
    """A ticket that was resolved, what is told of it so many days after, and the incident that goes on with it."""
    tell(intake, ticket("opened", **BETA), ticket("resolved", 60))
    outcomes = tell(intake, *later, now=(days + 2) * DAY)
    with intake.unit_of_work.database.reading() as session:
        return the_incident(intake), incidents.find(session, "INC-1002"), outcomes


@pytest.mark.parametrize(
    "told", [ticket("reopened", 20 * DAY), ticket("status_changed", 20 * DAY, status="in progress")],
    ids=["reopened", "in progress"],
)  # fmt: skip
def test_after_the_window_a_ticket_goes_on_as_a_new_incident(intake: Intake, told: dict[str, Any]) -> None:
    old, new, outcomes = gone_on(intake, told, days=20)
    assert outcomes == [ReportOutcome.OPENED]
    assert (old.state, new.state, new.opened_at) == ("resolved", "open", NOON + timedelta(days=20))
    assert opened_as(intake, new).follows == old.key
    assert told_facts(intake, old)[-1] == "Followed"


def test_what_is_told_of_the_ticket_from_then_on_is_recorded_on_the_new_one(intake: Intake) -> None:
    old, new, outcomes = gone_on(
        intake,
        ticket("status_changed", 20 * DAY, status="waiting vendor"),
        ticket("agent_replied", 20 * DAY + 5),
        ticket("customer_replied", 90, text="Thanks!"),
        ticket("status_changed", 20 * DAY + 30, status="open"),
        ticket("reopened", 19 * DAY),
        ticket("resolved", 20 * DAY + 60),
        days=20,
    )
    assert outcomes == [ReportOutcome.OPENED] + [ReportOutcome.RECORDED] * 5
    assert (old.state, new.state) == ("resolved", "resolved")
    assert "CustomerReplied" in told_facts(intake, old)
    assert {"Paused", "Responded", "Resumed", "Resolved"} <= set(told_facts(intake, new))
    assert new.resolved_at == NOON + timedelta(days=20, minutes=60)


def test_the_status_that_ends_the_rest_says_why_the_new_one_waits(intake: Intake) -> None:
    _, new, _ = gone_on(intake, ticket("status_changed", 20 * DAY, status="waiting vendor"), days=20)
    assert new.paused_for == (PauseReason.VENDOR,)


def test_within_the_window_the_same_incident_goes_on(intake: Intake) -> None:
    tell(intake, ticket("opened", **BETA), ticket("resolved", 60))
    assert tell(intake, ticket("reopened", 14 * DAY), now=15 * DAY) == [ReportOutcome.RECORDED]
    assert the_incident(intake).is_open


def test_what_a_person_took_up_again_too_late_the_ticket_goes_on_with(intake: Intake) -> None:
    tell(intake, ticket("opened", **BETA), ticket("resolved", 60))
    reopened = Incidents(intake.unit_of_work).reopen(
        the_incident(intake).key, text="", by="U0TOM", now=NOON + timedelta(days=20)
    )
    tell(intake, ticket("agent_replied", 20 * DAY + 10), now=21 * DAY)
    assert "Responded" in told_facts(intake, reopened.incident)


# ---------------------------------------------------------------------- duplicates, and facts told late


def test_what_is_told_of_a_duplicate_is_kept_on_it_and_moves_nothing(intake: Intake) -> None:
    tell(intake, ticket("opened"))
    request = OpenRequest(customer="Acme Dental", title="Nobody can print", priority=Priority.P2)
    other = Incidents(intake.unit_of_work).open(request, by="U0TOM", now=NOON + timedelta(minutes=10)).key
    now = NOON + timedelta(minutes=20)
    Outcomes(intake.unit_of_work).merge(the_incident(intake).key, into=other, by="U0DANA", now=now)
    told = (
        ticket("agent_replied", 30), ticket("status_changed", 31, status="on hold"), ticket("resolved", 40),
        ticket("status_changed", 50, status="open"), ticket("reopened", 60), ticket("customer_replied", 62),
        ticket("priority_changed", 61, priority="P1"), ticket("assigned", 63, to="tess"), ticket("reopened", 300 * DAY),
    )  # fmt: skip
    assert tell(intake, *told, now=301 * DAY) == [ReportOutcome.RECORDED] * len(told)
    record = the_incident(intake)
    assert (record.state, record.merged_into, record.is_open) == ("merged", other, False)
    assert resolution(intake, record).state is ClockState.CANCELLED
    with intake.unit_of_work.database.reading() as session:
        assert incidents.find(session, other).is_open


def test_a_fact_that_is_told_late_corrects_what_was_recorded_and_keeps_both(intake: Intake) -> None:
    tell(intake, ticket("opened"), now=0)
    tell(intake, ticket("assigned", 10 * 60, to="tess"), now=3 * DAY)
    missed = resolution(intake, the_incident(intake))
    assert missed.breached_at is not None
    tell(intake, ticket("resolved", 120), now=3 * DAY + 5)
    record = the_incident(intake)
    after = resolution(intake, record)
    assert (after.breached_at, after.state) == (None, ClockState.STOPPED)
    with intake.unit_of_work.database.reading() as session:
        facts = [entry.event for entry in events.history(session, record.id)]
    corrected = [event for event in facts if isinstance(event, Corrected)]
    resolutions = [event for event in corrected if event.metric == "resolution"]
    assert [(event.cause, event.breached_before, event.breached_after) for event in resolutions] == [
        ("resolved", missed.breached_at, None)
    ]
