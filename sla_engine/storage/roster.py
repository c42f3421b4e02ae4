"""What people said in Slack about absences and turns; only ever added to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.agreements.roster import ChangeKind, RosterChange
from sla_engine.storage import settings
from sla_engine.storage.tables.shifts import RosterChangeRow

SERIES = "roster"


def changes(session: Session) -> tuple[RosterChange, ...]:
    """Every change, in the order in which they were said."""
    return tuple(_change(row) for row in session.scalars(select(RosterChangeRow).order_by(RosterChangeRow.id)))


def known(session: Session, request: str) -> bool:
    """Whether a request with this name was carried out before."""
    return session.scalar(select(RosterChangeRow.id).where(RosterChangeRow.request == request)) is not None


def add(
    session: Session,
    kind: ChangeKind,
    *,
    person: str,
    by: str,
    told_at: datetime,
    until: datetime | None = None,
    undoes: int | None = None,
    request: str | None = None,
) -> RosterChange:
    """Add a change; those who add one take turns, so that the numbers come in the order of their transactions."""
    number = settings.take_numbers(session, SERIES, first=1, count=1)[0]
    row = RosterChangeRow(
        id=number, kind=kind.value, person=person, by=by, told_at=told_at, until=until, undoes=undoes, request=request
    )
    session.add(row)
    session.flush()
    return _change(row)


def _change(row: RosterChangeRow) -> RosterChange:
    return RosterChange(
        number=row.id,
        kind=ChangeKind(row.kind),
        person=row.person,
        by=row.by,
        told_at=row.told_at,
        until=row.until,
        undoes=row.undoes,
    )
