"""Handovers of the dispatch: said, or at a turn of the rota; each waits until the next says that they have it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.errors import (
    DispatcherAbsent,
    DispatchesAlready,
    HandoverSettled,
    NobodyNext,
    NoDispatcher,
    NotYoursToAccept,
    UnknownPerson,
)
from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.agreements.roster import ChangeKind
from sla_engine.domain.agreements.working_hours import working_hours
from sla_engine.domain.escalation.handover import Reminded, reminders
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.kinds import Notification
from sla_engine.notifications.shifts import HandoverMessage, HandoverState
from sla_engine.services.queries.board import Board
from sla_engine.services.shifts.handover_content import reminder, reminder_to, with_content
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import handovers, outbox, roster
from sla_engine.storage.database import Session
from sla_engine.storage.handovers import HandoverRecord
from sla_engine.storage.outbox import NewMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherOnDuty:
    """Who is on duty by the rota (None for nobody), and whether they have said that they have it."""

    person: str | None
    has_taken_over: bool


class Handovers:
    """Who dispatches, and whether they know; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        self.board = Board(unit_of_work)

    def hand_over(self, to: str | None, *, by: str, now: datetime, instead_of: str | None = None) -> HandoverMessage:
        """Hand the dispatch to somebody, or to the next in the rota, until the rota turns.

        Whoever hands it to themselves has it at once. `instead_of` names the handover that nobody accepted, where it
        is done because of that.
        Raises: HandoverSettled once somebody has, NobodyNext, NoDispatcher, DispatcherAbsent, DispatchesAlready,
        UnknownPerson, NotAllowed (recorded), AlreadyCarriedOut.
        """
        with self.unit_of_work.transaction(action=Action.HANDOVER, by=by, now=now) as session:
            request = current_request()
            if request is not None and roster.known(session, request):
                raise AlreadyCarriedOut(request)
            msp = self.unit_of_work.msp(session)
            if instead_of is not None:
                _refuse_settled(handovers.lock(session, instead_of), msp, now=now)
            before, person = msp.dispatcher(now), _next(msp, to, now=now)
            until = msp.rota.next_turn(now)
            roster.add(session, ChangeKind.TURN, person=person, by=by, told_at=now, until=until, request=request)
            msp = self.unit_of_work.people.with_uncommitted(session)
            return self._begin(session, msp, before, person, is_accepted=person == by, now=now)

    def accept(self, message: str, *, by: str, now: datetime) -> HandoverMessage:
        """The next dispatcher says that they have it; said twice, it changes nothing.

        Raises: NotYoursToAccept, NotAllowed (recorded).
        """
        with self.unit_of_work.transaction(action=Action.HANDOVER, by=by, now=now) as session:
            record = handovers.lock(session, message)
            if record is None or record.taken_by != by:
                next_up = "" if record is None else record.taken_by
                raise NotYoursToAccept(_name(self.unit_of_work.msp(session), next_up))
            if record.closed:
                return record.shown
            return self._close(session, record, HandoverState.ACCEPTED, now=now)

    def duty(self, *, now: datetime) -> DispatcherOnDuty:
        """Who is on duty by the rota, and whether they have said that they have it.

        Raises: NotSetUp.
        """
        with self.unit_of_work.database.reading() as session:
            person = self.unit_of_work.msp(session).dispatcher(now)
            return DispatcherOnDuty(person=person, has_taken_over=handovers.waiting(session) is None)

    def look(self, *, now: datetime) -> None:
        """Begin the handover that is due, refresh the one that waits, and tell who must know that nobody took over."""
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp_or_nobody(session)
            last = handovers.newest(session)
        on_duty = msp.dispatcher(now)
        if on_duty is None:
            return
        if last is None or last.taken_by != on_duty:
            with self.unit_of_work.database.transaction() as session:
                self._turn(session, now=now)
        elif not last.closed:
            self._wait(last, msp, now=now)

    def _turn(self, session: Session, *, now: datetime) -> None:
        """Hand over to whoever is on duty now; the first of all takes over from nobody, without a message.

        Before the last handover nothing is handed over: then the machine's clock was set back.
        """
        msp, last = self.unit_of_work.msp(session), handovers.lock_newest(session)
        on_duty = msp.dispatcher(now)
        if on_duty is None or (last is not None and (last.taken_by == on_duty or now < last.at)):
            return
        self._begin(session, msp, None if last is None else last.taken_by, on_duty, is_accepted=last is None, now=now)

    def _begin(
        self, session: Session, msp: Msp, given_by: str | None, taken_by: str, *, is_accepted: bool, now: datetime
    ) -> HandoverMessage:
        last = handovers.lock_newest(session)
        if last is not None and not last.closed:
            self._close(session, last, HandoverState.SUPERSEDED, now=now)
        name, until = f"handover:{now.isoformat()}:{taken_by}", msp.rota.next_turn(now)
        plain = HandoverMessage(name=name, given_by=given_by, taken_by=taken_by, at=now, until=until)
        shown = with_content(session, self.board, msp, plain, now=now)
        if is_accepted:
            shown = replace(shown, state=HandoverState.ACCEPTED, state_at=now)
        at = now if last is None else max(now, last.at + timedelta(microseconds=1))  # also where a clock was set back
        record = HandoverRecord(message=name, taken_by=taken_by, at=at, shown=shown, closed=is_accepted)
        if handovers.add(session, record) and last is not None:
            self._enqueue(session, name, msp.dispatcher_channel, shown)
        return shown

    def _wait(self, last: HandoverRecord, msp: Msp, *, now: datetime) -> None:
        """Show what has changed meanwhile, and remind who must know."""
        with self.unit_of_work.database.reading() as session:
            shown = with_content(session, self.board, msp, last.shown, now=now)
            pressing = len(handovers.pressing(session))
        due = reminders(last.at, working_hours(msp, last.taken_by)).due(now) if pressing else last.reminded
        if shown == last.shown and due <= last.reminded:
            return
        with self.unit_of_work.database.transaction() as session:
            record = handovers.lock(session, last.message)
            if record is None or record.closed:
                return
            if due > record.reminded:
                self._remind(session, msp, record, due, pressing=pressing, now=now)
            edited = replace(record, reminded=max(due, record.reminded))
            self._edit(session, edited, shown)

    def _remind(
        self, session: Session, msp: Msp, record: HandoverRecord, due: Reminded, *, pressing: int, now: datetime
    ) -> None:
        for step in (Reminded.LEAVER, Reminded.MANAGER):
            to = reminder_to(msp, record, step, now=now)
            if record.reminded < step <= due and to is not None:
                notice = reminder(msp, record, step, pressing=pressing)
                self._enqueue(session, _reminder_name(record, step), to, notice)

    def _close(
        self, session: Session, record: HandoverRecord, state: HandoverState, *, now: datetime
    ) -> HandoverMessage:
        shown = replace(record.shown, state=state, state_at=now, incidents=(), more=0, absent=())
        self._edit(session, replace(record, closed=True), shown)
        self._settle_reminders(session, record, now=now)
        return shown

    def _settle_reminders(self, session: Session, record: HandoverRecord, *, now: datetime) -> None:
        """Say on the reminders that were sent who dispatches now."""
        msp = self.unit_of_work.people.with_uncommitted(session)
        for step in (Reminded.LEAVER, Reminded.MANAGER):
            name = _reminder_name(record, step)
            to = outbox.destination_of(session, name)
            if to is not None:
                notice = reminder(msp, record, step, pressing=0)
                settled = replace(notice, settled_by=msp.dispatcher(now), settled_at=now)
                self._enqueue(session, f"{name}:settled", to, settled, of=name)

    def _edit(self, session: Session, record: HandoverRecord, shown: HandoverMessage) -> None:
        edits = record.edits + (shown != record.shown)
        handovers.save(session, replace(record, shown=shown, edits=edits))
        channel = outbox.destination_of(session, record.message)
        if edits > record.edits and channel is not None:
            self._enqueue(session, f"{record.message}:edit:{edits}", channel, shown, of=record.message)

    def _enqueue(self, session: Session, key: str, to: str, shown: Notification, *, of: str | None = None) -> None:
        op, at = "post" if of is None else "update", self.unit_of_work.real_clock()
        outbox.enqueue(session, NewMessage(key=key, destination=to, notification=shown, message=of, op=op, at=at))


def _reminder_name(record: HandoverRecord, step: Reminded) -> str:
    return f"{record.message}:reminder:{step.value}"


def _refuse_settled(record: HandoverRecord | None, msp: Msp, *, now: datetime) -> None:
    """Raises: HandoverSettled."""
    if record is None or record.closed:
        raise HandoverSettled(_name(msp, msp.dispatcher(now) or ""))


def _next(msp: Msp, to: str | None, *, now: datetime) -> str:
    """The person who takes over: the one who was named, or the next in the rota."""
    on_duty = msp.dispatcher(now)
    if to is None:
        person = next((member for member in _after(msp, on_duty, now=now) if msp.present(member, now)), None)
        if person is None:
            raise NobodyNext
        return person
    colleague = msp.person(to)
    if colleague is None:
        raise UnknownPerson(to)
    if not colleague.role.may_act_as(Role.DISPATCHER):
        raise NoDispatcher(colleague.name, colleague.role.label)
    back_at = msp.roster.back_at(to, now)
    if back_at is not None:
        raise DispatcherAbsent(colleague.name, back_at)
    if to == on_duty:
        raise DispatchesAlready(colleague.name)
    return to


def _after(msp: Msp, on_duty: str | None, *, now: datetime) -> Sequence[str]:
    """The members of the rota in turn, beginning with the one after whoever is on duty."""
    members = msp.rota.members_from(now)
    if on_duty not in members:
        return members
    place = members.index(on_duty) + 1
    return (*members[place:], *members[: place - 1])


def _name(msp: Msp, person: str) -> str:
    colleague = msp.person(person)
    return person if colleague is None else colleague.name
