"""Rungs that an agreement's own targets put out of reach, as facts; the reader of the file has the sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.ladders import Ladder, Rung, RungPhase
from sla_engine.domain.agreements.lint import never_rests
from sla_engine.domain.agreements.metrics import MetricName

DEFAULT = "default"
NO_TIME = timedelta()


class RungFault(StrEnum):
    """The reason why a rung, or its repeat, does not do what was meant."""

    WITH_THE_OPENING = "with_the_opening"
    """It warns as early as the incident opens, because the target is no longer than its offset."""
    FOLDED = "folded"
    """Another rung is always reached at the same instant, and only one of them is announced."""
    OVERTAKEN = "overtaken"
    """A higher rung that repeats is always reached before it would be announced again."""
    NOBODY_ABOVE = "nobody_above"
    """Its repeats are to go a rung up, and it is the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungOddity:
    """One fault of one rung, with its ladder, the targets it concerns, and the other rung that causes it."""

    ladder: str
    rung: Rung
    fault: RungFault
    targets: tuple[Target, ...] = ()
    other: Rung | None = None


def odd_rungs(agreement: Agreement) -> Iterator[RungOddity]:
    """The faults of all rungs, ladder by ladder."""
    for name, ladder in agreement.ladders.items():
        targets = targets_on(agreement, name)
        for number, rung in enumerate(ladder.rungs):
            yield from _faults(name, ladder, number, rung, targets)


def targets_on(agreement: Agreement, ladder: str) -> tuple[Target, ...]:
    """The targets whose clocks use this ladder; empty where it is never used."""
    own = {metric for metric in MetricName if metric.value in agreement.ladders}
    metrics = set(MetricName) - own if ladder == DEFAULT else {MetricName(ladder)}
    return tuple(target for target in agreement.targets if target.metric in metrics)


def open_time_until(rung: Rung, target: Target) -> timedelta | None:
    """The open time from the opening to a rung; None where closed hours decide."""
    if rung.percent is not None:
        return target.duration * rung.percent / 100
    if rung.offset is None or (rung.wall and not never_rests(target.calendar)):
        return None
    return target.duration + rung.offset


def _faults(name: str, ladder: Ladder, number: int, rung: Rung, targets: Sequence[Target]) -> Iterator[RungOddity]:
    opening = tuple(target for target in targets if _comes_with_the_opening(rung, target))
    if opening:
        yield RungOddity(ladder=name, rung=rung, fault=RungFault.WITH_THE_OPENING, targets=opening)
    if rung.repeat is not None and rung.repeat.up_after is not None and rung is ladder.rungs[-1]:
        yield RungOddity(ladder=name, rung=rung, fault=RungFault.NOBODY_ABOVE)
    if not targets:
        return
    for other in ladder.rungs[number + 1 :]:
        if all(_meet(rung, other, target) for target in targets):
            yield RungOddity(ladder=name, rung=rung, fault=RungFault.FOLDED, other=other)
        elif rung.repeat is not None and all(_overtakes(other, rung, target) for target in targets):
            yield RungOddity(ladder=name, rung=rung, fault=RungFault.OVERTAKEN, other=other)
            return


def _comes_with_the_opening(rung: Rung, target: Target) -> bool:
    reached = open_time_until(rung, target)
    return rung.phase is RungPhase.BEFORE and reached is not None and reached <= NO_TIME


def _meet(rung: Rung, other: Rung, target: Target) -> bool:
    reached = open_time_until(rung, target)
    return reached is not None and reached == open_time_until(other, target)


def _overtakes(other: Rung, rung: Rung, target: Target) -> bool:
    """Whether `other`, which repeats too, is reached after `rung`, but no later than the first repeat of `rung`."""
    here, there = open_time_until(rung, target), open_time_until(other, target)
    repeat = rung.repeat
    if here is None or there is None or repeat is None or other.repeat is None:
        return False
    if repeat.wall and not never_rests(target.calendar):
        return False
    return here < there <= here + repeat.every
