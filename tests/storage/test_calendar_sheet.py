"""A customer's week from the database: every version from when it came to count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_engine.cli.calendar_sheet import CalendarChoice, CalendarSheet, of_customer
from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.time.weeks import Week
from sla_engine.services.agreements import agreement_files
from sla_engine.storage.database import Database

WEEK = Week(2026, 10)  # Monday 2 to Sunday 8 March
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
OWN = CalendarChoice()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


def apply(database: Database, folder: Path, *, effective: str, hours: str, now: datetime, more: str = "") -> None:
    file = folder / "acme.yaml"
    file.write_text(
        f"customer: Acme\neffective: {effective}\ncalendar: {{timezone: UTC, hours: {{mon-fri: {hours}}}}}\n"
        f"targets: {{P1: {{resolution: 4h}}}}\n{more}",
        encoding="utf-8",
    )
    agreement_files.apply(database, [file], by="test", now=now)


def sheet(database: Database, wanted: CalendarChoice = OWN, week: Week | None = WEEK) -> CalendarSheet:
    return of_customer(database, "acme", week, wanted=wanted, now=MONDAY)


def hours(found: CalendarSheet) -> list[str]:
    return [row[2] for row in found.days[1:6]]


def test_the_first_version_counts_from_its_own_date_even_when_it_was_applied_late(
    database: Database, tmp_path: Path
) -> None:
    apply(database, tmp_path, effective="2026-01-01", hours="09:00-17:00", now=WEDNESDAY)
    assert hours(sheet(database)) == ["09:00-17:00"] * 5
    assert ("version", "1") in sheet(database).facts


def test_a_version_that_was_applied_late_counts_from_then_on(database: Database, tmp_path: Path) -> None:
    apply(database, tmp_path, effective="2026-01-01", hours="09:00-17:00", now=MONDAY)
    apply(database, tmp_path, effective="2026-02-01", hours="10:00-18:00", now=WEDNESDAY)
    found = sheet(database)
    assert hours(found) == ["09:00-17:00"] * 2 + ["09:00-18:00"] + ["10:00-18:00"] * 2
    assert [row for row in found.facts if row[0] == "version"] == [
        ("version", "1"),
        ("version", "2 from Wed 2026-03-04 12:00 on"),
    ]
    assert hours(sheet(database, week=Week(2026, 9))) == ["09:00-17:00"] * 5
    assert hours(sheet(database, week=Week(2026, 11))) == ["10:00-18:00"] * 5


def test_a_version_of_the_future_counts_from_its_date(database: Database, tmp_path: Path) -> None:
    apply(database, tmp_path, effective="2026-01-01", hours="09:00-17:00", now=MONDAY)
    apply(database, tmp_path, effective="2026-03-05", hours="10:00-18:00", now=MONDAY)
    assert hours(sheet(database)) == ["09:00-17:00"] * 3 + ["10:00-18:00"] * 2


def test_an_agreement_that_begins_within_the_week_is_shown_from_then_on(database: Database, tmp_path: Path) -> None:
    apply(database, tmp_path, effective="2026-03-04", hours="09:00-17:00", now=MONDAY)
    assert ("version", "1 from Wed 2026-03-04 00:00 on") in sheet(database).facts
    assert hours(sheet(database)) == ["–", "–"] + ["09:00-17:00"] * 3


def test_sites_are_asked_for_by_name_and_unknown_ones_refused(database: Database, tmp_path: Path) -> None:
    site = "sites: {Depot: {calendar: {hours: {mon-fri: 06:00-07:00}}}}\n"
    apply(database, tmp_path, effective="2026-01-01", hours="09:00-17:00", now=MONDAY, more=site)
    assert hours(sheet(database, CalendarChoice(site="DEPOT"))) == ["06:00-07:00"] * 5
    with pytest.raises(UnknownChoice) as refused:
        sheet(database, CalendarChoice(site="Yard"))
    assert (refused.value.word, refused.value.allowed) == ("Yard", ("Depot",))


def test_nobody_and_too_early_are_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnknownCustomer):
        sheet(database)
    apply(database, tmp_path, effective="2026-04-01", hours="09:00-17:00", now=MONDAY)
    with pytest.raises(NotYetInForce):
        sheet(database)
    assert hours(sheet(database, week=Week(2026, 14)))[2:] == ["09:00-17:00"] * 3


def test_this_week_is_the_one_of_the_calendars_zone(database: Database, tmp_path: Path) -> None:
    apply(database, tmp_path, effective="2026-01-01", hours="09:00-17:00", now=MONDAY)
    assert sheet(database, week=None).title == "Acme, week 2026-W10"
