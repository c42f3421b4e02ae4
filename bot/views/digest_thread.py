"""What stands in the digest's thread: goals, tables and lists, what waits, and how it was counted."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from tabulate import tabulate

from bot.text import counted, fallback_moment, mention, moment, shown, unformatted
from bot.views.attainment import attainment_chart_block, chart_text
from bot.views.parts import Block, context, preformatted, section, table_text
from bot.views.rendered import Rendered
from sla_engine.domain.reporting.digest import (
    BallHeld,
    DigestFigures,
    MetricFigures,
    OpenClock,
    OpenClocks,
    WaitingFor,
)
from sla_engine.domain.time.durations import short
from sla_engine.text.digest_goals import goal_lines
from sla_engine.text.escalation_words import times_in_words
from sla_engine.text.pause_words import habit_lines
from sla_engine.text.problem_lines import problem_lines
from sla_engine.text.why_words import attribution_words

CUSTOMER_MAX_CHARS = 60
CELL_MAX_CHARS = 30
SENTENCE_MAX_CHARS = 600
IN_FULL = "sla-bot digest prints them all"
COMPLAINTS_SHOWN = 5
CHANGED_LISTED = 12
CHANGE_MAX_CHARS = 300
TABLE_MAX_CHARS = 6000


def digest_details(figures: DigestFigures) -> Rendered:
    """The digest's tables and lists, and how it was counted."""
    blocks: list[Block] = attainment_chart_block(figures.weeks)
    texts = chart_text(figures.weeks)
    for title, text in _tables(figures):
        blocks += [section([f"*{title}*"]), preformatted(counted(text.split("\n"), TABLE_MAX_CHARS, hint=IN_FULL))]
        texts.append(f"{title}\n{table_text(text)}")
    for title, lines in _lists(figures):
        blocks.append(section([f"*{title}*", *lines]))
        texts.append("\n".join([title, *lines]))
    blocks.append(context(_definitions(figures)))
    texts.append(_definitions(figures))
    return Rendered(text="\n".join(texts), blocks=blocks)


def _tables(figures: DigestFigures) -> Iterator[tuple[str, str]]:
    if figures.metrics:
        headers = ("metric", "met", "%", "95 %", "last", f"4 {figures.unit[0]}", "median", "p90")
        yield "By metric", _table([_metric_row(row) for row in figures.metrics], headers)
    if figures.customers or figures.customers_few:
        rows = [
            (unformatted(row.customer, CELL_MAX_CHARS), row.missed, row.of)
            for row in (*figures.customers, *figures.customers_few)
        ]
        yield "Misses by customer", _table(rows, ("customer", "missed", "of"))
    if figures.reasons:
        reasons = [(row.label, row.attribution, row.missed) for row in figures.reasons]
        if figures.unexplained:
            reasons.append(("not explained yet", "–", figures.unexplained))
        yield "Misses by reason", _table(reasons, ("reason", "whose", "missed"))


def _metric_row(row: MetricFigures) -> tuple[str, ...]:
    this_week = row.trend.this_week
    return (
        row.label,
        f"{this_week.met}/{this_week.of}",
        _percent(this_week.percent),
        f"{_percent(this_week.low)}–{_percent(this_week.high)}" if this_week.of else "–",
        _percent(row.trend.last_week.percent),
        _percent(row.trend.four_weeks_mean),
        _median(row),
        _length(row.p90_seconds),
    )


def _median(row: MetricFigures) -> str:
    """The median, and that of the first stops where reopening made it another one."""
    first = f" (first {_length(row.first_median_seconds)})" if row.first_median_seconds is not None else ""
    return f"{_length(row.median_seconds)}{first}"


def _lists(figures: DigestFigures) -> Iterator[tuple[str, list[str]]]:
    """The parts with content, each with its title, in the order of what to do about it."""
    for title, lines in (
        ("Goals", goal_lines(figures)),
        ("Complained", _complaints(figures)),
        ("Waiting", list(_waiting(figures))),
        ("Worth a decision this week", [f"• {shown(text, SENTENCE_MAX_CHARS)}" for text in figures.suggested]),
        ("Problems", [f"• {shown(line, SENTENCE_MAX_CHARS)}" for line in problem_lines(figures.problems)]),
        ("What SOPs changed", _effects(figures)),
        ("Due within 7 days", _open_clocks(figures.at_risk)),
        ("Breached and still open", _open_clocks(figures.breached_open)),
        ("Open incidents", _ages(figures)),
        ("Who held the ball", [] if figures.held is None else [_held(figures.held)]),
        ("Acting on nudges", [times_in_words(figures.escalation)] if figures.escalation.nudges else []),
        ("Pauses", habit_lines(figures.habits)),
        ("Not counted", [figures.not_counted] if figures.not_counted else []),
        ("Other figures since they were posted", _changed(figures)),
    ):
        if lines:
            yield title, lines


def _effects(figures: DigestFigures) -> list[str]:
    """What procedures changed, and where to see how sure that is."""
    lines = [f"• {shown(text, SENTENCE_MAX_CHARS)}" for text in figures.sop_effects]
    return [*lines, "`/sla sop show SOP-…` says how sure that is."] if lines else []


def _complaints(figures: DigestFigures) -> list[str]:
    """Who complained about what, when and to whom."""
    named = [
        f"• *{shown(row.customer, CUSTOMER_MAX_CHARS)}* {moment(row.at)} about "
        f"{shown(row.title, CUSTOMER_MAX_CHARS)} ({row.incident_key}, to {mention(row.by)})"
        for row in figures.complaints[:COMPLAINTS_SHOWN]
    ]
    more = len(figures.complaints) - len(named)
    return [*named, f"… and {more} more"] if more else named


def _waiting(figures: DigestFigures) -> Iterator[str]:
    queues = (
        ("SLA notes missing or returned", figures.notes_owed),
        ("SLA notes to review", figures.notes_to_review),
        ("SOP decisions", figures.decisions_waiting),
        ("SOPs overdue", figures.sops_overdue),
    )
    for label, queue in queues:
        if queue.count:
            yield f"• {label}: {_counted(queue)}"


def _counted(waiting: WaitingFor) -> str:
    since = f", oldest {moment(waiting.oldest)}" if waiting.oldest else ""
    return f"{waiting.count}{since}"


def _open_clocks(clocks: OpenClocks) -> list[str]:
    """How many of how many incidents, and the first of them: an incident may be late in several ways."""
    if not clocks.count:
        return []
    incidents = "1 incident" if clocks.incidents == 1 else f"{clocks.incidents} incidents"
    of = f" of {incidents}" if clocks.incidents else ""
    head = f"{clocks.count} {'clock' if clocks.count == 1 else 'clocks'}{of}"
    more = clocks.count - len(clocks.first)
    lines = [head, *(f"• {_open_clock(clock)}" for clock in clocks.first)]
    return [*lines, f"… and {more} more"] if more else lines


def _open_clock(clock: OpenClock) -> str:
    metric = f"{clock.metric_label} {moment(clock.at)}"
    return f"{clock.incident_key} {clock.priority} {shown(clock.customer, CUSTOMER_MAX_CHARS)}, {metric}"


def _ages(figures: DigestFigures) -> list[str]:
    if not figures.backlog:
        return []
    ages = ", ".join(f"{row.age}: {row.count}" for row in figures.backlog)
    return [f"{figures.open_incidents} (age in business days {ages})"]


def _held(held: BallHeld) -> str:
    resolved = "1 incident" if held.incidents == 1 else f"{held.incidents} incidents"
    return f"{attribution_words(held.attributed_time, short)} (open time of {resolved} resolved)"


def _changed(figures: DigestFigures) -> list[str]:
    weeks = figures.changed[-CHANGED_LISTED:]
    lines = [
        f"• {change.week} {shown(change.words, CHANGE_MAX_CHARS)} (posted {moment(change.posted_at)})"
        for change in weeks
    ]
    left = len(figures.changed) - len(weeks)
    return [*lines, f"… and {left} more"] if left else lines


def _definitions(figures: DigestFigures) -> str:
    return (
        f"{figures.week}: {fallback_moment(figures.starts)} to {fallback_moment(figures.ends)}, {figures.unit}s of "
        f"{figures.zone}. Each target counts at the instant of its outcome: met when its clock stopped in time, "
        f"missed at its breach. An incident is missed at its first breach, and met when resolved without any. "
        f"Waived misses are left out, and so is what was undecided when an incident was merged. "
        f"The interval is Wilson's, 95 %. Median and p90 are of the clocks that stopped: what was never answered is "
        f"in neither. "
        f"Open matters as of {fallback_moment(figures.as_of)}. Customers with fewer than 5 outcomes are not ranked."
    )


def _table(rows: Sequence[Sequence[object]], headers: Sequence[str]) -> str:
    return tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True)


def _percent(percent: float | None) -> str:
    return "–" if percent is None else f"{percent:.1f}"


def _length(seconds: float | None) -> str:
    return "–" if seconds is None else short(timedelta(seconds=seconds))
