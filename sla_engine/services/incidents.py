"""What people (and other systems) do to incidents: open, answer, pause, resolve; one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.clocks import ClockState
from sla_engine.domain.errors import (
    AlreadyAcknowledged,
    AlreadyAssigned,
    AlreadyDone,
    AlreadyPaused,
    AlreadyResolved,
    InThePast,
    MissingArgument,
    NotAllowed,
    NothingToAcknowledge,
    NotPaused,
    NotResolved,
    SamePriority,
    TooLong,
    UnknownPerson,
)
from sla_engine.domain.events import (
    Acknowledged,
    Assigned,
    CustomerUpdated,
    Event,
    HandedBack,
    HelpAsked,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Snoozed,
)
from sla_engine.domain.ladders import Recipient
from sla_engine.domain.metrics import MetricName
from sla_engine.domain.people import Role
from sla_engine.domain.priorities import Priority
from sla_engine.domain.reasons import PauseReason
from sla_engine.notifications import NudgeCause, NudgeState
from sla_engine.services import nudging
from sla_engine.services.case import Case
from sla_engine.services.casework import Casework
from sla_engine.services.permissions import Action
from sla_engine.storage import incidents, nudges
from sla_engine.storage.database import Session
from sla_engine.storage.incidents import IncidentRecord, NewIncident

DEFAULT_PROMISE = timedelta(minutes=30)
"""Promised when a nudge is acknowledged without saying until when and nothing is agreed about updates."""

TITLE_MAX_CHARS = 4000
TEXT_MAX_CHARS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What is said when an incident is opened; `opened_at` is for those told late."""

    customer: str
    title: str
    priority: Priority
    source: str = "slack"
    external_id: str | None = None
    link: str | None = None
    opened_at: datetime | None = None
    unique_key: str | None = None
    replayed: bool = False


class Incidents:
    """The acts of technicians and dispatchers. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    def open(self, request: OpenRequest, *, by: str, now: datetime) -> IncidentRecord:
        """Open an incident for a customer with an agreement; its clocks start.

        Raises: UnknownCustomer, TooLong, MissingArgument.
        """
        with self.casework.transaction(action=Action.OPEN, by=by, now=now) as session:
            return self.open_in(session, request, by=by, now=now)

    def open_in(self, session: Session, request: OpenRequest, *, by: str, now: datetime) -> IncidentRecord:
        """The same inside a transaction that is under way."""
        title = _text("title", request.title, limit=TITLE_MAX_CHARS)
        opened_at = request.opened_at or now
        version_id, agreement = self.casework.agreements.in_force(session, request.customer, at=opened_at)
        record = incidents.create(
            session,
            NewIncident(
                customer=agreement.customer,
                agreement_version_id=version_id,
                title=title,
                priority=request.priority,
                opened_at=opened_at,
                opened_by=by,
                source=request.source,
                external_id=request.external_id,
                link=request.link,
                replayed=request.replayed,
            ),
        )
        case = self.casework.case(session, record, now=now)
        opened = Opened(priority=request.priority, title=title, source=request.source)
        case.record(opened, by=by, at=opened_at, unique_key=request.unique_key)
        case.settle()
        self._announce(case)
        return case.incident

    def take(self, key: str, *, by: str, now: datetime) -> IncidentRecord:
        """Make an incident one's own.

        Raises: AlreadyAssigned, AlreadyResolved.
        """
        with self._open_case(key, action=Action.TAKE, by=by, now=now) as case:
            _give(case, to=by, by=by)
        return case.incident

    def assign(self, key: str, *, to: str, by: str, now: datetime) -> IncidentRecord:
        """Give an incident to a technician, who is told.

        Raises: UnknownPerson, AlreadyAssigned, AlreadyResolved.
        """
        with self._open_case(key, action=Action.ASSIGN, by=by, now=now) as case:
            _give(case, to=to, by=by)
            if to != by:
                told = f"assigned:{case.key}:{case.history[-1].seq}"
                nudging.tell_person(case, to, "assigned", {"by": by}, key=told, at=self.casework.real_clock())
        return case.incident

    def hand_back(self, key: str, *, reason: str, by: str, now: datetime) -> IncidentRecord:
        """Return an incident to the dispatcher, with a reason; the dispatcher is nudged.

        Raises: MissingArgument, NotAllowed for somebody else's incident, AlreadyResolved.
        """
        with self._open_case(key, action=Action.HAND_BACK, by=by, now=now) as case:
            words = _text("reason", reason)
            is_owner = case.incident.assignee == by
            if not is_owner and not case.msp.role_of(by).may_act_as(Role.DISPATCHER):
                raise NotAllowed(Action.HAND_BACK.value, Role.DISPATCHER.label)
            case.record(HandedBack(reason=words), by=by)
            self._ask_dispatcher(case, f"handed back: {words}", cause=NudgeCause.UNASSIGNED)
        return case.incident

    def respond(self, key: str, *, text: str, by: str, now: datetime) -> IncidentRecord:
        """Record the first customer-visible reply.

        Raises: AlreadyDone, AlreadyResolved.
        """
        with self._open_case(key, action=Action.RESPOND, by=by, now=now) as case:
            _refuse_repeat(case, (Responded, CustomerUpdated), "respond")
            case.record(Responded(text=_optional(text)), by=by)
        return case.incident

    def update_customer(
        self, key: str, *, text: str, by: str, now: datetime, how: str = "", next_at: datetime | None = None
    ) -> IncidentRecord:
        """Record that the customer was told: what, how, and when they hear from us next.

        Raises: MissingArgument, InThePast, AlreadyResolved.
        """
        with self._open_case(key, action=Action.UPDATE, by=by, now=now) as case:
            _refuse_past("next", next_at, now)
            event = CustomerUpdated(how=_optional(how), text=_text("what the customer was told", text), next_at=next_at)
            case.record(event, by=by)
        return case.incident

    def plan(self, key: str, *, text: str, by: str, now: datetime) -> IncidentRecord:
        """Record that the customer knows how it will be resolved.

        Raises: MissingArgument, AlreadyDone, AlreadyResolved.
        """
        with self._open_case(key, action=Action.PLAN, by=by, now=now) as case:
            _refuse_repeat(case, (PlanGiven,), "plan")
            case.record(PlanGiven(text=_text("the plan", text)), by=by)
        return case.incident

    def pause(
        self, key: str, *, reason: PauseReason, by: str, now: datetime, until: datetime | None = None, text: str = ""
    ) -> IncidentRecord:
        """Let the clocks rest for a reason, until somebody resumes them (`until` is when that is expected).

        Raises: AlreadyPaused, InThePast, AlreadyResolved.
        """
        with self._open_case(key, action=Action.PAUSE, by=by, now=now) as case:
            _refuse_past("until", until, now)
            if reason in case.incident.paused_for:
                since = next(
                    e.at for e in reversed(case.history) if isinstance(e.event, Paused) and e.event.reason is reason
                )
                raise AlreadyPaused(case.key, reason.value, since)
            case.record(Paused(reason=reason, until=until, text=_optional(text)), by=by)
        return case.incident

    def resume(self, key: str, *, by: str, now: datetime) -> IncidentRecord:
        """Let the clocks run again.

        Raises: NotPaused, AlreadyResolved.
        """
        with self._open_case(key, action=Action.RESUME, by=by, now=now) as case:
            if not case.incident.paused_for:
                raise NotPaused(case.key)
            case.record(Resumed(), by=by)
        return case.incident

    def set_priority(self, key: str, *, priority: Priority, by: str, now: datetime) -> IncidentRecord:
        """Change the priority; the new targets are measured from the original start.

        Raises: SamePriority, AlreadyResolved.
        """
        with self._open_case(key, action=Action.PRIORITY, by=by, now=now) as case:
            if case.incident.priority is priority:
                raise SamePriority(case.key, priority.value)
            case.record(PrioritySet(priority=priority), by=by)
        return case.incident

    def resolve(self, key: str, *, text: str, by: str, now: datetime) -> IncidentRecord:
        """Record that it works again; every clock stops.

        Raises: AlreadyResolved.
        """
        with self._open_case(key, action=Action.RESOLVE, by=by, now=now) as case:
            case.record(Resolved(text=_optional(text)), by=by)
        return case.incident

    def reopen(self, key: str, *, text: str, by: str, now: datetime) -> IncidentRecord:
        """Take a resolved incident up again; the resolved time does not count.

        Raises: NotResolved.
        """
        with self.act(key, action=Action.REOPEN, by=by, now=now) as case:
            if case.incident.is_open:
                raise NotResolved(case.key)
            case.record(Reopened(text=_optional(text)), by=by)
        return case.incident

    def escalate(self, key: str, *, text: str, by: str, now: datetime) -> IncidentRecord:
        """Ask for help: the dispatcher is nudged now.

        Raises: AlreadyResolved.
        """
        with self._open_case(key, action=Action.ESCALATE, by=by, now=now) as case:
            words = _optional(text)
            case.record(HelpAsked(text=words), by=by)
            self._ask_dispatcher(case, words, cause=NudgeCause.HELP)
        return case.incident

    def acknowledge(self, key: str, *, by: str, now: datetime, promise: datetime | None = None) -> IncidentRecord:
        """Say "I have it", with the next update promised by `promise` (default: one customer-update period).

        The incident's owner may, whose nudges come as direct messages, and so may any dispatcher.
        Raises: NothingToAcknowledge, AlreadyAcknowledged by somebody else, InThePast, AlreadyResolved.
        """
        with self._open_case(key, action=Action.ACKNOWLEDGE, by=by, now=now) as case:
            _refuse_past("promise", promise, now)
            nudge = nudges.live(case.session, case.incident.id)
            if nudge is None:
                raise NothingToAcknowledge(case.key)
            holder = nudge.shown.state_by if nudge.shown.state is NudgeState.ACKNOWLEDGED else None
            if holder is not None and (holder != by or promise is None):
                raise AlreadyAcknowledged(case.key, holder, nudge.shown.state_at or now)
            case.record(Acknowledged(promise=promise or _usual_promise(case)), by=by)
        return case.incident

    def snooze(self, key: str, *, until: datetime, by: str, now: datetime) -> IncidentRecord:
        """Silence the repeats until then; the clocks run on. The owner and any dispatcher may.

        Raises: InThePast, NothingToAcknowledge, AlreadyResolved.
        """
        with self._open_case(key, action=Action.SNOOZE, by=by, now=now) as case:
            _refuse_past("until", until, now)
            if nudges.live(case.session, case.incident.id) is None:
                raise NothingToAcknowledge(case.key)
            case.record(Snoozed(until=until), by=by)
        return case.incident

    @contextmanager
    def act(self, key: str, *, action: Action, by: str, now: datetime) -> Iterator[Case]:
        """A case to act in; afterwards it is settled and the live nudge shows what was done."""
        with self.casework.act(key, action=action, by=by, now=now) as case:
            known = len(case.history)
            yield case
            new = [entry for entry in case.history[known:] if entry.by]
            nudging.show_progress(case, new, real_now=self.casework.real_clock())

    @contextmanager
    def _open_case(self, key: str, *, action: Action, by: str, now: datetime) -> Iterator[Case]:
        with self.act(key, action=action, by=by, now=now) as case:
            if case.incident.resolved_at is not None:
                raise AlreadyResolved(case.key, case.incident.resolved_at)
            yield case

    def _announce(self, case: Case) -> None:
        """Post what somebody must see at once: an urgent incident without an owner, the card where it is wanted."""
        if case.incident.replayed:
            return
        if nudging.wants_owner_now(case.incident.priority):
            nudging.post(case, nudging.unassigned(case), real_now=self.casework.real_clock())
        channel, floor = case.msp.incidents_channel, case.msp.incidents_from
        if channel is not None and floor is not None and case.incident.priority.rank <= floor.rank:
            facts: dict[str, str | None] = {"customer": case.incident.customer, "by": case.incident.opened_by}
            facts |= {"priority": case.incident.priority.value}
            nudging.tell_person(case, channel, "opened", facts, key=f"opened:{case.key}", at=self.casework.real_clock())

    def _ask_dispatcher(self, case: Case, text: str, *, cause: NudgeCause) -> None:
        occasion = nudging.Occasion(
            cause=cause, tell=(Recipient.DISPATCHER,), key=f"{case.key}:{case.history[-1].seq}", text=text
        )
        nudging.post(case, occasion, real_now=self.casework.real_clock())


def _give(case: Case, *, to: str, by: str) -> None:
    if case.msp.person(to) is None:
        raise UnknownPerson(to)
    if case.incident.assignee == to:
        raise AlreadyAssigned(case.key, to)
    case.record(Assigned(to=to), by=by)


def _usual_promise(case: Case) -> datetime:
    reading = case.reading(MetricName.CUSTOMER_UPDATE)
    if reading is None or reading.state is not ClockState.RUNNING:
        return case.now + DEFAULT_PROMISE
    return reading.target.calendar.add(case.now, reading.target.duration)


def _refuse_repeat(case: Case, kinds: tuple[type[Event], ...], what: str) -> None:
    done = next((entry for entry in case.history if isinstance(entry.event, kinds)), None)
    if done is not None:
        raise AlreadyDone(case.key, what, done.by, done.at)


def _refuse_past(what: str, at: datetime | None, now: datetime) -> None:
    if at is not None and at <= now:
        raise InThePast(what, at)


def _text(what: str, words: str, *, limit: int = TEXT_MAX_CHARS) -> str:
    if not words.strip():
        raise MissingArgument(what)
    return _optional(words, what=what, limit=limit)


def _optional(words: str, *, what: str = "text", limit: int = TEXT_MAX_CHARS) -> str:
    kept = words.strip()
    if len(kept) > limit:
        raise TooLong(what, limit, len(kept))
    return kept
