"""Messages about problems as values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecurredMessage:
    """A problem that was fixed came back with an incident: told to its owner, or to the managers' channel.

    `is_linked` says whether somebody linked the incident, or it only looks like the others.
    """

    key: str
    title: str
    owner: str | None
    fixed_at: datetime
    incident_key: str
    incident_title: str
    customer: str
    priority: str
    link: str | None
    is_linked: bool
