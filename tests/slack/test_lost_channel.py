"""The dispatchers' channel is lost, or is another one, while the whole bot is at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla_engine.services.agreements import people_files
from sla_engine.storage.database import Database
from tests.slack.workplace import BEFORE, EXAMPLES, Workplace, set_up, workspace

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(database_url: str) -> Iterator[Workplace]:
    """The bot at work; Slack may refuse messages here."""
    set_up(database_url)
    with workspace() as sandbox:
        place = Workplace(database_url, sandbox)
        place.start()
        try:
            yield place
        finally:
            place.stop()


def test_a_nudge_for_an_archived_channel_comes_to_the_managers_with_buttons_that_act(desk: Workplace) -> None:
    desk.sandbox.archive("dispatch")
    key = desk.opens("Acme Dental P1 Nobody can log in")
    managers = desk.slack.as_user("mira").in_channel("service-managers")
    managers.expects(key).expects("is_archived")
    managers.clicks("I’m on it").expects("Mira is on it")
    assert desk.nudges() == []
    assert "so they are said elsewhere" in desk.tells("dana", "health").text


def test_a_new_msp_yaml_is_in_force_while_the_bot_runs(desk: Workplace, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "msp.yaml"
    text = (EXAMPLES / "msp.yaml").read_text()
    file.write_text(text.replace("dispatcher: C0DISPATCH", "dispatcher: general").replace("[U0DANA, U0DEV]", "[U0DEV]"))
    database = Database(database_url)
    people_files.apply(database, file, by="test", now=BEFORE)
    database.close()
    key = desk.opens("Acme Dental P1 Nobody can log in")
    desk.as_user("dev").expects(key).expects("@dev")

    desk.sandbox.use_manifest({"features": {}})
    desk.tells("dev", f"assign {key} @tom")
    desk.as_user("dev").expects("A message for @tom could not be delivered (messages_tab_disabled)")
    assert desk.nudges() == []
