"""Puts a log in order: all rows of an incident together, oldest first, however the file mixes them.

Rows are sorted in portions that fit in memory and merged from temporary files, so that a log of any size needs the
same memory. The order is always the same, so that an interrupted replay goes on where it stopped.
"""

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sla_engine.domain.clocks.ticket_states import Condition, LoggedIncident, LoggedState, TicketPhase
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.local_time import Zone
from sla_engine.intake.servicenow import LogRow, RowCount, read_rows
from sla_engine.intake.servicenow_states import StateTable

PORTION_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLog:
    """A whole log, read once and put in order; `end` is its newest update."""

    count: RowCount
    end: datetime | None
    _portions: tuple[Iterable[LogRow], ...]

    def incidents(self) -> Iterator[LoggedIncident]:
        """Its incidents by number; rows written before the opening count at the opening. May be called only once."""
        for number, rows in groupby(heapq.merge(*self._portions), key=lambda row: row.number):
            yield _incident(number, list(rows))


@contextmanager
def ordered_log(
    path: Path, *, zone: Zone, states: StateTable | None = None, portion_rows: int = PORTION_ROWS
) -> Iterator[OrderedLog]:
    """Read a log and put it in order; `states` has the meanings of its states, by default the usual ones.

    Raises: FileInvalid.
    """
    count, end = RowCount(), None
    portions: list[Iterable[LogRow]] = []
    with ExitStack() as spools:
        rows = read_rows(path, zone=zone, count=count, states=states or StateTable())
        while portion := sorted(islice(rows, portion_rows)):
            newest = max(row.at for row in portion)
            end = newest if end is None else max(end, newest)
            portions.append(_spooled(spools.enter_context(TemporaryFile("w+", encoding="utf-8")), portion))
        yield OrderedLog(count=count, end=None if end is None else _instant(end), _portions=tuple(portions))


def _spooled(spool: IO[str], portion: list[LogRow]) -> Iterator[LogRow]:
    for row in portion:
        spool.write(json.dumps(row))
        spool.write("\n")
    spool.seek(0)
    return (LogRow(*json.loads(line)) for line in spool)


def _incident(number: str, rows: list[LogRow]) -> LoggedIncident:
    opened_at = rows[0].opened_at
    last = rows[-1]
    closed = next((row.at for row in rows if row.closed), None)
    unread = tuple(dict.fromkeys(row.unread for row in rows if row.unread))
    return LoggedIncident(
        number=number,
        title=_capitalized(rows[0].topic) if rows[0].topic else f"Incident {number}",
        opened_at=_instant(opened_at),
        states=() if unread else tuple(_state(row, opened_at) for row in rows),
        rows=len(rows),
        says_resolved_at=None if last.resolved_at is None else _instant(last.resolved_at),
        says_closed_at=None if last.closed_at is None else _instant(last.closed_at),
        closed_row_at=None if closed is None else _instant(closed),
        says_made_sla={"true": True, "false": False}.get(last.made_sla),
        not_measured=unread,
    )


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _state(row: LogRow, opened_at: float) -> LoggedState:
    return LoggedState(
        at=_instant(max(row.at, opened_at)),
        condition=Condition(TicketPhase(row.phase), PauseReason(row.reason) if row.reason else None),
        priority=Priority(f"P{row.priority}"),
        assignee=row.assignee or None,
        by=row.by,
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
