"""Agreement versions still to be applied, and the open incidents they can move."""

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

OWED = "projections owed"

REACHES_AT_ONCE = 100  # SQLite takes expressions up to a depth of a thousand

_NOT_OVER = (IncidentState.OPEN.value, IncidentState.RESOLVED.value)

# As the index over due times says it: SQLite takes a partial index only for the same words.
_IS_CURRENT = literal_column("clock.current", Boolean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A customer's open incidents that are still to be measured by `versions`, applied at `since` (SLA time).

    Those up to the row id `done` have been. `whole` means that none can be left out: an earlier edit was under way.
    """

    customer: str
    versions: tuple[int, ...]
    since: datetime
    done: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Incidents of one kind, and what an edit moves of a metric of theirs; without a move, it can move anything."""

    subject: Subject
    metric: MetricName | None = None
    move: FirstMove | None = None


def owe(session: Session, customer: str, versions: Collection[int], *, since: datetime) -> None:
    """Remember, in the transaction that stores the versions, that open incidents are to be measured by them."""
    owed = _stored(session)
    before = owed.get(customer)
    new = Owed(customer=customer, versions=tuple(versions), since=since)
    if before is not None:
        new = replace(new, versions=(*before.versions, *versions), since=min(before.since, since), whole=True)
    _store(session, {**owed, customer: new})


def is_owed(session: Session, customer: str) -> bool:
    """Whether a customer's rows may still say what counted before."""
    return customer in _read(settings.get(session, OWED))


def owed(session: Session) -> Owed | None:
    """What is to be gone on with; None when every open incident is measured by what counts."""
    return next(iter(_read(settings.get(session, OWED)).values()), None)


def lock(session: Session, expected: Owed) -> Owed | None:
    """What is owed of this edit, locked until the transaction ends; None when it is done, or another one came."""
    found = _stored(session).get(expected.customer)
    return found if found is not None and replace(found, done=expected.done) == expected else None


def advance(session: Session, owed: Owed, *, done: int | None) -> None:
    """Remember how far it got; None: to the end."""
    kept = _stored(session)
    if done is None:
        del kept[owed.customer]
    else:
        kept[owed.customer] = replace(owed, done=done)
    _store(session, kept)


def subjects(session: Session, customer: str) -> list[Subject]:
    """The kinds of incidents that are open."""
    wanted = select(IncidentRow.priority, IncidentRow.site, IncidentRow.service).where(*_open(customer)).distinct()
    return [
        Subject(priority=Priority(priority), site=site or "", service=service or "")
        for priority, site, service in session.execute(wanted)
    ]


def farthest(session: Session) -> datetime | None:
    """The last instant at which anything is due, or looked at."""
    clocks = select(func.max(Clock.due_at), func.max(Clock.grace_until)).where(_IS_CURRENT, Clock.stopped_at.is_(None))
    found = [*session.execute(clocks).one(), session.scalar(select(func.max(Timer.due)))]
    return max((at for at in found if at is not None), default=None)


def touched(session: Session, customer: str, reaches: Sequence[Reach], *, after: int) -> list[int]:
    """Row ids of the open incidents that an edit can move, in their order, beyond `after`."""
    by_move: dict[FirstMove | None, list[Reach]] = {}
    for reach in reaches:
        by_move.setdefault(reach.move, []).append(reach)
    found: set[int] = set()
    for move, alike in by_move.items():
        for start in range(0, len(alike), REACHES_AT_ONCE):
            for wanted in _questions(move, alike[start : start + REACHES_AT_ONCE]):
                found.update(session.scalars(wanted.where(*_open(customer), IncidentRow.id > after)))
    return sorted(found)


def open_ids(session: Session, customer: str) -> list[int]:
    """Row ids of a customer's open incidents, in their order."""
    return list(session.scalars(select(IncidentRow.id).where(*_open(customer)).order_by(IncidentRow.id)))


def count_open(session: Session, customer: str) -> int:
    """How many incidents of the customer are open (replayed ones excluded)."""
    return session.scalar(select(func.count()).select_from(IncidentRow).where(*_open(customer))) or 0


def open_since(session: Session, customer: str, *, since: datetime, after: int, limit: int) -> list[int]:
    """Row ids of incidents that are open or were at `since` or later, merged and replayed ones excluded."""
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


def _questions(move: FirstMove | None, alike: Sequence[Reach]) -> tuple[Select[Any], ...]:
    if move is None:
        return (select(IncidentRow.id).where(_of_kind(alike)),)
    return _due(move, alike), _looked_at(move, alike)


def _due(move: FirstMove, alike: Sequence[Reach]) -> Select[int]:
    """Due at the very instant, a clock stays due there; what turns its outcome then is the next open instant."""
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


def _stored(session: Session) -> dict[str, Owed]:
    return _read(settings.locked(session, OWED))


def _read(document: dict[str, Any] | None) -> dict[str, Owed]:
    return {
        customer: Owed(
            customer=customer,
            versions=tuple(each["versions"]),
            since=datetime.fromisoformat(each["since"]),
            done=each["done"],
            whole=each["whole"],
        )
        for customer, each in (document or {}).items()
    }


def _store(session: Session, owed: dict[str, Owed]) -> None:
    settings.put(
        session,
        OWED,
        {
            each.customer: {
                "versions": list(each.versions),
                "since": each.since.isoformat(),
                "done": each.done,
                "whole": each.whole,
            }
            for each in owed.values()
        },
    )
