"""What an agreement's ladder says, and whose ladder counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.ladders import DEFAULT_LADDER, Ladder, Recipient, Rung, RungPhase
from sla_engine.domain.incidents.priorities import Priority
from tests.unit.sla_engine.domain.histories import RESOLUTION, UPDATE, USUAL

OWN = Ladder((Rung(percent=80, tell=(Recipient.ASSIGNEE,)),))
COMMON = Ladder((Rung(percent=90, tell=(Recipient.DISPATCHER,)),))


@pytest.mark.parametrize(("percent", "at_breach"), [(50, False), (99, False), (100, True), (150, True)])
def test_a_rung_fires_at_the_breach_from_one_hundred_percent_on(percent: int, at_breach: bool) -> None:
    assert Rung(percent=percent, tell=(Recipient.DISPATCHER,)).at_breach is at_breach


@pytest.mark.parametrize(
    ("percent", "minutes", "wall", "label", "phase"),
    [
        (75, 0, False, "75 %", RungPhase.BEFORE),
        (100, 0, False, "100 %", RungPhase.AT),
        (150, 0, False, "150 %", RungPhase.AFTER),
        (None, -30, False, "30m before due", RungPhase.BEFORE),
        (None, 90, False, "1h30m after due", RungPhase.AFTER),
        (None, -0.5, True, "30s before due by the wall clock", RungPhase.BEFORE),
    ],
)
def test_a_rung_says_when_it_is_reached(
    percent: int | None, minutes: float, wall: bool, label: str, phase: RungPhase
) -> None:
    offset = timedelta(minutes=minutes) if minutes else None
    rung = Rung(percent=percent, offset=offset, wall=wall, tell=(Recipient.DISPATCHER,))
    assert (rung.label, rung.phase) == (label, phase)
    assert rung.key == ((percent, False) if minutes == 0 else (offset, wall))


@pytest.mark.parametrize(("percent", "offset"), [(None, None), (None, timedelta(0)), (50, timedelta(hours=1))])
def test_a_rung_is_reached_in_exactly_one_way(percent: int | None, offset: timedelta | None) -> None:
    with pytest.raises(ValueError, match="at a share or at an offset"):
        Rung(percent=percent, offset=offset, tell=(Recipient.DISPATCHER,))


def test_rungs_stand_in_the_order_in_which_they_are_usually_reached() -> None:
    tell = (Recipient.DISPATCHER,)
    after = Rung(offset=timedelta(hours=1), tell=tell)
    late = Rung(offset=-timedelta(minutes=10), tell=tell)
    early = Rung(offset=-timedelta(minutes=30), tell=tell)
    half, breach = Rung(percent=50, tell=tell), Rung(percent=100, tell=tell)
    assert Ladder.of([after, breach, late, half, early]).rungs == (half, early, late, breach, after)


def test_a_metric_s_own_ladder_comes_before_the_agreement_s_and_the_product_s() -> None:
    agreement = replace(USUAL, ladders={"customer_update": OWN, "default": COMMON})
    assert (agreement.ladder(UPDATE), agreement.ladder(RESOLUTION)) == (OWN, COMMON)
    assert USUAL.ladder(RESOLUTION) is DEFAULT_LADDER


def test_the_product_s_ladder_warns_before_it_breaks() -> None:
    percents = [rung.percent or 0 for rung in DEFAULT_LADDER.rungs]
    assert percents == sorted(percents)
    assert not DEFAULT_LADDER.rungs[0].at_breach
    assert DEFAULT_LADDER.rungs[-1].at_breach


def test_an_agreement_promises_nothing_for_a_priority_it_does_not_name() -> None:
    assert USUAL.target(RESOLUTION, Priority.P5) is None


def test_priorities_rank_from_the_most_urgent() -> None:
    assert [priority.rank for priority in Priority] == [1, 2, 3, 4, 5]
