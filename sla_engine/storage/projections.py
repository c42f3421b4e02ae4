"""Pending projections: open incidents that an applied version can move and that are still to be measured by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.version_impact import FirstMove
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.storage import settings
from sla_engine.storage.tables.incidents import Clock, IncidentRow, Timer

PENDING = "projections owed"
"""The name under which pending projections are stored."""

REACHES_AT_ONCE = 100  # SQLite takes expressions up to a depth of a thousand

_NOT_OVER = (IncidentState.OPEN.value, IncidentState.RESOLVED.value)

# As the index over due times says it: SQLite takes a partial index only for the same words.
_IS_CURRENT = literal_column("clock.current", Boolean)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingProjection:
    """A customer's open incidents that are still to be measured by `versions`, applied at `since` (SLA time).

    Those up to the row id `done` are measured. `whole` means that none can be left out: an earlier edit was pending.
    """

    customer: str
    versions: tuple[int, ...]
    since: datetime
    done: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """The incidents of one kind, and the first move of a metric of theirs; without one, an edit can move anything."""

    subject: Subject
    metric: MetricName | None = None
    move: FirstMove | None = None


def add_pending(session: Session, customer: str, versions: Collection[int], *, since: datetime) -> None:
    """Remember, in the transaction that stores the versions, that open incidents are to be measured by them."""
    by_customer = _locked_by_customer(session)
    before = by_customer.get(customer)
    new = PendingProjection(customer=customer, versions=tuple(versions), since=since)
    if before is not None:
        new = replace(new, versions=(*before.versions, *versions), since=min(before.since, since), whole=True)
    _store(session, {**by_customer, customer: new})


def is_pending(session: Session, customer: str) -> bool:
    """Whether rows of a customer's open incidents may still be those of earlier versions."""
    return customer in _by_customer(settings.get(session, PENDING))


def next_pending(session: Session) -> PendingProjection | None:
    """The projection to go on with; None when every open incident is measured by the versions that count."""
    return next(iter(_by_customer(settings.get(session, PENDING)).values()), None)


def lock_pending(session: Session, expected: PendingProjection) -> PendingProjection | None:
    """This projection as it is by now, locked until the transaction ends; None when it is done, or replaced."""
    stored = _locked_by_customer(session).get(expected.customer)
    if stored is None or replace(stored, done=expected.done) != expected:
        return None
    return stored


def advance(session: Session, pending: PendingProjection, *, done: int | None) -> None:
    """Remember up to which row id incidents are measured; with None it is complete."""
    by_customer = _locked_by_customer(session)
    if done is None:
        del by_customer[pending.customer]
    else:
        by_customer[pending.customer] = replace(pending, done=done)
    _store(session, by_customer)


def subjects(session: Session, customer: str) -> list[Subject]:
    """The kinds of the customer's open incidents: their priorities, sites and services."""
    wanted = select(IncidentRow.priority, IncidentRow.site, IncidentRow.service).where(*_open(customer)).distinct()
    return [
        Subject(priority=Priority(priority), site=site or "", service=service or "")
        for priority, site, service in session.execute(wanted)
    ]


def farthest(session: Session) -> datetime | None:
    """The last instant at which a current clock or a timer is due; None when there is none."""
    clocks = select(func.max(Clock.due_at), func.max(Clock.grace_until)).where(_IS_CURRENT, Clock.stopped_at.is_(None))
    instants = [*session.execute(clocks).one(), session.scalar(select(func.max(Timer.due)))]
    return max((at for at in instants if at is not None), default=None)


def touched(session: Session, customer: str, reaches: Sequence[Reach], *, after: int) -> list[int]:
    """Row ids of a customer's open incidents beyond `after` that an edit of this reach can move, in their order."""
    by_move: dict[FirstMove | None, list[Reach]] = {}
    for reach in reaches:
        by_move.setdefault(reach.move, []).append(reach)
    numbers: set[int] = set()
    for move, alike in by_move.items():
        for start in range(0, len(alike), REACHES_AT_ONCE):
            for wanted in _queries(move, alike[start : start + REACHES_AT_ONCE]):
                numbers.update(session.scalars(wanted.where(*_open(customer), IncidentRow.id > after)))
    return sorted(numbers)


def open_ids(session: Session, customer: str) -> list[int]:
    """Row ids of a customer's open incidents, in their order."""
    return list(session.scalars(select(IncidentRow.id).where(*_open(customer)).order_by(IncidentRow.id)))


def count_open(session: Session, customer: str) -> int:
    """Count the customer's open incidents, without replayed ones."""
    return session.scalar(select(func.count()).select_from(IncidentRow).where(*_open(customer))) or 0


def open_since(session: Session, customer: str, *, since: datetime, after: int, limit: int) -> list[int]:
    """Row ids of incidents open at `since` or later, without merged, moved, deleted and replayed ones."""
    wanted = (
        select(IncidentRow.id)
        .where(IncidentRow.customer == customer, IncidentRow.replayed.is_(False), IncidentRow.state.in_(_NOT_OVER))
        .where(or_(IncidentRow.resolved_at.is_(None), IncidentRow.resolved_at >= since), IncidentRow.id > after)
    )
    return list(session.scalars(wanted.order_by(IncidentRow.id).limit(limit)))


def _open(customer: str) -> tuple[ColumnElement[bool], ...]:
    return (
        IncidentRow.customer == customer,
        IncidentRow.state == IncidentState.OPEN.value,
        IncidentRow.replayed.is_(False),
    )


def _queries(move: FirstMove | None, alike: Sequence[Reach]) -> tuple[Select[Any], ...]:
    if move is None:
        return (select(IncidentRow.id).where(_of_kind(alike)),)
    return _due(move, alike), _looked_at(move, alike)


def _due(move: FirstMove, alike: Sequence[Reach]) -> Select[int]:
    """Clocks due after the move, or whose grace ends there or later: due at that instant, a clock stays due then."""
    of_metric = or_(*(and_(_of_kind([reach]), Clock.metric == str(reach.metric)) for reach in alike))
    moved = or_(Clock.due_at > move.at, Clock.grace_until >= move.at)
    running = (
        select(Clock.incident_id).join(IncidentRow).where(_IS_CURRENT, Clock.stopped_at.is_(None), moved, of_metric)
    )
    return running if move.last_closing is None else running.where(Clock.due_at >= move.last_closing)


def _looked_at(move: FirstMove, alike: Sequence[Reach]) -> Select[int | None]:
    clocks = select(Timer.incident_id).join(IncidentRow).where(Timer.duty == Duty.CLOCK.value, _of_kind(alike))
    return clocks.where(Timer.due > move.at)


def _of_kind(alike: Sequence[Reach]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                IncidentRow.priority == kind.priority.value,
                func.coalesce(IncidentRow.site, "") == kind.site,
                func.coalesce(IncidentRow.service, "") == kind.service,
            )
            for kind in dict.fromkeys(reach.subject for reach in alike)
        )
    )


def _locked_by_customer(session: Session) -> dict[str, PendingProjection]:
    return _by_customer(settings.locked(session, PENDING))


def _by_customer(document: dict[str, Any] | None) -> dict[str, PendingProjection]:
    return {
        customer: PendingProjection(
            customer=customer,
            versions=tuple(stored["versions"]),
            since=datetime.fromisoformat(stored["since"]),
            done=stored["done"],
            whole=stored["whole"],
        )
        for customer, stored in (document or {}).items()
    }


def _store(session: Session, by_customer: dict[str, PendingProjection]) -> None:
    settings.put(
        session,
        PENDING,
        {
            customer: {
                "versions": list(pending.versions),
                "since": pending.since.isoformat(),
                "done": pending.done,
                "whole": pending.whole,
            }
            for customer, pending in by_customer.items()
        },
    )
