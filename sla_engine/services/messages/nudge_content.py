"""What a nudge says about its incident: read from the incident as it stands, so that no line contradicts it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import METRICS, metric_labelled
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause
from sla_engine.domain.incidents.events import CustomerUpdated, Event, HandedBack, HelpAsked, Reopened, Responded
from sla_engine.domain.incidents.history import in_order
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.unit_of_work.incident_work import IncidentWork

_TOLD = (Responded, CustomerUpdated)
_WRITTEN_BY: Mapping[NudgeCause, type[Event]] = {
    NudgeCause.HELP: HelpAsked,
    NudgeCause.UNASSIGNED: HandedBack,
    NudgeCause.REOPENED: Reopened,
}
"""The fact whose words a nudge of this cause quotes."""


def as_it_stands(shown: NudgeMessage, work: IncidentWork) -> NudgeMessage:
    """The nudge with everything that its incident says about itself now: owner, title, due time, pauses."""
    incident = work.incident
    own = _own_clock(shown, work)
    reading = _leading(shown, work, own)
    told_at = _last_told_at(work)
    standing = replace(
        shown,
        title=incident.title,
        customer=incident.customer,
        priority=incident.priority.value,
        link=incident.link,
        ticket=spoken_number(incident.external_id),
        assignee=incident.assignee,
        last_told_at=told_at,
        pause_until=incident.pause_until,
        also=_also(shown, work, reading, own),
        text_by=shown.text_by or _writer(shown.cause, work),
        is_settled=_is_settled(shown, work, own, told_at),
    )
    return _named(_with_clock(standing, reading), work.msp)


def _own_clock(shown: NudgeMessage, work: IncidentWork) -> Reading | None:
    """The clock that the nudge was posted about, in the period it was posted in.

    A nudge of an older version names that clock by its label alone, whatever the period.
    """
    readings = current(work.readings())
    if shown.posted_at is None:
        named = metric_labelled(shown.metric_label)
        return next((reading for reading in readings if METRICS[reading.metric] == named), None)
    own = (shown.metric, shown.cycle)
    return next((reading for reading in readings if (reading.metric.value, reading.cycle) == own), None)


def _leading(shown: NudgeMessage, work: IncidentWork, own: Reading | None) -> Reading | None:
    """The clock that the nudge shows first: a new miss, else what is late for the longest, else its own, else what is
    due next.
    """
    if own is not None and not work.incident.is_open:
        return own
    its_own = own if own is not None and not own.is_over else None
    if its_own is not None and its_own.breached and shown.cause is NudgeCause.BREACH:
        return its_own
    running = [reading for reading in current(work.readings()) if reading.state is ClockState.RUNNING]
    late = [(reading.breached_at, number) for number, reading in enumerate(running) if reading.breached_at is not None]
    return running[min(late)[1]] if late else its_own or _due_next(work)


def _due_next(work: IncidentWork) -> Reading | None:
    """The clock that is due first; a paused one where none is due."""
    alive = [reading for reading in current(work.readings()) if not reading.is_over]
    due = [(reading.due_at, number) for number, reading in enumerate(alive) if reading.due_at is not None]
    return alive[min(due)[1]] if due else next(iter(alive), None)


def _also(shown: NudgeMessage, work: IncidentWork, top: Reading | None, own: Reading | None) -> tuple[AlsoDue, ...]:
    """The other clocks that run: those that are late, its own, and those that it named when it was posted."""
    percents = {metric_labelled(due.metric_label): due.percent for due in shown.also}
    others = [reading for reading in current(work.readings()) if not reading.is_over and reading != top]
    return tuple(
        AlsoDue(
            metric_label=metric.label,
            percent=percents.get(metric, 100),
            breached=reading.breached,
            due_at=reading.due_at,
            breached_at=reading.breached_at,
        )
        for reading in others
        if (metric := METRICS[reading.metric]) in percents or reading.breached or reading == own
    )


def _with_clock(shown: NudgeMessage, reading: Reading | None) -> NudgeMessage:
    if reading is None:
        return replace(shown, metric_label=None, due_at=None, breached_at=None, paused_for=())
    is_paused = reading.state is ClockState.PAUSED
    return replace(
        shown,
        metric_label=METRICS[reading.metric].label,
        due_at=reading.due_at,
        elapsed=reading.elapsed,
        target=reading.target.duration,
        breached_at=reading.breached_at,
        paused_for=tuple(reason.value for reason in reading.paused_for) if is_paused else (),
    )


def _is_settled(shown: NudgeMessage, work: IncidentWork, own: Reading | None, told_at: datetime | None) -> bool:
    """Whether what the nudge was posted about is done."""
    incident = work.incident
    match shown.cause:
        case NudgeCause.AT_RISK | NudgeCause.BREACH | NudgeCause.REPEAT:
            return own is None or own.is_over or own.share * 100 < shown.percent
        case NudgeCause.UNASSIGNED:
            return incident.assignee is not None
        case NudgeCause.PAUSE_OUTLIVED:
            until = incident.pause_until
            return not incident.paused_for or (until is not None and until > work.now)
        case NudgeCause.CUSTOMER_ANSWERED:
            return PauseReason.CUSTOMER not in incident.paused_for
        case NudgeCause.PROMISE_LAPSED | NudgeCause.PROMISE_QUESTIONED:
            was_told = told_at is not None and shown.posted_at is not None and told_at >= shown.posted_at
            return was_told or (incident.promise is not None and incident.promise > work.now)
        case _:
            return not incident.is_open or _was_undone(shown, work)


def _was_undone(shown: NudgeMessage, work: IncidentWork) -> bool:
    """Whether the act that the nudge was posted because of was undone."""
    if shown.cause is NudgeCause.PRIORITY_RAISED:
        return work.incident.priority is not Priority.P1
    return shown.cause in _WRITTEN_BY and _writer(shown.cause, work) is None


def _last_told_at(work: IncidentWork) -> datetime | None:
    told = [entry.at for entry in in_order(work.history) if isinstance(entry.event, _TOLD)]
    return max(told, default=None)


def _writer(cause: NudgeCause, work: IncidentWork) -> str | None:
    """The person whose words the nudge quotes."""
    kind = _WRITTEN_BY.get(cause)
    if kind is None:
        return None
    return next((entry.by for entry in reversed(in_order(work.history)) if isinstance(entry.event, kind)), None)


def _named(shown: NudgeMessage, msp: Msp) -> NudgeMessage:
    people = (shown.assignee, shown.state_by, shown.asked, shown.text_by, *(fact.by for fact in shown.updates))
    return replace(shown, names=short_names(people, msp))


def short_names(people: Iterable[str | None], msp: Msp) -> dict[str, str]:
    """The short name of each of these who is one of our people, by Slack id."""
    named = {person: msp.short_name(person) for person in people if person}
    return {person: name for person, name in named.items() if name}
