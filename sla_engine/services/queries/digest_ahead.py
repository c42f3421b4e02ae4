"""What is ahead after a period: the days on which customers are closed, and what became of its decisions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.reporting.digest_parts import ClosedDay, Decisions, OpenDecision
from sla_engine.domain.time.local_time import local_day
from sla_engine.storage.sops import SopRecord

DAYS_AHEAD = 7
AHEAD = timedelta(days=DAYS_AHEAD)


def closed_days(agreements: Iterable[Agreement], *, today: date) -> tuple[ClosedDay, ...]:
    """The days from today on, for a week, that a calendar closes for all day although it would be open."""
    by_day: dict[date, set[str]] = {}
    for agreement in agreements:
        for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
            for closure in agreement.calendar.closures_on(day):
                if closure.opens is None and (agreement.calendar.always or agreement.calendar.shifts_on(day)):
                    by_day.setdefault(day, set()).add(agreement.customer)
    return tuple(ClosedDay(day=day, customers=tuple(sorted(by_day[day]))) for day in sorted(by_day))


def decisions(made: Sequence[SopRecord], *, starts: datetime, zone: str, at: datetime) -> Decisions | None:
    """What became of these decisions by an instant; None without any."""
    if not made:
        return None
    still_open = [decision for decision in made if decision.done_at is None or decision.done_at > at]
    monday = local_day(starts, zone=zone)
    return Decisions(
        on_monday=all(local_day(decision.decided_at, zone=zone) == monday for decision in made),
        done=len(made) - len(still_open),
        of=len(made),
        open=tuple(
            OpenDecision(number=decision.number, title=decision.title or "", due_on=decision.due_on)
            for decision in still_open
        ),
    )
