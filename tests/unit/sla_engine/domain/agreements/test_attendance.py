"""Promises nobody is rung for, by the usual week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.attendance import Unattended, unattended
from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.domain.time.rota import Rota
from sla_engine.domain.time.shifts import Shift

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # the clocks of New York change on the Sunday of this week
NEW_YORK = "America/New_York"
NIGHT = (Shift.of("00:00", "08:00"), Shift.of("18:00", "24:00"))
ALL_DAY = (Shift.of("00:00", "24:00"),)
AT_WORK = {day: ["08:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def msp(calendar: Calendar) -> Msp:
    rota = Rota(members=("U0DANA",), starts=NOW, turn=timedelta(days=7))
    return Msp(
        name="MSP",
        zone=calendar.zone,
        calendar=calendar,
        people=(),
        rota=rota,
        dispatcher_channel="C1",
        managers_channel="C2",
    )


def target(calendar: Calendar, priority: Priority = Priority.P1, *, own: bool = True) -> Target:
    return Target(
        metric=MetricName.FIRST_RESPONSE,
        priority=priority,
        duration=timedelta(minutes=15),
        calendar=calendar,
        own_calendar=own,
    )


def agreement(*targets: Target, ladder: Ladder | None = None, sites: dict[str, Calendar] | None = None) -> Agreement:
    ladders = {} if ladder is None else {"default": ladder}
    drawn = Agreement(
        customer="Cedar Clinic",
        effective=NOW,
        calendar=targets[0].calendar if isinstance(targets[0].calendar, Calendar) else Calendar.always_open("UTC"),
        targets=targets,
        ladders=ladders,
    )
    return replace(drawn, sites=sites or {})


ALWAYS = Calendar.always_open("America/Chicago")
OFFICE = Calendar.weekly(NEW_YORK, AT_WORK)


def only_gap(given: Agreement, at_work: Calendar = OFFICE) -> Unattended:
    (gap,) = unattended(given, msp(at_work), now=NOW)
    return gap


def test_a_promise_at_any_hour_is_unattended_at_night_and_at_the_weekend() -> None:
    gap = only_gap(agreement(target(ALWAYS)))
    assert gap.days == (NIGHT,) * 5 + (ALL_DAY,) * 2
    assert (gap.at_any_hour, gap.priorities, gap.zone) == (True, (Priority.P1,), NEW_YORK)


def test_a_promise_within_our_hours_is_attended_and_so_is_any_where_somebody_always_is() -> None:
    assert unattended(agreement(target(OFFICE)), msp(OFFICE), now=NOW) == ()
    assert unattended(agreement(target(ALWAYS)), msp(Calendar.always_open(NEW_YORK)), now=NOW) == ()


def test_only_what_lies_outside_our_hours_counts_and_only_its_priorities_are_named() -> None:
    early = Calendar.weekly(NEW_YORK, {"mon": ["07:00-18:00"], "sat": ["09:00-12:00"]})
    gap = only_gap(agreement(target(OFFICE, Priority.P2), target(early, Priority.P3)))
    assert gap.days == ((Shift.of("07:00", "08:00"),), (), (), (), (), (Shift.of("09:00", "12:00"),), ())
    assert (gap.at_any_hour, gap.priorities) == (False, (Priority.P3,))


def test_what_is_promised_round_the_clock_stands_apart_from_what_has_hours() -> None:
    long_days = Calendar.weekly(NEW_YORK, {"mon": ["07:00-18:00"]})
    always, hours = unattended(agreement(target(long_days, Priority.P3), target(ALWAYS)), msp(OFFICE), now=NOW)
    assert (always.priorities, always.at_any_hour, always.days[6]) == ((Priority.P1,), True, ALL_DAY)
    assert (hours.priorities, hours.at_any_hour, hours.days[6]) == ((Priority.P3,), False, ())


def test_another_zone_is_shown_in_ours() -> None:
    berlin = Calendar.weekly("Europe/Berlin", {"mon": ["09:00-17:00"]})
    gap = only_gap(agreement(target(berlin)))
    assert gap.days[0] == (Shift.of("03:00", "08:00"),)


def test_holidays_and_exceptions_of_either_side_do_not_matter() -> None:
    closed = replace(OFFICE, closures=(Closure(date(2026, 3, 10)),), overrides={date(2026, 3, 11): ()})
    assert unattended(agreement(target(OFFICE)), msp(closed), now=NOW) == ()


def test_a_site_s_own_hours_count_where_the_target_names_no_calendar() -> None:
    depot = Calendar.weekly(NEW_YORK, {"sun": ["10:00-12:00"]})
    gap = only_gap(agreement(target(OFFICE, own=False), sites={"Depot": depot}))
    assert gap.days[6] == (Shift.of("10:00", "12:00"),)


def test_quiet_hours_of_every_rung_for_somebody_on_duty_count_as_nobody_there() -> None:
    lunch = Shift.of("12:00", "13:00")
    dispatchers = (Recipient.DISPATCHER,)
    quiet = Ladder.of(
        [Rung(percent=75, tell=dispatchers, quiet=lunch), Rung(percent=100, tell=dispatchers, quiet=lunch)]
    )
    assert only_gap(agreement(target(OFFICE), ladder=quiet)).days[:5] == ((lunch,),) * 5

    loud = Ladder.of([Rung(percent=75, tell=dispatchers, quiet=lunch), Rung(percent=100, tell=dispatchers)])
    assert unattended(agreement(target(OFFICE), ladder=loud), msp(OFFICE), now=NOW) == ()
