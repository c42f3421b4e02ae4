"""`/sla misses` in Slack: a private list that turns its pages in place, with the act for what nobody explained."""

from __future__ import annotations

import pytest

from sla_engine.services.queries.misses import PAGE_INCIDENTS, Misses
from tests.polling import until
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only


def test_the_list_turns_its_pages_in_place_and_opens_the_note(desk: Workplace) -> None:
    for number in range(PAGE_INCIDENTS + 1):
        desk.opens(f"Acme Dental P1 Server {number} is down", by="dana")
    desk.passes(hours=2)
    misses = Misses(desk.bot.unit_of_work)

    def noticed() -> bool:
        listed = misses.listed(["first", "reply"], by="U0MIRA", now=desk.time.now())
        return listed.incident_count > PAGE_INCIDENTS

    until(noticed, what="every miss is noticed")
    listed = desk.tells("mira", "misses acme first reply")
    assert f"at {PAGE_INCIDENTS + 1} incidents" in listed.text
    assert "Server 0 is down" in listed.text
    mira = desk.as_user("mira")
    mira.clicks("Next").expects(f"{PAGE_INCIDENTS + 1} to {PAGE_INCIDENTS + 1} of {PAGE_INCIDENTS + 1} are shown")
    shown = [message for message in mira.visible_messages() if "targets missed at" in message.text]
    assert len(shown) == 1, "in place of the first page"
    mira.clicks("Back").expects("Server 0 is down")
    mira.clicks("Write the note…").sees_modal("SLA note")
