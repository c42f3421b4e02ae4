from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableMoment
from sla_engine.parsing.since import since_instant

NOW = datetime(2026, 2, 11, 14, tzinfo=UTC)  # a Wednesday, 09:00 in New York


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-09", datetime(2026, 2, 9, 5, tzinfo=UTC)),
        (" 2026-02-09 14:30 ", datetime(2026, 2, 9, 19, 30, tzinfo=UTC)),
        ("2026-02-09T14:30:00+01:00", datetime(2026, 2, 9, 13, 30, tzinfo=UTC)),
        ("yesterday", datetime(2026, 2, 10, 5, tzinfo=UTC)),
        ("last monday", datetime(2026, 2, 9, 5, tzinfo=UTC)),
        ("last monday 14:30", datetime(2026, 2, 9, 19, 30, tzinfo=UTC)),
    ],
)
def test_a_date_means_its_first_instant_and_labels_are_the_zones(text: str, expected: datetime) -> None:
    assert since_instant(text, zone="America/New_York", now=NOW) == expected


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("soon", UnreadableMoment),
        ("", UnreadableMoment),
        ("2026-13-01", UnreadableMoment),
        ("0001-01-01 00:00+14:00", UnreadableMoment),
        ("1d", DayIsAmbiguous),
    ],
)
def test_what_names_no_instant_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        since_instant(text, zone="America/New_York", now=NOW)
