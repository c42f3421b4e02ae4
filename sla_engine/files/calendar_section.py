"""The `calendar` part of a file: zone, weekly hours, holidays, closed dates, exceptions, business day."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, timedelta

from sla_engine.domain.text.names import same_name
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.closures import Closure, ClosureScope
from sla_engine.domain.time.shifts import Shift, parse_time_of_day
from sla_engine.files.calendar_lint import lint_calendar
from sla_engine.files.holiday_dates import HolidayDates, UnknownCountry, UnknownSubdivision
from sla_engine.files.hours import ROUND_THE_CLOCK, WeekOfShifts, closed_part, day_hours, weekly_hours
from sla_engine.files.scalars import as_date, day, member, open_time, text, zone
from sla_engine.files.yaml_document import Field, hint

CALENDAR_KEYS = ("timezone", "hours", "holidays", "closed", "overrides", "business_day")
CLOSED_KEYS = ("date", "from", "to", "name", "scope")
PART_EDGES = {"from": "00:00", "to": "24:00"}  # where one edge is left out
MOST_CALENDARS = 250  # each is checked for years ahead
DAY_24H = timedelta(hours=24)
NO_HOURS: WeekOfShifts = ((),) * 7


@dataclass(frozen=True, slots=True)
class CalendarContext:
    """The zone, the holidays and the named calendars that a calendar may refer to.

    `year` is the one the agreement begins in; `now` is given only when a new file is checked, not when a stored one is
    read again.
    """

    holidays: HolidayDates
    year: int
    zone: str | None = None
    now: datetime | None = None
    named: Mapping[str, Calendar] = dataclass_field(default_factory=dict)


def calendar(field: Field, context: CalendarContext, *, name: str = "") -> Calendar | None:
    """A calendar written out, `always`, or the name of one in `calendars`; None after recording what is wrong."""
    if not field.is_mapping:
        return _by_name(field, context, name)
    _count(field)
    before = field.findings.wrongs
    keys = field.keys(CALENDAR_KEYS, required=["hours"] if context.zone else ["timezone", "hours"])
    in_zone = zone(keys["timezone"]) if "timezone" in keys else context.zone
    always, week = _hours(keys.get("hours"))
    closed = _closed(keys.get("closed"))
    closures = _holidays(keys.get("holidays"), context) + tuple(closure for closure, _ in closed)
    overrides = _overrides(keys.get("overrides"))
    business_day = open_time(keys["business_day"], None) if "business_day" in keys else None
    if in_zone is None or field.findings.wrongs > before:
        return None
    built = Calendar(
        in_zone, hours=week, closures=closures, overrides=overrides, always=always,
        business_day=business_day or (DAY_24H if always else None), name=name,
    )  # fmt: skip
    if context.now is None or lint_calendar(field, keys, built, closed, now=context.now):
        return built
    return None


def _count(field: Field) -> None:
    field.findings.calendars += 1
    if field.findings.is_new and field.findings.calendars > MOST_CALENDARS:
        field.findings.refuse(
            field.line,
            f"more than {MOST_CALENDARS} calendars are written out; "
            "give those that are alike a name under 'calendars' and write the name",
        )


def _by_name(field: Field, context: CalendarContext, name: str) -> Calendar | None:
    word = field.scalar("a calendar, 'always' or the name of a calendar")
    if word is None:
        return None
    if word in ROUND_THE_CLOCK:
        return Calendar.always_open(context.zone or "UTC", name=name or "always")
    known = same_name(word, context.named)
    if known is not None:
        return context.named[known]
    field.wrong(f"{word!r} names no calendar{hint(word, [ROUND_THE_CLOCK[0], *context.named])}")
    return None


def _hours(field: Field | None) -> tuple[bool, WeekOfShifts]:
    if field is None:
        return False, NO_HOURS
    if field.is_mapping:
        return False, weekly_hours(field)
    word = field.scalar('days with hours, such as mon-fri: "08:00-17:00"')
    if word is not None and word not in ROUND_THE_CLOCK:
        field.wrong(f'{word!r} is not a week; write days with hours, such as mon-fri: "08:00-17:00", or always')
    return word in ROUND_THE_CLOCK, NO_HOURS


def _holidays(field: Field | None, context: CalendarContext) -> tuple[Closure, ...]:
    if field is None:
        return ()
    keys = field.keys(("country", "subdivision"), required=["country"])
    country = text(keys["country"], what="a country code") if "country" in keys else None
    part = text(keys["subdivision"], what="a subdivision") if "subdivision" in keys else None
    if country is None:
        return ()
    try:
        return context.holidays.closures(country, part, around=context.year)
    except UnknownCountry as unknown:
        near = f"; did you mean {unknown.near[0]!r}?" if unknown.near else ";"
        keys["country"].wrong(f"no holidays are known for {country!r}{near} write the ISO code, such as US or DE")
    except UnknownSubdivision as unknown:
        allowed = f"allowed are {', '.join(unknown.allowed)}" if unknown.allowed else "it has none"
        keys["subdivision"].wrong(f"{country} has no subdivision {part!r}; {allowed}")
    return ()


def _closed(field: Field | None) -> list[tuple[Closure, Field]]:
    """The dates that the file itself closes, each with its place in the file."""
    items = [] if field is None else field.items("a list of dates")
    closures = [(_closure(item), item) for item in items]
    return [(closure, item) for closure, item in closures if closure is not None]


def _closure(item: Field) -> Closure | None:
    if not item.is_mapping:
        closed = day(item)
        return None if closed is None else Closure(closed)
    keys = item.keys(CLOSED_KEYS, required=["date"])
    closed = day(keys["date"]) if "date" in keys else None
    name = text(keys["name"], what="a name") if "name" in keys else ""
    scope = member(keys["scope"], ClosureScope, what="scope") if "scope" in keys else ClosureScope.DATE
    part = _part(item, keys)
    if closed is None or scope is None:
        return None
    if part is None:
        return Closure(closed, name=name or "", scope=scope)
    if scope is ClosureScope.SHIFT:
        item.wrong("scope 'shift' closes whole shifts; leave 'from' and 'to' out, or leave out the scope")
        return None
    return Closure(closed, opens=part.opens, closes=part.closes, name=name or "")


def _part(item: Field, keys: Mapping[str, Field]) -> Shift | None:
    if "from" not in keys and "to" not in keys:
        return None
    edges = {key: _time_of_day(keys[key]) if key in keys else default for key, default in PART_EDGES.items()}
    if edges["from"] is None or edges["to"] is None:
        return None
    return closed_part(item, edges["from"], edges["to"])


def _time_of_day(field: Field) -> str | None:
    word = field.scalar("a time of day such as 12:00")
    if word is None:
        return None
    try:
        parse_time_of_day(word)
    except ValueError:
        field.wrong(f"{word!r} is not a time of day such as 12:00, from 00:00 to 24:00")
        return None
    return word


def _overrides(field: Field | None) -> dict[date, tuple[Shift, ...]]:
    if field is None:
        return {}
    overrides: dict[date, tuple[Shift, ...]] = {}
    for label, value in field.entries("dates with hours"):
        on = as_date(label)
        if on is None:
            value.findings.wrong(value.key_line, f"{field.path}: {label!r} is not a date such as 2026-12-24")
        else:
            overrides[on] = day_hours(value)
    return overrides
