"""The filters that a dispatcher's board counts: which open incidents each of them means."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sla_engine.domain.incidents.incident_filter import IncidentCondition, IncidentFilter

DUE_SOON = timedelta(hours=2)
"""What is due within so long, or late, is urgent on a board."""


class BoardFilter(StrEnum):
    """The filters of a board, in their order there."""

    UNASSIGNED = "unassigned"
    DUE_SOON = "due_soon"
    ANSWERED = "answered"
    UNTOLD = "untold"
    NO_PROMISE = "no_promise"
    STALE = "stale"
    LONG_WAIT = "long_wait"
    OWNER_ABSENT = "owner_absent"


BOARD_FILTERS: Mapping[BoardFilter, IncidentFilter] = {
    BoardFilter.UNASSIGNED: IncidentFilter(conditions=(IncidentCondition.UNASSIGNED,)),
    BoardFilter.DUE_SOON: IncidentFilter(due_within=DUE_SOON),
    BoardFilter.ANSWERED: IncidentFilter(conditions=(IncidentCondition.ANSWERED,)),
    BoardFilter.UNTOLD: IncidentFilter(conditions=(IncidentCondition.UNTOLD,)),
    BoardFilter.NO_PROMISE: IncidentFilter(conditions=(IncidentCondition.NO_PROMISE,)),
    BoardFilter.STALE: IncidentFilter(conditions=(IncidentCondition.STALE,)),
    BoardFilter.LONG_WAIT: IncidentFilter(conditions=(IncidentCondition.LONG_WAIT,)),
    BoardFilter.OWNER_ABSENT: IncidentFilter(conditions=(IncidentCondition.ABSENT,)),
}
"""What each filter counts and lists."""
