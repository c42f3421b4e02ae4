"""The `targets` part of an agreement: for each priority, how much open time each metric has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.calendar_section import CalendarContext, calendar
from sla_engine.files.scalars import OpenDuration, open_duration
from sla_engine.files.yaml_document import Field

PRIORITY_KEYS = tuple(priority.value for priority in Priority)
TARGET_KEYS = ("calendar", *(metric.value for metric in MetricName))
USUALLY_PROMISED = (Priority.P1, Priority.P2, Priority.P3, Priority.P4)


@dataclass(frozen=True, slots=True)
class WrittenTarget:
    """A target and the place in the file that promises it."""

    target: Target
    place: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The site and the service of some targets (empty: all of them), and the calendar of those that name none."""

    calendar: Calendar
    site: str = ""
    service: str = ""

    def rule(self, priority: Priority) -> str:
        """A rule of this scope as a person reads it, such as `P1, site Brooklyn`."""
        conditions = (("site", self.site), ("service", self.service))
        return ", ".join([priority.value, *(f"{what} {name}" for what, name in conditions if name)])


def targets(field: Field, *, calendar_of_agreement: Calendar, context: CalendarContext) -> tuple[WrittenTarget, ...]:
    """Every target, by priority and then in the order of the metrics; each priority needs a resolution."""
    priorities = field.keys(PRIORITY_KEYS)
    if field.is_mapping and not priorities:
        field.wrong("nothing is promised; write at least one priority, such as P1: {resolution: 4h}")
    for priority in USUALLY_PROMISED:
        if priorities and priority.value not in priorities:
            field.odd(
                f"nothing is promised for {priority.value}; its incidents will have no clocks: "
                f"write {priority.value}: {{resolution: …}}"
            )
    scope = Scope(calendar=calendar_of_agreement)
    written: list[WrittenTarget] = []
    for name in PRIORITY_KEYS:
        if name in priorities:
            written.extend(targets_of(Priority(name), priorities[name], scope, context, required=MetricName.RESOLUTION))
    return tuple(written)


def targets_of(
    priority: Priority, field: Field, scope: Scope, context: CalendarContext, *, required: MetricName | None
) -> Iterator[WrittenTarget]:
    """The targets of one priority, in the order of the metrics; a missing `required` one is recorded as wrong."""
    keys = field.keys(TARGET_KEYS, required=[] if required is None else [required.value])
    if required is None and field.is_mapping and all(key == "calendar" for key, _ in field.entries()):
        field.wrong("nothing is promised; write at least one metric, such as resolution: 2h")
    own = calendar(keys["calendar"], replace(context, zone=scope.calendar.zone)) if "calendar" in keys else None
    on = own or scope.calendar
    for metric in MetricName:
        if metric.value not in keys:
            continue
        place = keys[metric.value]
        read = _durations(metric, place, on)
        if read is not None:
            every, waiting = read
            yield WrittenTarget(
                Target(
                    metric=metric,
                    priority=priority,
                    duration=every.time,
                    calendar=on,
                    waiting=None if waiting is None else waiting.time,
                    site=scope.site,
                    service=scope.service,
                    own_calendar=own is not None,
                    business_days=every.business_days,
                    waiting_business_days=0 if waiting is None else waiting.business_days,
                    rule=scope.rule(priority),
                    line=place.line,
                ),
                place,
            )


def _durations(metric: MetricName, field: Field, on: Calendar) -> tuple[OpenDuration, OpenDuration | None] | None:
    """The usual period and the one while waiting; None after recording what is wrong."""
    if field.is_mapping:
        return _periods(metric, field, on)
    allowed = open_duration(field, on.business_day)
    return None if allowed is None else (allowed, None)


def _periods(metric: MetricName, field: Field, on: Calendar) -> tuple[OpenDuration, OpenDuration | None] | None:
    if not METRICS[metric].periodic:
        field.wrong(f"{metric.value} happens once; write one duration, such as 4h")
        return None
    keys = field.keys(("every", "waiting"), required=["every"])
    every = open_duration(keys["every"], on.business_day) if "every" in keys else None
    waiting = open_duration(keys["waiting"], on.business_day) if "waiting" in keys else None
    if every is None:
        return None
    if waiting is not None and waiting.time < every.time:
        keys["waiting"].wrong("the period while waiting is shorter than the usual one; it must be at least as long")
    return every, waiting
