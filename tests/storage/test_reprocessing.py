"""A forgotten holiday corrected: shown first, approved by somebody who may, recorded beside what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, UnknownCustomer, UnknownPerson
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InTheFuture
from sla_engine.services.audit.audit import Audit
from sla_engine.services.versions import reprocess
from sla_engine.services.versions.reprocess import COMMAND_LINE, ClockCorrection, Corrections, Reprocessing
from sla_engine.storage import notes
from tests.note_desk import DANA, MIRA, TOM, at
from tests.version_desk import DEPOT, RESOLUTION, VersionDesk, depot

HOUR = timedelta(hours=1)
FORGOTTEN = depot(effective="2026-01-02", closed="2026-02-09")
SINCE = at("mon 00:00", week=1)
NOW = at("wed 09:00", week=1)
WHY = "Founders' Day was missing"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[VersionDesk]:
    made = VersionDesk(database_url, tmp_path, depot())
    yield made
    made.close()


@pytest.fixture
def missed(desk: VersionDesk) -> str:
    """An incident missed because of a Monday on which nobody worked; the holiday was entered on Wednesday."""
    key = answered(desk, at("fri 13:00"))
    desk.look(at("mon 14:00", week=1))
    desk.incidents.resolve(key, text="", by=TOM, now=at("tue 12:00", week=1))
    desk.apply(FORGOTTEN, at("wed 08:00", week=1))
    return key


def answered(desk: VersionDesk, now: datetime, priority: Priority = Priority.P2) -> str:
    key = desk.open_for_depot(now, priority)
    desk.incidents.respond(key, text="", by=TOM, now=now)
    return key


def preview(desk: VersionDesk, *, since: datetime = SINCE, now: datetime = NOW) -> Corrections:
    return Reprocessing(desk.unit_of_work).preview(DEPOT, since=since, now=now)


def approve(desk: VersionDesk, *, since: datetime = SINCE, now: datetime = NOW, by: str | None = MIRA) -> Corrections:
    return Reprocessing(desk.unit_of_work).approve(DEPOT, since=since, reason=WHY, by=by, now=now)


def only(found: Corrections) -> ClockCorrection:
    (clock,) = found.clocks
    return clock


def test_a_holiday_entered_too_late_changes_nothing_until_it_is_reprocessed(desk: VersionDesk, missed: str) -> None:
    assert desk.row(missed)["breached_at"] == at("mon 13:00", week=1)
    rows, facts = desk.rows(), desk.events()
    found = preview(desk)
    clock = only(found)
    assert (clock.key, clock.metric, found.looked_at, found.incidents) == (missed, RESOLUTION, 1, 1)
    assert clock.before is not None
    assert clock.after is not None
    assert (clock.before.elapsed, clock.before.due_at, clock.before.met) == (15 * HOUR, at("mon 13:00", week=1), False)
    assert (clock.after.elapsed, clock.after.due_at, clock.after.met) == (7 * HOUR, at("tue 13:00", week=1), True)
    assert found.approved_by is None
    assert (desk.rows(), desk.events()) == (rows, facts)


def test_an_approved_reprocessing_adds_facts_and_changes_none(desk: VersionDesk, missed: str) -> None:
    shown, facts = preview(desk), desk.events()
    assert approve(desk) == replace(shown, approved_by=MIRA)
    added = desk.events()
    assert added[: len(facts)] == facts
    said, corrected = added[len(facts) :]
    assert (said["kind"], said["by"], said["payload"]["reason"]) == ("reprocessed", MIRA, WHY)
    assert said["payload"]["since"] == SINCE.isoformat().replace("+00:00", "Z")
    assert (corrected["kind"], corrected["payload"]["cause"]) == ("corrected", "reprocessed")
    assert corrected["payload"]["breached_before"] == "2026-02-09T18:00:00Z"
    assert corrected["payload"]["breached_after"] is None
    row = desk.row(missed)
    assert (row["elapsed_us"], row["breached_at"], row["due_at"]) == (7 * 3600 * 10**6, None, at("tue 13:00", week=1))
    assert Audit(desk.database).run(now=at("tue 13:00", week=2)).findings == []


def test_a_second_run_finds_nothing_to_correct(desk: VersionDesk, missed: str) -> None:
    shown = preview(desk)
    assert approve(desk).clocks == shown.clocks
    rows, facts = desk.rows(), desk.events()
    later = NOW + HOUR
    assert preview(desk, now=later).clocks == approve(desk, now=later).clocks == ()
    assert (desk.rows(), desk.events()) == (rows, facts)
    assert [row["kind"] for row in desk.facts(missed, "reprocessed")] == ["reprocessed"]


def test_only_incidents_that_change_get_the_fact(desk: VersionDesk, missed: str) -> None:
    unmoved = answered(desk, at("wed 08:30", week=1), Priority.P4)
    replayed_rows = desk.rows(unmoved)
    assert approve(desk).looked_at == 2
    assert desk.facts(unmoved, "reprocessed") == []
    assert desk.rows(unmoved) == replayed_rows
    assert len(desk.facts(missed, "reprocessed")) == 1


def test_what_was_resolved_before_the_instant_is_not_looked_at(desk: VersionDesk) -> None:
    early = answered(desk, at("thu 10:00"))
    desk.incidents.resolve(early, text="", by=TOM, now=at("fri 12:00"))
    desk.apply(FORGOTTEN, at("wed 08:00", week=1))
    assert preview(desk).looked_at == 0
    assert preview(desk, since=at("fri 12:00")).looked_at == 1


def test_it_reaches_back_no_further_than_asked(desk: VersionDesk, missed: str) -> None:
    clock = only(preview(desk, since=at("mon 15:00", week=1)))
    assert clock.after is not None
    assert clock.after.elapsed == 13 * HOUR  # the last two hours of Monday no longer count
    assert clock.after.breached_at == at("mon 13:00", week=1)
    assert clock.key == missed


def test_a_clock_that_was_met_can_turn_out_missed(desk: VersionDesk) -> None:
    key = answered(desk, at("fri 13:00"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 12:30", week=1))
    desk.apply(depot(effective="2026-01-02", hours="07:00-17:00"), at("wed 08:00", week=1))
    clock = only(approve(desk, since=at("mon 00:00", week=1)))
    assert clock.after is not None
    assert (clock.after.met, clock.after.breached_at) == (False, at("mon 11:00", week=1))
    assert [row["payload"]["cause"] for row in desk.facts(key, "corrected")] == ["reprocessed"]
    assert desk.row(key)["breached_at"] == at("mon 11:00", week=1)
    with desk.database.reading() as session:
        assert [note.wanted_from for note in notes.still_to_write(session)] == [TOM]  # the miss wants its note


def test_a_breach_that_was_taken_back_is_recorded_when_it_truly_comes(desk: VersionDesk) -> None:
    key = answered(desk, at("fri 13:00"))
    desk.look(at("mon 14:00", week=1))
    desk.apply(FORGOTTEN, at("mon 15:00", week=1))
    approve(desk, now=at("mon 16:00", week=1))
    assert desk.row(key)["breached_at"] is None
    assert desk.row(key)["due_at"] == at("tue 13:00", week=1)
    said = len(desk.facts(key, "rung_reached"))
    desk.look(at("tue 13:05", week=1))
    assert [row["occurred_at"] for row in desk.facts(key, "breached")] == [
        at("mon 13:00", week=1),
        at("tue 13:00", week=1),
    ]
    assert len(desk.facts(key, "rung_reached")) > said
    assert desk.row(key)["breached_at"] == at("tue 13:00", week=1)


def test_the_digests_that_change_are_the_ones_it_names(desk: VersionDesk, missed: str) -> None:
    other = answered(desk, at("thu 09:00"))
    desk.incidents.resolve(other, text="", by=TOM, now=at("thu 12:00"))
    weeks = [f"2026-W{number:02}" for number in range(4, 10)]
    later = datetime(2026, 4, 1, tzinfo=UTC)  # what is open is told as of the week's end by then
    before = {week: desk.digests.figures(week, now=later) for week in weeks}
    found = approve(desk)
    changed = {week for week in weeks if desk.digests.figures(week, now=later).metrics != before[week].metrics}
    trends = {week for week in changed if week != "2026-W07"}
    assert found.weeks == ("2026-W07",)
    assert "2026-W07" in changed
    assert all(week > "2026-W07" for week in trends)  # they show last week's figures beside their own
    assert missed != other


def test_it_goes_on_where_it_was_interrupted(desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reprocess, "BATCH", 1)
    keys = [answered(desk, at("fri 13:00")) for _ in range(3)]
    desk.apply(FORGOTTEN, at("wed 08:00", week=1))

    def die(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Reprocessing(desk.unit_of_work).approve(DEPOT, since=SINCE, reason=WHY, now=NOW, on_progress=die)
    assert approve(desk, by=None).incidents == 2
    assert [len(desk.facts(key, "reprocessed")) for key in keys] == [1, 1, 1]
    assert {row["by"] for key in keys for row in desk.facts(key, "reprocessed")} == {COMMAND_LINE}


@pytest.mark.parametrize("who", [MIRA, "mira", "@Mira Kaplan", "Mira Kaplan"])
def test_the_approver_may_be_named_in_any_way(desk: VersionDesk, missed: str, who: str) -> None:
    assert approve(desk, by=who).approved_by == MIRA
    assert desk.facts(missed, "reprocessed")[0]["by"] == MIRA


@pytest.mark.parametrize(("who", "refusal"), [(DANA, NotAllowed), (TOM, NotAllowed), ("Nobody", UnknownPerson)])
def test_only_a_service_manager_approves(desk: VersionDesk, missed: str, who: str, refusal: type[Exception]) -> None:
    facts = desk.events()
    with pytest.raises(refusal):
        approve(desk, by=who)
    assert desk.events() == facts
    assert desk.facts(missed, "reprocessed") == []


def test_bad_requests_are_refused_before_anything_is_measured(desk: VersionDesk) -> None:
    service = Reprocessing(desk.unit_of_work)
    with pytest.raises(UnknownCustomer) as unknown:
        service.preview("Depo", since=SINCE, now=NOW)
    assert unknown.value.near == (DEPOT,)
    with pytest.raises(InTheFuture):
        service.preview(DEPOT, since=NOW + HOUR, now=NOW)
    with pytest.raises(MissingArgument):
        service.approve(DEPOT, since=SINCE, reason="  ", now=NOW)
