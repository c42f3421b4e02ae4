"""Ages of open incidents in business days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sla_engine.domain.reporting.backlog import AGE_LABELS, age_bounds
from sla_engine.domain.time.calendar import Calendar

OFFICE = Calendar.weekly("Europe/Berlin", {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")})


@pytest.mark.parametrize(
    ("opened", "age"),
    [
        ("2026-02-09T08:00", "0–1"),
        ("2026-02-07T12:00", "0–1"),
        ("2026-02-06T08:00", "0–1"),
        ("2026-02-05T22:00", "2–3"),
        ("2026-02-03T08:00", "4–7"),
        ("2026-01-28T08:00", "8–14"),
        ("2026-01-12T08:00", "15–30"),
        ("2025-12-01T08:00", "> 30"),
    ],
)
def test_age_counts_business_days_and_no_weekends(opened: str, age: str) -> None:
    bounds = age_bounds(OFFICE, now=datetime(2026, 2, 9, 12, tzinfo=UTC))
    opened_at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert AGE_LABELS[sum(opened_at < bound for bound in bounds)] == age


def test_a_calendar_that_is_nearly_always_closed_has_fewer_ages() -> None:
    rarely = Calendar("UTC", overrides={date(2026, 2, day): OFFICE.hours[0] for day in (2, 3, 4)})
    assert len(age_bounds(rarely, now=datetime(2026, 2, 9, 12, tzinfo=UTC))) == 1
