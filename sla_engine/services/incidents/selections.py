"""Which incidents an act on many is about: those of a storm, or those of a problem."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sla_engine.domain.agreements.permissions import Action
from sla_engine.storage import problems, storms
from sla_engine.storage.database import Session


class Selection(Protocol):
    """Incidents that are acted on together, as they are when the act is carried out."""

    @property
    def action(self) -> Action:
        """What somebody must be allowed to do to act on them."""

    def incident_ids(self, session: Session) -> list[int]:
        """Their row ids."""

    def closed_since(self, session: Session, *, since: datetime, customers: Collection[str] | None = None) -> int:
        """Count those, of these customers or of all, that were resolved since that instant."""


@dataclass(frozen=True, slots=True)
class OfStorm:
    """The incidents of a storm."""

    storm_id: int

    @property
    def action(self) -> Action:
        """Acting on a storm."""
        return Action.STORM

    def incident_ids(self, session: Session) -> list[int]:
        """Their row ids, in the order in which they came."""
        return storms.incident_ids(session, self.storm_id)

    def closed_since(self, session: Session, *, since: datetime, customers: Collection[str] | None = None) -> int:
        """Count those, of these customers or of all, that were resolved since that instant."""
        return storms.closed_since(session, self.storm_id, since=since, customers=customers)


@dataclass(frozen=True, slots=True)
class OfProblem:
    """The incidents that are linked to a problem."""

    key: str

    @property
    def action(self) -> Action:
        """Acting on a problem's incidents."""
        return Action.ACT_ON_PROBLEM

    def incident_ids(self, session: Session) -> list[int]:
        """Their row ids, the newest first."""
        return [incident.id for incident in problems.linked(session, [self.key])[self.key]]

    def closed_since(self, session: Session, *, since: datetime, customers: Collection[str] | None = None) -> int:
        """Count those, of these customers or of all, that were resolved since that instant."""
        return sum(
            incident.resolved_at is not None
            and incident.resolved_at >= since
            and (customers is None or incident.customer in customers)
            for incident in problems.linked(session, [self.key])[self.key]
        )
