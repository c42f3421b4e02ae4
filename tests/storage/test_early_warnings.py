"""Calendars in force that come to an end, and promises nobody is rung for, as the applied files say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.early_warnings import CalendarEnd, EarlyWarnings, EndOf
from sla_engine.services.upkeep.health import HealthCheck
from sla_engine.storage.database import Database

pytestmark = pytest.mark.sqlite_only

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
APPLIED = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def early_warnings(database_url: str) -> Iterator[EarlyWarnings]:
    database = Database(database_url)
    people_files.apply(database, EXAMPLES / "msp.yaml", by="test", now=APPLIED)
    agreement_files.apply(database, [EXAMPLES / "agreements"], by="test", now=APPLIED)
    yield EarlyWarnings(UnitOfWork(database, real_clock=lambda: APPLIED))
    database.close()


def ends(early_warnings: EarlyWarnings, now: datetime) -> list[tuple[str, str, date, bool]]:
    return [(end.whose, end.what.value, end.last, end.is_over) for end in early_warnings.ends(now=now)]


def test_a_country_s_holidays_are_spoken_of_a_quarter_before_they_end_and_ever_after(
    early_warnings: EarlyWarnings,
) -> None:
    assert ends(early_warnings, datetime(2031, 9, 29, tzinfo=UTC)) == []
    named = ["Acme Dental", "Beta Logistics", "msp.yaml"]
    assert ends(early_warnings, datetime(2031, 10, 1, tzinfo=UTC)) == [
        (whose, "holidays", date(2031, 12, 31), False) for whose in named
    ]
    assert {is_over for *_, is_over in ends(early_warnings, datetime(2032, 1, 1, tzinfo=UTC))} == {True}


def test_what_ends_is_written_down_for_the_health_of_the_bot_and_taken_back_when_it_is_put_right(
    early_warnings: EarlyWarnings,
) -> None:
    health = HealthCheck(early_warnings.unit_of_work.database)
    early_warnings.remember_ends(now=datetime(2031, 10, 1, tzinfo=UTC))
    (acme, *_) = health.facts(now=APPLIED).ends
    assert acme == CalendarEnd(whose="Acme Dental", what=EndOf.HOLIDAYS, last=date(2031, 12, 31), is_over=False)
    early_warnings.remember_ends(now=APPLIED)
    assert health.facts(now=APPLIED).ends == ()


def test_open_days_written_one_by_one_are_spoken_of_before_the_last_of_them(
    early_warnings: EarlyWarnings, tmp_path: Path
) -> None:
    text = (EXAMPLES / "msp.yaml").read_text()
    written = text.replace('hours: {mon-fri: "08:00-18:00"}', "hours: {mon-fri: closed}").replace(
        "  business_day: 10h",
        '  overrides: {2026-03-02: "08:00-18:00", 2026-03-03: "08:00-18:00"}\n  business_day: 10h',
    )
    file = tmp_path / "msp.yaml"
    file.write_text(written)
    problems = people_files.check(file, now=APPLIED)
    (warning,) = [problem for problem in problems if "only single dates are open" in problem.sentence]
    assert "after 2026-03-03 18:00 the calendar never opens again" in warning.sentence
    people_files.apply(early_warnings.unit_of_work.database, file, by="test", now=APPLIED)
    assert ends(early_warnings, APPLIED) == [("msp.yaml", EndOf.OPEN_TIME.value, date(2026, 3, 3), False)]


def test_an_agreement_on_the_msp_s_own_hours_shares_the_end_of_their_holidays(
    early_warnings: EarlyWarnings, tmp_path: Path
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("customer: Delta Farms\neffective: 2026-01-01\ntargets:\n  P2: {resolution: 8h}\n")
    agreement_files.apply(early_warnings.unit_of_work.database, [file], by="test", now=APPLIED)
    assert "Delta Farms" in {whose for whose, *_ in ends(early_warnings, datetime(2031, 12, 1, tzinfo=UTC))}


def test_the_sample_customers_that_are_promised_something_at_night_are_named(early_warnings: EarlyWarnings) -> None:
    found = [(each.customer, each.priorities, each.at_any_hour) for each in early_warnings.unattended(now=APPLIED)]
    assert found == [
        ("Acme Dental", (Priority.P1,), True),
        ("Beta Logistics", (Priority.P1,), True),
        ("Beta Logistics", (Priority.P2, Priority.P3, Priority.P4, Priority.P5), False),
        ("Cedar Clinic", (Priority.P1, Priority.P2, Priority.P3, Priority.P4), True),
    ]


def test_before_anything_is_applied_there_is_nothing_to_say(database_url: str) -> None:
    database = Database(database_url)
    nothing = EarlyWarnings(UnitOfWork(database, real_clock=lambda: APPLIED))
    assert nothing.ends(now=APPLIED) == ()
    assert nothing.unattended(now=APPLIED) == ()
    database.close()
