"""The registry of procedures: imported, imported again, listed and shown, and joined by what is decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.sops.errors import NotToBeWritten, UnknownSop
from sla_engine.domain.sops.sop import Sop, SopChangeKind, SopTerms
from sla_engine.domain.text.errors import SeveralNamed
from sla_engine.files.errors import FileInvalid
from sla_engine.services.agreements import agreement_files
from sla_engine.services.sops.import_file import SopImport, SopImported
from sla_engine.storage import sop_registry, sops
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import downgrade, upgrade
from tests.note_desk import EXAMPLES, MIRA, TESS, TOM, Desk, at

NOW = at("mon 09:00")
TODAY = NOW.date()
BEFORE_REGISTRY = "0028"
HEADING = "title,link,owner,reviewed,review_every\n"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sops.csv"


def imported(desk: Desk, file: Path, *rows: str, heading: str = HEADING) -> SopImported:
    file.write_text(heading + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return SopImport(desk.unit_of_work).run(file, by="test", now=NOW)


def stored(desk: Desk) -> dict[str, Sop]:
    with desk.database.reading() as session:
        return {sop.title: sop for sop in sop_registry.registered(session)}


def row(title: str, *, owner: str = "tess", reviewed: str = "2026-01-30", every: int = 90, link: str = "") -> str:
    address = link or "https://wiki.example.com/" + title.lower().replace(" ", "-")
    return f"{title},{address},{owner},{reviewed},{every}"


@pytest.mark.both_databases
def test_an_import_registers_and_the_next_one_changes_what_it_says_otherwise(desk: Desk, file: Path) -> None:
    first = imported(desk, file, row("VPN reset"), row("Mail queue"))
    assert [(sop.number, sop.owner, sop.review_on) for sop in first.sops] == [
        ("SOP-1", TESS, date(2026, 4, 30)),
        ("SOP-2", TESS, date(2026, 4, 30)),
    ]
    link = first.sops[0].link or ""
    second = imported(desk, file, row("VPN: reset it", link=link, every=30), row("mail QUEUE", owner="tom"), row("New"))
    assert [(sop.number, sop.title) for sop in second.sops] == [
        ("SOP-1", "VPN: reset it"),
        ("SOP-2", "mail QUEUE"),
        ("SOP-3", "New"),
    ]
    assert [planned.changed for planned in second.plan.sops] == [
        ("title", "review_every_days", "review_on"),
        ("title", "owner"),
        (),
    ]
    again = imported(desk, file, row("VPN: reset it", link=link, every=30))
    assert [planned.changed for planned in again.plan.sops] == [()]
    with desk.database.reading() as session:
        kinds = [(change.kind, change.version, change.by) for change in sop_registry.changes(session, "SOP-1")]
        last = sop_registry.changes(session, "SOP-1")[-1].terms
    assert kinds == [(SopChangeKind.IMPORTED, 1, "test"), (SopChangeKind.IMPORTED, 2, "test")]
    assert (last.title, last.review_on) == ("VPN: reset it", date(2026, 3, 1))


def test_nothing_is_imported_when_a_row_is_wrong(desk: Desk, file: Path) -> None:
    with pytest.raises(FileInvalid):
        imported(desk, file, row("VPN reset"), row("Mail queue", owner="nobody"))
    assert stored(desk) == {}


def test_overdue_reviews_are_spread_three_an_owner_and_week(desk: Desk, file: Path) -> None:
    overdue = [row(f"Old {number}", reviewed=f"2025-0{number}-01") for number in range(1, 6)]
    dates = imported(desk, file, row("Due this week", every=6), *overdue, row("Tom's", owner="tom", reviewed=""))
    assert [(sop.title, (sop.review_on or TODAY) - TODAY) for sop in dates.sops] == [
        ("Due this week", timedelta(days=3)),
        ("Old 1", timedelta(0)),
        ("Old 2", timedelta(0)),
        ("Old 3", timedelta(days=7)),
        ("Old 4", timedelta(days=7)),
        ("Old 5", timedelta(days=7)),
        ("Tom's", timedelta(0)),
    ]
    again = imported(desk, file, *overdue)
    assert [planned.changed for planned in again.plan.sops] == [()] * 5


def test_a_later_review_is_kept_and_said(desk: Desk, file: Path) -> None:
    imported(desk, file, row("VPN reset", reviewed="2026-01-30"))
    older = imported(desk, file, row("VPN reset", reviewed="2026-01-02"))
    assert "was reviewed on 2026-01-30, after 2026-01-02; the later day is kept" in str(older.plan.warnings[0])
    assert stored(desk)["VPN reset"].reviewed_on == date(2026, 1, 30)


def test_rows_that_fit_two_procedures_or_the_same_one_are_refused(desk: Desk, file: Path) -> None:
    first = imported(desk, file, row("VPN reset"), row("Mail queue"))
    link = first.sops[0].link or ""
    with pytest.raises(FileInvalid) as both:
        imported(desk, file, row("Mail queue", link=link))
    assert "the row fits SOP-1 (VPN reset) and SOP-2 (Mail queue)" in str(both.value.problems[0])
    with pytest.raises(FileInvalid) as twice:
        imported(desk, file, row("Another", link=link), row("VPN reset", link="https://wiki.example.com/x"))
    assert "is SOP-1, and so is row 2" in str(twice.value.problems[0])


def test_a_review_before_the_registered_publication_is_refused(desk: Desk, file: Path) -> None:
    heading = "title,link,owner,published\n"
    imported(desk, file, "VPN reset,https://wiki.example.com/vpn-reset,tess,2025-12-01", heading=heading)
    with pytest.raises(FileInvalid) as early:
        imported(desk, file, row("VPN reset", reviewed="2025-11-30"))
    assert "2025-11-30 lies before SOP-1 was published (2025-12-01)" in str(early.value.problems[0])


def test_the_example_can_be_imported(desk: Desk) -> None:
    agreement_files.apply(desk.database, [EXAMPLES / "agreements"], by="test", now=NOW)
    plan = SopImport(desk.unit_of_work).check(EXAMPLES / "sops.csv", now=NOW)
    assert len(plan.sops) == 5
    assert plan.warnings == ()
    assert stored(desk) == {}


# ------------------------------------------------------------------------------------- reading


def test_one_is_shown_by_its_number_its_title_or_a_part_of_it(desk: Desk, file: Path) -> None:
    imported(desk, file, row("VPN reset"), row("VPN for a new colleague"), row("Mail queue"))
    assert [desk.registry.show(named, by=TOM, now=NOW).sop.number for named in ("sop-3", "3", "mail", "VPN reset")] == [
        "SOP-3",
        "SOP-3",
        "SOP-3",
        "SOP-1",
    ]
    with pytest.raises(SeveralNamed) as several:
        desk.registry.show("vpn", by=TOM, now=NOW)
    assert [write for _, write in several.value.fits] == ["SOP-1", "SOP-2"]
    for wrong, near in (("SOP-33", "SOP-3 Mail queue"), ("mial queue", "SOP-3 Mail queue")):
        with pytest.raises(UnknownSop) as unknown:
            desk.registry.show(wrong, by=TOM, now=NOW)
        assert unknown.value.near == (near,)


def test_the_list_has_what_is_to_be_written_first_then_the_next_reviews(desk: Desk, file: Path) -> None:
    imported(desk, file, row("Later", every=180), row("Sooner", every=30))
    desk.sops.decide(
        desk.written(at("mon 10:00")),
        by=MIRA,
        decision="create",
        title="Watch the queue",
        owner=TOM,
        due_on=date(2026, 2, 20),
        now=at("mon 12:00"),
    )
    listed = desk.registry.list(by=TOM, now=at("mon 13:00"))
    assert [(sop.number, sop.step) for sop in listed.sops] == [
        ("SOP-3", NextStep.CREATE_SOP),
        ("SOP-2", None),
        ("SOP-1", None),
    ]
    assert [sop.title for sop in desk.registry.list("soon", by=TOM, now=NOW).sops] == ["Sooner"]


# ------------------------------------------------------------------------------------- decisions


def decide(desk: Desk, *, week: int, title: str, decision: str = "update", owner: str = TESS) -> str:
    key = desk.written(
        at("mon 10:00", week=week), what_happened=f"It was week {week}, and nobody watched the mail queue."
    )
    return desk.sops.decide(
        key,
        by=MIRA,
        decision=decision,
        title=title,
        owner=owner,
        due_on=date(2026, 4, 1),
        now=at("mon 12:00", week=week),
    ).number


@pytest.mark.both_databases
def test_a_decision_about_a_registered_procedure_is_linked_with_it(desk: Desk, file: Path) -> None:
    imported(desk, file, row("VPN reset"), row("Mail queue"))
    assert [decide(desk, week=0, title="mail queue"), decide(desk, week=1, title="Mail queue", owner=TOM)] == [
        "SOP-2"
    ] * 2
    assert set(stored(desk)) == {"VPN reset", "Mail queue"}
    done = desk.sops.done("SOP-2", by=TOM, now=at("tue 09:00", week=1))
    assert (done.published_on, done.reviewed_on, done.review_on) == (
        date(2026, 2, 10),
        date(2026, 2, 10),
        date(2026, 5, 11),
    )
    with desk.database.reading() as session:
        assert [decision.done_by for decision in sops.about(session, "SOP-2")] == [TOM, TOM]
        assert sops.still_open(session) == []


def test_what_nobody_asked_for_is_not_done(desk: Desk, file: Path) -> None:
    imported(desk, file, row("VPN reset"))
    with pytest.raises(NotToBeWritten):
        desk.sops.done("SOP-1", by=MIRA, now=NOW)


def test_procedures_that_decisions_asked_for_keep_their_numbers(empty_database_url: str) -> None:
    """An upgrade registers them; the next one gets a number that none of them had."""
    upgrade(empty_database_url)
    downgrade(empty_database_url, BEFORE_REGISTRY)
    row = (
        "INSERT INTO sop_decision (id, incident_id, decision, title, owner, due_on, decided_by, decided_at, done_at, "
        "reminders) VALUES (:id, :id, :decision, :title, :owner, 1, 'U0MIRA', :at, :done, 0)"
    )
    done = int(at("mon 12:00").timestamp() * 1_000_000)
    decisions = [
        (3, "create", "VPN reset", TESS, None),
        (5, "none", None, None, None),
        (7, "update", "Mail", TOM, done),
    ]
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        for number, decision, title, owner, done_at in decisions:
            values = {"id": number, "decision": decision, "title": title, "owner": owner, "at": done, "done": done_at}
            connection.execute(text(row), values)
    engine.dispose()
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.transaction() as session:
        registered = sop_registry.registered(session)
        terms = SopTerms(title="New", link=None, owner=TESS)
        new = sop_registry.add(session, terms, SopChangeKind.ADDED, by=MIRA, at=NOW)
        kinds = [change.kind for change in sop_registry.changes(session, "SOP-3")]
        linked = list(session.execute(text("SELECT id, sop_id FROM sop_decision ORDER BY id")))
    database.close()
    assert [(sop.number, sop.title, sop.owner, sop.reviewed_on) for sop in registered] == [
        ("SOP-3", "VPN reset", TESS, None),
        ("SOP-7", "Mail", TOM, date(2026, 2, 2)),
    ]
    assert kinds == [SopChangeKind.DECIDED]
    assert [tuple(pair) for pair in linked] == [(3, 3), (5, None), (7, 7)]
    assert new.number == "SOP-8"
