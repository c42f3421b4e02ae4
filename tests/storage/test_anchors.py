"""What is kept outside the database tells what was changed in it, also by somebody who computes every hash anew."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from sla_engine.cli.audit_text import sentence
from sla_engine.domain.incidents.events import Responded
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.upkeep.errors import AnchorsUnreadable, UnreadableHead
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.audit import anchors as service
from sla_engine.services.audit.anchors import Anchors, check_anchors
from sla_engine.services.audit.history_head import check_head, current_head
from sla_engine.services.queries.digest import arm_digest
from sla_engine.storage import events, history_head, incidents
from sla_engine.storage.database import Database
from tests.databases import SqliteDatabases
from tests.note_desk import EXAMPLES, TOM, Desk, at
from tests.polling import PATIENCE_SECONDS
from tests.tampering import behind_the_triggers, rehash, tell_a_story

pytestmark = pytest.mark.both_databases

REAL = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def story(sqlite_databases: SqliteDatabases) -> Iterator[Path]:
    """The file of a database with the story in it, told once."""
    url = sqlite_databases.migrated()
    tell_a_story(url)
    yield Path(url.removeprefix("sqlite:///"))
    sqlite_databases.remove(url)


@pytest.fixture
def database(story: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of the story."""
    shutil.copyfile(story, tmp_path / "told.db")
    made = Database(f"sqlite:///{tmp_path / 'told.db'}")
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the anchors go."""
    return tmp_path / "anchors.jsonl"


def anchor(database: Database, file: Path, hours: int = 0) -> None:
    assert Anchors(file).write(database, now=REAL + timedelta(hours=hours))


def said(database: Database, file: Path) -> list[str]:
    return [sentence(finding) for finding in check_anchors(database, file)]


def go_on(database: Database) -> None:
    """Something more happens."""
    desk = Desk(database.url)
    desk.incidents.respond("INC-1003", text="On it", by=TOM, now=at("mon 15:00", week=1))
    desk.open(at("mon 16:00", week=1))
    desk.close()


def test_a_history_that_goes_on_is_still_the_one_that_was_anchored(database: Database, file: Path) -> None:
    anchor(database, file)
    go_on(database)
    anchor(database, file, hours=1)
    anchor(database, file, hours=2)
    assert said(database, file) == []
    found = list(Anchors(file).every())
    assert [(each.after, each.to) for each in found] == [(0, 42), (42, 45), (45, 45)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("statement", "again", "told"),
    [
        ("UPDATE event SET by = 'U0EVE' WHERE id = 14", 2, "Event 14 is another one; anchored 2026-11-28 12:00 UTC."),
        ("DELETE FROM event WHERE id > 40", 3, "Event 41 is gone; anchored 2026-11-28 12:00 UTC."),
        ("DELETE FROM event", None, "Event 1 is gone; anchored 2026-11-28 12:00 UTC."),
        (
            "UPDATE setting SET value = '{\"next\": 1003}' WHERE name = 'number:incident'",
            None,
            "INC-1003 was given, and is said not to have been; anchored 2026-11-28 12:00 UTC.",
        ),
        (
            "DELETE FROM agreement_version WHERE id = 2",
            None,
            "Agreement version 2 and those before it are not as they were, anchored 2026-11-28 12:00 UTC.",
        ),
    ],
    ids=["changed", "cut", "all", "a key", "an agreement"],
)
def test_what_was_falsified_with_every_hash_computed_anew_is_named(
    database: Database, file: Path, statement: str, again: int | None, told: str
) -> None:
    anchor(database, file)
    with behind_the_triggers(database.url) as connection:
        connection.execute(text(statement))
        if again is not None:
            rehash(connection, again)
    assert told in said(database, file)


def test_a_fact_put_in_between_is_named(database: Database, file: Path) -> None:
    with behind_the_triggers(database.url) as connection:
        connection.execute(text("UPDATE event SET id = 100 WHERE id = 42"))
    anchor(database, file)
    with behind_the_triggers(database.url) as connection:
        connection.execute(
            text(
                "INSERT INTO event SELECT 50, incident_id, kind, payload, occurred_at, recorded_at, by, NULL, "
                "payload_sha256, previous_hash, hash, source, told_at FROM event WHERE id = 14"
            )
        )
    assert said(database, file) == ["Event 50 was put in later; anchored 2026-11-28 12:00 UTC."]


def test_a_hash_that_begins_alike_is_another_one_all_the_same(database: Database, file: Path) -> None:
    anchor(database, file)
    with behind_the_triggers(database.url) as connection:
        connection.execute(text("UPDATE event SET hash = substr(hash, 1, 8) || 'x' WHERE id = 14"))
    assert said(database, file) == ["One of the events 1 to 42 is another one; anchored 2026-11-28 12:00 UTC."]


def test_a_line_that_was_taken_out_of_the_file_is_missed(database: Database, file: Path) -> None:
    for hour in range(3):
        anchor(database, file, hours=hour)
    first, _, third = file.read_text().splitlines()
    file.write_text(f"{first}\n{third}\n")
    assert said(database, file) == ["Anchor 2 (2026-11-28 14:00 UTC) does not follow the one before it in the file."]


def test_many_facts_are_anchored_in_lines_of_a_thousand(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "FACTS_IN_A_LINE", 10)
    anchor(database, file)
    assert [len(each.facts) for each in Anchors(file).every()] == [10, 10, 10, 10, 2]
    assert said(database, file) == []


def test_a_full_disk_costs_one_line_in_the_log_and_the_next_hour_goes_on(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor(database, file)
    write = os.write

    def cut_short(descriptor: int, line: bytes) -> int:
        monkeypatch.setattr(os, "write", full)
        return write(descriptor, line[:20])

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", cut_short)
    with capture_logs() as logged:
        assert not Anchors(file).write(database, now=REAL + timedelta(hours=1))
        assert not Anchors(file).write(database, now=REAL + timedelta(hours=2))
    assert [each["event"] for each in logged] == ["the anchors could not be written"] * 2
    assert "No space left" in logged[1]["reason"]
    monkeypatch.setattr(os, "write", write)
    go_on(database)
    anchor(database, file, hours=3)
    assert said(database, file) == []
    assert [each.to for each in Anchors(file).every()] == [42, 45]


def test_a_folder_that_is_not_there_stops_nothing(database: Database, tmp_path: Path) -> None:
    with capture_logs() as logged:
        assert not Anchors(tmp_path / "nowhere" / "anchors").write(database, now=REAL)
    assert "No such file" in logged[0]["reason"]


def test_two_workers_on_one_machine_do_not_write_at_once(database: Database, file: Path) -> None:
    with Anchors(file)._for_adding() as ours:
        assert ours is not None
        anchor(database, file)
    assert file.read_text() == ""


def test_a_database_that_lost_facts_is_told_of_and_anchored_as_it_is(database: Database, file: Path) -> None:
    anchor(database, file)
    with behind_the_triggers(database.url) as connection:
        connection.execute(text("DELETE FROM event WHERE id > 15"))
    with capture_logs() as logged:
        anchor(database, file, hours=1)
    assert logged[0]["event"] == "the database holds fewer facts than were anchored"
    assert said(database, file)[0] == "Event 16 is gone; anchored 2026-11-28 12:00 UTC."


@pytest.mark.parametrize("content", [None, "", "nonsense\n{}\n"], ids=["no file", "empty", "no anchor"])
def test_a_file_without_an_anchor_is_said_to_be_none(database: Database, file: Path, content: str | None) -> None:
    if content is not None:
        file.write_text(content)
        assert Anchors(file).newest() is None
    with pytest.raises(AnchorsUnreadable):
        check_anchors(database, file)


def test_the_head_in_the_digests_thread_is_checked_by_itself(database: Database) -> None:
    head = current_head(database)
    assert head.startswith("42-2-1-")
    go_on(database)
    assert check_head(database, f" {head.upper()} ") == []
    with behind_the_triggers(database.url) as connection:
        connection.execute(text("UPDATE event SET by = 'U0EVE' WHERE id = 14"))
        rehash(connection, 2)
    (finding,) = check_head(database, head)
    assert sentence(finding) == (
        "The history up to event 42, 2 agreement versions and 1 people versions, is not the one whose head was kept."
    )
    with pytest.raises(UnreadableHead):
        check_head(database, head[:-1])


def test_the_weekly_digest_ends_with_the_head(database_url: str) -> None:
    desk = Desk(database_url, people_file=EXAMPLES / "msp.yaml")
    desk.open(at("mon 09:00"))
    with desk.database.transaction() as session:
        session.execute(text("DELETE FROM timer"))
    with desk.database.transaction() as session:
        arm_digest(session, desk.unit_of_work.msp(session), now=at("mon 10:00"))
    desk.look(at("mon 09:00", week=1))
    *_, last = desk.sent(to="C0MANAGERS", about="digest:")
    assert (last.key, last.thread_of) == ("digest:2026-W06:head", "digest:2026-W06")
    assert isinstance(last.shown, LineMessage)
    assert check_head(desk.database, last.shown.facts["head"] or "") == []
    desk.close()


@pytest.mark.postgresql_only
def test_what_is_being_written_is_waited_for(database_url: str) -> None:
    desk = Desk(database_url)
    key = desk.open(at("mon 09:00"))
    began, go, ends = Event(), Event(), []

    def write() -> None:
        with desk.database.transaction() as session:
            record = incidents.lock(session, key)
            fact = NewFact(event=Responded(), at=at("mon 09:05"), by=TOM)
            events.append(
                session,
                incident_id=record.id,
                facts=[fact],
                recorded_at=at("mon 09:05"),
                previous_hash=incidents.last_hash(session, record.id),
            )
            began.set()
            assert go.wait(PATIENCE_SECONDS)

    writer = Thread(target=write)
    writer.start()
    assert began.wait(PATIENCE_SECONDS)
    asker = Thread(target=lambda: ends.append(history_head.end(desk.database).event))
    asker.start()
    asker.join(0.3)
    assert ends == [], "it waits for the one who writes"
    go.set()
    writer.join(10)
    asker.join(10)
    with desk.database.reading() as session:
        assert ends == [max(number for number, _ in history_head.hashes(session, after=0, to=10**9))]
    desk.close()
