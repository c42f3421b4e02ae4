"""Attribution totals for a set of incidents."""

from collections.abc import Iterator, Sequence

from sla_engine.domain.clocks.attribution import Fairness, fairness
from sla_engine.domain.reporting.digest import BallHeld
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.storage import events, figures, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.figures import PeriodEdges

AT_ONCE = 500
"""Incidents whose histories are in memory together."""


def held_the_ball(session: Session, agreements: AgreementBook, span: PeriodEdges) -> BallHeld | None:
    """What the incidents resolved in the span add up to, each up to its resolution; None when there were none.

    Only what rested is read fact by fact: while nothing rests, the ball is ours.
    """
    count, ran = figures.never_rested(session, span)
    rested = list(_each(session, agreements, figures.rested_in(session, span)))
    incidents_of = count + len(rested)
    return BallHeld.of(sum(rested, Fairness(us=ran)), incidents=incidents_of) if incidents_of else None


def _each(session: Session, agreements: AgreementBook, ids: Sequence[int]) -> Iterator[Fairness]:
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        records = incidents.by_ids(session, some)
        for number, history in events.histories(session, some).items():
            record = records[number]
            terms = agreements.terms(session, record, history)
            yield fairness(history, terms, now=record.resolved_at or record.opened_at) or Fairness()
