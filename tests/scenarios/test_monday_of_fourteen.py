"""Fourteen P1 of one customer within an hour on Monday: how often the dispatcher is written to about notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sla_engine.domain.incidents.priorities import Priority
from tests.note_desk import DANA, GOOD, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    made.ask_daily()
    yield made
    made.close()


def test_the_dispatcher_is_asked_on_two_evenings_and_never_again_about_what_the_notes_explain(desk: Desk) -> None:
    start = at("mon 09:00")
    keys = [
        desk.open(
            start + timedelta(minutes=4 * number), priority=Priority.P1, title=f"Line {number} is dead", owner=None
        )
        for number in range(14)
    ]
    for day in ("mon", "tue", "wed"):
        for hour in (10, 12, 14, 17):
            desk.look(at(f"{day} {hour}:15"))
    asked = [one for one in desk.sent(to=DANA, about="daily:") if one.op == "post"]
    assert len(asked) == 2, "Tuesday's and Wednesday's evening"
    for number, key in enumerate(keys):
        words = GOOD | {"what_happened": " ".join(f"word{number}x{index}" for index in range(12))}
        desk.notes.write(key, by=DANA, reason="vendor", now=at("wed 17:30"), since=None, **words)
    for day in ("thu", "fri", "sat"):
        for hour in (10, 12, 14, 17):
            desk.look(at(f"{day} {hour}:15"))
    asked = [one for one in desk.sent(to=DANA, about="daily:") if one.op == "post"]
    assert len(asked) <= 3
