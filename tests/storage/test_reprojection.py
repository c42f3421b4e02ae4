"""A version applied while incidents are open: what has passed stays, what is left follows, what is closed is closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.version_impact import FirstMove
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.versions import reproject
from sla_engine.services.versions.reproject import Projected
from sla_engine.storage import incidents, projections
from tests.note_desk import TOM, at
from tests.version_desk import DEPOT, RESOLUTION, RESPONSE, TARGETS, VersionDesk, depot

HOUR = timedelta(hours=1)
NEXT_MONDAY = "2026-02-09"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[VersionDesk]:
    made = VersionDesk(database_url, tmp_path, depot())
    yield made
    made.close()


def owed(desk: VersionDesk) -> projections.PendingProjection | None:
    with desk.database.reading() as session:
        return projections.next_pending(session)


def answered(desk: VersionDesk, now: datetime, priority: Priority = Priority.P4) -> str:
    key = desk.open_for_depot(now, priority)
    desk.incidents.respond(key, text="", by=TOM, now=now)
    return key


# ---------------------------------------------------------------- the past stays, the rest follows


def test_a_holiday_next_week_moves_only_what_is_due_after_it(desk: VersionDesk) -> None:
    before_it, after_it = desk.open_for_depot(at("thu 10:00")), desk.open_for_depot(at("thu 10:00"), Priority.P4)
    rows, facts = desk.rows(), desk.events()
    assert desk.apply(depot(closed=NEXT_MONDAY), at("thu 12:00")) == Projected(incidents=1, clocks=1)
    assert desk.row(after_it)["due_at"] == at("wed 10:00", week=1)
    moved = [(old, new) for old, new in zip(rows, desk.rows(), strict=True) if old != new]
    assert [(new["incident_id"], new["metric"]) for _, new in moved] == [
        (desk.row(after_it)["incident_id"], RESOLUTION)
    ]
    assert desk.row(before_it)["due_at"] == at("fri 10:00")
    assert desk.events() == facts


def test_the_looks_move_with_what_is_due(desk: VersionDesk) -> None:
    key = answered(desk, at("thu 10:00"))
    desk.look(at("fri 16:00"))
    armed = desk.timers()
    desk.apply(depot(closed=NEXT_MONDAY), at("fri 16:30"))
    moved = {subject: due for subject, due in desk.timers().items() if due != armed[subject]}
    assert moved == {f"clock {key}:resolution": armed[f"clock {key}:resolution"] + timedelta(days=1)}


def test_a_nudge_that_is_there_says_when_it_is_due_now(desk: VersionDesk) -> None:
    answered(desk, at("thu 10:00"))
    desk.look(at("mon 12:00", week=1))
    (before,) = {one.shown.due_at for one in desk.sent() if isinstance(one.shown, NudgeMessage)}
    desk.apply(depot(closed='"2026-02-10"'), at("mon 12:30", week=1))
    after = desk.sent(about="nudge:")[-1]
    assert isinstance(after.shown, NudgeMessage)
    assert (after.op, before, after.shown.due_at) == ("update", at("tue 10:00", week=1), at("wed 10:00", week=1))


def test_what_turns_at_the_next_opening_moves_with_it(desk: VersionDesk) -> None:
    key = answered(desk, at("fri 09:00"), Priority.P2)
    assert (desk.row(key)["due_at"], desk.row(key)["grace_until"]) == (at("fri 17:00"), at("mon 09:00", week=1))
    assert desk.apply(depot(closed=NEXT_MONDAY), at("fri 12:00")) == Projected(incidents=1, clocks=1)
    assert (desk.row(key)["due_at"], desk.row(key)["grace_until"]) == (at("fri 17:00"), at("tue 09:00", week=1))
    desk.look(at("mon 12:00", week=1))
    assert desk.row(key)["breached_at"] is None


def test_what_turns_at_the_next_opening_moves_with_an_edit_made_over_the_weekend(desk: VersionDesk) -> None:
    key = answered(desk, at("fri 09:00"), Priority.P2)
    desk.apply(depot(closed=NEXT_MONDAY), at("sat 12:00"))
    assert desk.row(key)["grace_until"] == at("tue 09:00", week=1)
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 12:00", week=1))
    assert desk.row(key)["breached_at"] is None


def test_open_time_before_an_edit_counts_on_the_hours_of_its_day(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"), Priority.P4)
    desk.apply(depot(hours="09:00-13:00"), at("tue 13:30"))
    found = desk.row(key)
    assert found["due_at"] == at("fri 12:30")  # 12.5 h passed, 11.5 h are left at 4 h a day
    assert desk.reading(key, at("tue 13:30")).elapsed == 12.5 * HOUR
    assert desk.reading(key, at("wed 12:00")).elapsed == 15.5 * HOUR


def test_an_edit_that_takes_effect_later_leaves_the_hours_until_then(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"), Priority.P4)
    desk.apply(depot(effective="2026-02-04", hours="09:00-11:00"), at("mon 10:00"))
    assert desk.row(key)["due_at"] == at("mon 11:00", week=1)  # 16 h on two long days, 8 h on four short ones


def test_an_edit_that_takes_hours_away_and_gives_them_back_before_the_due_time_still_moves_the_looks(
    desk: VersionDesk,
) -> None:
    key = answered(desk, at("mon 09:00"), Priority.P3)
    hours = 'mon: "09:00-14:00", tue: "06:00-17:00", wed-fri: "09:00-17:00"'
    desk.apply(depot().replace('mon-fri: "09:00-17:00"', hours), at("mon 10:00"))
    assert desk.row(key)["due_at"] == at("tue 17:00")
    assert desk.timers()[f"clock {key}:resolution"] == at("tue 09:00")  # half of it was mon 17:00


# ---------------------------------------------------------------- what is closed is closed


def test_closed_clocks_are_the_same_to_the_byte(desk: VersionDesk) -> None:
    resolved, answered = desk.open_for_depot(at("mon 09:00")), desk.open_for_depot(at("mon 09:00"), Priority.P4)
    desk.incidents.resolve(resolved, text="", by=TOM, now=at("mon 10:00"))
    desk.incidents.respond(answered, text="", by=TOM, now=at("mon 10:00"))
    rows, facts, closed = desk.rows(resolved), desk.events(), desk.row(answered, RESPONSE)
    desk.apply(depot(hours="09:00-10:00", targets={**TARGETS, "P2": "30m"}, response="5m"), at("mon 10:15"))
    assert desk.rows(resolved) == rows
    assert desk.row(answered, RESPONSE) == closed
    assert desk.events() == facts
    desk.incidents.update_customer(answered, text="We look into it.", by=TOM, now=at("tue 09:30"))
    assert desk.row(answered, RESPONSE) == closed


# ---------------------------------------------------------------- other targets


def test_a_target_that_is_overdue_at_once_is_breached_by_the_change(desk: VersionDesk) -> None:
    key = answered(desk, at("mon 09:00"), Priority.P2)
    desk.apply(depot(targets={**TARGETS, "P2": "3h"}), at("mon 14:00"))
    row = desk.row(key)
    assert (row["breached_at"], row["breached_on_change"], row["target_us"]) == (
        at("mon 14:00"),
        True,
        3 * 3600 * 10**6,
    )
    (fact,) = desk.facts(key, "breached")
    assert (fact["occurred_at"], fact["payload"]["on_change"]) == (at("mon 14:00"), True)


def test_a_shorter_target_that_comes_later_is_breached_the_moment_it_counts(desk: VersionDesk) -> None:
    key = answered(desk, at("mon 09:00"))
    number = desk.store(depot(effective="2026-02-04", targets={**TARGETS, "P4": "10h"}), at("mon 10:00"))
    desk.reprojection.run(now=at("mon 10:00"))
    assert desk.row(key)["due_at"] == at("wed 00:00")
    desk.look(at("tue 23:59"))
    assert desk.facts(key, "breached") == []
    desk.look(at("wed 00:00"))
    (fact,) = desk.facts(key, "breached")
    assert (fact["occurred_at"], fact["recorded_at"]) == (at("wed 00:00"), at("wed 00:00"))
    assert fact["payload"]["on_change"]
    assert desk.row(key)["version_id"] == number


def test_it_counts_for_a_clock_that_rests_too(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"), Priority.P4)
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("tue 12:00"))
    desk.apply(depot(effective="2026-02-04", targets={**TARGETS, "P4": "10h"}), at("tue 13:00"))
    assert desk.row(key)["breached_at"] is None
    desk.look(at("wed 00:00"))
    assert (desk.row(key)["breached_at"], desk.row(key)["breached_on_change"]) == (at("wed 00:00"), True)


def test_a_longer_target_takes_back_no_breach(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"), Priority.P1)
    desk.look(at("mon 14:00"))
    desk.apply(depot(targets={**TARGETS, "P1": "40h"}), at("mon 14:30"))
    assert desk.row(key)["breached_at"] == at("mon 13:00")
    assert desk.facts(key, "corrected") == []


def test_what_only_the_new_version_promises_gets_a_clock(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"), Priority.P4)
    with_plan = depot().replace("P4: {first_response", "P4: {resolution_plan: 6h, first_response")
    desk.apply(with_plan, at("mon 10:00"))
    assert [row["due_at"] for row in desk.rows(key) if row["metric"] == "resolution_plan"] == [at("mon 15:00")]


def test_a_running_ladder_stays_the_one_of_the_opening(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"))
    armed = desk.timers()
    desk.apply(depot(more="ladders: {default: [{at: 10%, tell: dispatcher}]}"), at("mon 09:05"))
    assert desk.timers() == armed
    later = desk.open_for_depot(at("mon 09:10"))
    assert desk.timers()[f"clock {later}:first_response"] == at("mon 09:22")
    assert desk.timers()[f"clock {key}:first_response"] == at("mon 10:00")


# ---------------------------------------------------------------- going on


@pytest.mark.both_databases
def test_what_was_interrupted_is_gone_on_with(desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproject, "BATCH", 1)
    keys = [answered(desk, at("thu 10:00")) for _ in range(3)]
    desk.store(depot(closed=NEXT_MONDAY), at("thu 12:00"))

    def die(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.reprojection.run(now=at("thu 12:00"), on_progress=die)
    assert [desk.row(key)["due_at"] for key in keys] == [at("wed 10:00", week=1), *[at("tue 10:00", week=1)] * 2]
    assert owed(desk) is not None
    assert desk.reprojection.run(now=at("thu 12:30")) == Projected(incidents=2, clocks=2)
    assert {desk.row(key)["due_at"] for key in keys} == {at("wed 10:00", week=1)}
    assert owed(desk) is None


@pytest.mark.sqlite_only
def test_people_act_while_many_incidents_are_measured_anew(desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproject, "BATCH", 5)
    keys = [desk.open_for_depot(at("thu 10:00"), Priority.P4, owner=None) for _ in range(80)]
    desk.store(depot(closed=NEXT_MONDAY), at("thu 10:30"))
    began, acted = threading.Event(), threading.Event()
    left = []

    def act() -> None:
        began.wait()
        desk.incidents.take(keys[0], by=TOM, now=at("thu 10:31"))  # waits for its turn as long as people wait
        acted.set()

    def watch(done: int, of: int) -> None:
        began.set()
        if not acted.is_set():
            left.append(of - done)

    person = threading.Thread(target=act)
    person.start()
    desk.reprojection.run(now=at("thu 10:30"), on_progress=watch)
    person.join()
    assert acted.is_set()
    assert min(left) > 0  # it was done before the last batch was
    assert {desk.row(key)["due_at"] for key in keys} == {at("wed 10:00", week=1)}


@pytest.mark.both_databases
def test_a_worker_goes_on_part_by_part(desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproject, "BATCH", 1)
    monkeypatch.setattr(reproject, "A_PART", 2)
    keys = [answered(desk, at("thu 10:00")) for _ in range(3)]
    desk.store(depot(closed=NEXT_MONDAY), at("thu 12:00"))
    moved = []
    while desk.reprojection.go_on(now=at("thu 12:00")):
        moved.append(sum(desk.row(key)["due_at"] == at("wed 10:00", week=1) for key in keys))
    assert moved == [2, 3]
    assert owed(desk) is None


@pytest.mark.both_databases
def test_two_processes_that_go_on_at_once_do_nothing_twice(desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproject, "BATCH", 1)
    for _ in range(3):
        answered(desk, at("thu 10:00"))
    desk.store(depot(closed=NEXT_MONDAY), at("thu 12:00"))
    other = Projected()

    def run_another(done: int, _of: int) -> None:
        nonlocal other
        if done == 1:
            other = desk.reprojection.run(now=at("thu 12:00"))

    assert desk.reprojection.run(now=at("thu 12:00"), on_progress=run_another) == Projected(incidents=1, clocks=1)
    assert other == Projected(incidents=2, clocks=2)


def test_a_second_edit_in_the_middle_of_the_first_leaves_nobody_out(
    desk: VersionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reproject, "BATCH", 1)
    keys = [answered(desk, at("thu 10:00")) for _ in range(3)]
    desk.store(depot(closed=NEXT_MONDAY), at("thu 12:00"))

    def edit_again(done: int, _of: int) -> None:
        if done == 1 and desk.applied == 2:
            desk.store(depot(more="# the holiday was a mistake"), at("thu 12:01"))

    desk.reprojection.run(now=at("thu 12:01"), on_progress=edit_again)
    assert {desk.row(key)["due_at"] for key in keys} == {at("tue 10:00", week=1)}
    assert owed(desk) is None


def test_an_agreement_of_nobody_who_is_served_owes_nothing(desk: VersionDesk) -> None:
    desk.store(depot(closed=NEXT_MONDAY), at("thu 12:00"))
    assert owed(desk) is None
    assert desk.reprojection.run(now=at("thu 12:00")) == Projected()


def test_an_incident_that_cannot_be_reckoned_keeps_no_other_from_it(
    desk: VersionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = desk.open_for_depot(at("thu 10:00"), Priority.P4), desk.open_for_depot(at("thu 10:00"), Priority.P4)
    desk.store(depot(targets={**TARGETS, "P4": "25h"}), at("thu 11:00"))
    project = reproject.project

    def reckon(work: IncidentWork) -> int:
        if work.key == bad:
            raise CalendarNeverOpens(work.key, "UTC", work.now)
        return project(work)

    monkeypatch.setattr(reproject, "project", reckon)
    assert desk.reprojection.run(now=at("thu 11:00")) == Projected(incidents=2, clocks=1)
    assert desk.row(good)["due_at"] == at("tue 11:00", week=1)
    assert owed(desk) is None


def test_a_customer_may_have_any_number_of_sites(desk: VersionDesk) -> None:
    key = answered(desk, at("thu 10:00"))
    move = FirstMove(at("fri 12:00"), None)
    kinds = [Subject(priority=Priority.P4, site=f"site {number}") for number in range(1001)]
    mine = Subject(priority=Priority.P4)
    with desk.database.reading() as session:
        number = incidents.find(session, key).id
        for reaches in (
            [projections.Reach(kind) for kind in (*kinds, mine)],
            [projections.Reach(kind, RESOLUTION, move) for kind in (*kinds[:200], mine)],
        ):
            assert projections.touched(session, DEPOT, reaches, after=0) == [number]
            assert projections.touched(session, DEPOT, reaches[:-1], after=0) == []


def test_replayed_and_other_customers_incidents_are_not_touched(desk: VersionDesk) -> None:
    other = desk.open(at("thu 10:00"))
    rows = desk.rows(other)
    desk.open_for_depot(at("thu 10:00"))
    assert desk.apply(depot(targets={**TARGETS, "P2": "5h"}), at("thu 12:00")).incidents == 1
    assert desk.rows(other) == rows
    with desk.database.reading() as session:
        assert projections.count_open(session, DEPOT) == 1
