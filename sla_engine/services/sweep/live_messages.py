"""Keeps the live messages of the dispatchers' channel true: the board, and the line of what nobody has.

Each is posted once, edited in place at most once in five seconds, and deleted when there is nothing to say. They are
drawn when a fact was recorded since, and otherwise once a minute, because time alone makes lines untrue as well.
"""

from collections.abc import Mapping
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.notifications.board import BoardMessage, UnownedMessage
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.unowned import Unowned
from sla_engine.services.sweep.live_message import DrawingPace, Wanted, change
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages
from sla_engine.storage.database import Session
from sla_engine.storage.live_messages import LiveRecord

BOARD, UNOWNED = "board", "unowned"
ENDED: Mapping[str, BoardMessage | UnownedMessage] = {
    BOARD: BoardMessage(on_duty=None, open_count=0, ended=True),
    UNOWNED: UnownedMessage(incidents=(), count=0, ended=True),
}
"""What stays of a message under which a person wrote."""


class LiveMessages:
    """Draws the live messages of one process; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        board = Board(unit_of_work)
        self.board, self.unowned = DispatchBoard(board), Unowned(board)
        self._pace = DrawingPace(unit_of_work)

    def keep_true(self, *, now: datetime) -> None:
        """Draw the messages anew where they may have become untrue; sooner than they may be edited nothing is read.

        Raises: StorageBusy.
        """
        due = self._pace.read_if_due(lambda session, msp: self._read(session, msp, now=now), now=now)
        if due is None:
            return
        settled = [change(self.unit_of_work, name, before, wanted, ended=ENDED[name]) for name, before, wanted in due]
        if all(settled):
            self._pace.drawn(now=now)

    def _read(
        self, session: Session, msp: Msp, *, now: datetime
    ) -> tuple[tuple[str, LiveRecord | None, Wanted | None], ...]:
        """Each message by name: as it is there, and as it is wanted."""
        board, unowned = (live_messages.find(session, name) for name in (BOARD, UNOWNED))
        return (
            (BOARD, board, self._wanted_board(session, msp, board, now=now)),
            (UNOWNED, unowned, self._wanted_unowned(session, msp, now=now)),
        )

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
