"""From when on another incident goes on with a ticket."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.incidents.events import (
    Deleted,
    Event,
    Followed,
    Merged,
    Moved,
    Paused,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.follow_ups import goes_on_at
from sla_engine.domain.incidents.history import SLACK
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import history, opened

Fact = tuple[str, Event]
RESOLVED: Fact = ("mon 10:00", Resolved())
DELETED: Fact = ("mon 10:00", Deleted())
FOLLOWED: Fact = ("wed 10:00", Followed(key="INC-2"))
WAITS = Paused(reason=PauseReason.VENDOR)


def goes_on(*facts: Fact, window: timedelta | None = timedelta(days=1), source: str = "psa", seed: int = 0) -> str:
    """When another incident goes on, as `mon 10:00`; empty where the incident goes on itself."""
    entries = [replace(entry, source=source) for entry in history(opened(), *facts)]
    unfollowed = [entry for entry in entries if not isinstance(entry.event, Followed)]
    random.Random(seed).shuffle(unfollowed)
    followed = [entry for entry in entries if isinstance(entry.event, Followed)]
    report = goes_on_at([*unfollowed, *followed], lambda _: window)
    return "" if report is None else f"{report.at:%a %H:%M}".lower()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], ""),
        ([("tue 09:00", Reopened())], ""),
        ([RESOLVED], ""),
        ([RESOLVED, ("tue 10:00", Reopened())], ""),
        ([RESOLVED, ("tue 10:01", Reopened())], "tue 10:01"),
        ([RESOLVED, ("tue 10:01", Resumed())], "tue 10:01"),
        ([RESOLVED, ("tue 10:01", Resumed(reason=PauseReason.VENDOR))], ""),
        ([RESOLVED, ("tue 10:01", Responded()), ("tue 10:02", WAITS)], ""),
        ([RESOLVED, ("tue 10:01", Resumed()), ("tue 10:01", WAITS), ("wed 10:00", Reopened())], "tue 10:01"),
        ([RESOLVED, ("tue 09:00", Resolved()), ("tue 10:01", Reopened())], "tue 10:01"),
        ([RESOLVED, ("tue 09:00", Reopened()), ("wed 10:00", Reopened())], ""),
        ([RESOLVED, ("tue 09:00", Reopened()), ("tue 11:00", Resolved()), ("wed 12:00", Reopened())], "wed 12:00"),
        ([DELETED, ("mon 10:00", Reopened())], ""),
        ([DELETED, ("mon 10:01", Reopened())], "mon 10:01"),
        ([RESOLVED, ("mon 11:00", Deleted()), ("mon 11:01", Resumed())], "mon 11:01"),
        ([RESOLVED, ("mon 11:00", Merged(into="INC-9")), ("fri 10:00", Reopened())], ""),
        ([RESOLVED, ("mon 11:00", Moved(key="INC-9", customer="Beta")), ("fri 10:00", Reopened())], ""),
    ],
    ids=[
        "nothing", "open", "resolved", "within the window", "after it", "a status after it", "one pause ends after it",
        "no work after it", "taken up twice after it", "resolved twice", "reopened, and once more",
        "later resolved again",
        "at the instant of the deletion", "after the deletion", "resolved, deleted", "merged", "moved",
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(3))
def test_another_incident_goes_on_from_the_first_work_that_is_too_late(
    facts: list[Fact], expected: str, seed: int
) -> None:
    assert goes_on(*facts, seed=seed) == expected


def test_without_a_window_the_incident_itself_goes_on() -> None:
    assert goes_on(RESOLVED, ("sun 10:00", Reopened()), window=None) == ""


def test_what_people_do_in_slack_is_refused_there_and_opens_nothing_here() -> None:
    assert goes_on(RESOLVED, ("fri 10:00", Reopened()), source=SLACK) == ""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([RESOLVED, FOLLOWED], ""),
        ([RESOLVED, FOLLOWED, ("tue 11:00", Reopened())], "tue 11:00"),
        ([RESOLVED, FOLLOWED, ("tue 09:00", Reopened())], "tue 09:00"),
        ([RESOLVED, FOLLOWED, ("tue 09:00", Reopened()), ("tue 11:00", Resolved())], ""),
        ([RESOLVED, FOLLOWED, ("tue 09:00", Reopened()), ("tue 11:00", Deleted())], ""),
        ([RESOLVED, FOLLOWED, ("wed 10:00", Reopened())], ""),
        ([RESOLVED, DELETED, FOLLOWED, ("mon 10:00", Reopened())], ""),
    ],
    ids=[
        "nothing new",
        "earlier",
        "within the window",
        "resolved again",
        "deleted after it",
        "what is known",
        "at the instant of the deletion",
    ],
)
def test_two_incidents_that_people_know_stay_two(facts: list[Fact], expected: str) -> None:
    assert goes_on(*facts) == expected
