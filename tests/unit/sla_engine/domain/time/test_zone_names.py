"""Names of zones that name a place, those that name only an offset, and what is proposed for a mistyped one."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.time.zone_names import USUAL_PLACES, all_year, is_offset, is_without_place, places_like


@pytest.mark.parametrize("name", ["EST", "CET", "EST5EDT", "GMT", "Etc/GMT-5", "Etc/UCT", "Zulu", "UTC+2", "GMT-05:00",
                                  "+0100", "utc +2", "CEST", "localtime"])  # fmt: skip
def test_names_without_a_place(name: str) -> None:
    assert is_without_place(name)


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Europe/Berlin", "US/Eastern", "Japan", "PRC", "NZ", "2026"])
def test_names_with_a_place_and_utc_itself(name: str) -> None:
    assert not is_without_place(name)


@pytest.mark.parametrize(
    ("name", "hours"), [("Etc/GMT-5", 5), ("Etc/GMT+5", -5), ("EST", -5), ("CET", None), ("Europe/Berlin", None)]
)
def test_how_far_ahead_of_utc_a_zone_is_all_year(name: str, hours: int | None) -> None:
    assert all_year(name) == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("Berlin", ("Europe/Berlin",)),
        ("Europe/Berln", ("Europe/Berlin",)),
        ("new york", ("America/New_York",)),
        ("CEST", ("Europe/Berlin",)),
        ("UTC+2", ()),
        ("Etc/GMT+99", ()),
        ("", ()),
    ],
)
def test_what_is_proposed_names_a_place(written: str, near: tuple[str, ...]) -> None:
    assert places_like(written, most=1) == near


@given(st.from_regex(r"(UTC|GMT|Etc/GMT|Etc/UTC|Z)?[ ]?[+-]?[0-9]{1,2}(:?[0-9]{2})?", fullmatch=True))
def test_for_an_offset_no_other_offset_is_ever_proposed(written: str) -> None:
    assert not any(is_offset(name) or is_without_place(name) for name in places_like(written, most=3))


def test_usual_places_are_places_of_the_database() -> None:
    assert set(USUAL_PLACES.values()) <= available_timezones()
    assert all(ZoneInfo(place).key == place and not is_without_place(place) for place in USUAL_PLACES.values())
