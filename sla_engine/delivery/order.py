"""Plans which of a channel's waiting messages may go now: a pure walk over them, oldest first.

A waiting message holds back only those that follow it in its own incident, or edit the same message: one whose fate is
unknown never stops a channel. A deletion waits for the message that takes the place of the deleted one, and holds back
nothing else. Nothing here writes; `claims.py` carries the plan out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from sla_engine.delivery.records import DeliveryOp, DeliveryState

COLLAPSIBLE = frozenset({"line"})
"""Kinds of which many become one summary. It has no buttons: any other message asks for something and stays alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMessage:
    """One waiting message, as the plan needs it."""

    id: int
    message: str
    op: DeliveryOp
    kind: str
    state: DeliveryState
    thread_of: str | None
    incident_id: int | None
    not_before: datetime | None
    lease_until: datetime | None
    token: str | None
    posts: int
    successor: str | None = None
    """The message that takes the place of the one to be deleted."""

    @property
    def is_change(self) -> bool:
        """Whether it changes a message that is there: an edit or a deletion."""
        return self.op is not DeliveryOp.POST

    @property
    def depends_on(self) -> str | None:
        """The message that must be posted first: the one it changes, or replies to."""
        return self.message if self.is_change else self.thread_of

    @property
    def needs(self) -> set[str]:
        """The messages whose posts decide whether it may go."""
        return {name for name in (self.depends_on, self.successor) if name is not None}

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be collapsed into a summary: a new message that was never tried."""
        return self.is_untried_post and self.thread_of is None and self.kind in COLLAPSIBLE

    @property
    def is_untried_post(self) -> bool:
        """Whether it is to be posted and Slack has surely never seen it."""
        return self.state is DeliveryState.PENDING and self.op is DeliveryOp.POST and self.posts == 0

    @property
    def is_unknown(self) -> bool:
        """Whether an earlier post may have arrived (an edit or a deletion is simply repeated)."""
        return self.op is DeliveryOp.POST and self.posts > 0

    @property
    def asks_history(self) -> bool:
        """Whether the channel's history is read before it goes: for an earlier post, or for what people wrote."""
        return self.is_unknown or self.op is DeliveryOp.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The post of a message that another one depends on."""

    id: int
    state: DeliveryState
    channel_id: str | None
    ts: str | None
    ts_is_sought: bool
    meant_for: str | None = None


@dataclass(slots=True)
class Plan:
    """A channel's waiting messages, sorted by what is to be done with them."""

    ready: list[WaitingMessage] = field(default_factory=list)
    """Those that may go now, in this order."""
    moot: list[WaitingMessage] = field(default_factory=list)
    """Those whose post will never be there."""
    superseded: list[tuple[WaitingMessage, WaitingMessage]] = field(default_factory=list)
    """Edits and deletions, each with the newer one of the same message that waits; a deletion outdoes an edit."""

    @property
    def fresh(self) -> list[WaitingMessage]:
        """Those that may be collapsed into a summary."""
        return [row for row in self.ready if row.is_fresh]


AWAITED = frozenset({DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN})
"""States of a message that may still be posted."""


class _Fate(Enum):
    READY = auto()
    WAITS = auto()
    MOOT = auto()


def plan(rows: Sequence[WaitingMessage], posted: Mapping[str, Posted], *, now: datetime) -> Plan:
    """Plan the waiting messages of one channel, given oldest first; `posted` are the posts they depend on, by name."""
    channel_plan = Plan()
    last_change = _last_changes(rows)
    blocked: set[int | str] = set()
    for row in rows:
        newest = last_change.get(row.message)
        if newest is not None and newest is not row and _is_open_change(row):
            channel_plan.superseded.append((row, newest))
            continue
        fate = _fate(row, posted, now=now)
        if fate is _Fate.MOOT:
            channel_plan.moot.append(row)
            continue
        if not blocked.isdisjoint(_order_keys(row)):
            continue
        if fate is _Fate.READY:
            channel_plan.ready.append(row)
        if fate is _Fate.WAITS or not row.is_fresh:
            blocked.update(_order_keys(row))
    return channel_plan


def _last_changes(rows: Sequence[WaitingMessage]) -> dict[str, WaitingMessage]:
    """The change of each message that counts: its newest deletion, else its newest edit."""
    changes = (row for row in rows if _is_open_change(row))
    return {row.message: row for row in sorted(changes, key=lambda row: row.op is DeliveryOp.DELETE)}


def _is_open_change(row: WaitingMessage) -> bool:
    return row.is_change and row.state is DeliveryState.PENDING


def _order_keys(row: WaitingMessage) -> set[int | str]:
    """The message and the incident within which messages keep their order; a deletion can wait without its incident."""
    if row.incident_id is None or row.op is DeliveryOp.DELETE:
        return {row.message}
    return {row.message, row.incident_id}


def _fate(row: WaitingMessage, posted: Mapping[str, Posted], *, now: datetime) -> _Fate:
    if row.state is DeliveryState.SENDING and row.lease_until is not None and row.lease_until > now:
        return _Fate.WAITS
    fate = _Fate.READY if row.depends_on is None else _fate_by(posted.get(row.depends_on))
    if fate is not _Fate.READY:
        return fate
    is_early = row.not_before is not None and row.not_before > now
    return _Fate.WAITS if is_early or _successor_is_awaited(row, posted) else _Fate.READY


def _successor_is_awaited(row: WaitingMessage, posted: Mapping[str, Posted]) -> bool:
    """Whether the message that takes this one's place is still to be posted; one that is dead is not waited for."""
    post = None if row.successor is None else posted.get(row.successor)
    return post is not None and post.state in AWAITED


def _fate_by(post: Posted | None) -> _Fate:
    if post is None or post.state in {DeliveryState.DEAD, DeliveryState.COLLAPSED}:
        return _Fate.MOOT
    if post.state is not DeliveryState.SENT:
        return _Fate.WAITS
    if post.ts is not None:
        return _Fate.READY
    return _Fate.WAITS if post.ts_is_sought else _Fate.MOOT
