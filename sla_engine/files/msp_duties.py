"""The duties in `msp.yaml`: who dispatches when, who answers for whom, which notes are wanted, digest day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sla_engine.domain.agreements.msp import NotePolicy, Person, Role
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.names import folded
from sla_engine.domain.time.durations import EXAMPLES_WITH_DAYS
from sla_engine.domain.time.rota import Rota, WallDays
from sla_engine.domain.time.shifts import parse_time_of_day
from sla_engine.files.people_section import slack_user
from sla_engine.files.scalars import instant, member, one_of, open_time, plain_time
from sla_engine.files.yaml_document import Field, hint

ROTA_KEYS = ("members", "starts", "turn")
NAMED_TURNS = {"weekly": 7, "daily": 1}
"""Turns with a name, in days of the MSP's wall clock; any other turn is real time."""
FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOUR_SECONDS = 3600
LAST_HOUR = 23
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Digest:
    """When the weekly digest comes: weekday (0 is Monday) and hour of day (0 to 23) in the MSP's zone."""

    weekday: int = 0
    hour: int = 8


def rota(found: Field | None, people: Sequence[Person], zone: str) -> Rota:
    """The dispatchers in turn; an empty rota after saying what is wrong."""
    nobody = Rota(members=(), starts=EPOCH, turn=timedelta(weeks=1))
    if found is None:
        return nobody
    keys = found.keys(ROTA_KEYS, required=ROTA_KEYS)
    known = _by_slack_id(people)
    members = [_who(item, known, Role.DISPATCHER) for item in keys["members"].items()] if "members" in keys else []
    if "members" in keys and not members:
        keys["members"].wrong("the rota is empty; name at least one dispatcher")
    starts = instant(keys["starts"], zone) if "starts" in keys else None
    turn = _turn(keys["turn"], zone) if "turn" in keys else None
    if starts is None or turn is None:
        return nobody
    return Rota(members=tuple(member for member in members if member is not None), starts=starts, turn=turn)


def managers(found: Field, people: Sequence[Person]) -> dict[str, str]:
    """Which service manager answers for which customer, `default` for the rest."""
    known = _by_slack_id(people)
    named: dict[str, str | None] = {}
    spelled: dict[str, str] = {}
    for customer, value in found.entries():
        other = spelled.setdefault(folded(customer), customer)
        if other != customer:
            value.odd(f"{customer!r} is {other!r} in another spelling; leave one of the two out")
        named[customer] = _who(value, known, Role.SERVICE_MANAGER)
    return {customer: who for customer, who in named.items() if who is not None}


def note_policy(found: Field | None, business_day: timedelta | None) -> NotePolicy:
    """Which misses want an SLA note, and how often a missing one is asked for."""
    usual = NotePolicy()
    if found is None:
        return usual
    keys = found.keys(("floor", "remind_every"))
    floor = member(keys["floor"], Priority, what="priority") if "floor" in keys else None
    every = open_time(keys["remind_every"], business_day) if "remind_every" in keys else None
    return NotePolicy(floor=floor or usual.floor, remind_every=every or usual.remind_every)


def digest(found: Field) -> Digest:
    """When the weekly digest comes; Monday at eight where nothing else is said."""
    usual = Digest()
    keys = found.keys(("day", "at"))
    day = one_of(keys["day"], FULL_WEEKDAYS, what="weekday") if "day" in keys else None
    hour = _full_hour(keys["at"]) if "at" in keys else usual.hour
    return Digest(weekday=FULL_WEEKDAYS.index(day) if day else usual.weekday, hour=hour)


def _by_slack_id(people: Sequence[Person]) -> dict[str, Person]:
    return {person.slack_id: person for person in reversed(people)}


def _who(found: Field, known: Mapping[str, Person], needed: Role) -> str | None:
    """The Slack id of somebody known whose role includes `needed`."""
    word = slack_user(found)
    if word is None:
        return None
    person = known.get(word)
    if person is None:
        found.wrong(f"{word!r} is nobody in 'people'{hint(word, known)}")
    elif not person.role.may_act_as(needed):
        found.wrong(f"{person.name} ({word}) is a {person.role.label}; this takes a {needed.label} or more")
    return word


def _turn(found: Field, zone: str) -> WallDays | timedelta | None:
    word = found.scalar(f"a turn: {', '.join(NAMED_TURNS)} or a duration such as {EXAMPLES_WITH_DAYS}")
    if word is None:
        return None
    return WallDays(NAMED_TURNS[word], zone) if word in NAMED_TURNS else plain_time(found)


def _full_hour(found: Field) -> int:
    word = found.scalar('an hour such as "08:00"')
    try:
        hour, rest = divmod(parse_time_of_day(word or ""), HOUR_SECONDS)
    except ValueError:
        hour, rest = 0, 1
    if word is not None and (rest or hour > LAST_HOUR):
        found.wrong(f"{word!r} is not a full hour such as 08:00, from 00:00 to 23:00")
    return min(hour, LAST_HOUR)
