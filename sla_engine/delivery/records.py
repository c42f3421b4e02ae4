"""The values deliveries are told in: a message's states, a claim on one, and how carrying it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sla_engine.domain.upkeep.retries import URGENT, RetryPace

STORM_KIND = "storm"
UNDELIVERABLE_KIND = "undeliverable"
HISTORY_UNREADABLE = "history_unreadable"
"""How the error of an unanswered message begins where its channel's history may not be read."""
ITS_MESSAGE_IS_GONE = "its message is not there"
"""Why an edit or a reply was dropped; it comes back when the message does."""


class DeliveryState(StrEnum):
    """Where a message is between the fact that caused it and Slack."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    COLLAPSED = "collapsed"


class RefusalCause(StrEnum):
    """What a refusal is about, and so what can still be done."""

    FORM = "form"
    """The message as it is laid out: its text alone may be taken."""
    CHANNEL = "channel"
    """The channel takes no messages: this one may be said elsewhere."""
    PERSON = "person"
    """The person cannot be written to."""
    OTHER = "other"


class DeliveryOp(StrEnum):
    """What is to be done: a new message, or an edit of one."""

    POST = "post"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRules:
    """How patient the courier is. All of it is real time, none of it SLA time."""

    timeout: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(seconds=20)
    margin: timedelta = timedelta(seconds=2)
    settle: timedelta = timedelta(seconds=3)
    """How long an unanswered message is left alone before it is looked for."""
    post_gap: timedelta = timedelta(seconds=1.02)
    """Between two posts to one channel, by whichever process."""
    look_up_gap: timedelta = timedelta(seconds=1.25)
    """Between two look-ups, in whichever channel and by whichever process."""
    duplicate_checks: tuple[timedelta, ...] = (timedelta(seconds=30), timedelta(minutes=5))
    """How long after a message was posted more than once its duplicates are looked for, each time."""
    give_up_duplicate_check: timedelta = timedelta(hours=1)
    default_retry_after: timedelta = timedelta(seconds=5)
    first_backoff: timedelta = timedelta(seconds=1)
    longest_backoff: timedelta = timedelta(seconds=30)
    breaker_after: int = 3
    probe_gap: timedelta = timedelta(seconds=1)
    storm_size: int = 5
    storm_window: timedelta = timedelta(seconds=15)
    unreadable_patience: timedelta = timedelta(minutes=10)
    """How long an unanswered message stays unknown where history may not be read, before it is repeated, marked so."""
    pace: RetryPace = URGENT
    """How long after each fault of ours a message is tried again, before it is given up."""
    lost_patience: timedelta = timedelta(minutes=5)
    """How long nothing is tried at a destination that refuses, before the next message is tried there again."""

    def backoff(self, attempts: int) -> timedelta:
        """How long to wait after this many tries."""
        doubled: timedelta = self.first_backoff * 2 ** min(attempts - 1, 10)
        return min(doubled, self.longest_backoff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One message that is ours to carry until `lease_until`; `token` is what a finish must show."""

    id: int
    token: str
    lease_until: datetime
    key: str
    op: DeliveryOp
    kind: str
    payload: Mapping[str, Any] = field(repr=False)
    destination: str
    channel_id: str | None
    """The channel's id where it is known: a destination may be a name or a person."""
    ts: str | None
    """The message to edit."""
    thread_ts: str | None
    """The message to reply to."""
    posts: int
    """How many times this may have been accepted, this time included."""
    attempts: int
    first_tried_at: datetime
    is_unknown: bool
    """Whether an earlier try was never answered: it must be looked for before it is sent again."""
    error: str | None
    text_only: str | None = None
    """Why Slack did not take the message with its blocks, so that only its text is sent."""
    lost: str | None = None
    """Why the destination refused the last message, as long as nothing new is tried there."""
    was_lost: bool = False
    """Whether the destination refused a message and has taken none since."""
    meant_for: str | None = None
    """Where the message belongs, when it is said here only because Slack refuses it there."""
    meant_for_error: str | None = None
    """Why Slack refuses it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDestination:
    """A channel or person that Slack refuses messages for: since when, and with which words."""

    destination: str
    error: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateCheck:
    """A message that was posted more than once and whose duplicates are to be removed."""

    id: int
    token: str
    key: str
    destination: str
    channel_id: str | None
    ts: str | None
    thread_ts: str | None
    first_tried_at: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has it. A Slack-compatible server may leave out both."""

    channel_id: str | None
    ts: str | None


@dataclass(frozen=True, slots=True)
class Adopted:
    """An earlier try had arrived after all; `has_duplicates` when more than one did."""

    channel_id: str | None
    ts: str
    has_duplicates: bool


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Not sent: too fast. `look_up` when it was the history that may not be asked yet."""

    retry_after: timedelta | None
    look_up: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack will never take it as it is; `announce` when somebody is to hear of it."""

    error: str
    announce: bool = True
    cause: RefusalCause = RefusalCause.OTHER


@dataclass(frozen=True, slots=True)
class NotSent:
    """It surely did not arrive; trying again is safe. `is_outage` when nobody answered at all."""

    error: str
    is_outage: bool = True


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether it arrived."""

    error: str


@dataclass(frozen=True, slots=True)
class NoAnswerFromHistory:
    """The look-up could not tell; the message stays unknown."""

    error: str
    is_outage: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours; tried again a few times. `may_have_arrived` when it came up after the call to Slack began."""

    error: str
    may_have_arrived: bool = False


Answered = Sent | Adopted | RateLimited | Refused | NotSent | Unanswered | NoAnswerFromHistory
DeliveryOutcome = Answered | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that could not be delivered."""

    id: int
    kind: str
    destination: str
    error: str
    created_at: datetime
