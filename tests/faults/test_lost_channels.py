"""A channel that is lost, and people who cannot be written to: nothing is lost with them, and nothing said twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.courier.courier import Courier
from bot.courier.redelivery import Redelivery
from bot.sandbox.server import Sandbox
from bot.sandbox.traffic.faults import Fault, FaultKind
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser
from bot.slack_calls import retry_free_client
from bot.views.messages import render
from sla_engine.delivery import lost_channels
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.domain.agreements.routes import Routes
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.upkeep.dead_letters import DeadLetters
from sla_engine.storage.database import Database
from sla_engine.storage.outbox import NewMessage, enqueue
from sla_engine.time_source import real_now
from tests.faults.carrying import CHANNEL, DANA, MANAGERS, MIRA, QUICK, ROUTES, incidents, row, settle, states

TOM = "U0TOM"
AN_HOUR = timedelta(hours=1)
WITH_TAB = {"features": {"app_home": {"messages_tab_enabled": True}}}
WITHOUT_TAB = {"features": {"app_home": {"home_tab_enabled": False}}}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    people = (SandboxUser(DANA, "dana", "Dana"), SandboxUser(MIRA, "mira", "Mira"), SandboxUser(TOM, "tom", "Tom"))
    channels = (SandboxChannel(CHANNEL, "dispatch"), SandboxChannel(MANAGERS, "managers"))
    with Sandbox(people, channels) as started:
        yield started


def courier(
    outbox: Database, sandbox: Sandbox, *, routes: Routes = ROUTES, patience: timedelta = timedelta(0)
) -> Courier:
    client = retry_free_client(sandbox.bot_token, base_url=sandbox.api_url, timeout=QUICK.timeout)
    rules = replace(QUICK, lost_patience=patience)
    return Courier(
        messages=OutgoingMessages(outbox, rules=rules, clock=real_now),
        client=client,
        render=render,
        routes=lambda: routes,
    )


def redelivery(outbox: Database, sandbox: Sandbox) -> Redelivery:
    client = retry_free_client(sandbox.bot_token, base_url=sandbox.api_url, timeout=QUICK.timeout)
    return Redelivery(DeadLetters(outbox), client, clock=real_now)


def tell(
    outbox: Database,
    *keys: str,
    to: str = CHANNEL,
    message: str | None = None,
    op: str = "post",
    thread_of: str | None = None,
    incident_id: int | None = None,
) -> None:
    """Put lines into the outbox, each in its own words."""
    with outbox.transaction() as session:
        for key in keys:
            line = LineMessage(incident_key=None, text_key="answer", facts={"text": key})
            enqueue(
                session,
                NewMessage(
                    key=key,
                    destination=to,
                    notification=line,
                    at=real_now(),
                    message=message,
                    op=op,
                    thread_of=thread_of,
                    incident_id=incident_id,
                ),
            )


def read(sandbox: Sandbox, place: str) -> list[str]:
    """The first lines of what people see there, oldest first; for a person, the direct message with the bot."""
    workspace = sandbox.hub.workspace
    channel = workspace.channel(place) or workspace.direct_message(place, "U0SANDBOX")
    return [message.text.partition("\n")[0] for message in workspace.messages_in(channel.id) if not message.is_reply]


def is_lost(outbox: Database) -> list[tuple[str, str]]:
    with outbox.reading() as session:
        return [(each.destination, each.error) for each in lost_channels.lost_destinations(session)]


def lose(sandbox: Sandbox, how: str) -> None:
    if how == "archived":
        sandbox.archive(CHANNEL)
    else:
        sandbox.remove_bot(CHANNEL)


def give_back(sandbox: Sandbox, how: str) -> None:
    if how == "archived":
        sandbox.restore_channel(CHANNEL)
    else:
        sandbox.invite_bot(CHANNEL)


@pytest.mark.both_databases
@pytest.mark.parametrize(("how", "error"), [("archived", "is_archived"), ("bot removed", "not_in_channel")])
def test_what_a_lost_channel_does_not_take_is_said_in_the_managers_channel_in_order(
    outbox: Database, sandbox: Sandbox, how: str, error: str
) -> None:
    lose(sandbox, how)
    tell(outbox, "one", "two", "three")
    settle(courier(outbox, sandbox))

    assert read(sandbox, MANAGERS) == ["one", "two", "three"]
    assert is_lost(outbox) == [(CHANNEL, error)]
    assert states(outbox) == {"sent": 3}
    (first, *_) = sandbox.hub.workspace.messages_in(MANAGERS)
    assert first.text == f"one\n(For <#{CHANNEL}>, which Slack refuses: {error}.)"
    assert first.blocks is not None
    assert first.blocks[-1]["type"] == "context"


def test_with_the_managers_channel_lost_too_the_dispatcher_on_duty_is_told_then_a_manager(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.archive(CHANNEL)
    sandbox.archive(MANAGERS)
    tell(outbox, "for the dispatcher")
    settle(courier(outbox, sandbox))
    assert read(sandbox, DANA) == ["for the dispatcher"]

    tell(outbox, "for the manager")
    settle(courier(outbox, sandbox, routes=replace(ROUTES, on_duty=None)))
    assert read(sandbox, MIRA) == ["for the manager"]


def test_with_every_place_lost_a_message_is_kept_for_its_channel_and_tried_no_further(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.archive(CHANNEL)
    sandbox.archive(MANAGERS)
    sandbox.use_manifest(WITHOUT_TAB)
    tell(outbox, "nobody hears it")
    settle(courier(outbox, sandbox))

    kept = row(outbox, "nobody hears it")
    assert (kept.state, kept.destination, kept.meant_for) == ("dead", CHANNEL, None)
    assert len(sandbox.calls("chat.postMessage")) == 4
    assert {destination for destination, _ in is_lost(outbox)} == {CHANNEL, MANAGERS, DANA, MIRA}

    sandbox.restore_channel(CHANNEL)
    redelivery(outbox, sandbox).resend_unblocked()
    settle(courier(outbox, sandbox))
    assert read(sandbox, CHANNEL) == ["nobody hears it"]


def test_edits_and_replies_follow_their_message_to_where_it_was_said(outbox: Database, sandbox: Sandbox) -> None:
    sandbox.archive(CHANNEL)
    (incident,) = incidents(outbox, 1)
    tell(outbox, "nudge", incident_id=incident)
    tell(outbox, "details", thread_of="nudge", incident_id=incident)
    tell(outbox, "acknowledged", message="nudge", op="update", incident_id=incident)
    settle(courier(outbox, sandbox, patience=AN_HOUR))

    assert row(outbox, "nudge").meant_for == CHANNEL
    root, reply = sandbox.hub.workspace.messages_in(MANAGERS)
    assert root.text.startswith("acknowledged\n(For <#C0DISPATCH>")
    assert (reply.text, reply.thread_ts) == ("details", root.ts)
    assert states(outbox) == {"sent": 3}
    assert {row(outbox, key).destination for key in ("nudge", "details", "acknowledged")} == {MANAGERS}


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["archived", "bot removed"])
def test_when_the_channel_returns_nothing_is_said_twice_and_one_line_says_where_it_was(
    outbox: Database, sandbox: Sandbox, how: str
) -> None:
    lose(sandbox, how)
    tell(outbox, "one", "two")
    settle(courier(outbox, sandbox))
    give_back(sandbox, how)
    redelivery(outbox, sandbox).resend_unblocked()
    tell(outbox, "three")
    settle(courier(outbox, sandbox))

    back = f"This channel can be reached again. 2 messages for it were said in <#{MANAGERS}> meanwhile, and stay there."
    assert read(sandbox, CHANNEL) == [back, "three"]
    assert read(sandbox, MANAGERS) == ["one", "two"]
    assert is_lost(outbox) == []


def test_without_anybody_looking_the_next_message_shows_that_the_channel_is_back(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.archive(CHANNEL)
    tell(outbox, "one")
    settle(courier(outbox, sandbox))
    sandbox.restore_channel(CHANNEL)
    tell(outbox, "two")
    settle(courier(outbox, sandbox))
    assert read(sandbox, CHANNEL)[0] == "two"
    assert "said in" in read(sandbox, CHANNEL)[1]
    assert is_lost(outbox) == []


def test_a_lost_channel_is_not_asked_again_for_every_message(outbox: Database, sandbox: Sandbox) -> None:
    sandbox.archive(CHANNEL)
    tell(outbox, *(f"m{number}" for number in range(4)))
    settle(courier(outbox, sandbox, patience=AN_HOUR))
    refused = [call for call in sandbox.calls("chat.postMessage") if call.error is not None]
    assert len(refused) == 1
    assert read(sandbox, MANAGERS) == ["m0", "m1", "m2", "m3"]


def test_a_channel_that_goes_by_its_name_is_found_by_it_when_it_returns(outbox: Database, sandbox: Sandbox) -> None:
    routes = replace(ROUTES, dispatcher_channel="dispatch", managers_channel="", on_duty=None, manager=None)
    sandbox.remove_bot(CHANNEL)
    tell(outbox, "one", to="dispatch")
    settle(courier(outbox, sandbox, routes=routes))
    assert row(outbox, "one").state == "dead"

    sandbox.invite_bot(CHANNEL)
    redelivery(outbox, sandbox).resend_unblocked()
    settle(courier(outbox, sandbox, routes=routes))
    assert read(sandbox, CHANNEL) == ["one"]


def test_while_channels_cannot_be_listed_a_message_for_a_name_waits(outbox: Database, sandbox: Sandbox) -> None:
    sandbox.faults.next(Fault(FaultKind.ERROR_BEFORE, method="conversations.list", status=503))
    tell(outbox, "one", to="dispatch")
    settle(courier(outbox, sandbox))
    assert read(sandbox, CHANNEL) == ["one"]
    assert is_lost(outbox) == []


def test_what_names_no_channel_is_not_looked_for_among_all_of_them(outbox: Database, sandbox: Sandbox) -> None:
    tell(outbox, "one", to="webhook:anna")
    settle(courier(outbox, sandbox, routes=Routes()))
    redelivery(outbox, sandbox).resend_unblocked()
    assert row(outbox, "one").error == "channel_not_found"
    assert sandbox.calls("conversations.list") == []


def test_a_direct_message_that_is_refused_while_the_channel_is_lost_is_told_in_the_managers_channel(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.use_manifest(WITHOUT_TAB)
    sandbox.archive(CHANNEL)
    tell(outbox, "for tom", to=TOM)
    settle(courier(outbox, sandbox))
    (notice,) = read(sandbox, MANAGERS)
    assert "<@U0TOM> could not be delivered (messages_tab_disabled)" in notice


def test_a_renamed_channel_is_written_to_as_before_and_a_new_one_of_its_name_takes_the_place_of_an_archived_one(
    outbox: Database, sandbox: Sandbox
) -> None:
    tell(outbox, "one", to="dispatch")
    settle(courier(outbox, sandbox))
    sandbox.rename(CHANNEL, "old-dispatch")
    tell(outbox, "two", to="dispatch")
    settle(courier(outbox, sandbox))
    assert read(sandbox, CHANNEL) == ["one", "two"]

    sandbox.archive(CHANNEL)
    sandbox.rename(MANAGERS, "dispatch")
    tell(outbox, "three", to="dispatch")
    settle(courier(outbox, sandbox, routes=replace(ROUTES, managers_channel="")))
    redelivery(outbox, sandbox).resend_unblocked()
    tell(outbox, "four", to="dispatch")
    settle(courier(outbox, sandbox, routes=replace(ROUTES, managers_channel="")))
    assert read(sandbox, DANA) == ["three"]
    assert read(sandbox, MANAGERS)[-1] == "four"


def test_a_channel_that_was_renamed_while_the_bot_was_out_is_found_by_its_id(
    outbox: Database, sandbox: Sandbox
) -> None:
    nowhere = Routes()
    tell(outbox, "one", to="dispatch")
    settle(courier(outbox, sandbox, routes=nowhere))
    sandbox.remove_bot(CHANNEL)
    tell(outbox, "two", to="dispatch")
    settle(courier(outbox, sandbox, routes=nowhere))
    sandbox.rename(CHANNEL, "old-dispatch")
    sandbox.invite_bot(CHANNEL)
    redelivery(outbox, sandbox).resend_unblocked()
    settle(courier(outbox, sandbox, routes=nowhere))
    assert read(sandbox, CHANNEL) == ["one", "two"]


def test_without_the_messages_tab_people_s_messages_are_told_to_dispatchers_and_come_once_it_is_on(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.use_manifest(WITHOUT_TAB)
    tell(outbox, "for tom", "also for tom", to=TOM)
    settle(courier(outbox, sandbox))
    told = [message.text for message in sandbox.hub.workspace.messages_in(CHANNEL)]
    assert len(told) == 2
    assert "<@U0TOM> could not be delivered (messages_tab_disabled)" in told[0]
    assert told[0].endswith("for tom")

    for _ in range(2):  # opening the conversation works all the time: only a message tells
        redelivery(outbox, sandbox).resend_unblocked()
        settle(courier(outbox, sandbox))
    assert states(outbox)["dead"] == 2
    assert len(sandbox.hub.workspace.messages_in(CHANNEL)) == 2, "nothing is announced twice"

    sandbox.use_manifest(WITH_TAB)
    redelivery(outbox, sandbox).resend_unblocked()
    settle(courier(outbox, sandbox))
    assert read(sandbox, TOM) == ["for tom", "also for tom"]
    assert is_lost(outbox) == []


def test_a_digest_whose_channel_is_lost_goes_to_a_manager_and_not_to_the_dispatchers(
    outbox: Database, sandbox: Sandbox
) -> None:
    sandbox.archive(MANAGERS)
    tell(outbox, "the digest", to=MANAGERS)
    settle(courier(outbox, sandbox))
    assert read(sandbox, MIRA) == ["the digest"]
    assert read(sandbox, CHANNEL) == []


@pytest.mark.both_databases
def test_a_destination_nobody_writes_to_any_more_is_forgotten(outbox: Database, sandbox: Sandbox) -> None:
    sandbox.archive(CHANNEL)
    tell(outbox, "one")
    settle(courier(outbox, sandbox))
    with outbox.transaction() as session:
        lost_channels.forget_others(session, {CHANNEL})
    assert is_lost(outbox) == [(CHANNEL, "is_archived")]
    with outbox.transaction() as session:
        lost_channels.forget_others(session, {"C0NEW"})
    assert is_lost(outbox) == []
