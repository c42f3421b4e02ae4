"""`docs/how-clocks-count.md` is run: every table of the page is put to the engine, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_check, step_due
from sla_engine.domain.escalation.rung_instants import rung_instant
from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Level
from sla_engine.domain.incidents.promises import promises
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.durations import exact, read_duration
from sla_engine.domain.time.errors import DayIsAmbiguous
from tests.unit.clock_page import PLAIN_EVENTS, Row, duration, history, instant, rows, subject

# ---------------------------------------------------------------------- putting a row to the engine


def reading(row: Row, metric: str, *, at: datetime) -> Reading:
    story = history(row.cells["what happens"], row.calendar)
    return readings(story, row.terms(story), now=at)[MetricName(metric)][-1]


def check_clock(row: Row) -> None:
    """Target, elapsed, due and breach of one clock, read at one instant."""
    cells, at = row.cells, instant(row.cells["read at"], row.calendar)
    found = reading(row, cells["clock"], at=at)
    assert exact(found.target.duration) == cells["target"]
    assert found.elapsed == duration(cells["elapsed"])
    check_due(found, cells["due"], row.calendar)
    check_breach(found, cells["breached"], row.calendar)


def check_due(found: Reading, due: str, calendar: Calendar) -> None:
    if due == "none":
        assert found.due_at is None
        return
    if not due.startswith("rests, "):
        assert found.state is not ClockState.PAUSED
        assert found.due_at == instant(due, calendar)
        return
    assert (found.state, found.due_at) == (ClockState.PAUSED, None)
    length, _, side = due.removeprefix("rests, ").partition(" ")
    assert found.remaining == {"left": 1, "over": -1}[side] * duration(length)


def check_breach(found: Reading, breached: str, calendar: Calendar) -> None:
    if breached == "cancelled":
        assert (found.state, found.met) == (ClockState.CANCELLED, None)
        return
    if breached in ("no", "met"):
        assert found.breached_at is None
        assert found.met is (True if breached == "met" else None)
        return
    at, comma, _ = breached.partition(", by the change")
    assert found.breached_at == instant(at, calendar)
    assert found.breached_on_change is bool(comma)
    assert found.met is False


def check_ledger(row: Row) -> None:
    """One row of the ledger of the clock that was read last."""
    cells, calendar = row.cells, row.calendar
    metric, at = MetricName(row.story["clock"]), instant(row.story["read at"], calendar)
    story = history(row.story["what happens"], calendar)
    found = ledger(story, metric, row.terms(story), now=at)
    assert found is not None
    line = next(line for line in (*found.rows, *found.ahead) if line.start == instant(cells["from"], calendar))
    assert line.end == instant(cells["to"], calendar)
    assert (line.what, line.why) == (cells["what"], cells["why"])
    assert (line.counted, line.running_sum) == (duration(cells["counted"]), duration(cells["sum"]))


def check_rung(row: Row) -> None:
    """When one rung of the resolution's ladder is reached; the breach itself is the instant after."""
    story = history(row.cells["what happens"], row.calendar)
    found = readings(story, row.terms(story), now=story[-1].at)[MetricName.RESOLUTION][-1]
    percent = int(row.cells["rung"].removesuffix("%"))
    rung = next(rung for rung in row.agreement.ladder(MetricName.RESOLUTION).rungs if rung.percent == percent)
    reached = rung_instant(found, rung)
    assert reached is not None
    assert reached.replace(microsecond=0) == instant(row.cells["reached at"], row.calendar)


def check_said(row: Row) -> None:
    """When a rung of the page's ladder is reached, and when that is said."""
    rung = next(rung for rung in row.agreement.ladder(MetricName.RESOLUTION).rungs if rung.label == row.cells["rung"])
    story = history(row.cells["what happens"], row.calendar)
    reached = rung_instant(readings(story, row.terms(story), now=story[-1].at)[MetricName.RESOLUTION][-1], rung)
    assert reached is not None
    assert reached.replace(microsecond=0) == instant(row.cells["reached at"], row.calendar)
    said = rung.after_quiet_hours(reached, row.calendar.tz)
    assert said.replace(microsecond=0) == instant(row.cells["said at"], row.calendar)


def check_back_off(row: Row) -> None:
    """How long a repeat of the page's rung at 100 % waits, and how many rungs further up it reaches."""
    rung = next(rung for rung in row.agreement.ladder(MetricName.RESOLUTION).rungs if rung.percent == 100)
    assert rung.repeat is not None
    number = int(row.cells["repeat number"])
    assert rung.repeat.wait(number) == duration(row.cells["waits"])
    assert rung.repeat.rungs_up(number) == int(row.cells["rungs up"])


def check_attribution(row: Row) -> None:
    """Who held the ball, in open time that sums to all of it."""
    at = instant(row.cells["read at"], row.calendar)
    story = history(row.cells["what happens"], row.calendar)
    found = attributed_time(story, row.terms(story), now=at)
    assert found is not None
    held = (found.us, found.customer, found.third_party)
    assert held == tuple(duration(row.cells[who]) for who in ("us", "customer", "third party"))
    assert found.outlived + found.answered == duration(row.cells["ours after all"])
    assert found.total == row.calendar.elapsed(story[0].at, at)


def check_promise(row: Row) -> None:
    """What became of the first promise of a story."""
    first = promises(history(row.cells["what happens"], row.calendar))[0]
    assert first.due == instant(row.cells["promised for"], row.calendar)
    assert first.outcome.replace("_", " ") == row.cells["what became of it"]


def check_fold(row: Row) -> None:
    """What is announced when nobody looked for a while: the highest rung, once."""
    at = instant(row.cells["nobody looked until"], row.calendar)
    found = reading(row, "resolution", at=at)
    ladder = row.agreement.ladder(MetricName.RESOLUTION)
    zone = row.calendar.tz
    said = step_due(found, ladder, LadderPlace(), acknowledged=False, repeats_from=None, zone=zone, now=at)
    assert said is not None
    assert f"{said.rung.percent}%, once" == row.cells["announced"]
    place = LadderPlace().after(said, ladder)
    assert step_due(found, ladder, place, acknowledged=False, repeats_from=None, zone=zone, now=at) is None
    check_breach(found, row.cells["breached"], row.calendar)


def check_repeat(row: Row) -> None:
    """When the last rung is said again, on the calendar of the page."""
    every, _, wall = row.cells["repeat"].partition(" ")
    rung = Rung(percent=100, tell=(Recipient.DISPATCHER,), repeat=Repeat(every=duration(every), wall=wall == "wall"))
    last = instant(row.cells["last said at"], row.calendar)
    story = history("Mon 5 Jan 09:00 opened P2", row.calendar)
    found = readings(story, row.terms(story), now=last)[MetricName.RESOLUTION][-1]
    place = LadderPlace(announced=frozenset({0}), repeating=0, last_nudged_at=last)
    zone = row.calendar.tz
    again = next_check(found, Ladder((rung,)), place, acknowledged=False, repeats_from=None, zone=zone, now=last)
    assert again == instant(row.cells["said again at"], row.calendar)


def check_label(row: Row) -> None:
    """Which instant a wall-clock time means on a day when the clocks change."""
    assert instant(row.cells["the wall clock says"], row.calendar) == instant(row.cells["it means"], row.calendar)


def check_duration(row: Row) -> None:
    """How long a written duration is where the calendar says how long a business day is."""
    text, means = row.cells["written"], row.cells["open time"]
    if means == "refused":
        with pytest.raises(DayIsAmbiguous):
            read_duration(text)
        return
    assert read_duration(text).on(row.calendar.business_day) == duration(means)


def check_metric(row: Row) -> None:
    """What stops a clock, what starts it over, and whether a pause rests it."""
    metric = METRICS[MetricName(row.cells["metric"])]
    names = {type(each): name for name, each in PLAIN_EVENTS.items()}
    assert ", ".join(names[kind] for kind in metric.stops_on) == row.cells["stops when"]
    assert (", ".join(names[kind] for kind in metric.restarts_on) or "never") == row.cells["starts over when"]
    assert ("yes" if metric.pausable else "no") == row.cells["a pause rests it"]
    assert ("yes" if metric.resumes_on_reopen else "no") == row.cells["goes on when reopened"]


def check_choice(row: Row) -> None:
    """Which of the promises that match an incident holds, and which lost."""
    priority, site, service = subject(row.cells["incident"])
    choice = row.agreement.choose(
        MetricName(row.cells["clock"]), Subject(priority=priority, site=site, service=service)
    )
    assert choice is not None
    assert exact(choice.target.duration) == row.cells["target"]
    assert choice.target.named == row.cells["rule that holds"]
    assert ("; ".join(target.named for target in choice.losers) or "none") == row.cells["rules that lost"]


def check_matrix(row: Row) -> None:
    """Which priority impact and urgency make, unless an agreement says otherwise."""
    levels = Level(row.cells["impact"]), Level(row.cells["urgency"])
    assert USUAL_MATRIX[levels] == row.cells["priority"]


def check_first_and_total(row: Row) -> None:
    """The open time to the first resolution, and in all."""
    found = reading(row, "resolution", at=instant(row.cells["read at"], row.calendar))
    assert found.first_elapsed == duration(row.cells["first resolution"])
    assert found.elapsed == duration(row.cells["in all"])


def check_figures(row: Row) -> None:
    """Whether a resolution counts as met, as missed, or not at all; a waiver leaves the miss to be seen."""
    found = reading(row, "resolution", at=instant(row.cells["read at"], row.calendar))
    counted = "left out, waived" if found.waived_at else "met" if found.met else "missed"
    assert counted == row.cells["counts in the figures"]
    expected = None if row.cells["breached"] == "no" else instant(row.cells["breached"], row.calendar)
    assert found.breached_at == expected


CHECKS: Mapping[str, Callable[[Row], None]] = {
    "clock | what happens | read at | target | elapsed | due | breached": check_clock,
    "from | to | what | counted | sum | why": check_ledger,
    "rung | what happens | reached at": check_rung,
    "rung | what happens | reached at | said at": check_said,
    "repeat number | waits | rungs up": check_back_off,
    "what happens | read at | us | customer | third party | ours after all": check_attribution,
    "what happens | promised for | what became of it": check_promise,
    "what happens | nobody looked until | announced | breached": check_fold,
    "repeat | last said at | said again at": check_repeat,
    "clock | incident | target | rule that holds | rules that lost": check_choice,
    "impact | urgency | priority": check_matrix,
    "what happens | read at | first resolution | in all": check_first_and_total,
    "what happens | read at | breached | counts in the figures": check_figures,
    "the wall clock says | it means": check_label,
    "written | open time": check_duration,
    "metric | stops when | starts over when | a pause rests it | goes on when reopened": check_metric,
}
ROWS = [pytest.param(header, row, id=f"line {row.number}") for header, row in rows()]


@pytest.mark.parametrize(("header", "row"), ROWS)
def test_the_page_says_what_the_engine_says(header: str, row: Row) -> None:
    CHECKS[header](row)


def test_every_kind_of_table_is_on_the_page() -> None:
    assert {header for header, _ in rows()} == set(CHECKS)


def test_the_page_names_every_metric() -> None:
    assert [row.cells["metric"] for header, row in rows() if header.startswith("metric")] == [*MetricName]


def test_the_page_shows_every_row_of_the_ledger_it_explains() -> None:
    shown = [row for header, row in rows() if header.startswith("from")]
    last = shown[-1]
    metric, at = MetricName(last.story["clock"]), instant(last.story["read at"], last.calendar)
    story = history(last.story["what happens"], last.calendar)
    found = ledger(story, metric, last.terms(story), now=at)
    assert found is not None
    assert len(found.rows) + len(found.ahead) == len(shown)
    assert found.rows[-1].running_sum == found.reading.elapsed
    assert found.ahead[-1].running_sum == found.reading.target.duration
    assert found.ahead[-1].end == found.reading.due_at
