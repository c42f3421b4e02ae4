from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.sandbox.conftest import connected
from tests.slack.sandbox.sample_bot import SampleBot


def test_without_a_connection_a_command_is_not_dispatched(slack: SlackDriver) -> None:
    slack.as_user("technician").says("/sla status").expects('/sla failed with the error "dispatch_failed"')


def test_only_the_app_token_opens_a_connection(sandbox: Sandbox, api: WebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        api.apps_connections_open(app_token=sandbox.bot_token)
    assert refusal.value.response["error"] == "not_allowed_token_type"
    address = api.apps_connections_open(app_token=sandbox.app_token)["url"]
    assert address.startswith("ws://127.0.0.1:")


def test_the_bot_connects_anew_when_asked_to(sandbox: Sandbox, bot: SampleBot, slack: SlackDriver) -> None:
    opened = len(sandbox.calls("apps.connections.open"))
    sandbox.disconnect()
    until(
        lambda: len(sandbox.calls("apps.connections.open")) > opened and sandbox.connection_count == 1,
        what="the bot is connected again",
    )
    slack.as_user("technician").says("/sla status").expects("you typed: status")
    assert bot.bodies[-1]["text"] == "status"


def test_each_envelope_goes_to_one_of_several_connections(sandbox: Sandbox, slack: SlackDriver) -> None:
    with connected(sandbox) as one, connected(sandbox) as other:
        for number in range(4):
            slack.as_user("technician").says(f"/sla {number}").expects(f"you typed: {number}")
        assert len(one.bodies) == len(other.bodies) == 2


def test_the_page_is_told_whether_the_bot_is_there(sandbox: Sandbox, slack: SlackDriver) -> None:
    assert slack.calls.get("state")["app"]["connected"] is False
    with connected(sandbox):
        assert slack.calls.get("state")["app"]["connected"] is True
    until(lambda: not slack.calls.get("state")["app"]["connected"], what="the bot is gone")
