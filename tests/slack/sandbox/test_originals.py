from __future__ import annotations

import pytest
from slack_sdk.webhook import WebhookClient

from tests.driver.driver import SlackDriver
from tests.slack.sandbox.sample_bot import SampleBot


@pytest.fixture
def address(bot: SampleBot, slack: SlackDriver) -> WebhookClient:
    """The response address of a click on a card."""
    slack.as_user("technician").in_channel("dispatch").says("/sla card")
    slack.as_user("dispatcher").in_channel("dispatch").clicks("Whisper").expects("only you can see this")
    return WebhookClient(bot.bodies[-1]["response_url"], retry_handlers=[])


def test_a_click_can_replace_the_message_it_was_made_on(address: WebhookClient, slack: SlackDriver) -> None:
    address.send(text="replaced", replace_original=True)
    assert [message.text for message in slack.messages("dispatch")] == ["replaced"]


def test_a_click_can_delete_the_message_it_was_made_on(address: WebhookClient, slack: SlackDriver) -> None:
    address.send(delete_original=True)
    assert slack.messages("dispatch") == []
