"""From when on a note is late, and on which days service managers are written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.msp import NOBODY, Msp, NotePolicy
from sla_engine.domain.agreements.roster import NO_ROSTER, Absence, Roster
from sla_engine.domain.notes.late_notes import ends_today, note_due_at, prompt_begins_at
from sla_engine.domain.time.calendar import Calendar
from tests.note_desk import DAYS, TOM, at

ZONE = "America/New_York"
OFFICE = Calendar.weekly(ZONE, {day: ["09:00-17:00"] for day in DAYS[:5]})
MSP = replace(NOBODY, zone=ZONE, calendar=OFFICE)


def away(starts: str, until: str) -> Absence:
    return Absence(person=TOM, starts=at(starts), until=at(until))


@pytest.mark.parametrize(
    ("asked", "absences", "due"),
    [
        ("mon 16:15", (), "tue 16:15"),
        ("fri 16:15", (), "mon 16:15 next week"),
        ("mon 16:15", (away("tue 09:00", "wed 09:00"),), "wed 16:15"),
        ("mon 16:15", (away("tue 12:15", "wed 09:00"),), "wed 13:00"),
        ("mon 16:15", (away("mon 08:00", "tue 09:00"),), "tue 17:00"),
        ("mon 16:15", (away("wed 09:00", "thu 09:00"),), "tue 16:15"),
        ("mon 16:15", (away("tue 09:00", "wed 09:00"), away("wed 09:00", "thu 09:00")), "thu 16:15"),
    ],
    ids=["a day", "over a weekend", "a day away", "half a day away", "away when asked", "away later", "away twice"],
)
def test_a_note_is_late_a_business_day_after_it_was_asked_for_absences_left_out(
    asked: str, absences: tuple[Absence, ...], due: str
) -> None:
    day, _, week = due.partition(" next")
    late_at = note_due_at(at(asked), TOM, calendar=OFFICE, roster=Roster(absences=absences))
    assert late_at == at(day, week=bool(week))


def test_somebody_elses_absence_gives_no_time() -> None:
    roster = Roster(absences=(replace(away("tue 09:00", "wed 09:00"), person="U0TESS"),))
    assert note_due_at(at("mon 16:15"), TOM, calendar=OFFICE, roster=roster) == at("tue 16:15")
    assert note_due_at(at("mon 16:15"), None, calendar=OFFICE, roster=roster) == at("tue 16:15")


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 48)), max_size=4))
def test_an_absence_never_makes_a_note_late_sooner_nor_during_it(spans: list[tuple[int, int]]) -> None:
    asked, hour = at("mon 10:00"), timedelta(hours=1)
    absences = tuple(
        Absence(person=TOM, starts=asked + start * hour, until=asked + (start + length) * hour)
        for start, length in spans
    )
    roster = Roster(absences=absences)
    due = note_due_at(asked, TOM, calendar=OFFICE, roster=roster)
    without = note_due_at(asked, TOM, calendar=OFFICE, roster=NO_ROSTER)
    assert due is not None
    assert without is not None
    assert due >= without
    assert not any(absence.starts < due < absence.until for absence in absences)


@pytest.mark.parametrize(
    ("now", "begins"),
    [("mon 12:00", None), ("tue 06:00", "tue 09:30"), ("tue 23:00", "tue 09:30"), ("sat 12:00", None)],
    ids=["the digest's day", "before it", "after it", "no working day"],
)
def test_managers_are_written_to_on_working_days_but_the_digests(now: str, begins: str | None) -> None:
    assert prompt_begins_at(MSP, now=at(now)) == (None if begins is None else at(begins))


def test_the_time_of_day_and_the_digests_day_are_the_files() -> None:
    msp = replace(MSP, notes=NotePolicy(manager_at=time(7, 45)), digest_weekday=1)
    assert begins(msp, "mon 12:00") == at("mon 07:45")
    assert begins(msp, "tue 12:00") is None


def begins(msp: Msp, now: str) -> datetime | None:
    return prompt_begins_at(msp, now=at(now))


def test_what_ends_today_still_comes_and_is_on_todays_date_here() -> None:
    now = at("tue 09:30")
    assert ends_today(at("tue 23:59"), now=now, zone=ZONE)
    assert not ends_today(at("tue 09:00"), now=now, zone=ZONE)
    assert not ends_today(at("wed 00:00"), now=now, zone=ZONE)
