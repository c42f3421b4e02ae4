"""Which incident looks like one of a problem: of a customer or a service it hit before, with a title like theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.problem import Problem
from sla_engine.domain.text.likeness import is_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPattern:
    """What is known of a problem's incidents: its key, their customers and services, and the titles of all."""

    key: str
    customers: frozenset[str]
    services: frozenset[str]
    titles: frozenset[str]

    def fits(self, incident: Incident) -> bool:
        """Whether an incident belongs to the problem, or looks as if it did and belongs to no other."""
        if incident.problem is not None:
            return incident.problem == self.key
        is_near = incident.customer in self.customers or (incident.service or "") in self.services
        return is_near and any(is_alike(title, incident.title) for title in self.titles)


def pattern_of(problem: Problem, linked: Iterable[Incident]) -> ProblemPattern:
    """The pattern of a problem by the incidents that are linked to it."""
    known = tuple(linked)
    return ProblemPattern(
        key=problem.key,
        customers=frozenset(incident.customer for incident in known),
        services=frozenset(incident.service for incident in known if incident.service),
        titles=frozenset((problem.title, *(incident.title for incident in known))),
    )


def came_back(
    pattern: ProblemPattern, incidents: Sequence[Incident], *, fixed_at: datetime, until: datetime
) -> Incident | None:
    """The first incident after a fix that looks like the problem and came no later than `until`; None for none."""
    after = [incident for incident in incidents if fixed_at < incident.opened_at <= until and pattern.fits(incident)]
    return min(after, key=lambda incident: (incident.opened_at, incident.id), default=None)
