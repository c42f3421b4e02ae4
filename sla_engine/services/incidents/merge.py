"""Merges a duplicate: its undecided clocks end without an outcome, and the survivor keeps the earlier start."""

from contextlib import ExitStack
from datetime import datetime

from sla_engine.domain.incidents.events import Absorbed, Merged
from sla_engine.domain.incidents.history import in_effect
from sla_engine.services.incidents.incident_acts import settled
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork


def merge_into(
    unit_of_work: UnitOfWork,
    duplicate: IncidentWork,
    survivor: IncidentWork,
    *,
    by: str,
    at: datetime | None = None,
    unique_key: str | None = None,
) -> None:
    """Merge `duplicate` into `survivor`, at `at` (default now): record it on both, and settle both."""
    opened_at = _earliest_opening(duplicate)
    with ExitStack() as settling:
        for work in (duplicate, survivor):
            settling.enter_context(settled(unit_of_work, work))
        duplicate.record(Merged(into=survivor.key), by=by, at=at, unique_key=unique_key)
        absorbed = Absorbed(key=duplicate.key, opened_at=opened_at)
        # The duplicate's fact carries the request's name; this one has a name of its own.
        survivor.record(
            absorbed,
            by=by,
            at=None if at is None else _within_life(survivor, at),
            unique_key=f"{survivor.key}:absorbed:{duplicate.key}",
        )


def _within_life(work: IncidentWork, at: datetime) -> datetime:
    """The instant, or the nearest one between the incident's opening and now."""
    return max(min(at, work.now), work.incident.opened_at)


def _earliest_opening(work: IncidentWork) -> datetime:
    """The opening of the incident, or of an earlier one that was merged into it before."""
    absorbed = (entry.event.opened_at for entry in in_effect(work.history) if isinstance(entry.event, Absorbed))
    return min((work.incident.opened_at, *absorbed))
