"""What was missed, one by one: the list behind a figure holds exactly what the figure counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.errors import NotNamed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.reporting.missed_targets import by_incident
from sla_engine.domain.time.weeks import Week
from sla_engine.services.queries.misses import PAGE_INCIDENTS, Misses
from tests.agreeing_figures import differences, missed_by_hand, stored_clocks
from tests.drawn_weeks import NEW_YORK, WEEKS, draw_weeks
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.mark.parametrize("has_live", [True, False], ids=["live", "replayed only"])
@pytest.mark.parametrize("seed", range(4))
def test_every_figure_of_generated_weeks_is_its_list_and_its_file(desk: Desk, seed: int, *, has_live: bool) -> None:
    with desk.database.transaction() as session:
        draw_weeks(session, random.Random(seed), has_live=has_live)
        stored = stored_clocks(session)
        spans = [week.span(zone=NEW_YORK) for week in WEEKS]
        assert [difference for span in spans for difference in differences(session, stored, span)] == []
        assert sum(len(missed_by_hand(stored, span)) for span in spans) > 100


def test_a_figure_that_its_list_does_not_hold_is_told(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    week = Week.parse("2026-W06").span(zone=NEW_YORK)
    with desk.database.reading() as session:
        told = differences(session, [], week)
    assert told[0] == "all: counted 1, listed 1, in the file 1, by hand 0"


def test_a_missed_target_tells_what_was_late_by_how_much_and_why(desk: Desk) -> None:
    desk.written(at("mon 10:00"), reason="vendor")
    late = desk.missed(at("tue 10:00"))
    desk.look(at("tue 10:40"))
    desk.incidents.respond(late, text="Hello", by=TOM, now=at("tue 10:40"))
    listed = Misses(desk.unit_of_work).listed(["2026-W06"], by=DANA, now=at("tue 10:40"))
    explained, unexplained = listed.incidents
    assert (explained.first.reason, explained.first.late_by, explained.is_explained) == (
        BreachReason.VENDOR,
        None,
        False,
    ), "the note was written about the reply, and more was missed since"
    reply = unexplained.first
    assert (reply.incident_key, reply.customer, reply.owner) == (late, "Acme Dental", TOM)
    assert (reply.metric, reply.missed_at) == (MetricName.FIRST_RESPONSE, at("tue 09:50"))
    assert (reply.late_by, reply.reason) == (timedelta(minutes=50), None)


def test_the_list_goes_on_page_by_page(desk: Desk) -> None:
    keys = [desk.missed(at("mon 10:00") + timedelta(minutes=5 * number)) for number in range(PAGE_INCIDENTS + 2)]
    listed = Misses(desk.unit_of_work)
    first = listed.listed([], by=MIRA, now=at("mon 13:00"))
    second = listed.listed([], by=MIRA, now=at("mon 13:00"), start=first.end)
    assert [one.first.incident_key for one in (*first.incidents, *second.incidents)] == keys
    assert (first.incident_count, second.incident_count) == (len(keys), len(keys))
    gone = listed.listed([], by=MIRA, now=at("mon 13:00"), start=500)
    assert gone == first, "a page that is no more is the first one"


def test_several_misses_of_one_incident_stand_together(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.look(at("mon 18:00"))
    listed = Misses(desk.unit_of_work).listed(["this", "week"], by=MIRA, now=at("mon 18:00"))
    assert [one.first.incident_key for one in listed.incidents] == [key]
    assert listed.target_count == len(listed.incidents[0].targets) > 1
    assert by_incident(listed.incidents[0].targets) == listed.incidents


def test_technicians_see_their_own_misses_and_everybody_above_all(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    listed = Misses(desk.unit_of_work)
    for person, seen in ((TOM, [key]), (TESS, []), (DANA, [key]), (MIRA, [key])):
        page = listed.listed([], by=person, now=at("mon 10:05"))
        assert [one.first.incident_key for one in page.incidents] == seen, person
        assert (page.wanted.person is not None) is (person in (TOM, TESS))


def test_somebody_without_a_role_is_refused(desk: Desk) -> None:
    with pytest.raises(NotNamed) as refusal:
        Misses(desk.unit_of_work).listed([], by="U0NINA", now=at("mon 10:05"))
    assert refusal.value.action == Action.LIST_MISSES.value
