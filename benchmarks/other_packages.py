"""Measures `add` against `workclock` and `businesstimedelta` on the same hours; their answers must agree."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial

import businesstimedelta
import pytz
import workclock

from benchmarks.bars import Bar, Limit
from benchmarks.office_hours import HORIZONS, OFFICE, WORKDAYS, starts
from benchmarks.rounds import Contender, take_turns
from sla_engine.domain.time.calendar import Calendar

ROUNDS = 31
QUESTIONS = 200
PASSES = 20  # of our own through the questions in one turn: it is over so soon that the other's traces would be timed
WORKCLOCK_BARS = {4: 5, 40: 5, 400: 10, 4000: 50}
BUSINESSTIMEDELTA_BARS = {4: 100, 400: 3000}
BUSINESSTIMEDELTA_QUESTIONS = {4: 100, 400: 10}  # it walks day by day

Add = Callable[[datetime], datetime]
LUNCH_BREAK = Calendar.weekly(
    "Europe/Berlin", dict.fromkeys(WORKDAYS, ("09:00-12:00", "13:00-17:00")), name="lunch break"
)
BERLIN = pytz.timezone("Europe/Berlin")
OFFICE_DAY, LUNCH = (time(9), time(17)), (time(12), time(13))


class DifferentAnswers(Exception):
    """Two packages give different answers, so that their speeds cannot be compared."""


def bars() -> Iterator[Bar]:
    """Each package at each horizon it is held against, with and without a lunch break.

    `businesstimedelta` has bars only for the hours with a lunch break, which are those of its own introduction; the
    figures without one are only shown.
    """
    for calendar in (OFFICE, LUNCH_BREAK):
        for hours in HORIZONS:
            theirs = _workclock(calendar, hours)
            yield _compared("workclock", calendar, hours, theirs, questions=QUESTIONS, bar=WORKCLOCK_BARS[hours])
        for hours, bar in BUSINESSTIMEDELTA_BARS.items():
            theirs = _businesstimedelta(calendar, hours)
            questions = BUSINESSTIMEDELTA_QUESTIONS[hours]
            held_to = bar if calendar is LUNCH_BREAK else None
            yield _compared("businesstimedelta", calendar, hours, theirs, questions=questions, bar=held_to)


def _compared(package: str, calendar: Calendar, hours: int, theirs: Add, *, questions: int, bar: float | None) -> Bar:
    amount = timedelta(hours=hours)
    asked = starts(QUESTIONS)
    for start in asked[:questions]:
        if theirs(start) != calendar.add(start, amount):
            raise DifferentAnswers(package, calendar.name, start, amount)
    contenders = [
        Contender(name="ours", turn=partial(_ask_ours, calendar, asked * PASSES, amount), questions=QUESTIONS * PASSES),
        Contender(name=package, turn=partial(_ask, asked[:questions], theirs), questions=questions),
    ]
    timings = take_turns(contenders, rounds=ROUNDS)
    return Bar(
        what=f"add {hours} h, {calendar.name}",
        against=package,
        ours=timings.median("ours"),
        theirs=timings.median(package),
        figure=timings.ratio(package, "ours"),
        limit=Limit.NONE if bar is None else Limit.AT_LEAST,
        bar=bar or 0,
    )


def _ask_ours(calendar: Calendar, asked: Sequence[datetime], amount: timedelta) -> None:
    for start in asked:
        calendar.add(start, amount)


def _ask(asked: Sequence[datetime], add: Add) -> None:
    for start in asked:
        add(start)


def _workclock(calendar: Calendar, hours: int) -> Add:
    rules: list[workclock.WorkDay | workclock.Break] = [workclock.WorkDay(*OFFICE_DAY)]
    if calendar is LUNCH_BREAK:
        rules.append(workclock.Break(*LUNCH))
    schedule = workclock.Schedule(rules, time_zone=calendar.zone)
    amount = timedelta(hours=hours)
    return lambda start: schedule.add(start, amount)


def _businesstimedelta(calendar: Calendar, hours: int) -> Add:
    days = list(range(5))
    rules = [businesstimedelta.WorkDayRule(*OFFICE_DAY, days, tz=BERLIN)]
    if calendar is LUNCH_BREAK:
        rules.append(businesstimedelta.LunchTimeRule(*LUNCH, days, tz=BERLIN))
    amount = businesstimedelta.BusinessTimeDelta(businesstimedelta.Rules(rules), hours=hours)
    return lambda start: start + amount
