"""What a figure counts, what its list holds and what its file has: told apart here, they must be the same."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason
from sla_engine.domain.reporting.missed_targets import MissFilter
from sla_engine.storage import figures, misses
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session
from sla_engine.storage.tables.incidents import Clock, IncidentRow
from sla_engine.storage.tables.notes import ExplainedMiss
from sla_engine.text.miss_csv import BYTE_ORDER_MARK, misses_csv


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClock:
    """A clock as it is stored, with its incident and what is said of it."""

    clock: Clock
    incident: IncidentRow
    explained: ExplainedMiss | None

    @property
    def reason(self) -> str | None:
        """The reason that explains it; None while none does."""
        return None if self.explained is None else self.explained.reason


def stored_clocks(session: Session) -> list[StoredClock]:
    """Every clock there is, without a condition."""
    incidents = {row.id: row for row in session.scalars(select(IncidentRow))}
    explained = {(row.incident_id, row.metric, row.cycle): row for row in session.scalars(select(ExplainedMiss))}
    return [
        StoredClock(
            clock=clock,
            incident=incidents[clock.incident_id],
            explained=explained.get((clock.incident_id, clock.metric, clock.cycle)),
        )
        for clock in session.scalars(select(Clock))
    ]


def missed_by_hand(stored: Sequence[StoredClock], span: PeriodEdges) -> list[StoredClock]:
    """The missed clocks of a span that count, told in Python."""
    has_live = any(not one.incident.replayed for one in stored)
    return [
        one
        for one in stored
        if one.clock.state != "cancelled"
        if one.clock.waived_at is None
        if one.clock.breached_at is not None and span[0] <= one.clock.breached_at < span[1]
        if not (has_live and one.incident.replayed)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of misses: what lists it, what it counts (None where nothing shows it), and which clocks are of it."""

    name: str
    wanted: MissFilter
    count: int | None
    is_of: Callable[[StoredClock], bool]


def figures_of(session: Session, span: PeriodEdges, customers: Iterable[str]) -> Iterator[Figure]:
    """Every figure of misses that a digest of the span shows."""
    by_metric, by_customer = figures.by_metric(session, span), figures.by_customer(session, span)
    reasons, sides = Counter[BreachReason | None](), Counter[Attribution | None]()
    for row in misses.by_reason(session, span):
        reasons[row.reason] += row.missed
        sides[row.attribution] += row.missed
    everything = sum(row.missed for row in by_metric.values())
    yield Figure(name="all", wanted=MissFilter(), count=everything, is_of=lambda _: True)
    for metric in MetricName:
        yield Figure(
            name=metric,
            wanted=MissFilter(metrics=(metric,)),
            count=by_metric[metric].missed if metric in by_metric else 0,
            is_of=lambda one, metric=metric: one.clock.metric == metric,  # type: ignore[misc]
        )
    for customer in customers:
        yield Figure(
            name=customer,
            wanted=MissFilter(customer=customer),
            count=by_customer[customer].missed if customer in by_customer else 0,
            is_of=lambda one, customer=customer: one.incident.customer == customer,  # type: ignore[misc]
        )
    for reason in BreachReason:
        yield Figure(
            name=reason,
            wanted=MissFilter(reasons=(reason,)),
            count=reasons[reason],
            is_of=lambda one, reason=reason: one.reason == reason,  # type: ignore[misc]
        )
    for side in Attribution:
        yield Figure(
            name=side,
            wanted=MissFilter(sides=(side,)),
            count=sides[side],
            is_of=lambda one, side=side: one.explained is not None and one.explained.attribution == side,  # type: ignore[misc]
        )
    unexplained = MissFilter(is_unexplained=True)
    yield Figure(name="unexplained", wanted=unexplained, count=reasons[None], is_of=lambda one: one.reason is None)
    for priority in Priority:
        yield Figure(
            name=priority,
            wanted=MissFilter(priorities=(priority,)),
            count=None,
            is_of=lambda one, priority=priority: one.clock.priority == priority,  # type: ignore[misc]
        )


def differences(session: Session, stored: Sequence[StoredClock], span: PeriodEdges) -> list[str]:
    """Each figure of the span whose list or file holds something else than the figure counts."""
    missed = missed_by_hand(stored, span)
    customers = sorted({one.incident.customer for one in stored})
    wrong = []
    for figure in figures_of(session, span, customers):
        by_hand = Counter((one.incident.key, one.clock.metric) for one in missed if figure.is_of(one))
        targets = misses.listed(session, span, figure.wanted)
        listed = Counter((target.incident_key, target.metric.value) for target in targets)
        rows = csv.DictReader(io.StringIO(misses_csv(targets, zone="UTC", names={}).removeprefix(BYTE_ORDER_MARK)))
        in_file = Counter((row["incident"], row["metric"]) for row in rows)
        count = by_hand.total() if figure.count is None else figure.count
        if not (by_hand == listed == in_file and count == listed.total()):
            wrong.append(
                f"{figure.name}: counted {count}, listed {listed.total()}, in the file {in_file.total()}, "
                f"by hand {by_hand.total()}"
            )
    return wrong
