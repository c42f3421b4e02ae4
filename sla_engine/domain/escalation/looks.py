"""The sweep's next look at an incident: at each clock, at a target to come, at the promise and at the pause."""

from collections.abc import Mapping
from datetime import datetime

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.version_impact import next_target_change
from sla_engine.domain.clocks.outcomes import Readings
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.ladder_position import next_look
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.promises import promise_look
from sla_engine.domain.upkeep.duties import Duty

Look = tuple[Duty, str]
"""A duty and its subject: which clock, or which incident."""


def looks(situation: Situation, readings: Readings, *, now: datetime) -> Mapping[Look, datetime | None]:
    """When to look at each duty of an incident whose clocks read so at `now`; None: not before something happens."""
    key, incident = situation.incident.key, situation.incident
    due: dict[Look, datetime | None] = {
        (Duty.CLOCK, f"{key}:{metric}"): None
        for metric in MetricName  # also one that is measured no more
    }
    for reading in current(readings):
        due[Duty.CLOCK, f"{key}:{reading.metric}"] = clock_look(situation, reading, now=now)
    if len(situation.terms.versions) > 1:
        due[Duty.CLOCK, f"{key}:target"] = _next_target(situation, now=now)
    # Nobody is asked about a promise once it is resolved: a resolution told late may lie before the promise.
    promise = promise_look(incident.promise, incident.promise_asked_at) if incident.is_open else None
    return due | {(Duty.PROMISE, key): promise, (Duty.PAUSE, key): _pause_look(situation, now=now)}


def clock_look(situation: Situation, reading: Reading, *, now: datetime, with_repeats: bool = True) -> datetime | None:
    """When a clock reaches its next rung, is missed, or, `with_repeats`, is spoken of again; None unless it runs."""
    if reading.state is not ClockState.RUNNING:
        return None
    return next_look(
        reading,
        situation.terms.ladder(reading.metric),
        situation.place(reading),
        acknowledged=not with_repeats or situation.incident.acknowledged_by is not None,
        snoozed_until=situation.incident.snoozed_until,
        zone=situation.msp.calendar.tz,
        now=now,
    )


def _next_target(situation: Situation, *, now: datetime) -> datetime | None:
    """When a version that is known to come changes a target; also while every clock rests."""
    incident = situation.incident
    subject = Subject(priority=incident.priority, site=incident.site or "", service=incident.service or "")
    return next_target_change(situation.terms, subject, after=now) if incident.is_open else None


def _pause_look(situation: Situation, *, now: datetime) -> datetime | None:
    """At once for an answer nobody was told of, else at the pause's end; one that has outlived it keeps its look."""
    incident = situation.incident
    if not incident.is_open:
        return None
    if situation.untold_reply() is not None:
        return now
    until = incident.pause_until
    return situation.pause_look if until is not None and until <= now else until
