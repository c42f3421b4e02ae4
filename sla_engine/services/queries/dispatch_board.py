"""The dispatcher's board: what comes next, how many incidents want what, and what was saved today."""

from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.board_filters import BOARD_FILTERS, DUE_SOON, BoardFilter
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.reporting.saved_target import SavedTarget
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.notifications.board import BoardMessage, ListedIncident
from sla_engine.services.queries.board import Board, IncidentSummary, StatusList, known_people
from sla_engine.storage import handovers, incident_lists, saved_targets
from sla_engine.storage.database import Session


class DispatchBoard:
    """Counts and lists for whoever dispatches; `now` is SLA time, a list holds exactly what was counted."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.unit_of_work = board.unit_of_work

    def show(self, *, by: str, now: datetime) -> BoardMessage:
        """The board, for somebody who asks.

        Raises: NotAllowed (recorded), NotSetUp.
        """
        with self.unit_of_work.permitted(Action.BOARD, by=by, now=now) as session:
            return self.page(session, now=now)

    def page(self, session: Session, *, now: datetime) -> BoardMessage:
        """The board as it stands.

        Raises: NotSetUp.
        """
        msp, handover = self.unit_of_work.msp(session), handovers.waiting(session)
        people = known_people(msp, now=now)
        filters = [IncidentFilter(), *BOARD_FILTERS.values()]
        open_count, *counts = incident_lists.counts(session, filters, people=people, now=now)
        next_id = incident_lists.next_up(session, soon=DUE_SOON, now=now) if open_count else None
        next_up = self.board.summaries(session, [] if next_id is None else [next_id], now=now)
        return BoardMessage(
            on_duty=msp.dispatcher(now),
            open_count=open_count,
            next_up=next((as_listed(incident, now=now) for incident in next_up), None),
            counts={name: count for name, count in zip(BOARD_FILTERS, counts, strict=True) if count},
            saved=saved_targets.count(session, since=_midnight(now, zone=msp.zone)),
            handed_at=None if handover is None else handover.at,
        )

    def listed(self, name: BoardFilter, *, by: str, now: datetime) -> StatusList:
        """The incidents that a filter counts, least time left first.

        Raises: NotAllowed (recorded), NotSetUp.
        """
        self.unit_of_work.permit(Action.BOARD, by=by, now=now)
        return self.board.listed(BOARD_FILTERS[name], now=now, scope=name.value)

    def saved(self, *, by: str, now: datetime) -> tuple[SavedTarget, ...]:
        """The targets that were saved today (in the MSP's zone), the last one first.

        Raises: NotAllowed (recorded), NotSetUp.
        """
        with self.unit_of_work.permitted(Action.BOARD, by=by, now=now) as session:
            return saved_targets.listed(session, since=_midnight(now, zone=self.unit_of_work.msp(session).zone))


def as_listed(incident: IncidentSummary, *, now: datetime) -> ListedIncident:
    """An incident as a line of the board shows it."""
    clock = incident.next_clock
    due_at = None if clock is None else clock.due_at
    return ListedIncident(
        incident_key=incident.key,
        title=incident.title,
        customer=incident.customer,
        priority=incident.priority,
        link=incident.link,
        ticket=incident.ticket,
        owner=None if incident.is_free else incident.assignee,
        metric=None if clock is None else clock.metric,
        due_at=due_at,
        is_late=due_at is not None and due_at <= now,
    )


def _midnight(now: datetime, *, zone: str) -> datetime:
    return local_hour(local_day(now, zone=zone), zone=zone)
