"""The targets of one clock over time: the rule of each, the rules that lost, and why it changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.agreement import Target
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.track import TargetChange, Track
from sla_engine.domain.incidents.events import Reopened
from sla_engine.domain.incidents.history import Entry


class Loss(StrEnum):
    """The reason why a rule that matched too does not hold."""

    LESS_SPECIFIC = "less specific"
    LATER = "later in the file"


class Cause(StrEnum):
    """The reason why a target came into force."""

    OPENED = "opened"
    EARLIER_OPENING = "opened earlier, as a duplicate told"
    PERIOD = "a new period"
    CYCLE = "a new cycle"
    REOPENED = "reopened"
    PRIORITY = "another priority"
    VERSION = "another version of the agreement"
    WAITING = "the longer period while waiting"
    WAITED = "the wait is over"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRule:
    """A rule that matched too, the duration it promised (in business days of this length), and why it lost."""

    rule: str
    duration: timedelta
    why: Loss
    business_day: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """From `at` on this target is in force: the rule that won, its open time, the agreement's version, and why.

    Where nothing is promised any more from `at` on, `promises` is False, and the rule is the last that was in force.
    `business_day` is the length of one where the open time was written in them.
    """

    at: datetime
    rule: str
    duration: timedelta
    version: int
    because: Cause
    losers: tuple[LostRule, ...] = ()
    promises: bool = True
    business_day: timedelta | None = None


def target_history(track: Track, ordered: Sequence[Entry], terms: Terms, *, until: datetime) -> tuple[TargetRow, ...]:
    """The targets of one measurement, oldest first, with those known to come in force up to `until`."""
    return tuple(_rows(track, ordered, terms, until=until))


def _rows(track: Track, ordered: Sequence[Entry], terms: Terms, *, until: datetime) -> Iterator[TargetRow]:
    reopened = {entry.at for entry in ordered if isinstance(entry.event, Reopened)}
    versions = {version.since for version in terms.versions[1:]}
    before: TargetChange | None = None
    for change in (*track.changes, *(change for change in track.ahead if change.at <= until)):
        if before is None:
            because = _first_cause(track, change)
        elif change.at in reopened:
            because = Cause.REOPENED
        else:
            because = _cause(before, change, is_version=change.at in versions)
        yield TargetRow(
            at=change.at,
            rule=change.target.named,
            duration=change.target.duration,
            business_day=change.target.business_day,
            version=change.version,
            because=because,
            losers=tuple(_lost(loser, change.target) for loser in change.losers),
            promises=change.promises,
        )
        before = change


def _first_cause(track: Track, change: TargetChange) -> Cause:
    if change.at > track.started_at:  # nothing was promised at the priority it was opened with
        return Cause.PRIORITY
    if track.moves:
        return Cause.EARLIER_OPENING
    if not track.cycle:
        return Cause.OPENED
    return Cause.PERIOD if track.metric.periodic else Cause.CYCLE


def _cause(before: TargetChange, change: TargetChange, *, is_version: bool) -> Cause:
    if before.promises is not change.promises:
        return Cause.VERSION if is_version else Cause.PRIORITY
    if change.target.priority is not before.target.priority:
        return Cause.PRIORITY
    if is_version and change.version != before.version:
        return Cause.VERSION
    return Cause.WAITING if change.target.duration == change.target.waiting else Cause.WAITED


def _lost(loser: Target, winner: Target) -> LostRule:
    later = loser.specificity == winner.specificity
    return LostRule(
        rule=loser.named,
        duration=loser.duration,
        business_day=loser.business_day,
        why=Loss.LATER if later else Loss.LESS_SPECIFIC,
    )
