"""The period of customer updates while the incident waits, and what is left of it when the wait is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.events import (
    Absorbed,
    CustomerReplied,
    CustomerUpdated,
    Event,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import (
    MONDAY,
    UPDATE,
    USUAL,
    at,
    history,
    hours,
    measured,
    minutes,
    opened,
    promising,
    target,
)

CUSTOMER, VENDOR = Paused(reason=PauseReason.CUSTOMER), Paused(reason=PauseReason.VENDOR)
REPLY, RESUMED = CustomerReplied(), Resumed()


def update(*facts: tuple[str, Event], now: str = "mon 16:30") -> Reading:
    """The current period: every 2 h, waiting 8 h, opened on Monday at 09:00."""
    return measured(history(opened("mon 09:00"), *facts), UPDATE, now)[-1]


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        pytest.param([("mon 10:00", CUSTOMER), ("mon 14:00", RESUMED)], "mon 15:00", id="what was left goes on"),
        pytest.param([("mon 10:00", CUSTOMER), ("mon 14:00", REPLY)], "mon 16:00", id="a reply ends the wait"),
        pytest.param(
            [("mon 10:00", VENDOR), ("mon 11:00", REPLY), ("mon 14:00", RESUMED)], "mon 16:00", id="a reply meanwhile"
        ),
        pytest.param(
            [("mon 09:30", REPLY), ("mon 10:00", CUSTOMER), ("mon 14:00", RESUMED)], "mon 15:00", id="a reply before"
        ),
        pytest.param(
            [("mon 10:00", VENDOR), ("mon 11:00", CUSTOMER), ("mon 12:00", REPLY), ("mon 14:00", RESUMED)],
            "mon 16:00",
            id="the wait goes on after the reply",
        ),
        pytest.param(
            [("mon 09:30", VENDOR), ("mon 09:40", REPLY), ("mon 10:00", RESUMED), ("mon 10:30", VENDOR),
             ("mon 13:00", RESUMED)],
            "mon 14:30",
            id="a reply of an earlier wait is not this one's",
        ),
        pytest.param(
            [("mon 10:00", VENDOR), ("mon 11:00", RESUMED), ("mon 11:30", VENDOR), ("mon 13:00", RESUMED)],
            "mon 13:30",
            id="two waits one after another",
        ),
        pytest.param([("mon 10:00", CUSTOMER), ("mon 16:30", RESUMED)], "mon 17:00", id="never beyond the long one"),
        pytest.param([("mon 10:00", CUSTOMER), ("mon 16:30", REPLY)], "mon 17:00", id="nor after a reply"),
        pytest.param([("mon 11:00", CUSTOMER), ("mon 14:00", RESUMED)], "mon 14:00", id="nothing was left"),
    ],
)  # fmt: skip
def test_when_the_wait_is_over_the_update_is_due(facts: list[tuple[str, Event]], due: str) -> None:
    reading = update(*facts)
    assert reading.due_at == at(due)
    assert (reading.breached_at or reading.grace_until) == at(due if due != "mon 17:00" else "tue 09:00")


def test_a_pause_of_seconds_moves_the_update_by_seconds() -> None:
    every_half_hour = promising(target(UPDATE, minutes(30), waiting=hours(8)))
    facts: list[tuple[datetime, Event]] = [
        (at("mon 09:10"), CUSTOMER),
        (at("mon 09:10") + timedelta(seconds=4), RESUMED),
    ]
    entries = [*history(opened("mon 09:00")), *(
        Entry(event=event, at=when, seq=number, recorded_at=when) for number, (when, event) in enumerate(facts, start=1)
    )]  # fmt: skip
    (reading,) = measured(entries, UPDATE, "mon 09:20", agreement=every_half_hour)
    assert reading.due_at == at("mon 09:30") + timedelta(seconds=4)


def test_a_reply_counts_where_it_does_not_end_the_pause_too() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", CUSTOMER), ("mon 12:00", REPLY), ("mon 14:00", RESUMED))
    (reading,) = measured(facts, UPDATE, "mon 14:30", agreement=replace(USUAL, reply_ends_pause=False))
    assert reading.due_at == at("mon 16:00")


def test_a_miss_from_before_the_wait_stays() -> None:
    reading = update(("mon 12:00", CUSTOMER), ("mon 14:00", RESUMED))
    assert reading.breached_at == at("mon 11:00")


def test_a_period_that_began_while_it_waited_has_its_whole_short_one_left() -> None:
    facts = history(
        opened("mon 09:00"), ("mon 10:00", CUSTOMER), ("mon 11:00", CustomerUpdated()), ("mon 14:00", RESUMED)
    )
    assert measured(facts, UPDATE, "mon 14:30")[-1].due_at == at("mon 16:00")


def test_a_reopened_incident_waits_no_more() -> None:
    reading = update(("mon 10:00", CUSTOMER), ("mon 11:00", Resolved()), ("mon 12:00", Reopened()))
    assert (reading.target.duration, reading.due_at) == (hours(2), at("mon 14:00"))


def test_what_had_been_used_before_the_wait_is_counted_from_an_earlier_opening() -> None:
    facts = history(
        opened("mon 10:00"),
        ("mon 10:30", CUSTOMER),
        ("mon 12:30", RESUMED),
        ("mon 12:45", Absorbed(key="INC-7", opened_at=at("mon 09:30"))),
    )
    (reading,) = measured(facts, UPDATE, "mon 13:00")
    assert reading.due_at == at("mon 13:30")


@pytest.mark.parametrize("ending", [CustomerUpdated(), Resolved()], ids=["updated", "resolved"])
@pytest.mark.parametrize("turned", [False, True], ids=["the pause first", "the pause last"])
def test_a_period_that_ends_at_an_instant_is_not_touched_by_a_wait_that_begins_at_it(
    ending: Event, *, turned: bool
) -> None:
    together: list[tuple[str, Event]] = [("mon 12:00", CUSTOMER), ("mon 12:00", ending)]
    facts = history(opened("mon 09:00"), *(reversed(together) if turned else together))
    reading = measured(facts, UPDATE, "mon 13:00")[0]
    assert (reading.target.duration, reading.elapsed) == (hours(2), hours(3))
    assert (reading.breached_at, reading.due_at) == (at("mon 11:00"), at("mon 11:00"))


def test_the_next_period_waits_from_its_beginning() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", CUSTOMER), ("mon 10:00", CustomerUpdated()))
    first, second = measured(facts, UPDATE, "mon 13:00")
    assert (first.target.duration, second.target.duration) == (hours(2), hours(8))
    assert second.started_at == MONDAY + hours(10)


def test_a_priority_of_that_very_instant_still_counts_for_the_period_that_ends() -> None:
    both = promising(*USUAL.targets, target(UPDATE, minutes(30), priority=Priority.P1, waiting=hours(4)))
    facts = [
        replace(entry, source="psa")
        for entry in history(
            opened("mon 09:00"),
            ("mon 10:00", CUSTOMER),
            ("mon 10:00", PrioritySet(priority=Priority.P1)),
            ("mon 10:00", CustomerUpdated()),
        )
    ]
    first = measured(facts, UPDATE, "mon 11:00", agreement=both)[0]
    assert (first.target.duration, first.breached_at, first.breached_on_change) == (minutes(30), at("mon 10:00"), True)
