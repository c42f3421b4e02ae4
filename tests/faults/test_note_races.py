"""The daily message falls due while the note is being written: never both lost, never asked after it is written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from sla_engine.domain.notes.note_state import NoteState
from sla_engine.notifications.daily import DailyLine
from sla_engine.storage import incidents
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import GOOD, TOM, Desk, at
from tests.polling import PATIENCE_SECONDS

pytestmark = pytest.mark.both_databases

DAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def until_done(act: Callable[[], object]) -> None:
    """A person or a sweep that was told to try again does."""
    for _ in range(20):
        try:
            act()
        except StorageBusy:
            continue
        return
    pytest.fail("still busy after twenty attempts")


def test_the_daily_message_and_the_note_at_once_leave_one_note_and_no_open_question(desk: Desk) -> None:
    desk.ask_daily()
    for number, day in enumerate(DAYS):
        due = at(f"{day} 11:15")
        key = desk.missed(at(f"{day} 09:00"))
        story = GOOD | {"what_happened": f"Number{number} " * 9 + "stood still until somebody looked at it"}
        write = partial(desk.notes.write, key, by=TOM, reason="capacity", now=due, since=None, **story)
        look = partial(desk.sweep.run_once, now=due)
        threads = [threading.Thread(target=until_done, args=(act,)) for act in (write, look)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=PATIENCE_SECONDS)
        with desk.database.reading() as session:
            note = IncidentPrompts(session, incidents.find(session, key).id).note
        assert note is not None
        assert note.state is NoteState.WRITTEN
        assert [line for line in lines(desk, key) if not line.is_done] == []
        assert [item.incident_key for item in desk.notes.queue(now=due)].count(key) == 1


def lines(desk: Desk, key: str) -> list[DailyLine]:
    """What the writer's daily messages say of an incident in the end."""
    shown = [line for asked in desk.asked(TOM) for section in asked.sections for line in section.lines]
    return [line for line in shown if line.subject == key]
