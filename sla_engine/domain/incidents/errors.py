"""Refusals of acts on incidents."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class UnknownEventKind(SlaError):
    """No fact is stored under this name."""

    kind: str


@dataclass(eq=False)
class UnknownIncident(SlaError):
    """No incident has this key; `near` are keys that look like it."""

    key: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class AlreadyResolved(SlaError):
    """The incident was resolved before."""

    key: str
    at: datetime


@dataclass(eq=False)
class NotResolved(SlaError):
    """The incident is open; only a resolved one can be reopened."""

    key: str


@dataclass(eq=False)
class AlreadyPaused(SlaError):
    """The incident is paused for this reason already."""

    key: str
    reason: str
    since: datetime


@dataclass(eq=False)
class NotPaused(SlaError):
    """The incident is not paused."""

    key: str


@dataclass(eq=False)
class AlreadyDone(SlaError):
    """The one-time act was done before (`what`: respond, plan)."""

    key: str
    what: str
    by: str
    at: datetime


@dataclass(eq=False)
class SamePriority(SlaError):
    """The incident has this priority already."""

    key: str
    priority: str


@dataclass(eq=False)
class AlreadyAssigned(SlaError):
    """That person has the incident already."""

    key: str
    to: str


@dataclass(eq=False)
class AlreadyAcknowledged(SlaError):
    """Somebody acknowledged the nudge already."""

    key: str
    by: str
    at: datetime


@dataclass(eq=False)
class NothingToAcknowledge(SlaError):
    """No nudge is waiting on this incident."""

    key: str


@dataclass(eq=False)
class BeforeOpening(SlaError):
    """A fact claims to have happened before the incident opened."""

    key: str
    at: datetime
    opened_at: datetime


@dataclass(eq=False)
class UnknownTriage(SlaError):
    """Nothing waits for triage under this number."""

    number: int


@dataclass(eq=False)
class UnknownWord(SlaError):
    """No question about a word of another system has this number."""

    number: int


@dataclass(eq=False)
class WordAnswered(SlaError):
    """Somebody gave the meaning of this word already; `msp.yaml` may change it."""

    word: str
    meaning: str
    by: str
    at: datetime


@dataclass(eq=False)
class AlreadyMerged(SlaError):
    """The incident is a duplicate that was merged into another; acts belong to that one."""

    key: str
    into: str


@dataclass(eq=False)
class AlreadyMoved(SlaError):
    """The incident turned out to be another customer's; acts belong to the one that goes on there."""

    key: str
    customer: str
    goes_on_as: str


@dataclass(eq=False)
class TicketDeleted(SlaError):
    """The incident's ticket was deleted in its own system; only its misses can still be dealt with."""

    key: str
    at: datetime


@dataclass(eq=False)
class MergedIntoItself(SlaError):
    """An incident cannot be its own duplicate."""

    key: str


@dataclass(eq=False)
class OtherCustomer(SlaError):
    """Two incidents of different customers are never the same one."""

    key: str
    customer: str
    into: str
    other: str


@dataclass(eq=False)
class AlreadyFollowed(SlaError):
    """The incident came back after its window for reopening; a new one goes on with it."""

    key: str
    by: str


@dataclass(eq=False)
class NothingMissed(SlaError):
    """The clock has missed no target (in this period), so there is nothing to waive."""

    key: str
    metric: str


@dataclass(eq=False)
class AlreadyWaived(SlaError):
    """The missed target was taken out of the figures before."""

    key: str
    metric: str
    by: str
    at: datetime


@dataclass(eq=False)
class UnreadableSupposition(SlaError):
    """A what-if sentence has none of the known forms; `word` is where it goes wrong, `forms` are examples."""

    text: str
    word: str
    near: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(eq=False)
class WhichIncident(SlaError):
    """A supposed act names no incident, and more than one (or none) could be meant."""

    usage: str
    count: int


@dataclass(eq=False)
class OpeningTakenBack(SlaError):
    """The opening of the incident was undone: it counts as never opened."""

    key: str
    by: str
    at: datetime


@dataclass(eq=False)
class TriagedSince(SlaError):
    """What was taken off the triage list under `number` was decided about again since: `settled_as` says how."""

    number: int
    settled_as: str


@dataclass(eq=False)
class NothingToUndo(SlaError):
    """This person did nothing lately that could be undone."""


@dataclass(eq=False)
class NothingToChange(SlaError):
    """The act that was to be changed was taken back or changed since, or did nothing that a form can change."""


@dataclass(eq=False)
class NothingChanged(SlaError):
    """The form says exactly what is on record already."""

    key: str


@dataclass(eq=False)
class TooLateToUndo(SlaError):
    """The act was done at `at` (SLA time), and can be undone or changed for `window` of real time only."""

    at: datetime
    window: timedelta


@dataclass(eq=False)
class ActedSince(SlaError):
    """Somebody acted on the incident after what was to be undone: `what` is the stored name of their fact."""

    key: str
    what: str
    by: str
    at: datetime


@dataclass(eq=False)
class NoneOpen(SlaError):
    """None of the incidents that were meant is open any more."""
