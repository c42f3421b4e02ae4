"""What other systems call our incidents."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage.tables import Incident

SERIES_MARK = "@"
_AFTER_MARK = chr(ord(SERIES_MARK) + 1)


def newest_of_series(session: Session, *, source: str, series: str) -> str | None:
    """The external id of the newest incident of a series, such as the firings of one alert."""
    return session.scalar(
        select(Incident.external_id)
        .where(
            Incident.source == source,
            Incident.external_id >= f"{series}{SERIES_MARK}",
            Incident.external_id < f"{series}{_AFTER_MARK}",
        )
        .order_by(Incident.opened_at.desc(), Incident.id.desc())
        .limit(1)
    )


def opened_at(session: Session, *, source: str, external_id: str) -> datetime | None:
    """When the incident that another system knows by this id was opened; None when we have none."""
    return session.scalar(
        select(Incident.opened_at).where(Incident.source == source, Incident.external_id == external_id)
    )


def known(session: Session, *, source: str, external_ids: Collection[str]) -> set[str]:
    """Which of these ids belong to an incident of ours."""
    found = session.scalars(
        select(Incident.external_id).where(Incident.source == source, Incident.external_id.in_(external_ids))
    )
    return {each for each in found if each is not None}
