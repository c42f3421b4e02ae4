"""Which missed targets a note explains: those it was written about, and no later ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import Event
from sla_engine.domain.incidents.note_events import NoteWritten, ReasonGiven
from sla_engine.domain.notes.explained import clock_name, explanations, unexplained
from sla_engine.domain.notes.owing import misses
from tests.unit.sla_engine.domain.histories import TERMS, at, history, opened

REPLY = misses(readings(history(opened()), TERMS, now=at("mon 12:00")))[0]


def miss(metric: MetricName, missed_at: str, *, cycle: int = 0) -> Reading:
    breached: datetime = at(missed_at)
    return replace(REPLY, metric=metric, cycle=cycle, breached_at=breached)


FIRST = miss(MetricName.FIRST_RESPONSE, "mon 09:30")
FIX = miss(MetricName.RESOLUTION, "mon 16:00")
UPDATES = [miss(MetricName.CUSTOMER_UPDATE, f"mon {hour}:00", cycle=hour) for hour in (10, 12, 14)]
MISSED = [FIRST, *UPDATES, FIX]


def explained(*facts: tuple[str, Event]) -> dict[str, str]:
    return {name: why.reason.value for name, why in explanations(history(opened(), *facts), MISSED).items()}


REPLY_LATE, FIX_LATE = ("first_response:0",), ("resolution:0",)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ([], {}),
        ([NoteWritten(reason="capacity", covers=REPLY_LATE)], {"first_response:0": "capacity"}),
        (
            [NoteWritten(reason="vendor", covers=REPLY_LATE), ReasonGiven(reason="parts", covers=FIX_LATE)],
            {"first_response:0": "vendor", "resolution:0": "parts"},
        ),
        (
            [ReasonGiven(reason="vendor", covers=FIX_LATE), ReasonGiven(reason="parts", covers=FIX_LATE)],
            {"resolution:0": "parts"},
        ),
    ],
    ids=["nothing", "what it covers", "an addition", "another reason"],
)  # fmt: skip
def test_a_note_explains_what_it_names(facts: list[Event], reasons: dict[str, str]) -> None:
    assert explained(*(("mon 09:40", fact) for fact in facts)) == reasons


def test_a_note_of_an_earlier_version_explains_what_was_missed_before_it() -> None:
    assert explained(("mon 10:30", NoteWritten(reason="capacity"))) == dict.fromkeys(
        ("first_response:0", *(clock_name(update) for update in UPDATES)), "capacity"
    )


def test_further_customer_updates_have_the_explanation_of_the_one_before() -> None:
    given = ("mon 10:30", ReasonGiven(reason="no-status-update", covers=("customer_update:10",)))
    later = ("mon 12:30", ReasonGiven(reason="vendor", covers=("customer_update:12",)))
    assert explained(given, later) == {
        "customer_update:10": "no-status-update",
        "customer_update:12": "vendor",
        "customer_update:14": "vendor",
    }


def test_another_target_missed_later_is_unexplained() -> None:
    note = ("mon 15:00", NoteWritten(reason="capacity", covers=tuple(clock_name(clock) for clock in MISSED[:-1])))
    assert unexplained(history(opened(), note), MISSED) == [FIX]
