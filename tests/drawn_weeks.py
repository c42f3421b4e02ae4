"""Weeks at random: incidents with clocks in every state, and notes of some of them, stored as they are."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import func, select

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.time.weeks import Week
from sla_engine.storage.database import Session
from sla_engine.storage.tables.agreements import AgreementVersion
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from sla_engine.storage.tables.notes import ExplainedMiss, SlaNote
from tests.note_desk import TESS, TOM

NEW_YORK = "America/New_York"
WEEKS = [Week.parse(f"2026-W{number:02}") for number in range(9, 14)]
"""Among them the one in which the clocks of New York are set forward."""
CUSTOMERS = ("Acme Dental", "Beta Logistics", "Cedar Clinic")


def draw_weeks(session: Session, draw: random.Random, *, has_live: bool) -> None:
    """Store incidents of five weeks with clocks in every state, and notes of some of them."""
    version = session.scalar(select(func.min(AgreementVersion.id))) or 0
    start, end = WEEKS[0].span(zone=NEW_YORK)[0], WEEKS[-1].span(zone=NEW_YORK)[1]
    edges = [edge for week in WEEKS for edge in week.span(zone=NEW_YORK)]
    for number in range(1, 91):
        opened_at = start + draw.random() * (end - start)
        incident = _incident(draw, number, version, opened_at, replayed=not has_live or draw.random() < 0.1)
        session.add(incident)
        session.flush()
        if draw.random() < 0.5:
            session.add(_note(draw, number, opened_at))
        for metric in MetricName:
            for cycle in range(draw.choice((0, 1, 1, 3))):
                clock = _clock(draw, incident, metric, cycle, edges)
                session.add_all([clock, *_explained(draw, clock)])
    session.flush()


def _incident(draw: random.Random, number: int, version: int, opened_at: datetime, *, replayed: bool) -> IncidentRow:
    return IncidentRow(
        id=number,
        key=f"INC-{number}",
        customer=draw.choice(CUSTOMERS),
        agreement_version_id=version,
        source="slack",
        title="Nobody can print",
        priority="P2",
        state=draw.choice(list(IncidentState)).value,
        opened_at=opened_at,
        opened_by=TESS,
        assignee=draw.choice((TOM, TESS, None)),
        paused_for=[],
        replayed=replayed,
    )


def _note(draw: random.Random, number: int, opened_at: datetime) -> SlaNote:
    return SlaNote(
        incident_id=number,
        state=draw.choice(("wanted", "written", "returned", "accepted")),
        wanted_at=opened_at,
        wanted_from=draw.choice((TOM, TESS)),
        reminders=0,
        depth="full",
    )


def _explained(draw: random.Random, clock: Clock) -> list[ExplainedMiss]:
    """The explanation of half the missed clocks, whatever else was missed of their incidents."""
    if clock.breached_at is None or draw.random() < 0.5:
        return []
    reason = draw.choice(list(BreachReason))
    return [
        ExplainedMiss(
            incident_id=clock.incident_id,
            metric=clock.metric,
            cycle=clock.cycle,
            reason=reason.value,
            attribution=BREACH_REASONS[reason].attribution.value,
            by=TOM,
            at=clock.breached_at,
            target_us=clock.target_us,
            elapsed_us=clock.elapsed_us,
            is_open=clock.stopped_at is None,
        )
    ]


def _clock(draw: random.Random, incident: IncidentRow, metric: MetricName, cycle: int, edges: list[datetime]) -> Clock:
    """A clock that was met, missed, or is undecided; some outcomes lie exactly on the edge of a week."""
    outcome_at = draw.choice(edges) if draw.random() < 0.1 else incident.opened_at + timedelta(hours=draw.random() * 90)
    breached_at = outcome_at if draw.random() < 0.6 else None
    stopped_at = outcome_at + timedelta(hours=2) if draw.random() < 0.7 else None
    if breached_at is None and stopped_at is not None:
        stopped_at = outcome_at
    state = ClockState.RUNNING if stopped_at is None else ClockState.STOPPED
    return Clock(
        incident_id=incident.id,
        metric=metric.value,
        cycle=cycle,
        priority=draw.choice(list(Priority)).value,
        state=(ClockState.CANCELLED if draw.random() < 0.1 else state).value,
        target_us=3_600_000_000,
        elapsed_us=draw.randrange(7_200_000_000),
        elapsed_before_run_us=0,
        paused_open_us=0,
        started_at=incident.opened_at,
        breached_at=breached_at,
        breached_on_change=False,
        stopped_at=stopped_at,
        outcome_at=None if breached_at is None and stopped_at is None else outcome_at,
        waived_at=outcome_at if breached_at is not None and draw.random() < 0.1 else None,
        current=True,
    )
