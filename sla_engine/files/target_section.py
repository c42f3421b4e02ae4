"""The `targets` part of an agreement: for each priority, how much open time each metric has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sla_engine.domain.agreements import Target
from sla_engine.domain.calendars import Calendar
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.domain.priorities import Priority
from sla_engine.files.calendar_section import CalendarContext, calendar
from sla_engine.files.scalars import open_time
from sla_engine.files.yaml_document import Field

PRIORITY_KEYS = tuple(priority.value for priority in Priority)
TARGET_KEYS = ("calendar", *(metric.value for metric in MetricName))
USUALLY_PROMISED = (Priority.P1, Priority.P2, Priority.P3, Priority.P4)


def targets(found: Field, *, calendar_of_agreement: Calendar, context: CalendarContext) -> tuple[Target, ...]:
    """Every target, by priority and then in the order of the metrics; each priority needs a resolution."""
    priorities = found.keys(PRIORITY_KEYS)
    if found.is_mapping and not priorities:
        found.wrong("nothing is promised; write at least one priority, such as P1: {resolution: 4h}")
    for priority in USUALLY_PROMISED:
        if priorities and priority.value not in priorities:
            found.odd(f"nothing is promised for {priority.value}; its incidents will have no clocks")
    read: list[Target] = []
    for name in PRIORITY_KEYS:
        if name in priorities:
            read.extend(_of_priority(Priority(name), priorities[name], calendar_of_agreement, context))
    return tuple(read)


def _of_priority(
    priority: Priority, found: Field, calendar_of_agreement: Calendar, context: CalendarContext
) -> Iterator[Target]:
    keys = found.keys(TARGET_KEYS, required=[MetricName.RESOLUTION.value])
    own = calendar(keys["calendar"], replace(context, zone=calendar_of_agreement.zone)) if "calendar" in keys else None
    on = own or calendar_of_agreement
    for metric in MetricName:
        if metric.value in keys:
            target = _target(metric, priority, keys[metric.value], on)
            if target is not None:
                yield target


def _target(metric: MetricName, priority: Priority, found: Field, on: Calendar) -> Target | None:
    if found.is_mapping:
        return _periodic_target(metric, priority, found, on)
    allowed = open_time(found, on.business_day)
    return None if allowed is None else Target(metric=metric, priority=priority, duration=allowed, calendar=on)


def _periodic_target(metric: MetricName, priority: Priority, found: Field, on: Calendar) -> Target | None:
    if not METRICS[metric].periodic:
        found.wrong(f"{metric.value} happens once; write one duration, such as 4h")
        return None
    keys = found.keys(("every", "waiting"), required=["every"])
    every = open_time(keys["every"], on.business_day) if "every" in keys else None
    waiting = open_time(keys["waiting"], on.business_day) if "waiting" in keys else None
    if every is None:
        return None
    _waiting_is_longer(keys, every, waiting)
    return Target(metric=metric, priority=priority, duration=every, calendar=on, waiting=waiting)


def _waiting_is_longer(keys: dict[str, Field], every: timedelta, waiting: timedelta | None) -> None:
    if waiting is not None and waiting < every:
        keys["waiting"].wrong("the period while waiting is shorter than the usual one; it must be at least as long")
