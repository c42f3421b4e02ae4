"""Counts the pauses of a span that make one look twice; counts alone, nobody's name."""

from sla_engine.domain.clocks.pause_habits import PauseHabits, pause_habits
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.storage import events, figures, incidents
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session

AT_ONCE = 500
"""Incidents whose histories are in memory together."""


def pause_habits_of(session: Session, agreements: AgreementBook, span: PeriodEdges) -> PauseHabits:
    """The pauses that began in the span."""
    ids = figures.paused_in(session, span)
    habits = PauseHabits()
    for first in range(0, len(ids), AT_ONCE):
        batch = ids[first : first + AT_ONCE]
        records = incidents.by_ids(session, batch)
        for number, history in events.histories(session, batch).items():
            record = records[number]
            terms = agreements.terms(session, record, history)
            habits += pause_habits(record, history, terms, since=span[0], until=span[1])
    return habits
