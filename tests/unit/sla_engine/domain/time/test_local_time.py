"""Labels and instants; what a label means where the clocks change is tested with the hours that people write."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sla_engine.domain.time.errors import UnknownZone
from sla_engine.domain.time.local_time import local_day, local_hour, local_time, occurrences, zone_named


@pytest.mark.parametrize(
    ("zone", "label", "count"),
    [
        pytest.param("Europe/Berlin", "2026-10-25 02:30", 2, id="the hour that comes twice"),
        pytest.param("Europe/Berlin", "2026-10-25 03:00", 1, id="just after it"),
        pytest.param("Europe/Berlin", "2026-03-29 02:30", 0, id="the hour that does not exist"),
        pytest.param("America/Nuuk", "2023-10-28 23:30", 1, id="shown once, though zoneinfo says twice"),
        pytest.param("UTC", "2026-10-25 02:30", 1, id="a zone without changes"),
    ],
)
def test_the_clocks_show_a_label_once_unless_they_change(zone: str, label: str, count: int) -> None:
    assert len(occurrences(datetime.fromisoformat(label), zone_named(zone))) == count


@pytest.mark.parametrize(
    ("name", "near"), [("Europe/Berlim", "Europe/Berlin"), ("America", ""), ("", ""), ("../etc/passwd", "")]
)
def test_a_zone_that_does_not_exist_is_refused_with_those_that_look_like_it(name: str, near: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone_named(name)
    assert refused.value.zone == name
    assert near in ("", *refused.value.near)


def test_an_hour_that_does_not_exist_begins_after_the_gap_and_one_that_comes_twice_with_its_first() -> None:
    assert local_hour(date(2026, 3, 29), 2, zone="Europe/Berlin").isoformat() == "2026-03-29T01:00:00+00:00"
    assert local_hour(date(2026, 10, 25), 2, zone="Europe/Berlin").isoformat() == "2026-10-25T00:00:00+00:00"
    assert local_hour(date(2026, 1, 5), zone="America/New_York").isoformat() == "2026-01-05T05:00:00+00:00"


def test_the_wall_shows_the_zone_s_own_date() -> None:
    late = datetime.fromisoformat("2026-01-05T03:00+00:00")
    assert local_day(late, zone="America/New_York") == date(2026, 1, 4)
    assert f"{local_time(late, zone='America/New_York'):%a %H:%M}" == "Sun 22:00"


def test_an_hour_that_does_not_exist_begins_after_the_gap() -> None:
    assert local_hour(date(2026, 3, 8), 2, zone="America/New_York") == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert local_day(datetime(2026, 3, 8, 3, tzinfo=UTC), zone="America/New_York") == date(2026, 3, 7)
