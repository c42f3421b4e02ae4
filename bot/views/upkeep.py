"""Calendars that end and promises nobody is rung for, in sentences that `/sla health` and `doctor` share."""

from collections.abc import Callable, Sequence
from itertools import groupby

from sla_engine.domain.attendance import Unattended
from sla_engine.domain.wall_hours import DAY_SECONDS, WEEKDAYS, Shift, format_time_of_day
from sla_engine.services.upkeep import CalendarEnd, EndOf

PRIORITIES = 5


def calendar_end(end: CalendarEnd, *, name: Callable[[str], str] = str) -> str:
    """What ends or has ended, what that means, and what to do; `name` says whose it is as its reader may see it."""
    whose = name(end.whose)
    if end.what is EndOf.OPEN_TIME:
        remedy = "apply the file with weekly hours or more dates"
        if end.is_over:
            return f"A calendar of {whose} has not been open since {end.last}: nothing on it falls due; {remedy}."
        return f"A calendar of {whose} is open for the last time on {end.last}: {remedy} before then."
    remedy = "apply the file with a new 'effective', or another change, to take later ones over"
    if end.is_over:
        return f"The public holidays of {whose} were known until {end.last}: later ones count as open days; {remedy}."
    return f"The public holidays of {whose} are known until {end.last}, later ones would count as open days: {remedy}."


def unattended_promise(found: Unattended, *, name: Callable[[str], str] = str) -> str:
    """What is promised while nobody is rung, and when that is."""
    some = "" if len(found.priorities) == PRIORITIES else f" ({', '.join(found.priorities)})"
    when = "at any hour" if found.at_any_hour else "outside your hours"
    return (
        f"{name(found.customer)} is promised answers {when}{some}; {quiet_times(found.days)} ({found.zone}) nothing "
        "rings: a nudge waits in Slack for somebody to look, since by msp.yaml nobody is at work."
    )


def quiet_times(days: Sequence[tuple[Shift, ...]]) -> str:
    """A week's stretches in words: `mon-fri between 18:00 and 08:00, sat-sun all day`."""
    said = []
    for stretches, group in groupby(range(len(WEEKDAYS)), key=lambda day: days[day]):
        numbers = list(group)
        if stretches:
            said.append(f"{_named(numbers)}{_hours(stretches)}")
    return ", ".join(said)


def _named(numbers: Sequence[int]) -> str:
    first, last = WEEKDAYS[numbers[0]], WEEKDAYS[numbers[-1]]
    if len(numbers) == len(WEEKDAYS):
        return ""
    return f"{first} " if first == last else f"{first}-{last} "


def _hours(stretches: Sequence[Shift]) -> str:
    first, last = stretches[0], stretches[-1]
    if first.opens == 0 and first.closes == DAY_SECONDS:
        return "all day"
    middle = [f"from {format_time_of_day(each.opens)} to {format_time_of_day(each.closes)}" for each in stretches]
    if len(stretches) > 1 and first.opens == 0 and last.closes == DAY_SECONDS:
        night = f"between {format_time_of_day(last.opens)} and {format_time_of_day(first.closes)}"
        return " and ".join([night, *middle[1:-1]])
    return " and ".join(middle)
