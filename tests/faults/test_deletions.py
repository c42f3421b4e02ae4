"""Superseded messages: taken away once the new one is there, shrunk where a person wrote, whatever goes wrong."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from sla_engine.delivery.dead_letters import redrive, redrive_where
from sla_engine.notifications.nudges import NudgeState
from sla_engine.storage.database import Database
from sla_engine.storage.outbox import SHRUNK, NewMessage, enqueue
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.time_source import real_now
from tests.faults.carrying import (
    CHANNEL,
    DANA,
    IMPATIENT,
    MANAGERS,
    MIRA,
    ROUTES,
    courier,
    incidents,
    nudge,
    row,
    settle,
    states,
    tell,
)
from tests.faults.hostile_slack import HostileSlack, Trouble


def post(outbox: Database, name: str, *, to: str = CHANNEL, mention: tuple[str, ...] = (DANA,)) -> None:
    """Enqueue a nudge of the one incident."""
    message = NewMessage(
        key=name, destination=to, notification=nudge(name, mention=mention), incident_id=1, at=real_now()
    )
    with outbox.transaction() as session:
        enqueue(session, message)


def delete(outbox: Database, name: str, *, successor: str | None, at: str = CHANNEL) -> None:
    """Enqueue the deletion of a nudge that `successor` takes the place of."""
    with outbox.transaction() as session:
        enqueue(
            session,
            NewMessage(
                key=f"{name}:delete:{successor}",
                message=name,
                op="delete",
                destination=at,
                notification=replace(nudge(name), state=NudgeState.SUPERSEDED),
                successor=successor,
                incident_id=1,
                at=real_now(),
            ),
        )


def edit(outbox: Database, name: str, words: str) -> None:
    with outbox.transaction() as session:
        message = NewMessage(
            key=f"{name}:{words}",
            message=name,
            op="update",
            destination=CHANNEL,
            notification=nudge(words),
            incident_id=1,
            at=real_now(),
        )
        enqueue(session, message)


def replace_by(outbox: Database, old: str, new: str, *, mention: tuple[str, ...] = (DANA,)) -> None:
    """Enqueue a nudge and the deletion of the one before, as the engine does."""
    post(outbox, new, mention=mention)
    delete(outbox, old, successor=new)


@pytest.fixture(autouse=True)
def one_incident(outbox: Database) -> None:
    incidents(outbox, 1)


@pytest.fixture
def warned(outbox: Database, slack: HostileSlack) -> HostileSlack:
    """A Slack where the first nudge has been read."""
    post(outbox, "warning")
    settle(courier(outbox, slack))
    return slack


@pytest.mark.both_databases
def test_a_superseded_message_goes_once_the_new_one_is_there(outbox: Database, warned: HostileSlack) -> None:
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert warned.texts(CHANNEL) == ["breach"]
    methods = [call.method for call in warned.calls]
    assert methods.index("chat.delete") > methods.index("conversations.replies") > methods.index("chat.postMessage")
    assert states(outbox) == {"sent": 3}


def test_the_old_message_stays_as_long_as_the_new_one_may_not_be_posted(outbox: Database, warned: HostileSlack) -> None:
    replace_by(outbox, "warning", "breach")
    warned.suffers(Trouble.RATE_LIMITED, retry_after="30")
    carrier = courier(outbox, warned)
    for _ in range(5):
        carrier.run_once()
    assert warned.texts(CHANNEL) == ["warning"]
    assert warned.calls_of("chat.delete") == []


@pytest.mark.both_databases
def test_a_message_under_which_a_person_wrote_becomes_a_line_with_a_link(
    outbox: Database, warned: HostileSlack
) -> None:
    warned.write_under(warned.visible()[0], "I am looking at it")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    breach = warned.visible()[-1]
    link = f"newest: https://msp.slack.test/archives/{CHANNEL}/{breach.ts}"
    assert warned.texts(CHANNEL) == [link, "I am looking at it", "breach"]
    assert row(outbox, "warning:delete:breach").error == SHRUNK


def test_what_the_bot_itself_wrote_under_it_keeps_nothing(outbox: Database, warned: HostileSlack) -> None:
    tell(outbox, "an old release wrote here", thread_of="warning")
    settle(courier(outbox, warned))
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert warned.texts(CHANNEL) == ["an old release wrote here", "breach"]


def test_a_line_that_was_left_leads_to_the_newest_message(outbox: Database, warned: HostileSlack) -> None:
    warned.write_under(warned.visible()[0], "I am looking at it")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    replace_by(outbox, "breach", "repeat")
    delete(outbox, "warning", successor="repeat")
    settle(courier(outbox, warned))
    newest = warned.visible()[-1]
    assert warned.texts(CHANNEL) == [
        f"newest: https://msp.slack.test/archives/{CHANNEL}/{newest.ts}",
        "I am looking at it",
        "repeat",
    ]


@pytest.mark.parametrize("trouble", [Trouble.EMPTY, Trouble.BARE])
def test_where_a_thread_shows_not_even_its_message_nothing_is_deleted(
    outbox: Database, warned: HostileSlack, trouble: Trouble
) -> None:
    warned.suffers(trouble, method="conversations.replies")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert [text.partition(":")[0] for text in warned.texts(CHANNEL)] == ["newest", "breach"]


def test_an_outage_while_a_message_is_shrunk_is_waited_out(outbox: Database, warned: HostileSlack) -> None:
    warned.write_under(warned.visible()[0], "I am looking at it")
    warned.suffers(Trouble.ERROR_AFTER, method="chat.update", times=2)
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert [text.partition(":")[0] for text in warned.texts(CHANNEL)] == ["newest", "I am looking at it", "breach"]


@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel"])
def test_where_threads_may_not_be_read_nothing_is_deleted(outbox: Database, warned: HostileSlack, error: str) -> None:
    warned.suffers(Trouble.REFUSE, method="conversations.replies", error=error)
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert [text.partition(":")[0] for text in warned.texts(CHANNEL)] == ["newest", "breach"]
    assert warned.calls_of("chat.delete") == []


def test_where_apps_may_not_delete_a_line_stays(outbox: Database, warned: HostileSlack) -> None:
    warned.suffers(Trouble.REFUSE, method="chat.delete", error="cant_delete_message")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert [text.partition(":")[0] for text in warned.texts(CHANNEL)] == ["newest", "breach"]
    assert states(outbox) == {"sent": 3}


@pytest.mark.parametrize("method", ["conversations.replies", "chat.delete"])
@pytest.mark.parametrize("trouble", sorted({*Trouble} - {Trouble.EMPTY, Trouble.BARE, Trouble.REFUSE}))
@pytest.mark.both_databases
def test_a_deletion_that_went_wrong_is_repeated(
    outbox: Database, warned: HostileSlack, method: str, trouble: Trouble
) -> None:
    warned.suffers(trouble, method=method, seconds=0.5 if "hang" in trouble else 0)
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned, rules=IMPATIENT, routes=ROUTES))
    assert warned.texts(CHANNEL) == ["breach"]
    assert states(outbox) == {"sent": 3}
    assert len(warned.calls_of("chat.postMessage")) == 2


def test_a_message_that_somebody_removed_meanwhile_is_done_with(outbox: Database, warned: HostileSlack) -> None:
    warned.visible()[0].deleted = True
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned, routes=ROUTES))
    assert warned.texts() == ["breach"]
    assert states(outbox) == {"sent": 3}


def test_a_message_that_goes_while_it_is_shrunk_is_done_with(outbox: Database, warned: HostileSlack) -> None:
    warned.write_under(warned.visible()[0], "I am looking at it")
    warned.suffers(Trouble.REFUSE, method="chat.update", error="message_not_found")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned, routes=ROUTES))
    assert states(outbox) == {"sent": 3}


@pytest.mark.both_databases
def test_a_message_that_was_replaced_before_it_was_carried_is_not_posted(outbox: Database, slack: HostileSlack) -> None:
    post(outbox, "warning")
    edit(outbox, "warning", "warning, Tom has it")
    replace_by(outbox, "warning", "breach", mention=(DANA, MIRA))
    settle(courier(outbox, slack))
    assert [call.arguments["text"] for call in slack.calls_of("chat.postMessage")] == ["breach"]
    assert states(outbox) == {"collapsed": 3, "sent": 1}
    assert row(outbox, "warning").collapsed_into == row(outbox, "breach").id


@pytest.mark.parametrize("replacements", [2, 3, 4])
def test_the_old_message_goes_however_often_its_successor_was_replaced_unposted(
    outbox: Database, warned: HostileSlack, replacements: int
) -> None:
    names = ["warning", *(f"repeat {number}" for number in range(replacements))]
    for old, new in itertools.pairwise(names):
        replace_by(outbox, old, new)
    settle(courier(outbox, warned))
    assert warned.texts() == [names[-1]]


def test_whoever_the_new_message_does_not_mention_is_told_by_the_old_one_first(
    outbox: Database, slack: HostileSlack
) -> None:
    post(outbox, "warning", mention=(DANA, MIRA))
    replace_by(outbox, "warning", "breach", mention=(DANA,))
    settle(courier(outbox, slack))
    assert [call.arguments["text"] for call in slack.calls_of("chat.postMessage")] == ["warning", "breach"]
    assert slack.texts(CHANNEL) == ["breach"]


def test_edits_that_wait_are_not_made_before_a_deletion(outbox: Database, warned: HostileSlack) -> None:
    edit(outbox, "warning", "warning, Tom has it")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert warned.calls_of("chat.update") == []
    assert warned.texts(CHANNEL) == ["breach"]


@pytest.mark.both_databases
def test_the_old_message_shrinks_where_the_new_one_was_refused_for_good(outbox: Database, warned: HostileSlack) -> None:
    warned.suffers(Trouble.REFUSE, error="new_in_2031")
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    assert warned.texts(CHANNEL) == ["newest: None"]
    assert warned.calls_of("chat.delete") == []

    with outbox.transaction() as session:
        redrive(session, row(outbox, "breach").id)
    settle(courier(outbox, warned))
    assert warned.texts(CHANNEL) == ["newest: None", "breach"]


def test_a_second_copy_of_a_deleted_message_goes_too(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.LATE, seconds=0.3)
    slack.suffers(Trouble.EMPTY, method="conversations.history", times=2)
    post(outbox, "warning")
    carrier = courier(outbox, slack)
    replace_by(outbox, "warning", "breach", mention=(MIRA,))
    settle(carrier)
    assert slack.texts(CHANNEL) == ["breach"]


@pytest.mark.both_databases
def test_a_deletion_goes_along_with_its_message_to_another_channel(outbox: Database, slack: HostileSlack) -> None:
    slack.suffers(Trouble.REFUSE, error="is_archived", channel=CHANNEL, times=9)
    post(outbox, "warning", mention=(DANA, MIRA))
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, slack, routes=ROUTES, lost_patience=timedelta(minutes=5)))
    assert [text.splitlines()[0] for text in slack.texts(MANAGERS)] == ["breach"]


def test_a_deletion_that_a_revoked_token_stopped_is_made_when_it_is_replaced(
    outbox: Database, warned: HostileSlack
) -> None:
    replace_by(outbox, "warning", "breach")
    for method in ("conversations.replies", "chat.update"):
        warned.suffers(Trouble.REFUSE, method=method, error="token_revoked")
    settle(courier(outbox, warned, routes=ROUTES))
    assert row(outbox, "warning:delete:breach").state == "dead"
    assert warned.texts() == ["warning", "breach"]  # nobody is told that it could not be tidied up

    with outbox.transaction() as session:
        redrive_where(session, errors=["token_revoked"])
    settle(courier(outbox, warned))
    assert warned.texts() == ["breach"]


def test_a_message_without_a_successor_is_simply_deleted(outbox: Database, warned: HostileSlack) -> None:
    delete(outbox, "warning", successor=None)
    settle(courier(outbox, warned))
    assert warned.texts() == []


@pytest.mark.both_databases
def test_news_of_a_message_that_somebody_removed_is_posted(outbox: Database, warned: HostileSlack) -> None:
    warned.visible()[0].deleted = True
    edit(outbox, "warning", "breach")
    settle(courier(outbox, warned, routes=ROUTES))
    assert warned.texts() == ["breach"]
    edit(outbox, "warning", "breach, Tom has it")
    settle(courier(outbox, warned))
    assert warned.texts() == ["breach, Tom has it"]
    assert "dead" not in states(outbox)


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
def test_news_of_an_old_message_that_may_not_be_changed_is_posted(
    outbox: Database, warned: HostileSlack, error: str
) -> None:
    with outbox.transaction() as session:
        session.execute(update(Outbox).values(sent_at=real_now() - timedelta(minutes=6)))
    warned.suffers(Trouble.REFUSE, method="chat.update", error=error, times=2)
    edit(outbox, "warning", "breach")
    settle(courier(outbox, warned, routes=ROUTES))
    assert warned.texts() == ["warning", "breach"]
    edit(outbox, "warning", "breach, Tom has it")  # where nothing may be changed, not every edit is a message
    settle(courier(outbox, warned, routes=ROUTES))
    assert warned.texts() == ["warning", "breach"]


@pytest.mark.both_databases
def test_an_edit_brings_no_message_back_that_was_taken_away(outbox: Database, warned: HostileSlack) -> None:
    replace_by(outbox, "warning", "breach")
    settle(courier(outbox, warned))
    edit(outbox, "warning", "warning, Tom has it")
    settle(courier(outbox, warned, routes=ROUTES))
    assert warned.texts() == ["breach"]
