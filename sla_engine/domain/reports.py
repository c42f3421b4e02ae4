"""What another system told us about one of its tickets or alerts, as finished values."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.events import Event
from sla_engine.domain.priorities import Level, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is needed to open an incident: a priority, or the impact and urgency that make one.

    `customer` is as the other system writes it, empty when it names none.
    """

    customer: str
    title: str
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    site: str = ""
    service: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that happened to one ticket or alert.

    `at` is when it happened (None: when it arrived), `started_at` when the ticket or alert began, for a report that
    tells both. `by`, and the `to` of an assignment, are logins of the other system. `events` are recorded as they
    stand. `opening` opens the incident when we do not have it yet.
    `series` joins firings of one alert: an incident of the same series that is still open takes the report, and one
    that was resolved a moment ago is reopened.
    """

    external_id: str
    what: str
    at: datetime | None = None
    by: str | None = None
    events: tuple[Event, ...] = ()
    opening: Opening | None = None
    series: str | None = None
    started_at: datetime | None = None
