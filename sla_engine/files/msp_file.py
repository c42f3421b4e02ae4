"""Reads `msp.yaml` into an Msp and the defaults of agreements; see `examples/msp.yaml` for the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.goals import NO_GOALS
from sla_engine.domain.agreements.msp import Access, Msp, Person, Role
from sla_engine.domain.agreements.roster import Roster
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.absent_section import absences
from sla_engine.files.agreement_file import AgreementDefaults
from sla_engine.files.calendar_section import CalendarContext, calendar
from sla_engine.files.errors import FileProblem
from sla_engine.files.goals_section import goals
from sla_engine.files.holiday_dates import HolidayDates
from sla_engine.files.intakes_section import intakes
from sla_engine.files.ladder_section import ladders
from sla_engine.files.msp_duties import Digest, digest, managers, note_policy, rota, unowned
from sla_engine.files.name_lint import check_people_names
from sla_engine.files.people_section import people
from sla_engine.files.scalars import member, text, zone
from sla_engine.files.yaml_document import Field, read_document

MSP_KEYS = (
    "name",
    "timezone",
    "calendar",
    "people",
    "dispatcher",
    "managers",
    "channels",
    "notes",
    "digest",
    "goals",
    "intakes",
    "access",
    "absent",
    "unowned",
    "defaults",
)
REQUIRED_KEYS = ("name", "timezone", "calendar", "people", "dispatcher", "channels")
CHANNEL_KEYS = ("dispatcher", "managers", "incidents")
UNSET_ZONE = "UTC"  # lets the rest of a file without a zone be checked


@dataclass(frozen=True, slots=True, kw_only=True)
class MspFile:
    """A people file without mistakes: the MSP, the defaults of its agreements, and its lint.

    `manager_lines` has the line on which `managers` names each customer.
    """

    msp: Msp
    defaults: AgreementDefaults
    warnings: tuple[FileProblem, ...]
    manager_lines: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The channels that messages go to; `incidents` is None unless cards are wanted, from `incidents_from` up."""

    dispatcher: str = ""
    managers: str = ""
    incidents: str | None = None
    incidents_from: Priority | None = None


def read_msp(source: str, file: str, *, holidays: HolidayDates, year: int, now: datetime | None) -> MspFile:
    """Read the people file; `year` is the one it was applied in.

    `now` turns on the warnings that depend on today; a stored version is read again without it.
    Raises: FileInvalid with every problem of the file.
    """
    root = read_document(source, file, is_new=now is not None)
    keys = root.keys(MSP_KEYS, required=REQUIRED_KEYS)
    name = text(keys["name"], what="the MSP's name") if "name" in keys else None
    own_zone = _zone(keys.get("timezone"))
    context = CalendarContext(holidays=holidays, year=year, zone=own_zone, now=now)
    hours = _hours(keys.get("calendar"), context) or Calendar.always_open(own_zone)
    team = people(keys["people"], own_zone) if "people" in keys else ()
    msp = _msp(keys, name or "", hours, team, own_zone)
    defaults = _defaults(keys.get("defaults"), hours, context)
    if now is not None and "people" in keys:
        check_people_names(keys["people"])
    root.findings.refuse_if_wrong()
    lines = {name: value.key_line for name, value in keys["managers"].entries()} if "managers" in keys else {}
    return MspFile(msp=msp, defaults=defaults, warnings=root.findings.warnings, manager_lines=lines)


def _zone(field: Field | None) -> str:
    if field is None:
        return UNSET_ZONE
    return zone(field) or UNSET_ZONE


def _hours(field: Field | None, context: CalendarContext) -> Calendar | None:
    return None if field is None else calendar(field, context)


def _access(field: Field | None) -> Access:
    if field is None:
        return Access.NAMED
    return member(field, Access, what="access") or Access.NAMED


def _msp(keys: Mapping[str, Field], name: str, hours: Calendar, team: tuple[Person, ...], own_zone: str) -> Msp:
    channels = _channels(keys["channels"]) if "channels" in keys else Channels()
    weekly = digest(keys["digest"]) if "digest" in keys else Digest()
    return Msp(
        name=name,
        zone=own_zone,
        calendar=hours,
        people=team,
        rota=rota(keys.get("dispatcher"), team, own_zone),
        dispatcher_channel=channels.dispatcher,
        managers_channel=channels.managers,
        managers=_managers(keys, team),
        incidents_channel=channels.incidents,
        incidents_from=channels.incidents_from,
        notes=note_policy(keys.get("notes")),
        digest_weekday=weekly.weekday,
        digest_hour=weekly.hour,
        digest_to_managers=weekly.to_managers,
        intakes=intakes(keys["intakes"], team) if "intakes" in keys else {},
        access=_access(keys.get("access")),
        unowned=unowned(keys.get("unowned"), hours.business_day),
        goals=goals(keys["goals"]) if "goals" in keys else NO_GOALS,
        roster=Roster(absences=absences(keys["absent"], team) if "absent" in keys else ()),
    )


def _managers(keys: Mapping[str, Field], team: tuple[Person, ...]) -> dict[str, str]:
    named = managers(keys["managers"], team) if "managers" in keys else {}
    if "people" in keys and not any(person.role.may_act_as(Role.SERVICE_MANAGER) for person in team):
        keys["people"].wrong("nobody is a service_manager; somebody must answer for the customers")
    return named


def _channels(field: Field) -> Channels:
    keys = field.keys(CHANNEL_KEYS, required=["dispatcher", "managers"])
    incidents = keys.get("incidents")
    channel, floor = _incidents(incidents) if incidents is not None else (None, None)
    return Channels(
        dispatcher=_channel(keys.get("dispatcher")),
        managers=_channel(keys.get("managers")),
        incidents=channel,
        incidents_from=floor,
    )


def _incidents(field: Field) -> tuple[str | None, Priority | None]:
    keys = field.keys(("channel", "from"), required=["channel", "from"])
    floor = member(keys["from"], Priority, what="priority") if "from" in keys else None
    return _channel(keys.get("channel")) or None, floor


def _channel(field: Field | None) -> str:
    """A channel's id or name; names are kept without their `#`."""
    word = None if field is None else text(field, what="a channel id or name")
    return (word or "").removeprefix("#")


def _defaults(field: Field | None, hours: Calendar, context: CalendarContext) -> AgreementDefaults:
    if field is None:
        return AgreementDefaults(calendar=hours)
    keys = field.keys(("calendar", "ladders"))
    own = _hours(keys.get("calendar"), context)
    return AgreementDefaults(calendar=own or hours, ladders=ladders(keys["ladders"]) if "ladders" in keys else {})
