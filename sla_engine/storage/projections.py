"""What a new agreement version still has to be applied to, and which open incidents it can move at all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements import Subject
from sla_engine.domain.metrics import MetricName
from sla_engine.domain.priorities import Priority
from sla_engine.storage import settings
from sla_engine.storage.tables import Clock, Incident, Timer
from sla_engine.storage.timers import Duty

OWED = "projections owed"


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
    """Incidents of one kind, and from when on an edit moves their clocks of a metric; without one, it moves any."""

    subject: Subject
    metric: MetricName | None = None
    after: datetime | None = None


def owe(session: Session, customer: str, versions: Collection[int], *, since: datetime) -> None:
    """Remember, in the transaction that stores the versions, that open incidents are to be measured by them."""
    owed = _stored(session)
    before = owed.get(customer)
    new = Owed(customer=customer, versions=tuple(versions), since=since)
    if before is not None:
        new = replace(new, versions=(*before.versions, *versions), since=min(before.since, since), whole=True)
    _store(session, {**owed, customer: new})


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
    wanted = select(Incident.priority, Incident.site, Incident.service).where(*_open(customer)).distinct()
    return [
        Subject(priority=Priority(priority), site=site or "", service=service or "")
        for priority, site, service in session.execute(wanted)
    ]


def farthest(session: Session, customer: str) -> datetime | None:
    """The last instant at which something is due for, or looked at of, an open incident."""
    clocks = select(func.max(Clock.due_at), func.max(Clock.grace_until)).join(Incident).where(*_open(customer))
    looks = select(func.max(Timer.due)).join(Incident).where(*_open(customer))
    found = [*session.execute(clocks).one(), session.scalar(looks)]
    return max((at for at in found if at is not None), default=None)


def touched(session: Session, customer: str, reaches: Sequence[Reach], *, after: int) -> list[int]:
    """Row ids of the open incidents that an edit can move, in their order, beyond `after`."""
    if not reaches:
        return []
    wanted = select(Incident.id).where(*_open(customer), Incident.id > after, or_(*map(_within, reaches)))
    return list(session.scalars(wanted.order_by(Incident.id)))


def open_ids(session: Session, customer: str) -> list[int]:
    """Row ids of a customer's open incidents, in their order."""
    return list(session.scalars(select(Incident.id).where(*_open(customer)).order_by(Incident.id)))


def count_open(session: Session, customer: str) -> int:
    """How many incidents of the customer are open (replayed ones excluded)."""
    return session.scalar(select(func.count()).select_from(Incident).where(*_open(customer))) or 0


def open_since(session: Session, customer: str, *, since: datetime, after: int, limit: int) -> list[int]:
    """Row ids of incidents that are open or were at `since` or later, merged and replayed ones excluded."""
    wanted = (
        select(Incident.id)
        .where(Incident.customer == customer, Incident.replayed.is_(False), Incident.state.in_(("open", "resolved")))
        .where(or_(Incident.resolved_at.is_(None), Incident.resolved_at >= since), Incident.id > after)
    )
    return list(session.scalars(wanted.order_by(Incident.id).limit(limit)))


def _open(customer: str) -> tuple[ColumnElement[bool], ...]:
    return Incident.customer == customer, Incident.state == "open", Incident.replayed.is_(False)


def _within(reach: Reach) -> ColumnElement[bool]:
    alike = and_(
        Incident.priority == reach.subject.priority.value,
        func.coalesce(Incident.site, "") == reach.subject.site,
        func.coalesce(Incident.service, "") == reach.subject.service,
    )
    if reach.metric is None or reach.after is None:
        return alike
    moved = exists().where(
        Clock.incident_id == Incident.id,
        Clock.metric == reach.metric.value,
        Clock.current,
        Clock.stopped_at.is_(None),
        # Due at the very instant, a clock stays due there; what turns its outcome then is the next open instant.
        or_(Clock.due_at > reach.after, Clock.grace_until >= reach.after),
    )
    looked_at = exists().where(
        Timer.incident_id == Incident.id, Timer.duty == Duty.CLOCK.value, Timer.due > reach.after
    )
    return and_(alike, or_(moved, looked_at))


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
