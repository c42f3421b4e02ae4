"""YAML that other readers take for something else: here a country is a country, and a time of day is a time of day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.shifts import Shift
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.files.msp_file import read_msp
from tests.unit.sla_engine.files.agreement_texts import GOOD, NOW, taken, told, with_calendar, with_line

NORWAY = """\
  timezone: Europe/Oslo
  hours: {mon-fri: 8:00-16:00, sat: 22:00-06:00}
  holidays: {country: NO}
  business_day: 8h
  closed:
    - {date: 2026-12-24, from: 12:00, name: NO}
  overrides: {2026-12-19: 10:00-14:30}
"""


@pytest.mark.parametrize("head", ["", "%YAML 1.1\n---\n"], ids=["YAML 1.2", "a file that says YAML 1.1"])
def test_norway_is_a_country_and_ten_at_night_a_time_of_day(head: str) -> None:
    calendar = taken(head + with_calendar(NORWAY)).agreement.calendar
    assert calendar.closures_on(date(2026, 5, 17))[0].name == "Constitution Day"
    assert calendar.hours[5] == (Shift.of("22:00", "06:00"),)
    assert calendar.shifts_on(date(2026, 12, 19)) == (Shift.of("10:00", "14:30"),)
    (eve,) = calendar.closures_on(date(2026, 12, 24))
    assert (str(eve.part), eve.name) == ("12:00-24:00", "NO")


@pytest.mark.parametrize("name", ["NO", "Off", "y", "on", "22:00", "1_000", "0x10", "1e3", "2026-01-01", "190:20:30"])
def test_a_site_and_a_service_may_be_called_anything(name: str) -> None:
    more = f"sites: {{{name}: {{calendar: {{hours: {{mon: 22:00-06:00}}}}}}}}\n"
    more += f"special:\n  - {{site: {name}, service: {name}, P1: {{resolution: 2h}}}}\n"
    agreement = taken(GOOD + more).agreement
    assert agreement.sites[name].hours[0] == (Shift.of("22:00", "06:00"),)
    assert (agreement.targets[-1].site, agreement.targets[-1].service) == (name, name)


def test_norway_is_a_country_at_a_site_and_in_a_special_rule_too() -> None:
    calendar = "{timezone: Europe/Oslo, hours: {mon-fri: 08:00-16:00}, holidays: {country: NO}}"
    text = GOOD + f"sites: {{Oslo: {{calendar: {calendar}}}}}\n"
    text += f"special:\n  - {{service: NO, P2: {{calendar: {calendar}, resolution: 2h}}}}\n"
    agreement = taken(text).agreement
    for found in (agreement.sites["Oslo"], agreement.targets[-1].calendar):
        assert isinstance(found, Calendar)
        assert found.closures_on(date(2026, 5, 17))[0].name == "Constitution Day"


def test_a_duration_of_minutes_and_seconds_is_refused_and_never_becomes_a_number() -> None:
    assert told(with_line(10, "  P3: {resolution: 1:30}")) == [
        "a.yaml:10: targets.P3.resolution: '1:30' is not a duration; "
        "write it like 30m, 4h, 1h30m, 90s or 2 business_days, more than nothing and at most a year"
    ]


def test_an_unquoted_yes_is_a_yes_and_a_priority_stays_a_priority() -> None:
    agreement = taken(GOOD + "customer_reply_ends_pause: no\npriorities: {low: {low: P4}}\n").agreement
    assert agreement.reply_ends_pause is False
    assert agreement.matrix[Level.LOW, Level.LOW] is Priority.P4
    assert taken(GOOD + "reopen: {window: 36h}\n").agreement.reopen.window == timedelta(hours=36)


def test_the_people_file_is_read_the_same_way() -> None:
    text = """\
name: NO
timezone: Europe/Oslo
calendar: {hours: {mon-fri: 08:00-16:00}, holidays: {country: NO}}
people: [{slack: U0NO, name: Off, role: dispatcher}, {slack: U1NO, name: On, role: service_manager}]
dispatcher: {members: [U0NO], starts: 2026-01-05T08:00, turn: weekly}
channels: {dispatcher: C0D, managers: C0M}
digest: {day: monday, at: 22:00}
"""
    msp = read_msp(text, "msp.yaml", holidays=LibraryHolidays(NOW), year=2026, now=NOW).msp
    assert (msp.name, msp.digest_hour, [person.name for person in msp.people]) == ("NO", 22, ["Off", "On"])
    assert msp.calendar.closures_on(date(2026, 5, 17))[0].name == "Constitution Day"
