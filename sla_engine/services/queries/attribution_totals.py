"""Attribution totals for a set of incidents."""

from collections.abc import Iterator, Sequence

from sla_engine.domain.clocks.attribution import AttributedTime, attributed_time
from sla_engine.domain.reporting.digest import BallHeld
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.storage import events, figures, incidents
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session

AT_ONCE = 500
"""Incidents whose histories are in memory together."""


def held_the_ball(session: Session, agreements: AgreementBook, span: PeriodEdges) -> BallHeld | None:
    """Add up who held the ball in the incidents resolved in the span, each up to its resolution; None without any.

    Only incidents that rested are read fact by fact: while nothing rests, the ball is ours.
    """
    never_rested, ran = figures.never_rested(session, span)
    rested = list(_attributions(session, agreements, figures.rested_in(session, span)))
    count = never_rested + len(rested)
    if not count:
        return None
    return BallHeld.of(sum(rested, AttributedTime(us=ran)), incidents=count)


def _attributions(session: Session, agreements: AgreementBook, ids: Sequence[int]) -> Iterator[AttributedTime]:
    for first in range(0, len(ids), AT_ONCE):
        batch = ids[first : first + AT_ONCE]
        records = incidents.by_ids(session, batch)
        for number, history in events.histories(session, batch).items():
            record = records[number]
            terms = agreements.terms(session, record, history)
            yield attributed_time(history, terms, now=record.resolved_at or record.opened_at) or AttributedTime()
