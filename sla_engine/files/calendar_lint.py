"""Lint for a calendar that can be read: each finding at its line, with what to write instead."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile

from sla_engine.domain.agreements.lint import longest_day
from sla_engine.domain.time.calendar import Calendar, CalendarNeverOpens
from sla_engine.domain.time.closures import Closure, ClosureScope
from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.holidays import ESTIMATED, is_estimated
from sla_engine.domain.time.shifts import WEEKDAYS
from sla_engine.files.daylight_saving_lint import daylight_saving_warnings
from sla_engine.files.yaml_document import Field

ONE_YEAR = timedelta(days=366)
NEARBY = timedelta(days=4)  # the hours of a date lie within four days of the same date in UTC
ESTIMATES_SHOWN = 6
LONGEST_BUSINESS_DAY = timedelta(hours=24)

ClosedDates = Sequence[tuple[Closure, Field]]


def lint_calendar(
    field: Field, keys: Mapping[str, Field], built: Calendar, closed: ClosedDates, *, now: datetime
) -> bool:
    """Check a calendar for what is odd; return False when it never opens, which is recorded as wrong.

    `closed` lists the dates that the file itself closes, with their places.
    """
    hours = keys.get("hours", field)
    if not _opens_after(built, now):
        hours.wrong(
            "the calendar has no open time at all; a clock on it would never run: "
            'write hours for at least one day, such as mon-fri: "09:00-17:00"'
        )
        return False
    if (closes := built.closes_for_good) is not None:
        there = closes.astimezone(built.tz)
        hours.odd(
            f"only single dates are open: after {there:%Y-%m-%d %H:%M} the calendar never opens again, and nothing on "
            "it falls due; write weekly hours, or apply the file with more dates before then"
        )
    for sentence in daylight_saving_warnings(built, now):
        hours.odd(sentence)
    today = built.local_date(now)
    if "overrides" in keys:
        _overrides(keys["overrides"], built, today)
    if "holidays" in keys:
        _estimates(keys["holidays"], built, today)
    if "business_day" in keys:
        _business_day(keys["business_day"], built)
    for closure, place in closed:
        if closure.date >= today and not field.findings.has_enough:
            _closure(closure, place, built)
    return True


def _opens_after(built: Calendar, now: datetime) -> bool:
    try:
        built.next_open(now)
    except CalendarNeverOpens:
        return False
    return True


def _overrides(field: Field, built: Calendar, today: date) -> None:
    places = dict(field.entries())
    for on, shifts in built.overrides.items():
        place = places[on.isoformat()]
        if on < today:
            place.odd(
                "this date has passed; leave it out, or, if it was forgotten, correct what was counted "
                "with 'sla-bot reprocess'"
            )
        elif any(closure.is_whole_date for closure in built.closures_on(on)):
            place.odd(
                f"{on} is closed as well; a closure beats an override, so it stays closed: leave one of the two out"
            )
        elif not built.always and shifts == built.hours[on.weekday()]:
            place.odd(f"these are the usual hours of a {WEEKDAYS[on.weekday()]}; leave it out, or write other hours")


def _closure(closure: Closure, place: Field, built: Calendar) -> None:
    earlier_closures = takewhile(lambda earlier: earlier is not closure, built.closures_on(closure.date))
    same = next((earlier for earlier in earlier_closures if _closes_the_date(earlier)), None)
    if same is not None:
        place.odd(f"{closure.date} is closed already{_because_of(same)}; leave it out, or check the date")
    elif not _takes_any_time(closure, built):
        part = "" if closure.is_whole_date else f" from {str(closure.part).replace('-', ' to ')}"
        weekday = WEEKDAYS[closure.date.weekday()]
        place.odd(f"nothing is open on {weekday} {closure.date}{part} anyway; leave it out, or check the date")


def _closes_the_date(closure: Closure) -> bool:
    return closure.is_whole_date and closure.scope is ClosureScope.DATE


def _because_of(closure: Closure) -> str:
    return f" ({closure.name})" if closure.name else ""


def _takes_any_time(closure: Closure, built: Calendar) -> bool:
    around = built.resolve_local(f"{closure.date} 00:00")
    closed_times = built.closures_between(around - NEARBY, around + NEARBY)
    return any(closed_time.closure == closure for closed_time in closed_times)


def _estimates(field: Field, built: Calendar, today: date) -> None:
    ahead = [
        holiday for holiday in built.closures if is_estimated(holiday) and today <= holiday.date < today + ONE_YEAR
    ]
    if not ahead:
        return
    shown = [f"{holiday.date} {holiday.name.replace(ESTIMATED, '').strip()}" for holiday in ahead[:ESTIMATES_SHOWN]]
    more = f" and {len(ahead) - ESTIMATES_SHOWN} more" if len(ahead) > ESTIMATES_SHOWN else ""
    field.odd(
        f"estimated are {', '.join(shown)}{more}; once they are announced, apply the file with a new 'effective', "
        "or add the date under 'closed'"
    )


def _business_day(field: Field, built: Calendar) -> None:
    declared, longest = built.business_day or timedelta(), longest_day(built)
    if declared > LONGEST_BUSINESS_DAY:
        field.wrong(f"a business day lasts 24h at most, not {exact(declared)}; write how long a usual day is")
    elif declared > longest:
        field.odd(
            f"a business day of {exact(declared)} is longer than any day is open ({exact(longest)}); "
            "write how long a usual day is"
        )
