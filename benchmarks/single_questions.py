"""Measures `add` and `elapsed`, one question at a time, against plain Python functions of the same arity."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from benchmarks.bars import Bar, Limit
from benchmarks.office_hours import CALENDARS, HORIZONS, starts
from benchmarks.rounds import Contender, Timings, take_turns
from sla_engine.domain.time.calendar import Calendar

QUESTIONS = 500
PASSES = 4  # through the questions in one turn: the first one finds the processor's cache full of the others' values
ROUNDS = 41
ADD_BAR, ELAPSED_BAR, HORIZON_BAR = 4, 12, 1.3


def plain_add(start: datetime, seconds: int) -> datetime:
    """The floor of `add`."""
    return start + timedelta(0, seconds)


def plain_elapsed(start: datetime, end: datetime) -> timedelta:
    """The floor of `elapsed`."""
    return end - start


def bars() -> Iterator[Bar]:
    """The times of every calendar at every horizon, and the ratio of the longest horizon to the shortest."""
    for name, calendar in CALENDARS.items():
        timings = take_turns([*_floors(), *_ours(calendar)], rounds=ROUNDS)
        for question, bar in (("add", ADD_BAR), ("elapsed", ELAPSED_BAR)):
            yield from (_against_the_floor(timings, f"{question} {hours} h", name, bar) for hours in HORIZONS)
            yield _flatness(timings, question, name)


def _floors() -> Iterator[Contender]:
    questions = [(start, 4 * 3600) for start in starts(QUESTIONS)] * PASSES
    yield Contender(name="add floor", turn=partial(_ask_plain_add, questions), questions=len(questions))
    pairs = [(start, start + timedelta(hours=4)) for start in starts(QUESTIONS)] * PASSES
    yield Contender(name="elapsed floor", turn=partial(_ask_plain_elapsed, pairs), questions=len(pairs))


def _ours(calendar: Calendar) -> Iterator[Contender]:
    for hours in HORIZONS:
        amount = timedelta(hours=hours)
        questions = [(start, amount) for start in starts(QUESTIONS)]
        pairs = [(start, calendar.add(start, amount)) for start, amount in questions] * PASSES
        questions *= PASSES
        yield Contender(name=f"add {hours} h", turn=partial(_ask_add, calendar, questions), questions=len(questions))
        yield Contender(name=f"elapsed {hours} h", turn=partial(_ask_elapsed, calendar, pairs), questions=len(pairs))


def _against_the_floor(timings: Timings, contender: str, calendar: str, bar: float) -> Bar:
    floor = f"{contender.split(maxsplit=1)[0]} floor"
    return Bar(
        what=f"{contender}, {calendar}",
        against="plain function",
        ours=timings.median(contender),
        theirs=timings.median(floor),
        figure=timings.ratio(contender, floor),
        limit=Limit.AT_MOST,
        bar=bar,
    )


def _flatness(timings: Timings, question: str, calendar: str) -> Bar:
    longest, shortest = f"{question} {HORIZONS[-1]} h", f"{question} {HORIZONS[0]} h"
    return Bar(
        what=f"{longest}, {calendar}",
        against=f"{HORIZONS[0]} h",
        ours=timings.median(longest),
        theirs=timings.median(shortest),
        figure=timings.ratio(longest, shortest),
        limit=Limit.AT_MOST,
        bar=HORIZON_BAR,
    )


def _ask_plain_add(
    questions: Sequence[tuple[datetime, int]], plain: Callable[[datetime, int], datetime] = plain_add
) -> None:
    for start, seconds in questions:
        plain(start, seconds)


def _ask_plain_elapsed(
    pairs: Sequence[tuple[datetime, datetime]], plain: Callable[[datetime, datetime], timedelta] = plain_elapsed
) -> None:
    for start, end in pairs:
        plain(start, end)


def _ask_add(calendar: Calendar, questions: Sequence[tuple[datetime, timedelta]]) -> None:
    for start, amount in questions:
        calendar.add(start, amount)


def _ask_elapsed(calendar: Calendar, pairs: Sequence[tuple[datetime, datetime]]) -> None:
    for start, end in pairs:
        calendar.elapsed(start, end)
