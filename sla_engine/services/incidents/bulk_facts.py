"""Records one act of a person on many incidents: one fact on each, known by the one request that asked for it."""

from collections.abc import Sequence

from sla_engine.domain.incidents.events import Event
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.incident_work import IncidentWork


def record_on_all(works: Sequence[IncidentWork], event: Event, *, by: str) -> None:
    """Record the same fact on each."""
    for number, work in enumerate(works):
        record_one_of_many(work, event, by=by, is_first=number == 0)


def record_one_of_many(work: IncidentWork, event: Event, *, by: str, is_first: bool) -> None:
    """Record a fact on one of the incidents of an act."""
    work.record(event, by=by, at=work.asked_at, unique_key=name_of_one(work, is_first=is_first))


def name_of_one(work: IncidentWork, *, is_first: bool) -> str | None:
    """The first fact carries the request's name, by which a second run is known; each other one a name of its own."""
    request = current_request()
    return request if request is None or is_first else f"{work.key}:{request}"
