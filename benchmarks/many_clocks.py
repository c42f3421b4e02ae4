"""Measures a million clocks on fifty calendars against one addition of the same array and against `workclock`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

import numpy as np
import workclock
from numpy.typing import NDArray

from benchmarks.bars import Bar, Limit
from benchmarks.bulk import BulkCalendar, instant, micros
from benchmarks.office_hours import SEED, YEAR, CustomersHours, fifty_customers
from benchmarks.other_packages import DifferentAnswers
from benchmarks.rounds import Contender, take_turns
from sla_engine.domain.time.calendar import Calendar

CLOCKS = 1_000_000
SAMPLE = 5000  # of the same clocks, for those that take longer
ROUNDS = 31
HOUR = 3_600_000_000
ADD_BAR, WORKCLOCK_BAR = 35, 100


def bars() -> Iterator[Bar]:
    """One `add` for a million clocks, as a whole and for each clock."""
    clocks = _clocks()
    customers = fifty_customers()
    calendars = [customer.calendar() for customer in customers]
    many = BulkCalendar(calendars)
    schedules = [_schedule(customer) for customer in customers]
    _check(clocks, calendars, schedules, many.add(clocks.begun, clocks.amounts, which=clocks.which))
    timings = take_turns(
        [
            Contender(name="np.add", turn=partial(np.add, clocks.begun, clocks.amounts)),
            Contender(name="ours", turn=partial(many.add, clocks.begun, clocks.amounts, which=clocks.which)),
            Contender(name="workclock", turn=_one_by_one(clocks, schedules), questions=SAMPLE),
            Contender(name="workclock's add_many", turn=_all_at_once(clocks, schedules), questions=SAMPLE),
        ],
        rounds=ROUNDS,
    )
    ours = timings.median("ours")
    yield Bar(
        what="add, 1,000,000 clocks, 50 calendars",
        against="np.add",
        ours=ours,
        theirs=timings.median("np.add"),
        figure=timings.ratio("ours", "np.add"),
        limit=Limit.AT_MOST,
        bar=ADD_BAR,
    )
    for name in ("workclock", "workclock's add_many"):
        yield Bar(
            what="the same, for each clock",
            against=name,
            ours=ours / CLOCKS,
            theirs=timings.median(name),
            figure=timings.ratio(name, "ours") * CLOCKS,
            limit=Limit.AT_LEAST,
            bar=WORKCLOCK_BAR,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Each clock's start, allowed time and calendar: (1,000,000,) int64 each, as they are stored."""

    begun: NDArray[np.int64]
    amounts: NDArray[np.int64]
    which: NDArray[np.int64]

    def question(self, row: int) -> tuple[datetime, timedelta]:
        """One clock's start and amount as Python values."""
        return instant(int(self.begun[row])), timedelta(microseconds=int(self.amounts[row]))


def _clocks() -> Clocks:
    chosen = np.random.default_rng(SEED)
    return Clocks(
        begun=micros(YEAR) + chosen.integers(0, 365 * 24 * HOUR, CLOCKS),
        amounts=chosen.integers(1, 40 * HOUR, CLOCKS),
        which=chosen.integers(0, 50, CLOCKS),
    )


def _check(
    clocks: Clocks, calendars: Sequence[Calendar], schedules: Sequence[workclock.Schedule], due: NDArray[np.int64]
) -> None:
    for row in range(SAMPLE):
        number = clocks.which[row]
        start, amount = clocks.question(row)
        in_bulk = instant(int(due[row]))
        if not calendars[number].add(start, amount) == schedules[number].add(start, amount) == in_bulk:
            raise DifferentAnswers(calendars[number].name, start, amount)


def _schedule(customer: CustomersHours) -> workclock.Schedule:
    """The same hours for `workclock`; round the clock is a shift of 24 hours on every day."""
    if customer.always:
        rules: list[workclock.WorkDay | workclock.Holidays] = [workclock.WorkDay(time(0), time(0), range(7))]
    else:
        edges = [[time.fromisoformat(edge) for edge in shift.split("-")] for shift in customer.shifts]
        rules = [workclock.WorkDay(opens, closes) for opens, closes in edges]
        rules.append(workclock.Holidays(customer.holidays))
    return workclock.Schedule(rules, time_zone=customer.zone)


def _one_by_one(clocks: Clocks, schedules: Sequence[workclock.Schedule]) -> Callable[[], None]:
    questions = [(schedules[clocks.which[row]], *clocks.question(row)) for row in range(SAMPLE)]

    def ask() -> None:
        for schedule, start, amount in questions:
            schedule.add(start, amount)

    return ask


def _all_at_once(clocks: Clocks, schedules: Sequence[workclock.Schedule]) -> Callable[[], None]:
    """One call for each calendar, each with the columns of its clocks."""
    starts, amounts = clocks.begun[:SAMPLE].astype("M8[us]"), clocks.amounts[:SAMPLE].astype("m8[us]")
    of_calendar = [clocks.which[:SAMPLE] == number for number in range(len(schedules))]
    columns = [(schedules[number], starts[rows], amounts[rows]) for number, rows in enumerate(of_calendar)]

    def ask() -> None:
        for schedule, begun, allowed in columns:
            schedule.add_many(begun, allowed)

    return ask
