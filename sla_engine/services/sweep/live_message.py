"""Posts, edits and deletes a message that is kept true: at most one of a name is there.

Several workers may do this at once: whoever finds the message changed since it was read leaves it as it is. Lengths of
time are taken without their sign, since a clock that is set back must not keep a message untrue until it has caught up.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.msp import Msp
from sla_engine.notifications.kinds import Notification, to_payload
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages, outbox
from sla_engine.storage.database import Session
from sla_engine.storage.live_messages import LiveRecord
from sla_engine.storage.outbox import NewMessage

_Read = TypeVar("_Read")

EDIT_GAP = timedelta(seconds=5)
"""The least real time between two changes of one message."""


LOOK_EVERY = timedelta(minutes=1)
"""How long (SLA time) a message may stand without being drawn anew where no fact was recorded."""


class DrawingPace:
    """When the messages of one process are drawn: after a fact, else once a minute, and never right after each other.

    `at` is real time, `now` SLA time.
    """

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._drawn_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._read_change = self._drawn_change = (-1, False)

    def read_if_due(self, read: Callable[[Session, Msp], _Read], *, now: datetime) -> _Read | None:
        """Read what the messages are to show where they may have become untrue; None sooner, and without an `msp.yaml`.

        Sooner than a message may be edited again nothing is read at all.
        Raises: StorageBusy.
        """
        at = self._unit_of_work.real_clock()
        if self._looked_at is not None and abs(at - self._looked_at) < EDIT_GAP:
            return None
        with self._unit_of_work.database.reading() as session:
            newest_change = live_messages.newest_change(session)
            if not self._is_due(newest_change, now=now):
                return None
            try:
                msp = self._unit_of_work.msp(session)
            except NotSetUp:
                return None
            self._looked_at, self._read_change = at, newest_change
            return read(session, msp)

    def drawn(self, *, now: datetime) -> None:
        """Remember that every message shows what was read last, as of `now`."""
        self._drawn_change, self._drawn_at = self._read_change, now

    def _is_due(self, newest_change: tuple[int, bool], *, now: datetime) -> bool:
        """Whether the messages may have become untrue."""
        has_changed = newest_change != self._drawn_change or self._drawn_at is None
        return has_changed or (self._drawn_at is not None and abs(now - self._drawn_at) >= LOOK_EVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a live message is to show, where, and for which period; a new period gets a message of its own."""

    shown: Notification
    destination: str
    period: str


def change(
    unit_of_work: UnitOfWork, name: str, before: LiveRecord | None, wanted: Wanted | None, *, ended: Notification
) -> bool:
    """Post, edit or delete the message so that it shows what is wanted; False when that has to wait.

    `ended` is what stays of a deleted one under which a person wrote.
    Raises: StorageBusy.
    """
    if _is_as_wanted(before, wanted):
        return True
    at = unit_of_work.real_clock()
    if before is not None and abs(at - before.changed_at) < EDIT_GAP:
        return False
    with unit_of_work.database.transaction() as session:
        if live_messages.lock(session, name) != before:
            return False
        after = _after(name, before, wanted, at=at)
        if before is None and not live_messages.add(session, after):
            return False
        live_messages.save(session, after)
        outbox.enqueue(session, *_messages(before, after, wanted, ended=ended, at=at))
    return True


def _is_as_wanted(before: LiveRecord | None, wanted: Wanted | None) -> bool:
    if before is None or not before.is_there:
        return wanted is None
    return wanted is not None and before.period == wanted.period and before.shown == to_payload(wanted.shown)


def _after(name: str, before: LiveRecord | None, wanted: Wanted | None, *, at: datetime) -> LiveRecord:
    """The message once it shows what is wanted."""
    if wanted is None:
        if before is None:
            message = f"there is no message {name} to delete"
            raise ValueError(message)
        return replace(before, is_there=False, changed_at=at)
    shown = to_payload(wanted.shown)
    if before is not None and before.is_there and before.period == wanted.period:
        return replace(before, edits=before.edits + 1, shown=shown, changed_at=at)
    return LiveRecord(
        name=name,
        number=1 if before is None else before.number + 1,
        edits=0,
        destination=wanted.destination,
        period=wanted.period,
        is_there=True,
        shown=shown,
        changed_at=at,
    )


def _messages(
    before: LiveRecord | None, after: LiveRecord, wanted: Wanted | None, *, ended: Notification, at: datetime
) -> list[NewMessage]:
    """What the courier has to do: post or edit the message, and delete the one whose place it takes."""
    changed: list[NewMessage] = []
    if wanted is not None:
        edit = f"{after.message}:edit:{after.edits}"
        changed.append(
            NewMessage(
                key=edit if after.edits else after.message,
                message=after.message,
                op="update" if after.edits else "post",
                destination=after.destination,
                notification=wanted.shown,
                at=at,
            )
        )
    if before is not None and before.is_there and (not after.is_there or after.number != before.number):
        changed.append(_deletion(before, ended, successor=after.message if after.is_there else None, at=at))
    return changed


def _deletion(gone: LiveRecord, ended: Notification, *, successor: str | None, at: datetime) -> NewMessage:
    return NewMessage(
        key=f"{gone.message}:delete",
        message=gone.message,
        op="delete",
        destination=gone.destination,
        notification=ended,
        successor=successor,
        at=at,
    )
