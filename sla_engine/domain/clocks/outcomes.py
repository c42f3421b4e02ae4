"""The recorded outcomes of a clock, and the facts to add so that the record follows from the history again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.events import Breached, Corrected
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.stored_names import stored_name

ClockKey = tuple[MetricName, int]
"""A clock of an incident: what it measures, and its cycle."""

Readings = Mapping[MetricName, tuple[Reading, ...]]
"""Every clock of an incident at one instant, the current measurement of each metric last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOnRecord:
    """What is stored of a clock: its breach and its stop as last recorded, and when it was spoken of last (UTC)."""

    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    nudged_at: datetime | None = None


def new_breaches(key: str, history: Sequence[Entry], readings: Readings) -> list[NewFact]:
    """The breaches that are not on record yet; one that was taken back and comes again is recorded again."""
    recorded = _recorded_breaches(history)
    new = []
    for reading in (reading for measured in readings.values() for reading in measured):
        stands, withdrawn = recorded.get((reading.metric.value, reading.cycle), (False, 0))
        if reading.breached_at is not None and not stands:
            name = f"{key}:{reading.metric}:{reading.cycle}:breach{f':{withdrawn}' if withdrawn else ''}"
            new.append(NewFact(event=_breach(reading), at=reading.breached_at, by="", unique_key=name))
    return new


def corrections(
    clocks: Mapping[ClockKey, ClockOnRecord], readings: Readings, cause: Entry, *, now: datetime
) -> list[NewFact]:
    """What was recorded of an outcome stays; where it no longer follows from the facts, that is a fact of its own.

    A period that a fact told late leaves no room for has no outcome any more.
    """
    current = {(reading.metric, reading.cycle): reading for measured in readings.values() for reading in measured}
    facts = []
    for key, recorded in clocks.items():
        reading = current.get(key)
        if recorded.breached_at is not None if reading is None else _is_moved(reading, recorded):
            after = None if reading is None else reading.breached_at
            facts.append(NewFact(event=_corrected(key, recorded, after, cause), at=now, by=""))
    return facts


def _recorded_breaches(history: Sequence[Entry]) -> dict[tuple[str, int], tuple[bool, int]]:
    """For each clock that was ever recorded as breached: whether that still stands, and how often it was taken back."""
    found: dict[tuple[str, int], tuple[bool, int]] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Breached | Corrected):
            stands = isinstance(event, Breached) or event.breached_after is not None
            _, withdrawn = found.get((event.metric, event.cycle), (False, 0))
            found[event.metric, event.cycle] = (stands, withdrawn if stands else withdrawn + 1)
    return found


def _is_moved(reading: Reading, recorded: ClockOnRecord) -> bool:
    """Whether a breach that was recorded moved or went, or a clock that had stopped in time turned out late."""
    if recorded.breached_at is not None:
        return reading.breached_at != recorded.breached_at
    over = recorded.stopped_at is not None and reading.stopped_at == recorded.stopped_at
    return over and reading.breached_at is not None


def _corrected(clock: ClockKey, recorded: ClockOnRecord, after: datetime | None, cause: Entry) -> Corrected:
    metric, cycle = clock
    return Corrected(
        metric=metric.value,
        cycle=cycle,
        cause=stored_name(cause.event),
        cause_at=cause.at,
        breached_before=recorded.breached_at,
        breached_after=after,
    )


def _breach(reading: Reading) -> Breached:
    return Breached(
        metric=reading.metric.value,
        cycle=reading.cycle,
        breached_at=reading.breached_at or reading.started_at,
        on_change=reading.breached_on_change,
    )
