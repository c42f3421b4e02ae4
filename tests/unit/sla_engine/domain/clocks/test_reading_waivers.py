"""A waiver takes a miss out of the figures and nothing out of the history."""

from __future__ import annotations

from dataclasses import replace

from sla_engine.domain.clocks.reading import waivers
from sla_engine.domain.incidents.events import PrioritySet, Resolved, Waived
from sla_engine.domain.incidents.priorities import Priority
from tests.unit.sla_engine.domain.histories import RESOLUTION, RESPONSE, UPDATE, at, history, measured, opened, read

WAIVED = Waived(metric="first_response", cycle=0, reason="The phones were down")


def test_a_waived_miss_is_still_a_miss_and_says_since_when_it_is_waived() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", WAIVED))
    reading = read(facts, RESPONSE, "mon 11:00")
    assert (reading.breached_at, reading.met, reading.waived_at) == (at("mon 09:30"), False, at("mon 10:00"))
    assert replace(reading, waived_at=None) == read(facts[:1], RESPONSE, "mon 11:00")


def test_before_it_was_waived_it_reads_as_not_waived() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", WAIVED))
    assert read(facts, RESPONSE, "mon 09:59").waived_at is None


def test_only_the_period_that_is_named_is_waived() -> None:
    facts = history(opened("mon 09:00"), ("tue 09:00", Waived(metric="customer_update", cycle=0, reason="Agreed")))
    assert read(facts, UPDATE, "tue 10:00").waived_at == at("tue 09:00")
    assert read(facts, RESOLUTION, "tue 10:00").waived_at is None
    assert [reading.waived_at for reading in measured(facts, RESPONSE, "tue 10:00")] == [None]


def test_lowering_the_priority_after_a_miss_is_no_waiver() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", PrioritySet(priority=Priority.P4)), ("mon 11:00", Resolved()))
    reading = read(facts, RESPONSE, "mon 12:00")
    assert (reading.breached_at, reading.waived_at) == (at("mon 09:30"), None)


def test_a_waiver_names_who_gave_it_and_when() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", WAIVED))
    waiver = waivers(facts, until=at("mon 11:00"))["first_response", 0]
    assert (waiver.by, waiver.at, waiver.event) == ("U0TOM", at("mon 10:00"), WAIVED)
    assert waivers(facts, until=at("mon 09:59")) == {}
