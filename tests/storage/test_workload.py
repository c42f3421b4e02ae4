"""Who could have an incident, by what they have open and whom they know; on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.queries.workload import MANY_URGENT, Assignable, Workload
from sla_engine.services.shifts.absences import Absences
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at
from tests.statements import counted

pytestmark = pytest.mark.both_databases
NOON = at("mon 12:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def loads(assignable: Assignable) -> list[tuple[str, int, int, int]]:
    return [(one.name, one.open_count, one.urgent_count, one.had_customer) for one in assignable.candidates]


def test_the_least_loaded_come_first_then_those_who_know_the_customer(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    for _ in range(MANY_URGENT):
        desk.open(at("mon 09:10"), priority=Priority.P3, owner=TOM)
    desk.open(at("mon 09:20"), priority=Priority.P4, owner=TESS)
    done = desk.open(at("mon 09:30"), owner=MIRA)
    desk.incidents.resolve(done, text="", by=MIRA, now=at("mon 09:40"))
    assignable = Workload(desk.unit_of_work).assignable(key, by=DANA, now=NOON)
    rows = loads(assignable)
    assert (assignable.key, assignable.customer) == (key, "Acme Dental")
    assert rows[0] == ("Mira", 0, 0, 1), "of those with nothing open, who had the customer before comes first"
    assert rows[-2:] == [("Tess", 1, 0, 1), ("Tom", 4, 4, 4)]
    assert [one.name for one in assignable.candidates if one.is_busy] == ["Tom"]


def test_whoever_has_it_is_not_offered_and_who_is_absent_comes_last(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=TOM)
    Absences(desk.unit_of_work).away(TESS, until=at("mon 17:00"), by=DANA, now=at("mon 09:05"))
    assignable = Workload(desk.unit_of_work).assignable(key, by=DANA, now=NOON)
    assert TOM not in [one.slack_id for one in assignable.candidates]
    assert [one.slack_id for one in assignable.candidates if one.is_absent] == [TESS]
    assert assignable.candidates[-1].slack_id == TESS


def test_only_those_who_may_assign_see_the_loads(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    with pytest.raises(NotAllowed):
        Workload(desk.unit_of_work).assignable(key, by=TOM, now=NOON)
    with pytest.raises(UnknownIncident):
        Workload(desk.unit_of_work).assignable("INC-9", by=DANA, now=NOON)


def test_however_many_incidents_are_counted_in_a_few_statements(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    for _ in range(20):
        desk.open(at("mon 09:10"), owner=TOM)
    workload = Workload(desk.unit_of_work)
    workload.assignable(key, by=DANA, now=NOON)
    with counted(desk.database) as statements:
        workload.assignable(key, by=DANA, now=NOON)
    statements.must_be_at_most(5)
