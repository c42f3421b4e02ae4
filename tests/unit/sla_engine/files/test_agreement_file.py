from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sla_engine.domain.agreements.ladders import DEFAULT_LADDER, Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.shifts import Shift
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.holiday_dates import StoredHolidays
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken, with_calendar, with_line

MSP_HOURS = Calendar.weekly("Europe/London", {"mon": ["09:00-17:00"]}, business_day=timedelta(hours=8))


def test_a_good_file_becomes_finished_values() -> None:
    agreement = taken(GOOD).agreement
    assert agreement.customer == "Acme Dental"
    assert agreement.effective == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert agreement.calendar.hours[0] == (Shift.parse("08:00-12:00"), Shift.parse("13:00-17:30"))
    assert agreement.calendar.hours[5] == ()
    assert agreement.calendar.business_day == timedelta(hours=8, minutes=30)
    assert len(agreement.targets) == 7
    assert taken(GOOD).warnings == ()


@pytest.mark.parametrize(
    ("metric", "priority", "allowed", "waiting"),
    [
        (MetricName.FIRST_RESPONSE, Priority.P1, timedelta(minutes=15), None),
        (MetricName.CUSTOMER_UPDATE, Priority.P1, timedelta(minutes=30), timedelta(hours=4)),
        (MetricName.CUSTOMER_UPDATE, Priority.P2, timedelta(hours=2), None),
        (MetricName.RESOLUTION, Priority.P2, timedelta(hours=17), None),
    ],
    ids=["plain", "periodic with waiting", "periodic in short", "business days"],
)
def test_a_target_is_what_was_written(
    metric: MetricName, priority: Priority, allowed: timedelta, waiting: timedelta | None
) -> None:
    target = taken(GOOD).agreement.target(metric, priority)
    assert target is not None
    assert (target.duration, target.waiting) == (allowed, waiting)


def test_one_priority_can_count_on_another_calendar() -> None:
    agreement = taken(GOOD).agreement
    by_priority = {target.priority: target.calendar for target in agreement.targets}
    assert by_priority[Priority.P1].always
    assert by_priority[Priority.P1].zone == "America/New_York"
    assert by_priority[Priority.P2] == agreement.calendar


def test_named_calendars_can_be_used_by_targets() -> None:
    text = with_line(10, "  P3: {calendar: night, resolution: 1 business_day}")
    night = '\ncalendars:\n  night: {hours: {mon-fri: "22:00-06:00"}, business_day: 8h}\n'
    target = taken(text + night).agreement.target(MetricName.RESOLUTION, Priority.P3)
    assert target is not None
    assert (target.calendar.name, target.calendar.zone) == ("night", "America/New_York")
    assert target.duration == timedelta(hours=8)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01", datetime(2026, 1, 1, 5, tzinfo=UTC)),
        ("2026-07-01 09:30", datetime(2026, 7, 1, 13, 30, tzinfo=UTC)),
    ],
    ids=["with offset", "plain date", "local time"],
)
def test_an_effective_without_offset_is_local_time_of_the_calendar(written: str, meant: datetime) -> None:
    assert taken(with_line(2, f"effective: {written}")).agreement.effective == meant


@pytest.mark.parametrize("hours", ["24x7", "always"])
def test_round_the_clock_is_a_value_of_its_own(hours: str) -> None:
    calendar = taken(with_calendar(f"  timezone: UTC\n  hours: {hours}\n")).agreement.calendar
    assert calendar.always
    assert calendar.business_day == timedelta(hours=24)


def test_days_can_be_named_in_every_way() -> None:
    hours = '  timezone: UTC\n  business_day: 8h\n  hours: {"sat, monday": "9:00-12:00", wed-thu: 24h, sun: closed}\n'
    week = taken(with_calendar(hours)).agreement.calendar.hours
    assert [len(shifts) for shifts in week] == [1, 0, 1, 1, 0, 1, 0]
    assert str(week[2][0]) == "00:00-24:00"


def test_a_run_of_days_may_go_over_the_end_of_the_week() -> None:
    week = taken(with_calendar('  timezone: UTC\n  business_day: 8h\n  hours: {sat-mon: "09:00-12:00"}\n'))
    assert [bool(shifts) for shifts in week.agreement.calendar.hours] == [True, False, False, False, False, True, True]


def test_holidays_closures_and_overrides_end_up_on_the_calendar() -> None:
    calendar = taken(
        with_calendar(
            """\
  timezone: America/New_York
  hours: {mon-fri: "09:00-17:00"}
  business_day: 8h
  holidays: {country: us, subdivision: NY}
  closed:
    - 2026-12-24
    - {date: 2026-12-31, from: "12:00", name: Half day}
    - {date: 2026-11-27, scope: shift}
  overrides: {2026-12-19: "10:00-14:00"}
"""
        )
    ).agreement.calendar
    assert Closure(date(2026, 7, 4), name="Independence Day") in calendar.closures
    assert calendar.closures_on(date(2026, 12, 24)) == (Closure(date(2026, 12, 24)),)
    half = calendar.closures_on(date(2026, 12, 31))[0]
    assert (str(half.part), half.name) == ("12:00-24:00", "Half day")
    assert calendar.closures_on(date(2026, 11, 27))[0].scope == "shift"
    assert calendar.shifts_on(date(2026, 12, 19)) == (Shift.parse("10:00-14:00"),)


def test_holidays_reach_from_two_years_before_to_five_years_after() -> None:
    text = with_line(2, "effective: 2016-05-01").replace("  business_day", "  holidays: {country: US}\n  business_day")
    years = {closure.date.year for closure in taken(text).agreement.calendar.closures}
    assert (min(years), max(years)) == (2014, 2031)


def test_stored_holidays_are_used_as_they_are() -> None:
    text = GOOD.replace("  business_day", "  holidays: {country: US}\n  business_day")
    stored = StoredHolidays({"US": [("2026-05-05", "A day of our own")]})
    agreement = read_agreement(text, "a.yaml", holidays=stored, defaults=AgreementDefaults(), now=None).agreement
    assert agreement.calendar.closures == (Closure(date(2026, 5, 5), name="A day of our own"),)


def test_a_ladder_is_read_rung_by_rung_lowest_first() -> None:
    ladder = """\
ladders:
  default:
    - {at: 100%, tell: [dispatcher, service_manager], repeat: 30m until acknowledged}
    - {at: 50, tell: assignee}
  customer_update: [{at: 80%, tell: assignee, repeat: 10m wall}]
"""
    agreement = taken(GOOD + ladder).agreement
    assert agreement.ladder(MetricName.RESOLUTION) == Ladder(
        (
            Rung(percent=50, tell=(Recipient.ASSIGNEE,)),
            Rung(
                percent=100,
                tell=(Recipient.DISPATCHER, Recipient.SERVICE_MANAGER),
                repeat=Repeat(every=timedelta(minutes=30)),
            ),
        )
    )
    assert agreement.ladder(MetricName.CUSTOMER_UPDATE).rungs[0].repeat == Repeat(
        every=timedelta(minutes=10), wall=True
    )


def test_what_the_agreement_does_not_say_comes_from_the_msp() -> None:
    own, msps = Ladder((Rung(percent=60, tell=(Recipient.ASSIGNEE,)),)), Ladder(DEFAULT_LADDER.rungs[:1])
    defaults = AgreementDefaults(calendar=MSP_HOURS, ladders={"default": msps, "resolution": msps})
    text = "customer: B\neffective: 2026-01-01\ntargets: {P1: {resolution: 1 business_day}}\n"
    plain = taken(text, defaults=defaults).agreement
    assert plain.calendar == MSP_HOURS
    assert plain.targets[0].duration == timedelta(hours=8)
    assert plain.ladder(MetricName.RESOLUTION) == msps
    its_own = taken(text + "ladders: {default: [{at: 60%, tell: assignee}]}", defaults=defaults).agreement
    assert its_own.ladder(MetricName.RESOLUTION) == own


def test_the_parts_no_clock_reads_are_kept_as_plain_values() -> None:
    extras = taken(
        GOOD
        + """\
reporting: {responsible: msp, every: month, to: "ops@acme.example"}
services: {general: [helpdesk], specific: [backup of dc01 every night]}
assets: [{name: dc01, kind: server, repairable: true, enrolled: 2026-01-01}]
problems: {open_after: {incidents: 3, within: 30d}, recurrence_window: 30d}
fee: {amount: "1240.00", currency: USD, per: month}
credits: {metric: availability, bands: [{below: 99.9, credit: 10%}], cap: 50%, form: future_invoice}
review: {lawyer_reviewed: 2025-12-10, next: 2026-12-01}
"""
    ).agreement.extras
    assert extras["assets"] == [{"name": "dc01", "kind": "server", "repairable": True, "enrolled": date(2026, 1, 1)}]
    assert extras["problems"]["open_after"] == {"incidents": 3, "within": timedelta(days=30)}
    assert extras["fee"]["amount"] == Decimal("1240.00")
    assert extras["credits"]["bands"] == [{"below": Decimal("99.9"), "credit": Decimal(10)}]
    assert extras["services"]["general"] == ["helpdesk"]


def test_the_agreement_says_when_it_should_be_read_again() -> None:
    assert taken(GOOD + "review: {next: 2026-12-01}").agreement.extras["review"]["next"] == date(2026, 12, 1)
