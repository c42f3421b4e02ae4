"""Each button beside a line of the digest lists exactly as many as the line counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.action_ids import ActionId
from bot.views.figure_buttons import figure_button
from sla_engine.domain.reporting.customers_to_call import CallCause
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.time.months import Month
from sla_engine.services.agreements import agreement_files
from sla_engine.services.queries.misses import Misses, MissList
from tests.drawn_weeks import NEW_YORK, WEEKS, draw_weeks
from tests.note_desk import EXAMPLES, MIRA, Desk, at

pytestmark = pytest.mark.sqlite_only

AFTER = WEEKS[-1].span(zone=NEW_YORK)[1] + timedelta(hours=8)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    start = at("mon 00:00") - timedelta(days=1)
    agreement_files.apply(made.database, [EXAMPLES / "agreements"], by="test", now=start)
    yield made
    made.close()


def choices(button: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The label and the words of `/sla misses` behind a button, or each line of a menu."""
    if button is None:
        return []
    options = button.get("options", [button])
    values = [(option["text"]["text"], option["value"].removeprefix(f"{ActionId.MISSES_SHOW} ")) for option in options]
    return [(label, value.removeprefix("0 ")) for label, value in values]


def lists(desk: Desk, figures: DigestFigures, figure: str) -> list[tuple[str, MissList]]:
    misses = Misses(desk.unit_of_work)
    return [
        (label, misses.listed(words.split(), by=MIRA, now=AFTER))
        for label, words in choices(figure_button(figures, figure))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_button_lists_as_many_as_its_line_counts(desk: Desk, seed: int) -> None:
    with desk.database.transaction() as session:
        draw_weeks(session, random.Random(seed), has_live=True)
    for written in (*map(str, WEEKS), str(Month(2026, 3))):
        figures = desk.digests.figures(written, now=AFTER)
        ((_, everything),) = lists(desk, figures, "headline")
        assert everything.target_count == figures.clocks.this_week.missed
        ((_, untold),) = lists(desk, figures, "updates")
        assert untold.target_count == figures.updates_missed
        reasons = lists(desk, figures, "reasons")
        assert [f"{label.rpartition(': ')[0]}: {listed.target_count}" for label, listed in reasons] == [
            label for label, _ in reasons
        ]
        assert sum(listed.target_count for _, listed in reasons) == figures.clocks.this_week.missed
        called = lists(desk, figures, "calls")
        assert len(called) == len(figures.calls) > 0
        for call, (_, listed) in zip(figures.calls, called, strict=True):
            is_urgent = call.cause is CallCause.MISSED_P1
            assert call.missed == (listed.incident_count if is_urgent else listed.target_count), call


def test_a_line_about_no_miss_has_no_button(desk: Desk) -> None:
    figures = desk.digests.figures("2026-W10", now=AFTER)
    lines = ("headline", "calls", "reasons", "ahead", "updates", "saved", "decisions")
    assert [line for line in lines if figure_button(figures, line) is not None] == []
