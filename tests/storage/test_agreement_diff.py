"""What agreement files would do, told before they are applied: nothing is stored, and it comes as it was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.files.errors import FileInvalid
from sla_engine.services.versions.preview import ClockDiff, CustomerDiff, diff
from sla_engine.storage import agreements
from tests.note_desk import TOM, at
from tests.version_desk import DEPOT, RESOLUTION, RESPONSE, TARGETS, VersionDesk, depot

HOUR = timedelta(hours=1)
HOLIDAY = depot(closed="2026-02-09")


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[VersionDesk]:
    made = VersionDesk(database_url, tmp_path, depot())
    yield made
    made.close()


def answered(desk: VersionDesk, now: datetime, priority: Priority = Priority.P4) -> str:
    key = desk.open_for_depot(now, priority)
    desk.incidents.respond(key, text="", by=TOM, now=now)
    return key


def told(desk: VersionDesk, text: str, now: datetime, *, every: bool = False) -> CustomerDiff:
    (found,) = diff(desk.database, [desk.file(text)], now=now, every=every).customers
    return found


def due(clock: ClockDiff) -> tuple[datetime | None, datetime | None]:
    assert clock.before is not None
    assert clock.after is not None
    return clock.before.due_at, clock.after.due_at


def stored(desk: VersionDesk) -> tuple[object, ...]:
    with desk.database.reading() as session:
        return desk.rows(), desk.timers(), desk.events(), agreements.applied_versions(session, DEPOT)


def test_every_due_time_is_told_before_and_after_and_nothing_is_stored(desk: VersionDesk) -> None:
    moved, unmoved = answered(desk, at("thu 10:00")), answered(desk, at("thu 10:00"), Priority.P1)
    before = stored(desk)
    found = told(desk, HOLIDAY, at("thu 12:00"))
    assert (found.customer, found.zone, found.incidents, found.changed_incidents) == (DEPOT, "America/New_York", 2, 1)
    (clock,) = found.changes
    assert (clock.key, clock.metric, due(clock)) == (
        moved,
        RESOLUTION,
        (at("tue 10:00", week=1), at("wed 10:00", week=1)),
    )
    assert stored(desk) == before
    everything = told(desk, HOLIDAY, at("thu 12:00"), every=True)
    assert [(each.key, each.changes) for each in everything.clocks] == [(moved, True), (unmoved, False)]


def test_it_comes_as_it_was_told(desk: VersionDesk) -> None:
    answered(desk, at("thu 10:00"))
    (clock,) = told(desk, HOLIDAY, at("thu 12:00")).changes
    desk.apply(HOLIDAY, at("thu 12:00"))
    assert clock.after is not None
    assert desk.row(clock.key)["due_at"] == clock.after.due_at


def test_a_version_that_is_still_being_taken_in_counts_as_it_will(desk: VersionDesk) -> None:
    key = answered(desk, at("thu 10:00"))
    desk.store(HOLIDAY, at("thu 12:00"))
    (clock,) = told(desk, depot(effective="2026-01-02", closed="2026-02-09, 2026-02-11"), at("thu 12:30")).changes
    assert (clock.key, due(clock)) == (key, (at("wed 10:00", week=1), at("thu 10:00", week=1)))


def test_files_that_move_nothing_say_so(desk: VersionDesk) -> None:
    answered(desk, at("thu 10:00"))
    assert told(desk, depot(closed="2026-12-24"), at("thu 12:00")).changes == ()
    desk.apply(HOLIDAY, at("thu 12:00"))
    assert told(desk, HOLIDAY, at("thu 12:00")).changes == ()  # it is in force already
    assert told(desk, depot().replace(DEPOT, "Somebody New"), at("thu 12:00")).incidents == 0


def test_what_is_overdue_at_once_is_marked(desk: VersionDesk) -> None:
    key = answered(desk, at("mon 09:00"))
    (clock,) = told(desk, depot(targets={**TARGETS, "P4": "10h"}), at("tue 12:00")).changes
    assert (clock.key, clock.breached_on_change) == (key, at("tue 12:00"))
    (later,) = told(desk, depot(effective="2026-02-04", targets={**TARGETS, "P4": "10h"}), at("tue 12:00")).changes
    assert later.breached_on_change == at("wed 00:00")
    assert due(later) == (at("wed 17:00"), at("wed 00:00"))


def test_a_clock_that_rests_is_told_by_the_time_it_has_left(desk: VersionDesk) -> None:
    key = answered(desk, at("mon 09:00"))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 15:00"))
    for effective in ("2026-01-02", "2026-02-04"):
        (clock,) = told(desk, depot(effective=effective, targets={**TARGETS, "P4": "16h"}), at("tue 12:00")).changes
        assert clock.before is not None
        assert clock.after is not None
        assert clock.before.state is clock.after.state is ClockState.PAUSED
        assert (clock.before.left, clock.after.left) == (18 * HOUR, 10 * HOUR)
        assert due(clock) == (None, None)


def test_what_only_the_file_promises_has_no_time_before(desk: VersionDesk) -> None:
    desk.store(depot(effective="2026-01-02").replace("first_response: 2h, ", ""), at("mon 08:00"))
    key = desk.open_for_depot(at("mon 09:00"))
    (clock,) = told(desk, depot(effective="2026-01-03"), at("mon 10:00")).changes
    assert (clock.key, clock.metric, clock.before) == (key, RESPONSE, None)
    assert clock.after is not None
    assert clock.after.due_at == at("mon 11:00")


@pytest.mark.sqlite_only
def test_what_the_file_promises_no_more_has_no_time_after(desk: VersionDesk) -> None:
    key = desk.open_for_depot(at("mon 09:00"))
    for effective in ("2026-01-02", "2026-02-03"):
        less = depot(effective=effective).replace("first_response: 2h, ", "")
        (clock,) = told(desk, less, at("mon 10:00")).changes
        assert (clock.key, clock.metric, clock.after) == (key, RESPONSE, None)
        assert clock.before is not None
        assert clock.before.due_at == at("mon 11:00")


def test_mistakes_are_told_as_applying_tells_them(desk: VersionDesk) -> None:
    before = stored(desk)
    with pytest.raises(FileInvalid) as refused:
        told(desk, depot(response="1d"), at("mon 09:00"))
    assert "'1d' could mean" in refused.value.problems[0].sentence
    with pytest.raises(FileInvalid) as spelled:
        told(desk, depot().replace(DEPOT, "DEPOT LTD"), at("mon 09:00"))
    assert "is known as 'Depot Ltd'" in spelled.value.problems[0].sentence
    assert stored(desk) == before
