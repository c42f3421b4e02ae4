"""Other systems' ids of our incidents."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sla_engine.storage.tables.incidents import IncidentRow

SERIES_MARK = "@"
_AFTER_MARK = chr(ord(SERIES_MARK) + 1)


def newest_of_series(session: Session, *, source: str, series: str, opened_by: datetime | None = None) -> str | None:
    """The external id of the newest incident of a series, such as the firings of one alert.

    With `opened_by` only those that were open by then.
    """
    wanted = _of_series(source, series)
    if opened_by is not None:
        wanted = wanted.where(IncidentRow.opened_at <= opened_by)
    return session.scalar(wanted.order_by(IncidentRow.opened_at.desc(), IncidentRow.id.desc()).limit(1))


def first_of_series_after(session: Session, *, source: str, series: str, opened_after: datetime) -> str | None:
    """The external id of the first incident of a series that was opened after that instant."""
    wanted = _of_series(source, series).where(IncidentRow.opened_at > opened_after)
    return session.scalar(wanted.order_by(IncidentRow.opened_at, IncidentRow.id).limit(1))


def _of_series(source: str, series: str) -> Select[str | None]:
    prefix = f"{series}{SERIES_MARK}"
    of_series = (IncidentRow.external_id >= prefix) & (IncidentRow.external_id < f"{series}{_AFTER_MARK}")
    # A server may sort by a language's rules, by which other ids lie between the two as well.
    of_series &= func.substr(IncidentRow.external_id, 1, len(prefix)) == prefix
    return select(IncidentRow.external_id).where(
        IncidentRow.source == source, of_series | (IncidentRow.external_id == series)
    )


def opened_at(session: Session, *, source: str, external_id: str) -> datetime | None:
    """The instant at which the incident with another system's id was opened; None when we have none."""
    return session.scalar(
        select(IncidentRow.opened_at).where(IncidentRow.source == source, IncidentRow.external_id == external_id)
    )


def known(session: Session, *, source: str, external_ids: Collection[str]) -> set[str]:
    """The ids among these that an incident of ours has."""
    ids = session.scalars(
        select(IncidentRow.external_id).where(IncidentRow.source == source, IncidentRow.external_id.in_(external_ids))
    )
    return {external_id for external_id in ids if external_id is not None}
