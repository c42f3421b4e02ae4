"""The sweep beside people's acts: what is due is announced once, late if it must be, and nobody waits for anybody."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.errors import SlaError
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.events import (
    Breached,
    CustomerReplied,
    CustomerUpdated,
    Paused,
    PromiseLapsed,
    PromiseQuestioned,
    Resolved,
    Responded,
    Resumed,
    RungReached,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.agreements import agreement_files
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incidents, nudges, timers
from sla_engine.storage.database import Session
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import DANA, EXAMPLES, MIRA, TOM, Desk, at
from tests.polling import PATIENCE_SECONDS

CHANNEL = "C0DISPATCH"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def posted(desk: Desk, *, to: str | None = None) -> list[NudgeMessage]:
    sent = [one.shown for one in desk.sent(to=to, about="nudge:") if one.op == "post"]
    return [shown for shown in sent if isinstance(shown, NudgeMessage)]


def live(desk: Desk, key: str) -> NudgeMessage | None:
    with desk.database.reading() as session:
        found = nudges.live(session, incidents.find(session, key).id)
    return found[0].shown if found else None


def history(desk: Desk, key: str) -> list[Entry]:
    with desk.database.reading() as session:
        return events.history(session, incidents.find(session, key).id)


def facts(desk: Desk, key: str, kind: type) -> list[Entry]:
    return [entry for entry in history(desk, key) if isinstance(entry.event, kind)]


def sweep_until(desk: Desk, start: datetime, end: datetime, *, every: timedelta = 5 * MINUTE) -> None:
    now = start
    while now <= end:
        desk.look(now)
        now += every


def test_a_clock_climbs_its_ladder_from_the_owner_to_the_manager(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    sweep_until(desk, at("mon 09:00"), at("mon 09:35"), every=MINUTE)
    first, second, third = posted(desk)
    assert [one.percent for one in (first, second, third)] == [50, 75, 100]
    assert [one.cause for one in (first, second, third)] == [NudgeCause.AT_RISK, NudgeCause.AT_RISK, NudgeCause.BREACH]
    assert (first.mention, second.mention, third.mention) == ((TOM,), (DANA,), (DANA, MIRA))
    assert [one.to for one in desk.sent(about=f"nudge:{key}") if one.op == "post"] == [TOM, CHANNEL, CHANNEL]


def test_a_miss_takes_the_nudge_of_the_channel_before_it_away_and_leaves_the_owners_own(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    for minute in (15, 25, 31):
        desk.look(at(f"mon 09:{minute}"))
    gone = [one for one in desk.sent(about="nudge:") if one.op == "delete"]
    assert [(one.to, one.shown.percent) for one in gone if isinstance(one.shown, NudgeMessage)] == [(CHANNEL, 83)]
    with desk.database.reading() as session:
        assert [nudge.destination for nudge in nudges.live(session, incidents.find(session, key).id)] == [CHANNEL, TOM]


def test_a_rung_that_was_looked_at_late_says_what_is_used_up_by_then(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 09:15"))
    desk.look(at("mon 09:25"))
    shown = live(desk, key)
    assert shown is not None
    assert shown.percent == 83  # reached at 75 %, and looked at two and a half minutes later


def test_at_the_due_instant_itself_the_target_is_still_met(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 09:30"))
    assert facts(desk, key, Breached) == []
    desk.look(at("mon 09:31"))
    (breach,) = facts(desk, key, Breached)
    assert (breach.at, breach.recorded_at) == (at("mon 09:30"), at("mon 09:31"))


@pytest.mark.both_databases
def test_looking_twice_says_nothing_twice(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    for _ in range(3):
        desk.look(at("mon 09:31"))
    assert len(posted(desk)) == 1
    assert [rung(entry) for entry in facts(desk, key, RungReached)] == [0, 1, 2]


def rung(entry: Entry) -> int:
    assert isinstance(entry.event, RungReached)
    return entry.event.rung


@pytest.mark.both_databases
def test_several_clocks_that_are_due_at_once_fold_into_one_nudge(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 11:30"))
    (nudge,) = posted(desk)
    assert nudge.percent == 100
    assert {nudge.metric_label, *(also.metric_label for also in nudge.also)} == {
        "First reply",
        "Customer update",
        "Plan",
    }
    reached = {
        (e.event.metric, e.event.rung) for e in facts(desk, key, RungReached) if isinstance(e.event, RungReached)
    }
    assert {metric for metric, _ in reached} == {"first_response", "customer_update", "resolution_plan"}
    assert {("first_response", number) for number in (0, 1, 2)} <= reached


def test_after_an_outage_each_clock_is_announced_once_and_marked_late(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    late = at("tue 09:30")
    desk.look(late)
    (nudge,) = posted(desk)
    assert (nudge.cause, nudge.noticed_at) == (NudgeCause.BREACH, late)
    assert nudge.breached_at == at("tue 08:30")
    with desk.database.reading() as session:
        stored = clocks.of_incident(session, incidents.find(session, key).id)
    assert all(clock.last_nudged_at == late or clock.metric is MetricName.CUSTOMER_UPDATE for clock in stored.values())
    assert {clock.noticed_at for clock in stored.values()} == {late}
    desk.look(late + MINUTE)
    assert len(posted(desk)) == 1


def test_a_breach_is_repeated_in_open_time_until_somebody_has_it(desk: Desk) -> None:
    key = desk.open(at("mon 17:00"))
    desk.incidents.update_customer(key, text="Tomorrow we come", by=TOM, now=at("mon 17:01"))
    sweep_until(desk, at("tue 10:00"), at("tue 13:25"))
    assert causes(desk) == [NudgeCause.BREACH, *[NudgeCause.REPEAT] * 4]  # every half hour to noon; silent over lunch
    desk.incidents.acknowledge(key, by=DANA, now=at("tue 13:26"), promise=at("tue 16:00"))
    sweep_until(desk, at("tue 13:30"), at("tue 14:30"))
    assert causes(desk).count(NudgeCause.REPEAT) == 4


def causes(desk: Desk) -> list[NudgeCause]:
    return [one.cause for one in posted(desk, to=CHANNEL)]


def acknowledged(desk: Desk, *, promise: str = "mon 10:30") -> str:
    """An incident whose response was missed; the dispatcher has it and promised an update by 10:30."""
    key = desk.open(at("mon 09:00"), priority=Priority.P2)
    desk.look(at("mon 09:31"))
    desk.incidents.acknowledge(key, by=DANA, now=at("mon 09:35"), promise=at(promise))
    return key


def shown_live(desk: Desk, key: str) -> NudgeMessage:
    shown = live(desk, key)
    assert shown is not None
    return shown


def test_a_promise_that_passes_is_asked_about_and_only_then_lapses(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.look(at("mon 10:29"))
    shown = shown_live(desk, key)
    assert (shown.state, shown.state_by) == (NudgeState.ACKNOWLEDGED, DANA)
    desk.look(at("mon 10:30"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.state, shown.asked) == (NudgeCause.PROMISE_QUESTIONED, NudgeState.LIVE, DANA)
    assert (shown.mention, shown.promise) == ((DANA,), at("mon 10:30"))
    assert desk.sent(about=f"{key}:promise_due:") == []  # a dispatcher reads the channel
    desk.look(at("mon 10:39"))
    assert (len(facts(desk, key, PromiseQuestioned)), facts(desk, key, PromiseLapsed)) == (1, [])
    desk.look(at("mon 10:40"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.state, shown.mention) == (NudgeCause.PROMISE_LAPSED, NudgeState.LIVE, (DANA,))
    assert (shown.asked, len(facts(desk, key, PromiseLapsed))) == (None, 1)
    desk.incidents.update_customer(key, text="Still working", by=TOM, now=at("mon 10:41"))
    desk.look(at("mon 10:45"))
    assert len(facts(desk, key, PromiseLapsed)) == 1


def test_whoever_is_still_on_it_promises_anew_and_keeps_it(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.look(at("mon 10:30"))
    desk.incidents.acknowledge(key, by=DANA, now=at("mon 10:33"), promise=at("mon 11:03"))
    shown = shown_live(desk, key)
    assert (shown.state, shown.state_by, shown.asked) == (NudgeState.ACKNOWLEDGED, DANA, None)
    sweep_until(desk, at("mon 10:35"), at("mon 11:00"))
    assert facts(desk, key, PromiseLapsed) == []
    desk.look(at("mon 11:03"))
    assert len(facts(desk, key, PromiseQuestioned)) == 2


def test_telling_the_customer_after_the_question_keeps_the_promise_late(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.look(at("mon 10:30"))
    desk.incidents.update_customer(key, text="Found the cause", by=TOM, now=at("mon 10:35"))
    shown = shown_live(desk, key)
    assert (shown.state, shown.state_by, shown.asked, shown.promise) == (NudgeState.ACKNOWLEDGED, DANA, None, None)
    desk.look(at("mon 10:45"))
    assert facts(desk, key, PromiseLapsed) == []


def test_a_promise_made_to_the_customer_is_asked_of_who_made_it(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.update_customer(key, text="We look", by=TOM, now=at("mon 09:05"), next_at=at("mon 09:50"))
    desk.look(at("mon 09:50"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.asked, shown.mention) == (NudgeCause.PROMISE_QUESTIONED, TOM, (DANA, TOM))
    (asked,) = desk.sent(to=TOM, about=f"{key}:promise_due:")
    assert isinstance(asked.shown, LineMessage)
    assert asked.shown.text_key == "promise_due"
    desk.incidents.acknowledge(key, by=TOM, now=at("mon 09:51"), promise=at("mon 10:20"))
    assert shown_live(desk, key).state_by == TOM


def test_what_became_due_with_the_lapse_folds_into_its_nudge_and_repeats_count_from_it(desk: Desk) -> None:
    key = acknowledged(desk, promise="mon 10:20")
    desk.look(at("mon 10:20"))
    desk.look(at("mon 10:30"))
    assert causes(desk) == [NudgeCause.BREACH, NudgeCause.PROMISE_QUESTIONED, NudgeCause.PROMISE_LAPSED]
    assert "Plan" in {also.metric_label for also in shown_live(desk, key).also}
    sweep_until(desk, at("mon 10:35"), at("mon 11:00"))
    assert causes(desk)[3:] == [NudgeCause.REPEAT]


def test_a_miss_in_the_instant_of_a_question_is_announced_as_a_miss_and_asks(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.look(at("mon 11:30"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.state, shown.asked) == (NudgeCause.BREACH, NudgeState.LIVE, DANA)
    assert (len(facts(desk, key, PromiseQuestioned)), facts(desk, key, PromiseLapsed)) == (1, [])
    desk.look(at("mon 11:40"))
    assert len(facts(desk, key, PromiseLapsed)) == 1


def test_a_miss_in_the_instant_of_a_lapse_is_announced_as_a_miss_that_nobody_has(desk: Desk) -> None:
    key = acknowledged(desk, promise="mon 10:50")
    desk.look(at("mon 10:50"))
    desk.look(at("mon 11:30"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.state, shown.asked) == (NudgeCause.BREACH, NudgeState.LIVE, None)
    assert len(facts(desk, key, PromiseLapsed)) == 1
    desk.incidents.acknowledge(key, by=DANA, now=at("mon 11:31"))


def test_a_promise_kept_by_an_update_to_the_customer_does_not_lapse(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.incidents.update_customer(key, text="Found the cause", by=TOM, now=at("mon 10:20"))
    desk.look(at("mon 10:40"))
    assert facts(desk, key, PromiseLapsed) == []
    with desk.database.reading() as session:
        record = incidents.find(session, key)
    assert (record.promise, record.acknowledged_by) == (None, DANA)


def test_an_update_that_promises_the_next_one_moves_the_promise(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.incidents.update_customer(key, text="More soon", by=TOM, now=at("mon 10:20"), next_at=at("mon 11:00"))
    desk.look(at("mon 10:45"))
    assert facts(desk, key, PromiseLapsed) == []
    desk.look(at("mon 11:01"))
    desk.look(at("mon 11:11"))
    assert len(facts(desk, key, PromiseLapsed)) == 1


def test_a_snooze_moves_the_repeats_and_leaves_the_promise_on_show(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.plan(key, text="Restart it", by=TOM, now=at("mon 09:01"))
    desk.look(at("mon 09:31"))
    desk.incidents.snooze(key, until=at("mon 10:10"), by=DANA, now=at("mon 09:32"))
    sweep_until(desk, at("mon 09:35"), at("mon 10:05"))
    assert causes(desk) == [NudgeCause.BREACH]
    desk.look(at("mon 10:10"))
    assert causes(desk) == [NudgeCause.BREACH, NudgeCause.REPEAT]


def test_a_priority_that_is_overdue_at_once_is_spoken_of_after_a_grace(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P4)
    desk.incidents.set_priority(key, priority=Priority.P2, by=TOM, now=at("mon 09:40"))
    (breach,) = facts(desk, key, Breached)
    assert isinstance(breach.event, Breached)
    assert (breach.at, breach.event.on_change) == (at("mon 09:40"), True)
    desk.look(at("mon 09:44"))
    assert NudgeCause.BREACH not in causes(desk)
    desk.look(at("mon 09:45"))
    assert NudgeCause.BREACH in causes(desk)


def note_wanted(desk: Desk, key: str) -> bool:
    with desk.database.reading() as session:
        return IncidentPrompts(session, incidents.find(session, key).id).note is not None


def test_a_note_is_wanted_at_the_first_miss_and_at_the_priority_it_had_then(desk: Desk) -> None:
    small = desk.open(at("mon 09:00"), priority=Priority.P5)
    missed = desk.open(at("mon 09:00"))
    desk.incidents.set_priority(missed, priority=Priority.P5, by=TOM, now=at("mon 09:40"))
    desk.look(at("mon 09:41"))
    assert (note_wanted(desk, small), note_wanted(desk, missed)) == (False, True)


def test_a_paused_clock_arms_no_timer_and_a_pause_that_outlived_its_end_is_spoken_of(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:05"))
    until = at("mon 09:30")
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:10"), until=until)
    with desk.database.reading() as session:
        assert timers.due_for(session, Duty.CLOCK, f"{key}:resolution") is None
        assert timers.due_for(session, Duty.PAUSE, key) == until
    desk.look(until)
    desk.look(at("mon 10:00"))
    desk.look(at("tue 09:00"))
    assert causes(desk).count(NudgeCause.PAUSE_OUTLIVED) == 1
    desk.look(at("tue 09:31"))
    assert causes(desk).count(NudgeCause.PAUSE_OUTLIVED) == 2
    desk.incidents.resume(key, by=TOM, now=at("tue 09:32"))
    desk.look(at("wed 10:00"))
    assert causes(desk).count(NudgeCause.PAUSE_OUTLIVED) == 2


def test_of_several_pauses_the_one_that_outlived_its_end_is_spoken_of_while_the_others_go_on(desk: Desk) -> None:
    key, work = desk.open(at("mon 09:00")), desk.incidents
    work.respond(key, text="On it", by=TOM, now=at("mon 09:05"))
    work.pause(key, reason=PauseReason.PARTS, by=TOM, now=at("mon 09:06"))
    work.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:10"), until=at("mon 09:30"))
    work.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:15"), until=at("tue 12:00"))
    desk.look(at("mon 09:30"))
    outlived = [one.shown for one in desk.sent() if getattr(one.shown, "cause", "") is NudgeCause.PAUSE_OUTLIVED]
    assert [getattr(shown, "text", "") for shown in outlived] == [PauseReason.CUSTOMER.value]
    answers(desk, key, at("mon 10:00"))
    with desk.database.reading() as session:
        assert timers.due_for(session, Duty.PAUSE, key) == at("tue 12:00")


def answers(desk: Desk, key: str, now: datetime) -> None:
    """The customer writes back."""
    with desk.incidents.act(key, action=Action.UPDATE, by=TOM, now=now) as work:
        work.record(CustomerReplied(text="It is the left one"), by="webhook")


@pytest.fixture
def patient(desk: Desk, tmp_path: Path) -> Desk:
    """The same desk for a customer whose answers do not end a pause."""
    file = tmp_path / "patient.yaml"
    file.write_text((EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8") + PATIENT)
    agreement_files.apply(desk.database, [file], by="test", now=at("mon 00:00"))
    return desk


PATIENT = "customer_reply_ends_pause: no\n"


def test_an_answer_in_a_pause_that_goes_on_is_spoken_of_once(patient: Desk) -> None:
    key = patient.open(at("mon 09:00"), priority=Priority.P3)
    patient.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:05"))
    answers(patient, key, at("mon 09:20"))
    sweep_until(patient, at("mon 09:20"), at("mon 10:00"))
    assert causes(patient) == [NudgeCause.CUSTOMER_ANSWERED]
    shown = shown_live(patient, key)
    assert (shown.text, shown.mention) == ("It is the left one", (DANA, TOM))
    answers(patient, key, at("mon 10:10"))
    patient.look(at("mon 10:10"))
    assert causes(patient) == [NudgeCause.CUSTOMER_ANSWERED]  # both were told already: it is edited in
    patient.look(at("mon 10:11"))
    edits = [one for one in patient.sent(about=f"nudge:{key}:answered:") if one.op == "update"]
    assert len(edits) == 2  # the reply among the updates, and the reply as what is asked


def test_an_answer_that_was_answered_before_anybody_looked_is_not_spoken_of(patient: Desk) -> None:
    key = patient.open(at("mon 09:00"), priority=Priority.P3)
    patient.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:05"))
    answers(patient, key, at("mon 09:20"))
    patient.incidents.update_customer(key, text="Thank you", by=TOM, now=at("mon 09:21"))
    patient.look(at("mon 09:22"))
    assert causes(patient) == []


def test_an_answered_pause_that_also_outlived_its_end_is_spoken_of_in_one_message_and_again_a_day_later(
    patient: Desk,
) -> None:
    key = patient.open(at("mon 09:00"), priority=Priority.P4)
    until = at("mon 09:30")
    patient.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:05"), until=until)
    answers(patient, key, at("mon 09:31"))
    patient.look(at("mon 09:32"))
    assert causes(patient) == [NudgeCause.CUSTOMER_ANSWERED]
    patient.look(at("tue 09:31"))
    assert NudgeCause.PAUSE_OUTLIVED not in causes(patient)
    patient.look(at("tue 09:33"))
    assert causes(patient).count(NudgeCause.PAUSE_OUTLIVED) == 1


def test_an_answer_ends_the_pause_where_the_agreement_does_not_say_otherwise(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P3)
    desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 09:05"))
    answers(desk, key, at("mon 09:20"))
    desk.look(at("mon 09:30"))
    assert causes(desk) == []


def test_a_breach_that_a_change_made_is_not_noticed_late(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P4)
    desk.incidents.set_priority(key, priority=Priority.P2, by=TOM, now=at("mon 09:40"))
    desk.look(at("mon 09:45"))
    shown = shown_live(desk, key)
    assert (shown.cause, shown.noticed_at) == (NudgeCause.BREACH, None)


def test_a_breach_that_turned_out_to_be_none_is_announced_anew_when_it_comes(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.update_customer(key, text="We look", by=TOM, now=at("mon 09:05"))
    desk.incidents.plan(key, text="Restart it", by=TOM, now=at("mon 09:06"))
    desk.look(at("tue 08:31"))
    assert breaches_announced(desk, key) == [at("tue 08:30")]
    with desk.incidents.act(key, action=Action.PAUSE, by=TOM, now=at("tue 08:40")) as work:
        work.record(Paused(reason=PauseReason.VENDOR), by=TOM, at=at("mon 10:00"))
        work.record(Resumed(), by=TOM, at=at("mon 15:00"))
    sweep_until(desk, at("tue 09:00"), at("tue 13:25"), every=30 * MINUTE)
    assert breaches_announced(desk, key) == [at("tue 08:30")]
    desk.look(at("tue 13:31"))
    assert breaches_announced(desk, key) == [at("tue 08:30"), at("tue 13:30")]
    assert shown_live(desk, key).mention == (DANA, MIRA)


def breaches_announced(desk: Desk, key: str) -> list[datetime]:
    """When the breach of the resolution was, each time that it was announced."""
    return [
        e.event.reached_at.replace(microsecond=0)
        for e in facts(desk, key, RungReached)
        if isinstance(e.event, RungReached) and (e.event.metric, e.event.rung, e.event.repeat) == ("resolution", 2, 0)
    ]


def test_a_promise_and_a_pause_that_end_together_are_both_spoken_of(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:40"), until=at("mon 10:30"))
    desk.look(at("mon 10:31"))
    assert {NudgeCause.PROMISE_QUESTIONED, NudgeCause.PAUSE_OUTLIVED} <= set(causes(desk))


def test_a_resolution_ends_everything_that_was_armed(desk: Desk) -> None:
    key = acknowledged(desk)
    desk.incidents.resolve(key, text="Fixed", by=TOM, now=at("mon 10:00"))
    before = len(posted(desk))
    sweep_until(desk, at("mon 10:05"), at("mon 13:00"), every=30 * MINUTE)
    assert len(posted(desk)) == before
    shown = [one.shown for one in desk.sent(about=f"nudge:{key}") if one.op == "update"][-1]
    assert isinstance(shown, NudgeMessage)
    assert shown.state is NudgeState.CLOSED


@pytest.mark.postgresql_only
def test_an_incident_somebody_works_on_is_left_due_for_the_next_look(desk: Desk) -> None:
    busy, free = desk.open(at("mon 09:00")), desk.open(at("mon 09:00"))
    with desk.database.transaction() as session:
        incidents.lock(session, busy)
        assert desk.sweep.run_once(now=at("mon 09:31")) == 1
        assert facts(desk, busy, RungReached) == []
    assert len(facts(desk, free, RungReached)) == 3
    desk.look(at("mon 09:32"))
    assert len(facts(desk, busy, RungReached)) == 3


@pytest.mark.postgresql_only
def test_a_click_and_the_sweep_at_the_same_time_both_succeed(desk: Desk) -> None:
    """The click holds the incident while the sweep looks; locking them in two orders would be a deadlock."""
    key = desk.open(at("mon 09:00"))
    looked, inside = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def click() -> None:
        with desk.incidents.act(key, action=Action.RESPOND, by=TOM, now=at("mon 09:31")) as work:
            inside.set()
            looked.wait(timeout=PATIENCE_SECONDS)
            work.record(Responded(text="On it"), by=TOM)

    thread = threading.Thread(target=_told(click, errors))
    thread.start()
    assert inside.wait(timeout=PATIENCE_SECONDS)
    assert desk.sweep.run_once(now=at("mon 09:31")) == 0
    looked.set()
    thread.join(timeout=PATIENCE_SECONDS)
    assert errors == []
    desk.look(at("mon 09:32"))
    assert [type(entry.event).__name__ for entry in history(desk, key)][:4] == [
        "Opened",
        "Assigned",
        "Responded",
        "Breached",
    ]


def _told(act: Callable[[], object], errors: list[BaseException]) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        except SlaError as refusal:
            errors.append(refusal)

    return run


def patiently(act: Callable[[], object]) -> None:
    """Try again when told to, as whoever clicks does: a slow machine may hold an incident longer than a click waits."""
    for _ in range(20):
        try:
            act()
        except StorageBusy:
            continue
        return
    raise StorageBusy


@pytest.mark.postgresql_only
def test_many_clicks_and_two_sweeps_at_once_leave_nothing_undone_and_nothing_twice(desk: Desk) -> None:
    keys = [desk.open(at("mon 09:00")) for _ in range(12)]
    errors: list[BaseException] = []
    now = at("mon 09:40")

    def click() -> None:
        for key in keys:
            patiently(partial(desk.incidents.update_customer, key, text="Still working", by=TOM, now=now))

    def look() -> None:
        for _ in range(4):
            patiently(partial(desk.sweep.run_once, now=now))

    threads = [threading.Thread(target=_told(act, errors)) for act in (click, look, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE_SECONDS)
    assert errors == []
    desk.look(now)
    for key in keys:
        assert len(facts(desk, key, Breached)) == 1
        assert len(facts(desk, key, CustomerUpdated)) == 1
        rungs = [
            (e.event.metric, e.event.rung) for e in facts(desk, key, RungReached) if isinstance(e.event, RungReached)
        ]
        assert len(rungs) == len(set(rungs))


def play(desk: Desk, key: str, chance: random.Random) -> None:
    """Half an hour around the due instant: acts and sweeps in any order, their clocks up to a minute apart."""
    moment = at("mon 09:15")
    acts: list[Callable[[datetime], object]] = [
        lambda now: desk.sweep.run_once(now=now),
        lambda now: desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=now),
        lambda now: desk.incidents.resume(key, by=TOM, now=now),
        lambda now: desk.incidents.respond(key, text="On it", by=TOM, now=now),
        lambda now: desk.incidents.resolve(key, text="", by=TOM, now=now),
        lambda now: desk.incidents.reopen(key, text="", by=TOM, now=now),
        lambda now: desk.incidents.acknowledge(key, by=DANA, now=now),
    ]
    for _ in range(9):
        moment += timedelta(seconds=chance.randrange(0, 400))
        skew = timedelta(seconds=chance.randrange(-60, 1))
        try:
            chance.choices(acts, weights=[6, 2, 2, 1, 2, 1, 1])[0](moment + skew)
        except SlaError:
            continue
    desk.look(moment + MINUTE)


@pytest.mark.sqlite_only
@pytest.mark.timeout(120)
def test_whatever_races_the_due_instant_breaches_are_those_that_are_read_and_recorded_once(
    desk: Desk, seed: int, is_whole: bool
) -> None:
    chance = random.Random(seed)
    for _ in range(STORIES if is_whole else STORIES // 5):
        key = desk.open(at("mon 09:00"))
        play(desk, key, chance)
        told = history(desk, key)
        assert recorded(told) == read(desk, key, told), f"seed {seed}, {key}"
        for number, entry in enumerate(told):
            if isinstance(entry.event, Resolved):
                assert not _breached_before(told[number + 1 :], entry), f"seed {seed}, {key}"


STORIES = 200


def recorded(told: list[Entry]) -> list[tuple[str, int, datetime]]:
    """The breaches in a history, each as often as it was recorded."""
    return sorted((e.event.metric, e.event.cycle, e.event.breached_at) for e in told if isinstance(e.event, Breached))


def read(desk: Desk, key: str, told: list[Entry]) -> list[tuple[str, int, datetime]]:
    """The breaches that follow from what people did."""
    with desk.database.reading() as session:
        work = desk.unit_of_work.work_on(session, incidents.find(session, key), now=told[-1].recorded_at)
    found: list[Reading] = [one for measured in readings(told, work.terms, now=work.now).values() for one in measured]
    return sorted((one.metric.value, one.cycle, one.breached_at) for one in found if one.breached_at is not None)


def _breached_before(later: list[Entry], resolved: Entry) -> list[Entry]:
    """Breaches recorded after the act that resolved, for an instant before it."""
    return [
        entry
        for entry in later
        if isinstance(entry.event, Breached)
        and entry.event.breached_at < resolved.at
        and entry.recorded_at > resolved.recorded_at
    ]


def test_a_word_to_the_owner_leaves_the_channels_nudge_to_the_dispatcher(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    sweep_until(desk, at("mon 09:00"), at("mon 14:00"))
    sent = [one for one in desk.sent(about=f"nudge:{key}") if one.op == "post"]
    nudges = [(one.to, one.shown) for one in sent if isinstance(one.shown, NudgeMessage)]
    breached_since = next(
        n for n, (to, shown) in enumerate(nudges) if to == CHANNEL and shown.cause is NudgeCause.BREACH
    )
    asides = [shown for to, shown in nudges[breached_since:] if to == TOM]
    assert {shown.cause for shown in asides} == {NudgeCause.AT_RISK}
    last_to, last = nudges[-1]
    assert last_to == TOM
    assert last.mention == (TOM,)
    shown = live(desk, key)
    assert shown is not None
    assert shown.mention == ("U0DANA", "U0MIRA")


def test_a_nudge_names_the_other_clocks_that_are_breached_already(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    sweep_until(desk, at("mon 09:00"), at("mon 11:05"))
    shown = live(desk, key)
    assert shown is not None
    assert [also.metric_label for also in shown.also if also.breached] == ["First reply", "Plan"]


class BookOfBrokenCalendars(AgreementBook):
    """Every agreement's calendar never opens again."""

    def by_version(self, session: Session, number: int) -> Agreement:  # noqa: ARG002 - the book's form
        raise CalendarNeverOpens("hours", "UTC", at("mon 09:00"))


def test_an_incident_that_cannot_be_reckoned_is_put_off_and_looked_at_again(desk: Desk) -> None:
    desk.open(at("mon 09:00"))
    broken = BookOfBrokenCalendars(people=desk.unit_of_work.people)
    sweep = Sweep(UnitOfWork(desk.database, agreements=broken, people=desk.unit_of_work.people))
    assert sweep.run_once(now=at("mon 09:20")) > 0
    assert posted(desk) == []
    desk.look(at("mon 09:36"))
    assert posted(desk) != []
