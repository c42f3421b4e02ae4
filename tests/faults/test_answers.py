"""Bad answers: nothing is lost, nothing is doubled, nobody calls before their time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from sla_engine.delivery.dead_letters import dead_letters, open_counts, redrive, redrive_where, unreadable_destinations
from sla_engine.delivery.records import DeliveryState
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.storage import failures
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from tests.faults.carrying import (
    CHANNEL,
    IMPATIENT,
    QUICK,
    ROUTES,
    SteppedClock,
    carry_for,
    courier,
    incidents,
    row,
    settle,
    states,
    tell,
)
from tests.faults.hostile_slack import Fault, HostileSlack, Trouble
from tests.polling import until


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.ERROR_BEFORE,
        Trouble.ERROR_AFTER,
        Trouble.DROP_BEFORE,
        Trouble.DROP_AFTER,
        Trouble.HANG_BEFORE,
        Trouble.HANG_AFTER,
    ],
)
def test_a_post_that_nobody_answered_is_there_once(outbox: Database, slack: HostileSlack, trouble: Trouble) -> None:
    mine = incidents(outbox, 1)[0]
    slack.suffers(trouble, seconds=0.5 if "hang" in trouble else 0)
    tell(outbox, "first", incident_id=mine)
    tell(outbox, "second", incident_id=mine)
    settle(courier(outbox, slack, rules=IMPATIENT))

    assert slack.texts(CHANNEL) == ["first", "second"]
    assert row(outbox, "first").ts == slack.visible(CHANNEL)[0].ts
    assert states(outbox) == {"sent": 2}


def test_internal_error_in_a_good_answer_is_looked_into_before_sending_again(
    outbox: Database, slack: HostileSlack
) -> None:
    slack.suffers(Trouble.REFUSE, error="internal_error")
    tell(outbox, "at risk")
    settle(courier(outbox, slack))
    assert slack.texts(CHANNEL) == ["at risk"]
    assert slack.calls_of("conversations.history") != []


@pytest.mark.parametrize("trouble", [Trouble.ERROR_AFTER, Trouble.HANG_BEFORE, Trouble.ERROR_BEFORE])
def test_a_lost_thread_reply_is_looked_for_in_its_thread(
    outbox: Database, slack: HostileSlack, trouble: Trouble
) -> None:
    tell(outbox, "nudge")
    settle(courier(outbox, slack))
    slack.suffers(trouble, seconds=0.5 if trouble is Trouble.HANG_BEFORE else 0)
    tell(outbox, "reply", thread_of="nudge")
    settle(courier(outbox, slack, rules=IMPATIENT))

    assert slack.texts(CHANNEL) == ["nudge", "reply"]
    assert slack.calls_of("conversations.replies") != []


@pytest.mark.parametrize("retry_after", ["1", None], ids=["1 s", "absent"])
def test_nobody_calls_a_channel_before_retry_after(
    outbox: Database, slack: HostileSlack, retry_after: str | None
) -> None:
    slack.suffers(Trouble.RATE_LIMITED, channel=CHANNEL, retry_after=retry_after)
    tell(outbox, "first")
    tell(outbox, "second")
    tell(outbox, "elsewhere", destination="C0OTHER")
    clock = SteppedClock()
    couriers = [courier(outbox, slack, clock=clock) for _ in range(3)]
    wait = timedelta(seconds=float(retry_after)) if retry_after else QUICK.default_retry_after

    carry_for(timedelta(0), *couriers, clock=clock)
    assert (slack.texts(CHANNEL), slack.texts("C0OTHER")) == ([], ["elsewhere"])
    carry_for(wait - timedelta(milliseconds=100), *couriers, clock=clock)
    assert len(slack.calls_of("chat.postMessage", CHANNEL)) == 1
    carry_for(timedelta(milliseconds=100), *couriers, clock=clock)
    assert slack.texts(CHANNEL) == ["first", "second"]


def test_a_long_retry_after_parks_the_channel_for_as_long(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.RATE_LIMITED, retry_after="30")
    tell(outbox, "later")
    carrier = courier(outbox, slack)
    carrier.run_once()
    wake = carrier.next_wake()
    assert wake is not None
    assert timedelta(seconds=29) < wake - carrier.clock() <= timedelta(seconds=30)
    assert row(outbox, "later").state == "pending"


def test_a_message_of_unknown_fate_stays_unknown_when_it_may_not_be_sent_again_yet(
    outbox: Database, slack: HostileSlack
) -> None:
    slack.suffers(Trouble.LATE, seconds=0.8)
    slack.suffers(Trouble.RATE_LIMITED, retry_after="1")
    slack.suffers(Trouble.EMPTY, method="conversations.history", times=2)
    tell(outbox, "breach")
    carrier = courier(outbox, slack)
    until(
        lambda: carrier.run_once() >= 0 and len(slack.calls_of("chat.postMessage")) == 2,
        what="the second try",
    )
    assert row(outbox, "breach").state == "unknown"
    settle(carrier)

    assert slack.texts(CHANNEL) == ["breach"]
    assert len(slack.calls_of("chat.postMessage")) == 2


@pytest.mark.both_databases
@pytest.mark.parametrize("seconds", [0.45, 0.7])
def test_a_post_that_lands_after_we_gave_up_leaves_no_duplicate(
    outbox: Database, slack: HostileSlack, seconds: float
) -> None:
    slack.suffers(Trouble.LATE, seconds=seconds)
    tell(outbox, "breach")
    settle(courier(outbox, slack))
    until(lambda: len(slack.messages) >= 1, what="the late post landed")
    assert slack.texts(CHANNEL) == ["breach"]
    assert row(outbox, "breach").ts == slack.visible(CHANNEL)[0].ts


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Trouble.RATE_LIMITED, method="conversations.history"),
        Fault(Trouble.ERROR_BEFORE, method="conversations.history"),
        Fault(Trouble.EMPTY, method="conversations.history"),
    ],
    ids=lambda fault: str(fault.trouble),
)
def test_a_history_that_cannot_tell_leads_to_no_second_post(
    outbox: Database, slack: HostileSlack, fault: Fault
) -> None:
    slack.suffers(Trouble.ERROR_AFTER)
    slack.faults.append(fault)
    tell(outbox, "breach")
    settle(courier(outbox, slack))
    assert len(slack.calls_of("chat.postMessage")) == 1
    assert slack.texts(CHANNEL) == ["breach"]


def test_a_message_is_found_below_hundreds_of_newer_ones(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.ERROR_AFTER)
    tell(outbox, "breach")
    carrier = courier(outbox, slack)
    carrier.run_once()
    for number in range(450):
        slack.accept("chat.postMessage", {"channel": CHANNEL, "text": f"chatter {number}"})
    settle(carrier)
    assert slack.texts(CHANNEL).count("breach") == 1
    assert len(slack.calls_of("conversations.history")) == 3


@pytest.mark.both_databases
@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel", "unknown_method"])
def test_where_history_may_not_be_read_the_message_stays_unknown_and_that_is_announced(
    outbox: Database, slack: HostileSlack, error: str
) -> None:
    slack.suffers(Trouble.ERROR_AFTER)
    slack.suffers(Trouble.REFUSE, method="conversations.history", error=error, times=500)
    tell(outbox, "breach")
    carrier = courier(outbox, slack)
    until(
        lambda: carrier.run_once() >= 0 and len(slack.calls_of("conversations.history")) >= 3,
        what="three look-ups",
    )
    assert len(slack.calls_of("chat.postMessage")) == 1
    assert row(outbox, "breach").state == "unknown"
    with outbox.reading() as session:
        assert unreadable_destinations(session) == (CHANNEL,)

    patient = courier(outbox, slack, unreadable_patience=timedelta(0))
    until(
        lambda: patient.run_once() >= 0 and row(outbox, "breach").state == "sent",
        what="patience was over",
    )
    assert slack.texts(CHANNEL)[0] == "breach"
    assert "(Repeated: " in slack.texts(CHANNEL)[1]


@pytest.mark.both_databases
def test_what_slack_refuses_for_good_is_a_dead_letter_that_somebody_hears_of(
    outbox: Database, slack: HostileSlack
) -> None:
    slack.suffers(Trouble.REFUSE, error="new_in_2031", channel=CHANNEL)
    tell(outbox, "breach")
    settle(courier(outbox, slack, routes=ROUTES))

    with outbox.reading() as session:
        (letter,) = dead_letters(session)
        assert open_counts(session)[DeliveryState.DEAD] == 1
    assert (letter.destination, letter.kind, letter.error) == (CHANNEL, "line", "new_in_2031")
    (notice,) = slack.texts(CHANNEL)
    assert "new_in_2031" in notice
    assert "breach" in notice
    assert f"resend {letter.id}" in notice


def test_a_notice_of_what_could_not_be_delivered_is_the_last_word_when_it_is_refused_too(
    outbox: Database, slack: HostileSlack
) -> None:
    slack.suffers(Trouble.REFUSE, error="new_in_2031", times=2)
    tell(outbox, "breach")
    settle(courier(outbox, slack, routes=ROUTES))
    assert states(outbox) == {"dead": 2}
    assert slack.texts() == []


@pytest.mark.parametrize("error", ["message_limit_exceeded", "ekm_access_denied"])
def test_while_the_whole_workspace_takes_no_messages_they_wait(
    outbox: Database, slack: HostileSlack, error: str
) -> None:
    slack.suffers(Trouble.REFUSE, error=error, times=2)
    tell(outbox, "breach")
    settle(courier(outbox, slack, routes=ROUTES))
    assert slack.texts() == ["breach"]


@pytest.mark.both_databases
def test_a_dead_letter_is_sent_again_on_request_with_what_depended_on_it(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.REFUSE, error="not_in_channel")
    tell(outbox, "nudge")
    tell(outbox, "reply", thread_of="nudge")
    tell(outbox, "closed", op="update", message="nudge")
    settle(courier(outbox, slack))
    assert states(outbox) == {"collapsed": 2, "dead": 1}

    with outbox.transaction() as session:
        redrive(session, row(outbox, "nudge").id)
    settle(courier(outbox, slack))
    assert slack.texts(CHANNEL) == ["closed", "reply"]


def test_a_revoked_token_is_not_announced_and_everything_goes_out_when_it_is_replaced(
    outbox: Database, slack: HostileSlack
) -> None:
    slack.suffers(Trouble.REFUSE, error="token_revoked", times=2)
    tell(outbox, "first")
    tell(outbox, "second")
    settle(courier(outbox, slack, routes=ROUTES))
    assert states(outbox) == {"dead": 2}
    assert slack.texts() == []

    with outbox.transaction() as session:
        assert redrive_where(session, errors=["token_revoked", "invalid_auth"]) == 2
    settle(courier(outbox, slack))
    assert slack.texts(CHANNEL) == ["first", "second"]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message"])
def test_an_edit_of_a_line_somebody_removed_dies_quietly(outbox: Database, slack: HostileSlack, error: str) -> None:
    slack.suffers(Trouble.REFUSE, method="chat.update", error=error)
    tell(outbox, "nudge")
    tell(outbox, "closed", op="update", message="nudge")
    settle(courier(outbox, slack, routes=ROUTES))
    assert row(outbox, "closed").state == "dead"
    assert slack.texts() == ["nudge"]


@pytest.mark.parametrize("trouble", [Trouble.ERROR_AFTER, Trouble.DROP_BEFORE, Trouble.RATE_LIMITED])
def test_an_edit_that_went_wrong_is_repeated(outbox: Database, slack: HostileSlack, trouble: Trouble) -> None:
    slack.suffers(trouble, method="chat.update")
    tell(outbox, "nudge")
    tell(outbox, "closed", op="update", message="nudge")
    settle(courier(outbox, slack))
    assert slack.texts(CHANNEL) == ["closed"]


@pytest.mark.both_databases
def test_an_edit_that_lands_late_does_not_stay_over_a_newer_one(outbox: Database, slack: HostileSlack) -> None:
    tell(outbox, "nudge")
    settle(courier(outbox, slack))
    clock = SteppedClock()
    carrier = courier(outbox, slack, clock=clock)
    slack.suffers(Trouble.LATE, method="chat.update", seconds=0.5)
    tell(outbox, "acknowledged", op="update", message="nudge")
    carry_for(timedelta(0), carrier, clock=clock)
    tell(outbox, "closed", op="update", message="nudge")
    carry_for(timedelta(0), carrier, clock=clock)
    until(lambda: "acknowledged" in slack.messages[0].edits, what="the late edit landed")
    for _ in ("the doubt is looked into", "what is newest is said once more"):
        carry_for(QUICK.duplicate_checks[0], carrier, clock=clock)
    assert slack.texts(CHANNEL) == ["closed"]


def test_an_answer_with_only_ok_is_enough(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.BARE)
    tell(outbox, "nudge")
    tell(outbox, "closed", op="update", message="nudge")
    settle(courier(outbox, slack))
    assert slack.texts(CHANNEL) == ["closed"]
    assert len(slack.messages) == 1


@pytest.mark.both_databases
def test_a_message_that_cannot_be_rendered_is_tried_five_times_told_and_stops_nobody(
    outbox: Database, slack: HostileSlack
) -> None:
    tell(outbox, "broken")
    with outbox.transaction() as session:
        session.execute(update(Outbox).values(payload={"of": "an older version"}))
    tell(outbox, "fine")
    settle(courier(outbox, slack, routes=ROUTES))

    fine, notice = slack.texts(CHANNEL)
    assert fine == "fine"
    assert row(outbox, "broken").error == "cannot_be_rendered: ValidationError"
    assert "cannot_be_rendered" in notice
    with outbox.reading() as session:
        (failure,) = failures.unresolved(session)
    assert (failure.queue, failure.tries, failure.next_try_at) == (Queue.MESSAGE, 5, None)


@pytest.mark.sqlite_only
def test_a_message_that_cannot_even_be_read_stops_nobody(outbox: Database, slack: HostileSlack) -> None:
    for words in ("broken", "fine", "finer"):
        tell(outbox, words)
    with outbox.transaction() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET payload = '{' WHERE key = 'broken'")
    settle(courier(outbox, slack))
    assert set(slack.texts(CHANNEL)) == {"fine", "finer"}
    with outbox.reading() as session:
        assert session.scalar(select(Outbox.state).where(Outbox.key == "broken")) == "dead"


@pytest.mark.parametrize("error", [KeyError("blocks"), IntegrityError("", {}, Exception()), NotSetUp("msp")])
def test_a_fault_of_ours_after_the_call_never_posts_twice(
    outbox: Database, slack: HostileSlack, error: Exception
) -> None:
    failing = iter([error, None, None, None])

    def dies_once(point: str) -> None:
        if point == "post" and (raised := next(failing)) is not None:
            raise raised

    tell(outbox, "nudge")
    tell(outbox, "other", destination="C0MANAGERS")
    settle(courier(outbox, slack, after=dies_once))
    assert (slack.texts(CHANNEL), slack.texts("C0MANAGERS")) == (["nudge"], ["other"])
    with outbox.reading() as session:
        assert failures.unresolved(session) == []
