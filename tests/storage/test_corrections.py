"""Facts that are told late change what is recorded by adding to it, and what was asked because of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import Corrected, Paused, Resolved, Resumed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.storage import clocks, timers
from tests.note_desk import DANA, GOOD, TOM, Desk, at
from tests.outcome_desk import (
    RESOLUTION,
    RESPONSE,
    UPDATE,
    clock,
    found,
    history,
    note_state,
    tell_late,
    told,
    with_beta,
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = with_beta(database_url)
    yield made
    made.close()


def corrections(desk: Desk, key: str) -> list[Corrected]:
    return [entry.event for entry in history(desk, key) if isinstance(entry.event, Corrected)]


PAUSED = Paused(reason=PauseReason.CUSTOMER)


def overdue(desk: Desk) -> str:
    """An incident whose resolution was missed at 17:20 on Monday, and seen to be."""
    key, work = desk.open(at("mon 08:20")), desk.incidents
    work.respond(key, text="", by=TOM, now=at("mon 08:25"))
    work.plan(key, text="Restart", by=TOM, now=at("mon 08:30"))
    for when in ("mon 10:00", "mon 11:45", "mon 14:30", "mon 16:20"):
        work.update_customer(key, text="Still on it", by=TOM, now=at(when))
    desk.look(at("mon 17:25"))
    assert clock(desk, key, RESOLUTION).breached_at == at("mon 17:20")
    return key


def test_a_reply_that_was_kept_until_the_miss_was_noticed_counts_from_when_it_was_asked(desk: Desk) -> None:
    key = desk.missed(at("mon 09:43"))
    due = clock(desk, key, RESPONSE).due_at
    assert clock(desk, key, RESPONSE).breached_at == due == at("mon 09:33")
    desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:32"))
    after = clock(desk, key, RESPONSE)
    assert (after.breached_at, after.state, after.stopped_at) == (None, ClockState.STOPPED, at("mon 09:32"))
    assert [(correction.metric, correction.cause) for correction in corrections(desk, key)] == [
        ("first_response", "responded")
    ]
    reply = next(entry for entry in history(desk, key) if stored_name(entry.event) == "responded")
    assert (reply.at, reply.recorded_at) == (at("mon 09:32"), at("mon 09:43"))


STOPPING: dict[str, Callable[[Desk, str, datetime], object]] = {
    "responded": lambda desk, key, now: desk.incidents.respond(key, text="", by=TOM, now=now),
    "plan_given": lambda desk, key, now: desk.incidents.plan(key, text="Restart", by=TOM, now=now),
    "customer_updated": lambda desk, key, now: desk.incidents.update_customer(key, text="Soon", by=TOM, now=now),
    "paused": lambda desk, key, now: desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=now),
    "resolved": lambda desk, key, now: desk.incidents.resolve(key, text="", by=TOM, now=now),
}


@pytest.mark.parametrize("name", STOPPING)
def test_what_stops_a_clock_counts_before_a_miss_noticed_since_but_never_before_what_somebody_did(
    desk: Desk, name: str
) -> None:
    seen, acted = desk.missed(at("mon 09:43")), desk.missed(at("mon 09:44"))
    desk.incidents.set_priority(acted, priority=Priority.P1, by=TOM, now=at("mon 09:50"))
    for key, happened in ((seen, at("mon 09:42")), (acted, at("mon 09:50"))):
        STOPPING[name](desk, key, at("mon 09:42"))
        assert [entry.at for entry in history(desk, key) if stored_name(entry.event) == name] == [happened]


def test_a_resumption_counts_before_an_end_that_was_noticed_since(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    until = at("mon 10:00")
    desk.incidents.pause(key, reason=PauseReason.CUSTOMER, until=until, by=TOM, now=at("mon 09:10"))
    desk.look(at("mon 10:05"))
    desk.incidents.resume(key, by=TOM, now=at("mon 09:55"))
    assert [entry.at for entry in history(desk, key) if stored_name(entry.event) == "resumed"] == [at("mon 09:55")]
    assert clock(desk, key, RESPONSE).state is ClockState.RUNNING


def test_a_pause_that_is_told_late_takes_a_breach_back_and_both_stay_on_record(desk: Desk) -> None:
    key = overdue(desk)
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("mon 17:28"))
    after = clock(desk, key, RESOLUTION)
    assert (after.breached_at, after.state) == (None, ClockState.PAUSED)
    assert corrections(desk, key) == [
        Corrected(
            metric="resolution",
            cycle=0,
            cause="paused",
            cause_at=at("mon 15:00"),
            breached_before=at("mon 17:20"),
            breached_after=None,
        )
    ]
    assert "breached" in told(desk, key)
    late = next(entry for entry in history(desk, key) if stored_name(entry.event) == "paused")
    assert (late.at, late.recorded_at) == (at("mon 15:00"), at("mon 17:28"))


def test_a_correction_is_told_on_the_nudge(desk: Desk) -> None:
    key = overdue(desk)
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("mon 17:28"))
    updates = [one.shown.updates for one in desk.sent() if isinstance(one.shown, NudgeMessage)][-1]
    assert [fact.what for fact in updates[-2:]] == ["paused", "corrected"]
    assert updates[-1].fields["breached_before"] == at("mon 17:20").isoformat()


def test_a_note_that_nobody_wrote_is_withdrawn_with_its_miss_and_wanted_again_with_the_next(desk: Desk) -> None:
    key = overdue(desk)
    assert note_state(desk, key) is NoteState.WANTED
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("mon 17:28"))
    assert note_state(desk, key) is NoteState.WITHDRAWN
    desk.incidents.resume(key, by=TOM, now=at("tue 08:00"))
    desk.look(at("tue 17:00"))
    assert clock(desk, key, RESOLUTION).breached_at == at("tue 10:20")
    assert note_state(desk, key) is NoteState.WANTED


def test_the_message_that_asked_for_a_note_says_that_it_is_not_wanted_any_more(desk: Desk) -> None:
    key = overdue(desk)
    desk.incidents.resolve(key, text="Restarted", by=TOM, now=at("mon 17:30"))
    desk.ask_daily()
    desk.look(at("tue 11:15"))
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("tue 11:20"))
    assert note_state(desk, key) is NoteState.WITHDRAWN
    desk.look(at("tue 11:21"))
    (line,) = desk.asked(TOM)[-1].sections[0].lines
    assert (line.subject, line.is_done, line.detail.startswith("no SLA note is wanted any more")) == (key, True, True)


def test_a_breach_that_comes_again_is_recorded_and_announced_again(desk: Desk) -> None:
    key = overdue(desk)
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("mon 17:28"))
    desk.incidents.resume(key, by=TOM, now=at("tue 08:00"))
    desk.incidents.update_customer(key, text="Still on it", by=TOM, now=at("tue 09:59"))
    desk.look(at("tue 10:21"))
    assert told(desk, key).count("breached") == 2
    assert clock(desk, key, RESOLUTION).noticed_at == at("tue 10:21")
    nudge = [one.shown for one in desk.sent() if one.op == "post" and isinstance(one.shown, NudgeMessage)][-1]
    assert (nudge.metric_label, nudge.breached_at) == ("Fix", at("tue 10:20"))


def test_a_note_that_was_written_stays_when_its_miss_is_taken_back(desk: Desk) -> None:
    key = overdue(desk)
    desk.notes.write(key, by=TOM, now=at("mon 17:26"), reason="late-triage", since=None, **GOOD)
    tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at("mon 17:28"))
    assert clock(desk, key, RESOLUTION).breached_at is None
    assert note_state(desk, key) is NoteState.WRITTEN


def test_a_resumption_that_is_told_late_makes_a_breach_at_its_true_instant_noticed_now(desk: Desk) -> None:
    key, work = desk.open(at("mon 08:20")), desk.incidents
    work.respond(key, text="", by=TOM, now=at("mon 08:25"))
    work.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:20"))
    tell_late(desk, key, Resumed(), happened=at("mon 09:25"), now=at("tue 09:00"))
    missed = clock(desk, key, RESOLUTION)
    assert (missed.breached_at, missed.noticed_at) == (at("mon 17:25"), at("tue 09:00"))
    assert [e.recorded_at for e in history(desk, key) if stored_name(e.event) == "breached"][-1] == at("tue 09:00")


def test_a_resumption_that_is_told_after_the_resolution_corrects_what_was_met(desk: Desk) -> None:
    key, work = desk.open(at("mon 08:20")), desk.incidents
    work.respond(key, text="", by=TOM, now=at("mon 08:25"))
    work.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:20"))
    work.resolve(key, text="", by=TOM, now=at("tue 09:00"))
    assert clock(desk, key, RESOLUTION).breached_at is None
    tell_late(desk, key, Resumed(), happened=at("mon 09:25"), now=at("tue 10:00"))
    after = clock(desk, key, RESOLUTION)
    assert (after.breached_at, after.noticed_at) == (at("mon 17:25"), at("tue 10:00"))
    assert [
        (event.cause, event.breached_before, event.breached_after)
        for event in corrections(desk, key)
        if event.metric == "resolution"
    ] == [("resumed", None, at("mon 17:25"))]
    assert note_state(desk, key) is NoteState.WANTED


def test_a_fact_that_is_told_twice_corrects_nothing_twice(desk: Desk) -> None:
    key = overdue(desk)
    for minute in (28, 29):
        tell_late(desk, key, PAUSED, happened=at("mon 15:00"), now=at(f"mon 17:{minute}"))
    assert len(corrections(desk, key)) == 1
    desk.look(at("wed 12:00"))
    assert len(corrections(desk, key)) == 1


def test_a_resolution_that_is_told_late_leaves_no_period_after_it_and_takes_its_miss_back(desk: Desk) -> None:
    key, work = desk.open(at("mon 08:20")), desk.incidents
    work.respond(key, text="", by=TOM, now=at("mon 08:25"))
    work.plan(key, text="Restart", by=TOM, now=at("mon 08:30"))
    work.update_customer(key, text="Still on it", by=TOM, now=at("mon 10:00"))
    desk.look(at("mon 13:30"))
    assert clock(desk, key, UPDATE, 2).breached_at == at("mon 13:00")
    assert note_state(desk, key) is NoteState.WANTED
    tell_late(desk, key, Resolved(), happened=at("mon 09:50"), now=at("mon 13:40"))
    with desk.database.reading() as session:
        stored = clocks.of_incident(session, found(desk, key).id)
    assert [cycle for metric, cycle in stored if metric is UPDATE] == [0, 1]
    assert [(e.metric, e.cycle, e.breached_before, e.breached_after) for e in corrections(desk, key)] == [
        ("customer_update", 2, at("mon 13:00"), None)
    ]
    assert note_state(desk, key) is NoteState.WITHDRAWN
    desk.look(at("tue 13:30"))
    assert len(corrections(desk, key)) == 1


def test_a_promise_made_after_a_resolution_that_is_told_late_is_not_asked_about(desk: Desk) -> None:
    key = desk.open(at("mon 08:20"))
    desk.look(at("mon 08:51"))
    desk.incidents.acknowledge(key, by=DANA, now=at("mon 08:52"), promise=at("mon 09:30"))
    tell_late(desk, key, Resolved(), happened=at("mon 08:40"), now=at("mon 08:55"))
    with desk.database.reading() as session:
        assert timers.due_for(session, Duty.PROMISE, key) is None
    desk.sweep.run_once(now=at("mon 10:00"))
    assert desk.sweep.run_once(now=at("mon 10:00")) == 0
