"""Changes what somebody recorded a moment ago: the act is recorded anew, as of its own instant, in place of the first.

The first one is undone in the same transaction, so that no reader ever sees both. As long as an act can be undone it
can be changed; undoing the change lets the first one count again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.escalation.groundless import groundless
from sla_engine.domain.incidents.errors import ActedSince, NothingChanged, NothingToChange, TooLateToUndo
from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    PlanGiven,
    PrioritySet,
    Resolved,
    Snoozed,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, in_effect
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.incidents.undo import ActOnIncident, undo_window
from sla_engine.services.incidents.checked_facts import Changeable, as_recorded
from sla_engine.services.incidents.incident_acts import IncidentActs, refuse_resolved
from sla_engine.services.messages.undone import forget
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import acts, events, incidents
from sla_engine.storage.acts import ActRecord
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeableAct:
    """What somebody recorded on one incident: the fact, and when it happened (SLA time)."""

    key: str
    event: Changeable
    at: datetime


class Changes(IncidentActs):
    """Changes acts. `by` is who asks (a Slack id), `now` is SLA time; how long an act can be changed is real time."""

    def recorded(self, request: str, *, by: str, now: datetime) -> ChangeableAct:
        """What a request recorded, to fill the form in with.

        Raises: NothingToChange, NotAllowed (recorded).
        """
        with self.unit_of_work.recording(by=by, key=None, now=now), self.unit_of_work.database.reading() as session:
            act = self._act(session, request, by=by, now=now)
            number = max(act.facts)
            entry = _in_force(events.history(session, number), act, number)
            return ChangeableAct(
                key=incidents.by_ids(session, [number])[number].key, event=_changeable(entry), at=entry.at
            )

    def change(self, request: str, event: Changeable, *, by: str, now: datetime) -> Incident:
        """Record what a request recorded as `event` instead, as of the same instant.

        Raises: NothingToChange, NothingChanged, TooLateToUndo, ActedSince, and what the act itself raises.
        """
        key = self.recorded(request, by=by, now=now).key
        with self.act(key, action=_ACTIONS[type(event)], by=by, now=now) as work:
            if not isinstance(event, Resolved):
                refuse_resolved(work)
            act = self._act(work.session, request, by=by, now=now)
            first = _in_force(work.history, act, work.incident.id)
            self._refuse_late(work, act)
            wanted = as_recorded(event, now=now)
            if wanted == first.event:
                raise NothingChanged(work.key)
            _replace(work, first, wanted, act=act.action, by=by)
        return work.incident

    def change_while_possible(self, request: str, event: Changeable, *, by: str, now: datetime) -> Incident | None:
        """The same; None, and nothing is done, where it is too late or somebody acted on the incident since.

        Raises: what `change` raises otherwise.
        """
        try:
            return self.change(request, event, by=by, now=now)
        except (TooLateToUndo, ActedSince, NothingToChange):
            return None

    def _act(self, session: Session, request: str, *, by: str, now: datetime) -> ActRecord:
        act = acts.find(session, request)
        if act is None or act.undone_at is not None or len(act.facts) != 1:
            raise NothingToChange
        authorise(self.unit_of_work.msp(session), by, Action.UNDO, owner=act.by, now=now)
        return act

    def _refuse_late(self, work: IncidentWork, act: ActRecord) -> None:
        part = ActOnIncident(key=work.key, history=tuple(work.history), facts=act.facts[work.incident.id])
        window = undo_window([part])
        if self.unit_of_work.asked_in_real_time(work.session) > act.done_at + window:
            raise TooLateToUndo(act.at, window)
        later = part.acted_since()
        if later is not None:
            raise ActedSince(work.key, stored_name(later.event), later.by, later.at)


_ACTIONS = {
    CustomerUpdated: Action.UPDATE,
    PlanGiven: Action.PLAN,
    Resolved: Action.RESOLVE,
    PrioritySet: Action.PRIORITY,
    Acknowledged: Action.ACKNOWLEDGE,
    Snoozed: Action.SNOOZE,
}


def _replace(work: IncidentWork, first: Entry, wanted: Changeable, *, act: str, by: str) -> None:
    """Undo the first fact and record the other at its instant; what was announced is judged by the two together."""
    newest = max(entry.seq for entry in work.history)
    foreseen = replace(first, event=wanted, seq=newest + 1)
    announced = groundless([*work.history, foreseen], (first.seq,), work.terms, now=work.now)
    forget(work, (first.seq,))
    work.record(Undone(facts=(first.seq, *announced), act=act, is_change=True), by=by)
    if isinstance(wanted, PrioritySet) and work.incident.priority is wanted.priority:
        return  # changed to what it was before: there is nothing left of the act
    work.record(wanted, by=by, at=first.at)


def _in_force(history: Sequence[Entry], act: ActRecord, incident_id: int) -> Entry:
    """The act's fact that can be changed, as long as it counts.

    Raises: NothingToChange.
    """
    numbers = act.facts.get(incident_id, ())
    counting = [entry for entry in in_effect(history) if entry.seq in numbers]
    entry = next((entry for entry in reversed(counting) if isinstance(entry.event, Changeable)), None)
    if entry is None:
        raise NothingToChange
    return entry


def _changeable(entry: Entry) -> Changeable:
    if not isinstance(entry.event, Changeable):
        raise NothingToChange
    return entry.event
