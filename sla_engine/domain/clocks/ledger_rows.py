"""The rows that explain a reading: what each stretch of time counted, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.clocks.target_history import TargetRow
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PAUSE_REASONS, Attribution, PauseReason


class Stretch(StrEnum):
    """What a row of a ledger is; only running time counts, and what is ahead will."""

    RUNNING = "running"
    CLOSED = "closed"
    PAUSED = "paused"
    RESOLVED = "resolved"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One stretch of a clock's life: what it was, how much open time it counted, and the sum so far.

    `version` is the number of the agreement version whose calendar counted it, `rule` names the target then in force
    (empty: nothing was promised then). `closures` are the names of what closed it, `reasons` what it rested for, the
    first of them being who held the ball, and `by` who paused it.
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
        """Who held the ball while it rested; None while it did not."""
        return PAUSE_REASONS[self.reasons[0]].attribution if self.reasons else None

    @property
    def why(self) -> str:
        """In words what made it count or not."""
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
    """A version of the agreement, by its effective date, and since when it counts (None: from the opening)."""

    number: int
    effective: datetime
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A reading and what explains it.

    `ahead` leads a running clock from now to its due time: the open time in it is what is left. `targets` are those
    that were in force, oldest first, `versions` the agreement's that counted for a row. `remarks` are the facts that
    changed what a row or an outcome says: waivers and corrections of this metric, duplicates, reprocessing.
    `noticed_at` is when the breach was recorded, however much later than it was. `earlier` are the periods or cycles
    before this one, oldest first.
    """

    reading: Reading
    rows: tuple[LedgerRow, ...]
    ahead: tuple[LedgerRow, ...]
    targets: tuple[TargetRow, ...]
    versions: tuple[VersionRow, ...]
    remarks: tuple[Entry, ...]
    noticed_at: datetime | None
    earlier: tuple[Reading, ...] = ()
