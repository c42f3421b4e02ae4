"""Warnings that `/sla health` and `doctor` share: calendars that end, and promised hours in which nobody is on call."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from sla_engine.domain.agreements.attendance import Unattended
from sla_engine.domain.time.shifts import DAY_SECONDS, WEEKDAYS, Shift, format_time_of_day
from sla_engine.services.upkeep.early_warnings import CalendarEnd, EndOf

PRIORITIES = 5
NAMED_MAX = 5
Name = Callable[[str], str]
"""Writes a customer's name as the reader may see it."""


def calendar_ends(ends: Iterable[CalendarEnd], *, name: Name = str) -> list[str]:
    """Say which calendars and holidays end, what that means and what to do: one sentence for all that end together."""
    grouped: dict[tuple[EndOf, date, bool], list[str]] = {}
    for end in ends:
        grouped.setdefault((end.what, end.last, end.is_over), []).append(name(end.whose))
    return [_end(_listed(names), *what) for what, names in grouped.items()]


def _end(whose: str, what: EndOf, last: date, is_over: bool) -> str:  # noqa: FBT001 - the key it was grouped by
    if what is EndOf.OPEN_TIME:
        remedy = "apply the file with weekly hours or more dates"
        if is_over:
            return f"A calendar of {whose} has not been open since {last}: nothing on it falls due; {remedy}."
        return f"A calendar of {whose} is open for the last time on {last}: {remedy} before then."
    remedy = "apply the file with a new 'effective', or another change, to take later ones over"
    if is_over:
        return f"The public holidays of {whose} were known until {last}: later ones count as open days; {remedy}."
    return f"The public holidays of {whose} are known until {last}, later ones would count as open days: {remedy}."


def unattended_promises(promises: Iterable[Unattended], *, name: Name = str) -> list[str]:
    """Say in which promised hours nobody is on call: one sentence for all customers promised alike."""
    grouped: dict[Unattended, list[str]] = {}
    for promise in promises:
        grouped.setdefault(replace(promise, customer=""), []).append(name(promise.customer))
    return [_unattended(names, alike) for alike, names in grouped.items()]


def _unattended(names: Sequence[str], alike: Unattended) -> str:
    some = "" if len(alike.priorities) == PRIORITIES else f" ({', '.join(alike.priorities)})"
    when = "at any hour" if alike.at_any_hour else "outside your hours"
    verb = "is" if len(names) == 1 else "are"
    return (
        f"{_listed(names)} {verb} promised answers {when}{some}; {quiet_times(alike.days)} ({alike.zone}) nothing "
        "rings: a nudge waits in Slack for somebody to look, since by msp.yaml nobody is at work."
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED_MAX:
        return f"{', '.join(names[:NAMED_MAX])} and {len(names) - NAMED_MAX} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def quiet_times(days: Sequence[tuple[Shift, ...]]) -> str:
    """A week's stretches in words: `mon-fri between 18:00 and 08:00, sat-sun all day`."""
    groups = []
    for stretches, group in groupby(range(len(WEEKDAYS)), key=lambda day: days[day]):
        numbers = list(group)
        if stretches:
            groups.append(f"{_named(numbers)}{_hours(stretches, nights=len(numbers) > 1)}")
    return ", ".join(groups)


def _named(numbers: Sequence[int]) -> str:
    first, last = WEEKDAYS[numbers[0]], WEEKDAYS[numbers[-1]]
    if len(numbers) == len(WEEKDAYS):
        return ""
    return f"{first} " if first == last else f"{first}-{last} "


def _hours(stretches: Sequence[Shift], *, nights: bool) -> str:
    first, last = stretches[0], stretches[-1]
    if first.opens == 0 and first.closes == DAY_SECONDS:
        return "all day"
    middle = [f"from {format_time_of_day(shift.opens)} to {format_time_of_day(shift.closes)}" for shift in stretches]
    if nights and len(stretches) > 1 and first.opens == 0 and last.closes == DAY_SECONDS:
        night = f"between {format_time_of_day(last.opens)} and {format_time_of_day(first.closes)}"
        return " and ".join([night, *middle[1:-1]])
    return " and ".join(middle)
