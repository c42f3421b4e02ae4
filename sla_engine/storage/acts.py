"""Acts of people that may be undone: what one request wrote, and who undid it when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sla_engine.storage.tables.incidents import Act
from sla_engine.storage.written import written_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord:
    """What one request did: the numbers of its facts by incident (row ids), the messages it caused, and other rows.

    `at` is SLA time; `done_at` and `undone_at` are real time. `others` are pairs of a kind and what was written.
    """

    request: str
    by: str
    action: str
    at: datetime
    done_at: datetime
    facts: Mapping[int, tuple[int, ...]]
    messages: tuple[str, ...]
    others: tuple[tuple[str, Mapping[str, Any]], ...]
    undone_by: str | None = None
    undone_at: datetime | None = None


def store(session: Session, *, request: str | None, action: str, by: str, at: datetime, done_at: datetime) -> None:
    """Store what this transaction wrote as an act of that request; nothing where it wrote nothing."""
    written = written_in(session)
    if not written.facts and not written.others:
        return
    row = Act(
        request=request or f"act:{uuid4().hex}",
        by=by,
        action=action,
        at=at,
        done_at=done_at,
        facts={str(incident_id): numbers for incident_id, numbers in written.facts.items()},
        messages=list(written.messages),
        others=[[kind, dict(row)] for kind, row in written.others],
    )
    session.add(row)
    session.flush()


def also_undo(session: Session, kind: str, row: Mapping[str, Any]) -> None:
    """Let the act under way also undo something else than facts: `row` is given to the undoing of that kind."""
    written_in(session).others.append((kind, row))


def lock(session: Session, request: str) -> ActRecord | None:
    """What a request did, locked until the transaction ends; None where it did nothing that can be undone."""
    rows = session.scalars(select(Act).where(Act.request == request).order_by(Act.id).with_for_update()).all()
    return _record(rows) if rows else None


def find(session: Session, request: str) -> ActRecord | None:
    """The same, to be read only."""
    rows = session.scalars(select(Act).where(Act.request == request).order_by(Act.id)).all()
    return _record(rows) if rows else None


def lock_last(session: Session, *, by: str | None = None, incident_id: int | None = None) -> ActRecord | None:
    """The newest act that nobody undid, locked: of a person, and on an incident, where they are named."""
    wanted = select(Act).where(Act.undone_at.is_(None)).order_by(Act.id.desc()).limit(_LOOKED_BACK)
    if by is not None:
        wanted = wanted.where(Act.by == by)
    on_it = (row for row in session.scalars(wanted) if incident_id is None or str(incident_id) in row.facts)
    row = next(on_it, None)
    return None if row is None else lock(session, row.request)


def mark_undone(session: Session, act: ActRecord, *, by: str, at: datetime) -> None:
    """Record who undid an act, and when."""
    session.execute(update(Act).where(Act.request == act.request).values(undone_by=by, undone_at=at))


_LOOKED_BACK = 500
"""How many acts are looked through for one on an incident: more than all colleagues do in a quarter of an hour."""


def _record(rows: Sequence[Act]) -> ActRecord:
    """One act of all that a request wrote, in however many transactions."""
    first = rows[0]
    facts: dict[int, tuple[int, ...]] = {}
    for row in rows:
        for incident_id, numbers in row.facts.items():
            facts[int(incident_id)] = (*facts.get(int(incident_id), ()), *numbers)
    return ActRecord(
        request=first.request,
        by=first.by,
        action=first.action,
        at=first.at,
        done_at=max(row.done_at for row in rows),
        facts=facts,
        messages=tuple(chain.from_iterable(row.messages for row in rows)),
        others=tuple((kind, row) for act in rows for kind, row in act.others),
        undone_by=first.undone_by,
        undone_at=first.undone_at,
    )
