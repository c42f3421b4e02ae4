"""What was announced only because of an act that is undone is taken back with it; the rest stands."""

from __future__ import annotations

from dataclasses import replace

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.escalation.groundless import groundless
from sla_engine.domain.escalation.ladder_position import place_of
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Event,
    Opened,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Responded,
    RungReached,
    Undone,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from tests.unit.sla_engine.domain.histories import RESOLUTION, UPDATE, at, history, hours, promising, read, target

HALF_WAY = Ladder((Rung(percent=50, tell=(Recipient.ASSIGNEE,)),))
AGREEMENT = replace(
    promising(
        target(RESOLUTION, hours(8)), target(RESOLUTION, hours(2), priority=Priority.P1), target(UPDATE, hours(2))
    ),
    ladders={"resolution": HALF_WAY, "customer_update": HALF_WAY},
)
TERMS = Terms.of(AGREEMENT)
OPENED = Opened(priority=Priority.P2, title="E-mail is down")


def told(*facts: tuple[str, Event]) -> list[Entry]:
    """The opening at nine and these facts, numbered from 1."""
    entries = history(("mon 09:00", OPENED), *facts)
    return [replace(entry, seq=number, by="U0TOM") for number, entry in enumerate(entries, start=1)]


def rung(metric: str, when: str, *, cycle: int = 0) -> tuple[str, Event]:
    return when, RungReached(metric=metric, cycle=cycle, rung=0, reached_at=at(when))


def test_a_warning_before_its_time_is_groundless_and_one_in_its_time_is_not() -> None:
    raised = ("mon 10:00", PrioritySet(priority=Priority.P1))
    early = told(raised, rung("resolution", "mon 10:00"))
    assert groundless(early, (2,), TERMS, now=at("mon 10:05")) == (3,)
    assert groundless(early, (2,), TERMS, now=at("mon 14:00")) == ()


def test_a_warning_of_a_period_that_is_none_any_more_is_groundless() -> None:
    answered = told(("mon 09:30", Responded()), rung("customer_update", "mon 10:30", cycle=1))
    assert groundless(answered, (2,), TERMS, now=at("mon 10:40")) == (3,)


def test_a_rung_that_the_ladder_has_no_more_is_groundless() -> None:
    shorter = Terms.of(replace(AGREEMENT, ladders={"resolution": Ladder(())}))
    raised = told(("mon 10:00", PrioritySet(priority=Priority.P1)), rung("resolution", "mon 10:00"))
    assert groundless(raised, (2,), shorter, now=at("mon 16:00")) == (3,)


def test_a_question_about_a_promise_that_was_taken_back_is_groundless() -> None:
    promised, due = Acknowledged(promise=at("mon 10:30")), at("mon 10:30")
    asked = told(
        ("mon 10:00", promised),
        ("mon 10:30", PromiseQuestioned(promised=due)),
        ("mon 10:40", PromiseLapsed(promised=due)),
    )
    assert groundless(asked, (2,), TERMS, now=at("mon 10:41")) == (3, 4)


def test_a_question_about_an_earlier_promise_stands() -> None:
    promised, due = Acknowledged(promise=at("mon 10:30")), at("mon 10:30")
    asked = told(
        ("mon 10:00", promised),
        ("mon 10:20", PrioritySet(priority=Priority.P1)),
        ("mon 10:30", PromiseQuestioned(promised=due)),
    )
    assert groundless(asked, (3,), TERMS, now=at("mon 10:31")) == ()


def test_what_was_announced_without_ground_comes_again_under_a_new_name() -> None:
    raised = told(("mon 10:00", PrioritySet(priority=Priority.P1)), rung("resolution", "mon 10:00"))
    undone = [*raised, replace(raised[0], event=Undone(facts=(2, 3)), at=at("mon 10:05"), seq=4)]
    reading = read(undone, RESOLUTION, "mon 14:00", agreement=AGREEMENT)
    before, after = (place_of(entries, reading, HALF_WAY, last_nudged_at=None) for entries in (raised, undone))
    assert (before.announced, before.round) == (frozenset({0}), 0)
    assert (after.announced, after.round) == (frozenset(), 1)
