"""Laws of clocks on random histories: pauses, replies, updates, resolutions and reopenings in any order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.escalation.rung_instants import JUST_AFTER
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Event,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    MONDAY,
    PLAN,
    RESOLUTION,
    RESPONSE,
    UPDATE,
    hours,
    minutes,
    promising,
    target,
)

ZERO = timedelta(0)
WEEK_MINUTES = 7 * 1440
P2, P3 = Priority.P2, Priority.P3
PROMISED = promising(
    *(
        target(metric, minutes(length * factor), priority=priority, waiting=waiting)
        for priority, factor in ((P2, 1), (P3, 3))
        for metric, length, waiting in (
            (RESPONSE, 30, None),
            (UPDATE, 120, hours(8)),
            (PLAN, 120, None),
            (RESOLUTION, 480, None),
        )
    )
)

reasons = st.sampled_from([PauseReason.CUSTOMER, PauseReason.VENDOR])
happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(Paused, reason=reasons),
    st.builds(Resumed, reason=st.one_of(st.none(), reasons)),
    st.sampled_from([CustomerReplied(), Responded(), CustomerUpdated(text="Still working"), PlanGiven()]),
    st.sampled_from([Resolved(), Reopened()]),
    st.builds(PrioritySet, priority=st.sampled_from([P2, P3])),
)
instants = st.integers(0, WEEK_MINUTES // 5).map(lambda steps: MONDAY + minutes(5 * steps))


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """An incident opened on Monday, and up to a dozen facts of its week, several of them at one instant."""
    start = MONDAY + minutes(draw(st.integers(0, 1440)))
    facts: list[tuple[datetime, Event]] = [(start, Opened(priority=P2, title="Down"))]
    facts += [(max(start, at), event) for at, event in draw(st.lists(st.tuples(instants, happenings), max_size=12))]
    return [Entry(event=event, at=at, seq=seq, recorded_at=at) for seq, (at, event) in enumerate(facts)]


def all_readings(history: list[Entry], now: datetime) -> dict[tuple[MetricName, int], Reading]:
    by_metric = readings(history, Terms.of(PROMISED), now=now)
    return {(one.metric, one.cycle): one for measured in by_metric.values() for one in measured}


@given(histories(), instants, instants)
def test_a_clock_counts_no_more_than_passes_and_never_back(
    history: list[Entry], one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    before, after = all_readings(history, earlier), all_readings(history, later)
    assert set(before) <= set(after)
    for name, reading in before.items():
        assert ZERO <= after[name].elapsed - reading.elapsed <= later - earlier


@given(histories(), instants, instants)
def test_a_breach_once_read_is_read_for_ever(history: list[Entry], one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    after = all_readings(history, later)
    for name, reading in all_readings(history, earlier).items():
        if reading.breached:
            assert after[name].breached_at == reading.breached_at
            assert after[name].breached_on_change is reading.breached_on_change
        else:
            later_breach = after[name].breached_at
            assert later_breach is None or later_breach >= earlier


@given(histories(), instants)
def test_the_ledger_s_rows_follow_each_other_and_sum_to_what_elapsed(history: list[Entry], now: datetime) -> None:
    for metric in MetricName:
        explanation = ledger(history, metric, Terms.of(PROMISED), now=now)
        if explanation is None or not explanation.rows:
            continue
        assert sum((row.counted for row in explanation.rows), ZERO) == explanation.reading.elapsed
        assert [row.start for row in explanation.rows[1:]] == [row.end for row in explanation.rows[:-1]]
        assert explanation.rows[0].start == explanation.reading.started_at
        assert explanation.rows[-1].end == (explanation.reading.stopped_at or now)


@given(histories(), instants)
def test_due_is_the_earliest_instant_and_the_breach_begins_after_the_grace(history: list[Entry], now: datetime) -> None:
    known = [entry for entry in history if entry.at <= now]
    for name, reading in all_readings(known, now).items():
        if reading.state is not ClockState.RUNNING or reading.breached:
            continue
        assert reading.due_at is not None
        assert reading.grace_until is not None
        if reading.due_at > now:
            just_before = all_readings(known, reading.due_at - JUST_AFTER)[name]
            assert just_before.elapsed < reading.target.duration
        at_due = all_readings(known, max(now, reading.due_at))[name]
        assert at_due.elapsed == reading.target.duration
        still = all_readings(known, max(now, reading.grace_until))[name]
        assert (still.elapsed, still.breached) == (reading.target.duration, False)
        breached = all_readings(known, max(now, reading.grace_until) + JUST_AFTER)[name]
        assert breached.breached_at == reading.grace_until


@given(histories(), instants)
def test_a_paused_clock_has_no_due_time_and_stands_still(history: list[Entry], now: datetime) -> None:
    known = [entry for entry in history if entry.at <= now]
    later = all_readings(known, now + timedelta(days=30))
    for name, reading in all_readings(known, now).items():
        if reading.state is ClockState.PAUSED:
            assert reading.due_at is None
            assert reading.paused_for
            assert later[name].elapsed == reading.elapsed


@given(histories(), instants, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_loaded_does_not_matter(
    history: list[Entry], now: datetime, chance: random.Random
) -> None:
    shuffled = chance.sample(history, len(history))
    assert all_readings(shuffled, now) == all_readings(history, now)


@given(histories(), instants, st.data())
def test_pauses_and_resumes_that_are_told_twice_change_nothing(
    history: list[Entry], now: datetime, data: st.DataObject
) -> None:
    repeated = [entry for entry in history if isinstance(entry.event, Paused | Resumed)]
    if not repeated:
        return
    twice = data.draw(st.sampled_from(repeated))
    again = replace(twice, seq=len(history))
    assert all_readings([*history, again], now) == all_readings(history, now)


@given(histories(), instants)
def test_what_comes_later_does_not_change_a_reading_of_the_past(history: list[Entry], now: datetime) -> None:
    known = [entry for entry in history if entry.at <= now]
    assert all_readings(history, now) == all_readings(known, now)


@given(histories(), instants)
def test_a_resolved_incident_has_no_running_clock(history: list[Entry], now: datetime) -> None:
    ends = [*history, Entry(event=Resolved(), at=max(now, history[0].at), seq=len(history), recorded_at=now)]
    known = [
        entry
        for entry in ends
        if entry.at <= ends[-1].at and not (isinstance(entry.event, Reopened) and entry.at == ends[-1].at)
    ]
    assert {one.state for one in all_readings(known, ends[-1].at).values()} <= {ClockState.STOPPED}
