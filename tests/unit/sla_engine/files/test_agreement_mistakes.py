from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.files.errors import FileInvalid
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken, told, with_calendar, with_line

ZONE = "  timezone: UTC\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD + "efective: x", "a.yaml:12: unknown key 'efective'; did you mean 'effective'?"),
        (GOOD + "customer: B", "a.yaml:12: 'customer' is written twice, first on line 1"),
        (
            with_line(1, "customer:"),
            "a.yaml:1: customer: nothing is written here; give it a value or leave the key out",
        ),
        (with_line(1, "customer: ''"), "a.yaml:1: customer: an empty text where the customer's name belongs"),
        (with_line(1, "customer: " + "x" * 501), "a.yaml:1: customer: the customer's name is one line of at most 500"),
        (with_line(1, "x: 1"), "a.yaml:1: 'customer' is missing"),
        (
            with_line(2, "effective: soon"),
            "a.yaml:2: effective: 'soon' is not a point in time such as 2026-01-01T00:00",
        ),
        (with_line(2, "effective: 0026-01-01"), "a.yaml:2: effective: 0026-01-01 is outside the years 2000 to 2100"),
        (
            with_line(4, "  timezone: Europe/Berln"),
            "a.yaml:4: calendar.timezone: 'Europe/Berln' is not an IANA zone; did you mean 'Europe/Berlin'?",
        ),
        (with_line(4, "  timezone: berlin"), "did you mean 'Europe/Berlin'?"),
        (
            with_line(4, "  timezone: UTC+2"),
            "a.yaml:4: calendar.timezone: 'UTC+2' is a distance from UTC and names no place, whose clocks may change; "
            "write one, such as Europe/Berlin or America/New_York",
        ),
        (
            with_line(4, "  timezone: CEST"),
            "'CEST' is an abbreviation and names no place, whose clocks may change; write one, such as Europe/Berlin",
        ),
        (with_line(4, "  timezone: qqqqqq"), "is not an IANA zone; write it like Europe/Berlin or America/New_York"),
        (
            with_line(5, "  hours: weekdays"),
            "a.yaml:5: calendar.hours: 'weekdays' is not a week; write days with hours",
        ),
        (
            with_line(5, "  hours: {fre: '08:00-17:00'}"),
            "a.yaml:5: calendar.hours.fre: 'fre' names no days; write mon, mon-fri or",
        ),
        (
            with_line(5, "  hours: {mon: 8-17}"),
            "a.yaml:5: calendar.hours.mon: '8-17' is not a stretch of hours; write it like 09:00-17:30",
        ),
        (with_line(5, "  hours: {mon: '08:00-25:00'}"), "'08:00-25:00' is not a stretch of hours"),
        (
            with_line(5, "  hours: {mon-fri: '08:00-12:00', wed: '08:00-17:00'}"),
            "calendar.hours.wed: wed has hours already, under 'mon-fri'",
        ),
        (
            with_line(5, "  hours: {mon: closed}"),
            "a.yaml:5: calendar.hours: the calendar has no open time at all; a clock on it would never run",
        ),
        (with_line(5, "  timezone: UTC"), "a.yaml:3: calendar: 'hours' is missing"),
        (
            with_line(6, "  business_day: 1d"),
            "a.yaml:6: calendar.business_day: '1d' could mean business days or 24 hours each",
        ),
        (
            with_line(6, "  business_day: 1 business_day"),
            "a.yaml:6: calendar.business_day: '1 business_day' needs a calendar that declares",
        ),
        (
            with_line(6, "  holidays: {country: XX}"),
            "a.yaml:6: calendar.holidays.country: no holidays are known for 'XX'",
        ),
        (
            with_line(6, "  holidays: {country: US, subdivision: BER}"),
            "a.yaml:6: calendar.holidays.subdivision: US has no subdivision 'BER'; allowed are",
        ),
        (with_line(6, "  holidays: {subdivision: NY}"), "a.yaml:6: calendar.holidays: 'country' is missing"),
        (
            with_line(6, "  closed: [2026-02-30]"),
            "a.yaml:6: calendar.closed[1]: '2026-02-30' is not a date such as 2026-12-24",
        ),
        (
            with_line(6, "  closed: [{date: 2026-02-03, from: noon}]"),
            "a.yaml:6: calendar.closed[1].from: 'noon' is not a time of day such as 12:00",
        ),
        (
            with_line(6, "  closed: [{date: 2026-02-03, from: '12:00', scope: shift}]"),
            "scope 'shift' closes whole shifts; leave 'from' and 'to' out",
        ),
        (
            with_line(6, "  closed: [{date: 2026-02-03, scope: dat}]"),
            "'dat' is not a scope known here; did you mean 'date'?",
        ),
        (
            with_line(6, "  overrides: {christmas: closed}"),
            "a.yaml:6: calendar.overrides: 'christmas' is not a date such as 2026-12-24",
        ),
        (
            with_line(8, "  P1: {calendar: nite, resolution: 4h}"),
            "a.yaml:8: targets.P1.calendar: 'nite' names no calendar; allowed are always",
        ),
        (
            with_line(8, "  P1: {first_respnse: 15m, resolution: 4h}"),
            "a.yaml:8: targets.P1: unknown key 'first_respnse'; did you mean 'first_response'?",
        ),
        (with_line(8, "  P1: {first_response: 15m}"), "a.yaml:8: targets.P1: 'resolution' is missing"),
        (
            with_line(8, "  P1: {resolution: 4 parsecs}"),
            "a.yaml:8: targets.P1.resolution: '4 parsecs' is not a duration; write it like 30m, 4h",
        ),
        (with_line(8, "  P1: {resolution: [4h]}"), "a.yaml:8: targets.P1.resolution: a list where a duration such as"),
        (
            with_line(8, "  P1: {resolution: {every: 4h}}"),
            "a.yaml:8: targets.P1.resolution: resolution happens once; write one duration, such as 4h",
        ),
        (
            with_line(8, "  P1: {customer_update: {every: 4h, waiting: 1h}, resolution: 4h}"),
            "targets.P1.customer_update.waiting: the period while waiting is shorter than the usual one",
        ),
        (
            with_line(8, "  P1: {customer_update: {waiting: 1h}, resolution: 4h}"),
            "targets.P1.customer_update: 'every' is missing",
        ),
        (with_line(8, "  P6: {resolution: 4h}"), "a.yaml:8: targets: unknown key 'P6'; allowed are P1, P2, P3, P4, P5"),
        (
            with_calendar(ZONE + "  hours: {mon: '08:00-17:00'}\n"),
            "a.yaml:8: targets.P2.resolution: '2 business_days' needs a calendar",
        ),
        (
            GOOD.split("targets:", maxsplit=1)[0] + "targets: {}",
            "a.yaml:7: targets: nothing is promised; write at least one priority",
        ),
        (
            GOOD + "ladders: {default: [{at: 50%, tell: boss}]}",
            "a.yaml:12: ladders.default[1].tell: 'boss' is not a recipient known here; allowed are assignee",
        ),
        (GOOD + "ladders: {default: [{at: 50%, tell: []}]}", "a.yaml:12: ladders.default[1].tell: nobody to tell"),
        (
            GOOD + "ladders: {default: [{at: 50%, tell: assignee}, {at: 50, tell: dispatcher}]}",
            "a.yaml:12: ladders.default[2]: two rungs at 50%; name everybody to tell in one 'tell: [..]'",
        ),
        (GOOD + "ladders: {default: []}", "a.yaml:12: ladders.default: a ladder without rungs would tell nobody"),
        (
            GOOD + "ladders: {default: [{at: half, tell: assignee}]}",
            "'half' is not a share such as 50%, above 0% and up to 1000%",
        ),
        (GOOD + "ladders: {default: [{at: 33.3%, tell: assignee}]}", "33.3% is not a whole share; write 50% or 75%"),
        (
            GOOD + "ladders: {default: [{at: 50%, tell: assignee, repeat: 10s}]}",
            "'10s' repeats more than once a minute; write at least 1m",
        ),
        (
            GOOD + "ladders: {default: [{at: 50%, tell: assignee, repeat: 1 business_day}]}",
            "'1 business_day' has no fixed length here; write hours, such as 8h",
        ),
        (GOOD + "ladders: {default: [{tell: assignee}]}", "a.yaml:12: ladders.default[1]: 'at' is missing"),
        (
            GOOD + "ladders: {resolutoin: []}",
            "a.yaml:12: ladders: unknown key 'resolutoin'; did you mean 'resolution'?",
        ),
        (
            GOOD + "fee: {amount: 12 euros, currency: eur, per: month}",
            "a.yaml:12: fee.amount: '12 euros' is not a number, such as 12.50",
        ),
        (
            GOOD + "fee: {amount: 12, currency: eur, per: month}",
            "a.yaml:12: fee.currency: 'eur' is not a currency code such as USD or EUR",
        ),
        (
            GOOD + "reporting: {responsible: nobody}",
            "a.yaml:12: reporting.responsible: 'nobody' is not a word known here; allowed are msp",
        ),
        (
            GOOD + "problems: {open_after: {incidents: 0, within: 30d}}",
            "problems.open_after.incidents: '0' is not a whole number from 1 to 1000",
        ),
        (
            GOOD + "problems: {recurrence_window: ages}",
            "problems.recurrence_window: 'ages' is not a stretch of time; write it like 30d, 2w or 12h",
        ),
        (
            GOOD + "assets: [{name: dc01, kind: server, repairable: NO}]",
            "assets[1].repairable: 'NO' is not a word known here; did you mean 'no'? allowed are yes, no, true, false",
        ),
        (
            GOOD + "slack_channels: [general]",
            "a.yaml:12: slack_channels[1]: 'general' is not the id of a channel, such as C0123ABCD (in Slack: channel "
            "details, About)",
        ),
        (GOOD + "slack_channels: [C0ACME, C0ACME]", "a.yaml:12: slack_channels[2]: C0ACME stands here twice"),
        (GOOD + "review: {next: tomorrow}", "a.yaml:12: review.next: 'tomorrow' is not a date such as 2026-12-24"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_allowed(text: str, sentence: str) -> None:
    problems = told(text)
    assert any(sentence in problem for problem in problems), problems
    with pytest.raises(FileInvalid):
        taken(text)


def test_a_missing_calendar_is_refused_where_the_msp_has_none_to_give() -> None:
    text = "customer: B\neffective: 2026-01-01\ntargets: {P1: {resolution: 4h}}\n"
    assert "a.yaml:1: 'calendar' is missing, and no people file with a default calendar has been applied" in told(text)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = GOOD.replace("customer:", "custmer:").replace("resolution: 24h", "resolution: 1d") + "x: 1\n"
    with pytest.raises(FileInvalid) as refused:
        taken(text)
    assert [problem.line for problem in refused.value.problems] == [1, 1, 10, 12]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            with_line(5, "  hours: {mon-fri: '08:00-23:59'}"),
            "a.yaml:5: warning: calendar.hours.mon-fri: hours end at 23:59, one minute short of midnight",
        ),
        (
            with_line(5, "  hours: {mon-fri: '09:00-17:00', sat: '00:00-00:00'}"),
            "a.yaml:5: warning: calendar.hours.sat: 00:00-00:00 is open for 24 hours; write 24h if that is meant, or "
            "closed",
        ),
        (
            with_line(5, "  hours: {mon-fri: '09:00-09:00'}"),
            "calendar.hours.mon-fri: 09:00-09:00 is open for 24 hours until 09:00 the next day; write 24h",
        ),
        (
            with_line(5, "  hours: {mon-fri: '08:00-07:59'}"),
            "calendar.hours.mon-fri: 08:00-07:59 is open for 24 hours less one minute; write 24h",
        ),
        (
            with_line(6, "  business_day: 8h\n  overrides: {2026-12-26: '00:00-00:00'}"),
            "a.yaml:7: warning: calendar.overrides.2026-12-26: 00:00-00:00 is open for 24 hours; write 24h",
        ),
        (
            with_line(6, "  business_day: 8h\n  closed: [{date: 2026-12-23, from: '11:00', to: '11:00'}]"),
            "a.yaml:7: warning: calendar.closed[1]: from 11:00 to 11:00 is 24 hours, until 11:00 the next day; leave "
            "'from' and 'to' out to close the date, or write another end",
        ),
        (
            with_line(6, "  business_day: 8h\n  closed: [{date: 2026-12-23, to: '00:00'}]"),
            "a.yaml:7: warning: calendar.closed[1]: from 00:00 to 00:00 is 24 hours, the whole date; leave",
        ),
        (
            with_line(6, "  business_day: 8h\n  closed: [{date: 2026-12-23, from: '12:00', to: '23:59'}]"),
            "calendar.closed[1]: the closed part ends at 23:59, one minute short of midnight; write 24:00",
        ),
        (
            with_line(4, "  timezone: Etc/GMT-5"),
            "a.yaml:4: warning: calendar.timezone: 'Etc/GMT-5' names no place: it is UTC+05:00 all year; write one, "
            "such as Europe/Berlin or America/New_York",
        ),
        (
            with_line(4, "  timezone: EST"),
            "'EST' names no place: it is UTC-05:00 all year; write one, such as America/New_York",
        ),
        (with_line(4, "  timezone: CET"), "calendar.timezone: 'CET' names no place; write one, such as Europe/Berlin"),
        (
            with_line(5, "  hours: {mon: '08:00-12:00, 11:00-17:00'}"),
            "a.yaml:5: warning: calendar.hours.mon: 08:00-12:00 and 11:00-17:00 overlap",
        ),
        (
            with_line(5, "  hours: {mon: '22:00-06:00', tue: '05:00-09:00'}"),
            "a.yaml:5: warning: calendar.hours: mon 22:00-06:00 runs into tue 05:00-09:00",
        ),
        (
            with_line(5, "  hours: {sun: '02:30-08:00'}"),
            "a.yaml:5: warning: calendar.hours: 02:30 does not exist on 2026-03-08, when the clocks go forward",
        ),
        (
            with_line(5, "  hours: {sat: '22:00-01:30'}"),
            "01:30 comes twice on 2026-11-01, when the clocks go back; its first occurrence is meant",
        ),
        (
            with_line(6, "  business_day: 8h\n  closed: [2026-12-24]\n  overrides: {2026-12-24: '08:00-12:00'}"),
            "a.yaml:8: warning: calendar.overrides.2026-12-24: 2026-12-24 is closed as well; a closure beats an",
        ),
        (
            with_line(11, ""),
            "a.yaml:7: warning: targets: nothing is promised for P4; its incidents will have no clocks",
        ),
    ],
    ids=[
        "23:59",
        "equal edges at midnight",
        "equal edges",
        "all day but a minute",
        "equal edges of one date",
        "closed for a whole day",
        "closed up to its own beginning",
        "closed until 23:59",
        "an offset for a zone",
        "an abbreviation without summer time",
        "an abbreviation with summer time",
        "overlap",
        "overlap over midnight",
        "gap",
        "repeated hour",
        "closed override",
        "priority left out",
    ],
)
def test_what_is_rarely_meant_draws_a_warning_and_is_taken(text: str, sentence: str) -> None:
    warnings = [str(warning) for warning in taken(text).warnings]
    assert any(sentence in warning for warning in warnings), warnings


def test_touching_shifts_and_usual_hours_draw_no_warning() -> None:
    touching = with_line(5, "  hours: {mon-sun: '06:00-14:00, 14:00-22:00, 22:00-06:00'}")
    assert taken(touching).warnings == ()


SCRAPS = (
    "",
    " ",
    "\n",
    "\n  ",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "!x ",
    "null",
    "~",
    "%",
)
ODD_VALUES = ("0", "-1", "9" * 30, "1d", "24:00", "99:99", "2026-02-30", "9999-12-31", "NO", "é", "\u202e", "٣h", "½")


@given(
    at=st.integers(0, len(GOOD)),
    cut=st.integers(0, 12),
    scrap=st.sampled_from(SCRAPS + ODD_VALUES) | st.text(max_size=4),
)
def test_no_damage_to_a_file_is_answered_with_anything_but_sentences(at: int, cut: int, scrap: str) -> None:
    for problem in told(GOOD[:at] + scrap + GOOD[at + cut :]):
        assert problem.startswith("a.yaml:")


def test_a_comment_in_the_middle_of_a_broken_mapping_is_no_stumbling_block() -> None:
    assert told("customer:        # who\n  :\n\n  # more\n  x: 1\n")
