"""Whose zone a time is read in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.zones import FALLBACK, KEPT_FOR, Zones
from sla_engine.domain.errors import NotSetUp
from sla_engine.services.board import Board

START = datetime(2026, 2, 2, 15, tzinfo=UTC)


class Profiles:
    """Slack's profiles, and how often they were asked for."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def users_info(self, *, user: str) -> dict[str, Any]:
        """The next answer; the last one for ever."""
        self.asked.append(user)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class OurPeople:
    """msp.yaml, or none."""

    def __init__(self, *, zones: dict[str, str] | None = None) -> None:
        self.zones = zones

    def msp(self) -> Any:
        """Who works here."""
        if self.zones is None:
            raise NotSetUp("msp.yaml")
        known = {who: SimpleNamespace(zone=zone) for who, zone in self.zones.items()}
        return SimpleNamespace(person=known.get, zone="Europe/Vienna")


class Watch:
    """Real time that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def zones(profiles: Profiles, people: OurPeople, watch: Watch | None = None) -> Zones:
    return Zones(cast("WebClient", profiles), cast("Board", people), real_clock=watch or Watch())


def profile(zone: str | None) -> dict[str, Any]:
    return {"ok": True, "user": {"id": "U0TOM", "tz": zone}}


def test_the_readers_own_profile_comes_first() -> None:
    assert zones(Profiles(profile("Europe/Berlin")), OurPeople(zones={"U0TOM": "Asia/Tokyo"})).of("U0TOM") == (
        "Europe/Berlin"
    )


@pytest.mark.parametrize(
    "answer",
    [
        profile("Mars/Olympus"),
        profile("../etc/passwd"),
        profile(None),
        profile(""),
        {"ok": True},
        {"ok": True, "user": None},
        SlackApiError("no", {"ok": False, "error": "unknown_method"}),  # type: ignore[no-untyped-call]
        OSError("nobody there"),
    ],
)
def test_a_profile_that_says_nothing_usable_leaves_it_to_our_own_list(answer: dict[str, Any] | Exception) -> None:
    people = OurPeople(zones={"U0TOM": "Asia/Tokyo"})
    assert zones(Profiles(answer), people).of("U0TOM") == "Asia/Tokyo"
    assert zones(Profiles(answer), people).of("U0GUEST") == "Europe/Vienna"
    assert zones(Profiles(answer), OurPeople()).of("U0TOM") == FALLBACK


def test_slack_is_asked_once_an_hour() -> None:
    profiles, watch = Profiles(profile("Europe/Berlin"), profile("America/Denver")), Watch()
    found = zones(profiles, OurPeople(), watch)
    assert [found.of("U0TOM"), found.of("U0TOM")] == ["Europe/Berlin"] * 2
    assert profiles.asked == ["U0TOM"]
    watch.at += KEPT_FOR + timedelta(seconds=1)
    assert found.of("U0TOM") == "America/Denver"
