"""What the rules say in passing, and nobody notices until it is wrong."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sla_engine.domain.agreements.agreement import Agreement, Subject
from sla_engine.domain.agreements.ladders import Recipient, Rung
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.escalation.rung_instants import GRACE_AFTER_CHANGE, rung_instant
from sla_engine.domain.incidents.events import Event, Opened, Paused, PrioritySet, Reprocessed, Resolved
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar, Closure
from tests.unit.sla_engine.domain.histories import (
    DAYS,
    OFFICE,
    RESOLUTION,
    UPDATE,
    at,
    history,
    hours,
    opened,
    promising,
    read,
    target,
)

LONG_AGO = at("mon 09:00") - timedelta(days=300)


def test_a_rung_after_the_breach_waits_for_one_that_a_change_made() -> None:
    facts = history(opened("mon 09:00"), ("mon 15:00", PrioritySet(priority=Priority.P1)))
    agreement = promising(target(RESOLUTION, hours(8)), target(RESOLUTION, hours(2), priority=Priority.P1))
    reading = read(facts, RESOLUTION, "mon 15:01", agreement=agreement)
    beyond = Rung(percent=150, tell=(Recipient.SERVICE_MANAGER,))
    assert rung_instant(reading, beyond) == at("mon 15:00") + GRACE_AFTER_CHANGE


@pytest.mark.parametrize(
    ("since", "elapsed"),
    [
        pytest.param("mon 00:00", hours(2 + 1), id="to before the holiday"),
        pytest.param("tue 13:00", hours(2 + 4 + 1), id="to the middle of the holiday"),
        pytest.param("wed 00:00", hours(2 + 8 + 1), id="to after the holiday"),
    ],
)
def test_a_reprocessing_reaches_back_to_the_instant_it_names_and_no_further(since: str, elapsed: timedelta) -> None:
    facts = history(
        opened("mon 15:00"),
        ("wed 10:00", Resolved()),
        ("thu 10:00", Reprocessed(since=at(since), reason="Founders' Day was forgotten")),
    )
    closed = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in DAYS[:5]}, closures=[Closure(date(2026, 3, 3))])
    for effective in (LONG_AGO, at("mon 16:00")):
        under = later_told(facts, closed, effective=effective)
        assert readings(facts, under, now=at("fri 09:00"))[RESOLUTION][-1].elapsed == elapsed


def later_told(facts: list[Entry], calendar: Calendar, *, effective: datetime) -> Terms:
    """Office hours, and a calendar that was applied on Thursday, with the date from which it should have counted."""
    versions = (
        AppliedVersion(number=1, effective=LONG_AGO, applied_at=LONG_AGO),
        AppliedVersion(number=2, effective=effective, applied_at=at("thu 09:00")),
    )
    calendars = {1: OFFICE, 2: calendar}
    return terms_of(
        governed(facts, opened_under=1, versions=versions),
        opened_under=1,
        read=lambda number: promising(target(RESOLUTION, hours(8), calendar=calendars[number])),
    )


def test_business_days_are_those_of_the_site_also_of_the_period_while_waiting() -> None:
    week = {day: ["08:00-18:00"] for day in DAYS[:5]}
    depot = Calendar.weekly("UTC", week, business_day=hours(10))
    written = replace(
        target(UPDATE, hours(8), waiting=hours(16)),
        business_days=1,
        waiting_business_days=2,
    )
    agreement = replace(promising(written), sites={"Depot": depot})
    here, there = (agreement.target(UPDATE, Priority.P2, site=site) for site in ("", "Depot"))
    assert here is not None
    assert there is not None
    assert (here.duration, here.waiting, here.calendar) == (hours(8), hours(16), OFFICE)
    assert (there.duration, there.waiting, there.calendar) == (hours(10), hours(20), depot)


def test_the_date_of_a_calendar_is_that_of_its_zone() -> None:
    auckland = Calendar.weekly("Pacific/Auckland", {"mon": ["09:00-17:00"]})
    assert auckland.local_date(at("mon 12:00")) == date(2026, 3, 3)
    assert OFFICE.local_date(at("mon 12:00")) == date(2026, 3, 2)


def rivals() -> Agreement:
    """Two rules for the same site, which differ in nothing but their place in the file, and the usual one."""
    usual, first = target(RESOLUTION, hours(8)), replace(target(RESOLUTION, hours(4)), site="Depot", rule="first")
    return promising(usual, first, replace(first, duration=hours(6), rule="second"))


def test_of_equally_specific_rules_the_first_in_the_file_holds_and_the_others_are_kept() -> None:
    choice = rivals().choose(RESOLUTION, Subject(priority=Priority.P2, site="Depot"))
    assert choice is not None
    assert choice.target.rule == "first"
    assert [loser.named for loser in choice.losers] == ["P2", "second"]


def test_a_reading_names_the_rules_that_lost() -> None:
    reading = read(history(opened()), RESOLUTION, "mon 10:00", agreement=rivals())
    assert reading.losers == ()
    facts = history(("mon 09:00", Opened(priority=Priority.P2, title="E-mail is down", site="Depot")))
    reading = read(facts, RESOLUTION, "mon 10:00", agreement=rivals())
    assert [loser.named for loser in reading.losers] == ["P2", "second"]


def test_what_is_told_late_takes_its_place_in_time() -> None:
    def entry_of(event: Event, when: str, heard: str) -> Entry:
        return Entry(event=event, at=at(when), seq=at(heard).hour, recorded_at=at(heard))

    resolved, paused = (
        entry_of(Resolved(), "mon 12:00", "mon 12:00"),
        entry_of(Paused(reason=PauseReason.PARTS), "mon 10:00", "mon 15:00"),
    )
    assert in_order([resolved, paused]) == [paused, resolved]
    facts = [*history(opened("mon 09:00")), resolved, paused]
    assert read(facts, RESOLUTION, "mon 16:00").elapsed == hours(1)
