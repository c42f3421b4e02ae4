"""What is on record of a clock's outcome, and what has to be added so that the record follows from the facts again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.events import Breached, Corrected, Entry, stored_name
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.events import NewFact

Found = Mapping[MetricName, tuple[Reading, ...]]


def new_breaches(key: str, history: Sequence[Entry], found: Found) -> list[NewFact]:
    """The breaches that are not on record yet; one that was taken back and comes again is recorded again."""
    recorded = _recorded_breaches(history)
    new = []
    for reading in (reading for measured in found.values() for reading in measured):
        stands, withdrawn = recorded.get((reading.metric.value, reading.cycle), (False, 0))
        if reading.breached_at is not None and not stands:
            name = f"{key}:{reading.metric}:{reading.cycle}:breach{f':{withdrawn}' if withdrawn else ''}"
            new.append(NewFact(event=_breach(reading), at=reading.breached_at, by="", unique_key=name))
    return new


def corrections(
    stored: Mapping[tuple[MetricName, int], ClockRecord], found: Found, cause: Entry, *, now: datetime
) -> Iterator[NewFact]:
    """What was recorded of an outcome stays; where it no longer follows from the facts, that is a fact of its own.

    A period that a fact told late leaves no room for has no outcome any more.
    """
    measured = {(reading.metric, reading.cycle): reading for each in found.values() for reading in each}
    for key, recorded in stored.items():
        reading = measured.get(key)
        if recorded.breached_at is not None if reading is None else _is_moved(reading, recorded):
            after = None if reading is None else reading.breached_at
            yield NewFact(event=_corrected(recorded, after, cause), at=now, by="")


def _recorded_breaches(history: Sequence[Entry]) -> dict[tuple[str, int], tuple[bool, int]]:
    """For each clock that was ever recorded as breached: whether that still stands, and how often it was taken back."""
    found: dict[tuple[str, int], tuple[bool, int]] = {}
    for event in (entry.event for entry in history):
        if isinstance(event, Breached | Corrected):
            stands = isinstance(event, Breached) or event.breached_after is not None
            _, withdrawn = found.get((event.metric, event.cycle), (False, 0))
            found[event.metric, event.cycle] = (stands, withdrawn if stands else withdrawn + 1)
    return found


def _is_moved(reading: Reading, recorded: ClockRecord) -> bool:
    """Whether a breach that was recorded moved or went, or a clock that had stopped in time turned out late."""
    if recorded.breached_at is not None:
        return reading.breached_at != recorded.breached_at
    over = recorded.stopped_at is not None and reading.stopped_at == recorded.stopped_at
    return over and reading.breached_at is not None


def _corrected(recorded: ClockRecord, after: datetime | None, cause: Entry) -> Corrected:
    return Corrected(
        metric=recorded.metric.value,
        cycle=recorded.cycle,
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
