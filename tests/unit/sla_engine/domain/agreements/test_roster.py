"""Who is absent and who dispatches, by the file and by what was said since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sla_engine.domain.agreements.msp import Msp, Person, Role
from sla_engine.domain.agreements.roster import Absence, ChangeKind, Roster, RosterChange, roster_of
from sla_engine.domain.agreements.working_hours import end_of_working_day
from sla_engine.domain.time.calendar import Calendar
from tests.unit.sla_engine.domain.agreements.test_msp import MSP
from tests.unit.sla_engine.domain.histories import at

TOM, MIRA, DANA, DEV = "U0TOM", "U0MIRA", "U0DANA", "U0DEV"


def said(number: int, kind: ChangeKind, when: str, *, until: str | None = None, **more: object) -> RosterChange:
    change = RosterChange(
        number=number, kind=kind, person=TOM, by=DANA, told_at=at(when), until=None if until is None else at(until)
    )
    return replace(change, **more)  # type: ignore[arg-type]


def away(number: int, when: str, until: str) -> RosterChange:
    return said(number, ChangeKind.AWAY, when, until=until)


LISTED = Absence(person=TOM, starts=at("tue 09:00"), until=at("thu 09:00"))


@pytest.mark.parametrize(
    ("changes", "when", "back"),
    [
        ([], "mon 10:00", None),
        ([], "tue 09:00", "thu 09:00"),
        ([], "thu 09:00", None),
        ([away(1, "mon 10:00", "mon 12:00")], "mon 09:59", None),
        ([away(1, "mon 10:00", "mon 12:00")], "mon 11:59", "mon 12:00"),
        ([away(1, "mon 10:00", "tue 09:00")], "mon 11:00", "thu 09:00"),
        ([away(1, "mon 10:00", "mon 17:00"), away(2, "mon 11:00", "mon 12:00")], "mon 13:00", None),
        ([away(1, "tue 10:00", "tue 12:00")], "tue 13:00", "thu 09:00"),
        ([said(1, ChangeKind.BACK, "wed 08:00")], "wed 08:00", None),
        ([said(1, ChangeKind.BACK, "wed 08:00")], "wed 07:59", "wed 08:00"),
        (
            [away(1, "mon 10:00", "mon 12:00"), said(2, ChangeKind.UNDONE, "mon 10:01", undoes=1)],
            "mon 11:00",
            None,
        ),
        (
            [said(1, ChangeKind.BACK, "wed 08:00"), said(2, ChangeKind.UNDONE, "wed 08:01", undoes=1)],
            "wed 09:00",
            "thu 09:00",
        ),
    ],
)
def test_somebody_is_away_until_they_are_back(changes: list[RosterChange], when: str, back: str | None) -> None:
    roster = roster_of([LISTED], changes)
    assert roster.back_at(TOM, at(when)) == (None if back is None else at(back))
    assert roster.back_at(MIRA, at(when)) is None


def test_the_roster_changes_when_an_absence_or_a_turn_begins_or_ends() -> None:
    turn = said(1, ChangeKind.TURN, "mon 10:00", until="wed 08:00")
    roster = roster_of([LISTED], [turn])
    instants = []
    now = roster.next_change(at("mon 00:00"))
    while now is not None:
        instants.append(now)
        now = roster.next_change(now)
    assert instants == [at("mon 10:00"), at("tue 09:00"), at("wed 08:00"), at("thu 09:00")]


def with_roster(*absences: Absence, changes: tuple[RosterChange, ...] = ()) -> Msp:
    dispatchers = tuple(Person(slack_id=who, name=who, zone="UTC", role=Role.DISPATCHER) for who in (DANA, DEV))
    rota = replace(MSP.rota, members=(DANA, DEV), starts=at("mon 08:00"))
    return replace(MSP, people=(*MSP.people, *dispatchers), rota=rota, roster=roster_of(absences, changes))


def test_an_absent_dispatcher_s_turn_falls_to_the_next_who_is_there() -> None:
    dana = Absence(person=DANA, starts=at("mon 12:00"), until=at("mon 13:00"))
    dev = replace(dana, person=DEV)
    assert with_roster().dispatcher(at("mon 12:00")) == DANA
    assert with_roster(dana).dispatcher(at("mon 12:00")) == DEV
    assert with_roster(dana).dispatcher(at("mon 13:00")) == DANA
    assert with_roster(dana, dev).dispatcher(at("mon 12:00")) is None


def test_whoever_was_handed_the_shift_dispatches_until_their_turn_is_over_or_they_are_away() -> None:
    turn = replace(said(1, ChangeKind.TURN, "mon 10:00", until="wed 08:00"), person=DEV)
    away_then = replace(away(2, "mon 12:00", "mon 13:00"), person=DEV)
    msp = with_roster(changes=(turn, away_then))
    on_duty = {when: msp.dispatcher(at(when)) for when in ("mon 09:59", "mon 10:00", "mon 12:30", "wed 08:00")}
    assert on_duty == {"mon 09:59": DANA, "mon 10:00": DEV, "mon 12:30": DANA, "wed 08:00": DANA}


def test_an_absent_manager_s_nudges_go_to_another_one() -> None:
    other = Person(slack_id="U0MAX", name="Max", zone="UTC", role=Role.SERVICE_MANAGER)
    mira = Absence(person=MIRA, starts=at("mon 09:00"), until=at("mon 10:00"))
    msp = replace(with_roster(mira), managers={"Acme Dental": MIRA})
    assert msp.present_manager_of("Acme Dental", at("mon 09:30")) is None
    both = replace(msp, people=(*msp.people, other))
    assert both.present_manager_of("Acme Dental", at("mon 09:30")) == "U0MAX"
    assert both.present_manager_of("Acme Dental", at("mon 10:00")) == MIRA


@pytest.mark.parametrize(
    ("hours", "zone", "now", "ends"),
    [
        ("08:00-12:00, 13:00-17:00", "UTC", at("mon 07:00"), at("mon 17:00")),
        ("08:00-12:00, 13:00-17:00", "UTC", at("mon 12:30"), at("mon 17:00")),
        ("08:00-12:00, 13:00-17:00", "UTC", at("mon 17:00"), at("tue 17:00")),
        ("08:00-12:00, 13:00-17:00", "UTC", at("fri 18:00"), at("mon 17:00", week=1)),
        ("08:00-12:00, 13:00-17:00", "America/New_York", at("mon 14:00"), at("mon 22:00")),
        ("22:00-06:00", "UTC", at("mon 23:00"), at("tue 06:00")),
    ],
)
def test_a_working_day_ends_on_the_clock_of_the_person(hours: str, zone: str, now: datetime, ends: datetime) -> None:
    calendar = Calendar.weekly("UTC", dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours.split(", ")))
    tom = Person(slack_id=TOM, name="Tom", zone=zone, role=Role.TECHNICIAN)
    assert end_of_working_day(replace(MSP, people=(tom,), calendar=calendar), TOM, now) == ends


def test_round_the_clock_a_day_ends_at_midnight_of_the_person() -> None:
    tom = Person(slack_id=TOM, name="Tom", zone="Europe/Berlin", role=Role.TECHNICIAN)
    msp = replace(MSP, people=(tom,), calendar=Calendar.always_open("UTC"))
    assert end_of_working_day(msp, TOM, at("mon 12:00")) == at("mon 23:00")


def test_a_roster_stays_short_however_many_years_it_is_said_who_is_away() -> None:
    begins, years = at("mon 08:00"), 3
    changes: list[RosterChange] = []
    for day in range(365 * years):
        morning = begins + timedelta(days=day)
        for kind in (ChangeKind.AWAY, ChangeKind.TURN):
            until = morning + timedelta(hours=8)
            change = RosterChange(number=len(changes), kind=kind, person=TOM, by=DANA, told_at=morning, until=until)
            changes.append(change)
    roster = roster_of([LISTED], changes)
    assert len(roster.absences) + len(roster.turns) < 100
    assert LISTED in roster.absences
    last_day = begins + timedelta(days=365 * years - 1)
    for days_ago in range(31):
        noon = last_day - timedelta(days=days_ago) + timedelta(hours=4)
        assert roster.back_at(TOM, noon) == noon + timedelta(hours=4)
        assert roster.turn(noon) is not None


def test_without_anything_said_nobody_is_absent() -> None:
    assert Roster().back_at(TOM, at("mon 09:00")) is None
    assert Roster().next_change(at("mon 09:00")) is None
