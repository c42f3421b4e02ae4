"""SLA time that is sped up, paused and jumped, and never runs backwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.services.upkeep.database_time import (
    MAX_SPEED,
    AdjustableTime,
    DatabaseTime,
    terminal_time_for,
    time_source_for,
)
from sla_engine.storage.database import Database
from sla_engine.time_source import SystemTime
from tests.note_desk import Desk, at

pytestmark = pytest.mark.both_databases

START = datetime(2026, 2, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Watch:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        self.shown = START

    def __call__(self) -> datetime:
        return self.shown

    def wait(self, duration: timedelta) -> None:
        self.shown += duration


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_time_begins_with_the_real_present_and_runs_at_its_speed(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch, speed=60)
    watch.wait(MINUTE)
    assert time.now() == START + 60 * MINUTE


def test_a_change_of_speed_counts_from_now(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch)
    watch.wait(MINUTE)
    time.set_speed(10)
    assert time.now() == START + MINUTE
    watch.wait(MINUTE)
    assert time.now() == START + 11 * MINUTE


def test_paused_time_stands_still_and_may_be_jumped(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch)
    time.set_paused(True)
    watch.wait(MINUTE)
    time.jump(3600)
    assert time.now() == START + timedelta(hours=1)
    time.set_paused(False)
    watch.wait(MINUTE)
    assert time.now() == START + timedelta(hours=1) + MINUTE


def test_a_jump_backward_and_a_real_clock_set_back_move_nothing(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch)
    time.jump(-3600)
    watch.wait(-MINUTE)
    assert time.now() == START


@pytest.mark.parametrize(("asked", "given"), [(0.0, 0.001), (-5.0, 0.001), (1e9, MAX_SPEED), (12.0, 12.0)])
def test_a_speed_is_kept_within_reason(database: Database, watch: Watch, asked: float, given: float) -> None:
    time = AdjustableTime(database, real_clock=watch)
    time.set_speed(asked)
    assert time.pace.speed == given


def test_time_that_is_opened_again_goes_on_where_it_was_left(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch, speed=60)
    time.jump(24 * 3600)
    watch.wait(timedelta(days=30))  # nothing runs, nobody writes down
    again = AdjustableTime(database, real_clock=watch, speed=1)
    assert again.now() == START + timedelta(days=1)


def test_time_never_begins_before_the_newest_fact(database_url: str, watch: Watch) -> None:
    desk = Desk(database_url)
    desk.open(at("fri 09:00"))
    assert AdjustableTime(desk.database, real_clock=watch).now() == at("fri 09:00")
    desk.close()


def test_a_stopped_clock_stays_stopped_when_its_speed_is_changed(database: Database, watch: Watch) -> None:
    time = AdjustableTime(database, real_clock=watch)
    time.set_paused(True)
    time.set_speed(30)
    watch.wait(MINUTE)
    assert time.now() == START
    time.set_paused(False)
    watch.wait(MINUTE)
    assert time.now() == START + 30 * MINUTE


def test_another_process_reads_a_running_demo_s_clock_and_stands_still_after_it(
    database: Database, watch: Watch
) -> None:
    demo = AdjustableTime(database, real_clock=watch, speed=60)
    demo.jump(24 * 3600)
    terminal = terminal_time_for(database, real_clock=watch)
    watch.wait(MINUTE)
    assert terminal.now() == demo.now() == START + timedelta(days=1, hours=1)
    demo.stand_still()
    watch.wait(timedelta(days=30))
    assert terminal.now() == START + timedelta(days=1, hours=1)


@pytest.mark.sqlite_only
def test_the_terminal_takes_the_machine_s_time_for_a_database_that_is_no_demo_s(database: Database) -> None:
    assert isinstance(terminal_time_for(database), SystemTime)


@pytest.mark.sqlite_only
def test_a_file_on_this_machine_keeps_the_machine_s_time(database: Database) -> None:
    assert isinstance(time_source_for(database), SystemTime)


@pytest.mark.postgresql_only
def test_machines_that_share_a_server_keep_the_server_s_time(database: Database) -> None:
    time = time_source_for(database)
    assert isinstance(time, DatabaseTime)
    first, second = time.now(), time.now()
    assert first.tzinfo is UTC
    assert first <= second
