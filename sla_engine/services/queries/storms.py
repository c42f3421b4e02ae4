"""A storm as it stands now, counted from the incidents that are in it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.escalation.storms import STORM_LINES
from sla_engine.domain.incidents.errors import NoneOpen
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.storms import StormHolder, StormLine, StormMessage, StormQuestion
from sla_engine.services.incidents.selections import Selection
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, incidents, storms
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.database import Session

_ALIVE = (ClockState.RUNNING, ClockState.PAUSED)


def storm_message(
    session: Session,
    storm_id: int,
    *,
    msp: Msp,
    mention: Sequence[str],
    now: datetime,
) -> StormMessage:
    """The message of the storm as its incidents stand at `now`."""
    members = _members(session, storm_id)
    lines = _worst_first(session, members, msp=msp, now=now)
    customers = Counter(line.customer for line in lines).most_common()
    return StormMessage(
        storm_id=storm_id,
        total=len(members),
        open=len(lines),
        late=sum(line.late for line in lines),
        unowned=sum(line.assignee is None for line in lines),
        need_somebody=sum(line.needs_somebody for line in lines),
        customer=customers[0][0] if customers else None,
        more_customers=max(len(customers) - 1, 0),
        lines=tuple(lines[:STORM_LINES]),
        questions=_questions(members),
        holder=_holder(lines),
        mention=tuple(mention),
    )


def storm_lines(session: Session, storm_id: int, *, msp: Msp, now: datetime) -> list[StormLine]:
    """Every open incident of the storm, worst first."""
    return _worst_first(session, _members(session, storm_id), msp=msp, now=now)


def _members(session: Session, storm_id: int) -> list[Incident]:
    return list(incidents.by_ids(session, storms.incident_ids(session, storm_id)).values())


def _worst_first(session: Session, members: Sequence[Incident], *, msp: Msp, now: datetime) -> list[StormLine]:
    """The open ones: late before not yet late, then by priority, then by due time."""
    open_ones = [incident for incident in members if incident.is_open]
    current = clocks.current_of(session, [incident.id for incident in open_ones])
    lines = [_line(incident, current.get(incident.id, ()), msp=msp, now=now) for incident in open_ones]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(lines, key=lambda line: (not line.late, line.priority, line.due_at or far, line.incident_key))


def _line(incident: Incident, current: Sequence[ClockRecord], *, msp: Msp, now: datetime) -> StormLine:
    alive = [clock for clock in current if clock.state in _ALIVE]
    due = [clock for clock in alive if clock.due_at is not None]
    head = min(due, key=lambda clock: clock.due_at or now, default=next(iter(alive), None))
    due_at = None if head is None else head.due_at
    late = any(clock.breached_at is not None or (clock.due_at or now) < now for clock in alive)
    owner, rests = msp.reachable(incident.assignee), bool(incident.paused_for)
    outlived = incident.pause_until is not None and incident.pause_until <= now
    answered = PauseReason.CUSTOMER in incident.paused_for and incident.customer_waits_since is not None
    return StormLine(
        incident_key=incident.key,
        title=incident.title,
        customer=incident.customer,
        priority=incident.priority.value,
        link=incident.link,
        ticket=spoken_number(incident.external_id),
        late=late,
        metric=None if head is None else head.metric,
        due_at=due_at,
        was_due=due_at is not None and due_at <= now,
        assignee=owner,
        acknowledged_by=incident.acknowledged_by,
        promise=incident.promise,
        paused=rests,
        customer_answered=answered,
        needs_somebody=late or outlived or answered or not (rests or owner or incident.acknowledged_by),
    )


def _holder(lines: Sequence[StormLine]) -> StormHolder | None:
    """Whoever is on all of them with one promise; None where somebody else is, or nobody."""
    if len({(line.acknowledged_by, line.promise) for line in lines}) != 1:
        return None
    person, promise = lines[0].acknowledged_by, lines[0].promise
    return None if person is None or promise is None else StormHolder(person=person, promise=promise)


def _questions(members: Sequence[Incident]) -> tuple[StormQuestion, ...]:
    """The promises that passed and are asked about, one question for all that one person promised for one instant."""
    asked = Counter(
        (incident.acknowledged_by, incident.promise)
        for incident in members
        if incident.is_open and incident.promise_asked_at is not None
    )
    return tuple(
        StormQuestion(person=person, promised=promised, count=count)
        for (person, promised), count in asked.items()
        if person is not None and promised is not None
    )


class OpenLists:
    """Lists of the open incidents of a storm or a problem."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def open_lines(
        self, selection: Selection, *, by: str, now: datetime, customer_of: str | None = None
    ) -> list[StormLine]:
        """Every open incident of the selection, worst first; with a key, those of that incident's customer.

        Raises: NoneOpen, NotNamed (recorded).
        """
        return self._lines(selection, action=Action.LOOK, by=by, now=now, customer_of=customer_of)

    def for_act(self, selection: Selection, *, by: str, now: datetime) -> list[StormLine]:
        """The same, for somebody who may act on it.

        Raises: NoneOpen, NotAllowed (recorded).
        """
        return self._lines(selection, action=selection.action, by=by, now=now)

    def _lines(
        self, selection: Selection, *, action: Action, by: str, now: datetime, customer_of: str | None = None
    ) -> list[StormLine]:
        with self.unit_of_work.permitted(action, by=by, now=now) as session:
            members = list(incidents.by_ids(session, selection.incident_ids(session)).values())
            lines = _worst_first(session, members, msp=self.unit_of_work.msp(session), now=now)
            if customer_of is not None:
                customers = incidents.customers_of(session, [customer_of])
                lines = [line for line in lines if line.customer in customers]
        if not lines:
            raise NoneOpen
        return lines
