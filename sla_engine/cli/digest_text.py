"""The weekly digest as plain text for a terminal; sections without content are left out."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tabulate import tabulate

from sla_engine.domain.reporting.digest import (
    BallHeld,
    DigestFigures,
    MetricFigures,
    OpenClocks,
    Share,
    Trend,
    WaitingFor,
)
from sla_engine.domain.text.plain_text import one_line, plain_text
from sla_engine.domain.time.durations import exact
from sla_engine.domain.time.local_time import local_time
from sla_engine.text.digest_goals import goal_lines
from sla_engine.text.digest_lines import DigestVoice, digest_lines
from sla_engine.text.escalation_words import times_in_words
from sla_engine.text.pause_words import habit_lines
from sla_engine.text.problem_lines import problem_lines
from sla_engine.text.why_words import attribution_words

_VOICE = DigestVoice(customer=one_line, title=one_line)


def as_text(figures: DigestFigures) -> str:
    """The figures as the lines of the post, then tables and lists; times are the MSP's."""
    if figures.quiet:
        return plain_text("\n".join([*_post(figures), *_changed(figures)]))
    return plain_text("\n\n".join(part for part in _parts(figures) if part))


def _post(figures: DigestFigures) -> list[str]:
    """The lines that the managers' channel reads."""
    return [f"{line.lead} {line.text}".rstrip() for line in digest_lines(figures, _VOICE)]


def _parts(figures: DigestFigures) -> Iterator[str]:
    yield "\n".join(_post(figures))
    yield _head(figures)
    yield "\n".join(f"Goal {line}" for line in goal_lines(figures))
    yield _table([_metric_row(row) for row in figures.metrics], _metric_headings(figures.unit))
    customers = [(one_line(row.customer), row.missed, row.of) for row in (*figures.customers, *figures.customers_few)]
    yield _table(customers, ("misses by customer", "missed", "of"))
    reasons = [(row.label, row.attribution, row.missed) for row in figures.reasons]
    if reasons and figures.unexplained:
        reasons.append(("not explained yet", "", figures.unexplained))
    yield _table(reasons, ("misses by reason", "whose", "missed"))
    yield _waiting_table(figures)
    yield "\n".join(f"Problem {one_line(line)}" for line in problem_lines(figures.problems))
    yield "\n".join(f"Worth a decision: {one_line(sentence)}" for sentence in figures.suggested)
    yield "\n".join(f"SOP effect: {one_line(sentence)}" for sentence in figures.sop_effects)
    yield _open_table("due within 7 days", figures.at_risk, figures.zone)
    yield _open_table("breached and still open", figures.breached_open, figures.zone)
    yield _table([(row.age, row.count) for row in figures.backlog], ("open, business days old", "incidents"))


def _head(figures: DigestFigures) -> str:
    span = f"{_moment(figures.starts, figures.zone)} to {_moment(figures.ends, figures.zone)} ({figures.zone})"
    lines = [
        f"{figures.name}, {span}; open matters as of {_moment(figures.as_of, figures.zone)}",
        *_complaints(figures),
        f"Targets:   {_trend(figures.clocks, figures.unit)}",
        f"Incidents: {_trend(figures.incidents, figures.unit)}",
    ]
    if figures.updates_missed:
        lines.append(f"Customer updates missed: {figures.updates_missed} of {figures.updates_of}")
    if figures.reasons and figures.unexplained:
        lines.append(f"Misses that no note explains yet: {figures.unexplained}")
    if figures.not_counted:
        lines.append(f"Not counted: {figures.not_counted}")
    lines += _changed(figures)
    if figures.escalation.nudges:
        lines.append(f"Acting on nudges: {times_in_words(figures.escalation)}")
    lines += [f"Pauses: {line}" for line in habit_lines(figures.habits)]
    if figures.held is not None:
        lines.append(f"Who held the ball: {_held(figures.held)}")
    return "\n".join(lines)


def _complaints(figures: DigestFigures) -> list[str]:
    """Who complained about what, and to whom."""
    return [
        f"Complained {_moment(row.at, figures.zone)}: {one_line(row.customer)} about {one_line(row.title)} "
        f"({one_line(row.incident_key)}, to {one_line(row.by)})"
        for row in figures.complaints
    ]


def _changed(figures: DigestFigures) -> list[str]:
    """The shown weeks whose figures have changed since they were posted."""
    return [
        f"Week {change.week} has other figures since it was posted ({_moment(change.posted_at, figures.zone)}): "
        f"{one_line(change.words)}"
        for change in figures.changed
    ]


def _held(held: BallHeld) -> str:
    resolved = "1 incident" if held.incidents == 1 else f"{held.incidents} incidents"
    return f"{attribution_words(held.attributed_time, exact)} (open time of {resolved} resolved)"


def _metric_headings(unit: str) -> tuple[str, ...]:
    return ("metric", "met", "of", "%", "95 %", f"last {unit}", f"4 {unit}s", "median", "p90")


def _metric_row(row: MetricFigures) -> tuple[object, ...]:
    this_week = row.trend.this_week
    return (
        row.label,
        this_week.met,
        this_week.of,
        _percent(this_week.percent),
        f"{_percent(this_week.low)}–{_percent(this_week.high)}" if this_week.of else "",
        _percent(row.trend.last_week.percent),
        _percent(row.trend.four_weeks_mean),
        _median(row),
        _hours(row.p90_seconds),
    )


def _median(row: MetricFigures) -> str:
    """The median, and the median of the first stops where reopening made it differ."""
    first = f" (first {_hours(row.first_median_seconds)})" if row.first_median_seconds is not None else ""
    return f"{_hours(row.median_seconds)}{first}"


def _waiting_table(figures: DigestFigures) -> str:
    waiting: tuple[tuple[str, WaitingFor], ...] = (
        ("SLA notes missing or returned", figures.notes_owed),
        ("SLA notes to review", figures.notes_to_review),
        ("SOP decisions", figures.decisions_waiting),
        ("SOPs overdue", figures.sops_overdue),
    )
    rows = [
        (label, items.count, _moment(items.oldest, figures.zone) if items.oldest else "")
        for label, items in waiting
        if items.count
    ]
    return _table(rows, ("waiting", "count", "since"))


def _open_table(heading: str, clocks: OpenClocks, zone: str) -> str:
    rows = [
        (clock.incident_key, clock.priority, one_line(clock.customer), clock.metric_label, _moment(clock.at, zone))
        for clock in clocks.first
    ]
    return _table(rows, (f"{heading}: {clocks.count}", "", "customer", "metric", "at"))


def _table(rows: Sequence[Sequence[object]], headings: Sequence[str]) -> str:
    return tabulate(rows, headers=headings, tablefmt="simple", disable_numparse=True) if rows else ""


def _trend(trend: Trend, unit: str) -> str:
    last, mean = trend.last_week.percent, trend.four_weeks_mean
    against = [f"last {unit} {last:.1f} %"] if last is not None else []
    against += [f"four {unit}s before {mean:.1f} %"] if mean is not None else []
    return "; ".join([_share(trend.this_week), *against])


def _share(share: Share) -> str:
    if share.percent is None:
        return "none came due"
    interval = f"95 % interval {_percent(share.low)}–{_percent(share.high)} %"
    return f"{share.met} of {share.of} met, {share.percent:.1f} % ({interval})"


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:.1f}"


def _hours(seconds: float | None) -> str:
    return "" if seconds is None else f"{timedelta(seconds=seconds) / timedelta(hours=1):.2f} h"


def _moment(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone=zone):%Y-%m-%d %H:%M}"
