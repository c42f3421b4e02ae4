"""Counts a week or month for the digest: sums from the database, beside the periods before, cut to readable length."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.reporting.attainment import Attainment, mean_share, median, p90
from sla_engine.domain.reporting.backlog import AGE_LABELS, age_bounds
from sla_engine.domain.reporting.digest import (
    AgeCount,
    CustomerMisses,
    DigestFigures,
    MetricFigures,
    OpenClock,
    OpenClocks,
    ReasonMisses,
    Share,
    Trend,
    WaitingFor,
    percent,
)
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.periods import Period
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.queries.digest_ahead import AHEAD
from sla_engine.services.queries.digest_context import read_context
from sla_engine.storage import figures, misses, waiting_figures
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session
from sla_engine.storage.figures import ClockLines, Durations
from sla_engine.storage.misses import ReasonCount
from sla_engine.storage.waiting_figures import WaitingCount

PERIODS_BEFORE = 4
LISTED = 5
STILL_FRESH = timedelta(days=7)
"""Up to this long after a week's end its open matters are counted as of now; later, as of its end."""

_NONE = Attainment(0, 0)
_NO_DURATIONS = Durations()


def count_period(
    session: Session, msp: Msp, period: Period, *, agreements: AgreementBook, now: datetime
) -> DigestFigures:
    """The figures of a week or a month; the same facts and the same `as_of` give the same figures."""
    spans = [period.before(back).span(zone=msp.zone) for back in range(PERIODS_BEFORE + 1)]
    at = _as_of(spans[0], now=now)
    metrics = [figures.by_metric(session, span) for span in spans]
    updates = metrics[0].get(MetricName.CUSTOMER_UPDATE, _NONE)
    ranked, few, more = _customers(figures.by_customer(session, spans[0]))
    reasons = misses.by_reason(session, spans[0])
    counted = DigestFigures(
        week=str(period),
        is_month=isinstance(period, Month),
        zone=msp.zone,
        starts=spans[0][0],
        ends=spans[0][1],
        as_of=at,
        clocks=_trend([sum(by_metric.values(), _NONE) for by_metric in metrics]),
        incidents=_trend([figures.by_incident(session, span) for span in spans]),
        metrics=_metrics(session, spans[0], metrics),
        customers=ranked,
        customers_few=few,
        customers_more=more,
        reasons=tuple(_reason(row) for row in reasons if row.reason is not None),
        unexplained=sum(row.missed for row in reasons if row.reason is None),
        updates_missed=updates.missed,
        updates_of=updates.of,
        notes_owed=_waiting(waiting_figures.notes_owed(session, at)),
        notes_to_review=_waiting(waiting_figures.notes_to_review(session, at)),
        decisions_waiting=_waiting(waiting_figures.decisions_waiting(session, at)),
        sops_overdue=_waiting(waiting_figures.sops_overdue(session, at=at, today=_midnight(at, msp))),
        at_risk=_open_clocks(figures.due_soon(session, at=at, until=at + AHEAD, limit=LISTED)),
        breached_open=_open_clocks(figures.breached_and_open(session, at, limit=LISTED)),
        backlog=_backlog(session, msp, at),
        waived=figures.waived(session, spans[0]),
        merged=figures.merged(session, spans[0]),
        only_replayed=figures.only_replayed(session),
        waits_long=_waits_long(session, msp, at),
    )
    return read_context(session, msp, period, agreements=agreements, now=now, at=at).added_to(counted)


def _as_of(span: PeriodEdges, *, now: datetime) -> datetime:
    """When a period's open matters are counted: now while it is fresh, else at its end."""
    _, end = span
    return now if now < end + STILL_FRESH else end


def _trend(weeks: Sequence[Attainment]) -> Trend:
    """`weeks` are this one, the last one and so on backwards."""
    return Trend(
        this_week=Share.of_attainment(weeks[0]),
        last_week=Share.of_attainment(weeks[1]),
        four_weeks_mean=percent(mean_share(weeks[1:])),
    )


def _metrics(
    session: Session, span: PeriodEdges, weeks: Sequence[dict[MetricName, Attainment]]
) -> tuple[MetricFigures, ...]:
    lengths = figures.durations(session, span)
    return tuple(
        MetricFigures(
            metric=name.value,
            label=metric.label,
            trend=_trend([by_metric.get(name, _NONE) for by_metric in weeks]),
            median_seconds=_seconds(median(lengths.get(name, _NO_DURATIONS).in_all)),
            p90_seconds=_seconds(p90(lengths.get(name, _NO_DURATIONS).in_all)),
            first_median_seconds=_first_median(lengths.get(name, _NO_DURATIONS)),
        )
        for name, metric in METRICS.items()
        if any(name in by_metric for by_metric in weeks)
    )


def _first_median(lengths: Durations) -> float | None:
    """The median up to the first stop; None where it equals the median of all the time."""
    first = median(lengths.first)
    return None if first == median(lengths.in_all) else _seconds(first)


def _customers(
    attainments: Mapping[str, Attainment],
) -> tuple[tuple[CustomerMisses, ...], tuple[CustomerMisses, ...], int]:
    """The worst five of those that can be ranked, five of those that cannot (by name), and how many are left out."""
    with_misses = {customer: week for customer, week in attainments.items() if week.missed}
    rankable = [customer for customer, week in with_misses.items() if week.rankable]
    ranked = _misses(sorted(rankable, key=lambda customer: _badness(customer, with_misses[customer])), with_misses)
    few = _misses(sorted(set(with_misses) - set(rankable)), with_misses)
    return ranked, few, len(with_misses) - len(ranked) - len(few)


def _badness(customer: str, week: Attainment) -> tuple[float, int, str]:
    """Sort key: the largest share missed first, then the most misses, then the name."""
    return -week.missed / week.of, -week.missed, customer


def _misses(customers: Sequence[str], weeks: Mapping[str, Attainment]) -> tuple[CustomerMisses, ...]:
    """The first five of these customers."""
    return tuple(
        CustomerMisses(customer=customer, missed=weeks[customer].missed, of=weeks[customer].of)
        for customer in customers[:LISTED]
    )


def _reason(row: ReasonCount) -> ReasonMisses:
    reason = row.reason
    label = BREACH_REASONS[reason].label if reason else ""
    attribution = row.attribution.label if row.attribution else ""
    return ReasonMisses(reason=str(reason), label=label, attribution=attribution, missed=row.missed)


def _waiting(waiting: WaitingCount) -> WaitingFor:
    return WaitingFor(count=waiting.count, oldest=waiting.oldest)


def _open_clocks(clocks: ClockLines) -> OpenClocks:
    return OpenClocks(
        count=clocks.total,
        incidents=clocks.incidents,
        first=tuple(
            OpenClock(
                incident_key=line.incident_key,
                customer=line.customer,
                priority=line.priority,
                metric_label=METRICS[line.metric].label,
                at=line.at,
            )
            for line in clocks.lines
        ),
    )


def _backlog(session: Session, msp: Msp, at: datetime) -> tuple[AgeCount, ...]:
    counts = figures.open_by_age(session, at, bounds=age_bounds(msp.calendar, now=at))
    return tuple(AgeCount(age=label, count=count) for label, count in zip(AGE_LABELS, counts, strict=False) if count)


def _waits_long(session: Session, msp: Msp, at: datetime) -> bool:
    """Whether a note or a decision has waited for a business day, or a procedure is overdue."""
    waits = (waiting_figures.notes_owed, waiting_figures.notes_to_review, waiting_figures.decisions_waiting)
    oldest = [since for since in (queue(session, at).oldest for queue in waits) if since is not None]
    day = msp.calendar.business_day or timedelta(days=1)
    overdue = waiting_figures.sops_overdue(session, at=at, today=_midnight(at, msp)).count
    return bool(overdue) or any(msp.calendar.elapsed(since, at) >= day for since in oldest)


def _midnight(at: datetime, msp: Msp) -> datetime:
    return local_hour(local_day(at, zone=msp.zone), zone=msp.zone)


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
