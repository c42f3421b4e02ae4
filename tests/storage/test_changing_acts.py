"""Changing an act: recorded anew at its own instant in place of the first, and undone back to the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.incidents.errors import ActedSince, NothingChanged, NothingToChange, TooLateToUndo
from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    PlanGiven,
    PrioritySet,
    Resolved,
    RungReached,
    Snoozed,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InThePast
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.audit.audit import Audit
from sla_engine.services.incidents.change import Changes
from sla_engine.services.incidents.checked_facts import Changeable
from sla_engine.services.incidents.undo import Undo, UndoneAct
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import events, incidents
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

NOW = at("mon 10:00")
REAL = datetime(2026, 2, 2, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DONE, CHANGED = "slack:1", "slack:2"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    made.unit_of_work.real_clock = lambda: REAL
    yield made
    made.close()


def counting(desk: Desk, key: str) -> list[Entry]:
    """What people reported after the opening and the first owner, and counts, in the order of the rules."""
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    return [entry for entry in in_order(history) if entry.by][2:]


def record(desk: Desk, key: str) -> Incident:
    with desk.database.reading() as session:
        return incidents.find(session, key)


def change(desk: Desk, event: Changeable, *, by: str = TOM, name: str = CHANGED, of: str = DONE) -> Incident:
    with request(name):
        return Changes(desk.unit_of_work).change(of, event, by=by, now=NOW + 3 * MINUTE)


def undo(desk: Desk, name: str) -> UndoneAct:
    return Undo(desk.unit_of_work).undo(name, by=TOM, now=NOW + 4 * MINUTE)


def done(desk: Desk, key: str, event: Changeable) -> None:
    """What Tom recorded a minute after the opening."""
    acts, now = desk.incidents, NOW + MINUTE
    with request(DONE):
        match event:
            case CustomerUpdated(text=text, how=how, next_at=next_at):
                acts.update_customer(key, text=text, how=how, next_at=next_at, by=TOM, now=now)
            case PlanGiven(text=text):
                acts.plan(key, text=text, by=TOM, now=now)
            case Resolved(text=text):
                acts.resolve(key, text=text, by=TOM, now=now)
            case PrioritySet(priority=priority):
                acts.set_priority(key, priority=priority, by=TOM, now=now)
            case Acknowledged(promise=promise):
                acts.acknowledge(key, promise=promise, by=TOM, now=now)
            case Snoozed(until=until):
                acts.snooze(key, until=until, by=TOM, now=now)


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (CustomerUpdated(text="Called"), CustomerUpdated(text="Mailed", how="e-mail", next_at=at("mon 11:00"))),
        (PlanGiven(text="New disk"), PlanGiven(text="New server")),
        (Resolved(text=""), Resolved(text="Rebooted")),
        (PrioritySet(priority=Priority.P3), PrioritySet(priority=Priority.P1)),
        (Acknowledged(promise=at("mon 10:30")), Acknowledged(promise=at("mon 10:45"))),
        (Snoozed(until=at("mon 10:30")), Snoozed(until=at("mon 12:00"))),
    ],
    ids=lambda event: type(event).__name__,
)
def test_one_fact_counts_at_the_instant_of_the_first_and_undoing_the_change_lets_that_count_again(
    desk: Desk, first: Changeable, wanted: Changeable
) -> None:
    key = desk.open(NOW)
    desk.incidents.escalate(key, text="", by=TESS, now=NOW)
    done(desk, key, first)
    (*before, original) = counting(desk, key)
    as_it_was = record(desk, key)
    recorded = Changes(desk.unit_of_work).recorded(DONE, by=TOM, now=NOW + 2 * MINUTE)
    assert (recorded.key, recorded.event, recorded.at) == (key, first, NOW + MINUTE)

    change(desk, wanted)
    (*kept, changed) = counting(desk, key)
    assert kept == before
    assert (changed.event, changed.at, changed.by) == (wanted, original.at, TOM)

    answer = undo(desk, CHANGED)
    assert counting(desk, key) == [*before, original]
    assert record(desk, key) == as_it_was
    assert answer.is_change

    assert not undo(desk, DONE).is_change
    assert counting(desk, key) == before
    assert list(Audit(desk.database).run(now=NOW + timedelta(hours=1)).findings) == []


def test_a_priority_changed_to_what_it_was_leaves_nothing_of_the_act(desk: Desk) -> None:
    key = desk.open(NOW, priority=Priority.P2)
    done(desk, key, PrioritySet(priority=Priority.P4))
    change(desk, PrioritySet(priority=Priority.P2))
    assert (record(desk, key).priority, counting(desk, key)) == (Priority.P2, [])


def test_a_change_can_be_changed_again(desk: Desk) -> None:
    key = desk.open(NOW)
    done(desk, key, PlanGiven(text="New disk"))
    change(desk, PlanGiven(text="New server"))
    change(desk, PlanGiven(text="New rack"), name="slack:3", of=CHANGED)
    assert [entry.event for entry in counting(desk, key)] == [PlanGiven(text="New rack")]


def test_what_was_changed_is_changed_from_its_newest_answer_only(desk: Desk) -> None:
    key = desk.open(NOW)
    done(desk, key, PlanGiven(text="New disk"))
    change(desk, PlanGiven(text="New server"))
    with pytest.raises(NothingToChange):
        change(desk, PlanGiven(text="New rack"), name="slack:3")
    assert [entry.event for entry in counting(desk, key)] == [PlanGiven(text="New server")]


def test_what_cannot_be_changed_is_refused_and_nothing_changes(desk: Desk) -> None:
    key = desk.open(NOW)
    first = CustomerUpdated(text="Called")
    done(desk, key, first)
    other = CustomerUpdated(text="Mailed")
    with pytest.raises(NothingChanged):
        change(desk, CustomerUpdated(text=" Called "))
    with pytest.raises(MissingArgument):
        change(desk, CustomerUpdated(text=" "))
    with pytest.raises(InThePast):
        change(desk, CustomerUpdated(text="Mailed", next_at=NOW))
    with pytest.raises(NothingToChange):
        change(desk, other, of="slack:9")
    with pytest.raises(NotAllowed):
        change(desk, other, by=DANA)
    desk.unit_of_work.real_clock = lambda: REAL + timedelta(minutes=6)
    with pytest.raises(TooLateToUndo):
        change(desk, other)
    desk.unit_of_work.real_clock = lambda: REAL
    desk.incidents.take(key, by=TESS, now=NOW + 2 * MINUTE)
    with pytest.raises(ActedSince):
        change(desk, other)
    assert counting(desk, key)[0].event == first


def test_what_was_undone_cannot_be_changed(desk: Desk) -> None:
    key = desk.open(NOW)
    done(desk, key, PlanGiven(text="New disk"))
    undo(desk, DONE)
    with pytest.raises(NothingToChange):
        Changes(desk.unit_of_work).recorded(DONE, by=TOM, now=NOW + 5 * MINUTE)


def test_a_manager_may_change_what_a_colleague_recorded(desk: Desk) -> None:
    key = desk.open(NOW)
    done(desk, key, PlanGiven(text="New disk"))
    change(desk, PlanGiven(text="New server"), by=MIRA)
    assert [(entry.event, entry.by) for entry in counting(desk, key)] == [(PlanGiven(text="New server"), MIRA)]


def test_a_warning_that_the_first_one_alone_caused_comes_again_when_it_is_due(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P4)
    with request(DONE):
        desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=at("mon 09:55"))
    desk.look(at("mon 09:56"))
    with request(CHANGED):
        Changes(desk.unit_of_work).change(DONE, PrioritySet(priority=Priority.P3), by=TOM, now=at("mon 09:57"))
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    assert not any(isinstance(entry.event, RungReached) for entry in in_order(history))
    assert any(isinstance(entry.event, RungReached) for entry in history), "there was a warning to take back"


def test_the_nudge_shows_what_was_recorded_last_and_after_its_undoing_what_was_first(desk: Desk) -> None:
    key = desk.open(NOW)
    desk.incidents.escalate(key, text="", by=TESS, now=NOW)
    done(desk, key, PlanGiven(text="New disk"))
    change(desk, PlanGiven(text="New server"))
    assert said(desk) == ["New server"]
    undo(desk, CHANGED)
    assert said(desk) == ["New disk"]


def said(desk: Desk) -> list[str]:
    """The plans that the newest nudge tells of."""
    nudge = [sent.shown for sent in desk.sent(about="nudge:") if isinstance(sent.shown, NudgeMessage)][-1]
    return [fact.text for fact in nudge.updates]
