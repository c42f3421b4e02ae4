"""Shortens a long ledger: nights are folded into the runs around them, then the middle into one line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.clocks.ledger_rows import LedgerRow, Stretch
from sla_engine.domain.incidents.reasons import PauseReason

ROWS_IN_FULL = 12
"""A clock with more rows has its nights and weekends folded into the run around them."""
LINES_MAX = 36
"""The middle of a longer ledger is folded into one line; all clocks together stay one readable message."""

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One row of a ledger, or several: `closed` nights are folded into it, or it stands for `hidden` lines.

    `what` is None for a line that stands for others. The lines' counted open time sums as the rows' does.
    """

    start: datetime
    end: datetime
    what: Stretch | None
    counted: timedelta
    running_sum: timedelta
    version: int
    rule: str
    closures: tuple[str, ...] = ()
    reasons: tuple[PauseReason, ...] = ()
    by: str = ""
    closed: int = 0
    hidden: int = 0

    @property
    def is_night(self) -> bool:
        """Whether it is closed time without a named closure: a night, a lunch, a weekend."""
        return self.what is Stretch.CLOSED and not self.closures


def in_full(rows: Sequence[LedgerRow]) -> list[LedgerLine]:
    """Every row as a line of its own."""
    return [
        LedgerLine(
            start=row.start,
            end=row.end,
            what=row.what,
            counted=row.counted,
            running_sum=row.running_sum,
            version=row.version,
            rule=row.rule,
            closures=row.closures,
            reasons=row.reasons,
            by=row.by,
        )
        for row in rows
    ]


def shortened(rows: Sequence[LedgerRow]) -> list[LedgerLine]:
    """The rows as at most `LINES_MAX` lines, with the same sum."""
    lines = in_full(rows)
    if len(lines) > ROWS_IN_FULL:
        lines = _without_nights(lines)
    if len(lines) <= LINES_MAX:
        return lines
    middle_starts = LINES_MAX // 2
    middle_ends = len(lines) - (LINES_MAX - middle_starts - 1)  # the middle itself is one line
    return [*lines[:middle_starts], _folded(lines[middle_starts:middle_ends]), *lines[middle_ends:]]


def _folded(middle: Sequence[LedgerLine]) -> LedgerLine:
    return LedgerLine(
        start=middle[0].start,
        end=middle[-1].end,
        what=None,
        counted=sum((line.counted for line in middle), _ZERO),
        running_sum=middle[-1].running_sum,
        version=middle[-1].version,
        rule=middle[-1].rule,
        hidden=len(middle),
    )


def _without_nights(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Join runs that only nights separate; a pause, a named closure or another source keeps them apart."""
    kept: list[LedgerLine] = []
    for line in lines:
        before = kept[-1] if kept else None
        if before is None or not _joins(before, line):
            kept.append(line)
            continue
        kept[-1] = replace(
            before,
            end=line.end,
            counted=before.counted + line.counted,
            running_sum=line.running_sum,
            closed=before.closed + line.is_night,
        )
    return kept


def _joins(before: LedgerLine, line: LedgerLine) -> bool:
    runs = (Stretch.RUNNING, Stretch.AHEAD)
    alike = line.is_night or line.what is before.what
    return before.what in runs and alike and (line.version, line.rule) == (before.version, before.rule)
