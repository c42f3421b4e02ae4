"""Refusals of the engine, as exceptions that carry facts; `text/refusals` has a sentence for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


class SlaError(Exception):
    """Something a person asked for cannot be done; the subclass says what and carries the facts."""


@dataclass(eq=False)
class UnknownEventKind(SlaError):
    """No fact is stored under this name."""

    kind: str


@dataclass(eq=False)
class AlreadyCarriedOut(SlaError):
    """This very request was carried out before; nothing is done again."""

    request: str


@dataclass(eq=False)
class UnknownIncident(SlaError):
    """No incident has this key; `near` are keys that look like it."""

    key: str
    near: tuple[str, ...] = ()


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
class AmbiguousPerson(SlaError):
    """Several people may be meant; `fits` has each one's name and what to write for them (a login or a Slack id)."""

    who: str
    fits: tuple[tuple[str, str], ...]


@dataclass(eq=False)
class UnknownChoice(SlaError):
    """A word is not one of the words allowed in its place."""

    what: str
    found: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class NotAllowed(SlaError):
    """The person's role does not include this; `who_may` is the least role that does."""

    action: str
    who_may: str


@dataclass(eq=False)
class NotNamed(SlaError):
    """Only those whom `msp.yaml` names may ask, and this colleague is not among them; `can_add` is a name, or empty."""

    action: str
    can_add: str


@dataclass(eq=False)
class Outsider(SlaError):
    """Somebody who is no colleague asked; `standing` says what they are: a guest, a bot, of another workspace."""

    action: str
    standing: str


@dataclass(eq=False)
class WorkspaceUnknown(SlaError):
    """Which workspace is ours was never told yet, so nobody can be said to belong to it."""


@dataclass(eq=False)
class StandingUnknown(SlaError):
    """Whether somebody is a member or a guest cannot be told right now."""


@dataclass(eq=False)
class TooManyRequests(SlaError):
    """Somebody asked for more than `limit` things within a minute; `is_first` is the one of them worth a word."""

    limit: int
    is_first: bool


@dataclass(eq=False)
class NotSetUp(SlaError):
    """No people or agreements have been applied yet; `missing` names the file."""

    missing: str


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
    """This reason to rest holds already."""

    key: str
    reason: str
    since: datetime


@dataclass(eq=False)
class NotPaused(SlaError):
    """No reason to rest holds."""

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
    """Somebody has the nudge already."""

    key: str
    by: str
    at: datetime


@dataclass(eq=False)
class NothingToAcknowledge(SlaError):
    """No nudge is waiting on this incident."""

    key: str


@dataclass(eq=False)
class InThePast(SlaError):
    """An instant that must lie ahead does not."""

    what: str
    at: datetime


@dataclass(eq=False)
class InTheFuture(SlaError):
    """A fact claims to have happened after now."""

    what: str
    at: datetime


@dataclass(eq=False)
class BeforeOpening(SlaError):
    """A fact claims to have happened before the incident opened."""

    key: str
    at: datetime
    opened_at: datetime


@dataclass(eq=False)
class UnreadableDuration(SlaError):
    """A duration could not be read."""

    text: str


@dataclass(eq=False)
class DayIsAmbiguous(SlaError):
    """`1d` could mean 24 hours or one business day: the writer must say which."""

    text: str


@dataclass(eq=False)
class UnreadableMoment(SlaError):
    """A point in time could not be read."""

    text: str


@dataclass(eq=False)
class UnreadableAddress(SlaError):
    """What somebody gave as a web address is none; `what` is the field it was given in."""

    what: str
    text: str


@dataclass(eq=False)
class NothingChosen(SlaError):
    """A menu was cleared: `what` is what could have been chosen in it (a person, a time)."""

    what: str


@dataclass(eq=False)
class MissingArgument(SlaError):
    """A command or form lacks something it needs."""

    what: str
    usage: str = ""


@dataclass(eq=False)
class TooLong(SlaError):
    """A text is longer than can be kept."""

    what: str
    limit: int
    length: int


@dataclass(eq=False)
class NoNoteWanted(SlaError):
    """The incident missed no target, so it owes no SLA note."""

    key: str


@dataclass(eq=False)
class NoNoteYet(SlaError):
    """There is no written SLA note to review or decide on."""

    key: str


@dataclass(eq=False)
class NoteIncomplete(SlaError):
    """The SLA note's quality check failed; `problems` maps a field to one sentence."""

    problems: Mapping[str, str]


@dataclass(eq=False)
class NoteAlreadyAccepted(SlaError):
    """The SLA note was accepted before."""

    key: str
    by: str


@dataclass(eq=False)
class AlreadyDecided(SlaError):
    """The SOP decision for this note was made before."""

    key: str
    decision: str
    by: str


@dataclass(eq=False)
class UnknownSop(SlaError):
    """No SOP decision has this number."""

    number: str


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong in a file: where, and a sentence with what was found and what is allowed."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(eq=False)
class FileInvalid(SlaError):
    """A file cannot be taken; nothing was changed."""

    problems: Sequence[FileProblem]


@dataclass(eq=False)
class PayloadInvalid(SlaError):
    """A webhook's payload cannot be taken; `field` is a dotted path."""

    field: str
    sentence: str


@dataclass(eq=False)
class NotAuthenticated(SlaError):
    """A webhook did not prove who sent it."""

    source: str


@dataclass(eq=False)
class PayloadTooLarge(SlaError):
    """A webhook's body is larger than taken."""

    limit: int


@dataclass(eq=False)
class UnknownWeek(SlaError):
    """A week could not be read; it is written like 2016-W12."""

    text: str


@dataclass(eq=False)
class StorageBusy(SlaError):
    """The database is locked, full of connections, or gone; nothing was written, trying again is safe."""


@dataclass(eq=False)
class SchemaMismatch(SlaError):
    """The database lacks a table or column this version needs; waiting does not help, `sla-bot migrate` does."""


@dataclass(eq=False)
class AddressUnusable(SlaError):
    """The database's address means nothing here; `what` says why, without a password that may be in it."""

    what: str


@dataclass(eq=False)
class DatabaseUnusable(SlaError):
    """What is at the address cannot be worked with, and waiting does not help; `what` is what was answered."""

    what: str


@dataclass(eq=False)
class AnchorsUnreadable(SlaError):
    """The file of anchors cannot be read, or holds none; `why` says which."""

    file: str
    why: str


@dataclass(eq=False)
class UnreadableHead(SlaError):
    """This is not the head of a history as it stands in the digest's thread."""

    text: str


@dataclass(eq=False)
class FromAnotherVersion(SlaError):
    """A button or form of another version lacks what this one needs; `what` is missing or not understood."""

    what: str


@dataclass(eq=False)
class UnknownFailure(SlaError):
    """Nothing that failed has this number: it succeeded meanwhile, or was dropped."""

    number: int


@dataclass(eq=False)
class UnknownMessage(SlaError):
    """No outbox message has this number, or it is not one that can be sent again."""

    number: int
    state: str | None = None


@dataclass(frozen=True, slots=True)
class FileWarning(FileProblem):
    """Something in a file that is allowed but rarely meant; the file is taken all the same."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: warning: {self.sentence}"


@dataclass(eq=False)
class NotYetInForce(SlaError):
    """The customer's first agreement begins after that instant."""

    customer: str
    at: datetime
    effective: datetime


@dataclass(eq=False)
class SopIncomplete(SlaError):
    """A decision about an SOP lacks something; `problems` maps a field to one sentence."""

    problems: Mapping[str, str]


@dataclass(eq=False)
class UnknownTriage(SlaError):
    """Nothing waits for triage under this number."""

    number: int


@dataclass(eq=False)
class UnknownWord(SlaError):
    """No word of another system was ever asked about under this number."""

    number: int


@dataclass(eq=False)
class WordAnswered(SlaError):
    """Somebody has said already what a word means; `msp.yaml` may say otherwise."""

    word: str
    meaning: str
    by: str
    at: datetime


@dataclass(eq=False)
class UnknownIntake(SlaError):
    """No intake has this name; `known` are those there are."""

    name: str
    known: tuple[str, ...]


@dataclass(eq=False)
class UnknownDelivery(SlaError):
    """No delivery that needs somebody is called this, or `several` are."""

    name: str
    several: tuple[str, ...] = ()


@dataclass(eq=False)
class DeliveryUnreadable(SlaError):
    """What was kept of a delivery cannot be read, so it can only be dropped."""

    name: str


@dataclass(eq=False)
class NothingToReplay(SlaError):
    """What is held until its ticket is opened cannot be taken in again: it was taken."""

    name: str


@dataclass(eq=False)
class CalendarNeverOpens(SlaError):
    """A calendar has not enough open time beyond an instant: its hours and closures need a second look."""

    calendar: str
    zone: str
    beyond: datetime


@dataclass(eq=False)
class UnknownZone(SlaError):
    """No IANA time zone has this name; `near` are names that look like it."""

    zone: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownCountry(SlaError):
    """No holidays are known under this country code; `near` are codes that look like it."""

    country: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownSubdivision(SlaError):
    """The country has no such state or province; `allowed` are the ones it has."""

    country: str
    subdivision: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnknownHolidayCategory(SlaError):
    """The country keeps no holidays of this kind; `allowed` are the kinds it has."""

    country: str
    category: str
    allowed: tuple[str, ...]


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
    """A what-if sentence has none of the forms there are; `word` is where it goes wrong, `forms` are examples."""

    text: str
    word: str
    near: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(eq=False)
class WhichIncident(SlaError):
    """An act was supposed without saying of which incident, and more than one (or none) could be meant."""

    usage: str
    count: int
