"""A priority or a version that promises nothing: no due time, no word, no figure, and what people are shown of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.views.card import incident_card
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.explain import Explanations
from sla_engine.text.why_text import as_text
from tests.note_desk import EXAMPLES, MIRA, TOM, Desk, at
from tests.outcome_desk import PLAN, RESOLUTION, RESPONSE, clock, note_state, told

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def lowered(desk: Desk, *, opened: str = "mon 10:00", at_: str = "mon 11:01") -> str:
    """An incident whose first response was given, lowered to P5, for which nothing is promised."""
    key = desk.open(at(opened))
    desk.incidents.respond(key, text="On it", by=TOM, now=at(opened) + timedelta(minutes=5))
    desk.incidents.set_priority(key, priority=Priority.P5, by=TOM, now=at(at_))
    return key


def nudges(desk: Desk) -> list[str]:
    return [sent.key for sent in desk.sent() if isinstance(sent.shown, NudgeMessage) and sent.op == "post"]


def test_nothing_is_due_said_or_missed_any_more(desk: Desk) -> None:
    key = lowered(desk)
    said = nudges(desk)
    for day in ("mon 13:00", "tue 09:00", "wed 12:00", "fri 17:00"):
        desk.look(at(day))
    assert nudges(desk) == said
    assert (clock(desk, key, RESOLUTION).state, clock(desk, key, RESOLUTION).due_at) == (ClockState.CANCELLED, None)
    assert "breached" not in told(desk, key)
    assert note_state(desk, key) is None


def test_it_counts_in_no_figure_of_the_week(desk: Desk) -> None:
    lowered(desk)
    desk.look(at("fri 17:00"))
    figures = desk.digests.show(by=MIRA, written="2026-W06", now=at("mon 09:00", week=1))
    decided = {row.metric: (row.trend.this_week.met, row.trend.this_week.of) for row in figures.metrics}
    assert decided == {"first_response": (1, 1), "customer_update": (1, 1)}
    assert figures.breached_open.count == figures.at_risk.count == 0


def test_a_miss_from_before_stays_and_still_wants_its_note(desk: Desk) -> None:
    key = desk.missed(at("mon 10:40"))
    desk.incidents.set_priority(key, priority=Priority.P5, by=TOM, now=at("mon 11:00"))
    desk.look(at("wed 12:00"))
    missed = clock(desk, key, RESPONSE)
    assert (missed.state, missed.breached_at, missed.stopped_at) == (
        ClockState.STOPPED,
        at("mon 10:30"),
        at("mon 11:00"),
    )
    assert note_state(desk, key) is NoteState.WANTED


def test_the_way_back_counts_from_the_opening_and_is_announced(desk: Desk) -> None:
    key = lowered(desk)
    desk.look(at("mon 15:00"))
    desk.incidents.set_priority(key, priority=Priority.P2, by=TOM, now=at("mon 16:00"))
    found = clock(desk, key, RESOLUTION)
    assert (found.state, found.due_at) == (ClockState.RUNNING, at("tue 09:30"))
    desk.look(at("tue 09:31"))
    assert clock(desk, key, RESOLUTION).breached_at == at("tue 09:30")


def test_people_see_why_there_is_no_clock(desk: Desk) -> None:
    key = lowered(desk)
    card = incident_card(Board(desk.unit_of_work).show(key, now=at("mon 12:00")), now=at("mon 12:00"))
    assert "*Fix*\nNothing is promised any more" in str(card.blocks).replace("\\n", "\n")
    assert "Fix: nothing is promised any more" in card.text
    why = as_text(Explanations(desk.unit_of_work).why(key, now=at("tue 12:00")))
    assert "Fix: cancelled\nCounted 1h1m of 8h; it has no outcome, because nothing is promised" in why
    assert "Target since Mon 2026-02-02 11:01: none any more, version 1 (another priority)" in why
    assert [incident.next_clock for incident in Board(desk.unit_of_work).everything(now=at("mon 12:00")).incidents] == [
        None
    ]


def test_a_version_that_promises_less_ends_the_clock_when_it_comes(desk: Desk, tmp_path: Path) -> None:
    key = desk.open(at("mon 10:00"))
    file = tmp_path / "acme-dental.yaml"
    text = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8")
    text = text.replace("resolution_plan: 2h, resolution: 8h", "resolution: 8h")
    file.write_text(text.replace("effective: 2026-01-01T", "effective: 2026-02-02T11:00:00-05:00 # "), encoding="utf-8")
    agreement_files.apply(desk.database, [file], by="test", now=at("mon 10:30"))
    desk.look(at("mon 10:31"))
    assert (clock(desk, key, PLAN).state, clock(desk, key, PLAN).due_at) == (ClockState.RUNNING, None)
    desk.look(at("mon 11:00"))
    assert clock(desk, key, PLAN).state is ClockState.CANCELLED
    desk.look(at("tue 17:00"))
    assert clock(desk, key, PLAN).breached_at is None
    assert clock(desk, key, RESOLUTION).breached_at == at("tue 09:30")
