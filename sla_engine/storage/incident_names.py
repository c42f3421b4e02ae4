"""Finds incidents by what people call them: our key, another system's number, or the link to the ticket."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.incident import Incident
from sla_engine.storage.incidents import read
from sla_engine.storage.tables.incidents import IncidentRow


def by_names(
    session: Session, *, key: str | None, numbers: Collection[str], link: str | None, limit: int
) -> list[Incident]:
    """The incidents with this key, one of these numbers, or this link; the one with the key first, then the newest."""
    names: list[ColumnElement[bool]] = [IncidentRow.external_id.in_(numbers)]
    if key is not None:
        names.append(IncidentRow.key == key)
    if link is not None:
        names.append(IncidentRow.link == link)
    ours_first = case((IncidentRow.key == (key or ""), 0), else_=1)
    wanted = select(IncidentRow).where(or_(*names)).order_by(ours_first, IncidentRow.id.desc()).limit(limit)
    return [read(row) for row in session.scalars(wanted)]
