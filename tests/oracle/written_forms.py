"""Written calendars as the calendars of this engine and as the schedules of `workclock`.

`workclock` reads gaps, repeated hours, nights and holidays as this engine does. It differs, and the calendars it is
asked about leave out exactly this:

* It has no overrides, and no closure that takes whole shifts. A closed part of one date can only be said as a break
  of every such weekday.
* It does not know that a date may never have been: hours written for it are pushed onto the day after.
* `between` is negative when the end lies before the start; here that is nothing.
* A search gives up after 366 days without open time; here after twenty years.
"""

import os
import zoneinfo
from datetime import time
from importlib.resources import files

import workclock

from sla_engine.domain.time.calendar import Calendar, Closure, ClosureScope, Shift
from tests.oracle.written_calendars import WEEKDAYS, WrittenCalendar, WrittenClosure

WHOLE_DATE = "00:00-24:00"
MIDNIGHT = "24:00"
ZONES_THAT_SKIPPED_A_DATE = {"Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kwajalein"}


def pin_zones() -> None:
    """Let Python and `workclock` read the zones of the pinned `tzdata`, not of this machine. To be called first."""
    zoneinfo.reset_tzpath(())
    os.environ["TZDIR"] = str(files("tzdata") / "zoneinfo")


def engine_calendar(written: WrittenCalendar) -> Calendar:
    """The calendar of this engine."""
    return Calendar(
        written.zone,
        hours=tuple(tuple(map(Shift.parse, written.week.get(day, ()))) for day in WEEKDAYS),
        closures=tuple(map(_closure, written.closures)),
        overrides={day: tuple(map(Shift.parse, shifts)) for day, shifts in written.overrides.items()},
        always=written.always,
        name=written.name,
    )


def _closure(written: WrittenClosure) -> Closure:
    if written.whole_shifts:
        return Closure(written.day, scope=ClosureScope.SHIFT)
    part = Shift.parse(written.part)
    return Closure(written.day, part.opens, part.closes)


def can_be_a_schedule(written: WrittenCalendar) -> bool:
    """Whether `workclock` has the words for a calendar, and every date was."""
    only_whole_dates = all(c.part == WHOLE_DATE and not c.whole_shifts for c in written.closures)
    return only_whole_dates and not written.overrides and written.zone not in ZONES_THAT_SKIPPED_A_DATE


def peer_schedule(written: WrittenCalendar) -> workclock.Schedule:
    """The schedule of `workclock`."""
    week = dict.fromkeys(WEEKDAYS, (WHOLE_DATE,)) if written.always else written.week
    rules: list[workclock.WorkDay | workclock.Holidays] = [
        _work_day(shift, day) for day, shifts in week.items() for shift in shifts
    ]
    if written.closures:
        rules.append(workclock.Holidays([closure.day for closure in written.closures]))
    return workclock.Schedule(rules, time_zone=written.zone)


def _work_day(shift: str, day: str) -> workclock.WorkDay:
    opens, closes = (time.fromisoformat("00:00" if text == MIDNIGHT else text) for text in shift.split("-"))
    return workclock.WorkDay(opens, closes, days=[WEEKDAYS.index(day)])
