"""`sla-bot demo`: people, channels and a clock to turn, and the same data the next time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.demo import Demo
from sla_engine.storage.database import WORKER_WAIT_SECONDS
from tests.driver.driver import SlackDriver
from tests.polling import until


@contextmanager
def demo_in(data: Path) -> Iterator[tuple[Demo, SlackDriver]]:
    """A demo that runs, on a free port."""
    demo = Demo(data, port=0, speed=1)
    demo.start()
    try:
        until(lambda: demo.sandbox.connection_count > 0, what="the bot is connected")
        yield demo, SlackDriver(demo.sandbox)
    finally:
        demo.stop()
        assert demo.sandbox.rejections == []


def test_the_demo_has_work_in_it_and_goes_on_with_it_the_next_time(tmp_path: Path) -> None:
    with demo_in(tmp_path / "demo") as (demo, slack):
        assert {person.slack_id for person in demo.msp.people} >= {"U0DANA", "U0TOM", "U0MIRA"}
        tom = slack.as_user("tom").in_channel("general").says("/sla status").expects("Label printer")
        tom.says("/sla open Acme Dental P3 Opened by hand").expects("Opened *INC-")
        before = demo.time.now()
        slack.turn_clock(jump_seconds=3600)
        assert (demo.time.now() - before).total_seconds() >= 3600
        slack.as_user("dana").in_channel("dispatch").expects("Server dc01")
        slack.turn_clock(paused=True)
        stood = demo.time.now()
        assert demo.time.now() == stood
    database, workspace = tmp_path / "demo" / "sla-bot.db", tmp_path / "demo" / "workspace"
    assert stat.S_IMODE((tmp_path / "demo").stat().st_mode) == 0o700
    database.chmod(0o644)  # as an earlier version left them
    workspace.chmod(0o755)
    with demo_in(tmp_path / "demo") as (demo, slack):
        assert [stat.S_IMODE(kept.stat().st_mode) for kept in (database, workspace)] == [0o600, 0o700]
        assert demo.time.now() >= stood
        everything = slack.as_user("tom").in_channel("general").says("/sla status all")
        everything.expects("INC-1004")
        seeded = demo.bot.board.everything(now=demo.time.now()).incidents
        assert len(seeded) == 4, "the samples are opened once"
        waits = demo.time.database.wait_seconds
        assert waits == WORKER_WAIT_SECONDS, "a clock that is turned waits for what the turn before made due"
