"""The recorded outcomes of a clock, and the facts to add so that the record follows from the history again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

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


def by_clock(readings: Readings) -> dict[ClockKey, Reading]:
    """The readings by metric and cycle."""
    return {(reading.metric, reading.cycle): reading for reading in chain.from_iterable(readings.values())}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOnRecord:
    """The stored outcome of a clock: its breach and its stop as last recorded, and when it was announced last (UTC)."""

    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    nudged_at: datetime | None = None


def new_breaches(key: str, history: Sequence[Entry], readings: Readings) -> list[NewFact]:
    """The breaches that are not on record yet; a breach that was withdrawn and comes again is recorded again.

    `key` is the incident's.
    """
    recorded = _recorded_breaches(history)
    new = []
    for reading in chain.from_iterable(readings.values()):
        record = recorded.get((reading.metric.value, reading.cycle), _NEVER_BREACHED)
        if reading.breached_at is not None and not record.stands:
            suffix = f":{record.withdrawn}" if record.withdrawn else ""
            name = f"{key}:{reading.metric}:{reading.cycle}:breach{suffix}"
            new.append(NewFact(event=_breach(reading), at=reading.breached_at, by="", unique_key=name))
    return new


def corrections(
    clocks: Mapping[ClockKey, ClockOnRecord], readings: Readings, cause: Entry, *, now: datetime
) -> list[NewFact]:
    """A correction for each recorded outcome that no longer follows from the facts; the record itself stays.

    `cause` is the fact that changed them. A period of which nothing is left since a fact was recorded late has no
    outcome any more.
    """
    current = by_clock(readings)
    facts = []
    for key, recorded in clocks.items():
        reading = current.get(key)
        if _has_changed(reading, recorded):
            after = None if reading is None else reading.breached_at
            facts.append(NewFact(event=_corrected(key, recorded, after, cause), at=now, by=""))
    return facts


@dataclass(frozen=True, slots=True)
class _BreachRecord:
    """Whether the recorded breach of a clock still stands, and how often one was withdrawn."""

    stands: bool
    withdrawn: int


_NEVER_BREACHED = _BreachRecord(stands=False, withdrawn=0)


def _recorded_breaches(history: Sequence[Entry]) -> dict[tuple[str, int], _BreachRecord]:
    """The record of each clock (metric and cycle) that was ever recorded as breached."""
    records: dict[tuple[str, int], _BreachRecord] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Breached | Corrected):
            stands = isinstance(event, Breached) or event.breached_after is not None
            withdrawn = records.get((event.metric, event.cycle), _NEVER_BREACHED).withdrawn
            records[event.metric, event.cycle] = _BreachRecord(stands, withdrawn if stands else withdrawn + 1)
    return records


def _has_changed(reading: Reading | None, recorded: ClockOnRecord) -> bool:
    """Whether a recorded breach moved or is none any more, or a clock that had stopped in time turned out late."""
    if reading is None:
        return recorded.breached_at is not None
    if recorded.breached_at is not None:
        return reading.breached_at != recorded.breached_at
    has_same_stop = recorded.stopped_at is not None and reading.stopped_at == recorded.stopped_at
    return has_same_stop and reading.breached_at is not None


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
