"""A nudge as a value: what it is about, whom it calls, and what has happened since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause


class NudgeState(StrEnum):
    """The state of a nudge: waiting, acknowledged, snoozed, replaced by a later one, or closed."""

    LIVE = "live"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An act on an incident: the stored name of the fact, its text, and its other fields."""

    what: str
    by: str
    at: datetime
    text: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeMessage:
    """A nudge in the dispatcher channel, or (`direct`) to its owner alone. Ids are Slack user ids, durations open time.

    The clock it shows is the one it was posted about while that runs, else the one due next; `is_settled` says that
    what it was posted about is done.
    """

    incident_key: str
    title: str
    customer: str
    priority: str
    link: str | None
    cause: NudgeCause
    metric_label: str | None
    percent: int
    due_at: datetime | None
    elapsed: timedelta
    target: timedelta
    breached_at: datetime | None
    noticed_at: datetime | None
    """Set when the breach was noticed late (after an outage)."""
    mention: tuple[str, ...]
    assignee: str | None
    repeat: int = 0
    text: str = ""
    state: NudgeState = NudgeState.LIVE
    state_by: str | None = None
    state_at: datetime | None = None
    promise: datetime | None = None
    snoozed_until: datetime | None = None
    also: tuple[AlsoDue, ...] = ()
    updates: tuple[Happened, ...] = ()
    """The acts since the nudge was posted, newest last."""
    rung: str = ""
    """The point at which its rung is reached, where that is no share: `30m before due`."""
    asked: str | None = None
    """The person whose promised update did not come, and who is asked whether the promise still holds."""
    told: tuple[str, ...] = ()
    """The people whom it and the messages it replaced have mentioned since the incident was last opened."""
    replaced: int = 0
    """How many messages there were before it, each in the place of the one before."""
    announced_reply: int | None = None
    """The number of the customer's last reply in a pause that was announced."""
    newer: str | None = None
    """The address of the message that took this one's place, once that is known."""
    ticket: str | None = None
    """The number by which people know it in their ticket system."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What to call each of our people that it names: the first name, or the whole one where two share it."""
    metric: str | None = None
    """The metric of the clock it was posted about, and that clock's period."""
    cycle: int = 0
    posted_at: datetime | None = None
    last_told_at: datetime | None = None
    """When the customer last heard from us."""
    paused_for: tuple[str, ...] = ()
    """The reasons for which the clock it shows rests."""
    pause_until: datetime | None = None
    text_by: str | None = None
    """Who wrote `text`, where that is one of our people."""
    is_settled: bool = False
    direct: bool = False
