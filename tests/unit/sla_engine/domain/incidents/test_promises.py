"""What became of a promised update, and what the customer answered while we waited."""

from __future__ import annotations

import pytest

from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    Event,
    Merged,
    PlanGiven,
    PromiseLapsed,
    PromiseQuestioned,
    Resolved,
    Responded,
)
from sla_engine.domain.incidents.promises import (
    PROMISE_GRACE,
    Promise,
    PromiseOutcome,
    promise_in_force,
    promise_timer,
    promises,
)
from tests.unit.sla_engine.domain.histories import at, history, opened

DUE = at("mon 11:00")
MADE = ("mon 10:00", Acknowledged(promise=DUE))
ASKED = ("mon 11:00", PromiseQuestioned(promised=DUE))


def only(*facts: tuple[str, Event]) -> Promise:
    (promise,) = promises(history(opened(), *facts))
    return promise


def test_an_acknowledgement_promises_an_update_by_its_instant() -> None:
    promise = only(MADE)
    assert (promise.by, promise.made_at, promise.due) == ("U0TOM", at("mon 10:00"), DUE)
    assert (promise.outcome, promise.at, promise.is_alive) == (PromiseOutcome.OPEN, None, True)


def test_without_an_instant_nothing_is_promised() -> None:
    assert promises(history(opened(), ("mon 10:00", Acknowledged()), ("mon 10:05", CustomerUpdated(text="Soon")))) == ()


@pytest.mark.parametrize(
    ("facts", "outcome", "when"),
    [
        ([("mon 10:30", PlanGiven())], PromiseOutcome.OPEN, None),
        ([("mon 10:30", CustomerUpdated(text="Half done"))], PromiseOutcome.KEPT, "mon 10:30"),
        ([("mon 11:00", Responded())], PromiseOutcome.KEPT, "mon 11:00"),
        ([ASKED], PromiseOutcome.QUESTIONED, "mon 11:00"),
        ([ASKED, ("mon 11:05", CustomerUpdated(text="Done"))], PromiseOutcome.KEPT_LATE, "mon 11:05"),
        ([ASKED, ("mon 11:10", PromiseLapsed(promised=DUE))], PromiseOutcome.LAPSED, "mon 11:10"),
        ([("mon 10:40", Resolved())], PromiseOutcome.KEPT, "mon 10:40"),
        ([ASKED, ("mon 11:05", Resolved())], PromiseOutcome.ENDED, "mon 11:05"),
        ([ASKED, ("mon 11:05", Merged(into="INC-1"))], PromiseOutcome.ENDED, "mon 11:05"),
        (
            [("mon 10:30", CustomerUpdated(text="Half done")), ASKED],
            PromiseOutcome.KEPT,
            "mon 10:30",
        ),
    ],
    ids=[
        "a plan tells nothing about it",
        "the customer was told",
        "in the last instant",
        "asked about",
        "told after it was asked about",
        "nobody promised anew",
        "resolved in time",
        "resolved too late",
        "merged",
        "told in time, and heard of late",
    ],
)
def test_a_promise_ends_as_it_was_kept(facts: list[tuple[str, Event]], outcome: PromiseOutcome, when: str) -> None:
    promise = only(MADE, *facts)
    assert (promise.outcome, promise.at) == (outcome, at(when) if when else None)


def test_promising_anew_ends_the_promise_before() -> None:
    later = at("mon 11:30")
    first, second = promises(history(opened(), MADE, ASKED, ("mon 11:04", Acknowledged(promise=later))))
    assert (first.outcome, second.outcome, second.due) == (PromiseOutcome.RENEWED, PromiseOutcome.OPEN, later)


def test_an_update_that_names_the_next_one_keeps_a_promise_and_makes_another() -> None:
    update = CustomerUpdated(text="Half done", next_at=at("mon 12:00"))
    first, second = promises(history(opened(), MADE, ("mon 10:30", update)))
    assert (first.outcome, second.due) == (PromiseOutcome.KEPT, at("mon 12:00"))


def test_the_promise_in_force_is_the_one_that_can_still_be_kept() -> None:
    asked = promise_in_force(history(opened(), MADE, ASKED))
    assert asked is not None
    assert asked.outcome is PromiseOutcome.QUESTIONED
    assert promise_in_force(history(opened(), MADE, ("mon 10:30", CustomerUpdated(text="Done")))) is None
    assert promise_in_force(history(opened())) is None


def test_a_promise_is_looked_at_when_it_is_due_and_a_grace_after_it_was_asked_about() -> None:
    assert promise_timer(None, None) is None
    assert promise_timer(DUE, None) == DUE
    assert promise_timer(DUE, at("mon 11:20")) == at("mon 11:20") + PROMISE_GRACE
