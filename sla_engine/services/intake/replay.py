"""Replaying another desk's log through the same cases as live work: facts, clocks and breaches, and nothing else.

A replayed incident arms no timer, wants no note and posts nothing; its present is the log's end. Every batch of
incidents is one transaction that also says how far the replay got, so it can be interrupted anywhere; every fact has
a name that follows from the log, so it can be repeated without adding anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sla_engine.domain.clocks.ticket_states import (
    LoggedFact,
    LoggedIncident,
    LoggedState,
    facts_between,
    standing_before,
)
from sla_engine.domain.incidents.events import Opened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.services.intake.record import person
from sla_engine.services.intake.replay_figures import ReplayFigures
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import external_ids, incidents, replays
from sla_engine.storage.database import Session
from sla_engine.storage.incidents import NewIncident
from sla_engine.storage.replays import ReplayRecord

BATCH_INCIDENTS = 200
"""Incidents in one transaction: few enough that somebody's click beside the replay does not wait long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPlan:
    """What is replayed: `name` tells this log under this agreement from every other; `end` is the log's present."""

    name: str
    source: str
    agreement_version_id: int
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What this run added, and the figures of all runs of this replay."""

    facts_added: int
    rows_done: int
    rows_before: int
    figures: ReplayFigures


class Replays:
    """Replays logs; several runs of one replay take turns."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def so_far(self, name: str) -> ReplayRecord | None:
        """How far earlier runs of the replay of this name got; None before the first."""
        with self.unit_of_work.database.reading() as session:
            return replays.find(session, name)

    def finish(self, name: str, log: Mapping[str, Any]) -> None:
        """Remember that the whole log was worked through, and what was in it."""
        with self.unit_of_work.database.transaction() as session:
            replayed = replays.find(session, name)
            if replayed is not None:
                replays.store(session, replace(replayed, figures={**replayed.figures, "finished": dict(log)}))

    def run(
        self, plan: ReplayPlan, logged: Iterable[LoggedIncident], *, on_batch: Callable[[int], None]
    ) -> ReplayResult:
        """Work through the log from where the last run stopped; `on_batch` hears how many rows are done.

        `logged` must come in the same order each time.
        Raises: StorageBusy; what was done until then stays done.
        """
        reached = self.so_far(plan.name) or ReplayRecord(name=plan.name, rows_done=0, facts_added=0, figures={})
        rows_before, facts_before = reached.rows_done, reached.facts_added
        on_batch(rows_before)
        for batch in _batches(_after(logged, rows_before), BATCH_INCIDENTS):
            with self.unit_of_work.database.transaction() as session:
                reached = self._replay(session, plan, batch, reached)
                replays.store(session, reached)
            on_batch(reached.rows_done)
        return ReplayResult(
            facts_added=reached.facts_added - facts_before,
            rows_done=reached.rows_done,
            rows_before=rows_before,
            figures=ReplayFigures.from_document(reached.figures),
        )

    def _replay(
        self, session: Session, plan: ReplayPlan, batch: list[LoggedIncident], reached: ReplayRecord
    ) -> ReplayRecord:
        figures = ReplayFigures.from_document(reached.figures)
        desk = _Desk(self.unit_of_work, session, plan)
        measured = [logged for logged in batch if not logged.not_measured]
        for logged in batch:
            if logged.not_measured:
                figures.leave_out(logged)
        facts = sum(desk.take(logged, work, figures) for logged, work in desk.cases(measured))
        return replace(
            reached,
            rows_done=reached.rows_done + sum(logged.rows for logged in batch),
            facts_added=reached.facts_added + facts,
            figures=figures.as_document(),
        )


class _Desk:
    """One batch in one transaction: everything its incidents have in common."""

    def __init__(self, unit_of_work: UnitOfWork, session: Session, plan: ReplayPlan) -> None:
        self.unit_of_work = unit_of_work
        self.session = session
        self.plan = plan
        self.agreement = unit_of_work.agreements.by_version(session, plan.agreement_version_id)
        self.msp = unit_of_work.msp_or_nobody(session)
        self._people: dict[str, str] = {}

    def cases(self, batch: Sequence[LoggedIncident]) -> Iterator[tuple[LoggedIncident, IncidentWork]]:
        """The batch's incidents with their cases; those we do not have yet are created."""
        source = self.plan.source
        known = external_ids.known(self.session, source=source, external_ids=[logged.number for logged in batch])
        new = [self._new(logged) for logged in batch if logged.number not in known]
        created = iter(incidents.create_all(self.session, new))
        for logged in batch:
            yield logged, self._known_case(logged) if logged.number in known else self._new_case(next(created))

    def take(self, logged: LoggedIncident, work: IncidentWork, figures: ReplayFigures) -> int:
        """Record what the log says of one incident, and count it; answers how many facts were new."""
        known = len(work.history)
        states = [self._with_our_people(state) for state in logged.states]
        first = states[0]
        before = standing_before(work.history, first.at, first=first.priority)
        facts = facts_between(states, before, recorded=work.history)
        opening = NewFact(
            event=Opened(priority=first.priority, title=logged.title, source=self.plan.source),
            at=logged.opened_at,
            by=first.by,
            source=self.plan.source,
            unique_key=f"{self.plan.source}:{logged.number}:opened",
        )
        work.record_all([opening, *(self._fact(logged, fact) for fact in facts)])
        if len(work.history) > known or work.incident.is_open:
            work.settle()
        self._count(work, logged, figures)
        return len(work.history) - known

    def _new(self, logged: LoggedIncident) -> NewIncident:
        first = logged.states[0]
        return NewIncident(
            customer=self.agreement.customer,
            agreement_version_id=self.plan.agreement_version_id,
            title=logged.title,
            priority=first.priority,
            opened_at=logged.opened_at,
            opened_by=self._person(first.by),
            source=self.plan.source,
            external_id=logged.number,
            replayed=True,
        )

    def _new_case(self, record: Incident) -> IncidentWork:
        return IncidentWork(
            self.session, record, agreements=self.unit_of_work.agreements, msp=self.msp, now=self.plan.end, is_new=True
        )

    def _known_case(self, logged: LoggedIncident) -> IncidentWork:
        record = incidents.find_external(self.session, source=self.plan.source, external_id=logged.number)
        if record is None:
            message = f"incident {logged.number} was here a moment ago"
            raise LookupError(message)
        return IncidentWork(
            self.session, record, agreements=self.unit_of_work.agreements, msp=self.msp, now=self.plan.end
        )

    def _fact(self, logged: LoggedIncident, fact: LoggedFact) -> NewFact:
        key = f"{self.plan.source}:{logged.number}:{fact.key}"
        return NewFact(event=fact.event, at=fact.at, by=fact.by, unique_key=key, source=self.plan.source)

    def _with_our_people(self, state: LoggedState) -> LoggedState:
        assignee = None if state.assignee is None else self._person(state.assignee)
        return replace(state, by=self._person(state.by), assignee=assignee)

    def _person(self, login: str) -> str:
        """Our person behind a login, as the intakes know them; looked up once in a batch."""
        if login not in self._people:
            self._people[login] = person(self.msp, self.plan.source, login)
        return self._people[login]

    def _count(self, work: IncidentWork, logged: LoggedIncident, figures: ReplayFigures) -> None:
        readings = [reading for measured in work.readings().values() for reading in measured]
        for reading in readings:
            figures.add_reading(reading)
        figures.incidents += 1
        figures.before_agreement += logged.opened_at < self.agreement.effective
        figures.under_other_agreement += work.incident.agreement_version_id != self.plan.agreement_version_id
        figures.compare(logged, work.history, missed=any(reading.breached for reading in readings))


def _after(logged: Iterable[LoggedIncident], rows: int) -> Iterator[LoggedIncident]:
    """Those that come after so many rows."""
    passed = 0
    for incident in logged:
        if passed >= rows:
            yield incident
        passed += incident.rows


def _batches(logged: Iterator[LoggedIncident], size: int) -> Iterator[list[LoggedIncident]]:
    while batch := list(islice(logged, size)):
        yield batch
