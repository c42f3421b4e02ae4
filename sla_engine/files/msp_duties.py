"""The duties in `msp.yaml`: the dispatchers' rota, the service managers, the SLA notes wanted, the digest's day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sla_engine.domain.agreements.msp import USUAL_UNOWNED, NotePolicy, Person, Role
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.names import folded
from sla_engine.domain.time.durations import EXAMPLES_WITH_DAYS
from sla_engine.domain.time.rota import Rota, WallDays
from sla_engine.domain.time.shifts import parse_time_of_day
from sla_engine.files.people_section import slack_user
from sla_engine.files.scalars import instant, member, one_of, open_time, plain_time, yes_or_no
from sla_engine.files.yaml_document import Field, hint

ROTA_KEYS = ("members", "starts", "turn")
NAMED_TURNS = {"weekly": 7, "daily": 1}
"""Turns with a name, in days of the MSP's wall clock; any other turn is real time."""
FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AT_ONCE = "0m"
"""No time at all, which no other duration of these files may be."""
HOUR_SECONDS = 3600
MINUTE_SECONDS = 60
LAST_HOUR = 23
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Digest:
    """The time of the weekly digest: weekday (0 is Monday) and hour of day (0 to 23) in the MSP's zone.

    `to_managers` says that each service manager gets their own customers besides.
    """

    weekday: int = 0
    hour: int = 8
    to_managers: bool = False


def rota(field: Field | None, people: Sequence[Person], zone: str) -> Rota:
    """The dispatchers in turn; an empty rota after recording what is wrong."""
    nobody = Rota(members=(), starts=EPOCH, turn=timedelta(weeks=1))
    if field is None:
        return nobody
    keys = field.keys(ROTA_KEYS, required=ROTA_KEYS)
    known = _by_slack_id(people)
    members = [_who(item, known, Role.DISPATCHER) for item in keys["members"].items()] if "members" in keys else []
    if "members" in keys and not members:
        keys["members"].wrong("the rota is empty; name at least one dispatcher")
    starts = instant(keys["starts"], zone) if "starts" in keys else None
    turn = _turn(keys["turn"], zone) if "turn" in keys else None
    if starts is None or turn is None:
        return nobody
    return Rota(members=tuple(member for member in members if member is not None), starts=starts, turn=turn)


def managers(field: Field, people: Sequence[Person]) -> dict[str, str]:
    """The service manager (Slack id) of each customer; under `default` the one of all the others."""
    known = _by_slack_id(people)
    named: dict[str, str | None] = {}
    spelled: dict[str, str] = {}
    for customer, value in field.entries():
        other = spelled.setdefault(folded(customer), customer)
        if other != customer:
            value.odd(f"{customer!r} is {other!r} in another spelling; leave one of the two out")
        named[customer] = _who(value, known, Role.SERVICE_MANAGER)
    return {customer: who for customer, who in named.items() if who is not None}


def note_policy(field: Field | None) -> NotePolicy:
    """The lowest priorities whose misses want a whole note, or their reason alone, and when managers hear of late ones.

    Of before, `floor` is taken as `reason`, and `remind_every` does nothing.
    """
    usual = NotePolicy()
    if field is None:
        return usual
    keys = field.keys(("full", "reason", "manager_at", "floor", "remind_every"))
    if "floor" in keys:
        keys["floor"].odd("'floor' is called 'reason' now; 'full' says down to which priority four questions are asked")
    if "remind_every" in keys:
        keys["remind_every"].odd("'remind_every' does nothing any more: people are asked once a day; leave it out")
    full, reason, floor = (
        member(keys[name], Priority, what="priority") if name in keys else None for name in ("full", "reason", "floor")
    )
    lowest = reason or floor or usual.reason
    if full is not None and full.rank > lowest.rank:
        keys["full"].wrong(
            f"'full' reaches down to {full.value}, and 'reason' only to {lowest.value}; reason is below full"
        )
    manager_at = _time_of_day(keys["manager_at"]) if "manager_at" in keys else None
    return NotePolicy(
        full=full or min(usual.full, lowest, key=lambda priority: priority.rank),
        reason=lowest,
        manager_at=manager_at or usual.manager_at,
    )


def unowned(field: Field | None, business_day: timedelta | None) -> Mapping[Priority, timedelta]:
    """The open time after which an incident without an owner is named in the channel; usual where not written."""
    if field is None:
        return USUAL_UNOWNED
    lengths = dict(USUAL_UNOWNED)
    for name, value in field.keys(list(Priority)).items():
        length = timedelta(0) if value.scalar("a duration") == AT_ONCE else open_time(value, business_day)
        if length is not None:
            lengths[Priority(name)] = length
    return lengths


def digest(field: Field) -> Digest:
    """The time of the weekly digest, by default Monday at eight, and whether managers get their customers."""
    usual = Digest()
    keys = field.keys(("day", "at", "to_managers"))
    day = one_of(keys["day"], FULL_WEEKDAYS, what="weekday") if "day" in keys else None
    hour = _full_hour(keys["at"]) if "at" in keys else usual.hour
    to_managers = yes_or_no(keys["to_managers"]) if "to_managers" in keys else None
    return Digest(
        weekday=FULL_WEEKDAYS.index(day) if day else usual.weekday, hour=hour, to_managers=to_managers or False
    )


def _by_slack_id(people: Sequence[Person]) -> dict[str, Person]:
    return {person.slack_id: person for person in reversed(people)}


def _who(field: Field, known: Mapping[str, Person], needed: Role) -> str | None:
    """The Slack id as written; recorded as wrong when it is nobody known, or somebody without the role `needed`."""
    word = slack_user(field)
    if word is None:
        return None
    person = known.get(word)
    if person is None:
        field.wrong(f"{word!r} is nobody in 'people'{hint(word, known)}")
    elif not person.role.may_act_as(needed):
        field.wrong(f"{person.name} ({word}) is a {person.role.label}; this takes a {needed.label} or more")
    return word


def _turn(field: Field, zone: str) -> WallDays | timedelta | None:
    word = field.scalar(f"a turn: {', '.join(NAMED_TURNS)} or a duration such as {EXAMPLES_WITH_DAYS}")
    if word is None:
        return None
    return WallDays(NAMED_TURNS[word], zone) if word in NAMED_TURNS else plain_time(field)


def _full_hour(field: Field) -> int:
    """The hour, 0 to 23; 0 after recording what is wrong."""
    word = field.scalar('an hour such as "08:00"')
    if word is None:
        return 0
    hour = _hour_of(word)
    if hour is None:
        field.wrong(f"{word!r} is not a full hour such as 08:00, from 00:00 to 23:00")
        return 0
    return hour


def _hour_of(time_of_day: str) -> int | None:
    try:
        hour, seconds_past = divmod(parse_time_of_day(time_of_day), HOUR_SECONDS)
    except ValueError:
        return None
    return hour if seconds_past == 0 and hour <= LAST_HOUR else None


def _time_of_day(field: Field) -> time | None:
    """A time of day to the minute; None after recording what is wrong."""
    word = field.scalar('a time of day such as "09:30"')
    if word is None:
        return None
    try:
        hour, seconds = divmod(parse_time_of_day(word), HOUR_SECONDS)
        return time(hour, seconds // MINUTE_SECONDS)
    except ValueError:
        field.wrong(f"{word!r} is not a time of day such as 09:30, from 00:00 to 23:59")
        return None
