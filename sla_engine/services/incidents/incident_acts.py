"""Common to every act on an incident: locking, authorising, settling, and updating its live nudge."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.replies import as_meant
from sla_engine.domain.incidents.endings import deleted_at, moved, taken_back
from sla_engine.domain.incidents.errors import (
    AlreadyMerged,
    AlreadyMoved,
    AlreadyResolved,
    OpeningTakenBack,
    TicketDeleted,
)
from sla_engine.domain.incidents.events import Corrected, Undone
from sla_engine.domain.incidents.history import Entry
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents


class IncidentActs:
    """Base of the classes of acts. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    @contextmanager
    def act(
        self, key: str, *, action: Action, by: str, now: datetime, also_merged: bool = False
    ) -> Iterator[IncidentWork]:
        """Open an incident for an act; afterwards it is settled and the live nudge shows what was done.

        A duplicate is refused, unless the act is about its misses from before the merge (`also_merged`).

        Raises: UnknownIncident, NotAllowed (recorded), AlreadyMerged, AlreadyMoved, OpeningTakenBack, StorageBusy.
        """
        with self.unit_of_work.transaction(action=action, by=by, now=now, key=key) as session:
            work = self.unit_of_work.work_on(session, incidents.lock(session, key), now=now)
            if not also_merged:
                refuse_merged(work)
            refuse_moved(work)
            refuse_taken_back(work)
            with settled(self.unit_of_work, work):
                yield work

    @contextmanager
    def act_on_open(self, key: str, *, action: Action, by: str, now: datetime) -> Iterator[IncidentWork]:
        """Open an incident for an act, as `act` does, if it is not resolved.

        Raises: AlreadyResolved, TicketDeleted and what `act` raises.
        """
        with self.act(key, action=action, by=by, now=now) as work:
            refuse_resolved(work)
            yield work


@contextmanager
def settled(unit_of_work: UnitOfWork, work: IncidentWork) -> Iterator[None]:
    """Settle the incident when the block ends, and show on its live nudge what was recorded in it."""
    known = len(work.history)
    yield
    work.settle()
    nudges.show_progress(
        work, worth_showing(as_meant(work.history, work.terms)[known:]), real_now=unit_of_work.real_clock()
    )


def worth_showing(new: Sequence[Entry]) -> list[Entry]:
    """Facts reported from outside and the corrections they caused, without derived ones (breaches, nudges).

    Of an act that was changed, only what is recorded now is shown.
    """
    reported = [entry for entry in new if entry.by or isinstance(entry.event, Corrected)]
    return [entry for entry in reported if not (isinstance(entry.event, Undone) and entry.event.is_change)]


def refuse_merged(work: IncidentWork) -> None:
    """Refuse to act on a duplicate: acts belong to the incident it was merged into.

    Raises: AlreadyMerged.
    """
    if work.incident.merged_into is not None:
        raise AlreadyMerged(work.key, work.incident.merged_into)


def refuse_moved(work: IncidentWork) -> None:
    """Refuse to act on an incident that was moved to another customer.

    Raises: AlreadyMoved.
    """
    move = moved(work.history)
    if move is not None:
        raise AlreadyMoved(work.key, move.customer, move.key)


def refuse_taken_back(work: IncidentWork) -> None:
    """Refuse to act on an incident whose opening was undone.

    Raises: OpeningTakenBack.
    """
    undoing = taken_back(work.history)
    if undoing is not None:
        raise OpeningTakenBack(work.key, undoing.by, undoing.at)


def refuse_deleted(work: IncidentWork) -> None:
    """Refuse to act on an incident whose ticket was deleted.

    Raises: TicketDeleted.
    """
    at = deleted_at(work.history)
    if at is not None:
        raise TicketDeleted(work.key, at)


def refuse_resolved(work: IncidentWork) -> None:
    """Refuse to act on an incident that is resolved (it is reopened first) or deleted.

    Raises: AlreadyResolved, TicketDeleted.
    """
    refuse_deleted(work)
    if work.incident.resolved_at is not None:
        raise AlreadyResolved(work.key, work.incident.resolved_at)
