"""The incidents that somebody is called by, owes a note about, or resolved lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sla_engine.services.queries.board import LIST_LIMIT, Board, StatusList
from sla_engine.storage import incident_lists, notes
from sla_engine.storage.database import Session

LATELY = timedelta(days=1)


class CallingIncidents:
    """Lists for one person; `now` is SLA time."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def calling(self, person: str, *, now: datetime) -> StatusList:
        """Open incidents with a nudge that lives: the person's own, and all of them for whoever is on duty."""
        with self.board.unit_of_work.database.reading() as session:
            is_on_duty = self.board.unit_of_work.msp(session).dispatcher(now) == person
            ids = incident_lists.nudged(session, owner=None if is_on_duty else person)
            return self._list(session, ids, now=now)

    def resolved_lately(self, person: str, *, now: datetime) -> StatusList:
        """The person's incidents that were resolved in the last day, the newest first."""
        with self.board.unit_of_work.database.reading() as session:
            ids = incident_lists.resolved_of(session, person, since=now - LATELY)
            return self._list(session, ids, now=now)

    def notes_owed(self, person: str, *, now: datetime) -> StatusList:
        """The incidents whose SLA note the person still has to write, the longest wanted first."""
        with self.board.unit_of_work.database.reading() as session:
            ids = [note.incident_id for note in notes.still_to_write(session, writer=person)]
            return self._list(session, ids, now=now)

    def _list(self, session: Session, ids: Sequence[int], *, now: datetime) -> StatusList:
        shown = self.board.summaries(session, ids[:LIST_LIMIT], now=now)
        return StatusList(incidents=shown, more=len(ids) - len(shown), scope="mine")
