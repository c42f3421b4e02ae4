"""Slack away, the database locked or gone, a process that dies, an envelope that comes twice."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.connections.socket_mode import ConnectionRules
from bot.requests.front_desk import UNFINISHED_AFTER
from bot.sandbox.traffic.faults import Fault, FaultKind
from sla_engine.domain.incidents.events import Acknowledged, Assigned
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.time_source import real_now
from tests.polling import until
from tests.postgresql_server import PostgresqlServer
from tests.slack.workplace import Workplace, set_up, workspace

pytestmark = pytest.mark.both_databases

BUSY = "The database is busy or away right now; nothing was changed, please try again"


def _dies(*_: object, **__: object) -> None:
    """What marking a request as done comes to in a process that has just been killed."""


def acts(desk: Workplace, key: str, kind: type[Any]) -> int:
    """How many facts of a kind an incident has."""
    history = desk.bot.board.show(key, now=desk.time.now()).history
    return sum(isinstance(entry.event, kind) for entry in history)


def test_while_slack_is_away_a_click_is_kept_and_answered_when_it_is_back(desk: Workplace) -> None:
    key = desk.opens()
    desk.tells("tom", f"escalate {key} help")
    desk.dispatch().expects("asks for help")
    desk.sandbox.faults.begin_outage()
    desk.dispatch().clicks("I’m on it")
    until(lambda: acts(desk, key, Acknowledged) == 1, what="the click is carried out")
    assert "is on it" not in desk.nudges()[-1].text, "nothing can be edited while Slack is away"
    desk.sandbox.faults.end_outage()
    desk.dispatch().expects("Dana is on it")
    assert len(desk.nudges()) == 1


def test_a_private_answer_that_slack_does_not_take_comes_later_as_a_direct_message(desk: Workplace) -> None:
    key = desk.opens()
    desk.sandbox.faults.next(Fault(FaultKind.ERROR_BEFORE, method="response_url", status=503))
    desk.as_user("tom").says(f"/sla resume {key}")
    desk.slack.as_user("tom").in_dm().expects("is not paused")
    desk.as_user("tom").does_not_see("is not paused")


def test_a_request_that_was_kept_before_its_process_died_is_carried_out_exactly_once(desk: Workplace) -> None:
    key = desk.opens()
    body = {
        "command": "/sla",
        "text": f"take {key}",
        "user_id": "U0TOM",
        "trigger_id": "1.2.dead",
        "channel_id": "C0GENERAL",
        "user": {"id": "U0TOM"},
    }
    Requests(desk.bot.database).take("slack:1.2.dead", body, at=real_now() - 2 * UNFINISHED_AFTER)
    assert desk.bot.desk.carry_out_unfinished() == 1
    desk.slack.as_user("tom").expects("is yours")
    assert desk.bot.desk.carry_out_unfinished() == 0
    assert "@tom has it" in desk.tells("dana", "status all").text


@pytest.mark.sqlite_only
def test_work_that_was_done_but_not_marked_as_done_is_not_done_twice(
    desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = desk.opens()
    desk.tells("tom", f"escalate {key} help")
    desk.dispatch().expects("asks for help")
    requests = desk.bot.desk.requests
    until(lambda: not requests.unfinished(at=real_now(), older_than=timedelta(0)), what="all are marked")
    with monkeypatch.context() as dying:
        dying.setattr(Requests, "done", _dies)
        desk.dispatch().clicks("I’m on it").expects("Dana is on it")
    monkeypatch.setattr(desk.bot.desk, "real_clock", lambda: real_now() + 2 * UNFINISHED_AFTER)
    assert desk.bot.desk.carry_out_unfinished() == 1
    assert acts(desk, key, Acknowledged) == 1
    assert desk.bot.desk.carry_out_unfinished() == 0


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("impatient")
def test_a_locked_database_asks_the_person_to_try_again_and_leaves_nothing_half_written(desk: Workplace) -> None:
    key = desk.opens()
    path = desk.bot.settings.database_url.get_secret_value().removeprefix("sqlite:///")
    before = len(desk.bot.board.show(key, now=desk.time.now()).history)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    desk.as_user("tom").says(f"/sla take {key}").expects(BUSY)
    writer.execute("ROLLBACK")
    writer.close()
    assert len(desk.bot.board.show(key, now=desk.time.now()).history) == before
    assert "is yours" in desk.tells("tom", f"take {key}").text


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("impatient")
def test_a_click_that_was_kept_before_the_database_was_locked_is_carried_out_when_it_is_free(
    desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = desk.opens()
    path = desk.bot.settings.database_url.get_secret_value().removeprefix("sqlite:///")
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    take = desk.bot.desk.requests.take

    def is_kept_and_then_locked(request: str, payload: Any, *, at: datetime) -> bool:
        is_new = take(request, payload, at=at)
        writer.execute("BEGIN IMMEDIATE")
        return is_new

    with monkeypatch.context() as locking:
        locking.setattr(desk.bot.desk.requests, "take", is_kept_and_then_locked)
        desk.as_user("tom").says(f"/sla take {key}").expects(f"Your “take {key}” is kept")
    assert acts(desk, key, Assigned) == 0
    writer.execute("ROLLBACK")
    writer.close()
    monkeypatch.setattr(desk.bot.desk, "real_clock", lambda: real_now() + 2 * UNFINISHED_AFTER)
    desk.bot.desk.carry_out_unfinished()
    desk.as_user("tom").expects("is yours")
    assert acts(desk, key, Assigned) == 1


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("impatient")
def test_a_form_handed_in_while_the_database_is_locked_stays_open_with_its_words(desk: Workplace) -> None:
    key = desk.opens()
    tom = desk.as_user("tom").says(f"/sla plan {key}").sees_modal("Plan for the fix")
    path = desk.bot.settings.database_url.get_secret_value().removeprefix("sqlite:///")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    tom.fills({"How will it be resolved?": "New disk"}).submits()
    tom.sees_field_error("How will it be resolved?", BUSY)
    writer.execute("ROLLBACK")
    writer.close()
    tom.submits().sees_no_modal()
    desk.slack.as_user("tom").expects("has the plan")


def test_a_form_with_a_time_in_words_is_answered_at_once_while_slack_hangs(
    desk: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = desk.opens()
    tom = desk.as_user("tom").says(f"/sla pause {key}").sees_modal("Pause")
    closed = threading.Event()
    answered_first: list[bool] = []

    def hangs_until_the_form_is_closed(**_: object) -> None:
        answered_first.append(closed.wait(10))
        raise TimeoutError

    monkeypatch.setattr(desk.bot.client, "users_info", hangs_until_the_form_is_closed)
    tom.fills({"Why?": "Waiting for the customer", "Until when?": "tomorrow 15:00"}).submits().sees_no_modal()
    closed.set()
    assert False not in answered_first, "the form waits for nothing that Slack is asked"
    assert desk.sandbox.late_acks == []


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("impatient")
def test_a_database_that_is_gone_asks_the_person_to_try_again(
    desk: Workplace, postgresql_server: PostgresqlServer, given_server: str | None
) -> None:
    if given_server is not None:
        pytest.skip("a server somebody else runs is not crashed")
    key = desk.opens()
    postgresql_server.crash()
    try:
        desk.as_user("tom").says(f"/sla take {key}").expects(BUSY)
    finally:
        postgresql_server.start()
    assert "is yours" in desk.tells("tom", f"take {key}").text


def test_an_envelope_that_is_delivered_twice_has_one_effect(desk: Workplace) -> None:
    key = desk.opens()
    bodies: list[dict[str, Any]] = []
    take = desk.bot.desk.requests.take

    def remember(request: str, payload: Any, *, at: datetime) -> bool:
        bodies.append(dict(payload))
        return take(request, payload, at=at)

    desk.bot.desk.requests.take = remember  # type: ignore[method-assign] # listens in on what arrives
    desk.tells("tom", f"update {key} On our way")
    again = desk.bot.desk.on_command(lambda _: pytest.fail("a request that was taken is not carried out again"))
    acknowledged = threading.Event()
    again(lambda **_: acknowledged.set(), bodies[-1], BoltRequest(body=bodies[-1], mode="socket_mode"))
    assert acknowledged.is_set(), "Slack is answered, or it would come a third time"


@pytest.mark.sqlite_only
def test_a_bot_that_starts_while_slack_is_away_connects_when_it_is_back(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox:
        sandbox.faults.begin_outage()
        desk = Workplace(database_url, sandbox, connections=ConnectionRules(first_pause=0.2))
        desk.running.start()
        until(lambda: sandbox.calls("apps.connections.open") != [], what="the bot has tried")
        sandbox.faults.end_outage()
        until(lambda: sandbox.connection_count > 0, what="the bot is connected")
        assert "Nothing is assigned" in desk.tells("tom", "status").text
        desk.stop()
        assert sandbox.rejections == []
