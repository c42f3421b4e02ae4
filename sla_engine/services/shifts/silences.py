"""Notices people who do not react to nudges about their incidents, and says so once to who is on duty."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.msp import DEFAULT_MANAGER, Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.agreements.working_hours import working_hours
from sla_engine.domain.escalation.silence import silence
from sla_engine.notifications.shifts import SilenceMessage, SilenceState
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import nudge_recipients, outbox, silences
from sla_engine.storage.database import Session
from sla_engine.storage.nudge_recipients import OwnerCalls
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.silences import SilenceRecord

LOOK_BACK = timedelta(days=7)
"""Nudges older than this ask for no word any more: their rungs went on since."""


@dataclass(frozen=True, slots=True)
class _Noticed:
    """Somebody who has not reacted since an instant; `last_sign` is when they did before, if ever."""

    person: str
    since: datetime
    last_sign: datetime | None


class Silences:
    """Who does not react; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        self._board = Board(unit_of_work)

    def look(self, *, now: datetime) -> None:
        """Notice who has become silent, and show on earlier messages what has become of it."""
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp_or_nobody(session)
            noticed = list(_noticed(session, msp, now=now))
            lasting = silences.lasting(session)
        for one in noticed:
            self._notice(one, msp, now=now)
        for record in lasting:
            self._show(record, msp, now=now)

    def on_it(self, person: str, *, by: str, now: datetime) -> SilenceMessage | None:
        """Somebody says that a silent colleague is on it: the silence counts anew from now. None when it is over.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.transaction(action=Action.AWAY, by=by, now=now, owner=person) as session:
            record = silences.lasting_of(session, person)
            if record is None:
                return None
            shown = replace(record.shown, state=SilenceState.ON_IT, by=by, at=now)
            self._edit(session, record, shown, now=now)
        return shown

    def _notice(self, noticed: _Noticed, msp: Msp, *, now: datetime) -> None:
        sign = "never" if noticed.last_sign is None else noticed.last_sign.isoformat()
        record = SilenceRecord(
            message=f"silence:{noticed.person}:{sign}",
            person=noticed.person,
            noticed_at=now,
            shown=self._message(noticed.person, noticed.since, msp, now=now),
        )
        with self.unit_of_work.database.transaction() as session:
            if silences.add(session, record):
                self._enqueue(session, record, msp.dispatcher_channel, op="post")

    def _show(self, record: SilenceRecord, msp: Msp, *, now: datetime) -> None:
        """Edit the message about a silence where it reads otherwise now."""
        with self.unit_of_work.database.reading() as session:
            acted_at = dict(nudge_recipients.last_acts(session, [record.person]))[record.person]
        if acted_at is not None and acted_at > record.noticed_at:
            shown = replace(record.shown, state=SilenceState.ACTED, by=record.person, at=acted_at)
        elif (absence := msp.roster.absence(record.person, now)) is not None:
            shown = replace(record.shown, state=SilenceState.AWAY, by=absence.by or None, at=absence.until)
        else:
            current = self._message(record.person, record.shown.since, msp, now=now)
            name = record.shown.name if msp.person(record.person) is None else current.name  # they may have left us
            shown = replace(current, name=name, mention=record.shown.mention)
            if not shown.open_count:
                shown = replace(shown, state=SilenceState.NOTHING_OPEN, at=now)
        if shown != record.shown:
            with self.unit_of_work.database.transaction() as session:
                self._edit(session, record, shown, now=now)

    def _edit(self, session: Session, record: SilenceRecord, shown: SilenceMessage, *, now: datetime) -> None:
        settled_at = None if shown.state is SilenceState.LASTING else now
        edited = replace(record, shown=shown, edits=record.edits + 1, settled_at=settled_at)
        channel = outbox.destination_of(session, record.message)
        if channel is not None and silences.show(session, edited, edits_before=record.edits):
            self._enqueue(session, edited, channel, op="update")

    def _enqueue(self, session: Session, record: SilenceRecord, channel: str, *, op: str) -> None:
        key = record.message if op == "post" else f"{record.message}:edit:{record.edits}"
        at = self.unit_of_work.real_clock()
        shown = NewMessage(
            key=key, destination=channel, notification=record.shown, message=record.message, op=op, at=at
        )
        outbox.enqueue(session, shown)

    def _message(self, person: str, since: datetime, msp: Msp, *, now: datetime) -> SilenceMessage:
        listed = self._board.mine(person, now=now)
        clocks = (incident.next_clock for incident in listed.incidents)
        first = next((clock for clock in clocks if clock is not None and clock.due_at is not None), None)
        is_late = first is not None and first.due_at is not None and first.due_at <= now
        colleague, on_duty = msp.person(person), msp.dispatcher(now)
        told = msp.present_manager_of(DEFAULT_MANAGER, now) if on_duty == person else on_duty
        return SilenceMessage(
            person=person,
            name=person if colleague is None else colleague.name,
            since=since,
            open_count=len(listed.incidents) + listed.more,
            mention=() if told is None else (told,),
            first_metric=None if first is None else first.metric,
            is_late=is_late,
            first_due_at=None if first is None else first.due_at,
        )


def _noticed(session: Session, msp: Msp, *, now: datetime) -> Iterator[_Noticed]:
    """Everybody of ours who is silent at `now`, within their working hours."""
    for own in nudge_recipients.of_owners(session, since=now - LOOK_BACK):
        hours = working_hours(msp, own.person)
        if msp.present(own.person, now) is None or not hours.is_open(now):
            continue
        last_sign = _last_sign(session, msp, own, now=now)
        lasting = silence(own.calls, last_act=last_sign, hours=hours)
        if lasting is not None and lasting.noticed_from <= now:
            yield _Noticed(own.person, lasting.since, last_sign)


def _last_sign(session: Session, msp: Msp, calls: OwnerCalls, *, now: datetime) -> datetime | None:
    """When somebody acted last, came back from an absence, or an earlier silence of theirs ended otherwise."""
    absences = (absence.until for absence in msp.roster.absences if absence.person == calls.person)
    signs = [
        calls.last_act,
        silences.last_answered(session, calls.person),
        *(until for until in absences if until <= now),
    ]
    return max((sign for sign in signs if sign is not None), default=None)
