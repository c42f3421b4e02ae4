"""Undoes what somebody did a moment ago: its facts are read as if they were not there, and its messages say so.

Nothing is deleted. An `Undone` fact names the facts it takes back, and what was announced only because of them; the
history with both stays readable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sla_engine.domain.agreements.permissions import NEEDED, Action, authorise
from sla_engine.domain.escalation.groundless import groundless
from sla_engine.domain.incidents.errors import ActedSince, NothingToUndo, TooLateToUndo
from sla_engine.domain.incidents.events import Undone
from sla_engine.domain.incidents.history import undone_facts
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.incidents.undo import ActOnIncident, undo_window, undone_together
from sla_engine.services.messages.undone import show_undone, take_back_lines
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import acts, incidents
from sla_engine.storage.acts import ActRecord
from sla_engine.storage.database import Session


class UndoRow(Protocol):
    """Undoes one row that an act wrote beside its facts, inside the transaction of the undoing."""

    def __call__(self, session: Session, row: Mapping[str, Any], /, *, by: str, now: datetime) -> None:
        """Undo what was handed to `acts.also_undo` as `row`; a refusal that is raised undoes nothing at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneAct:
    """What was undone: the act, who had done it when (SLA time), and its incidents as they are now.

    `kept` are the incidents on which somebody acted since: there it stands. With `is_change` the act had changed
    another one, which counts again as it was recorded first.
    """

    action: Action
    by: str
    at: datetime
    incidents: tuple[Incident, ...]
    kept: tuple[ActedSince, ...] = ()
    is_change: bool = False


class Undo:
    """Undoes acts. `by` is who asks (a Slack id), `now` is SLA time; how long an act can be undone is real time."""

    def __init__(self, unit_of_work: UnitOfWork, *, rows: Mapping[str, UndoRow] | None = None) -> None:
        self.unit_of_work = unit_of_work
        self.rows = rows or {}

    def undo(self, request: str, *, by: str, now: datetime) -> UndoneAct:
        """Undo what a request did, as a whole; of a bulk act, all but the incidents on which somebody acted since.

        Undoing it once more changes nothing and answers the same.
        Raises: NothingToUndo, TooLateToUndo, ActedSince, NotAllowed (recorded).
        """
        with self.unit_of_work.transaction(action=None, by=by, now=now) as session:
            return self._undo(session, acts.lock(session, request), by=by, now=now)

    def undo_last(self, *, by: str, now: datetime, key: str | None = None) -> UndoneAct:
        """Undo the last act of this person, or their last one on the incident with this key.

        A service manager who did nothing there undoes the last act of anybody.
        Raises: NothingToUndo, TooLateToUndo, ActedSince, UnknownIncident, NotAllowed (recorded).
        """
        with self.unit_of_work.transaction(action=None, by=by, now=now) as session:
            return self._undo(session, self._last(session, by=by, key=key), by=by, now=now)

    def _last(self, session: Session, *, by: str, key: str | None) -> ActRecord | None:
        if key is None:
            return acts.lock_last(session, by=by)
        incident_id = incidents.find(session, key).id
        own = acts.lock_last(session, by=by, incident_id=incident_id)
        may_undo_others = self.unit_of_work.msp(session).role_of(by).may_act_as(NEEDED[Action.UNDO])
        return acts.lock_last(session, incident_id=incident_id) if own is None and may_undo_others else own

    def _undo(self, session: Session, act: ActRecord | None, *, by: str, now: datetime) -> UndoneAct:
        if act is None:
            raise NothingToUndo
        authorise(self.unit_of_work.msp(session), by, Action.UNDO, owner=act.by, now=now)
        works = {
            number: self.unit_of_work.work_on(session, incidents.lock_by_id(session, number), now=now)
            for number in sorted(act.facts)
        }
        parts = {work.key: ActOnIncident(key=work.key, history=tuple(work.history), facts=act.facts[number])
                 for number, work in works.items()}  # fmt: skip
        by_key = {work.key: work for work in works.values()}
        if act.undone_at is not None:
            return _undone_before(act, list(by_key.values()))
        window = undo_window(list(parts.values()))
        if self.unit_of_work.asked_in_real_time(session) > act.done_at + window:
            raise TooLateToUndo(act.at, window)
        kept: list[ActedSince] = []
        undone: list[IncidentWork] = []
        for group in undone_together(list(parts.values())):
            later = [refusal for refusal in map(_acted_since, group) if refusal is not None]
            kept += later
            if not later:
                undone += [self._take_back(by_key[part.key], part, act, by=by) for part in group]
        if kept and not undone:
            raise kept[0]
        self._finish(session, act, undone, by=by, now=now)
        return _answer(act, undone, kept)

    def _take_back(self, work: IncidentWork, part: ActOnIncident, act: ActRecord, *, by: str) -> IncidentWork:
        """Record on one incident that the act was undone, settle it, and show it on its live nudge."""
        taken_back = part.openings or (*part.facts, *groundless(work.history, part.facts, work.terms, now=work.now))
        undone = Undone(facts=taken_back, act=act.action, is_opening=bool(part.openings))
        work.record(undone, by=by, unique_key=f"{work.key}:undone:{max(part.facts)}")
        undoing = work.history[-1]
        work.settle()
        show_undone(work, part.facts, undoing, real_now=self.unit_of_work.real_clock())
        return work

    def _finish(
        self, session: Session, act: ActRecord, undone: Sequence[IncidentWork], *, by: str, now: datetime
    ) -> None:
        """Undo the act's other rows, edit the lines it caused, and remember that it was undone."""
        for kind, row in act.others:
            self.rows[kind](session, row, by=by, now=now)
        real_now = self.unit_of_work.real_clock()
        keys = {work.key for work in undone}
        take_back_lines(session, act.messages, keys=keys, by=by, now=now, real_now=real_now)
        acts.mark_undone(session, act, by=by, at=real_now)


def _acted_since(part: ActOnIncident) -> ActedSince | None:
    later = part.acted_since()
    return None if later is None else ActedSince(part.key, stored_name(later.event), later.by, later.at)


def _undone_before(act: ActRecord, works: Sequence[IncidentWork]) -> UndoneAct:
    """The answer to a second click: what the first one undid, and what it kept."""
    undone = [work for work in works if undone_facts(work.history).keys() & set(act.facts[work.incident.id])]
    parts = [
        ActOnIncident(key=work.key, history=work.history, facts=act.facts[work.incident.id])
        for work in works
        if work not in undone
    ]
    return _answer(act, undone, [refusal for refusal in map(_acted_since, parts) if refusal is not None])


def _answer(act: ActRecord, undone: Sequence[IncidentWork], kept: Sequence[ActedSince]) -> UndoneAct:
    return UndoneAct(
        action=Action(act.action),
        by=act.by,
        at=act.at,
        incidents=tuple(work.incident for work in undone),
        kept=tuple(kept),
        is_change=any(_changes_another(work, act) for work in undone),
    )


def _changes_another(work: IncidentWork, act: ActRecord) -> bool:
    """Whether the act, on this incident, took the place of another."""
    numbers = act.facts.get(work.incident.id, ())
    return any(isinstance(entry.event, Undone) for entry in work.history if entry.seq in numbers)
