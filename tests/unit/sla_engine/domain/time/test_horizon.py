"""The horizon is a short cut: whatever was asked before, and wherever it lies, the answers stay the same."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Thread

import pytest

from sla_engine.domain.time.calendar import Calendar, CalendarNeverOpens, Closure, Shift
from sla_engine.domain.time.compiled_year import HORIZON_YEARS, MOVE_AFTER_QUESTIONS, OpenTime
from sla_engine.domain.time.horizon import years_laid_out

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def office(name: str) -> Calendar:
    """A calendar of its own for every test: equal ones would share one horizon."""
    return Calendar.weekly("Europe/Berlin", dict.fromkeys(WORKDAYS, ("08:00-12:00", "13:00-17:30")), name=name)


def new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def laid_out_years(calendar: Calendar) -> range:
    index = calendar._open_time
    assert isinstance(index, OpenTime)
    return years_laid_out(index.horizon)


def year_by_year(calendar: Calendar) -> OpenTime:
    """The same open time, asked where no horizon is looked at."""
    return OpenTime(calendar.open_spans_of_year)


def instants(years: Iterable[int], count: int, seed: int) -> list[datetime]:
    """Instants of those years; every fourth is on the hour, where shifts begin and end."""
    chosen = random.Random(seed)
    years = list(years)
    drawn = []
    for number in range(count):
        at = new_year(chosen.choice(years)) + timedelta(microseconds=chosen.randrange(366 * 86_400_000_000))
        drawn.append(at.replace(minute=0, second=0, microsecond=0) if number % 4 == 0 else at)
    return drawn


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(office("same answers"), id="office"),
        pytest.param(Calendar.weekly("America/New_York", {"fri": ["22:00-06:00"], "sun": ["01:30-02:30"]}), id="night"),
        pytest.param(Calendar("UTC", always=True, closures=(Closure(date(2026, 5, 1)),)), id="all but a day"),
        pytest.param(Calendar.weekly("UTC", {"mon": [f"{h:02}:00-{h:02}:05" for h in range(24)]}), id="short shifts"),
    ],
)
def test_a_question_is_answered_as_it_is_year_by_year(calendar: Calendar) -> None:
    slow = year_by_year(calendar)
    chosen = random.Random(7)
    starts, ends = instants(range(2019, 2032), 400, 1), instants(range(2019, 2032), 400, 2)
    for start, end in zip(starts, ends, strict=True):
        amount = timedelta(microseconds=int(10 ** chosen.uniform(0, 12)))
        assert calendar.elapsed(start, end) == slow.elapsed(start, end)
        assert calendar.add(start, amount) == slow.add(start, amount)
        assert calendar.add(start, hours(1)) == slow.add(start, hours(1))
        assert calendar.next_open(start) == slow.next_open(start)
    assert set(range(2019, 2032)) <= set(laid_out_years(calendar))


def test_an_amount_that_ends_at_a_closing_is_due_at_that_closing() -> None:
    calendar = office("closings")
    start, index = datetime(2026, 3, 2, 7, tzinfo=UTC), year_by_year(office("closings"))
    for shifts in range(1, 600):
        amount = hours(8.5 * (shifts // 2) + 4 * (shifts % 2))
        due = calendar.add(start, amount)
        assert due == index.add(start, amount)
        assert calendar.elapsed(start, due) == amount
        assert not calendar.is_open(due)


def test_a_far_question_lays_out_nothing_between_and_is_answered() -> None:
    calendar = office("far")
    calendar.add(new_year(2026), hours(4))
    assert laid_out_years(calendar) == range(2026, 2027)
    assert calendar.add(new_year(2400), hours(4)) == year_by_year(calendar).add(new_year(2400), hours(4))
    assert calendar.elapsed(new_year(2400), new_year(2401)) > hours(2000)
    assert laid_out_years(calendar) == range(2026, 2027)
    assert calendar.add(new_year(2026 + HORIZON_YEARS - 1), hours(4)).year == 2026 + HORIZON_YEARS - 1
    assert len(laid_out_years(calendar)) == HORIZON_YEARS


def test_the_horizon_moves_to_where_questions_are_asked() -> None:
    calendar = office("moving")
    calendar.add(new_year(2400), hours(4))
    assert laid_out_years(calendar) == range(2400, 2401)
    for _ in range(MOVE_AFTER_QUESTIONS):
        calendar.add(new_year(2026), hours(4))
    assert laid_out_years(calendar) == range(2026, 2027)
    assert calendar.add(new_year(2400), hours(4)) == year_by_year(calendar).add(new_year(2400), hours(4))


def test_the_first_and_the_last_year_are_answered_without_a_horizon() -> None:
    calendar = office("ends")
    assert calendar.elapsed(new_year(1), new_year(1) + timedelta(days=7)) == hours(8.5 * 5)
    assert calendar.elapsed(new_year(9999), datetime.max.replace(tzinfo=UTC)) > hours(2000)
    assert laid_out_years(calendar) == range(0)


def test_a_rest_of_twenty_years_is_refused_whatever_was_asked_before() -> None:
    rare = Calendar("UTC", overrides={date(year, 3, 2): (Shift.parse("09:00-10:00"),) for year in (2000, 2010, 2031)})
    beyond = new_year(2000), hours(3)
    with pytest.raises(CalendarNeverOpens):
        rare.add(*beyond)
    assert rare.elapsed(new_year(2000), new_year(2010)) == hours(1)
    assert rare.elapsed(new_year(2009), new_year(2032)) == hours(2)
    assert rare.elapsed(new_year(2031), new_year(2032)) == hours(1)
    with pytest.raises(CalendarNeverOpens):
        rare.add(*beyond)
    with pytest.raises(CalendarNeverOpens):
        rare.next_open(new_year(2010) + timedelta(days=99))


def test_more_time_than_can_be_written_down_is_never_reached() -> None:
    calendar = office("for ever")
    for amount in (timedelta.max, timedelta(days=365 * 9000)):
        with pytest.raises(CalendarNeverOpens):
            calendar.add(new_year(2026), amount)


def test_threads_that_ask_about_different_years_get_their_answers() -> None:
    calendar, index = office("threads"), year_by_year(office("threads"))
    expected = {year: index.add(new_year(year), hours(1500)) for year in range(2020, 2028)}
    answers: dict[int, set[datetime]] = {year: set() for year in expected}

    def ask(year: int) -> None:
        for _ in range(200):
            answers[year].add(calendar.add(new_year(year), hours(1500)))

    threads = [Thread(target=ask, args=(year,)) for year in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {year: {due} for year, due in expected.items()}


def test_equal_calendars_look_at_one_horizon() -> None:
    first, second = office("twins"), office("twins")
    first.add(new_year(2026), hours(4))
    laid_out_by_first = first._horizon
    second.add(new_year(2026), hours(4))
    assert second._horizon is laid_out_by_first is not None


def test_an_instant_of_another_zone_is_the_same_question() -> None:
    calendar = office("zones")
    far_west = timezone(timedelta(hours=-12))
    for at in instants(range(2026, 2027), 50, 3):
        assert calendar.add(at.astimezone(far_west), hours(5)) == calendar.add(at, hours(5))
        assert calendar.elapsed(at.astimezone(far_west), at + hours(99)) == calendar.elapsed(at, at + hours(99))
