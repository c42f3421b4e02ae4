"""Common to every act on an incident: it is locked, authorised, settled, and shown where people look."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.replies import as_meant
from sla_engine.domain.incidents.endings import deleted_at, moved
from sla_engine.domain.incidents.errors import AlreadyMerged, AlreadyMoved, AlreadyResolved, TicketDeleted
from sla_engine.domain.incidents.events import Corrected
from sla_engine.domain.incidents.history import Entry
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents


class Acts:
    """What acts share. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, casework: UnitOfWork) -> None:
        self.casework = casework

    @contextmanager
    def act(
        self, key: str, *, action: Action, by: str, now: datetime, also_merged: bool = False
    ) -> Iterator[IncidentWork]:
        """A case to act in; afterwards it is settled and the live nudge shows what was done.

        A duplicate is refused unless the act is about what it missed before (`also_merged`).

        Raises: UnknownIncident, NotAllowed (recorded), AlreadyMerged, AlreadyMoved, StorageBusy.
        """
        with self.casework.transaction(action=action, by=by, now=now, key=key) as session:
            case = self.casework.case(session, incidents.lock(session, key), now=now)
            if not also_merged:
                refuse_merged(case)
            refuse_moved(case)
            with settled(self.casework, case):
                yield case

    @contextmanager
    def open_case(self, key: str, *, action: Action, by: str, now: datetime) -> Iterator[IncidentWork]:
        """The same for an incident that is still open.

        Raises: AlreadyResolved, TicketDeleted and what `act` raises.
        """
        with self.act(key, action=action, by=by, now=now) as case:
            refuse_resolved(case)
            yield case


@contextmanager
def settled(casework: UnitOfWork, case: IncidentWork) -> Iterator[None]:
    """Settle the case when the block ends, and show on its live nudge what was recorded in it."""
    known = len(case.history)
    yield
    case.settle()
    nudges.show_progress(
        case, worth_showing(as_meant(case.history, case.terms)[known:]), real_now=casework.real_clock()
    )


def worth_showing(new: Sequence[Entry]) -> list[Entry]:
    """Facts reported from outside and the corrections they caused, without derived ones (breaches, nudges)."""
    return [entry for entry in new if entry.by or isinstance(entry.event, Corrected)]


def refuse_merged(case: IncidentWork) -> None:
    """A duplicate is left alone: acts belong to the incident it was merged into.

    Raises: AlreadyMerged.
    """
    if case.incident.merged_into is not None:
        raise AlreadyMerged(case.key, case.incident.merged_into)


def refuse_moved(case: IncidentWork) -> None:
    """What turned out to be another customer's goes on as an incident of theirs.

    Raises: AlreadyMoved.
    """
    gone = moved(case.history)
    if gone is not None:
        raise AlreadyMoved(case.key, gone.customer, gone.key)


def refuse_deleted(case: IncidentWork) -> None:
    """Nothing more is done to what was deleted.

    Raises: TicketDeleted.
    """
    at = deleted_at(case.history)
    if at is not None:
        raise TicketDeleted(case.key, at)


def refuse_resolved(case: IncidentWork) -> None:
    """What is resolved is reopened first; what was deleted is over.

    Raises: AlreadyResolved, TicketDeleted.
    """
    refuse_deleted(case)
    if case.incident.resolved_at is not None:
        raise AlreadyResolved(case.key, case.incident.resolved_at)
