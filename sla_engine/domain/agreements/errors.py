"""Refusals about customers, people and their permissions."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownCustomer(SlaError):
    """No agreement names this customer; `near` are names that look like it."""

    name: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownPerson(SlaError):
    """Nobody in `msp.yaml` has this id or login."""

    who: str


@dataclass(eq=False)
class NotAbsent(SlaError):
    """Somebody is said to be back who is not away; `name` is what they are called."""

    name: str


@dataclass(eq=False)
class NoDispatcher(SlaError):
    """Somebody cannot dispatch: `role` is what they are."""

    name: str
    role: str


@dataclass(eq=False)
class DispatcherAbsent(SlaError):
    """Somebody cannot take over the dispatch, because they are away until then."""

    name: str
    until: datetime


@dataclass(eq=False)
class DispatchesAlready(SlaError):
    """The dispatch cannot be handed to somebody who has it."""

    name: str


@dataclass(eq=False)
class HandoverSettled(SlaError):
    """A handover that nobody had accepted is settled by now: `name` is on duty, where somebody is."""

    name: str


@dataclass(eq=False)
class NobodyNext(SlaError):
    """The dispatch cannot be handed on: nobody else in the rota is there."""


@dataclass(eq=False)
class NotYoursToAccept(SlaError):
    """Only the one who is next, called `name`, can say that they have the dispatch."""

    name: str


@dataclass(eq=False)
class SaidSince(SlaError):
    """Somebody (`by`) said more about the same absence at `at`, so what was said before cannot be undone."""

    by: str
    at: datetime


@dataclass(eq=False)
class AmbiguousPerson(SlaError):
    """Several people may be meant; `fits` has each one's name and what to write for them (a login or a Slack id)."""

    who: str
    fits: tuple[tuple[str, str], ...]


@dataclass(eq=False)
class NotAllowed(SlaError):
    """The person's role does not include this; `who_may` is the least role that does, `names` are people to ask.

    `is_on_duty` says that they are named because they are on duty, `has_taken_over` that they know it.
    """

    action: str
    who_may: str
    names: tuple[str, ...] = ()
    is_on_duty: bool = False
    has_taken_over: bool = True


@dataclass(eq=False)
class NotNamed(SlaError):
    """The people in `msp.yaml` do not include this colleague; `can_add` is the name of somebody who can add them."""

    action: str
    can_add: str


@dataclass(eq=False)
class Outsider(SlaError):
    """A person who is no colleague asked; `standing` says what they are: a guest, a bot, of another workspace."""

    action: str
    standing: str


@dataclass(eq=False)
class WorkspaceUnknown(SlaError):
    """Our own workspace is not known yet, so nobody can be said to belong to it."""


@dataclass(eq=False)
class StandingUnknown(SlaError):
    """The standing of somebody (member or guest) cannot be looked up right now."""


@dataclass(eq=False)
class NotSetUp(SlaError):
    """No people or agreements have been applied yet; `missing` names the file."""

    missing: str


@dataclass(eq=False)
class NotYetInForce(SlaError):
    """The customer's first agreement begins after that instant."""

    customer: str
    at: datetime
    effective: datetime
