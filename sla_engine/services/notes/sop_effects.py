"""What procedures changed: the misses they are for, before they were published and since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.notes.evidence import KnownSop
from sla_engine.domain.notes.sop_scope import concerns
from sla_engine.domain.reporting.effect import WEEK, WEEKS_BEFORE, MeasuredEffect, effect
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import missed_incidents, note_evidence
from sla_engine.storage.database import Session

STILL_NEW = 26 * WEEK
"""A digest speaks of procedures that were published within so long."""
LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SopEffect:
    """One procedure, and what it changed."""

    number: str
    title: str
    effect: MeasuredEffect

    @property
    def sentence(self) -> str:
        """The effect under its number and title: `SOP-7 VPN reset: 2.1 misses a week before, 0.5 in …`."""
        return f"{f'{self.number} {self.title}'.rstrip()}: {self.effect.sentence}"


class SopEffects:
    """The effects for somebody who asks; `by` is who (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def of(self, number: str, *, by: str, now: datetime) -> MeasuredEffect | None:
        """What the procedure with this number changed; None where it is not known when it was published.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.LIST_SOPS, by=by, now=now) as session:
            known = note_evidence.evidence(session, since=now).sops
            effects = effects_of(session, [sop for sop in known if sop.number == number], now=now)
        return effects[0].effect if effects else None


def recent_effects(session: Session, *, now: datetime) -> tuple[SopEffect, ...]:
    """The effects of the procedures published within half a year, the last published first; five at most."""
    known = note_evidence.evidence(session, since=now).as_of(now).sops
    new = [sop for sop in known if sop.published_at is not None and sop.published_at > now - STILL_NEW]
    return effects_of(session, new, now=now)[:LISTED]


def effects_of(session: Session, sops: Sequence[KnownSop], *, now: datetime) -> tuple[SopEffect, ...]:
    """The effects of the procedures among these that are published, the last published first.

    A miss counts for a procedure that concerns its incident (`domain/notes/sop_scope.py`).
    """
    published = [(sop, at) for sop in sops if (at := sop.published_at) is not None and at <= now]
    begun = missed_incidents.known_from(session) if published else None
    if begun is None:
        return ()
    earliest = min(at for _, at in published) - WEEKS_BEFORE * WEEK
    missed = missed_incidents.first_missed_in(session, (earliest, now))
    return tuple(
        SopEffect(
            number=sop.number,
            title=sop.title,
            effect=effect(
                [incident.missed_at for incident in missed if concerns(sop, incident)],
                published_at=at,
                known_from=begun,
                now=now,
            ),
        )
        for sop, at in sorted(published, key=lambda pair: (pair[1], pair[0].number), reverse=True)
    )
