"""Timers that are due are read page by page, oldest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_engine.domain.upkeep.duties import Duty
from sla_engine.storage import timers
from sla_engine.storage.database import Database
from tests.note_desk import at

NINE = at("mon 09:00")


@pytest.mark.both_databases
def test_a_page_goes_on_where_the_one_before_ended(database_url: str) -> None:
    database = Database(database_url)
    with database.transaction() as session:
        for number in range(5):  # two of them at one instant
            timers.arm(session, Duty.DIGEST, f"week {number}", NINE + timedelta(minutes=number // 2))
    with database.reading() as session:
        first = timers.due_by(session, now=NINE + timedelta(hours=1), after=None, limit=3)
        rest = timers.due_by(session, now=NINE + timedelta(hours=1), after=first[-1], limit=3)
        none = timers.due_by(session, now=NINE + timedelta(hours=1), after=rest[-1], limit=3)
    database.close()
    assert [timer.subject for timer in (*first, *rest)] == [f"week {number}" for number in range(5)]
    assert none == []
