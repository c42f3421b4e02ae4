"""The bot against a Slack-compatible server that knows less than Slack and says less."""

from __future__ import annotations

import pytest

from bot.doctor import examine
from tests.slack.lesser_server import lesser
from tests.slack.workplace import Workplace, set_up, workspace


@pytest.mark.sqlite_only
def test_the_bot_works_against_a_server_that_knows_fewer_methods_and_leaves_keys_out(database_url: str) -> None:
    set_up(database_url)
    with workspace() as sandbox, lesser(sandbox.web_url) as (address, asked):
        desk = Workplace(database_url, sandbox, api_url=address)
        desk.start()
        try:
            key = desk.opens("Acme Dental P2 E-mail is down")
            desk.tells("tom", f"take {key}")
            assert "Times are Europe/Berlin." in desk.tells("tom", f"why {key}").text
            assert "users.info" in asked, "the zone was asked for, and msp.yaml answered instead"
            desk.tells("tom", f"escalate {key} help")
            desk.dispatch().expects("asks for help")
            desk.dispatch().clicks("I’m on it").expects("Dana is on it")
            desk.as_user("tom").says(f"/sla plan {key}").sees_modal("Plan for the fix")
            tom = desk.slack.as_user("tom").fills({"How will it be resolved?": "New disk"}).submits().sees_no_modal()
            tom.expects("has the plan")
            desk.passes(hours=1)
            desk.tells("tom", f"resolve {key} queue cleared")
            desk.passes(minutes=15)
            desk.slack.as_user("tom").in_dm().expects("SLA notes wanted from you")
            sentences = [finding.sentence for finding in examine(desk.bot)]
            assert any("unnamed" in sentence for sentence in sentences)
        finally:
            desk.stop()
        assert sandbox.rejections == []
