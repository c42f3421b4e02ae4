"""`/sla help` and `/sla health`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.connection_health import ConnectionHealth
from bot.views.health import health_message
from bot.views.help import SubcommandHelp, help_for, help_overview
from sla_engine.delivery.records import LostDestination
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.services.upkeep.health import HealthFacts
from tests.unit.bot.views.samples import refused, seen

PAUSE = SubcommandHelp(
    name="pause",
    usage="pause INC-… <reason> [until …]",
    summary="Let the clocks rest",
    who="technician",
    examples=("/sla pause INC-1042 vendor until tomorrow 9am",),
)
STATUS = SubcommandHelp(name="status", usage="status", summary="Open incidents", who="everyone")
WELL = HealthFacts(
    open_incidents=3,
    oldest_waiting_message=None,
    dead_letters=0,
    last_sweep_age=timedelta(seconds=4),
    database="SQLite",
    schema_ok=True,
    waiting_inbox=0,
)


def test_the_overview_groups_by_who_may() -> None:
    rendered = help_overview([PAUSE, STATUS], role_label="technician")
    words = seen(rendered)
    assert words.index("*Everyone*") < words.index("`/sla status`") < words.index("*Technicians*")
    assert "`/sla pause INC-… &lt;reason&gt; [until …]`  Let the clocks rest" in words
    assert "You are: technician." in words
    assert "Let the clocks rest" in rendered.text
    assert refused(rendered) == []


def test_a_long_overview_is_split_into_sections_and_loses_nothing() -> None:
    many = [replace(PAUSE, name=f"act{number}", usage=f"act{number} " + "x" * 90) for number in range(100)]
    rendered = help_overview(many, role_label="you")
    assert refused(rendered) == []
    assert seen(rendered).count("`/sla act") == 100


def test_one_subcommand_in_full_says_usage_who_and_examples() -> None:
    rendered = help_for(PAUSE)
    assert "*`/sla pause INC-… &lt;reason&gt; [until …]`*" in rendered.text
    assert "For: technicians." in rendered.text
    assert "• `/sla pause INC-1042 vendor until tomorrow 9am`" in rendered.text
    assert refused(rendered) == []


def test_a_healthy_bot_says_so_with_its_figures() -> None:
    rendered = health_message(WELL)
    assert "Everything works." in rendered.text
    assert "3 open incidents · last sweep 4 s ago · no message waits · SQLite" in seen(rendered)
    assert refused(rendered) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(WELL, schema_ok=False), "run `sla-bot migrate`"),
        (replace(WELL, last_sweep_age=None), "Nothing has been swept yet: is a worker running?"),
        (replace(WELL, last_sweep_age=timedelta(minutes=10)), "The last sweep was 10 m ago: is a worker running?"),
        (replace(WELL, oldest_waiting_message=timedelta(minutes=5)), "A message has waited 5 m to be sent"),
        (replace(WELL, dead_letters=1), "1 message could not be delivered: see `sla-bot outbox`."),
        (replace(WELL, waiting_inbox=1, failing={Queue.DELIVERY: 1}), "1 item failed and will be tried again"),
        (replace(WELL, failing={Queue.TIMER: 1, Queue.REQUEST: 1}), "2 items failed and will be tried again"),
        (
            replace(WELL, set_aside={Queue.MESSAGE: 1}),
            "1 item failed five times and is not tried any more",
        ),
        (replace(WELL, waiting_inbox=2), "2 requests kept and not carried out yet: is a worker running?"),
    ],
)
def test_each_trouble_is_a_sentence_with_its_remedy(facts: HealthFacts, words: str) -> None:
    rendered = health_message(facts)
    assert "One thing needs attention." in rendered.text
    assert words in rendered.text
    assert refused(rendered) == []


def test_connections_are_a_figure_and_without_any_a_trouble() -> None:
    well = ConnectionHealth(up=2, wanted=2, seconds_without=0.0, red=None)
    assert "2 of 2 connections to Slack" in seen(health_message(WELL, connections=well))
    deaf = ConnectionHealth(
        up=0, wanted=2, seconds_without=75.0, red="no connection to Slack for 75 s: nothing answers"
    )
    rendered = health_message(WELL, connections=deaf)
    assert "One thing needs attention." in rendered.text
    assert "• No connection to Slack for 75 s: nothing answers." in rendered.text
    assert refused(rendered) == []


def test_several_troubles_are_counted() -> None:
    rendered = health_message(replace(WELL, schema_ok=False, dead_letters=3))
    assert "2 things need attention." in rendered.text


def test_a_message_that_has_just_begun_to_wait_is_no_trouble() -> None:
    rendered = health_message(replace(WELL, oldest_waiting_message=timedelta(seconds=5)))
    assert "Everything works." in rendered.text
    assert "oldest message waits 5 s" in rendered.text


def test_what_is_lost_is_named_once_for_each_reason_with_what_to_do() -> None:
    since = datetime(2026, 2, 2, 15, tzinfo=UTC)
    people = [LostDestination(destination=f"U{n}", error="messages_tab_disabled", since=since) for n in range(7)]
    gone = LostDestination(destination="C0DISPATCH", error="is_archived", since=since)
    locked = LostDestination(destination="managers", error="restricted_action", since=since)
    rendered = health_message(replace(WELL, lost=(gone, locked, *people)))
    words = seen(rendered)
    assert "3 things need attention" in words
    assert (
        "Slack refuses messages for <#C0DISPATCH> (is_archived), so they are said elsewhere: "
        "take it out of the archive, or name another one in msp.yaml."
    ) in words
    assert "Slack refuses messages for #managers (restricted_action)" in words
    assert "direct messages to <@U0>, <@U1>, <@U2>, <@U3>, <@U4> and 2 more (messages_tab_disabled)" in words
    assert refused(rendered) == []
