"""What people are answered where something else happens at the moment they act: how it stands, not what they wished.

The clock stands still, as the demo's may, and ticket systems know seconds only.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from sla_engine.storage import incidents
from tests.slack.workplace import Workplace

pytestmark = pytest.mark.sqlite_only

NUMBERS = count(1)


def tell(desk: Workplace, ticket: str, *events: tuple[str, dict[str, str]]) -> None:
    """What a ticket system tells of this very moment, one delivery each."""
    now = desk.time.now()
    for event, more in events:
        told: dict[str, Any] = {"event": event, "id": f"d{next(NUMBERS)}", "external_id": ticket, "at": now.isoformat()}
        desk.bot.reception.intake.receive("webhook", told["id"], told | more, now=now)


def ticket(desk: Workplace) -> tuple[str, str]:
    """A ticket that was opened and resolved some minutes ago, and its incident."""
    name = f"T-{next(NUMBERS)}"
    opening = {"customer": "Acme Dental", "title": "Nobody can print", "priority": "P2"}
    tell(desk, name, ("opened", opening))
    desk.passes(minutes=1)
    tell(desk, name, ("resolved", {}))
    desk.passes(minutes=1)
    with desk.bot.unit_of_work.database.reading() as session:
        record = incidents.find_external(session, source="webhook", external_id=name)
    assert record is not None
    return name, record.key


def test_in_one_moment_a_pause_and_a_resume_leave_it_running_as_often_as_one_likes(desk: Workplace) -> None:
    key = desk.opens()
    for _ in range(3):
        assert "waits for" in desk.tells("tess", f"pause {key} customer until 30m").text
        assert f"*{key}* runs again" in desk.tells("tess", f"resume {key}").text
    assert "Paused" not in desk.tells("tess", f"show {key}").text


@pytest.mark.parametrize(
    ("told", "who", "words", "sentence"),
    [
        ([("reopened", {}), ("status_changed", {"status": "pending"})], "tess", "resume {key}", "is still paused: "),
        ([("reopened", {})], "tess", "resolve {key}", "is still open. Yours is on record"),
        ([("reopened", {}), ("assigned", {"to": "tom"})], "tess", "take {key}", "is with <@U0TOM>. Yours"),
        ([("reopened", {}), ("assigned", {"to": "tom"})], "dana", "assign {key} @tess", "is with <@U0TOM>. Yours"),
        ([("reopened", {}), ("assigned", {"to": "tom"})], "dana", "handback {key} no time", "is with <@U0TOM>. Yours"),
        (
            [("reopened", {}), ("status_changed", {"status": "open"})],
            "tess",
            "pause {key} vendor until 30m",
            "is not paused.",
        ),
        ([("reopened", {}), ("priority_changed", {"priority": "P3"})], "tess", "priority {key} P4", "is P3. Yours"),
    ],
    ids=["resume", "resolve", "take", "assign", "hand back", "pause", "priority"],
)
def test_whoever_acts_is_answered_how_it_stands(
    desk: Workplace, told: list[tuple[str, dict[str, str]]], who: str, words: str, sentence: str
) -> None:
    name, key = ticket(desk)
    tell(desk, name, *told)
    answer = desk.tells(who, words.format(key=key)).text
    assert f"*{key}* {sentence}" in answer
    assert f"/sla show {key}" in answer
