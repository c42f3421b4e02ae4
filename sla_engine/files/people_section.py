"""The `people` part of `msp.yaml`: everybody's Slack id, name, zone and role."""

import re
from collections.abc import Sequence

from sla_engine.domain.agreements.msp import Person, Role
from sla_engine.domain.text.names import same_name
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.hours import weekly_hours
from sla_engine.files.scalars import member, text, zone
from sla_engine.files.yaml_document import Field

PERSON_KEYS = ("slack", "name", "zone", "role", "login", "team", "hours")

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


def people(field: Field, default_zone: str) -> tuple[Person, ...]:
    """Everybody, in file order; a Slack id or a login names one person only."""
    taken: dict[tuple[str, str], int] = {}
    team: list[Person] = []
    for item in field.items("a list of people"):
        person = _person(item, default_zone)
        if person is None:
            continue
        _refuse_taken(item, "Slack id", person.slack_id, taken)
        _refuse_taken(item, "login", person.login, taken)
        alike = _login_alike(person, team)
        if alike is not None:
            item.odd(
                f"the login {person.login!r} is {alike.login!r} of {alike.name} but for its spelling; "
                "written in a third way it means neither of them"
            )
        team.append(person)
    return tuple(team)


def _refuse_taken(item: Field, what: str, word: str | None, taken: dict[tuple[str, str], int]) -> None:
    """Record as wrong that an earlier person has the same id or login; `taken` has the line of each."""
    if word is None:
        return
    if (what, word) in taken:
        item.wrong(f"the {what} {word!r} is somebody else's already, on line {taken[what, word]}")
    else:
        taken[what, word] = item.line


def _login_alike(person: Person, others: Sequence[Person]) -> Person | None:
    """Somebody else whose login differs only in its case or its marks."""
    logins = {other.login: other for other in others if other.login is not None and other.login != person.login}
    alike = same_name(person.login or "", logins)
    return None if alike is None else logins[alike]


def slack_user(field: Field) -> str | None:
    """A Slack user id."""
    word = field.scalar("a Slack user id such as U012ABCDEF")
    if word is not None and _SLACK_USER.fullmatch(word) is None:
        field.wrong(f"{word!r} is not a Slack user id; it is written like U012ABCDEF (profile, ⋮, Copy member ID)")
        return None
    return word


def _person(item: Field, default_zone: str) -> Person | None:
    keys = item.keys(PERSON_KEYS, required=["slack", "name", "role"])
    slack_id = slack_user(keys["slack"]) if "slack" in keys else None
    name = text(keys["name"], what="a name") if "name" in keys else None
    role = member(keys["role"], Role, what="role", without=[Role.EVERYONE]) if "role" in keys else None
    own_zone = zone(keys["zone"]) if "zone" in keys else default_zone
    login = text(keys["login"], what="a login") if "login" in keys else None
    team = text(keys["team"], what="a team") if "team" in keys else None
    hours = weekly_hours(keys["hours"]) if "hours" in keys else None
    if slack_id is None or name is None or role is None or own_zone is None:
        return None
    own = Calendar(own_zone, hours=hours) if hours is not None and any(hours) else None
    return Person(slack_id=slack_id, name=name, zone=own_zone, role=role, login=login, team=team, hours=own)
