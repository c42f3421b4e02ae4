"""Situations to decide about: an incident of Tom's from Monday at nine, and the decisions from look to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.msp import Person, Role
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.escalation.decision import Decision
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import Acknowledged, Assigned, Event, Paused
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.upkeep.duties import Duty
from tests.unit.sla_engine.domain.escalation.test_recipients import OURS, TOM
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    RESOLUTION,
    RESPONSE,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    target,
)

KEY = "INC-1042"
DEV, GONE = "U0DEV", "U0GONE"
MSP = replace(OURS, people=(*OURS.people, Person(slack_id=DEV, name="Dev", zone="UTC", role=Role.DISPATCHER)))
LONG = promising(target(RESOLUTION, hours(400), calendar=ALWAYS))
"""A promise so long that no rung of it is reached within these tests."""


def situation(*facts: tuple[str, Event], agreement: Agreement = LONG) -> Situation:
    """An incident of Tom's that opened on Monday at nine, as these facts leave it."""
    entries = tuple(history(opened(), ("mon 09:00", Assigned(to=TOM)), *facts))
    terms = Terms.of(agreement)
    return Situation(
        incident=incident_after(OPENED, entries, reply_ends_pause=terms.reply_ends_pause),
        history=entries,
        terms=terms,
        msp=MSP,
        clocks={},
    )


OPENED = Incident(
    id=1,
    key=KEY,
    customer="Acme Dental",
    agreement_version_id=1,
    source="slack",
    external_id=None,
    link=None,
    title="E-mail is down",
    priority=Priority.P2,
    state=IncidentState.OPEN,
    opened_at=at("mon 09:00"),
    opened_by=TOM,
)


def acknowledged(when: str, promise: str) -> tuple[str, Event]:
    return when, Acknowledged(promise=at(promise))


VENDOR = PauseReason.VENDOR


def pausing(when: str, reason: PauseReason, until: str | None = None) -> tuple[str, Event]:
    return when, Paused(reason=reason, until=None if until is None else at(until))


def entries_after(start: Situation, *facts: tuple[str, Event]) -> list[Entry]:
    """Facts that happen once that much is on record."""
    last = start.history[-1].seq
    return [replace(entry, seq=last + number) for number, entry in enumerate(history(*facts), start=1)]


def looked(start: Situation, *looks: str) -> Decision:
    """The last of the decisions at these instants, each on the situation that the one before it left."""
    *before, last = looks
    for when in before:
        start = decide(start, now=at(when)).armed
    return decide(start, now=at(last))


def recorded(decision: Decision) -> list[Event]:
    return [fact.event for fact in decision.facts]


def nudge(decision: Decision) -> Occasion:
    assert decision.nudge is not None
    return decision.nudge


def cause_of(decision: Decision) -> NudgeCause | None:
    return decision.nudge.cause if decision.nudge is not None else None


def next_due(decision: Decision, duty: Duty) -> datetime | None:
    return decision.timers[duty, KEY]


A, D, M = Recipient.ASSIGNEE, Recipient.DISPATCHER, Recipient.SERVICE_MANAGER
HALF = Rung(percent=50, tell=(M,), repeat=Repeat(every=minutes(10)))
BREACH = Rung(percent=100, tell=(D, M), repeat=Repeat(every=minutes(30)))


def climbing(*rungs: Rung) -> Agreement:
    """A first response within the hour and a resolution far away, round the clock, under one ladder."""
    return replace(
        promising(target(RESPONSE, hours(1), calendar=ALWAYS), *LONG.targets), ladders={"default": Ladder(rungs)}
    )
