"""How a reading came about, row by row: the rows' counted open time sums to elapsed and leads to the due time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.clocks import Reading, WorkingTime, read
from sla_engine.domain.events import Entry
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.domain.reasons import PAUSE_REASONS
from sla_engine.domain.terms import Terms
from sla_engine.domain.tracks import RestSpan, Track, tracks

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One stretch of a clock's life: what it was, how much open time it counted, and the sum so far.

    `what` is `running`, `closed`, `paused` or `resolved`; `why` says which calendar, closure or reason, and by whom.
    """

    start: datetime
    end: datetime
    what: str
    counted: timedelta
    running_sum: timedelta
    why: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A reading and the rows that explain it."""

    reading: Reading
    rows: tuple[LedgerRow, ...]


def ledger(history: Sequence[Entry], metric: MetricName, terms: Terms, *, now: datetime) -> Ledger | None:
    """Explain the current measurement of one metric; None when nothing was promised for it."""
    found = tracks(history, METRICS[metric], terms, until=now)
    if not found:
        return None
    track = found[-1]
    return Ledger(read(track, now=now), tuple(_rows(track, until=track.stopped_at or now)))


def _rows(track: Track, *, until: datetime) -> Iterator[LedgerRow]:
    calendar = track.target.calendar
    total, before = _ZERO, track.started_at
    for start, end, rest in _stretches(track, until):
        if before < start:
            yield _resolved(before, start, total)
        before = end
        if rest is not None:
            yield LedgerRow(
                start=start, end=end, what="paused", counted=_ZERO, running_sum=total, why=_reasons(rest), by=rest.by
            )
            continue
        for piece in _pieces(calendar, start, end):
            total += piece.counted
            yield LedgerRow(
                start=piece.start,
                end=piece.end,
                what=piece.what,
                counted=piece.counted,
                running_sum=total,
                why=piece.why,
            )
    if before < until:  # read at the very instant of the reopening
        yield _resolved(before, until, total)


def _resolved(start: datetime, end: datetime, total: timedelta) -> LedgerRow:
    return LedgerRow(
        start=start, end=end, what="resolved", counted=_ZERO, running_sum=total, why="until it was reopened"
    )


def _stretches(track: Track, until: datetime) -> Iterator[tuple[datetime, datetime, RestSpan | None]]:
    """Runs and rests in the order of time, cut at `until`."""
    spans: list[tuple[datetime, datetime, RestSpan | None]] = [
        (run.start, min(run.end or until, until), None) for run in track.runs
    ]
    spans += [(rest.start, min(rest.end or until, until), rest) for rest in track.rests]
    yield from sorted((span for span in spans if span[0] < span[1]), key=lambda span: span[0])


@dataclass(frozen=True, slots=True)
class _Piece:
    start: datetime
    end: datetime
    what: str
    counted: timedelta
    why: str


def _pieces(calendar: WorkingTime, start: datetime, end: datetime) -> Iterator[_Piece]:
    """A run cut into the calendar's open and closed stretches; the open ones count."""
    at = start
    for span in calendar.open_spans(start, end):
        if at < span.start:
            yield _Piece(at, span.start, "closed", _ZERO, _closed_because(calendar, at, span.start))
        yield _Piece(span.start, span.end, "running", calendar.elapsed(span.start, span.end), "open hours")
        at = span.end
    if at < end:
        yield _Piece(at, end, "closed", _ZERO, _closed_because(calendar, at, end))


def _closed_because(calendar: WorkingTime, start: datetime, end: datetime) -> str:
    names = [closed.closure.name for closed in calendar.closures_between(start, end) if closed.closure.name]
    return ", ".join(dict.fromkeys(names)) or "outside hours"


def _reasons(rest: RestSpan) -> str:
    return ", ".join(PAUSE_REASONS[reason].label for reason in rest.reasons)
