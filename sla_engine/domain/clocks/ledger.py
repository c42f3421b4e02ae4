"""The ledger of a reading, row by row: the rows' counted open time sums to elapsed and leads to the due time.

Every instant of a clock's life lies in exactly one row. A row ends where the calendar opens or closes, where a pause
begins, ends or changes, and where another target or another version of the agreement comes to count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Terms
from sla_engine.domain.clocks.fold import ordered_tracks
from sla_engine.domain.clocks.ledger_rows import Ledger, LedgerRow, Stretch, VersionRow
from sla_engine.domain.clocks.reading import ClockState, Reading, read, waivers
from sla_engine.domain.clocks.replies import read_in_order
from sla_engine.domain.clocks.target_history import target_history
from sla_engine.domain.clocks.track import RestSpan, Track
from sla_engine.domain.incidents.events import (
    Absorbed,
    Breached,
    Corrected,
    Deleted,
    Merged,
    Moved,
    Reprocessed,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.reach import WorkingTime

_ZERO = timedelta(0)
_REMARKED = frozenset({Waived, Corrected, Merged, Moved, Deleted, Absorbed, Reprocessed})


def ledger(
    history: Sequence[Entry], metric: MetricName, terms: Terms, *, now: datetime, cycle: int | None = None
) -> Ledger | None:
    """Explain one measurement of a metric, the current one unless its cycle is named; None when there is none."""
    ordered = read_in_order(history, terms)
    tracks = ordered_tracks(ordered, METRICS[metric], terms, until=now)
    if cycle is not None:
        tracks = tuple(track for track in tracks if track.cycle <= cycle)
    if not tracks or cycle not in (None, tracks[-1].cycle):
        return None
    return _explained(tracks, ordered, terms, now=now)


def _explained(tracks: Sequence[Track], ordered: Sequence[Entry], terms: Terms, *, now: datetime) -> Ledger:
    track, waived = tracks[-1], waivers(ordered, until=now)
    metric = track.metric.name
    *earlier, reading = (read(past, now=now, waiver=waived.get((metric.value, past.cycle))) for past in tracks)
    rows = tuple(_rows(track, _Sources(track, terms), until=track.stopped_at or now))
    ahead = tuple(_ahead(reading, track, terms, now=now))
    return Ledger(
        reading=reading,
        rows=rows,
        ahead=ahead,
        targets=target_history(track, ordered, terms, until=ahead[-1].end if ahead else now),
        versions=_versions(terms, (*rows, *ahead)),
        remarks=tuple(_remarks(ordered, metric, now=now)),
        noticed_at=_noticed(ordered, (metric.value, track.cycle), now=now) if reading.breached else None,
        earlier=tuple(earlier),
    )


class _Sources:
    """The version of the agreement and the target's rule that are in force at each stretch of a clock."""

    def __init__(self, track: Track, terms: Terms) -> None:
        changes = [*track.changes, *track.ahead]
        self.seams = sorted({*(version.since for version in terms.versions[1:]), *(change.at for change in changes)})
        named = ((change.target.named if change.promises else "", change.at) for change in changes)
        rules = [("", START_OF_TIME), *named]
        self.between = [
            (terms.at(at).number, [rule for rule, since in rules if since <= at][-1])
            for at in (START_OF_TIME, *self.seams)
        ]
        """The version and the rule before the first seam, and from each seam on."""

    def split(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, int, str]]:
        """Cut a stretch where its source changes: each part's start and end, with its version and rule."""
        first, last = bisect_right(self.seams, start), bisect_left(self.seams, end)
        at = start
        for number in range(first, last):
            yield at, self.seams[number], *self.between[number]
            at = self.seams[number]
        yield at, end, *self.between[max(first, last)]


def _rows(track: Track, sources: _Sources, *, until: datetime) -> Iterator[LedgerRow]:
    calendar = track.target.calendar
    paused_by = _paused_by(track.rests)
    total, before = _ZERO, track.started_at
    for start, end, rest in _stretches(track, until):
        if before < start:
            yield from _resting(sources, before, start, total, Stretch.RESOLVED)
        before = end
        if rest is not None:
            by = paused_by[rest.start]
            yield from _resting(sources, start, end, total, Stretch.PAUSED, reasons=rest.reasons, by=by)
            continue
        for row in _working(sources, calendar, (start, end), total, Stretch.RUNNING):
            yield row
            total = row.running_sum
    if before < until:  # read at the very instant of the reopening
        yield from _resting(sources, before, until, total, Stretch.RESOLVED)


def _ahead(reading: Reading, track: Track, terms: Terms, *, now: datetime) -> Iterator[LedgerRow]:
    """The rows from now to the due time, as things stand; none for a clock that rests, is over, or used its time up."""
    due = reading.due_at
    if reading.state is not ClockState.RUNNING or reading.breached or due is None or due <= now:
        return
    coming = [change.target.calendar for change in track.ahead if change.at <= due]
    calendar = coming[-1] if coming else reading.target.calendar
    yield from _working(_Sources(track, terms), calendar, (now, due), reading.elapsed, Stretch.AHEAD)


def _stretches(track: Track, until: datetime) -> list[tuple[datetime, datetime, RestSpan | None]]:
    """Runs and rests in the order of time, cut at `until`."""
    spans: list[tuple[datetime, datetime, RestSpan | None]] = [
        (run.start, min(run.end or until, until), None) for run in track.runs
    ]
    spans += [(rest.start, min(rest.end or until, until), rest) for rest in track.rests]
    return sorted((span for span in spans if span[0] < span[1]), key=lambda span: span[0])


def _resting(
    sources: _Sources,
    start: datetime,
    end: datetime,
    total: timedelta,
    what: Stretch,
    *,
    reasons: tuple[PauseReason, ...] = (),
    by: str = "",
) -> Iterator[LedgerRow]:
    """The rows of a stretch that counts nothing whatever the calendar says."""
    for at, until, version, rule in sources.split(start, end):
        yield LedgerRow(
            start=at,
            end=until,
            what=what,
            counted=_ZERO,
            running_sum=total,
            version=version,
            rule=rule,
            reasons=reasons,
            by=by,
        )


def _working(
    sources: _Sources,
    calendar: WorkingTime,
    stretch: tuple[datetime, datetime],
    total: timedelta,
    what: Stretch,
) -> Iterator[LedgerRow]:
    """A run cut into the calendar's open and closed stretches; the open ones count."""
    for start, end, is_open in _pieces(calendar, *stretch):
        for at, until, version, rule in sources.split(start, end):
            counted = until - at if is_open else _ZERO
            total += counted
            yield LedgerRow(
                start=at,
                end=until,
                what=what if is_open else Stretch.CLOSED,
                counted=counted,
                running_sum=total,
                version=version,
                rule=rule,
                closures=() if is_open else _closed_by(calendar, at, until),
            )


def _pieces(calendar: WorkingTime, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, bool]]:
    if calendar.elapsed(start, end) == end - start:  # most runs lie within one shift
        yield start, end, True
        return
    at = start
    for span in calendar.open_spans(start, end):
        if at < span.start:
            yield at, span.start, False
        yield span.start, span.end, True
        at = span.end
    if at < end:
        yield at, end, False


def _closed_by(calendar: WorkingTime, start: datetime, end: datetime) -> tuple[str, ...]:
    names = (closed.closure.name for closed in calendar.closures_between(start, end))
    return tuple(dict.fromkeys(name for name in names if name))


def _paused_by(rests: Sequence[RestSpan]) -> dict[datetime, str]:
    """The person who recorded each rest's first reason, by the rest's start; a rest's newest reason is its last."""
    paused_by: dict[datetime, str] = {}
    by_reason: dict[PauseReason, str] = {}
    ended: datetime | None = None
    for rest in rests:
        if rest.start != ended:
            by_reason = {}
        ended = rest.end
        by_reason = {reason: by_reason.get(reason, rest.by) for reason in rest.reasons}
        paused_by[rest.start] = by_reason[rest.reasons[0]]
    return paused_by


def _versions(terms: Terms, rows: Iterable[LedgerRow]) -> tuple[VersionRow, ...]:
    used = {row.version for row in rows}
    return tuple(
        VersionRow(number=version.number, effective=version.agreement.effective, since=version.since if place else None)
        for place, version in enumerate(terms.versions)
        if version.number in used
    )


def _remarks(ordered: Iterable[Entry], metric: MetricName, *, now: datetime) -> Iterator[Entry]:
    for entry in ordered:
        event = entry.event
        if type(event) not in _REMARKED or entry.at > now:
            continue
        if not isinstance(event, Waived | Corrected) or event.metric == metric:
            yield entry


def _noticed(ordered: Iterable[Entry], clock: tuple[str, int], *, now: datetime) -> datetime | None:
    """The instant at which the breach of a clock (metric and cycle) was recorded first; None while it was not."""
    recorded = (
        entry.recorded_at
        for entry in ordered
        if isinstance(entry.event, Breached) and (entry.event.metric, entry.event.cycle) == clock
    )
    return min((at for at in recorded if at <= now), default=None)
