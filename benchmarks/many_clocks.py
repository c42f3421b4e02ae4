"""A million clocks on fifty calendars at once, against one addition of the same array and against `workclock`."""

from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from functools import partial

import numpy as np
import workclock
from numpy.typing import NDArray

from benchmarks.bars import Bar, Limit
from benchmarks.office_hours import OFFICE, SEED, YEAR, fifty_calendars
from benchmarks.rounds import Contender, take_turns
from sla_engine.domain.bulk import BulkCalendar, instant, micros
from sla_engine.domain.calendars import Calendar

CLOCKS = 1_000_000
ROUNDS = 31
HOUR = 3_600_000_000
ADD_BAR, WORKCLOCK_BAR = 35, 100
ASKED_OF_WORKCLOCK = 2000
CHECKED = 2000


class WrongAnswer(Exception):
    """A bulk answer differs from the one its calendar gives."""


def bars() -> Iterator[Bar]:
    """One `add` for a million clocks, as a whole and for each clock."""
    chosen = np.random.default_rng(SEED)
    first = micros(YEAR)
    begun = first + chosen.integers(0, 365 * 24 * HOUR, CLOCKS)
    amounts = chosen.integers(1, 40 * HOUR, CLOCKS)
    which = chosen.integers(0, 50, CLOCKS)
    calendars = fifty_calendars()
    many = BulkCalendar(calendars)
    _check(calendars, which, begun, amounts, many.add(begun, amounts, which=which))
    contenders = [
        Contender(name="np.add", turn=partial(np.add, begun, amounts)),
        Contender(name="ours", turn=partial(many.add, begun, amounts, which=which)),
        Contender(name="workclock", turn=_workclock(begun, amounts), questions=ASKED_OF_WORKCLOCK),
        Contender(name="workclock's add_many", turn=_workclocks_bulk(begun, amounts), questions=ASKED_OF_WORKCLOCK),
    ]
    timings = take_turns(contenders, rounds=ROUNDS)
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


def _check(
    calendars: Sequence[Calendar],
    which: NDArray[np.int64],
    begun: NDArray[np.int64],
    amounts: NDArray[np.int64],
    due: NDArray[np.int64],
) -> None:
    for row in range(CHECKED):
        amount = timedelta(microseconds=int(amounts[row]))
        if calendars[which[row]].add(instant(int(begun[row])), amount) != instant(int(due[row])):
            raise WrongAnswer(calendars[which[row]].name, instant(int(begun[row])), amount)


def _schedule() -> workclock.Schedule:
    return workclock.Schedule([workclock.WorkDay(time(9), time(17))], time_zone=OFFICE.zone)


def _workclock(begun: NDArray[np.int64], amounts: NDArray[np.int64]) -> partial[None]:
    rows = range(ASKED_OF_WORKCLOCK)
    questions = [(instant(int(begun[row])), timedelta(microseconds=int(amounts[row]))) for row in rows]
    schedule = _schedule()

    def ask() -> None:
        for start, amount in questions:
            schedule.add(start, amount)

    return partial(ask)


def _workclocks_bulk(begun: NDArray[np.int64], amounts: NDArray[np.int64]) -> partial[object]:
    starts = begun[:ASKED_OF_WORKCLOCK].astype("datetime64[us]")
    return partial(_schedule().add_many, starts, amounts[:ASKED_OF_WORKCLOCK].astype("timedelta64[us]"))
