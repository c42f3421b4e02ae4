"""A storm in the dispatcher channel of a running bot: one message, and few clicks for all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from tests.polling import until
from tests.slack.workplace import BEFORE, EXAMPLES, Workplace

pytestmark = pytest.mark.sqlite_only  # what the databases do differently is in tests/storage


def opens_many(desk: Workplace, count: int, *, customer: str = "Acme Dental", priority: Priority = Priority.P1) -> None:
    """So many incidents without an owner at once."""
    for number in range(count):
        request = OpenRequest(customer=customer, title=f"Line {number} is down", priority=priority)
        Incidents(desk.bot.unit_of_work).open(request, by="U0TESS", now=desk.time.now())
    desk.bot.wake()


def many_customers(desk: Workplace, folder: Path, count: int) -> list[str]:
    """So many customers with the agreement of Acme Dental."""
    names = [f"Customer {number}" for number in range(count)]
    acme = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8")
    for number, name in enumerate(names):
        (folder / f"{number}.yaml").write_text(acme.replace("Acme Dental", name), encoding="utf-8")
    agreement_files.apply(desk.bot.database, [folder], by="test", now=BEFORE)
    return names


def standing(desk: Workplace) -> list[str]:
    """The first lines of the messages about incidents that stand in the dispatcher channel."""
    return [message.text.splitlines()[0] for message in desk.nudges() if "Line " in message.text]


def acknowledged(desk: Workplace) -> int:
    with desk.bot.database.reading() as session:
        return len(session.scalars(select(IncidentRow.id).where(IncidentRow.acknowledged_by == "U0DANA")).all())


def test_a_hundred_incidents_of_a_customer_are_one_message_and_acknowledged_with_one_click(desk: Workplace) -> None:
    opens_many(desk, 100)
    until(
        lambda: [line.startswith("🌩 *Acme Dental: 100 open") for line in standing(desk)] == [True], what="one message"
    )
    dana = desk.dispatch()
    dana.clicks("I'm on all of these, 30 min").expects("You are on 100 incidents now")
    assert acknowledged(desk) == 100
    assert len(standing(desk)) == 1


def test_one_text_to_twenty_two_customers_takes_two_clicks(desk: Workplace, tmp_path: Path) -> None:
    for name in many_customers(desk, tmp_path, 22):
        opens_many(desk, 1, customer=name)
    dana = desk.dispatch().expects("and 21 others: 22 open")
    dana.clicks("Customers told…").sees_modal("Customers told")
    dana.fills({"What were they told?": "The line is down, we are on it"}).submits().sees_no_modal()
    dana.expects("22 incidents: the customers were told “The line is down, we are on it”")
    with desk.bot.database.reading() as session:
        met = select(Clock.incident_id).where(Clock.metric == "first_response", Clock.stopped_at.is_not(None))
        assert len(session.scalars(met).all()) == 22


def test_the_worst_thursday_is_one_message_until_it_is_over(desk: Workplace) -> None:
    """Fourteen P1 and P2 of one customer in twenty minutes; two are still open when it ends, one of them late."""
    for number in range(14):
        opens_many(desk, 1, priority=Priority.P1 if number % 2 else Priority.P2)
        if number == 5:
            desk.dispatch().expects("Acme Dental: 6 open")
        desk.passes(seconds=85)
    dana = desk.dispatch().expects("Acme Dental: 14 open")
    dana.clicks("I'm on all of these, 30 min").expects("news promised by")
    desk.passes(minutes=4)
    mentioned = desk.dispatch().expects_message("@mira", within=15)
    assert "Acme Dental: 14 open" in mentioned.text
    until(lambda: len(standing(desk)) == 1, what="one message stands in the channel")
    incidents = Incidents(desk.bot.unit_of_work)
    for number in range(1001, 1013):
        incidents.resolve(f"INC-{number}", text="", by="U0TOM", now=desk.time.now())
    desk.dispatch().expects("Acme Dental: 2 open", within=15)
    desk.passes(minutes=17)
    over = desk.dispatch().expects_message("No new incident for 20 minutes", within=15)
    assert "Of 14, 2 still open, 1 of them late" in over.text
    until(lambda: len(standing(desk)) == 1, what="the late one has a message of its own")


def test_a_vendor_outage_is_paused_for_all_customers_with_one_form(desk: Workplace, tmp_path: Path) -> None:
    for name in many_customers(desk, tmp_path, 15):
        opens_many(desk, 1, customer=name)
    dana = desk.dispatch().expects("and 14 others: 15 open")
    dana.clicks("Pause all…").sees_modal("Pause all")
    dana.fills({"Why?": "Waiting for a vendor", "Until when?": "2026-02-02 09:00"}).submits()
    dana.sees_field_error("Until when?", "has passed")
    dana.fills({"Until when?": "2h"}).submits().sees_no_modal()
    dana.expects("15 incidents paused")
    dana.clicks("By customer").expects("Customer 7: 1 open, 1 with nobody")
    dana.clicks("Resume all", containing="15 open").expects("The clocks of 15 incidents run again")


def test_a_storm_is_given_out_listed_and_undone(desk: Workplace) -> None:
    opens_many(desk, 14)
    dana = desk.dispatch().expects("14 open")
    dana.clicks("Give out…").sees_modal("Give out")
    dana.submits().sees_no_modal()
    dana.expects("14 incidents given out")
    desk.dispatch().expects("14 open, none late.* Worst", within=15)
    desk.dispatch("tom").clicks("Show all").expects("1 to 14 of 14 open, worst first")
    dana.clicks("Undo").expects("is undone")
    desk.dispatch().expects("14 have nobody", within=15)


def test_a_click_on_a_storm_that_is_resolved_changes_nothing_and_says_so(desk: Workplace) -> None:
    opens_many(desk, 5)
    dana = desk.dispatch().expects("5 open")
    for number in range(1001, 1006):
        Incidents(desk.bot.unit_of_work).resolve(f"INC-{number}", text="", by="U0TOM", now=desk.time.now())
    dana.clicks("I'm on all of these, 30 min").expects("No incident of these is open any more.")


def test_a_technician_is_told_who_may(desk: Workplace) -> None:
    opens_many(desk, 5)
    desk.dispatch("tom").expects("5 open")
    desk.dispatch("tom").clicks("I'm on all of these, 30 min").expects("dispatcher")
    assert acknowledged(desk) == 0
