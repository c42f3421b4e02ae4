from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.sandbox.server import Sandbox
from tests.driver.driver import SlackDriver
from tests.polling import until
from tests.slack.sandbox.conftest import CHANNELS, COMMANDS, IMPATIENT, PEOPLE, close
from tests.slack.sandbox.sample_bot import Body, note_view, section

pytestmark = pytest.mark.usefixtures("sandbox")


class Listener:
    """A bot that only keeps what it is told, on a platform whose real time stands still."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.last: Body = {}

    def take(self, ack: Ack, body: Body) -> None:
        self.last = body
        ack()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def sandbox(listener: Listener) -> Iterator[Sandbox]:
    timed = Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, strictness=IMPATIENT, real_time=lambda: listener.now)
    with timed as started:
        app = App(client=WebClient(started.bot_token, base_url=started.api_url, retry_handlers=[]))
        app.command("/sla")(listener.take)
        handler = SocketModeHandler(app, started.app_token)
        handler.connect()  # type: ignore[no-untyped-call] # the library's own gap
        until(lambda: started.connection_count == 1, what="the bot is connected")
        SlackDriver(started).as_user("technician").in_channel("dispatch").says("/sla status")
        yield started
        close(handler)


def trigger_error(api: WebClient, trigger_id: str) -> str:
    with pytest.raises(SlackApiError) as refusal:
        api.views_open(trigger_id=trigger_id, view=note_view())
    return str(refusal.value.response["error"])


def test_a_trigger_is_good_for_three_seconds(api: WebClient, listener: Listener) -> None:
    listener.now += 3.0
    assert api.views_open(trigger_id=listener.last["trigger_id"], view=note_view())["ok"]


def test_a_trigger_expires_after_three_seconds(api: WebClient, listener: Listener) -> None:
    listener.now += 3.1
    assert trigger_error(api, listener.last["trigger_id"]) == "expired_trigger_id"


def test_triggers_expire_on_request(sandbox: Sandbox, api: WebClient, listener: Listener) -> None:
    sandbox.expire_triggers()
    assert trigger_error(api, listener.last["trigger_id"]) == "expired_trigger_id"


def test_a_trigger_is_good_only_once(api: WebClient, listener: Listener) -> None:
    api.views_open(trigger_id=listener.last["trigger_id"], view=note_view())
    assert trigger_error(api, listener.last["trigger_id"]) == "exchanged_trigger_id"


def test_a_modal_is_updated_only_with_its_current_hash(api: WebClient, listener: Listener) -> None:
    view = api.views_open(trigger_id=listener.last["trigger_id"], view=note_view())["view"]
    api.views_update(view_id=view["id"], hash=view["hash"], view=note_view("Second"))
    with pytest.raises(SlackApiError) as refusal:
        api.views_update(view_id=view["id"], hash=view["hash"], view=note_view("Third"))
    assert refusal.value.response["error"] == "hash_conflict"


def test_a_response_address_takes_five_answers(listener: Listener, slack: SlackDriver) -> None:
    address = WebhookClient(listener.last["response_url"], retry_handlers=[])
    answers = [address.send(text=f"answer {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 404]
    assert answers[0].body == "ok"
    assert "used_url" in answers[5].body
    slack.as_user("technician").in_channel("dispatch").expects("answer 4").does_not_see("answer 5")
    slack.as_user("dispatcher").does_not_see("answer")


def test_a_response_address_lives_half_an_hour(listener: Listener) -> None:
    address = WebhookClient(listener.last["response_url"], retry_handlers=[])
    listener.now += 30 * 60
    assert address.send(text="just in time").status_code == 200
    listener.now += 1
    assert "expired_url" in address.send(text="too late").body


def test_a_response_address_refuses_bad_blocks(sandbox: Sandbox, listener: Listener) -> None:
    address = WebhookClient(listener.last["response_url"], retry_handlers=[])
    answer = address.send(text="x", blocks=[section("x" * 3001)])
    assert answer.status_code == 400
    assert sandbox.rejections[-1].error == "invalid_blocks"
