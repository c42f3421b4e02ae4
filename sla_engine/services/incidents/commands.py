"""The daily acts of technicians and dispatchers: open, answer, pause, resolve; one transaction each."""

from datetime import datetime, timedelta

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.clocks.replies import first_replies
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.incidents.errors import (
    AlreadyAcknowledged,
    AlreadyAssigned,
    AlreadyDone,
    AlreadyFollowed,
    AlreadyPaused,
    NothingToAcknowledge,
    NotPaused,
    NotResolved,
    SamePriority,
)
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    CustomerUpdated,
    Event,
    HandedBack,
    HelpAsked,
    Paused,
    PlanGiven,
    PrioritySet,
    Resolved,
    Responded,
    Resumed,
    Snoozed,
)
from sla_engine.domain.incidents.history import in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.errors import UnreadableAddress
from sla_engine.domain.text.lengths import needed, optional
from sla_engine.domain.time.reach import due_after
from sla_engine.notifications.nudges import NudgeState
from sla_engine.services.agreements.coverage import Places, services_of, sites_of
from sla_engine.services.incidents.checked_facts import as_recorded, refuse_past
from sla_engine.services.incidents.incident_acts import IncidentActs, refuse_deleted
from sla_engine.services.incidents.open import OpenRequest, open_in
from sla_engine.services.incidents.reopen import Reopening, followed_by, reopen_or_follow
from sla_engine.services.messages import nudges
from sla_engine.services.messages.new_owner import tell_new_owner
from sla_engine.services.unit_of_work.incident_work import IncidentWork

DEFAULT_PROMISE = timedelta(minutes=30)
"""Promised when a nudge is acknowledged without saying until when and nothing is agreed about updates."""


class Incidents(IncidentActs):
    """The acts of technicians and dispatchers. `by` is who acts (a Slack id), `now` is SLA time."""

    def open(self, request: OpenRequest, *, by: str, now: datetime) -> Incident:
        """Open an incident for a customer with an agreement; its clocks start.

        Raises: UnknownCustomer, UnknownChoice for a site, UnreadableAddress, TooLong, MissingArgument.
        """
        with self.unit_of_work.transaction(action=Action.OPEN, by=by, now=now) as session:
            if request.link and request.link.strip() and web_address(request.link) is None:
                raise UnreadableAddress("link", request.link)
            return open_in(self.unit_of_work, session, request, by=by, now=now)

    def places(self, customer: str, *, now: datetime) -> Places:
        """The sites and services that the agreement of a customer names.

        Raises: UnknownCustomer, NotYetInForce.
        """
        with self.unit_of_work.database.reading() as session:
            _, agreement = self.unit_of_work.agreements.in_force(session, customer, at=now)
        return Places(sites=sites_of(agreement), services=services_of(agreement))

    def take(self, key: str, *, by: str, now: datetime) -> Incident:
        """Take an incident, becoming its owner.

        Raises: AlreadyAssigned, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.TAKE, by=by, now=now) as work:
            _assign(work, to=by, by=by)
        return work.incident

    def assign(self, key: str, *, to: str, by: str, now: datetime) -> Incident:
        """Give an incident to a technician, who gets a message unless they are absent.

        Raises: UnknownPerson, AlreadyAssigned, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.ASSIGN, by=by, now=now) as work:
            _assign(work, to=to, by=by)
            tell_new_owner(work, to=to, by=by, real_now=self.unit_of_work.real_clock())
        return work.incident

    def hand_back(self, key: str, *, reason: str, by: str, now: datetime) -> Incident:
        """Return an incident to the dispatcher, with a reason; the dispatcher is nudged.

        Raises: MissingArgument, NotAllowed for somebody else's incident, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.HAND_BACK, by=by, now=now) as work:
            words = needed("reason", reason)
            work.record(HandedBack(reason=words), by=by)
            self._ask_dispatcher(work, words, cause=NudgeCause.UNASSIGNED)
        return work.incident

    def respond(self, key: str, *, text: str, by: str, now: datetime) -> Incident:
        """Record the first customer-visible reply.

        Raises: AlreadyDone, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.RESPOND, by=by, now=now) as work:
            _refuse_repeat(work, first_replies(work.agreement), "respond")
            work.record(Responded(text=optional(text)), by=by, at=work.asked_at)
        return work.incident

    def update_customer(
        self, key: str, *, text: str, by: str, now: datetime, how: str = "", next_at: datetime | None = None
    ) -> Incident:
        """Record an update to the customer: what they were told, how, and when they hear from us next.

        Raises: MissingArgument, InThePast, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.UPDATE, by=by, now=now) as work:
            event = CustomerUpdated(how=how, text=text, next_at=next_at)
            work.record(as_recorded(event, now=now), by=by, at=work.asked_at)
        return work.incident

    def plan(self, key: str, *, text: str, by: str, now: datetime) -> Incident:
        """Record that the customer was given the plan for the resolution.

        Raises: MissingArgument, AlreadyDone, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.PLAN, by=by, now=now) as work:
            _refuse_repeat(work, (PlanGiven,), "plan")
            work.record(as_recorded(PlanGiven(text=text), now=now), by=by, at=work.asked_at)
        return work.incident

    def pause(
        self,
        key: str,
        *,
        reason: PauseReason,
        by: str,
        now: datetime,
        until: datetime | None = None,
        text: str = "",
        replaces: PauseReason | None = None,
    ) -> Incident:
        """Pause the clocks for a reason, until somebody resumes them (`until` is when that is expected).

        Another `until` prolongs or shortens a pause that holds. `replaces` is the reason of the pause that this one
        changes, which ends where it is another.
        Raises: AlreadyPaused, InThePast, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.PAUSE, by=by, now=now) as work:
            refuse_past("until", until, now)
            held = held_pauses(work.history, work.terms.reply_ends_pause)
            same = held.get(reason)
            if same is not None and (until == same.until or (until is None and replaces is None)):
                raise AlreadyPaused(work.key, reason.value, same.since)
            if replaces is not None and replaces is not reason and replaces in held:
                work.record(Resumed(reason=replaces), by=by, at=work.asked_at)
            work.record(Paused(reason=reason, until=until, text=optional(text)), by=by, at=work.asked_at)
        return work.incident

    def resume(self, key: str, *, by: str, now: datetime) -> Incident:
        """Resume the clocks.

        Raises: NotPaused, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.RESUME, by=by, now=now) as work:
            if not work.incident.paused_for:
                raise NotPaused(work.key)
            work.record(Resumed(), by=by, at=work.asked_at)
        return work.incident

    def set_priority(self, key: str, *, priority: Priority, by: str, now: datetime) -> Incident:
        """Change the priority; the new targets are measured from the original start.

        Raises: SamePriority, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.PRIORITY, by=by, now=now) as work:
            if work.incident.priority is priority:
                raise SamePriority(work.key, priority.value)
            work.record(PrioritySet(priority=priority), by=by)
        return work.incident

    def resolve(self, key: str, *, text: str, by: str, now: datetime) -> Incident:
        """Resolve an incident; every clock stops.

        Raises: AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.RESOLVE, by=by, now=now) as work:
            work.record(as_recorded(Resolved(text=text), now=now), by=by, at=work.asked_at)
        return work.incident

    def reopen(self, key: str, *, text: str, by: str, now: datetime) -> Reopening:
        """Reopen a resolved incident; after its agreement's window a new one is opened instead.

        Raises: NotResolved, AlreadyFollowed, TicketDeleted.
        """
        with self.act(key, action=Action.REOPEN, by=by, now=now) as work:
            refuse_deleted(work)
            if work.incident.is_open:
                raise NotResolved(work.key)
            follower = followed_by(work)
            if follower is not None:
                raise AlreadyFollowed(work.key, follower)
            reopening = reopen_or_follow(self.unit_of_work, work, text=optional(text), by=by, at=work.now)
        return reopening if reopening.instead_of else Reopening(incident=work.incident)

    def escalate(self, key: str, *, text: str, by: str, now: datetime) -> Incident:
        """Ask for help: the dispatcher is nudged now.

        Raises: AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.ESCALATE, by=by, now=now) as work:
            words = optional(text)
            work.record(HelpAsked(text=words), by=by)
            self._ask_dispatcher(work, words, cause=NudgeCause.HELP)
        return work.incident

    def acknowledge(self, key: str, *, by: str, now: datetime, promise: datetime | None = None) -> Incident:
        """Acknowledge the nudge, with the next update promised by `promise` (default: one customer-update period).

        Allowed to the incident's owner, whose nudges come as direct messages, and to any dispatcher.
        Raises: NothingToAcknowledge, AlreadyAcknowledged by somebody else, InThePast, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.ACKNOWLEDGE, by=by, now=now) as work:
            refuse_past("promise", promise, now)
            nudge = work.prompts.nudge
            if nudge is None:
                raise NothingToAcknowledge(work.key)
            holder = nudge.shown.state_by if nudge.shown.state is NudgeState.ACKNOWLEDGED else None
            renews_own = holder == by and promise is not None
            if holder is not None and not renews_own:
                raise AlreadyAcknowledged(work.key, holder, nudge.shown.state_at or now)
            work.record(Acknowledged(promise=promise or _usual_promise(work)), by=by)
        return work.incident

    def snooze(self, key: str, *, until: datetime, by: str, now: datetime) -> Incident:
        """Silence the repeats until `until`; the clocks run on. Allowed to the owner and to any dispatcher.

        Raises: InThePast, NothingToAcknowledge, AlreadyResolved.
        """
        with self.act_on_open(key, action=Action.SNOOZE, by=by, now=now) as work:
            refuse_past("until", until, now)
            if work.prompts.nudge is None:
                raise NothingToAcknowledge(work.key)
            work.record(Snoozed(until=until), by=by)
        return work.incident

    def _ask_dispatcher(self, work: IncidentWork, text: str, *, cause: NudgeCause) -> None:
        occasion = Occasion(
            cause=cause, tell=(Recipient.DISPATCHER,), key=f"{work.key}:{work.history[-1].seq}", text=text
        )
        nudges.post(work, occasion, real_now=self.unit_of_work.real_clock())


def _assign(work: IncidentWork, *, to: str, by: str) -> None:
    if work.msp.person(to) is None:
        raise UnknownPerson(to)
    if work.incident.assignee == to:
        raise AlreadyAssigned(work.key, to)
    work.record(Assigned(to=to), by=by)


def _usual_promise(work: IncidentWork) -> datetime:
    reading = work.reading(MetricName.CUSTOMER_UPDATE)
    if reading is None or reading.state is not ClockState.RUNNING:
        return work.now + DEFAULT_PROMISE
    return due_after(reading.target.calendar, work.now, reading.target.duration) or work.now + DEFAULT_PROMISE


def _refuse_repeat(work: IncidentWork, kinds: tuple[type[Event], ...], what: str) -> None:
    done = next((entry for entry in in_order(work.history) if isinstance(entry.event, kinds)), None)
    if done is not None:
        raise AlreadyDone(work.key, what, done.by, done.at)
