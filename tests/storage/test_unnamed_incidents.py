"""Which incident a verb without one means: exactly one is acted on, several are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.listeners.unnamed_incidents import UnnamedIncidents
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.queries.board import Board
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

NOW = at("mon 10:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def meant(desk: Desk, verb: str, person: str) -> tuple[str | None, list[str]]:
    """The only incident that is meant, and those that are offered."""
    candidates = UnnamedIncidents(Board(desk.unit_of_work)).candidates(verb, person, now=NOW)
    only = None if candidates.only is None else candidates.only.key
    return only, [incident.key for incident in candidates.incidents]


def free(desk: Desk) -> str:
    return desk.open(at("mon 09:50"), priority=Priority.P4, owner=None)


def calling(desk: Desk, owner: str | None = TOM) -> str:
    key = desk.open(at("mon 09:50"), priority=Priority.P4, owner=owner)
    desk.incidents.escalate(key, text="", by=TESS, now=at("mon 09:51"))
    return key


def resolved(desk: Desk) -> str:
    key = desk.open(at("mon 09:50"), priority=Priority.P4)
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:55"))
    return key


def paused(desk: Desk) -> str:
    key = desk.open(at("mon 09:50"), priority=Priority.P4)
    desk.incidents.pause(key, reason=PauseReason.PARTS, by=TOM, now=at("mon 09:55"))
    return key


@pytest.mark.parametrize(
    ("verb", "person", "made"),
    [
        ("take", TESS, free),
        ("assign", DANA, free),
        ("ack", DANA, calling),
        ("ack", TOM, calling),
        ("snooze", TOM, calling),
        ("snooze", DANA, calling),
        ("reopen", TOM, resolved),
        ("resume", TOM, paused),
    ],
)
def test_the_only_one_is_meant_and_of_two_neither(
    desk: Desk, verb: str, person: str, made: Callable[[Desk], str]
) -> None:
    desk.open(at("mon 09:30"), priority=Priority.P4, owner=MIRA)
    key = made(desk)
    assert meant(desk, verb, person) == (key, [key])
    other = made(desk)
    only, offered = meant(desk, verb, person)
    assert (only, set(offered)) == (None, {key, other})


def test_a_nudge_of_somebody_else_is_meant_by_who_is_on_duty_only(desk: Desk) -> None:
    key = calling(desk)
    assert meant(desk, "ack", TESS) == (None, [key]), "offered, as all that is open"
    desk.incidents.acknowledge(key, by=DANA, now=at("mon 09:55"))
    assert meant(desk, "ack", DANA) == (None, [key]), "somebody is on it already"
    assert meant(desk, "snooze", DANA) == (key, [key])


def test_a_note_is_written_about_the_incident_that_waits_for_one(desk: Desk) -> None:
    other = desk.open(at("mon 09:50"), priority=Priority.P4)
    assert meant(desk, "note", TOM) == (None, [other])
    key = desk.missed(at("mon 08:00"))
    desk.look(NOW)
    assert meant(desk, "note", TOM) == (key, [key])


def test_what_takes_a_miss_out_of_the_figures_is_never_done_unasked(desk: Desk) -> None:
    desk.open(at("mon 09:50"), priority=Priority.P4)
    assert meant(desk, "waive", MIRA) == (None, [])
    key = desk.missed(at("mon 08:00"))
    assert meant(desk, "waive", MIRA) == (None, [key])
