"""Versions of agreements and people: what is stored, what is in force, and what never moves by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest

from sla_engine.cli.agreement_sheet import show
from sla_engine.domain.agreements.errors import NotSetUp, NotYetInForce, UnknownCustomer
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.closures import Closure
from sla_engine.files import holiday_dates
from sla_engine.files.errors import FileInvalid, FileWarning
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.agreements.agreement_files import AgreementApplied
from sla_engine.services.agreements.book import AgreementBook, PeopleBook
from sla_engine.storage import agreements
from sla_engine.storage.database import Database
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.file_versions import AGREEMENTS, PEOPLE

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
MSP = """\
name: Northwind MSP
timezone: UTC
calendar: {hours: {mon-fri: "08:00-18:00"}, business_day: 10h}
people:
  - {slack: U0DANA, name: Dana, role: dispatcher}
  - {slack: U0MIRA, name: Mira, role: service_manager}
dispatcher: {members: [U0DANA], starts: 2026-01-05, turn: weekly}
channels: {dispatcher: C0D, managers: C0M}
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


def agreement(
    customer: str = "Acme Dental", *, effective: str = "2026-01-01", resolution: str = "4h", more: str = ""
) -> str:
    return f"""\
customer: {customer}
effective: {effective}
calendar: {{timezone: America/New_York, hours: {{mon-fri: "09:00-17:00"}}, holidays: {{country: US}}}}
targets: {{P1: {{resolution: {resolution}}}, P2: {{resolution: 8h}}, P3: {{resolution: 8h}}, P4: {{resolution: 8h}}}}
{more}"""


def written(folder: Path, *texts: str) -> list[Path]:
    files = [folder / f"{number}.yaml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def applied(database: Database, files: Iterable[Path], *, now: datetime = NOW) -> tuple[AgreementApplied, ...]:
    return agreement_files.apply(database, files, by="U0ADA", now=now).applied


def resolution_in_force(database: Database, customer: str, at: datetime) -> timedelta:
    with database.reading() as session:
        _, found = AgreementBook().in_force(session, customer, at=at)
    target = found.target(MetricName.RESOLUTION, Priority.P1)
    assert target is not None
    return target.duration


@pytest.mark.both_databases
def test_an_applied_agreement_is_in_force_with_everything_that_was_known_that_day(
    database: Database, tmp_path: Path
) -> None:
    (done,) = applied(database, written(tmp_path, agreement()))
    assert (done.customer, done.effective, done.is_new) == ("Acme Dental", datetime(2026, 1, 1, 5, tzinfo=UTC), True)
    with database.reading() as session:
        record = AGREEMENTS.load(session, done.version_id)
        assert agreements.customers(session) == ("Acme Dental",)
    assert record.source == agreement()
    assert (record.applied_by, record.applied_at, record.msp_version_id) == ("U0ADA", NOW, None)
    assert record.tzdata_version[:2] == "20"
    assert ["2026-07-04", "Independence Day"] in record.resolved["holidays"]["US"]
    assert resolution_in_force(database, "Acme Dental", NOW) == timedelta(hours=4)


def test_an_unchanged_file_adds_no_version_and_says_so(database: Database, tmp_path: Path) -> None:
    files = written(tmp_path, agreement())
    (first,) = applied(database, files)
    (again,) = applied(database, files, now=LATER)
    assert (again.version_id, again.is_new) == (first.version_id, False)


def test_each_version_is_in_force_from_its_effective_instant_on(database: Database, tmp_path: Path) -> None:
    applied(database, written(tmp_path, agreement(), agreement(effective="2026-04-01", resolution="2h")))
    change = datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert resolution_in_force(database, "Acme Dental", change - timedelta(microseconds=1)) == timedelta(hours=4)
    assert resolution_in_force(database, "Acme Dental", change) == timedelta(hours=2)


@pytest.mark.both_databases
def test_the_newest_applied_wins_where_two_begin_at_the_same_instant(database: Database, tmp_path: Path) -> None:
    applied(database, written(tmp_path, agreement()))
    applied(database, written(tmp_path, agreement(resolution="3h")), now=LATER)
    assert resolution_in_force(database, "Acme Dental", NOW) == timedelta(hours=3)


def test_a_text_that_was_replaced_is_not_taken_for_unchanged(database: Database, tmp_path: Path) -> None:
    applied(database, written(tmp_path, agreement()))
    (newer,) = applied(database, written(tmp_path, agreement(resolution="3h")))
    with pytest.raises(FileInvalid) as refused:
        applied(database, written(tmp_path, agreement()))
    assert f"version {newer.version_id} has replaced it" in refused.value.problems[0].sentence


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["acme dental", "ACME  Dental", " Acme Dental "])
def test_a_customers_name_matches_in_any_case(database: Database, tmp_path: Path, name: str) -> None:
    applied(database, written(tmp_path, agreement()))
    assert resolution_in_force(database, name, NOW) == timedelta(hours=4)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("name", ["O’BRIEN & Sons", "o'brien  & sons", "O´Brien & Sons"])
def test_a_customers_name_matches_with_typographic_marks(database: Database, tmp_path: Path, name: str) -> None:
    applied(database, written(tmp_path, agreement("O'Brien & Sons")))
    assert resolution_in_force(database, name, NOW) == timedelta(hours=4)


@pytest.mark.sqlite_only
def test_a_customers_name_matches_in_decomposed_letters(database: Database, tmp_path: Path) -> None:
    applied(database, written(tmp_path, agreement(normalize("NFD", "Zürich Käserei"))))
    assert resolution_in_force(database, "Zürich Käserei", NOW) == timedelta(hours=4)


@pytest.mark.sqlite_only
def test_two_customers_who_were_told_apart_before_stay_two(database: Database, tmp_path: Path) -> None:
    straight, typographic = "O'Brien", "O’Brien"
    applied(database, written(tmp_path, agreement(straight)))
    with database.transaction() as session:  # as an earlier version took it
        first = AGREEMENTS.load(session, 1)
        AGREEMENTS.add(session, replace(first, customer=typographic))
    applied(database, written(tmp_path, agreement(typographic, effective="2026-02-01", resolution="2h")))
    in_force = [resolution_in_force(database, name, NOW) for name in (straight, typographic, "o'brien")]
    assert in_force == [timedelta(hours=4), timedelta(hours=2), timedelta(hours=4)]


@pytest.mark.parametrize(
    ("name", "near"), [("Acme", ("Acme Dental",)), ("Acme Dentel", ("Acme Dental",)), ("Nobody", ()), ("", ())]
)
def test_an_unknown_customer_is_refused_with_names_that_look_like_it(
    database: Database, tmp_path: Path, name: str, near: tuple[str, ...]
) -> None:
    applied(database, written(tmp_path, agreement()))
    with database.reading() as session, pytest.raises(UnknownCustomer) as refused:
        AgreementBook().in_force(session, name, at=NOW)
    assert (refused.value.name, refused.value.near) == (name, near)


def test_before_the_first_agreement_begins_nothing_is_in_force(database: Database, tmp_path: Path) -> None:
    applied(database, written(tmp_path, agreement(effective="2026-06-01")))
    with database.reading() as session, pytest.raises(NotYetInForce) as refused:
        AgreementBook().in_force(session, "acme dental", at=NOW)
    assert (refused.value.customer, refused.value.effective) == (
        "Acme Dental",
        datetime(2026, 6, 1, 4, tzinfo=UTC),
    )


@pytest.mark.both_databases
def test_nothing_is_stored_when_one_of_several_files_is_wrong(database: Database, tmp_path: Path) -> None:
    files = written(tmp_path, agreement(), agreement("Beta", resolution="1d"), agreement("Gamma", effective="soon"))
    with pytest.raises(FileInvalid) as refused:
        applied(database, files)
    assert [problem.file for problem in refused.value.problems] == [str(files[1]), str(files[2])]
    with database.reading() as session:
        assert AgreementBook().customers(session) == ()


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (agreement("ACME Dental", effective="2026-02-01"), "'ACME Dental' is known as 'Acme Dental'"),
        (agreement("Acme\u00a0Dental", effective="2026-02-01"), "is known as 'Acme Dental'"),
        (agreement(resolution="3h"), "begins at the same instant for the same customer"),
    ],
    ids=["another spelling", "another space", "same instant"],
)
def test_files_that_contradict_each_other_are_refused(
    database: Database, tmp_path: Path, second: str, sentence: str
) -> None:
    with pytest.raises(FileInvalid) as refused:
        applied(database, written(tmp_path, agreement(), second))
    assert sentence in refused.value.problems[0].sentence
    assert refused.value.problems[0].line == 1


def test_a_library_update_moves_no_holiday_of_an_applied_agreement(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (done,) = applied(database, written(tmp_path, agreement()))
    with database.reading() as session:
        before = AgreementBook().by_version(session, done.version_id)
    moved = (Closure(date(2026, 7, 3), name="Independence Day, moved"),)
    monkeypatch.setattr(holiday_dates, "public_holidays", lambda *_: moved)
    with database.reading() as session:
        after = AgreementBook().by_version(session, done.version_id)
    assert after == before
    assert after.calendar.closures_on(date(2026, 7, 3)) == before.calendar.closures_on(date(2026, 7, 3))
    assert moved[0] not in after.calendar.closures


def test_a_version_is_read_once_in_a_process(database: Database, tmp_path: Path) -> None:
    (done,) = applied(database, written(tmp_path, agreement()))
    book = AgreementBook()
    with database.reading() as session:
        assert book.by_version(session, done.version_id) is book.by_version(session, done.version_id)


def test_an_agreement_keeps_the_defaults_of_the_people_file_it_was_applied_with(
    database: Database, tmp_path: Path
) -> None:
    (msp,) = written(tmp_path, MSP)
    people_files.apply(database, msp, by="U0ADA", now=NOW)
    short = "customer: Beta\neffective: 2026-01-01\ntargets: {P1: {resolution: 1 business_day}}\n"
    applied(database, written(tmp_path, short))
    (shorter_day,) = written(tmp_path, MSP.replace("10h", "5h"))
    people_files.apply(database, shorter_day, by="U0ADA", now=LATER)
    assert resolution_in_force(database, "Beta", LATER) == timedelta(hours=10)


def test_an_agreement_without_a_calendar_needs_a_people_file(database: Database, tmp_path: Path) -> None:
    short = "customer: Beta\neffective: 2026-01-01\ntargets: {P1: {resolution: 4h}}\n"
    with pytest.raises(FileInvalid) as refused:
        applied(database, written(tmp_path, short))
    assert "'calendar' is missing" in refused.value.problems[0].sentence


def test_checking_such_a_file_alone_only_warns(tmp_path: Path) -> None:
    short = "customer: Beta\neffective: 2026-01-01\ntargets: {P1: {resolution: 4h}}\n"
    found = agreement_files.check(written(tmp_path, short), now=NOW)
    assert [problem.line for problem in found if "'calendar' is missing" in problem.sentence] == [1]
    assert all(isinstance(problem, FileWarning) for problem in found)


def test_warnings_are_told_and_the_file_is_taken(database: Database, tmp_path: Path) -> None:
    files = written(tmp_path, agreement().replace("17:00", "23:59"))
    done = agreement_files.apply(database, files, by="U0ADA", now=NOW)
    assert done.applied[0].is_new
    assert "hours end at 23:59" in done.warnings[0].sentence


def test_files_that_cannot_be_read_are_problems_too(database: Database, tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"customer: Caf\xe9\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileInvalid) as refused:
        applied(database, [tmp_path / "none.yaml", tmp_path / "latin.yaml", tmp_path / "empty"])
    assert [problem.sentence for problem in refused.value.problems] == [
        "cannot be read: No such file or directory",
        "this is not UTF-8 text (byte 13)",
        "the folder holds no .yaml file",
    ]


def test_a_folder_stands_for_its_yaml_files_by_name(database: Database, tmp_path: Path) -> None:
    written(tmp_path, agreement("Beta"), agreement("Alpha"))
    (tmp_path / "notes.txt").write_text("not an agreement", encoding="utf-8")
    assert [done.customer for done in applied(database, [tmp_path])] == ["Beta", "Alpha"]


def test_people_are_in_force_from_their_application_on(database: Database, tmp_path: Path) -> None:
    with database.reading() as session, pytest.raises(NotSetUp):
        PeopleBook().in_force(session)
    (msp,) = written(tmp_path, MSP)
    first = people_files.apply(database, msp, by="U0ADA", now=NOW)
    again = people_files.apply(database, msp, by="U0ADA", now=LATER)
    assert (first.is_new, again.is_new, again.version_id) == (True, False, first.version_id)
    (renamed,) = written(tmp_path, MSP.replace("Northwind", "Southwind"))
    people_files.apply(database, renamed, by="U0ADA", now=LATER)
    book = PeopleBook()
    with database.reading() as session:
        assert book.in_force(session).name == "Southwind MSP"
        assert book.by_version(session, first.version_id).msp.name == "Northwind MSP"
        assert PEOPLE.load(session, first.version_id).applied_by == "U0ADA"


def test_going_back_to_an_older_people_file_is_a_new_version(database: Database, tmp_path: Path) -> None:
    for text in (MSP, MSP.replace("Northwind", "Southwind"), MSP):
        (msp,) = written(tmp_path, text)
        people_files.apply(database, msp, by="U0ADA", now=NOW)
    with database.reading() as session:
        assert PeopleBook().in_force(session).name == "Northwind MSP"


def test_a_wrong_people_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    (wrong,) = written(tmp_path, MSP.replace("UTC", "Mars"))
    with pytest.raises(FileInvalid):
        people_files.apply(database, wrong, by="U0ADA", now=NOW)
    with pytest.raises(FileInvalid):
        people_files.apply(database, tmp_path, by="U0ADA", now=NOW)
    assert [problem.line for problem in people_files.check(wrong, now=NOW)] == [2]
    assert "cannot be read" in people_files.check(tmp_path / "none.yaml", now=NOW)[0].sentence
    with database.reading() as session:
        assert PEOPLE.newest(session) is None


def test_versions_that_were_never_stored_are_not_found(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(LookupError):
            AgreementBook().by_version(session, 7)
        with pytest.raises(LookupError):
            PeopleBook().by_version(session, 7)


def test_a_database_that_is_gone_is_told_as_busy(tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path}/nowhere/x.db")
    with pytest.raises(StorageBusy):
        applied(gone, written(tmp_path, agreement()))
    gone.close()


def test_an_agreement_can_be_shown_as_rows(database: Database, tmp_path: Path) -> None:
    ladder = "ladders: {customer_update: [{at: 80%, tell: assignee, repeat: 10m wall}]}"
    applied(database, written(tmp_path, agreement(more=ladder)))
    sheet = show(database, "acme dental", at=NOW)
    facts = {row[0]: row[1] for row in sheet.facts}
    assert facts["hours"] == "mon-fri 09:00-17:00"
    assert facts["in force since"] == "2026-01-01 00:00 EST"
    assert facts["closed next"].startswith("2026-05-25 Memorial Day; ")
    assert sheet.targets[1] == ("P1", "–", "–", "–", "4h", "open hours")
    assert sheet.ladders[1] == ("the rest", "50 %", "assignee", "")
    assert sheet.ladders[-1] == (
        "customer_update",
        "80 %",
        "assignee",
        "every 10m by the wall clock, until acknowledged",
    )
