"""The weekly digest: at most twelve lines in the channel, everything else in its thread. A quiet week is one line."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from tabulate import tabulate

from bot.text import counted, fallback_moment, mention, moment, shown, unformatted
from bot.views.parts import Block, context, preformatted, section, table_text
from bot.views.rendered import Rendered
from sla_engine.domain.reporting.digest import (
    REPLAYED_ONLY,
    BallHeld,
    CustomerMisses,
    DigestFigures,
    MetricFigures,
    OpenClock,
    OpenClocks,
    Share,
    Trend,
    WaitingFor,
)
from sla_engine.domain.time.durations import short
from sla_engine.notifications.notices import DigestMessage
from sla_engine.services.queries.digest import DETAILS_PART, from_document
from sla_engine.text.why_words import attribution_words

CHANNEL_LINES_MAX = 12
CUSTOMER_MAX_CHARS = 60
CELL_MAX_CHARS = 30
CUSTOMERS_SHOWN = 5
IN_FULL = "sla-bot digest prints them all"
REASONS_SHOWN = 5
COMPLAINTS_SHOWN = 5
CHANGED_SHOWN = 3
CHANGED_LISTED = 26
TABLE_MAX_CHARS = 6000


def digest(message: DigestMessage) -> Rendered:
    """The digest's headlines for the channel, or its details for the thread when the figures' `part` is `details`."""
    figures = from_document(message.figures)
    if message.figures.get("part") == DETAILS_PART:
        return digest_details(figures)
    return digest_headlines(figures, late=":hourglass: Posted late. " if message.late else "")


def digest_now(figures: DigestFigures) -> Rendered:
    """Both parts of the digest, for the person who asked."""
    short, long = digest_headlines(figures), digest_details(figures)
    return Rendered(text=f"{short.text}\n{long.text}", blocks=[*short.blocks, *long.blocks])


def digest_headlines(figures: DigestFigures, *, late: str = "") -> Rendered:
    """The digest's short form."""
    lines = [_quiet_line(figures)] if figures.quiet else list(_lines(figures))[:CHANNEL_LINES_MAX]
    if figures.quiet and figures.changed:
        lines.append(_remarks(figures))
    lines[0] = f"{late}{lines[0]} {REPLAYED_ONLY if figures.only_replayed else ''}".rstrip()
    return Rendered(text="\n".join(lines), blocks=[section(lines)])


def digest_details(figures: DigestFigures) -> Rendered:
    """The digest's tables and lists, and how it was counted."""
    blocks: list[Block] = []
    texts: list[str] = []
    for title, text in _tables(figures):
        blocks += [section([f"*{title}*"]), preformatted(counted(text.split("\n"), TABLE_MAX_CHARS, hint=IN_FULL))]
        texts.append(f"{title}\n{table_text(text)}")
    for title, lines in _lists(figures):
        blocks.append(section([f"*{title}*", *lines]))
        texts.append("\n".join([title, *lines]))
    blocks.append(context(_definitions(figures)))
    texts.append(_definitions(figures))
    return Rendered(text="\n".join(texts), blocks=blocks)


def _quiet_line(figures: DigestFigures) -> str:
    this_week = figures.clocks.this_week
    met = f"{this_week.met} of {this_week.of} targets met" if this_week.of else "no target came due"
    return f":white_check_mark: *{figures.name}* was quiet: {met}, nothing missed, nothing waits."


def _lines(figures: DigestFigures) -> Iterator[str]:
    """The lines of a week that was not quiet, in the order of what to do about it; none without content."""
    yield from _complaints(figures)
    yield _headline(figures)
    yield from _decisions(figures)
    yield from _misses(figures)
    if figures.notes_owed.count:
        yield f":memo: *SLA notes missing or returned:* {_waiting(figures.notes_owed)}"
    if figures.at_risk.count:
        first = figures.at_risk.first[0]
        yield f":hourglass_flowing_sand: *Due within 7 days:* {_how_many(figures.at_risk)}, first {_open_clock(first)}"
    if figures.breached_open.count:
        longest = f"{_how_many(figures.breached_open)}, longest {_open_clock(figures.breached_open.first[0])}"
        yield f":red_circle: *Breached and still open:* {longest}"
    if figures.updates_missed:
        yield f":speech_balloon: *Customer updates missed:* {figures.updates_missed} of {figures.updates_of}"
    if figures.held is not None:
        yield f":scales: *Who held the ball:* {_held(figures.held)}"
    if figures.not_counted or figures.changed:
        yield _remarks(figures)
    if figures.backlog:
        ages = ", ".join(f"{row.age}: {row.count}" for row in figures.backlog)
        yield f":file_folder: *Open incidents:* {figures.open_incidents} (age in business days {ages})"


def _remarks(figures: DigestFigures) -> str:
    """Say what was not counted, and which posted weeks have other figures by now."""
    parts = [f":heavy_minus_sign: *Not counted:* {figures.not_counted}"] if figures.not_counted else []
    if figures.changed:
        newest = figures.changed[-CHANGED_SHOWN:]
        more = f" and {len(figures.changed) - len(newest)} more" if len(figures.changed) > len(newest) else ""
        changes = ". ".join(f"{change.week}: {change.words}" for change in newest)
        parts.append(f":pencil2: *Other figures since they were posted:* {changes}{more}")
    return " ".join(parts)


def _held(held: BallHeld) -> str:
    resolved = "1 incident" if held.incidents == 1 else f"{held.incidents} incidents"
    return f"{attribution_words(held.attributed_time, short)} (open time of {resolved} resolved)"


def _headline(figures: DigestFigures) -> str:
    targets = _trend(figures.clocks, figures.unit)
    return f":bar_chart: *{figures.name}:* {targets} · incidents {_counted(figures.incidents)}"


def _complaints(figures: DigestFigures) -> Iterator[str]:
    """One line that names who complained about what; the details are in each incident."""
    named = [
        f"*{shown(row.customer, CUSTOMER_MAX_CHARS)}* {moment(row.at)} about "
        f"{shown(row.title, CUSTOMER_MAX_CHARS)} ({row.incident_key}, to {mention(row.by)})"
        for row in figures.complaints[:COMPLAINTS_SHOWN]
    ]
    more = len(figures.complaints) - len(named)
    if named:
        yield f"😠 *Complained:* {'; '.join(named)}{f' and {more} more' if more else ''}"


def _decisions(figures: DigestFigures) -> Iterator[str]:
    queues = (
        ("notes to review", figures.notes_to_review),
        ("SOP decisions", figures.decisions_waiting),
        ("SOPs overdue", figures.sops_overdue),
    )
    counts = [f"{label} {_waiting(queue)}" for label, queue in queues if queue.count]
    if counts:
        yield f":raised_hand: *Waiting for you:* {' · '.join(counts)}"


def _misses(figures: DigestFigures) -> Iterator[str]:
    if figures.customers:
        worst = _customers(figures.customers)
        yield f":office: *Misses by customer:* {worst}"
    if figures.customers_few:
        few = _customers(figures.customers_few, also=figures.customers_more)
        yield f":office: *Too few to compare:* {few}"
    if figures.reasons:
        named = ", ".join(f"{row.label} {row.missed}" for row in figures.reasons[:REASONS_SHOWN])
        unexplained = f", not explained yet {figures.unexplained}" if figures.unexplained else ""
        yield f":mag: *Misses by reason:* {named}{unexplained} · {_whose(figures)}"


def _whose(figures: DigestFigures) -> str:
    """The misses that are ours, and the others'."""
    ours = sum(row.missed for row in figures.reasons if row.attribution == "us")
    return f"ours {ours}, others' {sum(row.missed for row in figures.reasons) - ours}"


def _trend(trend: Trend, unit: str) -> str:
    last, mean = trend.last_week.percent, trend.four_weeks_mean
    against = [f"last {unit} {last:.1f} %"] if last is not None else []
    against += [f"four {unit}s before {mean:.1f} %"] if mean is not None else []
    return f"targets {_counted(trend)}" + (f" ({', '.join(against)})" if against else "")


def _counted(trend: Trend) -> str:
    return _share(trend.this_week)


def _share(share: Share) -> str:
    if share.percent is None:
        return "none came due"
    return f"*{share.percent:.1f} %* met ({share.met} of {share.of})"


def _waiting(waiting: WaitingFor) -> str:
    since = f", oldest {moment(waiting.oldest)}" if waiting.oldest else ""
    return f"{waiting.count}{since}"


def _customers(rows: Sequence[CustomerMisses], *, also: int = 0) -> str:
    more = max(0, len(rows) - CUSTOMERS_SHOWN) + also
    return ", ".join(map(_customer, rows[:CUSTOMERS_SHOWN])) + (f" and {more} more" if more else "")


def _customer(row: CustomerMisses) -> str:
    return f"{shown(row.customer, CUSTOMER_MAX_CHARS)} {row.missed}/{row.of}"


def _how_many(clocks: OpenClocks) -> str:
    """`45 clocks of 12 incidents`: an incident may be late in several ways."""
    if not clocks.incidents:
        return str(clocks.count)
    incidents = "1 incident" if clocks.incidents == 1 else f"{clocks.incidents} incidents"
    return f"{clocks.count} {'clock' if clocks.count == 1 else 'clocks'} of {incidents}"


def _open_clock(clock: OpenClock) -> str:
    metric = f"{clock.metric_label} {moment(clock.at)}"
    return f"{clock.incident_key} {clock.priority} {shown(clock.customer, CUSTOMER_MAX_CHARS)}, {metric}"


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
    for title, clocks in (
        ("Due within 7 days", figures.at_risk),
        ("Breached and still open", figures.breached_open),
    ):
        if clocks.count:
            more = clocks.count - len(clocks.first)
            lines = [f"• {_open_clock(clock)}" for clock in clocks.first]
            yield title, [*lines, f"… and {more} more"] if more else lines
    if figures.changed:
        weeks = figures.changed[-CHANGED_LISTED:]
        lines = [f"• {change.week}, posted {moment(change.posted_at)}: {change.words}" for change in weeks]
        left = len(figures.changed) - len(weeks)
        yield "Other figures since they were posted", [*lines, f"… and {left} more"] if left else lines


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
