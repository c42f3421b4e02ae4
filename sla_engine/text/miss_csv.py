"""The missed targets of a period as CSV: one row each, under columns whose names and order stay."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sla_engine.domain.reporting.missed_targets import MissedTarget
from sla_engine.domain.text.plain_text import one_line
from sla_engine.domain.time.local_time import local_time

BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the letters of its own system."""

_FORMULA_MARKS = tuple("=+-@＝＋－＠")
"""A cell that begins with one of them is a formula to a spreadsheet."""

_MINUTE = timedelta(minutes=1)
_Write = Callable[[MissedTarget, str, Mapping[str, str]], str]

COLUMNS: Mapping[str, _Write] = {
    "incident": lambda miss, *_: miss.incident_key,
    "ticket": lambda miss, *_: miss.ticket or "",
    "customer": lambda miss, *_: miss.customer,
    "site": lambda miss, *_: miss.site or "",
    "service": lambda miss, *_: miss.service or "",
    "title": lambda miss, *_: miss.title,
    "priority": lambda miss, *_: miss.priority.value,
    "metric": lambda miss, *_: miss.metric.value,
    "due_at": lambda miss, zone, _: _at(miss.missed_at, zone),
    "done_at": lambda miss, zone, _: "" if miss.stopped_at is None else _at(miss.stopped_at, zone),
    "zone": lambda _, zone, __: zone,
    "target_minutes": lambda miss, *_: _minutes(miss.target),
    "late_minutes": lambda miss, *_: "" if miss.late_by is None else _minutes(miss.late_by),
    "owner": lambda miss, _, names: names.get(miss.owner or "", miss.owner or ""),
    "reason": lambda miss, *_: miss.reason.value if miss.reason else "",
    "whose": lambda miss, *_: miss.side.value if miss.side else "",
    "link": lambda miss, *_: miss.link or "",
}
"""The columns in their order. docs/operations.md says what each holds; a spreadsheet may rely on them."""


def misses_csv(misses: Sequence[MissedTarget], *, zone: str, names: Mapping[str, str]) -> str:
    """The rows in their order; `names` are those of our people by their id, times are those of `zone`."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(miss, zone, names) for miss in misses)
    return BYTE_ORDER_MARK + written.getvalue()


def cell(text: str) -> str:
    """One line that no spreadsheet runs: an apostrophe stands before the mark that would begin a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA_MARKS) else line


def _cells(miss: MissedTarget, zone: str, names: Mapping[str, str]) -> Iterator[str]:
    return (cell(write(miss, zone, names)) for write in COLUMNS.values())


def _at(at: datetime, zone: str) -> str:
    """A time as every spreadsheet reads it: `2026-12-04 14:00:00`."""
    return f"{local_time(at, zone=zone):%Y-%m-%d %H:%M:%S}"


def _minutes(length: timedelta) -> str:
    """Whole minutes, a begun one counted: what is late is never late by none."""
    return str(-(-length // _MINUTE))
