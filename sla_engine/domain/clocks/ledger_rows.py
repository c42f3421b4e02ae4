"""The rows that explain a reading: the open time that each stretch counted, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.target_history import TargetRow
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PAUSE_REASONS, Attribution, PauseReason


class Stretch(StrEnum):
    """The kind of a ledger row; only running time counts, and time ahead will count."""

    RUNNING = "running"
    CLOSED = "closed"
    PAUSED = "paused"
    RESOLVED = "resolved"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One stretch of a clock's life: its kind, the open time that it counted, and the sum so far.

    `version` is the number of the agreement version whose calendar counted it, `rule` names the target then in force
    (empty: nothing was promised then). `closures` are the names of the closures that closed it, `reasons` those of its
    rest, of which the first decides who held the ball, and `by` who paused it.
    """

    start: datetime
    end: datetime
    what: Stretch
    counted: timedelta
    running_sum: timedelta
    version: int
    rule: str
    closures: tuple[str, ...] = ()
    reasons: tuple[PauseReason, ...] = ()
    by: str = ""

    @property
    def attribution(self) -> Attribution | None:
        """The side that held the ball during a rest; None for time that was no rest."""
        return PAUSE_REASONS[self.reasons[0]].attribution if self.reasons else None

    @property
    def why(self) -> str:
        """The reason why it counted or not, in words."""
        match self.what:
            case Stretch.RUNNING | Stretch.AHEAD:
                return "open hours"
            case Stretch.CLOSED:
                return ", ".join(self.closures) or "outside hours"
            case Stretch.PAUSED:
                return ", ".join(PAUSE_REASONS[reason].label for reason in self.reasons)
            case Stretch.RESOLVED:
                return "until it was reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version of the agreement, its effective date, and the instant since which it counts (None: the opening)."""

    number: int
    effective: datetime
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A reading and the rows that explain it.

    `ahead` leads a running clock from now to its due time: the open time in it is the time left. `targets` are those
    that were in force, oldest first, `versions` those of the agreement that counted for a row. `remarks` are the facts
    that changed a row or an outcome: waivers and corrections of this metric, duplicates, reprocessing. `noticed_at` is
    when the breach was recorded, however much later than it was. `earlier` are the periods or cycles before this one,
    oldest first.
    """

    reading: Reading
    rows: tuple[LedgerRow, ...]
    ahead: tuple[LedgerRow, ...]
    targets: tuple[TargetRow, ...]
    versions: tuple[VersionRow, ...]
    remarks: tuple[Entry, ...]
    noticed_at: datetime | None
    earlier: tuple[Reading, ...] = ()
