"""Weekly hours as people write them: `mon-fri: "08:00-12:00, 13:00-17:30"`, with lint for what is rarely meant."""

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
    """The shifts of Monday to Sunday; days nobody names are closed."""
    week: list[tuple[Shift, ...]] = [()] * len(WEEKDAYS)
    named: dict[int, str] = {}
    for label, value in field.entries(f'days with hours, such as mon-fri: "08:00-17:00", or {ROUND_THE_CLOCK[0]}'):
        shifts = day_hours(value)
        for weekday in _days(label, value):
            if weekday in named:
                value.wrong(f"{WEEKDAYS[weekday]} has hours already, under {named[weekday]!r}")
            named[weekday] = label
            week[weekday] = shifts
    _overlaps_into_the_next_day(field, week)
    return tuple(week)


def day_hours(field: Field) -> tuple[Shift, ...]:
    """The shifts of one day, such as `08:00-12:00, 13:00-17:30`, `closed` or `24h`."""
    written = field.scalar('hours such as "08:00-12:00, 13:00-17:30", 24h or closed')
    if written is None or written == CLOSED:
        return ()
    if written in ALL_DAY:
        return (WHOLE_DAY,)
    shifts = [shift for part in written.split(",") if (shift := _shift(field, part.strip())) is not None]
    for shift in shifts:
        _look_at_its_end(field, shift)
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


def _look_at_its_end(field: Field, shift: Shift) -> None:
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


def _overlaps_into_the_next_day(field: Field, week: list[tuple[Shift, ...]]) -> None:
    for weekday, shifts in enumerate(week):
        tomorrow = week[(weekday + 1) % len(WEEKDAYS)]
        for shift in shifts:
            closes_tomorrow = shift.closes_after - DAY_SECONDS
            overlapped = next((other for other in tomorrow if other.opens < closes_tomorrow), None)
            if overlapped is not None:
                next_day = WEEKDAYS[(weekday + 1) % len(WEEKDAYS)]
                field.odd(f"{WEEKDAYS[weekday]} {shift} runs into {next_day} {overlapped}; {OVERLAP}")
