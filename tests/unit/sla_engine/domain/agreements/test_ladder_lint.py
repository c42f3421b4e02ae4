from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.ladder_lint import odd_rungs, targets_on
from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE = Calendar.weekly("UTC", {"mon": ["09:00-17:00"]})
ALWAYS = Calendar.always_open("UTC")
TELL = (Recipient.DISPATCHER,)


def share(percent: int, repeat: Repeat | None = None) -> Rung:
    return Rung(percent=percent, tell=TELL, repeat=repeat)


def due(minutes: int, *, wall: bool = False) -> Rung:
    return Rung(offset=minutes * MINUTE, wall=wall, tell=TELL)


def every(minutes: int, *, wall: bool = False, up_after: int | None = None) -> Repeat:
    return Repeat(every=minutes * MINUTE, wall=wall, up_after=up_after)


def faults(rungs: Sequence[Rung], minutes: Sequence[int] = (60,), *, calendar: Calendar = OFFICE) -> list[str]:
    """`label fault`, for a resolution ladder over targets of so many minutes."""
    targets = tuple(
        Target(metric=MetricName.RESOLUTION, priority=priority, duration=allowed * MINUTE, calendar=calendar)
        for priority, allowed in zip(Priority, minutes, strict=False)
    )
    tested = Agreement(
        customer="Acme", effective=NOW, calendar=OFFICE, targets=targets, ladders={"resolution": Ladder.of(rungs)}
    )
    return [f"{oddity.rung.label} {oddity.fault}" for oddity in odd_rungs(tested)]


@pytest.mark.parametrize(
    ("rungs", "minutes", "expected"),
    [
        ([due(-59), share(100)], [60], []),
        ([due(-60), share(100)], [60], ["1h before due with_the_opening"]),
        ([due(-60), share(100)], [240, 60], ["1h before due with_the_opening"]),
        ([due(-60, wall=True), share(100)], [60], []),
        ([due(60), share(100)], [30], []),
        ([share(50), due(-30), share(100)], [60], ["50 % folded"]),
        ([share(50), due(-30), share(100)], [60, 90], []),
        ([share(50), due(-30, wall=True)], [60], []),
        ([share(200), due(60)], [60], ["200 % folded"]),
        ([share(50, every(15)), share(75, every(5))], [60], ["50 % overtaken"]),
        ([share(50, every(15)), share(75)], [60], []),
        ([share(50, every(14)), share(75, every(5))], [60], []),
        ([share(50, every(15)), share(75, every(5))], [60, 240], []),
        ([share(50, every(15, wall=True)), share(75, every(5))], [60], []),
        ([share(50, every(40)), share(75, every(5)), share(90, every(5))], [60], ["50 % overtaken"]),
        ([share(50), share(100, every(30, up_after=2))], [60], ["100 % nobody_above"]),
        ([share(50, every(5, up_after=2)), share(100)], [60], []),
        ([share(50, every(15)), share(75)], [], []),
    ],
    ids=[
        "just after the opening",
        "with the opening",
        "with the opening of one priority",
        "closed hours decide when wall time is counted",
        "after due is never with the opening",
        "two at one instant",
        "at one instant for one of two targets",
        "wall time may fall apart",
        "two at one instant after due",
        "the next rung is there first",
        "the next rung is there first, but does not repeat",
        "the repeat is there first",
        "the repeat is there first for one of two targets",
        "closed hours decide when a repeat counts wall time",
        "told once though two rungs are in the way",
        "nobody above the last",
        "somebody above the first",
        "no clock climbs it",
    ],
)
def test_a_rung_is_out_of_reach(rungs: Sequence[Rung], minutes: Sequence[int], expected: list[str]) -> None:
    assert faults(rungs, minutes) == expected


def test_wall_time_is_open_time_where_nothing_is_ever_closed() -> None:
    assert faults([due(-60, wall=True)], calendar=ALWAYS) == ["1h before due by the wall clock with_the_opening"]
    assert faults([share(50, every(15, wall=True)), share(75, every(5))], calendar=ALWAYS) == ["50 % overtaken"]


def test_a_default_ladder_is_climbed_by_the_metrics_without_one_of_their_own() -> None:
    rule = Target(metric=MetricName.RESOLUTION, priority=Priority.P1, duration=MINUTE, calendar=OFFICE)
    ladder = Ladder((share(50),))
    tested = Agreement(
        customer="Acme", effective=NOW, calendar=OFFICE, targets=(rule,),
        ladders={"default": ladder, "first_response": ladder},
    )  # fmt: skip
    assert targets_on(tested, "default") == (rule,)
    assert targets_on(tested, "first_response") == ()
