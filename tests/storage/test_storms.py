"""Storms: many incidents in one channel within minutes share one message, which is true and has the buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.errors import NoneOpen
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.notifications.storms import StormMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.incidents.selections import OfStorm
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.give_out import GiveOut
from sla_engine.services.shifts.absences import Absences
from sla_engine.services.sweep.storms import Storms
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import storms
from tests.note_desk import DANA, EXAMPLES, MIRA, TESS, TOM, Desk, Sent, at

CHANNEL = "C0DISPATCH"
MINUTE = timedelta(minutes=1)


class StormDesk(Desk):
    """A desk whose real time passes with its SLA time."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.real_now = at("mon 09:00")
        self.unit_of_work.real_clock = lambda: self.real_now
        self.storms = Storms(self.unit_of_work)
        self.acts = StormActs(self.unit_of_work)

    def look(self, now: datetime) -> None:
        """Sweep, then look after the storms."""
        self.real_now = now
        super().look(now)
        self.storms.run_once(now=now)

    def open_p1(self, count: int, now: datetime) -> list[str]:
        """So many incidents without an owner, which are nudged about as they are opened."""
        return [self.open(now, priority=Priority.P1, title=f"Down {n}", owner=None) for n in range(count)]

    def storm_messages(self) -> list[Sent]:
        """What was said about storms, oldest first."""
        return [sent for sent in self.sent(to=CHANNEL) if isinstance(sent.shown, StormMessage)]

    def storm(self) -> StormMessage:
        """The storm as it was shown last."""
        shown = next(sent.shown for sent in reversed(self.storm_messages()) if sent.op != "delete")
        assert isinstance(shown, StormMessage)
        return shown

    def nudges_in_channel(self) -> dict[str, NudgeMessage]:
        """The nudges that stand in the channel, as they were shown last."""
        newest = {sent.message: sent for sent in self.sent(to=CHANNEL, about="nudge:")}
        shown = {message: sent.shown for message, sent in newest.items() if sent.op != "delete"}
        return {message: nudge for message, nudge in shown.items() if isinstance(nudge, NudgeMessage)}


@pytest.fixture
def desk(database_url: str) -> Iterator[StormDesk]:
    made = StormDesk(database_url)
    yield made
    made.close()


def test_four_incidents_in_ten_minutes_keep_their_own_messages(desk: StormDesk) -> None:
    desk.open_p1(4, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    assert len(desk.nudges_in_channel()) == 4
    assert desk.storm_messages() == []


@pytest.mark.both_databases
def test_the_fifth_begins_a_storm_and_one_message_stands_for_all(desk: StormDesk) -> None:
    desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))

    assert desk.nudges_in_channel() == {}
    (message,) = desk.storm_messages()
    storm = desk.storm()
    assert message.op == "post"
    assert (storm.open, storm.late, storm.unowned, storm.customer) == (5, 0, 5, "Acme Dental")
    assert storm.mention == (DANA,)
    assert [line.incident_key for line in storm.lines] == [f"INC-{number}" for number in range(1001, 1006)]


def test_incidents_count_and_not_messages(desk: StormDesk) -> None:
    keys = desk.open_p1(3, at("mon 09:00"))
    for key in keys:
        desk.incidents.escalate(key, text="help", by=TOM, now=at("mon 09:01"))
    desk.look(at("mon 09:05"))
    assert desk.storm_messages() == []


def test_urgent_incidents_that_nobody_has_belong_to_it_before_they_are_nudged_about(desk: StormDesk) -> None:
    before = desk.open(at("mon 08:55"), priority=Priority.P2, owner=None)
    desk.open(at("mon 08:55"), priority=Priority.P3, owner=None)
    desk.open(at("mon 08:48"), priority=Priority.P2, owner=None)
    keys = desk.open_p1(5, at("mon 09:00"))
    after = desk.open(at("mon 09:01"), priority=Priority.P2, owner=None)
    desk.open(at("mon 09:01"), priority=Priority.P2, owner=TOM)
    desk.look(at("mon 09:01"))
    assert [line.incident_key for line in desk.storm().lines] == [*keys, before, after]


def test_five_urgent_incidents_that_nobody_has_are_a_storm_before_anybody_is_nudged(desk: StormDesk) -> None:
    for minute in (0, 2, 4, 6):
        desk.open(at(f"mon 09:0{minute}"), priority=Priority.P2, owner=None)
    desk.look(at("mon 09:06"))
    assert desk.storm_messages() == []
    desk.open(at("mon 09:08"), priority=Priority.P2, owner=None)
    desk.look(at("mon 09:08"))
    assert (desk.storm().open, desk.storm().mention) == (5, (DANA,))


def test_a_storm_is_true_after_an_act_and_edited_at_most_once_in_five_seconds(desk: StormDesk) -> None:
    keys = desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.resolve(keys[0], text="", by=TOM, now=at("mon 09:00"))
    desk.look(at("mon 09:00") + timedelta(seconds=4))
    assert desk.storm().open == 6
    desk.incidents.take(keys[1], by=TOM, now=at("mon 09:00"))
    desk.look(at("mon 09:00") + timedelta(seconds=5))
    assert (desk.storm().open, desk.storm().unowned) == (5, 4)
    assert [sent.op for sent in desk.storm_messages()] == ["post", "update"]
    desk.look(at("mon 09:01"))
    assert len(desk.storm_messages()) == 2  # nothing changed since


def test_a_storm_goes_on_for_another_worker_after_a_restart(desk: StormDesk) -> None:
    desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.open_p1(3, at("mon 09:05"))
    other = UnitOfWork(desk.database, real_clock=lambda: at("mon 09:06"))
    Storms(other).run_once(now=at("mon 09:06"))
    assert desk.storm().open == 8
    assert len([sent for sent in desk.storm_messages() if sent.op == "post"]) == 1


def test_the_manager_is_told_of_misses_once_for_all(desk: StormDesk) -> None:
    desk.open_p1(7, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.look(at("mon 09:16"))  # the first response of each was due at 09:15
    posts = [sent for sent in desk.storm_messages() if sent.op == "post"]
    assert len(posts) == 2
    storm = desk.storm()
    assert storm.late == 7
    assert set(storm.mention) == {DANA, MIRA}
    assert [sent.op for sent in desk.storm_messages() if sent.message == posts[0].message] == ["post", "delete"]


def test_a_storm_that_goes_on_is_posted_anew_after_an_hour(desk: StormDesk) -> None:
    start = at("mon 09:00")
    desk.open_p1(5, start)
    desk.look(start)
    for minute in range(1, 78):
        if minute % 15 == 0:
            desk.open_p1(1, start + minute * MINUTE)
        desk.look(start + minute * MINUTE)
    posts = [sent for sent in desk.storm_messages() if sent.op == "post"]
    assert [sent.shown.mention for sent in posts if isinstance(sent.shown, StormMessage)] == [
        (DANA,),
        (DANA, MIRA),
        (DANA, MIRA),
    ]


def test_after_twenty_quiet_minutes_a_true_last_line_and_late_ones_have_their_buttons_again(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.resolve(keys[0], text="", by=TOM, now=at("mon 09:01"))
    desk.incidents.respond(keys[1], text="", by=TOM, now=at("mon 09:01"))
    desk.look(at("mon 09:19"))
    assert desk.nudges_in_channel() == {}
    desk.look(at("mon 09:20"))
    desk.look(at("mon 09:20"))

    storm = desk.storm()
    assert storm.ended_at == at("mon 09:20")
    assert (storm.total, storm.open, storm.late, storm.dispatcher) == (5, 4, 3, DANA)
    with desk.database.reading() as session:
        assert storms.unreleased(session) == []
        record = storms.find(session, 1)
    assert record is not None
    assert record.shown == {}
    again = desk.nudges_in_channel()
    assert sorted(shown.incident_key for shown in again.values()) == keys[2:]
    assert all(shown.state is NudgeState.LIVE and shown.mention == () for shown in again.values())
    desk.incidents.take(keys[2], by=TOM, now=at("mon 09:21"))
    (taken,) = [shown for shown in desk.nudges_in_channel().values() if shown.incident_key == keys[2]]
    assert taken.assignee == TOM


def test_the_message_stays_after_a_storm_until_fewer_than_five_need_somebody(desk: StormDesk) -> None:
    keys = desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.look(at("mon 09:20"))
    desk.look(at("mon 09:21"))
    assert (desk.storm().quiet_since, desk.storm().ended_at) == (at("mon 09:00"), None)
    alone = desk.open_p1(1, at("mon 09:22"))
    desk.look(at("mon 09:22"))
    assert [shown.incident_key for shown in desk.nudges_in_channel().values()] == alone
    for key in keys[:2]:
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:23"))
    desk.look(at("mon 09:23"))
    assert desk.storm().ended_at == at("mon 09:23")
    assert {shown.incident_key for shown in desk.nudges_in_channel().values()} == {*keys[2:], *alone}


def test_five_new_ones_let_the_message_of_a_storm_that_was_over_go_on(desk: StormDesk) -> None:
    desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.look(at("mon 09:30"))
    desk.look(at("mon 09:31"))
    assert desk.storm().quiet_since == at("mon 09:00")
    before = len(desk.storm_messages())
    desk.open_p1(5, at("mon 09:35"))
    desk.look(at("mon 09:35"))
    desk.look(at("mon 09:36"))
    assert [sent.op for sent in desk.storm_messages()[before:]] == ["post", "delete"]
    assert (desk.storm().storm_id, desk.storm().open, desk.storm().quiet_since) == (1, 11, None)
    assert desk.nudges_in_channel() == {}


def test_a_reopened_incident_prolongs_a_storm_and_a_repeat_does_not(desk: StormDesk) -> None:
    keys = desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.resolve(keys[0], text="", by=TOM, now=at("mon 09:05"))
    desk.look(at("mon 09:16"))
    desk.incidents.reopen(keys[0], text="again", by=TOM, now=at("mon 09:19"))
    for minute in (19, 20, 30, 38):
        desk.look(at(f"mon 09:{minute}"))
    assert desk.storm().quiet_since is None
    desk.look(at("mon 09:39"))
    assert desk.storm().quiet_since == at("mon 09:19")


def test_four_hours_without_an_act_leave_one_line_that_calls_once_an_hour(desk: StormDesk) -> None:
    start = at("thu 09:00")
    for minute in (*range(0, 20, 3), *range(20, 241, 10)):
        now = start + minute * MINUTE
        if minute < 20:
            desk.open(now, priority=Priority.P1, title=f"Down {minute}", owner=None)
            desk.open(now, priority=Priority.P2, title=f"Slow {minute}", owner=None)
        desk.look(now)
    posts = [sent for sent in desk.storm_messages() if sent.op == "post"]
    gone = {sent.message for sent in desk.storm_messages() if sent.op == "delete"}
    assert {sent.message for sent in posts} - gone == {posts[-1].message}
    assert desk.nudges_in_channel() == {}
    assert len(posts) == 5, "the storm, its first miss for the manager, and one an hour"
    assert (desk.storm().open, desk.storm().late) == (14, 14)


def test_a_storm_in_a_channel_that_is_the_dispatchers_no_more_ends_after_twenty_minutes(
    desk: StormDesk, tmp_path: Path
) -> None:
    desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    moved = tmp_path / "msp.yaml"
    moved.write_text(
        (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace(CHANNEL, "C0ELSEWHERE"), encoding="utf-8"
    )
    people_files.apply(desk.database, moved, by="test", now=at("mon 09:05"))
    for minute in (16, 20, 21):
        desk.look(at(f"mon 09:{minute}"))
    assert (desk.storm().late, desk.storm().ended_at) == (6, at("mon 09:20"))
    assert len({sent.message for sent in desk.sent(to="C0ELSEWHERE", about="nudge:")}) >= 5


def test_what_is_said_again_about_known_incidents_begins_no_storm(desk: StormDesk) -> None:
    start = at("mon 09:00")
    for minute in range(0, 180, 4):
        now = start + minute * MINUTE
        if minute % 12 == 0 and minute < 60:
            desk.open_p1(1, now)
        desk.look(now)
    assert len(desk.nudges_in_channel()) == 5
    assert desk.storm_messages() == []


def test_what_comes_after_a_storm_is_posted_also_where_it_was_told_in_it(desk: StormDesk) -> None:
    keys = [desk.open(at("mon 09:00"), priority=Priority.P3, owner=None) for _ in range(5)]
    for key in keys:
        desk.incidents.escalate(key, text="", by=TOM, now=at("mon 09:00"))
    for key in keys[1:]:
        desk.incidents.acknowledge(key, by=MIRA, now=at("mon 09:01"))
    desk.look(at("mon 09:00"))
    desk.look(at("mon 09:20"))
    desk.look(at("mon 09:20"))
    assert [shown.incident_key for shown in desk.nudges_in_channel().values()] == keys[:1]  # it asks for help
    desk.look(at("mon 10:01"))  # half of the first reply
    assert {shown.incident_key for shown in desk.nudges_in_channel().values()} == set(keys)


@pytest.mark.both_databases
@pytest.mark.both_databases
def test_a_call_for_help_has_a_message_of_its_own_in_a_storm_too(desk: StormDesk) -> None:
    keys = desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.take(keys[0], by=TOM, now=at("mon 09:01"))
    desk.incidents.escalate(keys[0], text="The whole rack is dark", by=TOM, now=at("mon 09:02"))
    for minute in range(2, 5):
        desk.look(at(f"mon 09:0{minute}"))
    (shown,) = desk.nudges_in_channel().values()
    assert (shown.incident_key, shown.cause, shown.mention) == (keys[0], NudgeCause.HELP, (DANA,))
    desk.incidents.acknowledge(keys[0], promise=at("mon 09:20"), by=DANA, now=at("mon 09:05"))
    desk.look(at("mon 09:05"))
    assert desk.nudges_in_channel() == {}


def test_what_nobody_answered_in_a_storm_has_a_message_of_its_own_after_it(desk: StormDesk) -> None:
    keys = desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    for key in keys:
        desk.incidents.take(key, by=TOM, now=at("mon 09:01"))
        desk.incidents.update_customer(key, text="we are on it", by=TOM, now=at("mon 09:02"))
    for key in keys[:2]:
        desk.incidents.pause(key, reason=PauseReason.VENDOR, until=at("mon 09:04"), by=TOM, now=at("mon 09:03"))
    desk.look(at("mon 09:04"))
    desk.incidents.resume(keys[1], by=TOM, now=at("mon 09:05"))
    for minute in ("mon 09:05", "mon 09:21", "mon 09:22"):
        desk.look(at(minute))
    with desk.database.reading() as session:
        assert storms.unreleased(session) == []
    (shown,) = desk.nudges_in_channel().values()
    assert (shown.incident_key, shown.cause, shown.mention) == (keys[0], NudgeCause.PAUSE_OUTLIVED, (DANA, TOM))


def test_one_act_acknowledges_all_that_nobody_else_has_and_says_what_was_left_alone(desk: StormDesk) -> None:
    keys = desk.open_p1(8, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.acknowledge(keys[0], by=MIRA, now=at("mon 09:01"))
    desk.incidents.resolve(keys[1], text="", by=TOM, now=at("mon 09:01"))
    outcome = desk.acts.acknowledge(1, by=DANA, now=at("mon 09:02"))
    assert (outcome.done, outcome.closed, outcome.others) == (tuple(keys[2:]), 1, 1)
    desk.look(at("mon 09:03"))
    assert {line.acknowledged_by for line in desk.storm().lines} == {DANA, MIRA}
    assert desk.storm().lines[-1].promise == at("mon 09:32")


def test_a_bulk_act_is_undone_as_a_whole_within_fifteen_minutes(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.real_now = at("mon 09:01")
    with request("slack:1"):
        desk.acts.acknowledge(1, by=DANA, now=at("mon 09:01"))
    desk.real_now = at("mon 09:15")
    Undo(desk.unit_of_work).undo("slack:1", by=DANA, now=at("mon 09:15"))
    desk.look(at("mon 09:15"))
    storm = desk.storm()
    assert [line.incident_key for line in storm.lines] == keys
    assert {line.acknowledged_by for line in storm.lines} == {None}


def test_a_bulk_promise_that_is_not_kept_is_one_question_also_after_the_storm(desk: StormDesk) -> None:
    desk.open_p1(3, at("mon 09:00"))
    keys = desk.open_p1(3, at("mon 09:01"))
    desk.look(at("mon 09:01"))
    desk.acts.acknowledge(1, by=DANA, now=at("mon 09:02"))
    for key in keys:
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:03"))
    for minute in range(10, 32):
        desk.look(at(f"mon 09:{minute}"))
    assert desk.storm().ended_at is not None
    before = len(desk.sent(to=CHANNEL))
    desk.look(at("mon 09:32"))
    new = [sent for sent in desk.sent(to=CHANNEL)[before:] if sent.op == "post"]
    assert [type(sent.shown) for sent in new] == [StormMessage]
    assert desk.storm().holder is not None
    (question,) = desk.storm().questions
    assert (question.person, question.promised, question.count) == (DANA, at("mon 09:32"), 3)


def test_a_bulk_promise_that_is_not_kept_is_asked_about_in_a_new_message(desk: StormDesk) -> None:
    desk.open_p1(6, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.acts.acknowledge(1, by=DANA, now=at("mon 09:02"))
    desk.look(at("mon 09:16"))
    desk.look(at("mon 09:31"))
    before = len(desk.storm_messages())
    desk.look(at("mon 09:32"))
    assert [sent.op for sent in desk.storm_messages()[before:]] == ["post", "delete"]
    assert [question.count for question in desk.storm().questions] == [6]
    desk.look(at("mon 09:33"))
    assert len(desk.storm_messages()) == before + 2


def test_one_text_meets_the_update_clocks_of_the_ticked_customers_and_their_first_replies(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.respond(keys[0], text="", by=TOM, now=at("mon 09:01"))
    desk.incidents.resolve(keys[1], text="", by=TOM, now=at("mon 09:03"))
    outcome = desk.acts.update_customers(
        OfStorm(1), customers_of=[keys[1]], text="We are on it", by=DANA, now=at("mon 09:05"), since=at("mon 09:02")
    )
    assert (outcome.done, outcome.closed) == ((keys[0], *keys[2:]), 1)
    for key in outcome.done:
        clocks = {
            clock.metric: clock for clock in Board(desk.unit_of_work).show(key, now=at("mon 09:05")).summary.clocks
        }
        assert clocks[MetricName.FIRST_RESPONSE].stopped_at is not None
        assert clocks[MetricName.CUSTOMER_UPDATE].due_at == at("mon 09:35")


def test_all_are_paused_for_one_reason_and_resumed(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.incidents.pause(keys[0], reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:01"))
    until = at("mon 12:00")
    paused = desk.acts.pause(
        OfStorm(1), reason=PauseReason.VENDOR, until=until, by=DANA, now=at("mon 09:02"), since=at("mon 09:02")
    )
    assert (paused.done, paused.others) == (tuple(keys[1:]), 1)
    desk.look(at("mon 09:03"))
    assert all(line.paused for line in desk.storm().lines)
    assert desk.acts.resume(OfStorm(1), by=DANA, now=at("mon 09:04")).done == tuple(keys)
    assert desk.acts.resume(OfStorm(1), by=DANA, now=at("mon 09:05")).done == ()


def test_each_incident_without_an_owner_is_proposed_to_whoever_is_here_with_the_least_open(desk: StormDesk) -> None:
    desk.open(at("mon 08:30"), owner=TOM)
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.incidents.take(keys[4], by=TOM, now=at("mon 09:00"))
    absences = Absences(desk.unit_of_work)
    absences.away(TESS, until=at("mon 12:00"), by=DANA, now=at("mon 09:00"))
    proposals = GiveOut(desk.unit_of_work).of_storm(1, by=DANA, now=at("mon 09:01"))
    assert [proposal.keys for proposal in proposals] == [(key,) for key in keys[:4]]
    assert TESS not in {person for proposal in proposals for person, _, _ in proposal.candidates}
    assert {proposal.person for proposal in proposals} == {TOM}


def test_what_an_absent_person_has_is_proposed_to_others(desk: StormDesk) -> None:
    keys = [desk.open(at("mon 08:30"), owner=TESS) for _ in range(2)]
    proposals = GiveOut(desk.unit_of_work).of_person(TESS, by=DANA, now=at("mon 09:01"))
    assert sorted(proposal.keys for proposal in proposals) == [(key,) for key in keys]
    assert TESS not in {person for proposal in proposals for person, _, _ in proposal.candidates}
    assert proposals == GiveOut(desk.unit_of_work).of(keys, by=DANA, now=at("mon 09:01"))


def test_whoever_is_given_several_incidents_is_told_once(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    owners = {keys[0]: TOM, keys[1]: TOM, keys[2]: TESS}
    outcome = desk.acts.give_out(owners, by=DANA, now=at("mon 09:01"), since=at("mon 09:01"))
    assert outcome.done == tuple(keys[:3])
    assert [type(sent.shown) for sent in desk.sent(to=TESS)] == [LineMessage]
    (line,) = [sent.shown for sent in desk.sent(to=TOM) if isinstance(sent.shown, LineMessage)]
    assert line.facts["incidents"] == f"{keys[0]} Acme Dental: Down 0\n{keys[1]} Acme Dental: Down 1"


def test_what_somebody_took_while_the_form_was_open_stays_theirs(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.incidents.take(keys[4], by=TESS, now=at("mon 09:00"))
    desk.incidents.take(keys[0], by=TESS, now=at("mon 09:02"))
    owners = {keys[0]: TOM, keys[1]: TOM, keys[4]: TOM}
    outcome = desk.acts.give_out(owners, by=DANA, now=at("mon 09:03"), since=at("mon 09:01"))
    assert (outcome.done, outcome.others) == ((keys[1], keys[4]), 1)
    assert Board(desk.unit_of_work).show(keys[0], now=at("mon 09:04")).summary.assignee == TESS


@pytest.mark.both_databases
def test_duplicates_are_merged_into_the_earliest_of_their_customer(desk: StormDesk) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    desk.incidents.resolve(keys[4], text="", by=TOM, now=at("mon 09:01"))
    with request("slack:1"):
        outcome = desk.acts.merge(keys[1:], by=DANA, now=at("mon 09:02"))
    assert (outcome.done, outcome.closed, outcome.others) == ((keys[2], keys[3]), 1, 0)
    desk.look(at("mon 09:03"))
    assert [line.incident_key for line in desk.storm().lines] == keys[:2]
    desk.real_now = at("mon 09:04")
    Undo(desk.unit_of_work).undo("slack:1", by=DANA, now=at("mon 09:04"))
    desk.look(at("mon 09:05"))
    assert desk.storm().open == 4


@pytest.mark.parametrize("person", [TOM, TESS])
def test_only_a_dispatcher_acts_on_a_storm(desk: StormDesk, person: str) -> None:
    desk.open_p1(5, at("mon 09:00"))
    with pytest.raises(NotAllowed):
        desk.acts.acknowledge(1, by=person, now=at("mon 09:01"))


def test_an_act_after_all_were_resolved_is_refused_and_changes_nothing(desk: StormDesk) -> None:
    for key in desk.open_p1(5, at("mon 09:00")):
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:01"))
    with pytest.raises(NoneOpen):
        desk.acts.acknowledge(1, by=DANA, now=at("mon 09:02"))
