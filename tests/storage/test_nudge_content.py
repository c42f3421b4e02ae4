"""A nudge says of its incident what the database says, after every act."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.incidents.commands import Incidents
from sla_engine.storage import incidents, nudges
from tests.note_desk import DANA, TESS, TOM, Desk, at

REPLY, UPDATE, PLAN, FIX = "First reply", "Customer update", "Plan", "Fix"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def shown(desk: Desk, key: str) -> NudgeMessage:
    """The incident's live nudge."""
    with desk.database.reading() as session:
        nudge, *_ = nudges.live(session, incidents.find(session, key).id)
    return nudge.shown


def test_a_late_reply_names_its_clock_who_has_it_and_what_they_are_called(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    nudge = shown(desk, key)
    assert (nudge.cause, nudge.metric_label, nudge.due_at) == (NudgeCause.BREACH, REPLY, at("mon 09:50"))
    assert (nudge.assignee, nudge.names[TOM], nudge.is_settled, nudge.direct) == (TOM, "Tom", False, False)


def test_a_reply_settles_it_and_the_next_clock_is_shown_with_when_the_customer_was_told(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 10:05"))
    nudge = shown(desk, key)
    assert (nudge.metric_label, nudge.breached_at, nudge.is_settled) == (PLAN, None, True)
    assert (nudge.last_told_at, nudge.also) == (at("mon 10:05"), ())


ACTS: dict[str, tuple[Callable[[Incidents, str], object], dict[str, object]]] = {
    "assigned": (
        lambda acts, key: acts.assign(key, to=TESS, by=DANA, now=at("mon 10:05")),
        {"assignee": TESS, "names": {TESS: "Tess", DANA: "Dana"}},
    ),
    "raised": (
        lambda acts, key: acts.set_priority(key, priority=Priority.P1, by=DANA, now=at("mon 10:05")),
        {"priority": "P1", "due_at": at("mon 09:35")},
    ),
    "lowered": (
        lambda acts, key: acts.set_priority(key, priority=Priority.P3, by=DANA, now=at("mon 10:05")),
        {"priority": "P3", "due_at": at("mon 11:20"), "is_settled": True},
    ),
    "paused": (
        lambda acts, key: acts.pause(key, reason=PauseReason.VENDOR, until=None, text="", by=TOM, now=at("mon 10:05")),
        {"metric_label": REPLY, "paused_for": (), "due_at": at("mon 09:50")},
    ),
    "resolved": (
        lambda acts, key: acts.resolve(key, text="", by=TOM, now=at("mon 10:05")),
        {"metric_label": REPLY, "is_settled": True},
    ),
}


@pytest.mark.parametrize(("act", "fields"), ACTS.values(), ids=ACTS)
def test_each_act_is_read_in_the_nudge(
    desk: Desk, act: Callable[[Incidents, str], object], fields: dict[str, object]
) -> None:
    key = desk.missed(at("mon 10:00"))
    act(desk.incidents, key)
    last = [one.shown for one in desk.sent(about=f"nudge:{key}") if isinstance(one.shown, NudgeMessage)][-1]
    assert {name: getattr(last, name) for name in fields} == fields


def test_a_paused_clock_says_for_what_it_rests_and_until_when(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 09:05"))
    desk.incidents.plan(key, text="New disk", by=TOM, now=at("mon 09:10"))
    desk.incidents.escalate(key, text="A second pair of hands", by=TOM, now=at("mon 09:15"))
    nudge = shown(desk, key)
    assert (nudge.metric_label, nudge.text_by) == (UPDATE, TOM)
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=at("mon 14:00"), text="", by=TOM, now=at("mon 09:20"))
    paused = shown(desk, key)
    assert (paused.metric_label, paused.pause_until) == (UPDATE, at("mon 14:00")), "what runs on is what counts"
    desk.incidents.resume(key, by=TOM, now=at("mon 09:30"))
    assert shown(desk, key).pause_until is None


def test_other_clocks_that_were_late_are_not_named_any_more_once_they_have_stopped(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 11:05"))
    late = shown(desk, key)
    assert {due.metric_label for due in late.also} >= {REPLY} or late.metric_label == REPLY
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 11:06"))
    nudge = shown(desk, key)
    assert REPLY not in {nudge.metric_label, *(due.metric_label for due in nudge.also)}


def test_who_hands_it_back_is_named_with_their_words(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.hand_back(key, reason="My shift ends", by=TOM, now=at("mon 09:05"))
    nudge = shown(desk, key)
    assert (nudge.cause, nudge.text, nudge.text_by) == (NudgeCause.UNASSIGNED, "My shift ends", TOM)
    assert (nudge.assignee, nudge.metric_label, nudge.is_settled) == (None, REPLY, False)
    desk.incidents.take(key, by=TESS, now=at("mon 09:06"))
    assert shown(desk, key).is_settled


def test_a_rung_for_the_owner_alone_is_a_direct_nudge(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 09:15"))
    nudge = shown(desk, key)
    assert (nudge.direct, nudge.mention, nudge.metric_label) == (True, (TOM,), REPLY)


def test_what_is_late_leads_over_what_is_only_due_and_a_new_miss_over_an_older_one(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P1, owner=None)
    desk.look(at("mon 09:16"))
    desk.look(at("mon 09:24"))
    warned = shown(desk, key)
    assert (warned.metric_label, [due.metric_label for due in warned.also]) == (REPLY, [UPDATE])
    desk.look(at("mon 09:31"))
    missed = shown(desk, key)
    assert (missed.metric_label, [due.metric_label for due in missed.also if due.breached]) == (UPDATE, [REPLY])
