"""What the author of a note will do about the next miss: said in the note, listed, done, or said no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.note_events import ActionItemDone, NoteWritten
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.errors import NoteIncomplete, UnknownActionItem
from sla_engine.domain.notes.prevention import PlannedAction
from sla_engine.notifications.daily import DailyMessage
from sla_engine.services.audit.audit import Audit
from sla_engine.services.notes.action_items import ActionItems, ListedActionItem
from sla_engine.storage import events, incidents
from tests.note_desk import GOOD, MIRA, TESS, TOM, Desk, at

WATCH: dict[str, Any] = {"prevention": "action", "action": PlannedAction("Page whoever is on call", date(2026, 2, 6))}
STORIES = (
    "The vendor's line was down all morning",
    "A lorry cut through the cable outside",
    "Their router had to be replaced twice",
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def items(desk: Desk) -> ActionItems:
    return ActionItems(desk.unit_of_work)


def open_items(items: ActionItems, by: str, now: str = "mon 12:00") -> list[tuple[str, str, str]]:
    return [(item.number, item.what, item.owner) for item in items.open_list(by=by, now=at(now))]


def one_offs(desk: Desk, keys: list[str], now: datetime) -> list[int]:
    """How many one-offs alike the reviews of these incidents' notes tell of."""
    return [desk.notes.read(key, by=MIRA, now=now).one_offs for key in keys]


@pytest.mark.both_databases
def test_what_the_author_will_do_is_theirs_until_it_is_done(desk: Desk, items: ActionItems) -> None:
    key = desk.written(at("mon 10:00"), **WATCH)
    assert open_items(items, TOM) == [("ACT-1", "Page whoever is on call", TOM)]
    review = desk.notes.read(key, by=MIRA, now=at("mon 10:05"))
    assert (review.prevention_kind, review.prevention) == ("I will do something", "Page whoever is on call")
    assert (review.action_number, review.action_due) == ("ACT-1", at("fri 00:00"))
    items.done("act1", by=TOM, now=at("tue 09:00"))
    assert open_items(items, TOM) == []
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    assert ActionItemDone(number="ACT-1", text="Page whoever is on call") in [entry.event for entry in history]
    with pytest.raises(AlreadyDone):
        items.done("ACT-1", by=MIRA, now=at("tue 09:05"))


def test_the_due_day_lasts_to_its_end(desk: Desk, items: ActionItems) -> None:
    desk.written(at("mon 10:00"), **WATCH)

    def is_overdue(now: str, week: int = 0) -> bool:
        (item,) = items.open_list(by=TOM, now=at(now, week=week))
        assert isinstance(item, ListedActionItem)
        return item.is_overdue

    assert not is_overdue("fri 23:59")
    assert is_overdue("sat 00:00")


def test_only_the_owner_and_service_managers_say_that_it_is_done(desk: Desk, items: ActionItems) -> None:
    desk.written(at("mon 10:00"), **WATCH)
    with pytest.raises(NotAllowed):
        items.done("ACT-1", by=TESS, now=at("mon 11:00"))
    assert open_items(items, TESS) == []
    assert [number for number, _, _ in open_items(items, MIRA)] == ["ACT-1"]
    items.done("ACT-1", by=MIRA, now=at("mon 11:05"))


def test_a_number_that_nothing_has_names_the_nearest(desk: Desk, items: ActionItems) -> None:
    desk.written(at("mon 10:00"), **WATCH)
    for number, near in (("ACT-11", ("ACT-1",)), ("ATC-1", ("ACT-1",)), ("x" * 40, ())):
        with pytest.raises(UnknownActionItem) as refusal:
            items.done(number, by=TOM, now=at("mon 11:00"))
        assert refusal.value.near == near


def test_a_note_written_anew_changes_or_withdraws_what_its_author_will_do(desk: Desk, items: ActionItems) -> None:
    key = desk.written(at("mon 10:00"), **WATCH)
    later = WATCH | {"action": PlannedAction("Page the whole team", date(2026, 2, 9))}
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:00"), **GOOD | later)
    assert open_items(items, TOM) == [("ACT-1", "Page the whole team", TOM)]
    assert desk.notes.prefill(key, now=at("mon 11:30")).action == later["action"]
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 12:00"), **GOOD)
    assert open_items(items, TOM) == []
    with pytest.raises(UnknownActionItem):
        items.done("ACT-1", by=TOM, now=at("mon 12:05"))


def test_what_was_done_stays_done_when_its_note_is_written_anew(desk: Desk, items: ActionItems) -> None:
    key = desk.written(at("mon 10:00"), **WATCH)
    items.done("ACT-1", by=TOM, now=at("mon 10:30"))
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:00"), **GOOD | WATCH)
    assert open_items(items, TOM) == []


def test_what_and_by_when_are_asked_together_with_all_else_that_is_missing(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    blank: dict[str, Any] = {
        "prevention": "action",
        "action": PlannedAction(" ", None),
    }
    with pytest.raises(NoteIncomplete) as refusal:
        desk.notes.write(key, by=TOM, reason=None, what_happened="Busy", impact="bad", now=at("mon 10:05"), **blank)
    assert list(refusal.value.problems) == ["reason", "what_happened", "impact", "action", "action_due"]


def test_the_third_one_off_of_a_kind_is_pointed_out_to_the_service_manager(desk: Desk) -> None:
    keys = [
        desk.written(at(hour), reason="vendor", what_happened=story)
        for hour, story in zip(("mon 10:00", "tue 10:00", "wed 10:00"), STORIES, strict=True)
    ]
    keys.append(desk.written(at("thu 10:00"), reason="capacity", what_happened="Two people were ill that day"))
    late = "The vendor came a day late"
    keys.append(desk.written(at("fri 10:00"), reason="vendor", what_happened=late, prevention="sop"))
    assert one_offs(desk, keys, at("fri 11:00")) == [1, 2, 3, 1, 0]


def test_a_one_off_of_the_month_before_does_not_count(desk: Desk) -> None:
    keys = [
        desk.written(at("mon 10:00", week=week), reason="vendor", what_happened=story)
        for week, story in zip((0, 1, 5), STORIES, strict=True)
    ]
    assert one_offs(desk, keys, at("mon 11:00", week=5)) == [1, 2, 2]


def test_a_choice_that_was_changed_behind_its_facts_is_noticed(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"), **WATCH)
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    assert [entry.event.prevention for entry in history if isinstance(entry.event, NoteWritten)] == ["action"]
    assert Audit(desk.database).run(now=at("mon 11:00")).findings == []
    with desk.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE sla_note SET prevention_kind = 'one-off'")
    assert len(Audit(desk.database).run(now=at("mon 11:00")).findings) == 1


def daily(desk: Desk, person: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """What was sent to a person each day: the operation, and the action items with their due day and whether done."""
    rows = [(row.op, row.shown) for row in desk.sent(to=person) if isinstance(row.shown, DailyMessage)]
    return [
        (op, [(line.subject, line.detail, line.is_done) for part in shown.sections for line in part.lines])
        for op, shown in rows
        if op != "delete"
    ]


def test_an_owner_is_asked_daily_from_the_day_before_until_it_is_done(desk: Desk, items: ActionItems) -> None:
    desk.ask_daily()
    key = desk.written(at("mon 10:00"), **WATCH)
    desk.incidents.resolve(key, text="Fixed", by=TOM, now=at("mon 10:05"))
    for day in ("wed", "thu", "fri"):
        desk.look(at(f"{day} 11:15"))
    assert daily(desk, TOM) == [("post", [("ACT-1", "due Fri 06 Feb", False)])] * 2
    desk.look(at("mon 11:15", week=1))
    assert daily(desk, TOM)[-1] == ("post", [("ACT-1", "was due Fri 06 Feb", False)])
    items.done("ACT-1", by=TOM, now=at("mon 11:40", week=1))
    assert daily(desk, TOM)[-1] == ("update", [("ACT-1", "done, thank you", True)])
    desk.look(at("tue 11:15", week=1))
    assert len([op for op, _ in daily(desk, TOM) if op == "post"]) == 3


def test_an_owner_is_not_asked_while_a_p1_of_theirs_is_open(desk: Desk) -> None:
    desk.ask_daily()
    key = desk.written(at("mon 10:00"), **WATCH)
    desk.incidents.resolve(key, text="Fixed", by=TOM, now=at("mon 10:05"))
    desk.open(at("thu 11:00"), priority=Priority.P1)
    desk.look(at("thu 11:15"))
    assert daily(desk, TOM) == []
