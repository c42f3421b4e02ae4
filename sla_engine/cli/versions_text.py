"""Writes what agreement versions change for incidents, as plain text for a terminal and as JSON documents."""

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


def diff_text(diff: AgreementsDiff, *, every: bool) -> str:
    """The changes by the files, customer by customer; with `every` also the clocks that stay as they are."""
    return plain_text("\n\n".join(_customer(customer, every=every) for customer in diff.customers))


def _customer(customer: CustomerDiff, *, every: bool) -> str:
    head = f"{customer.customer}: {_changing(customer)}"
    shown = customer.clocks if every else customer.changes
    if not shown:
        return head
    rows = [_diff_row(clock, customer.zone) for clock in shown]
    return f"{head}\nTimes are {customer.zone}.\n\n{_table(rows, _DIFF)}"


def _changing(customer: CustomerDiff) -> str:
    if not customer.changes:
        return f"no open incident changes ({customer.incidents} open)."
    return f"{customer.changed_incidents} of {_count(customer.incidents, 'open incident')} would change."


def _diff_row(clock: ClockDiff, zone: str) -> tuple[str, ...]:
    targets = [NOTHING if figures is None else exact(figures.target) for figures in (clock.before, clock.after)]
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


def diff_document(diff: AgreementsDiff, *, every: bool) -> dict[str, Any]:
    """The changes by the files as a document: instants in UTC, durations in seconds."""
    return {
        "customers": [
            {
                "customer": customer.customer,
                "zone": customer.zone,
                "open_incidents": customer.incidents,
                "changed_incidents": customer.changed_incidents,
                "clocks": [_diff_line(clock) for clock in (customer.clocks if every else customer.changes)],
            }
            for customer in diff.customers
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


def corrections_text(corrections: Corrections) -> str:
    """The corrections by reprocessing, clock by clock, and the weeks whose digest has other figures."""
    return plain_text("\n\n".join(_corrections(corrections)))


def _corrections(corrections: Corrections) -> Iterator[str]:
    since = _when(corrections.since, corrections.zone)
    if not corrections.clocks:
        looked_at = _count(corrections.looked_at, "incident")
        yield f"{corrections.customer}: nothing to correct since {since} ({looked_at} looked at)."
        return
    what = "would change" if corrections.approved_by is None else "corrected"
    counted = f"{corrections.incidents} of {_count(corrections.looked_at, 'incident')} {what}"
    yield f"{corrections.customer}, counted anew since {since}: {counted}.\nTimes are {corrections.zone}."
    yield _table([_correction_row(clock, corrections.zone) for clock in corrections.clocks], _CORRECTIONS)
    if corrections.weeks:
        yield f"Digests with other figures: {', '.join(corrections.weeks)}"


def _correction_row(clock: ClockCorrection, zone: str) -> tuple[str, ...]:
    before, after = clock.before, clock.after
    opened = [NOTHING if outcome is None else _length(outcome.elapsed) for outcome in (before, after)]
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
    words = [_outcome(outcome) for outcome in (before, after)]
    return words[0] if words[0] == words[1] else " → ".join(words)


def _outcome(outcome: ClockOutcome | None) -> str:
    if outcome is None:
        return NOTHING
    if outcome.breached_at is not None:
        return "missed"
    return "met" if outcome.met else "open"


def corrections_document(corrections: Corrections) -> dict[str, Any]:
    """The corrections by reprocessing as a document: instants in UTC, durations in seconds."""
    return {
        "customer": corrections.customer,
        "zone": corrections.zone,
        "since": _iso(corrections.since),
        "approved_by": corrections.approved_by,
        "incidents_looked_at": corrections.looked_at,
        "incidents_changed": corrections.incidents,
        "digest_weeks": list(corrections.weeks),
        "clocks": [
            {
                "incident": clock.key,
                "metric": clock.metric.value,
                "cycle": clock.cycle,
                "before": _outcome_line(clock.before),
                "after": _outcome_line(clock.after),
            }
            for clock in corrections.clocks
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
    """The duration to the second; `2h over` for a negative one."""
    whole = abs(duration) // SECOND * SECOND
    return exact(whole) if duration >= timedelta(0) else f"{exact(whole)} over"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
