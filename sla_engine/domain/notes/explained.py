"""Tells which missed targets a note or a tapped reason explains: those it was written about, and no later ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.note_events import NoteWritten, ReasonGiven
from sla_engine.domain.incidents.reasons import BreachReason


@dataclass(frozen=True, slots=True, kw_only=True)
class MissReason:
    """Why a target was missed: the reason, who gave it, and when."""

    reason: BreachReason
    by: str
    at: datetime


def clock_name(reading: Reading) -> str:
    """A clock as a fact names it: its metric and its cycle."""
    return f"{reading.metric.value}:{reading.cycle}"


def explanations(history: Sequence[Entry], missed: Iterable[Reading]) -> Mapping[str, MissReason]:
    """The explanation of each missed clock that has one, by the clock's name.

    A note of an earlier version names no clocks: it explains what was missed before it was written. Customer updates
    missed after one that is explained have its explanation.
    """
    clocks = sorted(missed, key=_missed_at)
    explained: dict[str, MissReason] = {}
    for entry in history:
        if not isinstance(entry.event, NoteWritten | ReasonGiven):
            continue
        covers = entry.event.covers
        if covers is None:
            covers = tuple(clock_name(clock) for clock in clocks if _missed_at(clock) <= entry.at)
        why = MissReason(reason=BreachReason(entry.event.reason), by=entry.by, at=entry.at)
        explained |= dict.fromkeys(covers, why)
    return explained | _further_updates(clocks, explained)


def unexplained(history: Sequence[Entry], missed: Sequence[Reading]) -> list[Reading]:
    """The missed clocks that nobody explained yet."""
    explained = explanations(history, missed)
    return [clock for clock in missed if clock_name(clock) not in explained]


def _further_updates(clocks: Iterable[Reading], explained: Mapping[str, MissReason]) -> dict[str, MissReason]:
    further: dict[str, MissReason] = {}
    last: MissReason | None = None
    for clock in clocks:
        if clock.metric is not MetricName.CUSTOMER_UPDATE:
            continue
        last = explained.get(clock_name(clock), last)
        if last is not None and clock_name(clock) not in explained:
            further[clock_name(clock)] = last
    return further


def _missed_at(clock: Reading) -> datetime:
    if clock.breached_at is None:
        message = f"the clock {clock_name(clock)} missed nothing"
        raise ValueError(message)
    return clock.breached_at
