"""Which missed targets were explained, with the figures as they stood then."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.explained import MissReason, clock_name
from sla_engine.storage.tables.notes import ExplainedMiss
from sla_engine.storage.upserts import insert_new, upsert

_KEY = ("incident_id", "metric", "cycle")
_MICROSECOND = timedelta(microseconds=1)


def explain(session: Session, incident_id: int, missed: Sequence[Reading], why: MissReason) -> None:
    """Keep the explanation of these missed clocks, in place of an earlier one of theirs."""
    upsert(session, ExplainedMiss, [_row(incident_id, clock, why) for clock in missed], key=_KEY)


def explain_alike(
    session: Session, incident_id: int, missed: Sequence[Reading], explained: Mapping[str, MissReason]
) -> None:
    """Keep the explanations of those of these missed clocks that have one and are not on record with it."""
    rows = [
        _row(incident_id, clock, explained[clock_name(clock)]) for clock in missed if clock_name(clock) in explained
    ]
    insert_new(session, ExplainedMiss, rows, key=_KEY)


def _row(incident_id: int, clock: Reading, why: MissReason) -> dict[str, object]:
    return {
        "incident_id": incident_id,
        "metric": clock.metric.value,
        "cycle": clock.cycle,
        "reason": why.reason.value,
        "attribution": BREACH_REASONS[why.reason].attribution.value,
        "by": why.by,
        "at": why.at,
        "target_us": clock.target.duration // _MICROSECOND,
        "elapsed_us": clock.elapsed // _MICROSECOND,
        "is_open": clock.state in (ClockState.RUNNING, ClockState.PAUSED),
    }
