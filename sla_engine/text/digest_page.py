"""A week or a month as one page: for the printer, a phone and a wide screen, light and dark, without any other file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import control_limits
from sla_engine.domain.reporting.digest import DigestFigures, MetricFigures, OpenClocks
from sla_engine.domain.reporting.missed_targets import MissedIncident, MissedTarget, by_incident
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.plain_text import one_line
from sla_engine.domain.time.durations import short
from sla_engine.domain.time.local_time import local_time
from sla_engine.text.attainment_chart import WEEKS_SHOWN, attainment_chart
from sla_engine.text.digest_goals import goal_lines
from sla_engine.text.digest_lines import DigestVoice, digest_lines
from sla_engine.text.digest_shares import period_dates
from sla_engine.text.page_style import STYLE

NUMBERS = frozenset({"kept", "of", "%", "95 %", "before", "median", "slowest tenth", "missed", "incidents"})
"""Columns of figures, which stand under each other at the right."""
WORDS = frozenset({"incident", "customer"})
"""Columns of somebody's words, which may be long and break anywhere."""


def digest_page(figures: DigestFigures, targets: Sequence[MissedTarget], *, names: Mapping[str, str]) -> str:
    """The page; `targets` is everything that was missed in the period, `names` are those of our people by their id."""
    title = _text(period_dates(figures))
    parts = [
        f"<header><h1>{title}</h1><p>{_text(figures.name)} · {_text(figures.zone)}</p></header>",
        _summary(figures),
        *_chart(figures),
        *_tables(figures),
        *_misses(targets, names=names, zone=figures.zone),
        f"<footer><p>{_text(_definitions(figures))}</p></footer>",
    ]
    return "\n".join([_head(title), *parts, "</main>\n</body>\n</html>\n"])


def _head(title: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    )


def _summary(figures: DigestFigures) -> str:
    """The lines of the digest, and how the goals stand."""
    voice = DigestVoice(customer=one_line, title=one_line)
    lines = [f"<b>{_text(line.lead)}</b> {_text(line.text)}".rstrip() for line in digest_lines(figures, voice)]
    lines += [f"<b>Goal:</b> {_text(goal)}" for goal in goal_lines(figures)]
    return f'<ul class="lines">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def _chart(figures: DigestFigures) -> Iterator[str]:
    """The picture of the last weeks, by the limits of the weeks before this one; none where there are no weeks."""
    if not figures.weeks:
        return
    limits = control_limits([Attainment(week.met, week.of) for week in figures.weeks[:-1]])
    words = "Promises kept by week, in percent."
    if limits is None:
        words += " Limits of ordinary weeks are drawn once there are twelve weeks to tell them by."
    else:
        words += " Weeks between the dashed lines are ordinary (XmR limits: the mean and 2.66 mean moving ranges)."
    yield f"<figure>{attainment_chart(figures.weeks[-WEEKS_SHOWN:], limits)}<figcaption>{words}</figcaption></figure>"


def _tables(figures: DigestFigures) -> Iterator[str]:
    metrics = [_metric_row(row) for row in figures.metrics]
    before = f"{figures.unit} before"
    headings = ("metric", "kept", "of", "%", "95 %", before, "median", "slowest tenth")
    yield from _section("By metric", headings, metrics, numbers={*NUMBERS, before})
    customers = [
        (_text(row.customer), str(row.missed), str(row.of)) for row in (*figures.customers, *figures.customers_few)
    ]
    yield from _section("Misses by customer", ("customer", "missed", "of"), customers)
    reasons = [(_text(row.label), _text(row.attribution), str(row.missed)) for row in figures.reasons]
    if reasons and figures.unexplained:
        reasons.append(("not explained yet", "", str(figures.unexplained)))
    yield from _section("Misses by reason", ("reason", "whose", "missed"), reasons)
    for heading, clocks in (("Due within 7 days", figures.at_risk), ("Missed and still open", figures.breached_open)):
        yield from _open_clocks(heading, clocks, zone=figures.zone)
    backlog = [(_text(row.age), str(row.count)) for row in figures.backlog]
    yield from _section("Open incidents by age", ("business days", "incidents"), backlog)


def _metric_row(row: MetricFigures) -> tuple[str, ...]:
    share = row.trend.this_week
    return (
        _text(row.label),
        str(share.met),
        str(share.of),
        _percent(share.percent),
        f"{_percent(share.low)}–{_percent(share.high)}" if share.of else "",
        _percent(row.trend.last_week.percent),
        _length(row.median_seconds),
        _length(row.p90_seconds),
    )


def _open_clocks(heading: str, clocks: OpenClocks, *, zone: str) -> Iterator[str]:
    rows = [
        (_text(one.incident_key), _text(one.priority), _text(one.customer), _text(one.metric_label), _at(one.at, zone))
        for one in clocks.first
    ]
    counted = f"{heading}: {clocks.count}" + (f", the first {len(rows)}" if clocks.count > len(rows) else "")
    yield from _section(counted, ("incident", "priority", "customer", "what", "due"), rows)


def _misses(targets: Sequence[MissedTarget], *, names: Mapping[str, str], zone: str) -> Iterator[str]:
    rows = [_missed_row(incident, names=names, zone=zone) for incident in by_incident(targets)]
    heading = f"What was missed: {len(targets)} at {len(rows)} {'incident' if len(rows) == 1 else 'incidents'}"
    yield from _section(heading, ("incident", "customer", "what was late", "who has it", "why"), rows)


def _missed_row(incident: MissedIncident, *, names: Mapping[str, str], zone: str) -> tuple[str, ...]:
    first = incident.first
    named = f"{_link(first)} · {_text(first.priority)}<br>{_text(first.title)}"
    late = "<br>".join(_text(_late(target, zone)) for target in incident.targets)
    reasons = dict.fromkeys(target.reason for target in incident.targets if target.reason is not None)
    why = [_text(BREACH_REASONS[reason].label) for reason in reasons]
    if not incident.is_explained:
        why.append('<span class="unexplained">not explained</span>')
    owner = names.get(first.owner or "", first.owner or "nobody")
    return named, _text(first.customer), late, _text(owner), "<br>".join(why)


def _link(target: MissedTarget) -> str:
    """The incident's key, as a link to its ticket where there is a usable address."""
    address = web_address(target.link)
    key = _text(target.incident_key)
    return key if address is None else f'<a href="{escape(address)}" rel="noreferrer">{key}</a>'


def _late(target: MissedTarget, zone: str) -> str:
    label, due = METRICS[target.metric].label, _at(target.missed_at, zone)
    late_by = target.late_by
    if late_by is None:
        return f"{label} still owed, was due {due}"
    return f"{label} {short(late_by)} late, was due {due}"


def _section(
    heading: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Iterable[str] = NUMBERS
) -> Iterator[str]:
    """A heading and its table, whose cells are safe already; nothing without rows."""
    if not rows:
        return
    figures = frozenset(numbers)
    kinds = [' class="number"' if name in figures else ' class="words"' if name in WORDS else "" for name in headings]
    head = "".join(f"<th{kind}>{_text(name)}</th>" for name, kind in zip(headings, kinds, strict=True))
    lines = [
        "<tr>"
        + "".join(
            f'<td{kind} data-label="{_text(name)}"><span class="cell">{cell}</span></td>'
            for cell, name, kind in zip(row, headings, kinds, strict=True)
        )
        + "</tr>"
        for row in rows
    ]
    yield f"<h2>{_text(heading)}</h2>\n<table><thead><tr>{head}</tr></thead>\n<tbody>"
    yield from lines
    yield "</tbody></table>"


def _definitions(figures: DigestFigures) -> str:
    starts, ends, as_of = (_day(at, figures.zone) for at in (figures.starts, figures.ends, figures.as_of))
    return (
        f"Counted in {figures.zone}, from {starts} to {ends}; what is open as of {as_of}. "
        "A promise counts at the instant of its outcome: kept when its clock stopped in time, missed at the instant it "
        "was due. Waived misses count nowhere. "
        "Median and slowest tenth are of what came; what never came is in neither."
    )


def _at(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone=zone):%a %-d %b %H:%M}"


def _day(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone=zone):%-d %b %Y %H:%M}"


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:.1f}"


def _length(seconds: float | None) -> str:
    return "" if seconds is None else short(timedelta(seconds=seconds))


def _text(text: str) -> str:
    """Somebody's words on one line, harmless in a page."""
    return escape(one_line(text))
