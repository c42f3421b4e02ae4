"""Reopens a resolved incident within its agreement's window, and opens a new one that follows it afterwards.

That is what people do. Where a ticket of another system goes on is decided in `domain/incidents/follow_ups`, where an
alert fires again in `services/intake/alert_series`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.endings import deleted_at
from sla_engine.domain.incidents.events import Followed, Reopened
from sla_engine.domain.incidents.follow_ups import follower_of, is_too_late
from sla_engine.domain.incidents.incident import Incident
from sla_engine.services.incidents.open import OpenRequest, open_in
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLate:
    """A reopening that came after the window: the incident stays as it was resolved at `resolved_at` (UTC)."""

    key: str
    resolved_at: datetime
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """The incident to go on with; `instead_of` when it is a new one because the window was over."""

    incident: Incident
    instead_of: TooLate | None = None


def too_late(work: IncidentWork, *, at: datetime) -> TooLate | None:
    """The window that a reopening at `at` misses (wall time since the resolution); None where it does not.

    A duplicate has no window; after its ticket was deleted, an incident can only be followed by a new one.
    """
    deleted = deleted_at(work.history)
    if deleted is not None and at > deleted:
        return TooLate(key=work.key, resolved_at=deleted, window=timedelta(0))
    if work.incident.is_over:
        return None
    resolved_at = work.incident.resolved_at
    window = work.terms.at(at).agreement.reopen.window
    if resolved_at is None or window is None or not is_too_late(at, resolved_at=resolved_at, window=window):
        return None
    return TooLate(key=work.key, resolved_at=resolved_at, window=window)


def followed_by(work: IncidentWork) -> str | None:
    """The key of the incident that was opened instead of reopening this one; None where none was."""
    followed = follower_of(work.history)
    return followed.event.key if followed is not None and isinstance(followed.event, Followed) else None


def reopen_or_follow(
    unit_of_work: UnitOfWork,
    work: IncidentWork,
    *,
    by: str,
    at: datetime,
    text: str = "",
    unique_key: str | None = None,
) -> Reopening:
    """Reopen a resolved incident, or open an incident that follows it when the window is over."""
    late = too_late(work, at=at)
    if late is None:
        work.record(Reopened(text=text), by=by, at=at, unique_key=unique_key)
        return Reopening(incident=work.incident)
    old = work.incident
    request = OpenRequest(
        customer=old.customer,
        title=old.title,
        priority=old.priority,
        site=old.site or "",
        service=old.service or "",
        source=old.source,
        link=old.link,
        opened_at=at,
        unique_key=unique_key,
        follows=old.key,
    )
    new = open_in(unit_of_work, work.session, request, by=by, now=work.now)
    work.record(Followed(key=new.key), by=by, at=at, unique_key=f"{old.key}:followed:{new.key}")
    return Reopening(incident=new, instead_of=late)
