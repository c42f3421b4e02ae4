"""An incident's timers: when the sweep must next examine its clocks, a target to come, its promise and its pause."""

from collections.abc import Mapping
from datetime import datetime

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.version_impact import next_target_change
from sla_engine.domain.clocks.outcomes import Readings
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.escalation.ladder_position import next_check
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.promises import promise_timer
from sla_engine.domain.upkeep.duties import Duty

TimerKey = tuple[Duty, str]
"""A duty and its subject: which clock, or which incident."""


def next_timers(situation: Situation, readings: Readings, *, now: datetime) -> Mapping[TimerKey, datetime | None]:
    """The timers of an incident with its clocks at `now`, and when each is due; None: not before something happens."""
    key, incident = situation.incident.key, situation.incident
    due: dict[TimerKey, datetime | None] = {
        (Duty.CLOCK, f"{key}:{metric}"): None
        for metric in MetricName  # also one that is measured no more
    }
    for reading in current(readings):
        due[Duty.CLOCK, f"{key}:{reading.metric}"] = clock_timer(situation, reading, now=now)
    if len(situation.terms.versions) > 1:
        due[Duty.CLOCK, f"{key}:target"] = _target_timer(situation, now=now)
    # Nobody is asked about a promise of a resolved incident: a resolution may be recorded late, and lie before it.
    promise = promise_timer(incident.promise, incident.promise_asked_at) if incident.is_open else None
    return due | {(Duty.PROMISE, key): promise, (Duty.PAUSE, key): _pause_timer(situation, now=now)}


def clock_timer(situation: Situation, reading: Reading, *, now: datetime, with_repeats: bool = True) -> datetime | None:
    """The instant of a clock's next rung, its miss or, `with_repeats`, its next repeat; None unless it runs."""
    if reading.state is not ClockState.RUNNING:
        return None
    return next_check(
        reading,
        situation.terms.ladder(reading.metric),
        situation.place(reading),
        acknowledged=not with_repeats or situation.incident.acknowledged_by is not None,
        repeats_from=situation.repeats_from,
        zone=situation.msp.calendar.tz,
        now=now,
    )


def _target_timer(situation: Situation, *, now: datetime) -> datetime | None:
    """The instant at which a version that is known to come changes a target; also while every clock rests."""
    incident = situation.incident
    if not incident.is_open:
        return None
    subject = Subject(priority=incident.priority, site=incident.site or "", service=incident.service or "")
    return next_target_change(situation.terms, subject, after=now)


def _pause_timer(situation: Situation, *, now: datetime) -> datetime | None:
    """At once for a reply that was not announced yet, else the pause's end; after that end the reminder stays set."""
    incident = situation.incident
    if not incident.is_open:
        return None
    if situation.unannounced_reply() is not None:
        return now
    until = incident.pause_until
    return situation.pause_timer if until is not None and until <= now else until
