"""The `sites` part of an agreement: the customer's sites, and the calendar of each that has one of its own."""

from dataclasses import replace

from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.calendar_section import CalendarContext, calendar
from sla_engine.files.scalars import LONGEST_TEXT_CHARS
from sla_engine.files.yaml_document import Field

SITE_KEYS = ("calendar",)
SITE_EXAMPLE = "Brooklyn: {calendar: always}"


def sites(field: Field, *, calendar_of_agreement: Calendar, context: CalendarContext) -> dict[str, Calendar]:
    """The calendar of every site by the site's name; the agreement's where a site has none of its own."""
    calendars: dict[str, Calendar] = {}
    for name, value in field.entries(f"sites, such as {SITE_EXAMPLE},"):
        if not name.strip() or len(name) > LONGEST_TEXT_CHARS:
            value.findings.wrong(
                value.key_line, f"{field.path}: {name!r} is no name of a site; write it in a word or two"
            )
            continue
        own = _calendar(name, value, replace(context, zone=calendar_of_agreement.zone))
        calendars[name] = own or calendar_of_agreement
    return calendars


def _calendar(name: str, field: Field, context: CalendarContext) -> Calendar | None:
    keys = field.keys(SITE_KEYS)
    if "calendar" not in keys:
        return None
    written_out = keys["calendar"].is_mapping
    return calendar(keys["calendar"], context, name=name if written_out else "")
