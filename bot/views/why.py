from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tabulate import tabulate

from bot.rendered import Rendered
from bot.text import cut, duration, local, moment
from bot.views.parts import Block, context, header, preformatted, section
from sla_engine.domain.clocks import ClockState, Reading
from sla_engine.domain.ledger import Ledger, LedgerRow
from sla_engine.domain.metrics import METRICS

LINE_MAX_CHARS = 60  # wider tables wrap on a phone
ROWS_IN_FULL = 12
"""A clock with more rows has its nights and weekends folded into the run around them."""
ROWS_MAX = 36
"""Of a longer life still, the middle is folded into one row; all clocks together stay one readable message."""
TABLE_ROWS = 18
"""Rows in one block, so that each with a line of words below it stays within what a block holds."""

_HEAD = ("from", "to", "what", "counted", "sum")
_ALIGNED = ("left", "left", "left", "right", "right")
_RUNNING, _CLOSED, _NIGHT = "running", "closed", "outside hours"
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is shown: a stretch, and a line of words below it."""

    start: datetime
    end: datetime
    what: str
    counted: timedelta
    sum: timedelta
    why: str = ""
    closed: int = 0
    """How many closed stretches are folded into it."""

    @property
    def words(self) -> str:
        """What the columns have no room for."""
        if self.closed:
            stretches = "1 closed stretch" if self.closed == 1 else f"{self.closed} closed stretches"
            return f"{stretches} in it, counting nothing"
        return self.why


def why_message(key: str, ledgers: Sequence[Ledger], *, zone: str, now: datetime) -> Rendered:
    """How each clock came to its reading: rows that sum to the time used, in the reader's `zone`, and the target."""
    if not ledgers:
        line = f"*{key}*: nothing was promised for it, so no clock runs."
        return Rendered(text=line, blocks=[section([line])])
    blocks: list[Block] = [header(f"Why {key} reads as it does")]
    words = [f"Why {key} reads as it does"]
    for ledger in ledgers:
        tables = list(_tables(ledger, zone=zone, now=now))
        summing = _sum(ledger.reading)
        blocks += [section([f"*{_label(ledger)}*"]), *(preformatted(table) for table in tables), context(summing)]
        words += [f"*{_label(ledger)}*", summing]
    blocks.append(context(f"Times are {zone}. Only open time counts: within the agreement's hours and not paused."))
    return Rendered(text="\n".join(words), blocks=blocks)


def _label(ledger: Ledger) -> str:
    reading = ledger.reading
    again = f", period {reading.cycle + 1}" if METRICS[reading.metric].periodic and reading.cycle else ""
    return f"{METRICS[reading.metric].label}{again}: {_state(reading)}"


def _state(reading: Reading) -> str:
    over = " · breached" if reading.breached else ""
    return f"{reading.state.value}{over}"


def _sum(reading: Reading) -> str:
    """The last line: the sum, the target it is held against, and what follows."""
    target = reading.target
    promised = f"{duration(target.duration)} for {target.priority.value}, calendar in {target.calendar.zone}"
    used = f"Sum {_exact(reading.elapsed)} of {promised}"
    left = reading.remaining
    if reading.state is ClockState.STOPPED:
        return f"{used}: {'missed' if reading.breached else 'met'}{_over(left)}"
    if left < timedelta(0):
        due = f", was due {moment(reading.due_at)}" if reading.due_at else ""
        return f"{used}: {duration(-left)} over{due}"
    due = f", due {moment(reading.due_at)}" if reading.due_at else ", no due time while it rests"
    return f"{used}: {duration(left)} left{due}"


def _over(left: timedelta) -> str:
    return f", {duration(-left)} over" if left < timedelta(0) else ""


def _tables(ledger: Ledger, *, zone: str, now: datetime) -> Iterator[str]:
    """The rows as tables, each small enough for a block."""
    lines = _shortened([_line(row) for row in ledger.rows])
    for at in range(0, len(lines), TABLE_ROWS):
        yield _table(lines[at : at + TABLE_ROWS], zone=zone, now=now)


def _table(lines: Sequence[_Line], *, zone: str, now: datetime) -> str:
    rows = [
        (
            local(line.start, zone, now=now),
            local(line.end, zone, now=now),
            line.what,
            _counted(line),
            _exact(line.sum),
        )
        for line in lines
    ]
    head, *body = tabulate(rows, _HEAD, tablefmt="plain", disable_numparse=True, colalign=_ALIGNED).splitlines()
    written = [head]
    for row, line in zip(body, lines, strict=True):
        written += [row, f"  {line.words}"] if line.words else [row]
    return "\n".join(cut(each.rstrip(), LINE_MAX_CHARS) for each in written)


def _counted(line: _Line) -> str:
    return _exact(line.counted) if line.counted else "–"


def _exact(length: timedelta) -> str:
    """Hours, minutes and seconds, so that a reader can add them up: `3:20:00`."""
    seconds = int(length.total_seconds())
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _line(row: LedgerRow) -> _Line:
    why = "" if row.what == _RUNNING or row.why == _NIGHT else row.why
    return _Line(row.start, row.end, row.what, row.counted, row.running_sum, why)


def _shortened(lines: list[_Line]) -> list[_Line]:
    if len(lines) > ROWS_IN_FULL:
        lines = _without_nights(lines)
    if len(lines) <= ROWS_MAX:
        return lines
    first, last = lines[: ROWS_MAX // 2], lines[len(lines) - ROWS_MAX // 2 + 1 :]
    middle = lines[len(first) : len(lines) - len(last)]
    counted = sum((line.counted for line in middle), _ZERO)
    row = _Line(middle[0].start, middle[-1].end, "…", counted, middle[-1].sum, f"{len(middle)} rows not shown")
    return [*first, row, *last]


def _without_nights(lines: Sequence[_Line]) -> list[_Line]:
    """Runs that only nights and weekends part are one; a pause or a closure with a name still stands between two."""
    kept: list[_Line] = []
    for line in lines:
        before = kept[-1] if kept else None
        if before is None or before.what != _RUNNING or not (line.what == _RUNNING or _is_night(line)):
            kept.append(line)
            continue
        kept[-1] = replace(
            before,
            end=line.end,
            counted=before.counted + line.counted,
            sum=line.sum,
            closed=before.closed + _is_night(line),
        )
    return kept


def _is_night(line: _Line) -> bool:
    return line.what == _CLOSED and not line.why
