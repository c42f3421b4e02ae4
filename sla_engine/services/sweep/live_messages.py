"""Keeps the live messages of the dispatchers' channel true: the board, and the line of what nobody has.

Each is posted once, edited in place at most once in five seconds, and deleted when there is nothing to say. They are
drawn when a fact was recorded since, and otherwise once a minute, because time alone makes lines untrue as well.
Several workers may do this at once: whoever finds the message changed since it was read leaves it as it is. Lengths of
time are taken without their sign, since a clock that is set back must not keep a message untrue until it has caught up.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.msp import Msp
from sla_engine.notifications.board import BoardMessage, UnownedMessage
from sla_engine.notifications.kinds import to_payload
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.unowned import Unowned
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages, outbox
from sla_engine.storage.database import Session
from sla_engine.storage.live_messages import LiveRecord
from sla_engine.storage.outbox import NewMessage

EDIT_GAP = timedelta(seconds=5)
"""The least real time between two changes of one message."""
LOOK_EVERY = timedelta(minutes=1)
"""How long (SLA time) a message may stand without being drawn anew where no fact was recorded."""

BOARD, UNOWNED = "board", "unowned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a live message is to show, where, and for which period; a new period gets a message of its own."""

    shown: BoardMessage | UnownedMessage
    destination: str
    period: str


class LiveMessages:
    """Draws the live messages of one process; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        board = Board(unit_of_work)
        self.board, self.unowned = DispatchBoard(board), Unowned(board)
        self._drawn_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._newest_change = (-1, False)

    def keep_true(self, *, now: datetime) -> None:
        """Draw the messages anew where they may have become untrue; sooner than they may be edited nothing is read.

        Raises: StorageBusy.
        """
        at = self.unit_of_work.real_clock()
        if self._looked_at is not None and abs(at - self._looked_at) < EDIT_GAP:
            return
        with self.unit_of_work.database.reading() as session:
            newest_change = live_messages.newest_change(session)
            if not self._is_to_be_drawn(newest_change, now=now):
                return
            try:
                msp = self.unit_of_work.msp(session)
            except NotSetUp:
                return
            self._looked_at = at
            before = {name: live_messages.find(session, name) for name in (BOARD, UNOWNED)}
            wanted = {
                BOARD: self._wanted_board(session, msp, before[BOARD], now=now),
                UNOWNED: self._wanted_unowned(session, msp, now=now),
            }
        settled = [self._change(name, before[name], wanted[name]) for name in (BOARD, UNOWNED)]
        if all(settled):
            self._newest_change, self._drawn_at = newest_change, now

    def _is_to_be_drawn(self, newest_change: tuple[int, bool], *, now: datetime) -> bool:
        return newest_change != self._newest_change or self._drawn_at is None or abs(now - self._drawn_at) >= LOOK_EVERY

    def _wanted_board(self, session: Session, msp: Msp, before: LiveRecord | None, *, now: datetime) -> Wanted | None:
        """The board of this shift: it begins when the MSP opens, with something open, or with another dispatcher."""
        shown, channel = self.board.page(session, now=now), msp.dispatcher_channel
        shift = f"{channel} {msp.calendar.local_date(now)} {shown.on_duty or ''}"
        is_there = before is not None and before.is_there and before.destination == channel
        if is_there and before is not None and (not shown.open_count or not msp.calendar.is_open(now)):
            shift = before.period
        elif not shown.open_count:
            return None
        return Wanted(shown=shown, destination=channel, period=shift)

    def _wanted_unowned(self, session: Session, msp: Msp, *, now: datetime) -> Wanted | None:
        shown = self.unowned.message(session, now=now)
        channel = msp.dispatcher_channel
        return None if shown is None else Wanted(shown=shown, destination=channel, period=channel)

    def _change(self, name: str, before: LiveRecord | None, wanted: Wanted | None) -> bool:
        """Post, edit or delete the message so that it shows what is wanted; False when that has to wait."""
        if _is_as_wanted(before, wanted):
            return True
        at = self.unit_of_work.real_clock()
        if before is not None and abs(at - before.changed_at) < EDIT_GAP:
            return False
        with self.unit_of_work.database.transaction() as session:
            if live_messages.lock(session, name) != before:
                return False
            after = _after(name, before, wanted, at=at)
            if before is None and not live_messages.add(session, after):
                return False
            live_messages.save(session, after)
            outbox.enqueue(session, *_messages(before, after, wanted, at=at))
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


def _messages(before: LiveRecord | None, after: LiveRecord, wanted: Wanted | None, *, at: datetime) -> list[NewMessage]:
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
        changed.append(_deletion(before, successor=after.message if after.is_there else None, at=at))
    return changed


def _deletion(gone: LiveRecord, *, successor: str | None, at: datetime) -> NewMessage:
    return NewMessage(
        key=f"{gone.message}:delete",
        message=gone.message,
        op="delete",
        destination=gone.destination,
        notification=_ended(gone.name),
        successor=successor,
        at=at,
    )


def _ended(name: str) -> BoardMessage | UnownedMessage:
    """What stays of a message under which a person wrote."""
    if name == BOARD:
        return BoardMessage(on_duty=None, open_count=0, ended=True)
    return UnownedMessage(incidents=(), count=0, ended=True)
