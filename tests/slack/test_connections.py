"""Two Socket Mode connections: what is lost with one of them, and how soon somebody is told when there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk import WebClient

from bot.connection_health import ConnectionHealth
from bot.connections.socket_connection import PingRules
from bot.connections.socket_mode import CONNECTIONS, PATIENT, Acknowledgement, ConnectionRules, SocketMode
from bot.doctor import examine
from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.traffic.faults import Fault, FaultKind
from bot.settings import BotSettings
from bot.web import create_app
from bot.wiring import Bot
from sla_engine.time_source import monotonic
from tests.driver.driver import SlackDriver
from tests.faults.broken_answers import BROKEN, broken_server
from tests.polling import PATIENCE_SECONDS, until
from tests.slack.workplace import Workplace, set_up, workspace

pytestmark = pytest.mark.sqlite_only

PINGS = PingRules(every=0.1, answered_within=1.0, open_within=PATIENCE_SECONDS, close_within=0.2)
QUICK = ConnectionRules(pings=PINGS, first_pause=0.05, longest_pause=0.2, red_after=0.3, drained_within=0.2)
IMPATIENT = Strictness(ack_seconds=1.0, ping_seconds=0.1)
"""For what is not acknowledged at all."""
PROMISED_SECONDS = 15


def test_the_watch_notices_a_zombie_within_fifteen_seconds() -> None:
    pings = PATIENT.pings
    assert pings.every + pings.answered_within + pings.close_within < PROMISED_SECONDS
    assert PATIENT.red_after == 60


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (20, 60), (100_000, 60)])
def test_connecting_backs_off_to_a_minute_with_jitter(failures: int, seconds: float) -> None:
    assert PATIENT.pause(failures, share=1.0) == seconds
    assert PATIENT.pause(failures, share=0.0) == seconds / 2


class Line:
    """The connections to a sandbox, without a bot behind them: each command is answered with its own words."""

    def __init__(self, sandbox: Sandbox, *, rules: ConnectionRules = QUICK) -> None:
        self.sandbox = sandbox
        self.client = WebClient(base_url=sandbox.api_url, retry_handlers=[], timeout=2)
        self.before_answering: Callable[[dict[str, Any]], object] = lambda _: None
        self.socket = SocketMode(ask_address=self.ask_address, dispatch=self.dispatch, rules=rules, draw=lambda: 0.0)
        self._numbers = count()

    def ask_address(self) -> str:
        return str(self.client.apps_connections_open(app_token=self.sandbox.app_token)["url"])

    def dispatch(self, envelope: dict[str, Any]) -> Acknowledgement | None:
        self.before_answering(envelope)
        return {"text": f"you typed: {envelope['payload']['text']}"}

    def is_answered(self) -> bool:
        """Whether a command is answered before Slack loses its patience."""
        words = f"number {next(self._numbers)}"
        tom = SlackDriver(self.sandbox).as_user("tom").in_channel("general")
        tom.says(f"/sla {words}")
        return any(message.text == f"you typed: {words}" for message in tom.visible_messages())

    def are_answered(self) -> bool:
        """Whether every connection answers: Slack sends each command over another one."""
        return all(self.is_answered() for _ in range(2 * CONNECTIONS))

    def is_whole(self) -> bool:
        return self.socket.health().up == CONNECTIONS == self.sandbox.connection_count


@contextmanager
def line_to(sandbox: Sandbox, **more: Any) -> Iterator[Line]:
    """Connected, until the test is over."""
    line = Line(sandbox, **more)
    line.socket.start()
    try:
        yield line
    finally:
        line.socket.stop()


@pytest.fixture
def patience() -> Strictness:
    """How long Slack waits for an acknowledgement: as long as a busy machine takes, unless a test says otherwise."""
    return Strictness(ack_seconds=PATIENCE_SECONDS, ping_seconds=0.1)


@pytest.fixture
def line(patience: Strictness) -> Iterator[Line]:
    with workspace(strictness=patience) as sandbox, line_to(sandbox) as connected:
        until(connected.is_whole, what="both connections are up")
        yield connected
        assert sandbox.rejections == []


def test_both_connections_carry_requests_and_are_healthy(line: Line) -> None:
    assert line.are_answered()
    assert line.socket.health() == ConnectionHealth(up=2, wanted=2, seconds_without=0.0, red=None)


def test_a_connection_that_is_reset_costs_nothing(line: Line) -> None:
    line.sandbox.reset_connection()
    until(lambda: line.sandbox.connection_count < CONNECTIONS or line.is_whole(), what="it is gone")
    assert line.are_answered()
    until(line.is_whole, what="there are two again")


@pytest.mark.parametrize("patience", [IMPATIENT], ids=["impatient"])
def test_a_zombie_is_left_and_then_every_request_is_answered(line: Line) -> None:
    line.sandbox.freeze_connection()
    until(line.are_answered, seconds=PROMISED_SECONDS, what="every connection answers")
    until(line.is_whole, what="there are two again")


def test_a_connection_slack_wants_renewed_is_replaced_and_what_arrived_over_it_is_still_answered(line: Line) -> None:
    arrived, goes_on = threading.Event(), threading.Event()

    def waits(_: dict[str, Any]) -> None:
        arrived.set()
        goes_on.wait(PATIENCE_SECONDS)

    line.before_answering = waits
    answered: list[bool] = []
    asking = threading.Thread(target=lambda: answered.append(line.is_answered()))
    asking.start()
    assert arrived.wait(PATIENCE_SECONDS)
    opened = len(line.sandbox.calls("apps.connections.open"))
    line.sandbox.disconnect()
    until(
        lambda: len(line.sandbox.calls("apps.connections.open")) >= opened + CONNECTIONS and line.is_whole(),
        what="both are renewed",
    )
    goes_on.set()
    asking.join()
    assert answered == [True]


@pytest.mark.parametrize("patience", [IMPATIENT], ids=["impatient"])
def test_a_request_that_fails_or_is_not_acknowledged_leaves_the_next_one_alone(line: Line) -> None:
    def fails(_: dict[str, Any]) -> None:
        raise ZeroDivisionError

    line.before_answering = fails
    assert not line.is_answered()
    line.before_answering = lambda _: None
    until(line.are_answered, what="every connection answers")


def test_what_has_arrived_is_answered_before_the_process_ends(line: Line) -> None:
    arrived, takes_a_moment = threading.Event(), threading.Event()

    def answers_late(_: dict[str, Any]) -> None:
        arrived.set()
        takes_a_moment.wait(0.1)

    line.before_answering = answers_late
    answered: list[bool] = []
    asking = threading.Thread(target=lambda: answered.append(line.is_answered()))
    asking.start()
    assert arrived.wait(PATIENCE_SECONDS)
    line.socket.stop()
    asking.join()
    assert answered == [True]
    until(lambda: line.sandbox.connection_count == 0, what="nothing is left open")


def test_connections_that_are_closed_as_soon_as_they_are_open_are_not_asked_for_in_a_storm(line: Line) -> None:
    began = monotonic()
    while (lasted := monotonic() - began) < 1:
        line.sandbox.disconnect()
    asked = len(line.sandbox.calls("apps.connections.open"))
    assert asked < CONNECTIONS * (2 + lasted / (QUICK.longest_pause / 2))
    until(line.is_whole, what="both are up")


def test_connections_that_open_and_never_answer_are_red_and_left_again_and_again(line: Line) -> None:
    line.sandbox.freeze_connections()
    until(lambda: line.socket.health().red is not None, what="nothing is deaf and green")
    red = line.socket.health().red
    assert red is not None
    assert "no connection to Slack for" in red
    line.sandbox.thaw_connections()
    until(line.is_whole, what="both are up again")
    assert line.socket.health().red is None
    assert line.are_answered()


# urllib leaves a connection whose headers it cannot read to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_whatever_slack_answers_connecting_is_tried_until_it_works(answer: bytes) -> None:
    with workspace(strictness=IMPATIENT) as sandbox, broken_server(answer) as broken:
        line = Line(sandbox)
        line.client.base_url = broken.url
        line.socket.start()
        try:
            until(lambda: broken.asked > 2 * CONNECTIONS, what="it was tried again and again")
            until(lambda: line.socket.health().red is not None, what="somebody is told")
            line.client.base_url = sandbox.api_url
            until(line.is_whole, what="both are up")
            assert line.socket.health().red is None
        finally:
            line.socket.stop()


def test_a_fault_of_ours_does_not_end_connecting_either() -> None:
    with workspace(strictness=IMPATIENT) as sandbox:
        line = Line(sandbox)
        faults: list[Exception] = [ZeroDivisionError(), RuntimeError("no"), KeyError("url"), ValueError("no address")]

        def asks() -> str:
            if faults:
                raise faults.pop()
            return line.ask_address()

        line.socket = SocketMode(ask_address=asks, dispatch=line.dispatch, rules=QUICK)
        line.socket.start()
        until(line.is_whole, what="both are up")
        line.socket.stop()


def test_keeping_goes_on_when_what_fails_is_the_keeping(line: Line) -> None:
    draws: list[float] = []

    def draw() -> float:
        draws.append(0.0)
        if len(draws) <= CONNECTIONS:
            raise ZeroDivisionError
        return 0.0

    line.socket._draw = draw
    for _ in range(CONNECTIONS):
        line.sandbox.reset_connection()
    until(lambda: len(draws) > 1 and line.is_whole(), what="both are up again")
    assert line.are_answered()


def test_the_time_slack_wants_to_be_left_alone_is_kept_by_both_connections() -> None:
    with workspace(strictness=IMPATIENT) as sandbox:
        sandbox.faults.next(Fault(FaultKind.RATE_LIMITED, method="apps.connections.open", retry_after=1))
        with line_to(sandbox) as line:
            until(line.is_whole, what="both are up")
        first, second, third = [call.at for call in sandbox.calls("apps.connections.open")][:3]
        assert second - first >= 0.95
        assert third >= second


def test_what_was_acknowledged_is_carried_out_before_the_process_ends(database_url: str) -> None:
    bot = Bot(BotSettings(database_url=SecretStr(database_url), slack_bot_token=SecretStr("xoxb-1")))
    takes_a_moment = threading.Event()
    in_hand = bot.socket_app.listener_runner.listener_executor.submit(takes_a_moment.wait, 0.1)
    bot.close()
    assert in_hand.done()


REVOKED = "SLACK_APP_TOKEN was revoked: make a new one"


def refuse_the_app_token(sandbox: Sandbox, error: str, *, times: int = 100) -> None:
    sandbox.faults.next(Fault(FaultKind.REFUSE, method="apps.connections.open", error=error), times=times)


def test_without_a_connection_health_and_figures_say_why_and_recover(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        desk = Workplace(database_url, sandbox, connections=QUICK)
        desk.start()
        web = create_app(desk.bot, serves_slack=False).test_client()
        try:
            assert "2 of 2 connections to Slack" in desk.tells("tom", "health").text
            assert web.get("/healthz").status_code == 200
            assert "sla_slack_connections 2.0" in web.get("/metrics").text
            refuse_the_app_token(sandbox, "token_revoked", times=1000)
            for _ in range(CONNECTIONS):
                sandbox.reset_connection()
            until(lambda: web.get("/healthz").status_code == 503, what="/healthz is red")
            red = web.get("/healthz").get_json()["red"]
            assert red.startswith("no connection to Slack for")
            assert REVOKED in red
            figures = web.get("/metrics").text
            assert "sla_slack_connections 0.0" in figures
            assert "sla_slack_seconds_without_connection 0.0" not in figures
            sandbox.faults.clear()
            until(lambda: web.get("/healthz").status_code == 200, what="/healthz is green")
            assert "Everything works." in desk.tells("tom", "health").text
        finally:
            desk.stop()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("token_revoked", REVOKED),
        ("invalid_auth", "Slack does not know SLACK_APP_TOKEN"),
        ("missing_scope", "SLACK_APP_TOKEN lacks the scope connections:write"),
        ("internal_error", "Slack refuses to connect (internal_error)."),
    ],
)
def test_doctor_tries_the_app_token(database_url: str, error: str, sentence: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        refuse_the_app_token(sandbox, error)
        assert any(sentence in each for each in missing_in(sandbox, database_url, SecretStr(sandbox.app_token)))


def test_doctor_knows_a_bot_token_in_the_place_of_the_app_token_and_a_slack_that_rations(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        (wrong,) = missing_in(sandbox, database_url, SecretStr(sandbox.bot_token))
        assert "SLACK_APP_TOKEN is no app-level token: it must begin with xapp-" in wrong
        sandbox.faults.next(Fault(FaultKind.RATE_LIMITED, method="apps.connections.open"))
        assert missing_in(sandbox, database_url, SecretStr(sandbox.app_token)) == []


def missing_in(sandbox: Sandbox, url: str, app_token: SecretStr) -> list[str]:
    """What `sla-bot doctor` finds missing."""
    bot = Bot(
        BotSettings(
            database_url=SecretStr(url),
            slack_bot_token=SecretStr(sandbox.bot_token),
            slack_app_token=app_token,
            slack_api_url=sandbox.api_url,
        )
    )
    found = [finding.sentence for finding in examine(bot) if not finding.is_well]
    bot.close()
    return found
