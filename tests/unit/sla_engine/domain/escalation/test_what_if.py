"""Clocks as they are beside clocks as they would be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.escalation.what_if import (
    ClockChange,
    Effect,
    Scene,
    at_risk,
    changes,
    changes_an_outcome,
    with_holiday,
)
from sla_engine.domain.incidents.events import (
    CustomerUpdated,
    Event,
    Paused,
    PlanGiven,
    PrioritySet,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    ALWAYS,
    PLAN,
    RESOLUTION,
    RESPONSE,
    TERMS,
    UPDATE,
    USUAL,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    target,
)

P1 = (
    target(RESPONSE, minutes(15), priority=Priority.P1, calendar=ALWAYS),
    target(RESOLUTION, hours(4), priority=Priority.P1, calendar=ALWAYS),
)
BOTH = Terms.of(promising(*USUAL.targets, *P1))
NINE = at("mon 09:00")
VENDOR = Paused(reason=PauseReason.VENDOR)


def scene(*facts: tuple[str, Event], terms: Terms = TERMS) -> Scene:
    return Scene(tuple(history(opened(), *facts)), terms)


def changed(real: Scene, *facts: tuple[str, Event], now: str, rests: int = 0) -> dict[MetricName, ClockChange]:
    """What these facts would change; after the first `rests` of them a pause has not ended."""
    supposed = [(at(when), event) for when, event in facts]
    until = max(at(now), *(when for when, _ in supposed))
    resting = real.supposing(*supposed[:rests]) if rests else None
    differences = changes(real, real.supposing(*supposed), now=at(now), until=until, at_rest=resting)
    return {change.metric: change for change in differences}


def test_a_supposed_fact_leaves_the_real_history_as_it_is() -> None:
    real = scene()
    supposed = real.supposing((at("mon 10:00"), VENDOR), by="U0TOM")
    assert len(real.history) == 1
    assert (supposed.history[-1].seq, supposed.history[-1].by) == (1, "U0TOM")


def test_an_incident_that_opens_shows_every_clock_and_no_effect() -> None:
    nothing = Scene((), TERMS)
    differences = changes(nothing, scene(), now=NINE, until=NINE)
    assert [change.metric for change in differences] == [RESPONSE, UPDATE, PLAN, RESOLUTION]
    assert {(change.before, change.effect) for change in differences} == {(None, Effect.NONE)}


def test_a_pause_without_an_end_rests_what_may_rest_and_lengthens_the_update() -> None:
    differences = changed(scene(), ("mon 10:00", VENDOR), now="mon 10:00")
    assert set(differences) == {UPDATE, PLAN, RESOLUTION}
    assert differences[RESOLUTION].after.state is ClockState.PAUSED
    assert differences[RESOLUTION].after.remaining == hours(7)
    assert differences[UPDATE].after.due_at == at("mon 17:00")
    assert not changes_an_outcome(differences.values())


def test_a_pause_that_ends_as_promised_shows_the_due_time_after_it_and_what_is_left_meanwhile() -> None:
    differences = changed(
        scene(), ("mon 10:00", VENDOR), ("tue 10:00", Resumed(reason=PauseReason.VENDOR)), now="mon 10:00", rests=1
    )
    plan = differences[PLAN]
    assert plan.before is not None
    assert (plan.before.due_at, plan.after.due_at) == (at("mon 11:00"), at("tue 11:00"))
    assert plan.left_at_rest == hours(1)
    assert plan.effect is Effect.REMOVES_BREACH
    assert differences[UPDATE].left_at_rest is None
    assert differences[UPDATE].effect is Effect.NONE, "an update starts anew before then, or is asked for at risk"


def test_an_update_at_risk_counts_as_a_breach_to_come() -> None:
    differences = changed(scene(("mon 09:10", Responded())), ("mon 10:50", VENDOR), now="mon 10:50")
    assert differences[UPDATE].effect is Effect.REMOVES_BREACH
    earlier = changed(scene(("mon 09:10", Responded())), ("mon 10:30", VENDOR), now="mon 10:30")
    assert earlier[UPDATE].effect is Effect.NONE


def test_a_priority_that_makes_a_clock_late_at_once_makes_a_breach() -> None:
    real = scene(terms=BOTH)
    late = changed(real, ("mon 09:20", PrioritySet(priority=Priority.P1)), now="mon 09:20")
    assert late[RESPONSE].effect is Effect.MAKES_BREACH
    assert late[RESPONSE].after.breached_on_change
    assert late[RESOLUTION].effect is Effect.NONE
    early = changed(real, ("mon 09:10", PrioritySet(priority=Priority.P1)), now="mon 09:10")
    turned = {change.effect for change in early.values()} - {Effect.NONE}
    assert turned == {Effect.ENDS_CLOCK}, "what P1 promises nothing for ends, which is asked about as well"
    assert changes_an_outcome(early.values())


def test_lowering_the_priority_of_a_clock_at_risk_averts_its_breach_and_undoes_none() -> None:
    real = Scene(tuple(history(opened(priority=Priority.P1))), BOTH)
    lower = PrioritySet(priority=Priority.P2)
    assert changed(real, ("mon 09:12", lower), now="mon 09:12")[RESPONSE].effect is Effect.REMOVES_BREACH
    assert changed(real, ("mon 09:05", lower), now="mon 09:05")[RESPONSE].effect is Effect.NONE
    missed = changed(real, ("mon 09:20", lower), now="mon 09:20")[RESPONSE]
    assert (missed.effect, missed.after.breached) == (Effect.NONE, True)


def test_a_pause_told_late_removes_the_breach_it_explains() -> None:
    differences = changed(scene(), ("mon 10:00", VENDOR), now="mon 12:00")
    present = differences[PLAN].before
    assert present is not None
    assert present.breached
    assert differences[PLAN].effect is Effect.REMOVES_BREACH


def test_a_pause_told_late_also_removes_the_breach_of_a_clock_that_has_stopped() -> None:
    real = scene(("mon 11:30", PlanGiven()))
    differences = changed(real, ("mon 10:00", VENDOR), ("mon 11:00", Resumed()), now="mon 12:00")
    assert (differences[PLAN].after.state, differences[PLAN].after.met) == (ClockState.STOPPED, True)
    assert differences[PLAN].effect is Effect.REMOVES_BREACH


def test_a_clock_that_is_at_risk_before_and_after_a_short_pause_is_not_averted() -> None:
    differences = changed(scene(), ("mon 10:50", VENDOR), ("mon 10:55", Resumed()), now="mon 10:50")
    plan = differences[PLAN]
    assert (plan.after.due_at, plan.effect) == (at("mon 11:05"), Effect.NONE)


def test_resolving_in_time_is_no_breach_averted() -> None:
    differences = changed(scene(), ("mon 10:55", Resolved()), now="mon 10:55")
    assert {change.after.state for change in differences.values()} == {ClockState.STOPPED}
    assert not changes_an_outcome(differences.values())


def test_a_clock_at_risk_has_passed_the_last_warning_of_its_ladder() -> None:
    usual, bare = scene(), Terms.of(replace(USUAL, ladders={"default": Ladder(())}))
    warned = Ladder((Rung(percent=90, tell=(Recipient.ASSIGNEE,)), Rung(percent=100, tell=(Recipient.DISPATCHER,))))
    named = Terms.of(replace(USUAL, ladders={"resolution_plan": warned}))

    def risky(terms: Terms, when: str) -> bool:
        reading = usual.under(terms).clocks(now=at(when))[(PLAN, 0)]
        return at_risk(reading, terms, now=at(when))

    assert [risky(TERMS, when) for when in ("mon 10:29", "mon 10:30", "mon 11:01")] == [False, True, False]
    assert [risky(bare, when) for when in ("mon 10:29", "mon 10:30")] == [False, True]
    assert [risky(named, when) for when in ("mon 10:30", "mon 10:48")] == [False, True]


def test_a_holiday_from_now_on_moves_what_lies_ahead_and_nothing_behind() -> None:
    real = scene(terms=BOTH)
    tuesday = real.under(with_holiday(BOTH, date(2026, 3, 3), now=at("mon 16:00")))
    moved = {c.metric: c for c in changes(real, tuesday, now=at("mon 16:00"), until=at("mon 16:00"))}
    assert set(moved) == set(), "eight hours from nine to five are used up on Monday"
    slow = Scene(tuple(history(opened("mon 12:00"))), BOTH)
    later = {
        change.metric: change.after.due_at
        for change in changes(
            slow,
            slow.under(with_holiday(BOTH, date(2026, 3, 3), now=at("mon 12:30"))),
            now=at("mon 12:30"),
            until=at("mon 12:30"),
        )
    }
    assert later == {RESOLUTION: at("wed 12:00")}
    closed_today = with_holiday(BOTH, date(2026, 3, 2), now=at("mon 16:00"))
    assert slow.under(closed_today).clocks(now=at("mon 16:00"))[(RESOLUTION, 0)].elapsed == hours(4)


def test_a_holiday_leaves_round_the_clock_calendars_open() -> None:
    urgent = Scene(tuple(history(opened(priority=Priority.P1))), BOTH)
    closed = urgent.under(with_holiday(BOTH, date(2026, 3, 2), now=NINE))
    assert changes(urgent, closed, now=NINE, until=NINE) == ()


def test_a_holiday_is_kept_by_the_versions_that_are_still_to_come() -> None:
    longer = promising(target(RESOLUTION, hours(16)))
    versions = Terms((*TERMS.versions, replace(Terms.of(longer).versions[0], since=at("mon 12:00"), number=2)), USUAL)
    closed = with_holiday(versions, date(2026, 3, 3), now=at("mon 10:00"))
    assert [(version.since, version.number) for version in closed.versions[1:]] == [
        (at("mon 10:00"), 0),
        (at("mon 12:00"), 2),
    ]
    real = scene(terms=versions)
    assert real.under(closed).clocks(now=at("mon 13:00"))[(RESOLUTION, 0)].due_at == at("wed 17:00")


FACTS = st.sampled_from(
    [VENDOR, Resumed(), Responded(), CustomerUpdated(), PrioritySet(priority=Priority.P1), Resolved()]
)


@given(st.lists(st.tuples(st.integers(0, 3000), FACTS), max_size=8), st.integers(0, 3000))
def test_supposing_nothing_changes_nothing(facts: list[tuple[int, Event]], asked: int) -> None:
    entries = [(NINE + minutes(minute), event) for minute, event in facts]
    real = scene(terms=BOTH).supposing(*entries)
    now: datetime = NINE + minutes(asked)
    assert changes(real, real, now=now, until=now) == ()
    assert changes(real, real.under(with_holiday(BOTH, date(2027, 3, 3), now=now)), now=now, until=now) == ()
