from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.clocks.ticket_states import (
    Condition,
    LoggedFact,
    LoggedState,
    TicketPhase,
    TicketPosition,
    facts_between,
    standing_before,
)
from sla_engine.domain.incidents.events import (
    Assigned,
    Deleted,
    Event,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason

MONDAY = datetime(2016, 2, 1, 9, tzinfo=UTC)
NEW, RUNS, DONE = Condition(TicketPhase.NEW), Condition(TicketPhase.RUNS), Condition(TicketPhase.DONE)
CANCELLED = Condition(TicketPhase.CANCELLED)
CUSTOMER, VENDOR = Condition(TicketPhase.WAITS, PauseReason.CUSTOMER), Condition(TicketPhase.WAITS, PauseReason.VENDOR)
CONDITIONS = (NEW, RUNS, DONE, CUSTOMER, VENDOR)
START = TicketPosition(condition=NEW, priority=Priority.P3, assignee=None)


def state(minute: int, condition: Condition, *, priority: Priority = Priority.P3, to: str | None = None) -> LoggedState:
    return LoggedState(
        at=MONDAY + timedelta(minutes=minute), condition=condition, priority=priority, assignee=to, by="7"
    )


def events_of(*states: LoggedState, before: TicketPosition = START) -> list[Event]:
    return [fact.event for fact in facts_between(states, before)]


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (NEW, RUNS, [Responded()]),
        (NEW, CUSTOMER, [Responded(), Paused(reason=PauseReason.CUSTOMER)]),
        (NEW, DONE, [Resolved()]),
        (RUNS, NEW, []),
        (RUNS, VENDOR, [Paused(reason=PauseReason.VENDOR)]),
        (CUSTOMER, RUNS, [Resumed(reason=PauseReason.CUSTOMER)]),
        (CUSTOMER, VENDOR, [Resumed(reason=PauseReason.CUSTOMER), Paused(reason=PauseReason.VENDOR)]),
        (CUSTOMER, DONE, [Resolved()]),
        (DONE, DONE, []),
        (DONE, RUNS, [Reopened()]),
        (DONE, CUSTOMER, [Reopened(), Paused(reason=PauseReason.CUSTOMER)]),
        (NEW, CANCELLED, [Deleted()]),
        (CUSTOMER, CANCELLED, [Deleted()]),
        (DONE, CANCELLED, [Deleted()]),
        (CANCELLED, RUNS, []),
        (CANCELLED, NEW, []),
        (CANCELLED, DONE, []),
    ],
)
def test_a_change_of_state_becomes_facts(before: Condition, after: Condition, events: list[Event]) -> None:
    standing = TicketPosition(condition=before, priority=Priority.P3, assignee=None)
    assert events_of(state(1, after), before=standing) == events


@pytest.mark.parametrize(
    ("conditions", "events"),
    [
        ([RUNS, CANCELLED, DONE], [Responded(), Deleted()]),
        ([RUNS, CANCELLED, CANCELLED], [Responded(), Deleted()]),
        ([RUNS, CANCELLED, RUNS, DONE], [Responded(), Resolved()]),
        ([CANCELLED, RUNS], [Responded()]),
        ([CANCELLED, NEW, RUNS], [Responded()]),
        ([RUNS, CANCELLED, DONE, VENDOR], [Responded(), Paused(reason=PauseReason.VENDOR)]),
        ([VENDOR, CANCELLED, VENDOR, DONE], [Responded(), Paused(reason=PauseReason.VENDOR), Resolved()]),
        ([RUNS, DONE, CANCELLED], [Responded(), Resolved(), Deleted()]),
        ([RUNS, CANCELLED, RUNS, CANCELLED, DONE], [Responded(), Deleted()]),
    ],
    ids=[
        "closed after it", "twice", "taken back", "taken back at once", "taken back while new", "closed and taken up",
        "taken back while waiting", "after the resolution", "taken back and given again",
    ],
)  # fmt: skip
def test_only_a_cancellation_that_lasts_ends_a_ticket(conditions: list[Condition], events: list[Event]) -> None:
    assert events_of(*(state(10 * number, condition) for number, condition in enumerate(conditions))) == events


def test_priority_and_assignee_are_facts_only_when_they_change() -> None:
    rows = (
        state(0, NEW, to="31"),
        state(1, NEW, to="31"),
        state(2, NEW, priority=Priority.P2),
        state(3, NEW, priority=Priority.P2, to="31"),
        state(4, NEW, priority=Priority.P2, to="89"),
    )
    assert events_of(*rows) == [Assigned(to="31"), PrioritySet(priority=Priority.P2), Assigned(to="89")]


def test_of_the_rows_of_one_minute_the_last_decides() -> None:
    assert events_of(state(0, DONE), state(5, RUNS), state(5, DONE)) == [Resolved()]


@given(conditions=st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=8), cut=st.integers(0, 8))
def test_a_log_in_two_parts_tells_what_it_tells_in_one(conditions: list[Condition], cut: int) -> None:
    rows = [state(10 * number, condition, to=str(number % 3)) for number, condition in enumerate(conditions, start=1)]
    whole = list(facts_between(rows, START))
    first, second = rows[:cut], rows[cut:]
    facts = list(facts_between(first, START))
    if second:
        history = [entry(0, LoggedFact(at=MONDAY, event=Opened(priority=Priority.P3, title=""), by="7"))]
        history += [entry(number, fact) for number, fact in enumerate(facts, start=1)]
        facts += facts_between(second, standing_before(history, second[0].at, first=Priority.P3))
    assert facts == whole


@pytest.mark.parametrize("again", [False, True], ids=["only what is new", "all of it once more"])
@pytest.mark.parametrize("last", CONDITIONS, ids=str)
def test_a_minute_in_which_the_log_had_ended_goes_on_from_there(last: Condition, *, again: bool) -> None:
    first, second = [state(1, RUNS), state(5, CUSTOMER)], [state(5, last)]
    facts = [LoggedFact(at=MONDAY, event=Opened(priority=Priority.P3, title=""), by="7"), *facts_between(first, START)]
    history = [entry(number, fact) for number, fact in enumerate(facts)]
    rows = [*first, *second] if again else second
    before = standing_before(history, rows[0].at, first=Priority.P1)
    known = {fact.key for fact in facts}
    new = [fact for fact in facts_between(rows, before, recorded=history) if fact.key not in known]
    history += [entry(len(history) + number, fact) for number, fact in enumerate(new)]
    stands = standing_before(history, MONDAY + timedelta(hours=1), first=Priority.P1)
    expected = RUNS if last.phase is TicketPhase.NEW else last
    assert (stands.condition, stands.priority) == (expected, Priority.P3)


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        ([Paused(reason=PauseReason.CUSTOMER), Responded()], CUSTOMER),
        ([Resolved(), Responded()], DONE),
        ([Paused(reason=PauseReason.VENDOR), Reopened()], VENDOR),
        ([Resolved(), Reopened()], RUNS),
    ],
    ids=["answered while it waits", "answered once it is done", "reopened while it waits", "reopened once it is done"],
)
def test_a_ticket_stands_where_its_last_facts_leave_it(events: list[Event], stands: Condition) -> None:
    facts = [LoggedFact(at=MONDAY + timedelta(minutes=n), event=event, by="7") for n, event in enumerate(events)]
    history = [entry(number, fact) for number, fact in enumerate(facts)]
    assert standing_before(history, MONDAY + timedelta(hours=1), first=Priority.P3).condition == stands


def test_what_was_recorded_at_an_instant_is_not_before_it() -> None:
    history = [entry(0, LoggedFact(at=MONDAY, event=Responded(), by="7"))]
    assert standing_before(history, MONDAY, first=Priority.P3).condition == NEW
    assert standing_before(history, MONDAY + timedelta(minutes=1), first=Priority.P3).condition == RUNS


def entry(number: int, fact: LoggedFact) -> Entry:
    return Entry(event=fact.event, at=fact.at, seq=number, recorded_at=fact.at, by=fact.by, source="servicenow")


def test_a_fact_is_named_by_when_and_what() -> None:
    (fact,) = facts_between([state(1, CUSTOMER)], TicketPosition(condition=RUNS, priority=Priority.P3, assignee=None))
    assert fact.key == "20160201T090100:paused:customer"
