from __future__ import annotations

import threading
import time
from http.client import RemoteDisconnected

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from bot.sandbox.traffic.faults import Fault, FaultKind
from tests.driver.driver import SlackDriver
from tests.polling import PATIENCE_SECONDS, until

DISPATCH = "C1DISPATCH"


def posted(slack: SlackDriver) -> list[str]:
    return [message.text for message in slack.messages("dispatch")]


def status_of(api: WebClient) -> int:
    with pytest.raises(SlackApiError) as refusal:
        api.chat_postMessage(channel=DISPATCH, text="x")
    return int(refusal.value.response.status_code)


@pytest.mark.parametrize(("retry_after", "header"), [(30, "30"), (None, None)])
def test_the_next_calls_are_told_to_wait(
    sandbox: Sandbox, api: WebClient, retry_after: int | None, header: str | None
) -> None:
    sandbox.faults.next(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", retry_after=retry_after), times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refusal:
            api.chat_postMessage(channel=DISPATCH, text="x")
        assert refusal.value.response.status_code == 429
        assert refusal.value.response.headers.get("Retry-After") == header
    assert api.chat_postMessage(channel=DISPATCH, text="x")["ok"]


@pytest.mark.parametrize(("kind", "accepted"), [(FaultKind.ERROR_BEFORE, []), (FaultKind.ERROR_AFTER, ["x"])])
def test_a_broken_answer_may_come_before_or_after_accepting(
    sandbox: Sandbox, api: WebClient, slack: SlackDriver, kind: FaultKind, accepted: list[str]
) -> None:
    sandbox.faults.next(Fault(kind, "chat.postMessage", status=502))
    assert status_of(api) == 502
    assert posted(slack) == accepted


@pytest.mark.parametrize(("kind", "accepted"), [(FaultKind.DROP_BEFORE, []), (FaultKind.DROP_AFTER, ["x"])])
def test_a_connection_may_drop_before_or_after_accepting(
    sandbox: Sandbox, api: WebClient, slack: SlackDriver, kind: FaultKind, accepted: list[str]
) -> None:
    sandbox.faults.next(Fault(kind, "chat.postMessage"))
    with pytest.raises(RemoteDisconnected):
        api.chat_postMessage(channel=DISPATCH, text="x")
    assert posted(slack) == accepted


def test_a_call_may_hang_until_the_caller_gives_up(sandbox: Sandbox, slack: SlackDriver) -> None:
    sandbox.faults.next(Fault(FaultKind.HANG, "chat.postMessage", seconds=10 * PATIENCE_SECONDS))
    hasty = WebClient(sandbox.bot_token, base_url=sandbox.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=DISPATCH, text="x")
    assert posted(slack) == []


def test_a_post_may_land_after_the_caller_gave_up(sandbox: Sandbox, slack: SlackDriver) -> None:
    sandbox.faults.next(Fault(FaultKind.DELAY_ACCEPT, "chat.postMessage", seconds=3))
    hasty = WebClient(sandbox.bot_token, base_url=sandbox.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=DISPATCH, text="late")
    assert posted(slack) == []
    until(lambda: posted(slack) == ["late"], what="the post lands")


def test_a_trouble_meets_only_its_method_and_channel(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.faults.next(Fault(FaultKind.REFUSE, "chat.postMessage", channel=DISPATCH, error="fatal_error"))
    assert api.auth_test()["ok"]
    assert api.chat_postMessage(channel="C3MANAGERS", text="x")["ok"]
    with pytest.raises(SlackApiError) as refusal:
        api.chat_postMessage(channel=DISPATCH, text="x")
    assert refusal.value.response["error"] == "fatal_error"


def test_history_may_come_back_empty(sandbox: Sandbox, api: WebClient) -> None:
    api.chat_postMessage(channel=DISPATCH, text="x")
    sandbox.faults.next(Fault(FaultKind.EMPTY_HISTORY, "conversations.history"))
    assert api.conversations_history(channel=DISPATCH)["messages"] == []
    assert len(api.conversations_history(channel=DISPATCH)["messages"]) == 1


def test_during_an_outage_nothing_works_and_afterwards_everything(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.faults.begin_outage()
    assert status_of(api) == 503
    sandbox.faults.end_outage()
    assert api.chat_postMessage(channel=DISPATCH, text="x")["ok"]


def test_a_stopped_sandbox_refuses_connections_and_comes_back_at_the_same_port(
    sandbox: Sandbox, api: WebClient, slack: SlackDriver
) -> None:
    ts = api.chat_postMessage(channel=DISPATCH, text="x")["ts"]
    sandbox.stop()
    with pytest.raises(OSError, match="refused"):
        api.auth_test()
    sandbox.start()
    assert api.chat_update(channel=DISPATCH, ts=ts, text="y")["ok"]
    assert posted(slack) == ["y"]


def test_stopping_does_not_wait_for_a_call_that_hangs(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.faults.next(Fault(FaultKind.HANG, "auth.test", seconds=10 * PATIENCE_SECONDS))
    gone: list[BaseException] = []

    def call() -> None:
        try:
            api.auth_test()
        except OSError as problem:
            gone.append(problem)

    caller = threading.Thread(target=call)
    caller.start()
    until(lambda: sandbox.faults.is_empty, what="the call hangs")
    began = time.monotonic()
    sandbox.stop()
    caller.join(timeout=PATIENCE_SECONDS)
    assert gone
    assert time.monotonic() - began < PATIENCE_SECONDS
