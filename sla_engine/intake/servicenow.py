"""A ServiceNow-style event log: a CSV file, every row the whole state of one incident after one update.

The facts are `incident_state` at `sys_updated_at`. Columns with the outcome (`resolved_at`, `closed_at`, `made_sla`)
are kept only to be compared with, since most rows were written before those outcomes happened.
"""

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple, Self, cast

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.local_time import Zone, resolve
from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.intake.servicenow_states import StateTable

MISSING = "?"
NEEDED_COLUMNS = ("number", "incident_state", "sys_updated_at", "opened_at", "priority")
ROW_MAX_CHARS = 1 << 20  # also of a field, whose line breaks may be quoted
SHOWN_CHARS = 40

# "Resolver 89", "Updated by 21", "Category 55": the published file labels its anonymous numbers, others do not.
_LABEL = re.compile(
    r"^(?:resolver|updated by|opened by|created by|caller|category|subcategory|symptom|group|location)\s+(?=\d+$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^INC(?=\d+$)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$")


class LogRow(NamedTuple):
    """One row of an incident; sorts by incident, time, update number and line. Instants are seconds since 1970.

    `phase` and `reason` are the meaning of its state. `unread` is the reason why the row could not be read (its other
    fields then mean nothing): a fact may be missing, so its incident cannot be measured.
    """

    number: str
    at: float
    mod_count: int
    line: int
    opened_at: float
    phase: str = ""
    reason: str = ""
    closed: bool = False
    priority: str = ""
    assignee: str = ""
    by: str = ""
    resolved_at: float | None = None
    closed_at: float | None = None
    made_sla: str = ""
    topic: str = ""
    unread: str = ""


@dataclass(slots=True)
class RowCount:
    """The number of rows read, and of those that were skipped because they name no incident, by reason."""

    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def used(self) -> int:
        """The number of rows that were not skipped."""
        return self.rows - self.skipped.total()


def read_rows(path: Path, *, zone: Zone, count: RowCount, states: StateTable) -> Iterator[LogRow]:
    """The rows of a file (CSV, or CSV compressed with gzip), in its order; adds each row read to `count`.

    Raises: FileInvalid when it is no such file.
    """
    try:
        with _opened(path) as file:
            yield from _rows(path, _BoundedLines(file), zone, count, states)
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise FileInvalid([FileProblem(str(path), count.rows + 1, f"the file cannot be read: {error}")]) from error


def _rows(path: Path, lines: "_BoundedLines", zone: Zone, count: RowCount, states: StateTable) -> Iterator[LogRow]:
    reader = csv.reader(lines)
    columns = _columns(path, next(reader, []))
    for values in reader:
        lines.begin_row()
        count.rows += 1
        try:
            row = _row(values, columns, reader.line_num, zone, states)
        except _Unusable as reason:
            count.skipped[str(reason)] += 1
        else:
            yield row


class _BoundedLines:
    """A file's lines; raises csv.Error for an overlong row, so that a file without line breaks does not fill memory."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._taken = 0

    def begin_row(self) -> None:
        """Count the characters of the next row from 0."""
        self._taken = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._file.readline(ROW_MAX_CHARS + 1)
        self._taken += len(line)
        if self._taken > ROW_MAX_CHARS:
            message = f"a row has more than {ROW_MAX_CHARS:,} characters"
            raise csv.Error(message)
        if not line:
            raise StopIteration
        return line


def _opened(path: Path) -> IO[str]:
    csv.field_size_limit(ROW_MAX_CHARS)
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    if compressed:
        return cast("IO[str]", gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline=""))
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The place of each column (counted from 0) by its name, and the number of columns."""

    places: Mapping[str, int]
    number: int


def _columns(path: Path, header: list[str]) -> _Columns:
    places = {name.strip().lower(): place for place, name in enumerate(header)}
    if "state" in places:
        places.setdefault("incident_state", places["state"])  # the newer of the two names of one column
    lacking = [name for name in NEEDED_COLUMNS if name not in places]
    if lacking:
        raise FileInvalid([FileProblem(str(path), 1, f"the column {name} is missing") for name in lacking])
    return _Columns(places, len(header))


class _Unusable(Exception):
    """A row cannot be used, because of a column."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"{column} {problem}")


class _Cells:
    """One row's values by column; `?` stands for an empty value."""

    def __init__(self, values: list[str], columns: _Columns) -> None:
        if len(values) != columns.number:
            raise _Unusable("the row", "has another number of columns than the header")
        self._values = values
        self._places = columns.places

    def text(self, name: str) -> str:
        place = self._places.get(name)
        value = "" if place is None else self._values[place].strip()
        return "" if value == MISSING else value

    def needed_text(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise _Unusable(name, "is missing")
        return value

    def needed_time(self, name: str, zone: Zone) -> float:
        seconds = _seconds(self.text(name), zone)
        if seconds is None:
            raise _Unusable(name, "is missing or no time")
        return seconds


def _row(values: list[str], columns: _Columns, line: int, zone: Zone, states: StateTable) -> LogRow:
    cells = _Cells(values, columns)
    number = _NUMBER.sub("", cells.needed_text("number"))
    try:
        return _read(cells, number, line, zone, states)
    except _Unusable as reason:
        at = _seconds(cells.text("sys_updated_at"), zone) or 0.0
        return LogRow(number=number, at=at, mod_count=0, line=line, opened_at=at, unread=str(reason))


def _read(cells: _Cells, number: str, line: int, zone: Zone, states: StateTable) -> LogRow:
    mod_count, label = cells.text("sys_mod_count"), cells.needed_text("incident_state")
    condition = states.condition(label, cells.text("hold_reason"))
    if condition is None:
        raise _Unusable("incident_state", f"{_short(label)!r} is no known state")
    return LogRow(
        number=number,
        at=cells.needed_time("sys_updated_at", zone),
        mod_count=int(mod_count) if mod_count.isdecimal() else 0,
        line=line,
        phase=condition.phase.value,
        reason=condition.reason.value if condition.reason else "",
        closed=states.is_closed(label),
        priority=_priority(cells.needed_text("priority")),
        assignee=_bare(cells.text("assigned_to")),
        by=_bare(cells.text("sys_updated_by")),
        opened_at=cells.needed_time("opened_at", zone),
        resolved_at=_seconds(cells.text("resolved_at"), zone),
        closed_at=_seconds(cells.text("closed_at"), zone),
        made_sla=cells.text("made_sla").lower(),
        topic=_topic(cells.text("category"), cells.text("subcategory"), cells.text("u_symptom")),
    )


def _priority(label: str) -> str:
    """The digit of `3 - Moderate` or of a bare `3`."""
    if label[0] not in _PRIORITY_DIGITS or label[1:2].isdigit():
        raise _Unusable("priority", f"{_short(label)!r} is none of 1 to 5")
    return label[0]


def _short(label: str) -> str:
    """A value as a report quotes it: cut to 40 characters."""
    return label if len(label) <= SHOWN_CHARS else f"{label[: SHOWN_CHARS - 1]}…"


_PRIORITY_DIGITS = frozenset(str(priority.rank) for priority in Priority)


@lru_cache(maxsize=20_000)
def _bare(label: str) -> str:
    return _LABEL.sub("", label)


@lru_cache(maxsize=20_000)
def _topic(category: str, subcategory: str, symptom: str) -> str:
    parts = (("category", category), ("subcategory", subcategory), ("symptom", symptom))
    return ", ".join(f"{name} {_bare(value)}" for name, value in parts if value)


@lru_cache(maxsize=200_000)
def _seconds(text: str, zone: Zone) -> float | None:
    """Seconds since 1970 of a wall-clock label such as `29/2/2016 01:16` or `2016-02-29 01:16:00`.

    A label that repeats means its first occurrence; one that does not exist is pushed forward by the gap.
    """
    match = _DAY_FIRST.match(text)
    try:
        if match is not None:
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  a wall-clock label
        else:
            local = datetime.fromisoformat(text)
        return (resolve(local, zone) if local.tzinfo is None else local).timestamp()
    except (ValueError, OverflowError):
        return None
