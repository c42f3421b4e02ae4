"""Who held the ball of many incidents at once, added up."""

from collections.abc import Iterator, Sequence

from sla_engine.domain.digest import BallHeld
from sla_engine.domain.fairness import Fairness, fairness
from sla_engine.services.agreements import AgreementBook
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Session

AT_ONCE = 500
"""Incidents whose histories are in memory together."""


def held_the_ball(session: Session, agreements: AgreementBook, ids: Sequence[int]) -> BallHeld | None:
    """What these resolved incidents add up to, each up to its resolution; None without any that was promised one."""
    found = [held for held in _each(session, agreements, ids) if held is not None]
    return BallHeld.of(sum(found, Fairness()), incidents=len(found)) if found else None


def _each(session: Session, agreements: AgreementBook, ids: Sequence[int]) -> Iterator[Fairness | None]:
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        records = incidents.by_ids(session, some)
        for number, history in events.histories(session, some).items():
            record = records[number]
            terms = agreements.terms(session, record, history)
            yield fairness(history, terms, now=record.resolved_at or record.opened_at)
