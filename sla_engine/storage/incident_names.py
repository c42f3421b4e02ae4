"""Finds incidents by what people call them: our key, another system's number, or the link to the ticket."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.incident_names import NamedIncident, spoken_number
from sla_engine.storage.tables.incidents import IncidentRow


def by_names(
    session: Session, *, key: str | None, numbers: Collection[str], link: str | None, limit: int
) -> list[NamedIncident]:
    """The incidents with this key, one of these numbers, or this link; the one with the key first, then the newest."""
    names: list[ColumnElement[bool]] = [IncidentRow.external_id.in_(numbers)]
    if key is not None:
        names.append(IncidentRow.key == key)
    if link is not None:
        names.append(IncidentRow.link == link)
    columns = IncidentRow.key, IncidentRow.customer, IncidentRow.title, IncidentRow.external_id
    ours_first = case((IncidentRow.key == (key or ""), 0), else_=1)
    wanted = select(*columns).where(or_(*names)).order_by(ours_first, IncidentRow.id.desc()).limit(limit)
    return [
        NamedIncident(key, customer, title, spoken_number(external_id))
        for key, customer, title, external_id in session.execute(wanted)
    ]
