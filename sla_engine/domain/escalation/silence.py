"""Whether somebody does not react: nudges about their incidents in their working hours, and no act of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar

LEAST_NUDGES = 2
PATIENCE = timedelta(minutes=60)
URGENT_PATIENCE = timedelta(minutes=30)
"""The working time without an act after which somebody is noticed; the shorter one where a P1 is among the nudges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A nudge that called somebody at an instant (UTC) about an incident of this priority."""

    at: datetime
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Somebody has not reacted since a nudge at `since`; it is worth a word from `noticed_from` on."""

    since: datetime
    noticed_from: datetime


def silence(calls: Sequence[Call], *, last_act: datetime | None, hours: Calendar) -> Silence | None:
    """The silence of somebody who was called at these instants, in order, and acted last at `last_act`.

    Only nudges within the working hours count, and only working time; None for fewer than two since the last act.
    """
    unanswered = [call for call in calls if (last_act is None or call.at > last_act) and hours.is_open(call.at)]
    if len(unanswered) < LEAST_NUDGES:
        return None
    first, second = unanswered[0].at, unanswered[LEAST_NUDGES - 1].at
    urgent = next((call.at for call in unanswered if call.priority is Priority.P1), None)
    waits = (
        [hours.add(first, PATIENCE)]
        if urgent is None
        else [hours.add(first, PATIENCE), hours.add(urgent, URGENT_PATIENCE)]
    )
    return Silence(since=first, noticed_from=max(second, min(waits)))
