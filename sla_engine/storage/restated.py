"""Finds what was recorded about the incidents of a week after its digest was posted."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from sla_engine.domain.incidents.events import (
    Breached,
    Deleted,
    Event,
    Merged,
    Moved,
    Reopened,
    Reprocessed,
    Resolved,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.history import OF_THE_TICKET
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.domain.reporting.posted_figures import RecordedSince
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.tables.incidents import EventRow, IncidentRow

_KIND = {event: name for name, event in STORED_NAMES.items()}
_WORDS: Mapping[type[Event], str] = {
    Reopened: "reopened",
    Waived: "waived",
    Merged: "merged",
    Moved: "moved to another customer",
    Deleted: "deleted",
    Reprocessed: "counted anew",
    Undone: "had a fact undone",
}
_OF_WEEK: Mapping[type[Event], type[Event]] = {Reopened: Resolved, Waived: Breached}
"""What must have happened in the week for such a fact to change its figures; for the others anything."""
_TOLD_LATE = "had facts recorded late"
_EARLIER = aliased(EventRow)


def recorded_since(session: Session, span: PeriodEdges, *, since: datetime) -> tuple[RecordedSince, ...]:
    """What was recorded after `since` about incidents of the span, the first fact of each, in the order recorded."""
    late = and_(EventRow.kind.in_([_KIND[kind] for kind in OF_THE_TICKET]), *_in(EventRow, span))
    facts = (
        select(IncidentRow.key, EventRow.kind)
        .join(IncidentRow, IncidentRow.id == EventRow.incident_id)
        .where(EventRow.recorded_at > since, or_(late, *(_changes(kind, span) for kind in _WORDS)))
        .order_by(EventRow.id)
    )
    first: dict[str, str] = {}
    for key, kind in session.execute(facts):
        first.setdefault(key, _WORDS.get(STORED_NAMES[kind], _TOLD_LATE))
    return tuple(RecordedSince(incident_key=key, what=what) for key, what in first.items())


def _changes(kind: type[Event], span: PeriodEdges) -> ColumnElement[bool]:
    earlier = [_EARLIER.incident_id == EventRow.incident_id, *_in(_EARLIER, span)]
    if kind in _OF_WEEK:
        earlier.append(_EARLIER.kind == _KIND[_OF_WEEK[kind]])
    return and_(EventRow.kind == _KIND[kind], exists().where(*earlier))


def _in(row: type[EventRow], span: PeriodEdges) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return row.occurred_at >= span[0], row.occurred_at < span[1]
