"""Long ledgers made short: nights folded, then the middle, and the sums unchanged."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch
from sla_engine.domain.clocks.ledger_summary import LINES_MAX, ROWS_IN_FULL, in_full, shortened
from sla_engine.domain.incidents.events import Event, Paused, Resumed
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import DAYS, RESOLUTION, TERMS, USUAL, at, history, hours, opened
from tests.unit.sla_engine.domain.random_stories import Story, stories

ZERO = timedelta(0)


def explained(*facts: tuple[str, Event], now: str = "fri 16:00", week: int = 0, terms: Terms = TERMS) -> Ledger:
    explanation = ledger(history(opened(), *facts), RESOLUTION, terms, now=at(now, week=week))
    assert explanation is not None
    return explanation


def restless(pauses: int) -> list[tuple[str, Event]]:
    """An hour of work and an hour of rest by turns, eight hours a day."""
    facts: list[tuple[str, Event]] = []
    for number in range(pauses):
        day, hour = DAYS[number // 4], 9 + 2 * (number % 4)
        facts.append((f"{day} {hour + 1:02}:00", Paused(reason=PauseReason.VENDOR)))
        facts.append((f"{day} {hour + 1:02}:59", Resumed()))
    return facts


def test_a_short_ledger_keeps_its_nights() -> None:
    explanation = explained(now="wed 12:00")
    assert [line.what for line in shortened(explanation.rows)] == [row.what for row in explanation.rows]
    assert not any(line.closed or line.hidden for line in shortened(explanation.rows))


def test_the_nights_of_a_long_one_are_folded_and_counted() -> None:
    explanation = explained(now="mon 10:00", week=3)
    assert len(explanation.rows) > ROWS_IN_FULL
    (line,) = shortened(explanation.rows)
    assert (line.what, line.closed, line.counted) == (Stretch.RUNNING, 15, hours(15 * 8 + 1))


def test_a_pause_stands_between_two_runs() -> None:
    lines = shortened(explained(("wed 10:00", Paused(reason=PauseReason.VENDOR)), ("wed 11:00", Resumed()),
                                now="mon 10:00", week=2).rows)  # fmt: skip
    assert [line.what for line in lines] == [Stretch.RUNNING, Stretch.PAUSED, Stretch.RUNNING]


def test_another_version_of_the_agreement_stands_between_two_runs() -> None:
    terms = Terms((Governing(START_OF_TIME, 1, USUAL), Governing(at("thu 12:00"), 2, USUAL)), USUAL)
    lines = shortened(explained(now="mon 10:00", week=2, terms=terms).rows)
    assert [line.version for line in lines] == [1, 2]


def test_of_a_very_long_one_the_middle_is_one_line() -> None:
    explanation = explained(*restless(20))
    lines = shortened(explanation.rows)
    assert len(lines) == LINES_MAX
    (middle,) = [line for line in lines if line.what is None]
    assert middle.hidden > 1
    assert sum((line.counted for line in lines), ZERO) == explanation.reading.elapsed


@given(stories)
def test_whatever_is_folded_the_lines_follow_each_other_and_sum_as_the_rows_do(drawn: Story) -> None:
    for metric in MetricName:
        explanation = ledger(drawn.history, metric, drawn.terms, now=drawn.now)
        for rows in (explanation.rows, explanation.ahead) if explanation else ():
            lines = shortened(rows)
            assert len(lines) <= LINES_MAX
            assert len(in_full(rows)) == len(rows)
            assert [line.start for line in lines[1:]] == [line.end for line in lines[:-1]]
            assert sum((line.counted for line in lines), ZERO) == sum((row.counted for row in rows), ZERO)
            if rows:
                assert (lines[0].start, lines[-1].end) == (rows[0].start, rows[-1].end)
                assert lines[-1].running_sum == rows[-1].running_sum
