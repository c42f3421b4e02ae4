"""A history that is stored never crashes a reading, whatever was once let in."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.outcomes import new_breaches
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.clocks.time_by_stage import stage_times
from sla_engine.domain.escalation.ladder_position import next_check, place_of
from sla_engine.domain.incidents.endings import ending
from sla_engine.domain.incidents.events import Opened
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.promises import promises
from sla_engine.services.messages.fact_fields import fact_fields
from tests.unit.sla_engine.domain.clocks.any_history import any_history, instants
from tests.unit.sla_engine.domain.histories import ALWAYS, MONDAY, OFFICE, RESOLUTION, hours, promising, target

ZERO = timedelta(0)
SHORT = promising(
    *(target(metric, hours(length)) for metric, length in zip(MetricName, (1, 2, 2, 8), strict=True)),
    target(RESOLUTION, hours(3), calendar=ALWAYS),
)
LONG = promising(*(target(metric, hours(30), waiting=hours(60)) for metric in MetricName))
VERSIONS = (
    AppliedVersion(number=1, effective=MONDAY - timedelta(days=30), applied_at=MONDAY - timedelta(days=30)),
    AppliedVersion(number=2, effective=MONDAY + timedelta(days=1), applied_at=MONDAY + timedelta(days=2)),
)
INCIDENT = Incident(
    id=1, key="INC-1", customer="Acme Dental", agreement_version_id=1, source="slack", external_id=None, link=None,
    title="E-mail is down", priority=SHORT.targets[0].priority, state=IncidentState.OPEN,
    opened_at=MONDAY, opened_by="U0TOM",
)  # fmt: skip
many = settings(max_examples=100)


def terms_for(history: list[Entry]) -> Terms:
    spans = governed(history, opened_under=1, versions=VERSIONS)
    return terms_of(spans, opened_under=1, read=lambda number: SHORT if number == 1 else LONG)


@many
@given(any_history(), instants)
def test_every_question_about_any_history_has_an_answer(history: list[Entry], now: datetime) -> None:
    terms = terms_for(history)
    by_metric = readings(history, terms, now=now)
    for reading in (measurement for measured in by_metric.values() for measurement in measured):
        assert_sound(reading, now)
        ladder = terms.ladder(reading.metric)
        place = place_of(history, reading, ladder, last_nudged_at=None)
        next_check(reading, ladder, place, acknowledged=False, repeats_from=None, zone=OFFICE.tz, now=now)
        stage_times(history, reading, terms, now=now)
    for metric in MetricName:
        explained = ledger(history, metric, terms, now=now)
        assert (explained is None) == (metric not in by_metric)
        if explained is not None:
            assert sum((row.counted for row in explained.rows), ZERO) == explained.reading.elapsed
    attributed_time(history, terms, now=now)
    promises(history)
    new_breaches("INC-1", history, by_metric)


def assert_sound(reading: Reading, now: datetime) -> None:
    assert reading.elapsed >= ZERO
    assert (reading.state is ClockState.STOPPED) <= (reading.stopped_at is not None)
    assert (reading.state is ClockState.PAUSED) <= bool(reading.paused_for)
    assert reading.breached_at is None or reading.breached_at <= now


@many
@given(any_history())
def test_an_incident_stands_somewhere_after_any_history(history: list[Entry]) -> None:
    after = incident_after(INCIDENT, history, reply_ends_pause=terms_for(history).reply_ends_pause)
    assert after.is_over == (ending(history) is not None)
    assert (after.state is IncidentState.MERGED) == (after.merged_into is not None)
    assert after.is_open == (after.resolved_at is None)


@many
@given(any_history(), instants)
def test_without_an_opening_nothing_is_measured(history: list[Entry], now: datetime) -> None:
    unopened = [entry for entry in history if not isinstance(entry.event, Opened)]
    assert readings(unopened, terms_for(unopened), now=now) == {}


@many
@given(any_history(), instants, st.data())
def test_the_order_in_which_any_facts_are_loaded_does_not_matter(
    history: list[Entry], now: datetime, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    terms = terms_for(history)
    assert readings(shuffled, terms, now=now) == readings(history, terms, now=now)
    in_this_order, in_that = (
        incident_after(INCIDENT, facts, reply_ends_pause=terms.reply_ends_pause) for facts in (shuffled, history)
    )
    assert in_this_order == in_that


@many
@given(any_history())
def test_every_fact_can_be_told_by_its_fields(history: list[Entry]) -> None:
    for entry in history:
        assert all(value is None or isinstance(value, str) for value in fact_fields(entry.event).values())
