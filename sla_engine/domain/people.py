"""Who works here, who dispatches today, who answers for which customer, and where messages go (`msp.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.calendars import Calendar
from sla_engine.domain.priorities import Priority


class Role(StrEnum):
    """What somebody may do; each role may do what the roles above it may."""

    EVERYONE = "everyone"
    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    SERVICE_MANAGER = "service_manager"
    ADMIN = "admin"

    def may_act_as(self, needed: "Role") -> bool:
        """Whether this role includes what `needed` may do."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    @property
    def label(self) -> str:
        """The role as a person reads it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of us: Slack id, name, IANA zone, role, login in the ticket system."""

    slack_id: str
    name: str
    zone: str
    role: Role
    login: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who dispatches: `members` in turn, one `turn` each, counted from `starts` (an instant in UTC)."""

    members: tuple[str, ...]
    starts: datetime
    turn: timedelta

    def on_duty(self, now: datetime) -> str | None:
        """The Slack id of the dispatcher at `now`; before `starts` the first member, None for an empty rota."""
        if not self.members:
            return None
        turns = max(0, (now - self.starts) // self.turn)
        return self.members[turns % len(self.members)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePolicy:
    """Which misses want an SLA note, and how often a missing one is asked for (open time)."""

    floor: Priority = Priority.P4
    remind_every: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Msp:
    """One version of `msp.yaml`."""

    name: str
    zone: str
    calendar: Calendar
    people: tuple[Person, ...]
    rota: Rota
    dispatcher_channel: str
    managers_channel: str
    managers: Mapping[str, str] = field(default_factory=dict)
    """Customer name → Slack id of the service manager who answers for it; key `default` for the rest."""
    incidents_channel: str | None = None
    incidents_from: Priority | None = None
    notes: NotePolicy = field(default_factory=NotePolicy)
    digest_weekday: int = 0
    digest_hour: int = 8

    def person(self, slack_id: str) -> Person | None:
        """Who has this Slack id."""
        return next((p for p in self.people if p.slack_id == slack_id), None)

    def by_login(self, login: str) -> Person | None:
        """Who has this login in the ticket system."""
        return next((p for p in self.people if p.login == login), None)

    def role_of(self, slack_id: str) -> Role:
        """What this Slack user may do; somebody unknown may only look."""
        person = self.person(slack_id)
        return person.role if person else Role.EVERYONE

    def dispatcher(self, now: datetime) -> str | None:
        """The dispatcher on duty."""
        return self.rota.on_duty(now)

    def manager_of(self, customer: str) -> str | None:
        """Which service manager answers for this customer."""
        named = self.managers.get(customer) or self.managers.get("default")
        if named:
            return named
        return next((p.slack_id for p in self.people if p.role is Role.SERVICE_MANAGER), None)
