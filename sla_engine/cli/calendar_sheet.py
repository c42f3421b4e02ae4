"""A week of a customer's calendar as rows to print: the hours and the closures of each date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.errors import NotYetInForce
from sla_engine.domain.agreements.versions import AppliedVersion
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.text.names import same_name
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.calendar_week import (
    CalendarDay,
    DayClosure,
    DaylightSavingChange,
    OpenStretch,
    calendar_week,
)
from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.reach import WorkingTime
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced
from sla_engine.domain.time.weeks import Week
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.errors import FileInvalid
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.services.agreements.book import AgreementBook, known_name
from sla_engine.services.agreements.source_files import read_files
from sla_engine.storage import agreements as versions
from sla_engine.storage.database import Database

NOTHING = "–"
_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChoice:
    """The choice of one of an agreement's calendars: that of a site, one it names, or with neither its own."""

    site: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSheet:
    """Facts and days as text; the first row of `days` is the heading, the last one the week's total."""

    title: str
    facts: tuple[_Row, ...]
    days: tuple[_Row, ...]


def of_customer(
    database: Database, customer: str, week: Week | None, *, wanted: CalendarChoice, now: datetime
) -> CalendarSheet:
    """A week (by default this one) of a customer's calendar; each version holds from when it came to count.

    Raises: UnknownCustomer, NotYetInForce when the first agreement begins after the week, UnknownChoice for a site or
    a calendar that no version of the week has, StorageBusy.
    """
    book = AgreementBook()
    with database.reading() as session:
        name = known_name(session, customer)
        applied = versions.applied_versions(session, name)
        zone = book.by_version(session, applied[-1].number).calendar.zone
        shown_week = week or Week.of(now, zone=zone)
        begins, _ = shown_week.span(zone=zone)
        counting = _counting(applied, shown_week, zone=zone)
        if not counting:
            raise NotYetInForce(name, at=begins, effective=min(version.effective for version in applied))
        agreements = [book.by_version(session, number) for _, number in counting]
    choices = [chosen(agreement, wanted) for agreement in agreements]
    parts = [(since, choice[1]) for (since, _), choice in zip(counting, choices, strict=True)]
    if parts[0][0] > begins:
        parts.insert(0, (begins, Calendar(zone)))  # never open
    calendar = spliced(parts)
    facts = [("calendar", choices[-1][0])]
    for since, number in counting:
        facts.append(("version", f"{number} from {_moment(since, calendar)} on" if since > begins else f"{number}"))
    return _sheet(name, calendar, shown_week, facts=facts, others=_others(agreements[-1], wanted))


def of_file(
    file: Path, week: Week | None, *, wanted: CalendarChoice, defaults: AgreementDefaults, now: datetime
) -> CalendarSheet:
    """A week (by default this one) of the calendar in an agreement file, which need not be applied.

    Raises: FileInvalid with every problem of the file, UnknownChoice.
    """
    texts, problems = read_files([file])
    if problems:
        raise FileInvalid(problems)
    text = texts[0]
    agreement = read_agreement(
        text.text, text.name, holidays=LibraryHolidays(now), defaults=defaults, now=now
    ).agreement
    shown_week = week or Week.of(now, zone=agreement.calendar.zone)
    name, calendar = chosen(agreement, wanted)
    facts = (("calendar", name), ("file", text.name))
    return _sheet(agreement.customer, calendar, shown_week, facts=facts, others=_others(agreement, wanted))


def chosen(agreement: Agreement, wanted: CalendarChoice) -> tuple[str, Calendar]:
    """The name and the value of the calendar that is wanted; names match in any spelling.

    Raises: UnknownChoice with the names there are.
    """
    if wanted.name is not None:
        return _named(_calendars(agreement), wanted.name, what="calendar")
    if wanted.site is None:
        return "of the agreement", agreement.calendar
    ruled = {target.site: agreement.calendar for target in agreement.targets if target.site}
    site, calendar = _named({**ruled, **agreement.sites}, wanted.site, what="site")
    return f"of site {site}", calendar


def _calendars(agreement: Agreement) -> dict[str, Calendar]:
    """The calendars that targets and sites count on, by the names they have; a site's own goes by the site."""
    counted = [target.calendar for target in agreement.targets]
    counted += [calendar for site, calendar in agreement.sites.items() if calendar.name != site]
    return {named.name: named for named in counted if named.name and isinstance(named, Calendar)}


def _named(known: Mapping[str, Calendar], wanted: str, *, what: str) -> tuple[str, Calendar]:
    name = same_name(wanted.strip(), known)
    if name is None:
        raise UnknownChoice(what, wanted, tuple(sorted(known)))
    return name, known[name]


def _counting(known: Sequence[AppliedVersion], week: Week, *, zone: str) -> list[tuple[datetime, int]]:
    """The versions that count within the week, each with its start; one that was applied late starts at that time."""
    start, end = week.span(zone=zone)
    first = min(known, key=lambda version: version.number)
    begins = {
        version: version.effective if version is first else max(version.effective, version.applied_at)
        for version in known
    }
    changes: list[tuple[datetime, int]] = []
    for at in sorted({start, *(since for since in begins.values() if start < since < end)}):
        counting = [version for version, since in begins.items() if since <= at]
        if not counting:
            continue
        number = max(counting, key=lambda version: (version.effective, version.number)).number
        if not changes or changes[-1][1] != number:
            changes.append((at, number))
    return changes


# ---------------------------------------------------------------------- as text


def _sheet(
    customer: str, calendar: WorkingTime, week: Week, *, facts: Iterable[_Row], others: Iterable[_Row]
) -> CalendarSheet:
    drawn = calendar_week(calendar, week)
    changes = [("clocks", _change(day.clock_change)) for day in drawn.days if day.clock_change is not None]
    zone = ("zone", _zone(calendar, week))
    shown = (*facts, zone, *changes, *_last_closure(calendar, week), *others)
    heading = ("day", "date", "open", "total", "closed for")
    total = ("week", "", "", _total(drawn.total), "")
    return CalendarSheet(
        title=f"{customer}, week {week}", facts=shown, days=(heading, *(_day(day) for day in drawn.days), total)
    )


def _last_closure(calendar: WorkingTime, week: Week) -> list[_Row]:
    """A row with the last known closure, when the week lies beyond it."""
    counting = calendar.latest if isinstance(calendar, SplicedCalendar) else calendar
    last = max((closure.date for closure in counting.closures), default=None)
    if last is None or week.monday <= last:
        return []
    return [("holidays", f"none are known after {last}")]


def _others(agreement: Agreement, wanted: CalendarChoice) -> list[_Row]:
    """A row with the other calendars that may be asked for, unless one was."""
    if wanted.name is not None or wanted.site is not None:
        return []
    named = [f"--calendar {quote(name)}" for name in sorted(_calendars(agreement))]
    sites = [f"--site {quote(name)}" for name, calendar in agreement.sites.items() if calendar != agreement.calendar]
    return [("also", ", ".join(named + sites))] if named or sites else []


def _zone(calendar: WorkingTime, week: Week) -> str:
    start, end = week.span(zone=calendar.zone)
    names = dict.fromkeys(_named_offset(at, calendar) for at in (start, end - timedelta(seconds=1)))
    return f"{calendar.zone} ({', then '.join(names)})"


def _named_offset(at: datetime, calendar: WorkingTime) -> str:
    local = at.astimezone(calendar.tz)
    digits = f"{local:%z}"
    offset = f"UTC{digits[:3]}:{digits[3:5]}"
    name = local.tzname() or ""
    return f"{name}, {offset}" if name.isalpha() else offset


def _change(change: DaylightSavingChange) -> str:
    way = "forward" if change.goes_forward else "back"
    return f"go {way} on {change.before:%a %Y-%m-%d} from {change.before:%H:%M} to {change.after:%H:%M}"


def _moment(at: datetime, calendar: WorkingTime) -> str:
    return f"{at.astimezone(calendar.tz):%a %Y-%m-%d %H:%M}"


def _day(day: CalendarDay) -> _Row:
    hours = ", ".join(_hours(stretch, day) for stretch in day.hours) or NOTHING
    return f"{day.date:%a}", day.date.isoformat(), hours, _total(day.total), "; ".join(_remarks(day))


def _total(open_time: timedelta) -> str:
    return exact(open_time) if open_time else NOTHING


def _hours(hours: OpenStretch, day: CalendarDay) -> str:
    closes = "24:00" if hours.closes.date() > day.date else _time(hours.closes)
    real = "" if hours.length == hours.shown_length else f" ({exact(hours.length)})"
    return f"{_time(hours.opens)}-{closes}{real}"


def _time(label: datetime) -> str:
    return f"{label:%H:%M:%S}" if label.second else f"{label:%H:%M}"


def _remarks(day: CalendarDay) -> Iterable[str]:
    if not day.exists:
        yield "the zone skipped this date"
    yield from (_closure(day_closure, day) for day_closure in day.closures)
    if day.usual is not None:
        yield f"hours of this date only, instead of {', '.join(map(str, day.usual)) or 'none'}"


def _closure(day_closure: DayClosure, day: CalendarDay) -> str:
    closure = day_closure.closure
    words = closure.name or "closed"
    if closure.date != day.date:
        words += f" of {closure.date}"
    if not closure.is_whole_date:
        words += f", {str(closure.part).replace('-', ' to ')}"
    return words if day_closure.takes else f"{words} (nothing was open)"
