"""The effect of an agreement version on incidents, as plain text for a terminal and as documents for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tabulate import tabulate

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.text.plain_text import plain_text
from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.local_time import local_time
from sla_engine.services.versions.preview import AgreementsDiff, ClockDiff, ClockFigures, CustomerDiff
from sla_engine.services.versions.reprocess import ClockCorrection, ClockOutcome, Corrections

NOTHING = "–"
SECOND = timedelta(seconds=1)
_DIFF = ("incident", "clock", "target", "due before", "due after", "")
_CORRECTIONS = ("incident", "clock", "open time", "due before", "due after", "outcome")


def diff_text(found: AgreementsDiff, *, every: bool) -> str:
    """What the files would do, customer by customer; the clocks that stay as they are only where `every` is asked."""
    return plain_text("\n\n".join(_customer(each, every=every) for each in found.customers))


def _customer(found: CustomerDiff, *, every: bool) -> str:
    head = f"{found.customer}: {_changing(found)}"
    shown = found.clocks if every else found.changes
    if not shown:
        return head
    rows = [_diff_row(clock, found.zone) for clock in shown]
    return f"{head}\nTimes are {found.zone}.\n\n{_table(rows, _DIFF)}"


def _changing(found: CustomerDiff) -> str:
    if not found.changes:
        return f"no open incident changes ({found.incidents} open)."
    return f"{found.changed_incidents} of {_count(found.incidents, 'open incident')} would change."


def _diff_row(clock: ClockDiff, zone: str) -> tuple[str, ...]:
    targets = [NOTHING if each is None else exact(each.target) for each in (clock.before, clock.after)]
    return (
        clock.key,
        METRICS[clock.metric].label,
        targets[0] if targets[0] == targets[1] else " → ".join(targets),
        _due(clock.before, zone),
        _due(clock.after, zone),
        _mark(clock, zone),
    )


def _due(figures: ClockFigures | None, zone: str) -> str:
    if figures is None:
        return NOTHING
    if figures.due_at is None:
        left = _length(figures.left)
        return f"{figures.state}, {left} left" if figures.left >= timedelta(0) else f"{figures.state}, {left}"
    return _when(figures.due_at, zone)


def _mark(clock: ClockDiff, zone: str) -> str:
    if clock.breached_on_change is not None:
        return f"breached by the change, {_when(clock.breached_on_change, zone)}"
    if clock.before is not None and clock.before.breached_at is not None:
        return f"breached {_when(clock.before.breached_at, zone)}"
    return "" if clock.changes else "stays"


def diff_document(found: AgreementsDiff, *, every: bool) -> dict[str, Any]:
    """The same for another program: instants in UTC, durations in seconds."""
    return {
        "customers": [
            {
                "customer": each.customer,
                "zone": each.zone,
                "open_incidents": each.incidents,
                "changed_incidents": each.changed_incidents,
                "clocks": [_diff_line(clock) for clock in (each.clocks if every else each.changes)],
            }
            for each in found.customers
        ]
    }


def _diff_line(clock: ClockDiff) -> dict[str, Any]:
    return {
        "incident": clock.key,
        "metric": clock.metric.value,
        "changes": clock.changes,
        "before": _figures(clock.before),
        "after": _figures(clock.after),
        "breached_on_change": _iso(clock.breached_on_change),
    }


def _figures(figures: ClockFigures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    return {
        "state": figures.state.value,
        "target_seconds": figures.target // SECOND,
        "left_seconds": figures.left // SECOND,
        "due": _iso(figures.due_at),
        "breached": _iso(figures.breached_at),
    }


def corrections_text(found: Corrections) -> str:
    """What reprocessing changes or changed, clock by clock, and the weeks whose digest has other figures."""
    return plain_text("\n\n".join(_corrections(found)))


def _corrections(found: Corrections) -> Iterator[str]:
    since = _when(found.since, found.zone)
    if not found.clocks:
        yield f"{found.customer}: nothing to correct since {since} ({_count(found.looked_at, 'incident')} looked at)."
        return
    what = "would change" if found.approved_by is None else "corrected"
    counted = f"{found.incidents} of {_count(found.looked_at, 'incident')} {what}"
    yield f"{found.customer}, counted anew since {since}: {counted}.\nTimes are {found.zone}."
    yield _table([_correction_row(clock, found.zone) for clock in found.clocks], _CORRECTIONS)
    if found.weeks:
        yield f"Digests with other figures: {', '.join(found.weeks)}"


def _correction_row(clock: ClockCorrection, zone: str) -> tuple[str, ...]:
    before, after = clock.before, clock.after
    opened = [NOTHING if each is None else _length(each.elapsed) for each in (before, after)]
    return (
        clock.key,
        METRICS[clock.metric].label + (f" {clock.cycle + 1}" if clock.cycle else ""),
        opened[0] if opened[0] == opened[1] else " → ".join(opened),
        _outcome_due(before, zone),
        _outcome_due(after, zone),
        _outcomes(before, after),
    )


def _outcome_due(outcome: ClockOutcome | None, zone: str) -> str:
    return NOTHING if outcome is None or outcome.due_at is None else _when(outcome.due_at, zone)


def _outcomes(before: ClockOutcome | None, after: ClockOutcome | None) -> str:
    words = [_outcome(each) for each in (before, after)]
    return words[0] if words[0] == words[1] else " → ".join(words)


def _outcome(outcome: ClockOutcome | None) -> str:
    if outcome is None:
        return NOTHING
    if outcome.breached_at is not None:
        return "missed"
    return "met" if outcome.met else "open"


def corrections_document(found: Corrections) -> dict[str, Any]:
    """The same for another program: instants in UTC, durations in seconds."""
    return {
        "customer": found.customer,
        "zone": found.zone,
        "since": _iso(found.since),
        "approved_by": found.approved_by,
        "incidents_looked_at": found.looked_at,
        "incidents_changed": found.incidents,
        "digest_weeks": list(found.weeks),
        "clocks": [
            {
                "incident": clock.key,
                "metric": clock.metric.value,
                "cycle": clock.cycle,
                "before": _outcome_line(clock.before),
                "after": _outcome_line(clock.after),
            }
            for clock in found.clocks
        ],
    }


def _outcome_line(outcome: ClockOutcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "elapsed_seconds": outcome.elapsed / SECOND,
        "target_seconds": outcome.target // SECOND,
        "due": _iso(outcome.due_at),
        "breached": _iso(outcome.breached_at),
        "met": outcome.met,
    }


def _table(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...]) -> str:
    return tabulate(rows, headers=headings, tablefmt="simple", disable_numparse=True)


def _when(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone=zone):%a %Y-%m-%d %H:%M %Z}"


def _length(duration: timedelta) -> str:
    """To the second; `2h over` for what is less than nothing."""
    whole = abs(duration) // SECOND * SECOND
    return exact(whole) if duration >= timedelta(0) else f"{exact(whole)} over"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
