"""How soon people act, against figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.promises import Promise, PromiseOutcome
from sla_engine.domain.reporting.escalation_times import (
    CalledNudge,
    EscalationTimes,
    NudgeOutcome,
    RecordedAct,
    SeldomActedOn,
    escalation_times,
    outcomes,
    seldom_acted_on,
)
from tests.unit.sla_engine.domain.histories import at, minutes

TOM, DANA, TESS = "U0TOM", "U0DANA", "U0TESS"
LONG_AFTER = at("fri 09:00")


def nudge(when: str, *people: str, rung: str = "50 %", priority: Priority = Priority.P4) -> CalledNudge:
    called = frozenset(people or (TOM,))
    return CalledNudge(called_at=at(when), people=called, priority=priority, metric="resolution", rung=rung)


def act(when: str, by: str = TOM) -> RecordedAct:
    return RecordedAct(at(when), by)


@pytest.mark.parametrize(
    ("nudges", "acts", "rungs", "after"),
    [
        (["mon 09:00"], [act("mon 09:06")], [], [6]),
        (["mon 09:00"], [act("mon 09:09"), act("mon 09:06")], [], [6]),
        (["mon 09:00"], [act("mon 09:00"), act("mon 08:59")], [], [None]),
        (["mon 09:00"], [act("mon 09:06", TESS)], [], [None]),
        (["mon 09:00", "mon 09:30"], [act("mon 09:40")], [], [None, 10]),
        (["mon 09:00", "mon 09:30"], [act("mon 09:30")], [], [None, None]),
        (["mon 09:00"], [act("mon 09:40")], ["mon 09:30"], [None]),
        (["mon 09:00"], [act("mon 09:10")], ["mon 09:00", "mon 09:30"], [10]),
    ],
)
def test_a_nudge_is_acted_on_by_somebody_it_called_before_the_next_step(
    nudges: list[str], acts: list[RecordedAct], rungs: list[str], after: list[int | None]
) -> None:
    decided = outcomes([nudge(when) for when in nudges], acts, list(map(at, rungs)), is_open=True, now=LONG_AFTER)
    assert [one.acted_after for one in decided] == [None if one is None else minutes(one) for one in after]


def test_whoever_of_those_called_acts_counts_for_all_of_them() -> None:
    (decided,) = outcomes([nudge("mon 09:00", TOM, DANA)], [act("mon 09:02", DANA)], [], is_open=True, now=LONG_AFTER)
    assert decided.acted_after == minutes(2)


@pytest.mark.parametrize(
    ("is_open", "now", "is_decided"),
    [(True, "mon 09:01", False), (True, "tue 08:59", False), (True, "tue 09:00", True), (False, "mon 09:01", True)],
)
def test_a_nudge_nobody_acted_on_counts_once_that_is_certain(is_open: bool, now: str, is_decided: bool) -> None:
    decided = outcomes([nudge("mon 09:00")], [], [], is_open=is_open, now=at(now))
    assert [one.acted_after for one in decided] == ([None] if is_decided else [])


def after(*times: int | None) -> list[NudgeOutcome]:
    return [NudgeOutcome(nudge("mon 09:00"), None if time is None else minutes(time)) for time in times]


@pytest.mark.parametrize(
    ("times", "half", "slowest"),
    [
        ((), None, None),
        ((None, None), None, None),
        ((4,), 4, None),
        ((9, 4), 4, None),
        ((9, 4, 6), 6, None),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9), 5, None),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 40), 5, 40),
        ((*(1,) * 17, 40, 50), 1, 50),
        ((*range(1, 19), 40, 50), 10, 40),
        ((2,) * 20, 2, 2),
    ],
)
def test_half_and_the_slowest_tenth_are_order_statistics(
    times: tuple[int | None, ...], half: int | None, slowest: int | None
) -> None:
    figures = escalation_times(after(*times), [])
    assert figures.nudges == len(times)
    assert figures.acted_on == len([time for time in times if time is not None])
    assert figures.half_within == (None if half is None else minutes(half))
    assert figures.slowest_tenth == (None if slowest is None else minutes(slowest))


def test_the_figures_of_nothing_are_empty() -> None:
    assert escalation_times([], []) == EscalationTimes()


@pytest.mark.parametrize(
    ("outcome", "when", "counted"),
    [
        (PromiseOutcome.KEPT, "mon 09:30", (1, 1)),
        (PromiseOutcome.KEPT_LATE, "mon 10:05", (1, 0)),
        (PromiseOutcome.LAPSED, "mon 10:10", (1, 0)),
        (PromiseOutcome.ENDED, "mon 10:20", (1, 0)),
        (PromiseOutcome.RENEWED, "mon 09:30", (0, 0)),
        (PromiseOutcome.RENEWED, "mon 10:05", (1, 0)),
        (PromiseOutcome.OPEN, "", (0, 0)),
        (PromiseOutcome.QUESTIONED, "mon 10:00", (0, 0)),
    ],
)
def test_a_promise_was_kept_by_its_time_or_it_was_not(
    outcome: PromiseOutcome, when: str, counted: tuple[int, int]
) -> None:
    made = Promise(by=TOM, made_at=at("mon 09:00"), due=at("mon 10:00"), outcome=outcome, at=at(when) if when else None)
    figures = escalation_times([], [made])
    assert (figures.promises, figures.promises_kept) == counted


def sent(count: int, acted_on: int, *, rung: str = "50 %", priority: Priority = Priority.P4) -> list[NudgeOutcome]:
    called = nudge("mon 09:00", rung=rung, priority=priority)
    return [NudgeOutcome(called, timedelta(minutes=1) if number < acted_on else None) for number in range(count)]


def test_a_rung_that_hardly_anybody_acts_on_is_named_from_thirty_nudges_on() -> None:
    known = [
        *sent(31, 2),
        *sent(30, 6, rung="75 %"),  # a fifth is enough
        *sent(29, 0, priority=Priority.P3),
        *sent(40, 7, rung="100 %"),
        *sent(50, 0, rung=""),
    ]
    assert seldom_acted_on(known) == [
        SeldomActedOn(metric="resolution", rung="100 %", priority=Priority.P4, nudges=40, acted_on=7),
        SeldomActedOn(metric="resolution", rung="50 %", priority=Priority.P4, nudges=31, acted_on=2),
    ]
