"""The clocks of an incident as they are, beside the same clocks with supposed facts or terms.

Pure, and nothing is kept: a supposition is a history with a few more entries, or terms with one more version, read by
the same rules as the real ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.ladders import RungPhase
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Governing, Terms
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.escalation.rung_instants import rung_instant
from sla_engine.domain.incidents.events import Event
from sla_engine.domain.incidents.history import SLACK, Entry
from sla_engine.domain.time.calendar import Calendar, Closure
from sla_engine.domain.time.versioned_calendar import SplicedCalendar

AT_RISK_SHARE = 0.75
"""A clock without any warning on its ladder is at risk from this share of its target on."""

SUPPOSED_HOLIDAY = "holiday supposed"

_Clock = tuple[MetricName, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """An incident's facts and terms, as they are or as they would be."""

    history: tuple[Entry, ...]
    terms: Terms

    def supposing(self, *facts: tuple[datetime, Event], by: str = "") -> "Scene":
        """The same incident with these facts as well, each at its instant, as if somebody recorded them in Slack."""
        last = max((entry.seq for entry in self.history), default=0)
        more = (
            Entry(event=event, at=at, seq=last + number, recorded_at=at, by=by, source=SLACK)
            for number, (at, event) in enumerate(facts, start=1)
        )
        return replace(self, history=(*self.history, *more))

    def under(self, terms: Terms) -> "Scene":
        """The same facts under other terms."""
        return replace(self, terms=terms)

    def clocks(self, *, now: datetime) -> dict[_Clock, Reading]:
        """Every clock at `now`, by metric and cycle, in the metrics' order."""
        clocks = readings(self.history, self.terms, now=now)
        return {(name, reading.cycle): reading for name, measured in clocks.items() for reading in measured}


class Effect(StrEnum):
    """The effect of a change on the outcome of a clock."""

    NONE = "none"
    MAKES_BREACH = "makes_breach"
    REMOVES_BREACH = "removes_breach"
    ENDS_CLOCK = "ends_clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """One clock that changes: `before` as it reads now (None: it does not run yet), `after` as it would read.

    `left_at_rest` is the open time it would have left while it rests, where it is resumed again.
    """

    before: Reading | None
    after: Reading
    effect: Effect
    left_at_rest: timedelta | None = None

    @property
    def metric(self) -> MetricName:
        """The metric that the clock measures."""
        return self.after.metric


def changes(
    real: Scene, supposed: Scene, *, now: datetime, until: datetime, at_rest: Scene | None = None
) -> tuple[ClockChange, ...]:
    """The clocks that differ at `until`, the instant of the last supposed fact (not before `now`).

    `at_rest` is the scene in which a supposed pause has not ended.
    """
    present = real.clocks(now=now)
    before = present if until == now else real.clocks(now=until)
    after = supposed.clocks(now=until)
    resting = at_rest.clocks(now=until) if at_rest is not None else {}
    changed = []
    for clock, reading in after.items():
        old = before.get(clock)
        if old is not None and not _differs(old, reading):
            continue
        is_threatened = clock in present and at_risk(present[clock], real.terms, now=now)
        is_safe = not reading.breached and not at_risk(reading, supposed.terms, now=until)
        changed.append(
            ClockChange(
                before=present.get(clock),
                after=reading,
                effect=_effect(present.get(clock), old, reading, averts=is_threatened and is_safe),
                left_at_rest=_left_at_rest(resting, clock, reading),
            )
        )
    return tuple(changed)


def changes_an_outcome(clock_changes: Iterable[ClockChange]) -> bool:
    """Whether a breach would be made, or one removed, or a clock ended because nothing is promised any more."""
    return any(change.effect is not Effect.NONE for change in clock_changes)


def at_risk(reading: Reading, terms: Terms, *, now: datetime) -> bool:
    """Whether a running clock that is not breached has passed the last warning of its ladder."""
    if reading.state is not ClockState.RUNNING or reading.breached:
        return False
    warnings = [rung for rung in terms.ladder(reading.metric).rungs if rung.phase is RungPhase.BEFORE]
    instants = [at for rung in warnings if (at := rung_instant(reading, rung)) is not None]
    return max(instants) <= now if instants else reading.share >= AT_RISK_SHARE


def with_holiday(terms: Terms, day: date, *, now: datetime) -> Terms:
    """The terms if `day` were closed in every calendar with hours, from `now` on; what is past stays as it counted."""
    known = [version for version in terms.versions if version.since <= now]
    coming = [
        Governing(max(version.since, now), version.number, _with_holiday(version.agreement, day))
        for version in (known[-1], *(version for version in terms.versions if version.since > now))
    ]
    return Terms((*known, *coming), terms.opening)


def _with_holiday(agreement: Agreement, day: date) -> Agreement:
    return replace(
        agreement,
        calendar=_closed_on(agreement.calendar, day),
        sites={name: _closed_on(calendar, day) for name, calendar in agreement.sites.items()},
        targets=tuple(target.on(_closed(target.calendar, day)) for target in agreement.targets),
    )


def _closed(calendar: Calendar | SplicedCalendar, day: date) -> Calendar:
    return _closed_on(calendar.latest if isinstance(calendar, SplicedCalendar) else calendar, day)


def _closed_on(calendar: Calendar, day: date) -> Calendar:
    """Round-the-clock calendars keep no holidays: they are promised because people work then too."""
    if calendar.always:
        return calendar
    return replace(calendar, closures=(*calendar.closures, Closure(day, name=SUPPOSED_HOLIDAY)))


def _differs(before: Reading, after: Reading) -> bool:
    return any(one != other for one, other in zip(_shown(before), _shown(after), strict=True))


def _shown(reading: Reading) -> Iterator[object]:
    """Everything whose change makes the clock worth listing."""
    yield from (reading.state, reading.due_at, reading.breached_at, reading.target.named, reading.target.duration)
    yield reading.remaining if reading.state is ClockState.PAUSED else None


def _left_at_rest(resting: Mapping[_Clock, Reading], clock: _Clock, after: Reading) -> timedelta | None:
    reading = resting.get(clock)
    if reading is None or reading.state is not ClockState.PAUSED or after.state is ClockState.PAUSED:
        return None
    return reading.remaining


def _effect(present: Reading | None, before: Reading | None, after: Reading, *, averts: bool) -> Effect:
    """The effect on a clock: a breach is made, or one is removed that was there or would have come.

    `averts` says that a clock at risk becomes safe.

    A periodic clock starts again with each update: its next due time is no breach to come before it is at risk.
    """
    if after.breached:
        return Effect.NONE if before is not None and before.breached else Effect.MAKES_BREACH
    if before is None:
        return Effect.NONE
    if after.state is ClockState.CANCELLED and before.state is not ClockState.CANCELLED:
        return Effect.ENDS_CLOCK
    if present is not None and present.breached:
        return Effect.REMOVES_BREACH
    if after.state is ClockState.STOPPED:  # resolved in time: the usual end, nothing to be asked about
        return Effect.NONE
    would_breach = before.breached and not METRICS[after.metric].periodic
    return Effect.REMOVES_BREACH if averts or would_breach else Effect.NONE
