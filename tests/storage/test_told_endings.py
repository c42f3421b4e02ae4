"""Tickets that lose their owner, their name or their customer, turn out to be another one, or are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.errors import AlreadyMoved, TicketDeleted
from sla_engine.domain.incidents.events import Deleted, Merged, Moved, Opened
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.notifications.kinds import Notification, from_payload
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.storage import clocks, events, figures, incidents
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.tables.delivery import Outbox
from tests.intake_desk import NOON, NUMBERS, copied, found, prepared, tell, the_incident, ticket, told_facts

DANA, TESS, MIRA = "U0DANA", "U0TESS", "U0MIRA"
BETA: dict[str, Any] = {"customer": "Beta Logistics"}
LATER = NOON + timedelta(minutes=240)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("msp") / "msp.db", "acme-dental", "beta-logistics")


@pytest.fixture
def intake(file: Path, tmp_path: Path) -> Iterator[Intake]:
    with copied(file, tmp_path) as made:
        yield made


def by_key(intake: Intake, key: str) -> Incident:
    with intake.unit_of_work.database.reading() as session:
        return incidents.find(session, key)


def clocks_of(intake: Intake, key: str) -> dict[tuple[MetricName, int], ClockRecord]:
    with intake.unit_of_work.database.reading() as session:
        return clocks.of_incident(session, incidents.find(session, key).id)


def history(intake: Intake, key: str) -> list[Entry]:
    with intake.unit_of_work.database.reading() as session:
        return events.history(session, incidents.find(session, key).id)


def said(intake: Intake) -> list[Notification]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Outbox).filter(Outbox.op == "post").order_by(Outbox.id).all()
        return [from_payload(row.kind, row.payload) for row in rows]


def lines(intake: Intake, text_key: str) -> list[LineMessage]:
    return [each for each in said(intake) if isinstance(each, LineMessage) and each.text_key == text_key]


def unowned(intake: Intake) -> list[NudgeMessage]:
    found = (each for each in said(intake) if isinstance(each, NudgeMessage))
    return [each for each in found if each.cause is NudgeCause.UNASSIGNED]


# ---------------------------------------------------------------- unassigned, title_changed


@pytest.mark.parametrize("how", [{"event": "unassigned"}, {"event": "assigned", "to": ""}], ids=["said", "empty name"])
def test_a_ticket_that_loses_its_owner_has_none(intake: Intake, how: dict[str, Any]) -> None:
    tell(intake, ticket("opened"), ticket("assigned", 5, to="tess"), ticket("unassigned", 20) | how)
    record = the_incident(intake)
    assert (record.assignee, record.responsible) == (None, TESS)
    assert unowned(intake) == []


def test_an_urgent_one_that_loses_its_owner_is_put_in_front_of_the_dispatcher(intake: Intake) -> None:
    tell(intake, ticket("opened", priority="P1"), ticket("assigned", 5, to="tess"))
    assert len(unowned(intake)) == 1
    tell(intake, ticket("unassigned", 20))
    assert [each.mention for each in unowned(intake)] == [(DANA,), (DANA,)]


def test_a_ticket_is_called_what_it_was_called_last(intake: Intake) -> None:
    tell(
        intake,
        ticket("opened"),
        ticket("title_changed", 30, title="Nobody can print or scan"),
        ticket("title_changed", 10, title="Nobody prints"),
    )
    assert the_incident(intake).title == "Nobody can print or scan"


# ---------------------------------------------------------------- customer_changed


def test_a_ticket_of_another_customer_goes_on_there_with_its_start_and_what_happened(intake: Intake) -> None:
    outcomes = tell(
        intake,
        ticket("opened"),
        ticket("agent_replied", 10, by="tess"),
        ticket("assigned", 12, to="tess"),
        ticket("status_changed", 15, status="on hold"),
        ticket("customer_changed", 90, **BETA),
        ticket("priority_changed", 95, priority="P1"),
    )
    assert outcomes[-2:] == [ReportOutcome.OPENED, ReportOutcome.RECORDED]
    old, new = by_key(intake, "INC-1001"), by_key(intake, "INC-1002")
    assert (old.state, old.customer, new.customer) == ("moved", "Acme Dental", "Beta Logistics")
    assert (new.opened_at, new.assignee, new.paused_for) == (NOON, TESS, (PauseReason.OTHER,))
    assert (old.priority, new.priority) == (Priority.P2, Priority.P1)
    assert {each.state for each in clocks_of(intake, "INC-1001").values()} == {ClockState.CANCELLED}
    assert clocks_of(intake, "INC-1002")[MetricName.FIRST_RESPONSE, 0].breached_at is None
    opened = history(intake, "INC-1002")[0].event
    assert isinstance(opened, Opened)
    assert opened.moved_from == "INC-1001"
    (moved,) = (entry.event for entry in history(intake, "INC-1001") if isinstance(entry.event, Moved))
    assert (moved.key, moved.customer) == ("INC-1002", "Beta Logistics")


def test_the_order_in_which_a_customers_change_is_told_does_not_matter(intake: Intake) -> None:
    story = (
        ticket("customer_changed", 90, **BETA),
        ticket("agent_replied", 10),
        ticket("opened"),
        ticket("status_changed", 95, status="pending"),
    )
    tell(intake, *story)
    new = by_key(intake, "INC-1002")
    assert (new.customer, new.paused_for) == ("Beta Logistics", (PauseReason.CUSTOMER,))
    assert clocks_of(intake, "INC-1002")[MetricName.FIRST_RESPONSE, 0].stopped_at == NOON + timedelta(minutes=10)


def test_a_change_to_the_customer_it_has_changes_nothing(intake: Intake) -> None:
    change = ticket("customer_changed", 20, customer="acme  dental")
    again = ticket("customer_changed", 40, **BETA)
    assert tell(intake, ticket("opened"), change) == [ReportOutcome.OPENED, ReportOutcome.NOTHING_NEW]
    assert tell(intake, again, again | {"id": "twice"}) == [ReportOutcome.OPENED, ReportOutcome.NOTHING_NEW]


def test_a_miss_of_the_wrong_customer_is_none_and_its_note_is_not_wanted_any_more(intake: Intake) -> None:
    tell(intake, ticket("opened"))
    Sweep(intake.unit_of_work).run_once(now=LATER)
    with intake.unit_of_work.database.reading() as session:
        note = IncidentPrompts(session, the_incident(intake).id).note
    assert note is not None
    tell(intake, ticket("customer_changed", 241, **BETA), now=242)
    with intake.unit_of_work.database.reading() as session:
        note = IncidentPrompts(session, by_key(intake, "INC-1001").id).note
    assert note is not None
    assert note.state is NoteState.WITHDRAWN


def test_an_unknown_customer_waits_for_triage_and_the_clocks_run_on_meanwhile(intake: Intake) -> None:
    outcomes = tell(intake, ticket("opened"), ticket("customer_changed", 20, customer="Akme"))
    assert outcomes == [ReportOutcome.OPENED, ReportOutcome.TRIAGE]
    assert by_key(intake, "INC-1001").is_open
    (waiting,) = intake.triage.waiting_for_triage()
    assert (waiting.about, waiting.customer) == ("INC-1001", "Akme")
    placed = intake.triage.place(waiting.id, customer="Beta Logistics", by=DANA, now=LATER)
    assert (placed.key, placed.customer, placed.opened_at) == ("INC-1002", "Beta Logistics", NOON)
    assert intake.triage.waiting_for_triage() == ()


def test_what_waits_for_its_customer_is_opened_when_the_ticket_is_given_to_one(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"), ticket("agent_replied", 5), ticket("customer_changed", 20, **BETA))
    assert (the_incident(intake).customer, the_incident(intake).opened_at) == ("Beta Logistics", NOON)
    assert intake.triage.waiting_for_triage() == ()
    assert "Responded" in told_facts(intake, the_incident(intake))


def test_a_later_change_to_a_known_customer_takes_it_off_the_triage_list(intake: Intake) -> None:
    tell(
        intake,
        ticket("opened"),
        ticket("customer_changed", 20, customer="Akme"),
        ticket("customer_changed", 30, **BETA),
    )
    assert intake.triage.waiting_for_triage() == ()
    assert by_key(intake, "INC-1002").customer == "Beta Logistics"


def test_acts_on_the_old_incident_are_refused_with_the_one_that_goes_on(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("customer_changed", 20, **BETA))
    with pytest.raises(AlreadyMoved) as refused:
        Incidents(intake.unit_of_work).take("INC-1001", by=TESS, now=LATER)
    assert (refused.value.customer, refused.value.goes_on_as) == ("Beta Logistics", "INC-1002")


# ---------------------------------------------------------------- merged


def two_tickets(minute: int = 20) -> tuple[dict[str, Any], dict[str, Any]]:
    return ticket("opened"), ticket("opened", minute, external_id="T-2")


def merged(minute: int = 30) -> dict[str, Any]:
    return ticket("merged", minute, external_id="T-1", into="T-2")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_a_ticket_that_was_merged_is_a_duplicate_in_whatever_order_it_is_told(
    intake: Intake, order: tuple[int, ...]
) -> None:
    story = (*two_tickets(), merged())
    tell(intake, *(story[number] for number in order))
    duplicate, survivor = found(intake, "T-1"), found(intake, "T-2")
    assert duplicate is not None
    assert survivor is not None
    assert (duplicate.state, duplicate.merged_into, survivor.state) == ("merged", survivor.key, "open")
    assert {clock.state for clock in clocks_of(intake, duplicate.key).values()} == {ClockState.CANCELLED}
    assert clocks_of(intake, survivor.key)[MetricName.RESOLUTION, 0].incident_id == survivor.id
    assert "Absorbed" in told_facts(intake, survivor)


def test_a_merger_told_twice_or_in_a_circle_is_one(intake: Intake) -> None:
    again = merged() | {"id": "twice"}
    back = ticket("merged", 40, external_id="T-2", into="T-1")
    outcomes = tell(intake, *two_tickets(), merged(), again, back)
    assert outcomes[2:] == [ReportOutcome.RECORDED, ReportOutcome.NOTHING_NEW, ReportOutcome.NOTHING_NEW]
    assert sum(isinstance(entry.event, Merged) for entry in history(intake, "INC-1001")) == 1
    assert by_key(intake, "INC-1002").is_open


def test_what_is_merged_into_a_duplicate_goes_to_the_one_that_goes_on(intake: Intake) -> None:
    third = ticket("opened", 25, external_id="T-3")
    tell(intake, *two_tickets(), third, merged(), ticket("merged", 50, external_id="T-3", into="T-1"))
    record = found(intake, "T-3")
    assert record is not None
    assert record.merged_into == "INC-1002"


def test_tickets_of_two_customers_are_not_one_and_the_dispatcher_is_told(intake: Intake) -> None:
    first, _ = two_tickets()
    outcomes = tell(intake, first, ticket("opened", 20, external_id="T-2", **BETA), merged())
    assert outcomes[-1] is ReportOutcome.NOT_MERGED
    assert by_key(intake, "INC-1001").is_open
    (line,) = lines(intake, "not_merged")
    assert (line.incident_key, line.facts["into"], line.facts["other"]) == ("INC-1001", "INC-1002", "Beta Logistics")


# ---------------------------------------------------------------- deleted


def test_a_deleted_ticket_has_no_outcome_and_leaves_the_lists(intake: Intake) -> None:
    tell(intake, ticket("opened", priority="P1"), ticket("deleted", 5))
    record = the_incident(intake)
    assert (record.state, record.is_open) == ("deleted", False)
    assert {clock.state for clock in clocks_of(intake, record.key).values()} == {ClockState.CANCELLED}
    before = len(said(intake))
    Sweep(intake.unit_of_work).run_once(now=LATER + timedelta(days=2))
    assert len(said(intake)) == before


def test_a_miss_from_before_the_deletion_counts_until_it_is_waived(intake: Intake) -> None:
    tell(intake, ticket("opened", 60), now=60)
    Sweep(intake.unit_of_work).run_once(now=NOON + timedelta(minutes=200))
    tell(intake, ticket("deleted", 210), now=210)
    week = (NOON - timedelta(days=2), NOON + timedelta(days=5))
    with intake.unit_of_work.database.reading() as session:
        assert figures.by_metric(session, week)[MetricName.FIRST_RESPONSE].missed == 1
        assert MetricName.RESOLUTION not in figures.by_metric(session, week)
        assert figures.by_incident(session, week).missed == 1
    outcomes = Outcomes(intake.unit_of_work)
    waived = outcomes.waive("INC-1001", metric=MetricName.FIRST_RESPONSE, reason="a test", by=MIRA, now=LATER)
    assert waived == 1
    with intake.unit_of_work.database.reading() as session:
        assert MetricName.FIRST_RESPONSE not in figures.by_metric(session, week)


def test_what_was_deleted_in_time_is_neither_met_nor_missed_as_an_incident(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("agent_replied", 2), ticket("deleted", 5))
    week = (NOON - timedelta(days=2), NOON + timedelta(days=5))
    with intake.unit_of_work.database.reading() as session:
        assert figures.by_incident(session, week).of == 0
        assert figures.by_metric(session, week)[MetricName.FIRST_RESPONSE].met == 1


def test_a_deletion_told_late_takes_back_the_miss_that_came_after_it(intake: Intake) -> None:
    tell(intake, ticket("opened", 60), now=60)
    Sweep(intake.unit_of_work).run_once(now=NOON + timedelta(minutes=200))
    tell(intake, ticket("deleted", 65), now=210)
    assert {clock.state for clock in clocks_of(intake, "INC-1001").values()} == {ClockState.CANCELLED}
    assert "Corrected" in told_facts(intake, the_incident(intake))


def test_a_ticket_that_comes_back_after_its_deletion_goes_on_as_a_new_incident(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 5))
    assert tell(intake, ticket("reopened", 30), ticket("agent_replied", 35)) == [
        ReportOutcome.OPENED,
        ReportOutcome.RECORDED,
    ]
    assert by_key(intake, "INC-1002").opened_at == NOON + timedelta(minutes=30)
    assert by_key(intake, "INC-1001").state == "deleted"


def test_nothing_more_is_done_to_what_was_deleted(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 5))
    acts = Incidents(intake.unit_of_work)
    with pytest.raises(TicketDeleted):
        acts.take("INC-1001", by=TESS, now=LATER)
    with pytest.raises(TicketDeleted):
        acts.reopen("INC-1001", text="", by=TESS, now=LATER)


def test_what_is_deleted_while_it_waits_for_its_customer_waits_no_more(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"), ticket("deleted", 5))
    assert intake.triage.waiting_for_triage() == ()


def test_every_kind_of_ending_is_one_fact_with_its_own_time(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("deleted", 5) | {"id": f"d{next(NUMBERS)}"}, ticket("deleted", 5))
    (entry,) = {each.at for each in history(intake, "INC-1001") if isinstance(each.event, Deleted)}
    assert entry == NOON + timedelta(minutes=5)
