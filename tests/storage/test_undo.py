"""Undoing: what somebody did is read as if it had not been done, within its time, and never over somebody's head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.views.nudge import nudge_message
from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.errors import ActedSince, NothingToUndo, TooLateToUndo
from sla_engine.domain.incidents.events import Corrected, Paused
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.audit.audit import Audit
from sla_engine.services.incidents.undo import Undo, UndoneAct
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.storage import acts, clocks, events, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.tables.incidents import Timer
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

NOW = at("mon 10:00")
REAL = datetime(2026, 2, 2, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Act = Callable[[Desk, str, datetime], object]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    made.unit_of_work.real_clock = lambda: REAL
    yield made
    made.close()


def later(desk: Desk, passed: timedelta) -> None:
    """Let real time pass."""
    desk.unit_of_work.real_clock = lambda: REAL + passed


def undo(desk: Desk, name: str, *, by: str = TOM, now: datetime = NOW + 2 * MINUTE) -> UndoneAct:
    return Undo(desk.unit_of_work).undo(name, by=by, now=now)


def paused(desk: Desk, key: str, *, by: str = TOM, name: str = "slack:1", now: datetime = NOW + MINUTE) -> None:
    with request(name):
        desk.incidents.pause(key, reason=PauseReason.VENDOR, by=by, now=now)


def history(desk: Desk, key: str) -> list[Entry]:
    with desk.database.reading() as session:
        return events.history(session, incidents.find(session, key).id)


def record(desk: Desk, key: str) -> Incident:
    with desk.database.reading() as session:
        return incidents.find(session, key)


def measured(desk: Desk, key: str, *, now: datetime) -> dict[MetricName, tuple[Reading, ...]]:
    with desk.database.reading() as session:
        incident = incidents.find(session, key)
        facts = events.history(session, incident.id)
        return dict(readings(facts, desk.unit_of_work.agreements.terms(session, incident, facts), now=now))


def armed(desk: Desk, key: str) -> dict[tuple[str, str], datetime | None]:
    """The instants of an incident's timers, by their duty and what they are about."""
    with desk.database.reading() as session:
        number = incidents.find(session, key).id
        rows = session.query(Timer).where(Timer.incident_id == number, Timer.due.is_not(None)).all()
        return {(row.duty, row.subject.removeprefix(key)): row.due for row in rows}


# ---------------------------------------------------------------------- as if it had not been done


ACTS: dict[str, Act] = {
    "take": lambda desk, key, now: desk.incidents.take(key, by=TESS, now=now),
    "assign": lambda desk, key, now: desk.incidents.assign(key, to=TESS, by=DANA, now=now),
    "hand back": lambda desk, key, now: desk.incidents.hand_back(key, reason="ill", by=TOM, now=now),
    "priority up": lambda desk, key, now: desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=now),
    "priority down": lambda desk, key, now: desk.incidents.set_priority(key, priority=Priority.P4, by=TOM, now=now),
    "pause": lambda desk, key, now: desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=now),
    "respond": lambda desk, key, now: desk.incidents.respond(key, text="on it", by=TOM, now=now),
    "update": lambda desk, key, now: desk.incidents.update_customer(
        key, text="soon", next_at=now + timedelta(hours=1), by=TOM, now=now
    ),
    "plan": lambda desk, key, now: desk.incidents.plan(key, text="a new part", by=TOM, now=now),
    "resolve": lambda desk, key, now: desk.incidents.resolve(key, text="works", by=TOM, now=now),
    "escalate": lambda desk, key, now: desk.incidents.escalate(key, text="help", by=TOM, now=now),
}


PREPARED: dict[str, tuple[Act, Act]] = {
    "resume": (
        lambda desk, key, now: desk.incidents.pause(key, reason=PauseReason.PARTS, by=TESS, now=now),
        lambda desk, key, now: desk.incidents.resume(key, by=TOM, now=now),
    ),
    "reopen": (
        lambda desk, key, now: desk.incidents.resolve(key, text="", by=TESS, now=now),
        lambda desk, key, now: desk.incidents.reopen(key, text="again", by=TOM, now=now),
    ),
    "acknowledge": (
        lambda desk, key, now: desk.incidents.escalate(key, text="help", by=TESS, now=now),
        lambda desk, key, now: desk.incidents.acknowledge(key, by=DANA, now=now),
    ),
    "snooze": (
        lambda desk, key, now: desk.incidents.escalate(key, text="help", by=TESS, now=now),
        lambda desk, key, now: desk.incidents.snooze(key, until=now + timedelta(hours=1), by=DANA, now=now),
    ),
}
"""Acts that need another one before them."""


@pytest.mark.parametrize(("before", "act"), PREPARED.values(), ids=PREPARED)
def test_an_undone_act_leaves_what_was_done_before_it(desk: Desk, before: Act, act: Act) -> None:
    key, untouched = desk.open(NOW), desk.open(NOW)
    for one in (key, untouched):
        before(desk, one, NOW + MINUTE)
    with request("slack:1"):
        act(desk, key, NOW + 2 * MINUTE)

    undo(desk, "slack:1", by=history(desk, key)[-1].by, now=NOW + 3 * MINUTE)

    assert replace(record(desk, key), id=0, key="") == replace(record(desk, untouched), id=0, key="")
    read_at = NOW + timedelta(hours=2)
    assert measured(desk, key, now=read_at) == measured(desk, untouched, now=read_at)
    assert armed(desk, key) == armed(desk, untouched)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_undone_act_leaves_state_clocks_and_timers_as_without_it(desk: Desk, act: Act) -> None:
    key, untouched = desk.open(NOW), desk.open(NOW)
    with request("slack:1"):
        act(desk, key, NOW + MINUTE)
    author = history(desk, key)[-1].by

    done = undo(desk, "slack:1", by=author)

    assert [incident.key for incident in done.incidents] == [key]
    ours = replace(record(desk, key), id=0, key="")
    assert ours == replace(record(desk, untouched), id=0, key="")
    read_at = NOW + timedelta(hours=2)
    assert measured(desk, key, now=read_at) == measured(desk, untouched, now=read_at)
    assert armed(desk, key) == armed(desk, untouched)


def test_the_history_keeps_the_act_and_its_undoing(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    act = history(desk, key)[-1]

    undo(desk, "slack:1")

    *_, still_there, undoing = history(desk, key)
    assert still_there == act
    assert (stored_name(undoing.event), undoing.by, undoing.at) == ("undone", TOM, NOW + 2 * MINUTE)
    assert [stored_name(entry.event) for entry in in_order(history(desk, key))] == ["opened", "assigned"]


# ---------------------------------------------------------------------- who, until when, and not twice


def test_after_five_minutes_of_real_time_it_is_too_late(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    later(desk, timedelta(minutes=6))

    with pytest.raises(TooLateToUndo) as refusal:
        undo(desk, "slack:1")

    assert refusal.value.at == NOW + MINUTE
    assert record(desk, key).paused_for


def test_it_can_be_undone_while_its_five_real_minutes_last_however_fast_the_clocks_run(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    later(desk, timedelta(minutes=5))

    undo(desk, "slack:1", now=NOW + timedelta(hours=5))

    assert not record(desk, key).paused_for


def test_a_click_that_a_busy_database_kept_counts_from_when_it_was_made(desk: Desk) -> None:
    in_time, too_late = desk.open(NOW), desk.open(NOW)
    paused(desk, in_time)
    paused(desk, too_late, name="slack:2")
    for click, after in (("slack:click", timedelta(minutes=4)), ("slack:late", timedelta(minutes=6))):
        Requests(desk.database).take(click, {}, at=REAL + after)
    later(desk, timedelta(minutes=9))

    with request("slack:click"):
        undo(desk, "slack:1")
    with request("slack:late"), pytest.raises(TooLateToUndo):
        undo(desk, "slack:2")

    assert (record(desk, in_time).paused_for, bool(record(desk, too_late).paused_for)) == ((), True)


def test_what_somebody_did_since_stands_in_its_way(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    desk.incidents.set_priority(key, priority=Priority.P1, by=TESS, now=NOW + MINUTE)

    with pytest.raises(ActedSince) as refusal:
        undo(desk, "slack:1")

    assert (refusal.value.by, refusal.value.what) == (TESS, "priority_set")
    assert stored_name(history(desk, key)[-1].event) != "undone"


def test_a_later_act_of_ones_own_is_undone_first(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    with request("slack:2"):
        desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=NOW + MINUTE)
    with pytest.raises(ActedSince):
        undo(desk, "slack:1")

    undo(desk, "slack:2")
    undo(desk, "slack:1")

    assert (record(desk, key).priority, record(desk, key).paused_for) == (Priority.P2, ())


def test_a_second_click_changes_nothing_and_answers_the_same(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    first = undo(desk, "slack:1")
    known = len(history(desk, key))

    assert undo(desk, "slack:1", now=NOW + 3 * MINUTE) == first
    assert len(history(desk, key)) == known


def test_only_its_author_and_a_manager_can_undo_it(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    with pytest.raises(NotAllowed):
        undo(desk, "slack:1", by=DANA)

    assert undo(desk, "slack:1", by=MIRA).by == TOM


def test_a_manager_undoes_what_somebody_did_last_on_an_incident(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)
    with pytest.raises(NothingToUndo):
        Undo(desk.unit_of_work).undo_last(by=DANA, now=NOW + 2 * MINUTE, key=key)

    assert Undo(desk.unit_of_work).undo_last(by=MIRA, now=NOW + 2 * MINUTE, key=key).by == TOM


@pytest.mark.both_databases
def test_two_clicks_at_once_undo_it_once(desk: Desk) -> None:
    key = desk.open(NOW)
    paused(desk, key)

    with ThreadPoolExecutor(2) as clicks:
        first, second = clicks.map(lambda _: undo(desk, "slack:1"), range(2))

    assert first == second
    assert [stored_name(entry.event) for entry in history(desk, key)].count("undone") == 1


def test_an_undoing_is_no_act_that_can_be_undone(desk: Desk) -> None:
    key = desk.open(NOW, owner=None)
    paused(desk, key)
    with request("slack:undo"):
        undo(desk, "slack:1")

    with pytest.raises(NothingToUndo):
        undo(desk, "slack:undo")
    with pytest.raises(NothingToUndo):
        Undo(desk.unit_of_work).undo_last(by=TOM, now=NOW + 3 * MINUTE)


def test_the_last_act_is_undone_without_naming_it(desk: Desk) -> None:
    first, second = desk.open(NOW), desk.open(NOW)
    paused(desk, first, name="slack:1")
    paused(desk, second, name="slack:2")

    Undo(desk.unit_of_work).undo_last(by=TOM, now=NOW + 2 * MINUTE, key=first)
    assert (record(desk, first).paused_for, record(desk, second).paused_for) == ((), (PauseReason.VENDOR,))

    Undo(desk.unit_of_work).undo_last(by=TOM, now=NOW + 2 * MINUTE)
    assert record(desk, second).paused_for == ()


# ---------------------------------------------------------------------- openings and merges


def test_an_undone_opening_counts_nowhere_and_its_key_is_not_used_again(desk: Desk) -> None:
    with request("slack:1"):
        key = desk.open(NOW, owner=None)
    desk.look(NOW + timedelta(minutes=40))

    undo(desk, "slack:1", by=TESS, now=NOW + timedelta(minutes=41))

    assert record(desk, key).state is IncidentState.TAKEN_BACK
    with desk.database.reading() as session:
        stored = clocks.of_incident(session, incidents.find(session, key).id)
    assert {clock.state.value for clock in stored.values()} == {"cancelled"}
    assert desk.open(NOW) != key
    desk.look(NOW + timedelta(minutes=42))  # tells whoever was asked for the note
    assert armed(desk, key) == {}


@pytest.mark.both_databases
def test_an_undone_merge_gives_both_incidents_back(desk: Desk) -> None:
    earlier, survivor, alike = desk.open(NOW), desk.open(NOW + MINUTE), desk.open(NOW + MINUTE)
    with request("slack:1"):
        Outcomes(desk.unit_of_work).merge(earlier, into=survivor, by=DANA, now=NOW + 2 * MINUTE)

    undo(desk, "slack:1", by=DANA, now=NOW + 3 * MINUTE)

    assert record(desk, earlier).is_open
    read_at = NOW + timedelta(hours=1)
    assert measured(desk, survivor, now=read_at) == measured(desk, alike, now=read_at)


# ---------------------------------------------------------------------- what was announced because of it


def test_a_miss_that_only_the_undone_act_made_is_corrected(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=NOW + 20 * MINUTE)
    assert "breached" in [stored_name(entry.event) for entry in history(desk, key)]

    undo(desk, "slack:1", now=NOW + 21 * MINUTE)

    corrected = [entry.event for entry in history(desk, key) if isinstance(entry.event, Corrected)]
    assert {(event.cause, event.breached_after) for event in corrected} == {("undone", None)}
    assert not any(
        reading.breached for clock in measured(desk, key, now=NOW + 21 * MINUTE).values() for reading in clock
    )


def test_a_warning_that_came_only_because_of_the_undone_act_comes_again_when_it_is_due(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=NOW + MINUTE)
    desk.look(NOW + 12 * MINUTE)  # 75 % of fifteen minutes
    warned = [entry for entry in history(desk, key) if stored_name(entry.event) == "rung_reached"]
    undo(desk, "slack:1", now=NOW + 13 * MINUTE)

    desk.look(NOW + 29 * MINUTE)

    again = [entry for entry in history(desk, key) if stored_name(entry.event) == "rung_reached"]
    assert warned
    assert len(again) > len(warned)


def test_a_miss_that_the_undone_act_had_prevented_is_noticed(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.respond(key, text="", by=TOM, now=NOW + 29 * MINUTE)
    undo(desk, "slack:1", now=NOW + 32 * MINUTE)

    desk.look(NOW + 32 * MINUTE)

    reading = measured(desk, key, now=NOW + 32 * MINUTE)[MetricName.FIRST_RESPONSE][-1]
    assert reading.breached_at == NOW + 30 * MINUTE
    assert "breached" in [stored_name(entry.event) for entry in history(desk, key)]


# ---------------------------------------------------------------------- messages


def test_the_message_to_the_new_owner_says_that_it_was_taken_back(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.assign(key, to=TESS, by=DANA, now=NOW + MINUTE)
    with desk.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET state = 'sent', attempts = 1")

    undo(desk, "slack:1", by=DANA)

    *_, edit = desk.sent(to=TESS)
    assert isinstance(edit.shown, LineMessage)
    assert (edit.op, edit.shown.text_key, edit.shown.facts["by"]) == ("update", "taken_back", DANA)


def test_a_message_that_still_waits_is_never_posted(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.assign(key, to=TESS, by=DANA, now=NOW + MINUTE)

    undo(desk, "slack:1", by=DANA)

    (row,) = desk.sent(to=TESS)
    with desk.database.reading() as session:
        states = session.connection().exec_driver_sql(f"SELECT state FROM outbox WHERE key = '{row.key}'").scalars()
        assert list(states) == ["collapsed"]


def test_the_nudge_shows_the_undoing_and_no_longer_the_act(desk: Desk) -> None:
    key = desk.missed(NOW)
    with request("slack:1"):
        desk.incidents.acknowledge(key, by=DANA, now=NOW + MINUTE)

    undo(desk, "slack:1", by=DANA)

    shown = [sent.shown for sent in desk.sent(about="nudge:") if isinstance(sent.shown, NudgeMessage)][-1]
    assert shown.state is NudgeState.LIVE
    assert [fact.what for fact in shown.updates] == ["undone"]


def last_nudge(desk: Desk) -> NudgeMessage:
    return [sent.shown for sent in desk.sent(about="nudge:") if isinstance(sent.shown, NudgeMessage)][-1]


def test_the_nudge_of_an_incident_whose_resolution_was_undone_asks_again(desk: Desk) -> None:
    key = desk.missed(NOW)
    with request("slack:1"):
        desk.incidents.resolve(key, text="", by=TOM, now=NOW + MINUTE)
    assert last_nudge(desk).state is NudgeState.CLOSED

    undo(desk, "slack:1")

    assert (last_nudge(desk).state, last_nudge(desk).state_by) == (NudgeState.LIVE, None)


def test_a_call_for_help_that_was_undone_asks_for_nothing_any_more(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.escalate(key, text="It smokes", by=TOM, now=NOW + MINUTE)
    assert not last_nudge(desk).is_settled

    undo(desk, "slack:1")

    assert last_nudge(desk).is_settled


def test_a_rise_to_p1_that_was_undone_is_no_reason_to_call_anybody(desk: Desk) -> None:
    key = desk.open(NOW)
    with request("slack:1"):
        desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=NOW + MINUTE)

    undo(desk, "slack:1")

    assert (last_nudge(desk).is_settled, last_nudge(desk).priority) == (True, "P2")


def test_the_nudge_of_an_opening_that_was_undone_says_so(desk: Desk) -> None:
    with request("slack:1"):
        desk.open(NOW, priority=Priority.P1, owner=None)

    undo(desk, "slack:1", by=TESS)

    assert (last_nudge(desk).state, last_nudge(desk).state_by) == (NudgeState.CLOSED, TESS)
    assert "<@U0TESS> undid the opening" in nudge_message(last_nudge(desk)).text


# ---------------------------------------------------------------------- many at once


@pytest.mark.both_databases
def test_a_bulk_act_is_undone_as_a_whole_but_where_somebody_acted_since(desk: Desk) -> None:
    keys = [desk.open(NOW) for _ in range(3)]
    with (
        request("slack:1"),
        desk.unit_of_work.transaction(action=Action.PAUSE, by=DANA, now=NOW + MINUTE) as session,
    ):
        for number, key in enumerate(keys):
            work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=NOW + MINUTE)
            work.record(
                Paused(reason=PauseReason.VENDOR), by=DANA, unique_key="slack:1" if number == 0 else f"slack:1:{number}"
            )
            work.settle()
    desk.incidents.resolve(keys[1], text="", by=TESS, now=NOW + 2 * MINUTE)
    later(desk, timedelta(minutes=14))

    done = undo(desk, "slack:1", by=DANA, now=NOW + 14 * MINUTE)

    assert [incident.key for incident in done.incidents] == [keys[0], keys[2]]
    assert [(refusal.key, refusal.by, refusal.what) for refusal in done.kept] == [(keys[1], TESS, "resolved")]
    assert [record(desk, key).paused_for for key in (keys[0], keys[2])] == [(), ()]


def test_what_an_act_wrote_beside_its_facts_is_undone_with_it(desk: Desk) -> None:
    with request("slack:1"), desk.unit_of_work.transaction(action=Action.TRIAGE, by=DANA, now=NOW) as session:
        acts.also_undo(session, "shift", {"number": 7})
    taken_back: list[tuple[int, str, datetime]] = []

    def take_back(_: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:
        taken_back.append((row["number"], by, now))

    Undo(desk.unit_of_work, rows={"shift": take_back}).undo("slack:1", by=DANA, now=NOW + MINUTE)

    assert taken_back == [(7, DANA, NOW + MINUTE)]


# ---------------------------------------------------------------------- every other reader of the history


def test_the_audit_finds_nothing_amiss_after_acts_were_undone(desk: Desk) -> None:
    key, opened_wrongly = desk.missed(NOW + timedelta(minutes=40)), desk.open(NOW, owner=None)
    paused(desk, key, now=NOW + timedelta(minutes=41))
    undo(desk, "slack:1", now=NOW + timedelta(minutes=42))
    Undo(desk.unit_of_work).undo_last(by=TESS, now=NOW + timedelta(minutes=43), key=opened_wrongly)

    report = Audit(desk.database).run(now=NOW + timedelta(hours=1))

    assert list(report.findings) == []


def test_an_opening_that_was_undone_is_in_no_list_and_in_no_figure_of_the_digest(desk: Desk) -> None:
    before = desk.digests.figures("2026-W06", now=NOW + timedelta(days=1))
    with request("slack:1"):
        key = desk.open(NOW, owner=None)
    desk.look(NOW + timedelta(hours=9))
    undo(desk, "slack:1", by=TESS, now=NOW + timedelta(hours=9))

    assert desk.digests.figures("2026-W06", now=NOW + timedelta(days=1)) == before
    board = Board(desk.unit_of_work).everything(now=NOW + timedelta(days=1))
    assert key not in [incident.key for incident in board.incidents]
