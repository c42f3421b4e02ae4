"""The MSP's own file (`msp.yaml`): people, the dispatchers' rota, the service manager of each customer, channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.errors import AmbiguousPerson, UnknownPerson
from sla_engine.domain.agreements.goals import NO_GOALS, Goals
from sla_engine.domain.agreements.roster import NO_ROSTER, Absence, Roster
from sla_engine.domain.agreements.routes import Routes
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.word_meanings import OwnWords
from sla_engine.domain.text.names import folded, names_with_part, same_name
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.rota import Rota

DEFAULT_MANAGER = "default"
"""The key under `managers` for every customer it does not name."""


class Role(StrEnum):
    """The role of a person; each role may do everything that the roles above it here may do."""

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


class Access(StrEnum):
    """The people who may look and open without being named in `msp.yaml`."""

    NAMED = "named"
    """Nobody."""
    WORKSPACE = "workspace"
    """Every member of our workspace; no guests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of our people: Slack id, name, IANA zone, role, login in the ticket system, and their own hours, if any."""

    slack_id: str
    name: str
    zone: str
    role: Role
    login: str | None = None
    team: str | None = None
    hours: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePolicy:
    """The lowest priorities whose misses want four questions answered and, below that, their reason given.

    From `manager_at`, a time of day in the MSP's zone, service managers are written to about late notes.
    """

    full: Priority = Priority.P2
    reason: Priority = Priority.P4
    manager_at: time = time(9, 30)


USUAL_UNOWNED: Mapping[Priority, timedelta] = {
    Priority.P1: timedelta(0),
    Priority.P2: timedelta(minutes=10),
    Priority.P3: timedelta(minutes=30),
    Priority.P4: timedelta(hours=2),
}
"""The open time after which an incident that nobody has is named in the channel; a P5 is on the board alone."""


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
    digest_to_managers: bool = False
    """Whether each service manager gets their own customers of the week in a direct message."""
    intakes: Mapping[str, OwnWords] = field(default_factory=dict)
    """Ticket systems with a name of their own in the address (`POST /intake/<name>`), and what their words mean."""
    access: Access = Access.NAMED
    unowned: Mapping[Priority, timedelta] = field(default_factory=lambda: dict(USUAL_UNOWNED))
    """The open time after which an incident that nobody has is named in the dispatchers' channel."""
    goals: Goals = NO_GOALS
    """What share of what was promised is to be kept, where a customer's agreement does not say."""
    roster: Roster = NO_ROSTER
    """Who is absent by this file, and by what was said in Slack since."""

    @property
    def can_add(self) -> str:
        """The name of somebody who can have a colleague added: an admin, else a service manager; empty for neither."""
        admins = [person.name for person in self.people if person.role is Role.ADMIN]
        managers = [person.name for person in self.people if person.role is Role.SERVICE_MANAGER]
        return next(iter([*admins, *managers]), "")

    def person(self, slack_id: str) -> Person | None:
        """The person with this Slack id."""
        return next((p for p in self.people if p.slack_id == slack_id), None)

    def reachable(self, person: str | None) -> str | None:
        """The Slack id to write to, where this is one of our people.

        None for a login or an address of another system, and for somebody the file no longer names.
        """
        return person if person is not None and self.person(person) is not None else None

    def is_absent(self, person: str | None, at: datetime) -> bool:
        """Whether somebody is away at an instant: they get no direct messages then, and are not mentioned."""
        return person is not None and self.roster.absence(person, at) is not None

    def absent(self, at: datetime) -> tuple[Absence, ...]:
        """The absences in force at an instant, one for each of our people who is away, in the order of the file."""
        absences = (self.roster.absence(person.slack_id, at) for person in self.people)
        return tuple(absence for absence in absences if absence is not None)

    def present(self, person: str | None, at: datetime) -> str | None:
        """The Slack id to write to at an instant, where this is one of our people and not absent."""
        return None if self.is_absent(person, at) else self.reachable(person)

    def by_login(self, login: str) -> Person | None:
        """The person with this login, in any case; the exact login wins, None where two people's are alike."""
        people = self.with_login(login)
        return people[0] if len(people) == 1 else None

    def with_login(self, login: str) -> tuple[Person, ...]:
        """Everybody whose login this may be: the one with exactly this login, else all with it in any case."""
        exact = tuple(p for p in self.people if p.login == login)
        return exact or tuple(p for p in self.people if p.login is not None and folded(p.login) == folded(login))

    def called(self, word: str) -> tuple[Person, ...]:
        """Everybody a word may mean: by Slack id, else login, else whole name, else first name, else a part of it."""
        wanted = folded(word)
        return (
            tuple(p for p in self.people if folded(p.slack_id) == wanted)
            or self.with_login(word)
            or tuple(p for p in self.people if folded(p.name) == wanted)
            or tuple(p for p in self.people if folded(p.name).split()[:1] == [wanted])
            or self._with_part(word)
        )

    def _with_part(self, part: str) -> tuple[Person, ...]:
        fitting = names_with_part(part, [p.name for p in self.people])
        return tuple(p for p in self.people if p.name in fitting)

    def meant(self, word: str) -> Person:
        """The person a word means: a Slack id, a login, a name, or a part of a name that only one of us has.

        Raises: UnknownPerson, AmbiguousPerson naming everybody it fits.
        """
        people = self.called(word.strip().removeprefix("@"))
        if not people:
            raise UnknownPerson(word)
        if len(people) > 1:
            raise AmbiguousPerson(word, tuple((p.name, p.login or p.slack_id) for p in people))
        return people[0]

    def short_name(self, slack_id: str) -> str:
        """The first name of one of our people, or the whole name where two share it; empty for anybody else."""
        person = self.person(slack_id)
        if person is None:
            return ""
        first, *rest = person.name.split() or [person.name]
        namesakes = [p for p in self.people if folded(p.name).split()[:1] == [folded(first)]]
        return first if rest and len(namesakes) == 1 else person.name

    def role_of(self, slack_id: str) -> Role:
        """The role of a Slack user; `everyone` for somebody the file does not name."""
        person = self.person(slack_id)
        return person.role if person else Role.EVERYONE

    def dispatcher(self, now: datetime) -> str | None:
        """The dispatcher on duty: by a handover while it lasts, else by the rota; an absent one's turn falls on."""
        turn = self.roster.turn(now)
        if turn is not None and self.present(turn.person, now) is not None:
            return turn.person
        return self.rota.on_duty(now, absent=[absence.person for absence in self.absent(now)])

    def manager_of(self, customer: str) -> str | None:
        """The Slack id of the service manager of this customer, however `managers` spells its name."""
        spelled = same_name(customer, self.managers) or same_name(DEFAULT_MANAGER, self.managers)
        if spelled is not None:
            return self.managers[spelled]
        return next((p.slack_id for p in self.people if p.role is Role.SERVICE_MANAGER), None)

    def present_manager_of(self, customer: str, now: datetime) -> str | None:
        """The service manager of this customer or, while they are absent, another one who is there."""
        managers = [p.slack_id for p in self.people if p.role is Role.SERVICE_MANAGER]
        candidates = (self.manager_of(customer), self.manager_of(DEFAULT_MANAGER), *managers)
        return next((person for person in candidates if person and not self.is_absent(person, now)), None)

    def routes(self, now: datetime) -> Routes:
        """The fallback destinations, at `now`, of messages whose own channel is lost."""
        return Routes(
            dispatcher_channel=self.dispatcher_channel,
            managers_channel=self.managers_channel,
            on_duty=self.dispatcher(now),
            manager=self.present_manager_of(DEFAULT_MANAGER, now),
        )

    @property
    def destinations(self) -> frozenset[str]:
        """Every channel and person that messages may be for."""
        channels = (self.dispatcher_channel, self.managers_channel, self.incidents_channel)
        return frozenset((*(channel for channel in channels if channel), *(person.slack_id for person in self.people)))


NOBODY = Msp(
    name="",
    zone="UTC",
    calendar=Calendar.always_open("UTC"),
    people=(),
    rota=Rota(members=(), starts=datetime(1970, 1, 1, tzinfo=UTC), turn=timedelta(days=7)),
    dispatcher_channel="",
    managers_channel="",
)
"""The MSP before any people file was applied: nobody is notified, and weeks are those of UTC."""
