"""An agreement's escalation policy: when a clock is announced, to whom, how often again, and in which hours not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.local_time import Zone
from sla_engine.domain.time.shifts import Shift, spans_on

AT_BREACH_PERCENT = 100
LONGEST_WAIT = timedelta(hours=24)
"""Repeats that come later and later never wait longer than this, unless the rung names another limit."""

_A_DAY = timedelta(days=1)
_NO_TIME = timedelta(0)


class Recipient(StrEnum):
    """Somebody whom a rung notifies; people and rota say who that is today."""

    ASSIGNEE = "assignee"
    DISPATCHER = "dispatcher"
    SERVICE_MANAGER = "service_manager"


class RungPhase(IntEnum):
    """The place of a rung before, at or after the breach."""

    BEFORE = 0
    AT = 1
    AFTER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The repeats of a rung until somebody acknowledges: `every` in open time of the clock's calendar, or `wall`.

    Each wait is `backoff` times (1 or more) the one before, at most `longest`. After every `up_after` repeats the
    people of one rung more are notified too; None: only the rung's own.
    """

    every: timedelta
    wall: bool = False
    backoff: float = 1.0
    longest: timedelta = LONGEST_WAIT
    up_after: int | None = None

    def wait(self, number: int) -> timedelta:
        """The wait between the repeat of this number (from 1) and the announcement before it."""
        limit = max(self.every, self.longest)
        waited = self.every
        for _ in range(number - 1):
            if self.backoff <= 1 or waited >= limit:
                break
            waited = min(waited * self.backoff, limit)
        return waited

    def rungs_up(self, number: int) -> int:
        """The number of rungs above its own whose people the repeat of this number notifies."""
        return 0 if self.up_after is None or number < 1 else (number - 1) // self.up_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step, reached either at `percent` of the target or at an `offset` from due.

    A negative offset is time left before due, a positive one counts from the breach: open time of the clock, or wall
    time with `wall`. From 100 % on, and after due, a rung is never reached before the breach. A rung reached within its
    `quiet` hours, wall-clock labels written like a shift, is announced when they end.
    Raises: ValueError unless it has either a percent or an offset.
    """

    tell: tuple[Recipient, ...]
    percent: int | None = None
    offset: timedelta | None = None
    wall: bool = False
    repeat: Repeat | None = None
    quiet: Shift | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (not self.offset):
            message = f"a rung is reached at a share or at an offset from due, got {self.percent} and {self.offset}"
            raise ValueError(message)

    @property
    def phase(self) -> RungPhase:
        """The place of the rung before, at or after the breach."""
        if self.offset is not None:
            return RungPhase.BEFORE if self.offset < _NO_TIME else RungPhase.AFTER
        percent = self.percent or 0
        if percent < AT_BREACH_PERCENT:
            return RungPhase.BEFORE
        return RungPhase.AT if percent == AT_BREACH_PERCENT else RungPhase.AFTER

    @property
    def at_breach(self) -> bool:
        """True for a rung that waits for the breach."""
        return self.phase is not RungPhase.BEFORE

    @property
    def label(self) -> str:
        """The instant of the rung in words: `75 %`, `30m before due`, `1h after due by the wall clock`."""
        if self.offset is None:
            return f"{self.percent} %"
        side = "before" if self.offset < _NO_TIME else "after"
        return f"{exact(abs(self.offset))} {side} due{' by the wall clock' if self.wall else ''}"

    @property
    def key(self) -> tuple[int | timedelta | None, bool]:
        """The share or offset that identifies a rung in its ladder."""
        return (self.percent, False) if self.offset is None else (self.offset, self.wall)

    def after_quiet_hours(self, at: datetime, zone: Zone) -> datetime:
        """The first instant from `at` on (UTC) outside the quiet hours, in the zone of the people notified."""
        return at if self.quiet is None else _after_quiet_hours(at, self.quiet, zone)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in the order in which they are usually reached; a fact about a rung names it by its place here, from 0."""

    rungs: tuple[Rung, ...]

    @classmethod
    def of(cls, rungs: Iterable[Rung]) -> "Ladder":
        """The ladder of these rungs, in whatever order they were written."""
        return cls(tuple(sorted(rungs, key=_usual_place)))


def _usual_place(rung: Rung) -> tuple[int, int, float]:
    """Sort key: phase, then shares before offsets; only a target decides in which order a clock reaches its rungs."""
    if rung.offset is None:
        return rung.phase, 0, rung.percent or 0
    return rung.phase, 2 if rung.wall else 1, rung.offset.total_seconds()


def _after_quiet_hours(at: datetime, quiet: Shift, zone: Zone) -> datetime:
    day = at.astimezone(zone).date()
    quiet_spans = [span for offset in (-1, 0, 1) for span in spans_on(day + offset * _A_DAY, [quiet], zone)]
    for span in sorted(quiet_spans):
        if span.start <= at < span.end:
            at = span.end
    return at


DEFAULT_LADDER = Ladder(
    (
        Rung(percent=50, tell=(Recipient.ASSIGNEE,)),
        Rung(percent=75, tell=(Recipient.DISPATCHER,)),
        Rung(
            percent=100,
            tell=(Recipient.DISPATCHER, Recipient.SERVICE_MANAGER),
            repeat=Repeat(every=timedelta(minutes=30)),
        ),
    )
)
