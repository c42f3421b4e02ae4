"""Laws of the ledger and of who held the ball, on random histories under agreements that change meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import fairness
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.clocks.target_history import Cause
from sla_engine.domain.incidents.events import Absorbed, PrioritySet
from tests.unit.sla_engine.domain.histories import RESOLUTION, hours
from tests.unit.sla_engine.domain.random_stories import Story, stories, story

ZERO = timedelta(0)
MICROSECOND = timedelta(microseconds=1)
many = settings(max_examples=150)


def ledgers(told: Story) -> list[Ledger]:
    found = (ledger(told.history, metric, told.terms, now=told.now) for metric in MetricName)
    return [each for each in found if each is not None]


@many
@given(stories)
def test_a_ledger_explains_the_reading_it_stands_beside(told: Story) -> None:
    read = readings(told.history, told.terms, now=told.now)
    assert {each.reading.metric: each.reading for each in ledgers(told)} == {
        metric: measured[-1] for metric, measured in read.items()
    }


@many
@given(stories)
def test_every_instant_of_a_clock_lies_in_one_row_and_the_rows_sum_to_what_elapsed(told: Story) -> None:
    for each in ledgers(told):
        rows, reading = each.rows, each.reading
        assert sum((row.counted for row in rows), ZERO) == reading.elapsed
        assert [row.start for row in rows[1:]] == [row.end for row in rows[:-1]]
        ends = reading.stopped_at or told.now
        if reading.started_at < ends:
            assert (rows[0].start, rows[-1].end) == (reading.started_at, ends)
        else:
            assert rows == ()


@many
@given(stories)
def test_the_running_sum_is_the_sum_of_the_rows_so_far_and_only_running_time_counts(told: Story) -> None:
    for each in ledgers(told):
        total = ZERO
        for row in (*each.rows, *each.ahead):
            counts = row.what in (Stretch.RUNNING, Stretch.AHEAD)
            assert row.counted == (row.end - row.start if counts else ZERO)
            total += row.counted
            assert row.running_sum == total


@many
@given(stories)
def test_what_is_ahead_of_a_running_clock_leads_from_now_to_its_due_time(told: Story) -> None:
    for each in ledgers(told):
        reading, ahead = each.reading, each.ahead
        if not leads_on(reading, told.now):
            assert ahead == ()
            continue
        assert (ahead[0].start, ahead[-1].end) == (told.now, reading.due_at)
        assert [row.start for row in ahead[1:]] == [row.end for row in ahead[:-1]]
        used = ahead[-1].running_sum
        coming = [row for row in each.targets if row.at > told.now]
        if not coming:
            assert used == reading.target.duration
            assert sum((row.counted for row in ahead), ZERO) == reading.remaining
        elif coming[-1].at < ahead[-1].end:
            assert used == coming[-1].duration
        else:  # the version that comes then finds it overdue, unless it was due at that very instant
            assert used > coming[-1].duration or used == reading.target.duration


def leads_on(reading: Reading, now: datetime) -> bool:
    running = reading.state is ClockState.RUNNING and not reading.breached
    return running and reading.due_at is not None and reading.due_at > now


@many
@given(stories)
def test_a_row_names_the_version_and_the_target_in_force_throughout_it(told: Story) -> None:
    for each in ledgers(told):
        for row in each.rows:
            inside = row.end - MICROSECOND
            assert told.terms.at(row.start).number == told.terms.at(inside).number == row.version
            assert in_force(each, row.start) == in_force(each, inside) == row.rule
        assert {row.version for row in (*each.rows, *each.ahead)} == {version.number for version in each.versions}


def in_force(each: Ledger, at: datetime) -> str:
    rules = [row.rule if row.promises else "" for row in each.targets if row.at <= at]
    return rules[-1] if rules else ""


@many
@given(stories)
def test_the_last_target_that_came_is_the_one_the_clock_is_held_against(told: Story) -> None:
    for each in ledgers(told):
        come = [row for row in each.targets if row.at <= told.now]
        assert (come[-1].rule, come[-1].duration) == (each.reading.target.named, each.reading.target.duration)
        assert come[-1].version == each.reading.version
        assert len(come[-1].losers) == len(each.reading.losers)


@many
@given(stories)
def test_who_held_the_ball_sums_to_all_the_open_time_until_the_resolution(told: Story) -> None:
    measured = readings(told.history, told.terms, now=told.now).get(RESOLUTION, ())
    found = fairness(told.history, told.terms, now=told.now)
    if found is None:
        assert measured == ()
        return
    assert found.total == sum((each.elapsed + each.paused_open for each in measured), ZERO)
    assert found.us >= sum((each.elapsed for each in measured), ZERO) + found.outlived + found.answered
    assert min(found.us, found.customer, found.third_party, found.outlived, found.answered) >= ZERO
    assert bool(found.outlived) <= bool(found.pauses_outlived)


@many
@given(stories)
def test_who_held_the_ball_never_takes_time_back(told: Story) -> None:
    steady = [entry for entry in told.history if not isinstance(entry.event, PrioritySet | Absorbed)]
    terms = Terms.of(told.terms.opening)
    before, after = (fairness(steady, terms, now=at) for at in (told.now, told.now + hours(5)))
    if before is not None and after is not None:
        assert before.us <= after.us
        assert before.customer <= after.customer
        assert before.third_party <= after.third_party


def test_the_random_histories_show_every_turn_that_the_laws_are_about() -> None:
    seen: set[str] = set()
    for seed in range(400):
        told = story(seed)
        held = fairness(told.history, told.terms, now=told.now)
        if held is not None:
            parts = ("us", "customer", "third_party", "outlived", "answered")
            seen |= {part for part in parts if getattr(held, part)}
        for each in ledgers(told):
            seen |= {row.what for row in (*each.rows, *each.ahead)} | {row.because for row in each.targets}
            seen |= {row.why for row in each.rows if row.closures}
            seen |= {"known to come"} if any(row.at > told.now for row in each.targets) else set()
            seen |= {"several versions"} if len(each.versions) > 1 else set()
    wanted = {*Stretch, *Cause, "us", "customer", "third_party", "outlived", "answered", "Founders' day"}
    assert wanted | {"known to come", "several versions"} <= seen
