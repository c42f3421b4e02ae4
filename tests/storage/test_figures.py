"""What the digest counts in the database, checked on incidents that were really worked on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason, PauseReason
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.digest import BallHeld
from sla_engine.domain.time.weeks import Week
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.attribution_totals import held_the_ball
from sla_engine.services.queries.explain import Explanations
from sla_engine.storage import figures, misses, waiting_figures
from sla_engine.storage.waiting_figures import WaitingCount
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

pytestmark = pytest.mark.both_databases

WEEK = Week.parse("2026-W06").span(zone="America/New_York")
NEXT_WEEK = Week.parse("2026-W07").span(zone="America/New_York")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def resolved_in_time(desk: Desk, now: datetime) -> str:
    key = desk.open(now)
    desk.incidents.respond(key, text="Hello", by=TOM, now=now + timedelta(minutes=5))
    desk.incidents.resolve(key, text="Done", by=TOM, now=now + timedelta(minutes=50))
    return key


def test_each_clock_counts_by_the_instant_of_its_outcome(desk: Desk) -> None:
    resolved_in_time(desk, at("mon 09:00"))
    desk.missed(at("fri 17:00"))
    with desk.database.reading() as session:
        found = figures.by_metric(session, WEEK)
        assert found[MetricName.FIRST_RESPONSE] == Attainment(1, 2)
        assert found[MetricName.RESOLUTION] == Attainment(1, 1)
        assert figures.by_metric(session, NEXT_WEEK) == {}


def test_what_is_open_and_breached_counts_as_missed_and_what_is_only_open_not_yet(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    with desk.database.reading() as session:
        assert figures.by_metric(session, WEEK) == {MetricName.FIRST_RESPONSE: Attainment(0, 1)}


def test_an_incident_is_missed_once_at_its_first_breach(desk: Desk) -> None:
    key = desk.missed(at("fri 16:00"))
    desk.look(at("mon 18:00", week=1))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 18:10", week=1))
    resolved_in_time(desk, at("tue 09:00", week=1))
    with desk.database.reading() as session:
        assert figures.by_incident(session, WEEK) == Attainment(0, 1)
        assert figures.by_incident(session, NEXT_WEEK) == Attainment(1, 1)


def test_misses_are_counted_by_customer(desk: Desk) -> None:
    resolved_in_time(desk, at("mon 09:00"))
    desk.missed(at("tue 09:00"))
    with desk.database.reading() as session:
        found = figures.by_customer(session, WEEK)
    assert list(found) == ["Acme Dental"]
    assert (found["Acme Dental"].missed, found["Acme Dental"].of) == (1, 6)


def test_misses_are_counted_by_the_reason_of_their_note(desk: Desk) -> None:
    desk.written(at("mon 09:00"), reason="vendor")
    desk.missed(at("mon 14:00"))
    with desk.database.reading() as session:
        found = {(row.reason, row.attribution): row.missed for row in misses.by_reason(session, WEEK)}
    assert found[BreachReason.VENDOR, Attribution.THIRD_PARTY] >= 1
    assert found[None, None] >= 1


def test_durations_are_the_open_time_of_clocks_that_stopped(desk: Desk) -> None:
    resolved_in_time(desk, at("mon 09:00"))
    with desk.database.reading() as session:
        found = figures.durations(session, WEEK)
    assert found[MetricName.FIRST_RESPONSE].in_all == [timedelta(minutes=5)]
    assert found[MetricName.RESOLUTION].in_all == found[MetricName.RESOLUTION].first == [timedelta(minutes=50)]


def test_of_a_reopened_incident_the_first_resolution_is_known_beside_the_whole(desk: Desk) -> None:
    key = resolved_in_time(desk, at("mon 09:00"))
    desk.incidents.reopen(key, text="Not fixed", by=TOM, now=at("mon 10:00"))
    desk.incidents.resolve(key, text="Now it is", by=TOM, now=at("mon 11:00"))
    with desk.database.reading() as session:
        found = figures.durations(session, WEEK)[MetricName.RESOLUTION]
    assert (found.first, found.in_all) == ([timedelta(minutes=50)], [timedelta(minutes=110)])


def test_a_waived_miss_counts_nowhere_but_among_the_waived(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 10:10"))
    with desk.database.reading() as session:
        assert figures.by_metric(session, WEEK)[MetricName.FIRST_RESPONSE] == Attainment(0, 1)
        assert figures.by_incident(session, WEEK) == Attainment(0, 1)
        assert figures.waived(session, WEEK) == 0
    outcomes(desk).waive(key, metric=MetricName.FIRST_RESPONSE, reason="Power cut", by=MIRA, now=at("mon 10:20"))
    with desk.database.reading() as session:
        assert MetricName.FIRST_RESPONSE not in figures.by_metric(session, WEEK)
        assert MetricName.FIRST_RESPONSE not in figures.durations(session, WEEK)
        assert figures.by_customer(session, WEEK)["Acme Dental"].missed == 0
        assert misses.by_reason(session, WEEK) == []
        assert figures.by_incident(session, WEEK) == Attainment(1, 1), "its other clocks were in time"
        assert (figures.waived(session, WEEK), figures.waived(session, NEXT_WEEK)) == (1, 0)


def test_a_miss_that_merging_ended_counts_as_any_other(desk: Desk) -> None:
    duplicate, survivor = desk.missed(at("mon 10:00")), desk.open(at("mon 09:10"))
    outcomes(desk).merge(duplicate, into=survivor, by=DANA, now=at("mon 10:05"))
    with desk.database.reading() as session:
        assert (figures.merged(session, WEEK), figures.waived(session, WEEK)) == (0, 0)
        assert figures.by_metric(session, WEEK)[MetricName.FIRST_RESPONSE] == Attainment(0, 2)
        assert figures.by_customer(session, WEEK)["Acme Dental"].missed == 2
        assert [(row.reason, row.missed) for row in misses.by_reason(session, WEEK)] == [(None, 2)]
        assert figures.by_incident(session, WEEK) == Attainment(0, 2)
        assert figures.never_rested(session, WEEK) == (0, timedelta(0))
        assert figures.breached_and_open(session, at("mon 10:06"), limit=5)[0] == 1, "the survivor's"


def test_an_incident_merged_before_anything_was_decided_is_left_out(desk: Desk) -> None:
    duplicate, survivor = desk.open(at("mon 10:00")), desk.open(at("mon 09:50"))
    outcomes(desk).merge(duplicate, into=survivor, by=DANA, now=at("mon 10:05"))
    with desk.database.reading() as session:
        assert (figures.merged(session, WEEK), figures.by_metric(session, WEEK)) == (1, {})
        assert figures.by_incident(session, WEEK) == Attainment(0, 0)


def test_what_rested_is_read_fact_by_fact_and_the_rest_from_its_clocks(desk: Desk) -> None:
    plain, waited = resolved_in_time(desk, at("mon 09:00")), desk.open(at("mon 09:00"))
    desk.incidents.pause(waited, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 10:00"))
    desk.incidents.resolve(waited, text="Done", by=TOM, now=at("mon 11:00"))
    by_night = desk.open(at("mon 09:00"))
    desk.incidents.pause(by_night, reason=PauseReason.VENDOR, by=TOM, now=at("mon 18:00"))
    desk.incidents.resolve(by_night, text="Done", by=TOM, now=at("mon 19:00"))
    desk.open(at("mon 09:00"))
    explanations = Explanations(desk.unit_of_work)
    times = [
        explanations.why(key, now=at("tue 09:00")).attributed_time or AttributedTime()
        for key in (plain, waited, by_night)
    ]
    with desk.database.reading() as session:
        assert figures.never_rested(session, WEEK)[0] == 2
        assert len(figures.rested_in(session, WEEK)) == 1
        found = held_the_ball(session, desk.unit_of_work.agreements, WEEK)
        assert held_the_ball(session, desk.unit_of_work.agreements, NEXT_WEEK) is None
    assert found == BallHeld.of(sum(times, AttributedTime()), incidents=3)


def outcomes(desk: Desk) -> Outcomes:
    return Outcomes(desk.unit_of_work)


def test_notes_wait_for_the_writer_then_the_review_then_the_decision(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    with desk.database.reading() as session:
        assert waiting_figures.notes_owed(session, at("mon 10:00")).count == 1
        assert waiting_figures.notes_owed(session, at("mon 09:30")) == WaitingCount(0, None)
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:00"), since=None, **STORY)
    with desk.database.reading() as session:
        assert waiting_figures.notes_owed(session, at("mon 10:30")).count == 1, "as it stood then"
        assert waiting_figures.notes_owed(session, at("mon 11:00")).count == 0
        assert waiting_figures.notes_to_review(session, at("mon 11:00")) == WaitingCount(1, at("mon 11:00"))
    desk.notes.return_to_author(key, because="Which one?", by=MIRA, now=at("mon 12:00"))
    with desk.database.reading() as session:
        assert waiting_figures.notes_owed(session, at("mon 12:00")).count == 1
        assert waiting_figures.notes_to_review(session, at("mon 12:00")).count == 0
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 13:00"), since=None, **STORY)
    desk.notes.accept(key, by=MIRA, now=at("mon 14:00"))
    with desk.database.reading() as session:
        assert waiting_figures.decisions_waiting(session, at("mon 14:00")) == WaitingCount(1, at("mon 14:00"))
    desk.sops.decide(key, by=MIRA, decision="none", reason="Once", now=at("mon 15:00"))
    with desk.database.reading() as session:
        assert waiting_figures.decisions_waiting(session, at("mon 14:30")).count == 1, "as it stood then"
        assert waiting_figures.decisions_waiting(session, at("mon 15:00")).count == 0


def test_an_sop_is_overdue_once_its_day_is_over(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    due = at("fri 00:00").date()
    desk.sops.decide(key, by=MIRA, decision="create", title="Mail", owner=TESS, due_on=due, now=at("mon 10:00"))
    with desk.database.reading() as session:
        assert waiting_figures.sops_overdue(session, at=at("fri 20:00"), today=at("fri 00:00")).count == 0
        assert waiting_figures.sops_overdue(session, at=at("sat 08:00"), today=at("sat 00:00")).count == 1


def test_open_clocks_are_listed_by_what_is_due_next_and_what_is_breached_longest(desk: Desk) -> None:
    late = desk.missed(at("mon 10:00"))
    soon = desk.open(at("mon 10:00"), priority=Priority.P3)
    with desk.database.reading() as session:
        count, lines, of_incidents = figures.due_soon(session, at=at("mon 10:00"), until=at("mon 12:30"), limit=5)
        assert (count, of_incidents, [(line.incident_key, line.metric) for line in lines]) == (
            3,
            2,
            [
                (late, MetricName.CUSTOMER_UPDATE),
                (late, MetricName.RESOLUTION_PLAN),
                (soon, MetricName.FIRST_RESPONSE),
            ],
        )
        assert figures.due_soon(session, at=at("mon 10:00"), until=at("fri 10:00"), limit=1)[0] > 2
        breached, longest, of_incidents = figures.breached_and_open(session, at("mon 10:00"), limit=5)
        assert (breached, of_incidents, [line.incident_key for line in longest]) == (1, 1, [late])
        everything = figures.due_soon(session, at=at("mon 10:00"), until=at("sun 10:00"), limit=50)[1]
        assert soon in {line.incident_key for line in everything}
        assert everything == sorted(everything, key=lambda line: line.at)


def test_the_backlog_is_counted_by_age_as_it_stood_then(desk: Desk) -> None:
    desk.open(at("mon 09:00"))
    key = desk.open(at("wed 09:00"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("wed 12:00"))
    bounds = (at("wed 00:00"), at("tue 00:00"))
    with desk.database.reading() as session:
        assert figures.open_by_age(session, at("wed 11:00"), bounds=bounds) == [1, 0, 1]
        assert figures.open_by_age(session, at("wed 13:00"), bounds=bounds) == [0, 0, 1]
        assert figures.open_by_age(session, at("wed 13:00"), bounds=()) == [1]


STORY: dict[str, Any] = {
    "what_happened": "The alert went to a colleague on leave and nobody else had it on their list.",
    "impact": "Two users for an hour",
    "prevention": "one-off",
}
