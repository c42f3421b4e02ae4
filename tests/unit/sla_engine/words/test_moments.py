"""Days that lie behind, and days without a time; the rest of the grammar of times is tested where people type it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sla_engine.domain.errors import UnreadableMoment
from sla_engine.parsing import moments

NOON = datetime(2026, 1, 5, 11, tzinfo=UTC)  # Monday noon in Berlin
TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yesterday 16:45", "2026-01-04 15:45"),
        ("last friday 16:45", "2026-01-02 15:45"),
        ("last monday", "2025-12-29 08:00"),
        ("last tue 9am", "2025-12-30 08:00"),
        ("monday 9am", "2026-01-12 08:00"),
    ],
)
def test_a_day_may_lie_behind_when_it_says_so(text: str, meant: str) -> None:
    assert moments.moment(text, zone="Europe/Berlin", now=NOON).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("friday", date(2026, 1, 9)),
        ("next Friday", date(2026, 1, 9)),
        ("last friday", date(2026, 1, 2)),
        ("monday", date(2026, 1, 12)),
        ("today", TODAY),
        ("on tomorrow", date(2026, 1, 6)),
        ("2026-12-24", date(2026, 12, 24)),
    ],
)
def test_a_day_alone_is_read_as_a_date(text: str, meant: date) -> None:
    assert moments.day(text, today=TODAY) == meant


@pytest.mark.parametrize("text", ["", "last", "last week", "friday 9am", "2026-02-30", "mo"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMoment) as refusal:
        moments.day(text, today=TODAY)
    assert refusal.value.text == text
