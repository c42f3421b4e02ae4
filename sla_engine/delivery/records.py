"""The values of delivery: a message's states, the rules of carrying, a claim on a message, and how carrying it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sla_engine.domain.upkeep.retries import URGENT, RetryPace

BURST_KIND = "storm"  # as stored
UNDELIVERABLE_KIND = "undeliverable"
HISTORY_UNREADABLE = "history_unreadable"
"""The beginning of an unanswered message's error where its channel's history may not be read."""
ITS_MESSAGE_IS_GONE = "its message is not there"
"""The error of an edit or a reply that was dropped; it comes back when its message does."""


class DeliveryState(StrEnum):
    """The states of a message between the fact that caused it and Slack."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    COLLAPSED = "collapsed"


class RefusalCause(StrEnum):
    """The cause of a refusal, on which depends what can still be done."""

    FORM = "form"
    """The message as it is laid out: its text alone may be taken."""
    CHANNEL = "channel"
    """The channel takes no messages: this one may be posted elsewhere."""
    PERSON = "person"
    """The person cannot be written to."""
    GONE = "gone"
    """Somebody removed the message to be changed: its news can only be posted."""
    FIXED = "fixed"
    """The message may not be changed any more: its news can only be posted."""
    OTHER = "other"


class DeliveryOp(StrEnum):
    """The operation: posting a new message, editing one, or taking one away."""

    POST = "post"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRules:
    """The courier's time limits and waits, all in real time, none in SLA time."""

    timeout: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(seconds=20)
    margin: timedelta = timedelta(seconds=2)
    settle: timedelta = timedelta(seconds=3)
    """The wait before an unanswered message is looked for."""
    post_gap: timedelta = timedelta(seconds=1.02)
    """The least time between two posts to one channel, by whichever process."""
    look_up_gap: timedelta = timedelta(seconds=1.25)
    """The least time between two look-ups, in whichever channel and by whichever process."""
    duplicate_checks: tuple[timedelta, ...] = (timedelta(seconds=30), timedelta(minutes=5))
    """The waits, from when a message was sent, after which its duplicates are looked for."""
    give_up_duplicate_check: timedelta = timedelta(hours=1)
    default_retry_after: timedelta = timedelta(seconds=5)
    first_backoff: timedelta = timedelta(seconds=1)
    longest_backoff: timedelta = timedelta(seconds=30)
    breaker_after: int = 3
    probe_gap: timedelta = timedelta(seconds=1)
    burst_size: int = 5
    burst_window: timedelta = timedelta(seconds=15)
    unreadable_patience: timedelta = timedelta(minutes=10)
    """The time an unanswered message stays unknown where history may not be read; then it is repeated, marked so."""
    pace: RetryPace = URGENT
    """The waits after each fault of ours; after the last one the message is given up."""
    lost_patience: timedelta = timedelta(minutes=5)
    """The time during which nothing is tried at a destination that refused, before the next message is tried there."""

    def backoff(self, attempts: int) -> timedelta:
        """The wait after this many tries: doubled each time, up to `longest_backoff`."""
        doubled: timedelta = self.first_backoff * 2 ** min(attempts - 1, 10)
        return min(doubled, self.longest_backoff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The message that takes a deleted one's place; without `ts` where it could not be posted."""

    channel_id: str | None
    ts: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One message that one worker carries until `lease_until`; recording the outcome needs the `token`."""

    id: int
    token: str
    lease_until: datetime
    key: str
    op: DeliveryOp
    kind: str
    payload: Mapping[str, Any] = field(repr=False)
    destination: str
    channel_id: str | None
    """The channel's id where it is known; a destination may be a name or a person."""
    ts: str | None
    """The message to edit or to delete."""
    thread_ts: str | None
    """The message to reply to."""
    posts: int
    """The number of tries that Slack may have accepted, this one included."""
    attempts: int
    first_tried_at: datetime
    is_unknown: bool
    """Whether an earlier try was never answered: it must be looked for before it is sent again."""
    error: str | None
    text_only: str | None = None
    """The error with which Slack refused the message's blocks, so that only its text is sent."""
    lost: str | None = None
    """The error with which the destination refused the last message, as long as nothing new is tried there."""
    was_lost: bool = False
    """Whether the destination refused a message and has taken none since."""
    meant_for: str | None = None
    """The destination where the message belongs, when it is posted here only because Slack refuses it there."""
    meant_for_error: str | None = None
    """The error with which Slack refuses it there."""
    successor: Successor | None = None
    """The message that takes the place of one to be deleted; None where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDestination:
    """A channel or person that Slack refuses messages for, since an instant of real time."""

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
    is_deleted: bool = False
    """Whether the message itself was deleted, so that none of them stays."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack took the message. A Slack-compatible server may leave out both fields."""

    channel_id: str | None
    ts: str | None


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A message to be deleted was cut to one line instead."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """An earlier try had arrived after all; `has_duplicates` when more than one did."""

    channel_id: str | None
    ts: str
    has_duplicates: bool


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Slack refused the call as too fast; `look_up` when it was the history that may not be read yet."""

    retry_after: timedelta | None
    look_up: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack will never take the message as it is; `announce` when people are to read that."""

    error: str
    announce: bool = True
    cause: RefusalCause = RefusalCause.OTHER


@dataclass(frozen=True, slots=True)
class NotSent:
    """The message surely did not arrive, and may be tried again; `is_outage` when Slack did not answer at all."""

    error: str
    is_outage: bool = True


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Slack did not answer; nobody knows whether the message arrived."""

    error: str


@dataclass(frozen=True, slots=True)
class NoAnswerFromHistory:
    """The look-up failed or was inconclusive; the message stays unknown."""

    error: str
    is_outage: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours, tried again a few times; `may_have_arrived` when it came up after the call to Slack began."""

    error: str
    may_have_arrived: bool = False


Answered = Sent | Adopted | RateLimited | Refused | NotSent | Unanswered | NoAnswerFromHistory
DeliveryOutcome = Answered | Shrunk | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that could not be delivered."""

    id: int
    kind: str
    destination: str
    error: str
    created_at: datetime
