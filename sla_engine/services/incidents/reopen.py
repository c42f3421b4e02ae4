"""Taking up again what was resolved: the incident itself within its agreement's window, a new one after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.endings import deleted_at
from sla_engine.domain.incidents.events import Followed, Reopened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.services.incidents.open import OpenRequest, open_in
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLate:
    """A reopening came after the window: the incident resolved at `resolved_at` stays so."""

    key: str
    resolved_at: datetime
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """The incident to go on with; `instead_of` when it is a new one because the window was over."""

    incident: Incident
    instead_of: TooLate | None = None


def too_late(work: IncidentWork, *, at: datetime) -> TooLate | None:
    """Whether reopening the incident at `at` comes after its agreement's window (wall time since the resolution).

    A duplicate is never reopened, and what was deleted goes on as a new incident at once.
    """
    deleted = deleted_at(work.history)
    if deleted is not None and at > deleted:
        return TooLate(key=work.key, resolved_at=deleted, window=timedelta(0))
    resolved_at, window = work.incident.resolved_at, work.terms.at(at).agreement.reopen.window
    if work.incident.is_over:
        return None
    if resolved_at is None or window is None or at - resolved_at <= window:
        return None
    return TooLate(key=work.key, resolved_at=resolved_at, window=window)


def followed_by(work: IncidentWork) -> str | None:
    """The incident that goes on with this one since it came back too late to be reopened."""
    return next((entry.event.key for entry in reversed(work.history) if isinstance(entry.event, Followed)), None)


def take_up(
    unit_of_work: UnitOfWork,
    work: IncidentWork,
    *,
    by: str,
    at: datetime,
    text: str = "",
    unique_key: str | None = None,
) -> TakenUp:
    """Reopen a resolved incident, or open an incident that follows it when the window is over."""
    late = too_late(work, at=at)
    if late is None:
        work.record(Reopened(text=text), by=by, at=at, unique_key=unique_key)
        return TakenUp(incident=work.incident)
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
    return TakenUp(incident=new, instead_of=late)
