"""The incidents that nobody has for so long that the dispatchers' channel is told."""

from datetime import datetime, timedelta

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.incidents.board_filters import DUE_SOON
from sla_engine.domain.incidents.events import Opened, Reprocessed
from sla_engine.domain.incidents.incident import Incident
from sla_engine.notifications.board import UnownedMessage
from sla_engine.services.queries.board import Board, known_people
from sla_engine.services.queries.dispatch_board import as_listed
from sla_engine.storage import events, incident_lists, incidents
from sla_engine.storage.database import Session

SHOWN = 5
FIRST_REPLY_PART = 4
"""One so-many-th of the first reply's time is the longest that nobody may have an incident unsaid."""


class Unowned:
    """Finds what the channel is told of: an incident about which a nudge stands there is not among it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.unit_of_work = board.unit_of_work

    def message(self, session: Session, *, now: datetime) -> UnownedMessage | None:
        """The incidents that nobody has for too long; None where there is none.

        Raises: NotSetUp.
        """
        msp = self.unit_of_work.msp(session)
        overdue = self._overdue(session, msp, now=now)
        if not overdue:
            return None
        shown = self.board.summaries(session, overdue[:SHOWN], now=now)
        on_duty = msp.dispatcher(now)
        return UnownedMessage(
            incidents=tuple(as_listed(incident, now=now) for incident in shown),
            count=len(overdue),
            mention=() if on_duty is None else (on_duty,),
        )

    def _overdue(self, session: Session, msp: Msp, *, now: datetime) -> list[int]:
        people = known_people(msp, now=now)
        numbers = incident_lists.unowned_and_unsaid(
            session, channel=msp.dispatcher_channel, soon=DUE_SOON, now=now, people=people
        )
        records = incidents.by_ids(session, numbers)
        histories = events.of_kind(session, numbers, Opened, Reprocessed)
        agreements = self.unit_of_work.agreements
        return [
            number
            for number in numbers
            if _is_overdue(records[number], agreements.terms(session, records[number], histories[number]), msp, now=now)
        ]


def _is_overdue(incident: Incident, terms: Terms, msp: Msp, *, now: datetime) -> bool:
    """Whether nobody has had it for longer than `unowned` allows, or than a quarter of its first reply's time."""
    longest = msp.unowned.get(incident.priority)
    if longest is None:
        return False
    subject = Subject(priority=incident.priority, site=incident.site or "", service=incident.service or "")
    promised = terms.promised(MetricName.FIRST_RESPONSE, subject, at=now)
    if promised is None:
        return msp.calendar.elapsed(incident.opened_at, now) >= longest
    allowed: timedelta = min(longest, promised.target.duration / FIRST_REPLY_PART)
    return promised.target.calendar.elapsed(incident.opened_at, now) >= allowed
