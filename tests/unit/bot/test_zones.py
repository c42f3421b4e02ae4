"""The zone in which a person reads times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.requests.request import Ask
from bot.requests.zones import FALLBACK, KEPT_FOR, PATIENCE, Zones
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.services.queries.board import Board

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


class Aside:
    """What was to be found out meanwhile, until a test lets it run."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, look_up: Callable[[], None]) -> None:
        self.waiting.append(look_up)

    def run(self) -> None:
        """Let everything happen that waits."""
        while self.waiting:
            self.waiting.pop(0)()


def zones(profiles: Profiles, people: OurPeople, watch: Watch | None = None, aside: Aside | None = None) -> Zones:
    client, board = cast("WebClient", profiles), cast("Board", people)
    return Zones(client, board, real_clock=watch or Watch(), aside=aside or Aside())


def asked_by(person: str) -> Ask:
    return Ask(request="slack:1", user=person, now=START)


def form_of(person: str) -> Ask:
    return Ask(request="slack:form:1", user=person, now=START, is_acknowledged=False)


AWAY = OSError("nobody there")


def profile(zone: str | None) -> dict[str, Any]:
    return {"ok": True, "user": {"id": "U0TOM", "tz": zone}}


def test_the_readers_own_profile_comes_first() -> None:
    assert zones(Profiles(profile("Europe/Berlin")), OurPeople(zones={"U0TOM": "Asia/Tokyo"})).of(
        asked_by("U0TOM")
    ) == ("Europe/Berlin")


@pytest.mark.parametrize(
    "answer",
    [
        profile("Mars/Olympus"),
        profile("../etc/passwd"),
        profile(None),
        profile(""),
        {"ok": True},
        {"ok": True, "user": None},
        {"ok": True, "user": 17},
        SlackApiError("no", {"ok": False, "error": "unknown_method"}),  # type: ignore[no-untyped-call]
        OSError("nobody there"),
    ],
)
def test_a_profile_that_says_nothing_usable_leaves_it_to_our_own_list(answer: dict[str, Any] | Exception) -> None:
    people = OurPeople(zones={"U0TOM": "Asia/Tokyo"})
    assert zones(Profiles(answer), people).of(asked_by("U0TOM")) == "Asia/Tokyo"
    assert zones(Profiles(answer), people).of(asked_by("U0GUEST")) == "Europe/Vienna"
    assert zones(Profiles(answer), OurPeople()).of(asked_by("U0TOM")) == FALLBACK


def test_slack_is_asked_once_an_hour() -> None:
    profiles, watch = Profiles(profile("Europe/Berlin"), profile("America/Denver")), Watch()
    reader_zones = zones(profiles, OurPeople(), watch)
    assert [reader_zones.of(asked_by("U0TOM")), reader_zones.of(asked_by("U0TOM"))] == ["Europe/Berlin"] * 2
    assert profiles.asked == ["U0TOM"]
    watch.at += KEPT_FOR + timedelta(seconds=1)
    assert reader_zones.of(asked_by("U0TOM")) == "America/Denver"


def test_a_form_is_read_without_asking_slack_which_is_asked_meanwhile() -> None:
    profiles, aside = Profiles(profile("Europe/Berlin")), Aside()
    reader_zones = zones(profiles, OurPeople(zones={"U0TOM": "Asia/Tokyo"}), aside=aside)
    assert [reader_zones.of(form_of("U0TOM")), reader_zones.of(form_of("U0TOM"))] == ["Asia/Tokyo"] * 2
    assert profiles.asked == []
    aside.run()
    assert profiles.asked == ["U0TOM"], "once, however often it was wanted"
    assert reader_zones.of(form_of("U0TOM")) == "Europe/Berlin"


def test_whoever_opens_a_form_is_known_when_it_comes_back() -> None:
    profiles, aside = Profiles(profile("Europe/Berlin")), Aside()
    reader_zones = zones(profiles, OurPeople(zones={"U0TOM": "Asia/Tokyo"}), aside=aside)
    reader_zones.learn("U0TOM")
    aside.run()
    reader_zones.learn("U0TOM")
    aside.run()
    assert reader_zones.of(form_of("U0TOM")) == "Europe/Berlin"
    assert profiles.asked == ["U0TOM"]


def test_a_form_is_read_with_what_was_known_an_hour_ago_rather_than_with_nothing() -> None:
    profiles, watch = Profiles(profile("Europe/Berlin"), AWAY), Watch()
    reader_zones = zones(profiles, OurPeople(zones={"U0TOM": "Asia/Tokyo"}), watch)
    reader_zones.of(asked_by("U0TOM"))
    watch.at += 2 * KEPT_FOR
    assert reader_zones.of(form_of("U0TOM")) == "Europe/Berlin"
    assert reader_zones.of(asked_by("U0TOM")) == "Europe/Berlin", "nor does a failed look-up take it away"


def test_a_failed_look_up_is_not_kept() -> None:
    profiles, aside = Profiles(AWAY, profile("Europe/Berlin")), Aside()
    reader_zones = zones(profiles, OurPeople(zones={"U0TOM": "Asia/Tokyo"}), aside=aside)
    assert reader_zones.of(asked_by("U0TOM")) == "Asia/Tokyo"
    assert reader_zones.of(asked_by("U0TOM")) == "Asia/Tokyo", "nobody waits for Slack again so soon"
    assert profiles.asked == ["U0TOM"]
    aside.run()
    assert reader_zones.of(asked_by("U0TOM")) == "Europe/Berlin", "but it was asked meanwhile"


def test_after_a_while_somebody_waits_for_slack_again() -> None:
    profiles, watch = Profiles(AWAY, profile("Europe/Berlin")), Watch()
    reader_zones = zones(profiles, OurPeople(), watch)
    reader_zones.of(asked_by("U0TOM"))
    watch.at += PATIENCE
    assert reader_zones.of(asked_by("U0TOM")) == "Europe/Berlin"


def test_a_look_up_that_dies_does_not_stop_the_next() -> None:
    aside = Aside()
    reader_zones = zones(Profiles(ZeroDivisionError(), profile("Europe/Berlin")), OurPeople(), aside=aside)
    reader_zones.learn("U0TOM")
    with pytest.raises(ZeroDivisionError):
        aside.run()
    reader_zones.learn("U0TOM")
    aside.run()
    assert reader_zones.of(form_of("U0TOM")) == "Europe/Berlin"
