"""Reads histories that were written under earlier rules by today's, and corrects once what is recorded otherwise.

Nobody is asked or nudged because of it: a miss that only today's rules show wants no note, and the rungs it passes
count as announced. It goes in small transactions that store how far it got, so it can be interrupted anywhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from sla_engine.domain.clocks.outcomes import ClockKey, Readings, by_clock
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.clocks.rules import RULES_VERSION
from sla_engine.domain.incidents.events import CHANGED_RULES, Corrected
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.services.messages import nudges
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.note_request import withdraw_unneeded_request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incidents, rules_version
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.database import Session, isolated
from sla_engine.storage.rules_version import RulesProgress

BATCH = 100
"""Incidents read at a time; only those that differ are written, in one transaction."""

_WHEN_STOPPED = ("elapsed_us", "paused_open_us", "first_elapsed_us")
_OF_TIME = ("elapsed_us", "elapsed_before_run_us", "paused_open_us", "first_elapsed_us", "running_since", "version_id",
            "started_at")  # fmt: skip
"""Columns of a clock that are no outcome: as of its last fact, and moving while the clock runs."""

log = structlog.get_logger(__name__)

OnRead = Callable[[int, int], object]
"""Called with the number of incidents read, and how many there are."""


class Rereading:
    """Reads every incident by today's rules, where that was not done yet; any number of processes may."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def run(self, *, now: datetime, on_progress: OnRead | None = None) -> RulesProgress | None:
        """Correct what is recorded by earlier rules (`now` is SLA time); None where all of it follows today's.

        Raises: StorageBusy; what was done until then stays done, and a second run goes on there.
        """
        with self.unit_of_work.database.reading() as session:
            reached = rules_version.progress(session)
            total = rules_version.count_incidents(session)
        if not reached.is_behind:
            return None
        while (reached := self._batch(now=now)).is_behind:
            if on_progress is not None:
                on_progress(reached.incidents, total)
        return reached

    def _batch(self, *, now: datetime) -> RulesProgress:
        """Read the next incidents, and return the progress; it is finished when none is left."""
        with self.unit_of_work.database.reading() as session:
            seen = rules_version.progress(session).begun
            batch = rules_version.incidents_after(session, seen.done, limit=BATCH)
            differing = list(self._differing(session, batch, now=now))
        with self.unit_of_work.database.transaction() as session:
            held = rules_version.locked_progress(session).begun
            if held != seen:
                return held  # another process was faster
            if not batch:
                rules_version.finish(session, held)
                return rules_version.progress(session)
            reached = replace(held, done=batch[-1], incidents=held.incidents + len(batch))
            for number in differing:
                reached = self._correct(session, number, reached, now=now)
            rules_version.advance(session, reached)
        if differing:
            self.unit_of_work.database.give_way()
        return reached

    def _differing(self, session: Session, batch: list[int], *, now: datetime) -> Iterator[int]:
        """The incidents whose rows do not say what today's rules say; also those that cannot be read at all."""
        rows, histories = clocks.columns_by_incident(session, batch), events.histories(session, batch)
        for number in batch:

            def follows(number: int = number) -> bool:
                incident = incidents.by_ids(session, [number])[number]
                return self._follows(session, incident, histories[number], rows.get(number, {}), now=now)

            # Whatever one raises is met again, logged and counted, when it is to be corrected.
            if not isolated(session, follows, on_failure=lambda _: None):
                yield number

    def _follows(
        self,
        session: Session,
        incident: Incident,
        history: list[Entry],
        rows: Mapping[tuple[str, int], Mapping[str, Any]],
        *,
        now: datetime,
    ) -> bool:
        terms = self.unit_of_work.agreements.terms(session, incident, history)
        at = _present(incident, history, now=now)
        measured = clocks.columns_by_name(readings(history, terms, now=at))
        if measured.keys() != rows.keys() or any(_differ(rows[key], measured[key]) for key in measured):
            return False
        return incident_after(incident, history, reply_ends_pause=terms.reply_ends_pause) == incident

    def _correct(self, session: Session, number: int, reached: RulesProgress, *, now: datetime) -> RulesProgress:
        def unreadable(error: Exception) -> None:
            log.error("an incident was not read by today's rules", incident=number, exc_info=error)

        def read_again() -> int:
            incident = incidents.lock_by_id(session, number)
            history = events.history(session, number)
            at = _present(incident, history, now=now)
            work = IncidentWork(
                session,
                incident,
                agreements=self.unit_of_work.agreements,
                msp=self.unit_of_work.msp_or_nobody(session),
                now=at,
            )
            outcomes = correct(work)
            if outcomes and not incident.replayed:
                nudges.refresh(work, real_now=self.unit_of_work.real_clock())
            return outcomes

        outcomes = isolated(session, read_again, on_failure=unreadable)
        if outcomes is None:
            return replace(reached, unread=reached.unread + 1)
        return replace(reached, corrected=reached.corrected + bool(outcomes), outcomes=reached.outcomes + outcomes)


def correct(work: IncidentWork) -> int:
    """Write one incident as today's rules read it, and correct each outcome that differs; returns how many differ."""
    measured = work.readings()
    facts = list(rule_corrections(work.key, work.clocks.records(), measured, now=work.now))
    work.record_all(facts)
    work.incident = incident_after(work.incident, work.history, reply_ends_pause=work.terms.reply_ends_pause)
    work.clocks.measure(measured, now=work.now)
    if not work.incident.replayed:
        withdraw_unneeded_request(work.prompts, work.timers, work.incident, measured, now=work.now)
    work.store()
    return len(facts)


def _present(incident: Incident, history: list[Entry], *, now: datetime) -> datetime:
    """The instant at which an incident is read: now, or for a replayed one when its last fact was recorded."""
    return max((entry.recorded_at for entry in history), default=now) if incident.replayed else now


def _differ(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a row says something else, leaving out what passes with time and a breach that nobody noticed yet."""
    ignored = set(_OF_TIME)
    if wanted["stopped_at"] is not None:
        ignored -= set(_WHEN_STOPPED)
    return any(row[name] != value for name, value in wanted.items() if name not in ignored)


def rule_corrections(
    key: str, stored: Mapping[ClockKey, ClockRecord], measured: Readings, *, now: datetime
) -> Iterator[NewFact]:
    """Yield a correction for each recorded outcome that differs by today's rules, and for each miss new by them.

    A breach that was due by the rules it was recorded under as well, and that only nobody noticed yet, is left to the
    sweep.
    """
    measured_clocks = by_clock(measured)
    for clock in dict.fromkeys((*stored, *measured_clocks)):
        recorded, reading = stored.get(clock), measured_clocks.get(clock)
        if _outcome(recorded) == _outcome(reading) or _is_unnoticed(recorded, reading, now=now):
            continue
        metric, cycle = clock
        event = Corrected(
            metric=metric.value,
            cycle=cycle,
            cause=CHANGED_RULES,
            breached_before=_counted_breach(recorded),
            breached_after=_counted_breach(reading),
        )
        yield NewFact(event=event, at=now, by="", unique_key=f"{key}:{metric}:{cycle}:rules:{RULES_VERSION}")


def _outcome(clock: ClockRecord | Reading | None) -> tuple[datetime | None, datetime | None]:
    """When it was breached and when it was decided; neither for one that has no outcome."""
    if clock is None or clock.state is ClockState.CANCELLED:
        return None, None
    return clock.breached_at, clock.outcome_at


def _counted_breach(clock: ClockRecord | Reading | None) -> datetime | None:
    return _outcome(clock)[0]


def _is_unnoticed(recorded: ClockRecord | None, reading: Reading | None, *, now: datetime) -> bool:
    if recorded is None or reading is None or recorded.state is not ClockState.RUNNING:
        return False
    was_due = recorded.due_at is not None and recorded.due_at <= now
    return recorded.breached_at is None and reading.breached_at is not None and was_due
