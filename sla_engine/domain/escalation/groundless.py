"""What was announced only because of facts that are undone: it is taken back with them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.outcomes import ClockKey, by_clock
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.escalation.rung_instants import rung_instant
from sla_engine.domain.incidents.events import PromiseLapsed, PromiseQuestioned, RungReached, Undone
from sla_engine.domain.incidents.history import Entry, in_effect
from sla_engine.domain.incidents.promises import promise_in_force


def groundless(history: Sequence[Entry], undone: Collection[int], terms: Terms, *, now: datetime) -> tuple[int, ...]:
    """The numbers of later announcements that would not have come without the facts with these numbers.

    A rung that its clock has not reached at `now` any more, and a promise that was asked about and is not in force.
    """
    last, first = max(history, key=lambda entry: entry.seq), min(undone)
    undoing = replace(last, event=Undone(facts=tuple(undone)), seq=last.seq + 1, by="")
    without = [*history, undoing]
    measured = by_clock(readings(without, terms, now=now))
    counting = in_effect(without)
    later = [entry for entry in counting if entry.seq > first]
    return tuple(sorted({*_rungs(later, measured, terms, now=now), *_promises(later, counting)}))


def _rungs(later: Sequence[Entry], measured: dict[ClockKey, Reading], terms: Terms, *, now: datetime) -> Iterator[int]:
    for entry in later:
        event = entry.event
        if not isinstance(event, RungReached):
            continue
        metric = MetricName(event.metric)
        reading, rungs = measured.get((metric, event.cycle)), terms.ladder(metric).rungs
        if reading is None or event.rung >= len(rungs):
            yield entry.seq
            continue
        at = rung_instant(reading, rungs[event.rung])
        if at is None or at > now:
            yield entry.seq


def _promises(later: Sequence[Entry], counting: Sequence[Entry]) -> Iterator[int]:
    for entry in later:
        if isinstance(entry.event, PromiseQuestioned | PromiseLapsed):
            before = promise_in_force([earlier for earlier in counting if earlier.seq < entry.seq])
            if before is None or before.due != entry.event.promised:
                yield entry.seq
