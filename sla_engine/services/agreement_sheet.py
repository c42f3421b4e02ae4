"""An agreement as rows to print: what is in force for a customer, target by target and rung by rung."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sla_engine.domain.agreements import Agreement, Target
from sla_engine.domain.calendars import Calendar
from sla_engine.domain.ladders import Repeat, Rung
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.domain.priorities import Priority
from sla_engine.domain.spliced import SplicedCalendar
from sla_engine.domain.wall_hours import WEEKDAYS
from sla_engine.files.durations import written
from sla_engine.services.agreements import AgreementBook
from sla_engine.storage import agreements as versions
from sla_engine.storage.database import Database

NOT_PROMISED = "–"
CLOSURES_SHOWN = 5
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSheet:
    """Facts, targets and ladders as text; the first row of `targets` and `ladders` is the heading."""

    customer: str
    facts: tuple[Row, ...]
    targets: tuple[Row, ...]
    ladders: tuple[Row, ...]


def show(database: Database, customer: str, *, at: datetime) -> AgreementSheet:
    """What is in force for a customer at an instant.

    Raises: UnknownCustomer, NotYetInForce, StorageBusy.
    """
    with database.reading() as session:
        version_id, agreement = AgreementBook().in_force(session, customer, at=at)
        record = versions.load(session, version_id)
    calendar = agreement.calendar
    facts = (
        ("in force since", _local(agreement.effective, calendar)),
        ("version", f"{version_id}, applied {_local(record.applied_at, calendar)} by {record.applied_by}"),
        ("zone", f"{calendar.zone} (zone data {record.tzdata_version})"),
        *(("hours", line) for line in _hours(calendar)),
        ("closed next", _next_closures(calendar, at)),
    )
    return AgreementSheet(
        customer=agreement.customer, facts=facts, targets=_targets(agreement), ladders=_ladders(agreement)
    )


def _local(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(calendar.tz).strftime("%Y-%m-%d %H:%M %Z")


def _hours(calendar: Calendar) -> Iterable[str]:
    """One line for each run of days with the same hours."""
    if calendar.always:
        yield "always"
        return
    for shifts, days in groupby(range(len(WEEKDAYS)), key=lambda day: calendar.hours[day]):
        if shifts:
            run = list(days)
            name = WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"
            yield f"{name} {', '.join(map(str, shifts))}"


def _next_closures(calendar: Calendar, at: datetime) -> str:
    today = calendar.local_date(at)
    ahead = sorted((c for c in calendar.closures if c.date >= today), key=lambda closure: closure.date)
    shown = [f"{closure.date} {closure.name}".strip() for closure in ahead[:CLOSURES_SHOWN]]
    return "; ".join(shown) or "nothing declared"


def _targets(agreement: Agreement) -> tuple[Row, ...]:
    heading = ("priority", *(METRICS[metric].label.lower() for metric in MetricName), "counts")
    priorities = [priority for priority in Priority if any(t.priority is priority for t in agreement.targets)]
    return (heading, *(_target_row(agreement, priority) for priority in priorities))


def _target_row(agreement: Agreement, priority: Priority) -> Row:
    targets = [agreement.target(metric, priority) for metric in MetricName]
    calendar = next(target.calendar for target in targets if target is not None)
    return (priority.value, *(_allowed(target) for target in targets), _counts(calendar, agreement.calendar))


def _allowed(target: Target | None) -> str:
    if target is None:
        return NOT_PROMISED
    if not METRICS[target.metric].periodic:
        return written(target.duration)
    waiting = f", {written(target.waiting)} while waiting" if target.waiting else ""
    return f"every {written(target.duration)}{waiting}"


def _counts(calendar: Calendar | SplicedCalendar, usual: Calendar) -> str:
    if calendar.always:
        return "always"
    return "open hours" if calendar == usual else calendar.name


def _ladders(agreement: Agreement) -> tuple[Row, ...]:
    named = {name: agreement.ladders[name] for name in agreement.ladders if name != "default"}
    rows = [(name, *_rung(rung)) for name, ladder in named.items() for rung in ladder.rungs]
    rest = next((metric for metric in MetricName if metric.value not in named), None)
    if rest is not None:
        rows = [("all" if not named else "the rest", *_rung(rung)) for rung in agreement.ladder(rest).rungs] + rows
    return (("ladder", "at", "tells", "again"), *rows)


def _rung(rung: Rung) -> tuple[str, str, str]:
    tells = ", ".join(recipient.value.replace("_", " ") for recipient in rung.tell)
    quiet = f"not said {rung.quiet}" if rung.quiet else ""
    return rung.label, tells, "; ".join(words for words in (_again(rung.repeat), quiet) if words)


def _again(repeat: Repeat | None) -> str:
    if repeat is None:
        return ""
    every = f"every {written(repeat.every)}{' by the wall clock' if repeat.wall else ' of open time'}"
    later = f", each wait {repeat.backoff:g} times longer up to {written(repeat.longest)}" if repeat.backoff > 1 else ""
    up = f", a rung further up after every {repeat.up_after}" if repeat.up_after else ""
    return f"{every}{later}{up}, until acknowledged"
