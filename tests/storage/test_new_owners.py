"""Whoever is given several incidents at once reads it once, and reads it when that is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from sla_engine.notifications.kinds import Notification, from_payload
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.shifts.absences import Absences
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage.tables.delivery import Outbox
from tests.note_desk import DANA, TOM, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    desk = Desk(database_url)
    yield desk
    desk.close()


def opened(desk: Desk, count: int) -> list[str]:
    """So many incidents that nobody has."""
    return [desk.open(at("mon 09:00"), owner=None, title=f"Down {number}") for number in range(count)]


def carried(desk: Desk) -> None:
    """All that waits was posted."""
    with desk.database.transaction() as session:
        session.execute(update(Outbox).values(state="sent", attempts=1))


def waiting(desk: Desk, *, to: str) -> list[Notification]:
    with desk.database.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.state == "pending", Outbox.destination == to))
        return [from_payload(row.kind, row.payload) for row in rows.all()]


def test_whoever_is_absent_is_given_incidents_without_a_message(desk: Desk) -> None:
    keys = opened(desk, 3)
    Absences(desk.unit_of_work).away(TOM, until=at("mon 12:00"), by=DANA, now=at("mon 09:00"))
    StormActs(desk.unit_of_work).give_out(
        dict.fromkeys(keys[:2], TOM), by=DANA, now=at("mon 09:01"), since=at("mon 09:01")
    )
    StormActs(desk.unit_of_work).give_out({keys[2]: TOM}, by=DANA, now=at("mon 09:01"), since=at("mon 09:01"))
    assert desk.sent(to=TOM) == []


@pytest.mark.parametrize("is_sent", [False, True], ids=["waiting", "sent"])
def test_whoever_was_given_incidents_by_mistake_reads_that_it_was_taken_back(desk: Desk, *, is_sent: bool) -> None:
    keys = opened(desk, 3)
    with request("slack:1"):
        StormActs(desk.unit_of_work).give_out(
            dict.fromkeys(keys, TOM), by=DANA, now=at("mon 09:01"), since=at("mon 09:01")
        )
    if is_sent:
        carried(desk)
    Undo(desk.unit_of_work).undo("slack:1", by=DANA, now=at("mon 09:02"))
    if not is_sent:
        assert waiting(desk, to=TOM) == []
        return
    (edit,) = waiting(desk, to=TOM)
    assert isinstance(edit, LineMessage)
    assert (edit.text_key, len((edit.facts["incidents"] or "").splitlines()), edit.facts["kept"]) == (
        "taken_back_many",
        3,
        "",
    )


def test_of_incidents_given_by_mistake_those_that_somebody_acted_on_stay_listed(desk: Desk) -> None:
    keys = opened(desk, 3)
    with request("slack:1"):
        StormActs(desk.unit_of_work).give_out(
            dict.fromkeys(keys, TOM), by=DANA, now=at("mon 09:01"), since=at("mon 09:01")
        )
    desk.incidents.respond(keys[1], text="", by=TOM, now=at("mon 09:02"))
    Undo(desk.unit_of_work).undo("slack:1", by=DANA, now=at("mon 09:02"))
    *_, edit = waiting(desk, to=TOM)
    assert isinstance(edit, LineMessage)
    assert edit.facts["kept"] == f"{keys[1]} Acme Dental: Down 1"
    assert [line.partition(" ")[0] for line in (edit.facts["incidents"] or "").splitlines()] == [keys[0], keys[2]]
