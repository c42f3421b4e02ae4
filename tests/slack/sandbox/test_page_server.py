from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import Json
from tests.driver.driver import SlackDriver
from tests.slack.sandbox.calls import fetch
from tests.slack.sandbox.conftest import CHANNELS, COMMANDS, PEOPLE
from tests.slack.sandbox.sample_bot import section
from tests.standing_clock import StandingClock

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def clocked() -> Iterator[Sandbox]:
    with Sandbox(PEOPLE, CHANNELS, commands=COMMANDS, time_control=StandingClock()) as started:
        yield started


def test_the_page_comes_with_rules_that_keep_other_pages_out(sandbox: Sandbox) -> None:
    page = fetch(sandbox.web_url + "/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2fserver.py", "../server.py", "%2e%2e/server.py"])
def test_only_the_pages_own_files_are_served(sandbox: Sandbox, name: str) -> None:
    assert fetch(f"{sandbox.web_url}/assets/{name}").status == 404


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "[bad"])
def test_a_name_that_only_points_here_is_refused(sandbox: Sandbox, host: str) -> None:
    assert fetch(sandbox.web_url + "/sandbox/state", headers={"Host": host}).status == 403


def test_another_page_may_not_post_here(sandbox: Sandbox) -> None:
    body = json.dumps({"as": "technician", "channel": "dispatch", "text": "x"})
    address = sandbox.web_url + "/sandbox/say"
    assert fetch(address, body=body, headers=JSON | {"Origin": "http://evil.test"}).status == 403
    assert fetch(address, body=body, headers={"Content-Type": "text/plain"}).status == 415
    assert fetch(address, body=body, headers=JSON | {"Origin": sandbox.web_url}).status == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("say", {"as": "nobody", "channel": "dispatch", "text": "x"}, 404, "Nobody here is called 'nobody'."),
        ("say", {"as": "technician", "channel": "attic", "text": "x"}, 404, "There is no channel 'attic'."),
        ("say", {"as": "technician", "channel": "dispatch", "text": " "}, 400, "There is nothing to send."),
        ("action", {"as": "technician"}, 400, "Say in which message or view: container is missing."),
        ("clock", {"speed": 2}, 404, "This workspace has no clock to turn."),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so(
    sandbox: Sandbox, path: str, body: dict[str, object], status: int, sentence: str
) -> None:
    answer = fetch(f"{sandbox.web_url}/sandbox/{path}", body=json.dumps(body), headers=JSON)
    assert (answer.status, json.loads(answer.body)["error"]) == (status, sentence)


def test_an_unknown_command_is_answered_by_slack_itself(slack: SlackDriver) -> None:
    slack.as_user("technician").says("/foo bar").expects("/foo is not a valid command")


def test_commands_do_not_work_in_threads(slack: SlackDriver) -> None:
    person = slack.as_user("technician").in_channel("dispatch").says("a root")
    person.in_thread("a root").says("/sla status").expects("/sla is not supported in threads")


def test_people_see_only_their_own_channels(slack: SlackDriver) -> None:
    state = slack.calls.get("state", as_="technician")
    assert [channel["name"] for channel in state["channels"] if channel["kind"] != "im"] == [
        "dispatch",
        "lobby",
        "vault",
    ]
    with pytest.raises(AssertionError, match="You cannot read here"):
        slack.as_user("technician").in_channel("managers").messages()


def test_unread_messages_and_mentions_are_counted_until_they_are_read(api: WebClient, slack: SlackDriver) -> None:
    api.chat_postMessage(channel="C1DISPATCH", text="one")
    api.chat_postMessage(channel="C1DISPATCH", text="<@U2TOM> two")

    def counted() -> tuple[int, int]:
        channels = slack.calls.get("state", as_="technician")["channels"]
        found = next(channel for channel in channels if channel["name"] == "dispatch")
        return found["unread"], found["mention"]

    assert counted() == (2, 1)
    slack.calls.post("read", {"as": "technician", "channel": "dispatch"})
    assert counted() == (0, 0)


def test_a_watching_page_hears_of_messages_and_of_what_slack_would_reject(sandbox: Sandbox, api: WebClient) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    connection.request("GET", "/sandbox/events?as=technician")
    stream = connection.getresponse()
    assert stream.readline() == b": watching\n"
    api.chat_postMessage(channel="C3MANAGERS", text="not for technicians")
    api.chat_postMessage(channel="C1DISPATCH", text="hello")
    api.api_call("api.test")
    with pytest.raises(Exception, match="invalid_blocks"):
        api.chat_postMessage(channel="C1DISPATCH", text="x", blocks=[section("x" * 3001)])
    notices: list[Json] = []
    while len(notices) < 2:
        line = stream.readline().decode()
        if line.startswith("data: "):
            notices.append(json.loads(line.removeprefix("data: ")))
    stream.close()
    connection.close()
    assert notices[0]["type"] == "message"
    assert notices[0]["message"]["text"] == "hello"
    assert (notices[1]["type"], notices[1]["error"]) == ("rejected", "invalid_blocks")


def test_the_clock_is_shown_and_turned(clocked: Sandbox) -> None:
    slack = SlackDriver(clocked)
    slack.turn_clock(speed=60, jump_seconds=3600)
    shown = slack.turn_clock(paused=True)
    assert (shown["now"], shown["speed"], shown["paused"]) == ("2026-03-02T10:00:00+00:00", 60, True)
    assert slack.calls.get("state")["clock"]["zone"] == "Europe/Berlin"
    slack.as_user("technician").in_channel("dispatch").says("what time is it?")
    assert slack.messages("dispatch")[0].body["clock_time"] == "2026-03-02T10:00:00+00:00"


def test_a_second_start_shows_the_old_messages_and_lets_them_be_changed(tmp_path: Path) -> None:
    with Sandbox(PEOPLE, CHANNELS, data_dir=tmp_path) as first:
        api = WebClient(first.bot_token, base_url=first.api_url)
        ts = api.chat_postMessage(channel="C1DISPATCH", text="yesterday", metadata=_KEY)["ts"]
        api.chat_postMessage(channel="C1DISPATCH", text="below", thread_ts=ts)
        api.views_publish(user_id="U2TOM", view={"type": "home", "blocks": [section("My shift")]})
    with Sandbox(PEOPLE, CHANNELS, data_dir=tmp_path) as second:
        api = WebClient(second.bot_token, base_url=second.api_url)
        (message,) = api.conversations_history(channel="C1DISPATCH", include_all_metadata=True)["messages"]
        assert (message["text"], message["reply_count"], message["metadata"]) == ("yesterday", 1, _KEY)
        assert api.chat_update(channel="C1DISPATCH", ts=ts, text="today")["ok"]
        SlackDriver(second).as_user("technician").expects("My shift").expects("today")
        assert api.chat_postMessage(channel="C1DISPATCH", text="new")["ts"] > ts


def test_a_second_sandbox_at_the_same_port_says_that_it_is_taken(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(PEOPLE, CHANNELS, port=sandbox.port).start()


_KEY = {"event_type": "nudge", "event_payload": {"key": "k1"}}
