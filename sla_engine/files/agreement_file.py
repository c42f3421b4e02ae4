"""Reads an agreement file into an Agreement with every default filled in; see `examples/agreements` for the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import UTC, datetime

from sla_engine.domain.agreements.agreement import Agreement, ReopenRule
from sla_engine.domain.agreements.ladders import Ladder
from sla_engine.domain.incidents.priorities import USUAL_MATRIX
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.agreement_lint import lint_agreement
from sla_engine.files.calendar_section import CalendarContext, calendar
from sla_engine.files.counting_section import acts, reopen_rule
from sla_engine.files.errors import FileProblem
from sla_engine.files.extra_sections import EXTRA_SECTIONS
from sla_engine.files.goals_section import goals
from sla_engine.files.holiday_dates import HolidayDates
from sla_engine.files.ladder_section import ladders, merged
from sla_engine.files.matrix_section import matrix
from sla_engine.files.scalars import instant, text, yes_or_no
from sla_engine.files.site_section import sites
from sla_engine.files.special_section import special_targets
from sla_engine.files.target_section import WrittenTarget, targets
from sla_engine.files.yaml_document import Field, read_document

AGREEMENT_KEYS = (
    "customer",
    "effective",
    "calendar",
    "calendars",
    "sites",
    "priorities",
    "targets",
    "special",
    "counts_as",
    "reopen",
    "customer_reply_ends_pause",
    "ladders",
    "goals",
    *EXTRA_SECTIONS,
)
REQUIRED_KEYS = ("customer", "effective", "targets")
FIRST_YEAR = 2000
LAST_YEAR = 2100

START_OF_TIME = datetime.min.replace(tzinfo=UTC)
"""Stands in for an `effective` that cannot be read, so that the rest is checked as well; the file is refused."""

_YEAR = re.compile(r"([0-9]{4})-")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDefaults:
    """The MSP's calendar and ladders, for agreements that have none of their own."""

    calendar: Calendar | None = None
    ladders: Mapping[str, Ladder] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFile:
    """An agreement file without mistakes: the agreement, its lint, and the line that names the customer."""

    agreement: Agreement
    warnings: tuple[FileProblem, ...]
    customer_line: int


def read_agreement(
    source: str,
    file: str,
    *,
    holidays: HolidayDates,
    defaults: AgreementDefaults,
    now: datetime | None,
    needs_calendar: bool = True,
) -> AgreementFile:
    """Read one agreement.

    `now` turns on the warnings that depend on today; a stored version is read again without it. Without
    `needs_calendar` a missing calendar that no default fills is only odd: the MSP's is not known yet.
    Raises: FileInvalid with every problem of the file.
    """
    root = read_document(source, file, is_new=now is not None)
    keys = root.keys(AGREEMENT_KEYS, required=REQUIRED_KEYS)
    customer = text(keys["customer"], what="the customer's name") if "customer" in keys else None
    context = CalendarContext(holidays=holidays, year=_year(keys.get("effective"), now), now=now)
    own_calendar = _own_calendar(root, keys, context, defaults, needs_calendar=needs_calendar)
    in_zone = replace(context, zone=own_calendar.zone)
    context = replace(in_zone, named=_named_calendars(keys.get("calendars"), in_zone))
    agreement, written = _agreement(keys, customer or "", own_calendar, context, defaults.ladders)
    root.findings.refuse_if_wrong()
    if now is not None:
        lint_agreement(agreement, written, keys, now=now)
        root.findings.refuse_if_wrong()
    return AgreementFile(agreement=agreement, warnings=root.findings.warnings, customer_line=keys["customer"].line)


def _agreement(
    keys: Mapping[str, Field],
    customer: str,
    own_calendar: Calendar,
    context: CalendarContext,
    msp_ladders: Mapping[str, Ladder],
) -> tuple[Agreement, tuple[WrittenTarget, ...]]:
    """The agreement, and its targets with their places; not to be used when a finding says that a part is wrong."""
    effective = _effective(keys, own_calendar.zone)
    at_sites = sites(keys["sites"], calendar_of_agreement=own_calendar, context=context) if "sites" in keys else {}
    written = _written_targets(keys, own_calendar, at_sites, context)
    agreement = Agreement(
        customer=customer,
        effective=effective or START_OF_TIME,
        calendar=own_calendar,
        targets=tuple(written_target.target for written_target in written),
        ladders=merged(ladders(keys["ladders"]) if "ladders" in keys else {}, msp_ladders),
        sites=at_sites,
        matrix=matrix(keys["priorities"]) if "priorities" in keys else USUAL_MATRIX,
        acts=acts(keys["counts_as"]) if "counts_as" in keys else {},
        reopen=reopen_rule(keys["reopen"]) if "reopen" in keys else ReopenRule(),
        reply_ends_pause=_reply_ends_pause(keys.get("customer_reply_ends_pause")),
        goals=goals(keys["goals"]) if "goals" in keys else None,
        extras={name: read(keys[name]) for name, read in EXTRA_SECTIONS.items() if name in keys},
    )
    return agreement, written


def _effective(keys: Mapping[str, Field], in_zone: str) -> datetime | None:
    if "effective" not in keys:
        return None
    effective = instant(keys["effective"], in_zone)
    if effective is not None and not FIRST_YEAR <= effective.year <= LAST_YEAR:
        keys["effective"].wrong(f"{effective.date()} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return effective


def _written_targets(
    keys: Mapping[str, Field], own_calendar: Calendar, at_sites: Mapping[str, Calendar], context: CalendarContext
) -> tuple[WrittenTarget, ...]:
    """The targets that hold everywhere, then those of a site or a service only, in file order."""
    usual = targets(keys["targets"], calendar_of_agreement=own_calendar, context=context) if "targets" in keys else ()
    if "special" not in keys:
        return usual
    special = keys["special"]
    return usual + special_targets(special, calendar_of_agreement=own_calendar, sites=at_sites, context=context)


def _reply_ends_pause(field: Field | None) -> bool:
    return field is None or yes_or_no(field) is not False


def _year(effective: Field | None, now: datetime | None) -> int:
    """The year the agreement begins in, before its zone is known; this year when that cannot be read."""
    written = None if effective is None or effective.is_mapping or effective.is_sequence else effective.node.value
    match = _YEAR.match(str(written or ""))
    return int(match[1]) if match and int(match[1]) else (now or datetime(2000, 1, 1, tzinfo=UTC)).year


def _own_calendar(
    root: Field,
    keys: Mapping[str, Field],
    context: CalendarContext,
    defaults: AgreementDefaults,
    *,
    needs_calendar: bool,
) -> Calendar:
    """The agreement's calendar, else the MSP's, else one that is always open, so that the rest can be checked."""
    always_open = Calendar.always_open("UTC")
    if "calendar" in keys:
        zone = defaults.calendar.zone if defaults.calendar else None
        in_zone = replace(context, zone=None if keys["calendar"].is_mapping else zone)
        return calendar(keys["calendar"], in_zone) or always_open
    if defaults.calendar is None:
        record = root.wrong if needs_calendar else root.odd
        record("'calendar' is missing, and no people file with a default calendar has been applied")
    return defaults.calendar or always_open


def _named_calendars(field: Field | None, context: CalendarContext) -> dict[str, Calendar]:
    if field is None:
        return {}
    calendars = {name: calendar(value, context, name=name) for name, value in field.entries("names with calendars")}
    return {name: built for name, built in calendars.items() if built is not None}
