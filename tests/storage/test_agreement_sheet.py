"""`agreements show`: sites, special promises, rules that are not the usual ones, and the versions there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sla_engine.cli.agreement_sheet import AgreementSheet, show
from sla_engine.services.agreements import agreement_files
from sla_engine.storage.database import Database

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAIN = """\
customer: Acme
effective: 2026-01-01
calendar: {timezone: Europe/Berlin, hours: {mon-fri: 09:00-17:00}}
targets: {P1: {calendar: always, first_response: 15m, resolution: 4h}, P2: {resolution: 8h}}
"""
RULES = """\
sites:
  Depot: {calendar: {timezone: America/New_York, hours: {mon-thu: 20:00-06:00, sat: 08:00-12:00}}}
  Yard: {calendar: always}
  Office: {}
special:
  - {site: Depot, P3: {resolution: 2h}}
  - {service: erp, P1: {calendar: {hours: {mon-fri: 08:00-20:00}}, resolution: 2h}}
priorities: {low: {low: P2}}
counts_as: {first_response: [assigned, plan_given]}
reopen: {mode: first_only, window: 36h}
customer_reply_ends_pause: no
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


def sheet(database: Database, folder: Path, *texts: str) -> AgreementSheet:
    """What is shown after these texts were applied, an hour apart."""
    for hour, text in enumerate(texts):
        file = folder / "acme.yaml"
        file.write_text(text, encoding="utf-8")
        agreement_files.apply(database, [file], by="U0ADA", now=NOW.replace(hour=12 + hour))
    return show(database, "acme", at=NOW)


def test_a_plain_agreement_has_no_rules_to_show(database: Database, tmp_path: Path) -> None:
    found = sheet(database, tmp_path, PLAIN)
    assert [row[0] for row in found.facts] == ["in force since", "version", "zone", "hours", "closed next"]
    assert found.targets[1:] == (("P1", "15m", "–", "–", "4h", "always"), ("P2", "–", "–", "–", "8h", "open hours"))


def test_sites_and_rules_that_are_not_the_usual_ones_are_shown(database: Database, tmp_path: Path) -> None:
    found = sheet(database, tmp_path, PLAIN + RULES)
    assert found.facts[5:] == (
        ("site Depot", "mon-thu 20:00-06:00; sat 08:00-12:00 (America/New_York)"),
        ("site Yard", "always"),
        ("site Office", "the agreement's hours"),
        ("priorities", "low impact and low urgency make P2"),
        ("counts", "as first reply: assigned, plan given"),
        ("reopening", "only the first resolution counts within 36h; later a new incident is opened"),
        ("pauses", "a customer's reply does not end them"),
    )


def test_special_promises_follow_the_usual_ones(database: Database, tmp_path: Path) -> None:
    found = sheet(database, tmp_path, PLAIN + RULES)
    assert found.targets[3:] == (
        ("P3, site Depot", "–", "–", "–", "2h", "open hours"),
        ("P1, service erp", "–", "–", "–", "2h", "hours of its own"),
    )


def test_a_window_of_whole_days_is_told_in_days(database: Database, tmp_path: Path) -> None:
    bounded = sheet(database, tmp_path, PLAIN + "reopen: {mode: new_cycle, window: 2w}\n")
    assert ("reopening", "clocks start anew within 14 days; later a new incident is opened") in bounded.facts
    unbounded = sheet(database, tmp_path, PLAIN + "reopen: {mode: new_cycle}\n")
    assert ("reopening", "clocks start anew") in unbounded.facts


def test_every_version_is_listed_with_its_date_and_when_it_was_applied(database: Database, tmp_path: Path) -> None:
    found = sheet(database, tmp_path, PLAIN, PLAIN.replace("2026-01-01", "2026-04-01"))
    assert found.versions == (
        ("version", "counts from", "applied"),
        ("1", "2026-01-01 00:00 CET", "2026-03-02 13:00 CET"),
        ("2", "2026-04-01 00:00 CEST", "2026-03-02 14:00 CET"),
    )
