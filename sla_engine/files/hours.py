"""Weekly hours as people write them: `mon-fri: "08:00-12:00, 13:00-17:30"`, with lint for what is rarely meant."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sla_engine.domain.time.shifts import DAY_SECONDS, WEEKDAYS, WHOLE_DAY, Shift, format_time_of_day
from sla_engine.files.yaml_document import Field

ROUND_THE_CLOCK = ("always", "24x7")
ALL_DAY = ("all day", "24h")
CLOSED = "closed"
DAYS_EXAMPLE = "mon, mon-fri or 'sat, sun'"
OVERLAP = "the time they share counts once: let one end where the other begins"
A_MINUTE = 60
ONE_MINUTE_SHORT = DAY_SECONDS - A_MINUTE

_FULL_NAMES = {
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu",
    "friday": "fri", "saturday": "sat", "sunday": "sun",
}  # fmt: skip

WeekOfShifts = tuple[tuple[Shift, ...], ...]


def weekly_hours(field: Field) -> WeekOfShifts:
    """The shifts of Monday to Sunday; days that are not written are closed."""
    week: list[tuple[Shift, ...]] = [()] * len(WEEKDAYS)
    named: dict[int, str] = {}
    for label, value in field.entries(f'days with hours, such as mon-fri: "08:00-17:00", or {ROUND_THE_CLOCK[0]}'):
        shifts = day_hours(value)
        for weekday in _days(label, value):
            _refuse_second(value, weekday, named)
            named[weekday] = label
            week[weekday] = shifts
    _overlaps_into_the_next_day(field, week)
    return tuple(week)


def _refuse_second(field: Field, weekday: int, named: Mapping[int, str]) -> None:
    if weekday in named:
        field.wrong(f"{WEEKDAYS[weekday]} has hours already, under {named[weekday]!r}")


def day_hours(field: Field) -> tuple[Shift, ...]:
    """The shifts of one day, such as `08:00-12:00, 13:00-17:30`, `closed` or `24h`."""
    written = field.scalar('hours such as "08:00-12:00, 13:00-17:30", 24h or closed')
    if written is None or written == CLOSED:
        return ()
    if written in ALL_DAY:
        return (WHOLE_DAY,)
    read = [_shift(field, part.strip()) for part in written.split(",")]
    shifts = [shift for shift in read if shift is not None]
    for shift in shifts:
        _check_end(field, shift)
    _overlaps_within(field, shifts)
    return tuple(sorted(shifts))


def closed_part(field: Field, begins: str, ends: str) -> Shift | None:
    """The closed part of a day between two times, such as 12:00 and 24:00."""
    part = _shift(field, f"{begins}-{ends}")
    if part is None:
        return None
    if part.closes == part.opens:
        until = f"until {ends} the next day" if part.opens else "the whole date"
        field.odd(
            f"from {begins} to {ends} is 24 hours, {until}; leave 'from' and 'to' out to close the date, "
            "or write another end"
        )
    elif part.closes == ONE_MINUTE_SHORT:
        field.odd("the closed part ends at 23:59, one minute short of midnight; write 24:00 if all of it is meant")
    return part


def _shift(field: Field, text: str) -> Shift | None:
    try:
        return Shift.parse(text)
    except ValueError:
        field.wrong(f"{text!r} is not a stretch of hours; write it like 09:00-17:30, from 00:00 to 24:00")
        return None


def _check_end(field: Field, shift: Shift) -> None:
    """Warn of hours that last 24 hours or a minute less, or end at 23:59, and may be meant otherwise."""
    if shift.closes == shift.opens:
        until = f" until {format_time_of_day(shift.closes)} the next day" if shift.opens else ""
        field.odd(f"{shift} is open for 24 hours{until}; write {ALL_DAY[1]} if that is meant, or {CLOSED}")
    elif shift.closes == ONE_MINUTE_SHORT:
        opens = format_time_of_day(shift.opens)
        field.odd(f"hours end at 23:59, one minute short of midnight; write {opens}-24:00 if the whole day is meant")
    elif shift.closes_after - shift.opens == DAY_SECONDS - A_MINUTE:
        field.odd(f"{shift} is open for 24 hours less one minute; write {ALL_DAY[1]} if the whole day is meant")


def _days(label: str, field: Field) -> list[int]:
    weekdays: list[int] = []
    for part in label.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        days = [_weekday(first), _weekday(last if dash else first)]
        if None in days:
            field.findings.wrong(field.key_line, f"{field.path}: {part.strip()!r} names no days; write {DAYS_EXAMPLE}")
            continue
        weekdays.extend(_run(days[0] or 0, days[1] or 0))
    return weekdays


def _weekday(word: str) -> int | None:
    short = _FULL_NAMES.get(word.lower(), word.lower())
    return WEEKDAYS.index(short) if short in WEEKDAYS else None


def _run(first: int, last: int) -> list[int]:
    """Days from first to last; `sat-mon` goes over the end of the week."""
    length = (last - first) % len(WEEKDAYS) + 1
    return [(first + offset) % len(WEEKDAYS) for offset in range(length)]


def _overlaps_within(field: Field, shifts: list[Shift]) -> None:
    ordered = sorted(shifts)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes_after:
            field.odd(f"{earlier} and {later} overlap; {OVERLAP}")


def _overlaps_into_the_next_day(field: Field, week: Sequence[Sequence[Shift]]) -> None:
    for weekday in range(len(week)):
        _overlaps_after(field, week, weekday)


def _overlaps_after(field: Field, week: Sequence[Sequence[Shift]], weekday: int) -> None:
    tomorrow = (weekday + 1) % len(WEEKDAYS)
    for shift in week[weekday]:
        overlapped = _overlapped(shift, week[tomorrow])
        if overlapped is not None:
            field.odd(f"{WEEKDAYS[weekday]} {shift} runs into {WEEKDAYS[tomorrow]} {overlapped}; {OVERLAP}")


def _overlapped(shift: Shift, tomorrow: Sequence[Shift]) -> Shift | None:
    """The first of tomorrow's shifts that begins before this one ends."""
    closes_tomorrow = shift.closes_after - DAY_SECONDS
    return next((other for other in tomorrow if other.opens < closes_tomorrow), None)
