"""Nudges before they are posted: why somebody is nudged, about which clock, and who is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.recipients import Addressees, addressees
from sla_engine.domain.incidents.events import Event, Opened, PrioritySet, Reopened, Resolved
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.promises import PromiseOutcome, promise_in_force

ClockStep = tuple[Reading, EscalationStep]
"""A clock, and the step up its ladder that is due."""


class NudgeCause(StrEnum):
    """The cause of a nudge."""

    AT_RISK = "at_risk"
    BREACH = "breach"
    REPEAT = "repeat"
    PROMISE_LAPSED = "promise_lapsed"
    HELP = "help"
    PAUSE_OUTLIVED = "pause_outlived"
    UNASSIGNED = "unassigned"
    PROMISE_QUESTIONED = "promise_questioned"
    CUSTOMER_ANSWERED = "customer_answered"
    REOPENED = "reopened"
    PRIORITY_RAISED = "priority_raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoDue:
    """Another clock of the same incident that a nudge mentions; `due_at` is None while it is paused.

    A pause or a lower priority may move `due_at` beyond a miss, which stays `breached_at`.
    """

    metric_label: str
    percent: int
    breached: bool
    due_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The occasion for a nudge: the cause, the clock it is about, and the recipients."""

    cause: NudgeCause
    tell: tuple[Recipient, ...]
    key: str
    """Unique for ever, so that no sweep can post it twice."""
    reading: Reading | None = None
    percent: int = 0
    rung: str = ""
    repeat: int = 0
    text: str = ""
    also: tuple[AlsoDue, ...] = ()
    reply: int | None = None
    """The number of the customer's reply that it announces."""
    mention_too: tuple[str, ...] = ()
    steps: tuple[ClockStep, ...] = ()
    """The steps that it announces."""


def called(nudge: Occasion, incident: Incident, history: Sequence[Entry], *, msp: Msp, now: datetime) -> Addressees:
    """The people that a nudge calls at `now`, and where it goes.

    Somebody who is being asked about a promise that was not kept is called too.
    """
    owner, customer = incident.assignee, incident.customer
    too = (*nudge.mention_too, *questioned(history))
    return addressees(msp, tell=nudge.tell, owner=owner, customer=customer, now=now, too=too)


def questioned(history: Sequence[Entry]) -> tuple[str, ...]:
    """The person being asked about an update that they promised and that did not come; empty for nobody."""
    promise = promise_in_force(history)
    return (promise.by,) if promise is not None and promise.outcome is PromiseOutcome.QUESTIONED else ()


def unassigned(incident: Incident, *, since: Entry | None = None) -> Occasion:
    """The nudge for an urgent incident that opened without an owner, or lost it by a fact of its history."""
    key = f"{incident.key}:unassigned" if since is None else f"{incident.key}:unassigned:{since.seq}"
    return Occasion(cause=NudgeCause.UNASSIGNED, tell=(Recipient.DISPATCHER,), key=key)


def changed_for_the_worse(incident: Incident, history: Sequence[Entry], new: Sequence[Entry]) -> Occasion | None:
    """The nudge about an incident that these new facts reopened, or made a P1; None where neither is so."""
    if not incident.is_open:
        return None
    owner = () if incident.assignee is None else (incident.assignee,)
    before = [entry.event for entry in in_order(history) if entry not in new]
    reopened = next((entry for entry in reversed(new) if isinstance(entry.event, Reopened)), None)
    if reopened is not None and isinstance(_last(before, (Resolved, Reopened)), Resolved):
        return Occasion(
            cause=NudgeCause.REOPENED,
            tell=(Recipient.DISPATCHER,),
            key=f"{incident.key}:reopened:{reopened.seq}",
            text=reopened.event.text if isinstance(reopened.event, Reopened) else "",
            mention_too=owner,
        )
    raised = next((entry for entry in reversed(new) if isinstance(entry.event, PrioritySet)), None)
    priority = _last(before, (Opened, PrioritySet))
    was_p1 = isinstance(priority, Opened | PrioritySet) and priority.priority is Priority.P1
    if raised is None or was_p1 or incident.priority is not Priority.P1:
        return None
    return Occasion(
        cause=NudgeCause.PRIORITY_RAISED,
        tell=(Recipient.DISPATCHER,),
        key=f"{incident.key}:raised:{raised.seq}",
        mention_too=owner,
    )


def _last(events: Sequence[Event], kinds: tuple[type[Event], ...]) -> Event | None:
    return next((event for event in reversed(events) if isinstance(event, kinds)), None)


def lacks_owner(incident: Incident) -> bool:
    """Whether somebody must be found for it at once: only for the most urgent, the rest are on the board."""
    return incident.is_open and incident.assignee is None and incident.priority is Priority.P1
