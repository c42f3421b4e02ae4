"""Keeps the message of each storm true: posts it, edits it when its incidents changed, and ends it.

A storm that is over keeps its message as long as five of its incidents need somebody; then those that are late have a
message of their own again.
Its content is counted anew at every look and compared with what was said last, so that whatever changed an incident
shows, and a restart loses nothing. The nudges of its incidents wait behind it without messages of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.escalation.storms import STORM_EDIT_GAP, STORM_LINES, StormStep, next_step
from sla_engine.notifications.kinds import to_payload
from sla_engine.notifications.storms import StormMessage
from sla_engine.services.messages import storm_places
from sla_engine.services.queries.storms import storm_lines, storm_message
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, outbox, storm_members, storms
from sla_engine.storage.database import Session
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.storms import StormRecord

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is next for a storm's message, the message as it stands, and whom a new one calls."""

    step: StormStep
    content: StormMessage
    wanted: tuple[str, ...]
    newest_at: datetime
    dispatcher: str | None


class Storms:
    """Looks after the storms that go on, and carries out the end of those that are over."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def run_once(self, *, now: datetime) -> None:
        """Bring every storm's message up to date at `now` (SLA time).

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.reading() as session:
            channel = self.unit_of_work.msp_or_nobody(session).dispatcher_channel
            begins = bool(channel) and storm_members.is_due(session, channel, at=now)
        if begins:
            with self.unit_of_work.database.transaction() as session:
                storm_members.begin(session, channel, at=now)
        with self.unit_of_work.database.reading() as session:
            records = storms.unreleased(session)
        for record in records:
            if record.ended_at is None:
                self._add_unowned(record)
            if self._show(record.id, now=now) is StormStep.END:
                self._release(record, now=now)
            elif record.ended_at is None and record.channel == channel:
                self._take_messages(record.id, now=now)

    def _add_unowned(self, storm: StormRecord) -> None:
        """Add the urgent incidents that nobody has; apart, since whoever holds an incident may wait for the storm."""
        with self.unit_of_work.database.reading() as session:
            unowned = storm_members.unowned(session, storm)
        if unowned:
            with self.unit_of_work.database.transaction() as session:
                storm_members.add(session, storm, unowned)

    def _take_messages(self, storm_id: int, *, now: datetime) -> None:
        """Take away the messages that its incidents' nudges had before the storm began."""
        with self.unit_of_work.database.reading() as session:
            storm = storms.find(session, storm_id)
            own = [] if storm is None else storms.with_own_message(session, storm)
        for incident_id in own:
            self._on(incident_id, partial(storm_places.join_storm, successor=storm.message if storm else None), now=now)

    def _show(self, storm_id: int, *, now: datetime) -> StormStep:
        """Post or edit the message, or end the storm, whichever is next; where nothing is, nothing is locked."""
        with self.unit_of_work.database.reading() as session:
            storm = storms.find(session, storm_id)
            if storm is None or self._look(session, storm, now=now).step is StormStep.WAIT:
                return StormStep.WAIT
        with self.unit_of_work.database.transaction() as session:
            storm = storms.lock(session, storm_id)
            look = self._look(session, storm, now=now)
            _apply(session, storm, look, now=now, real_now=self.unit_of_work.real_clock())
            return look.step

    def _look(self, session: Session, storm: StormRecord, *, now: datetime) -> _Look:
        """The message as it is to be, and what is next; an edit waits a few seconds after the one before."""
        msp = self.unit_of_work.msp(session)
        newest_at = storms.newest_at(session, storm.id) or storm.began_at
        content = storm_message(session, storm.id, msp=msp, mention=storm.shown.get("mention", ()), now=now)
        content = replace(content, quiet_since=None if storm.ended_at is None else newest_at)
        wanted, shown = _wanted(session, storm, msp=msp, now=now), to_payload(content)
        step = next_step(
            newest_at=newest_at,
            posted_at=storm.posted_at,
            nudged_at=storm.nudged_at,
            any_open=content.open > 0,
            need_somebody=content.need_somebody if storm.channel == msp.dispatcher_channel else 0,
            calls_anew=not set(wanted) <= set(storm.mentioned) or _asks_anew(shown, storm.shown),
            has_ended=storm.ended_at is not None,
            has_changed=shown != storm.shown,
            now=now,
        )
        edited_at, real_now = storm.edited_at, self.unit_of_work.real_clock()
        is_early = step is StormStep.EDIT and edited_at is not None and abs(real_now - edited_at) < STORM_EDIT_GAP
        if storm.released_at is not None or is_early:
            step = StormStep.WAIT
        return _Look(step, content, wanted, newest_at, msp.dispatcher(now))

    def _release(self, storm: StormRecord, *, now: datetime) -> None:
        """Give the worst of its incidents that still need somebody a message of their own again.

        Where a nudge came behind the message meanwhile, it is done once more at the next look.
        """
        with self.unit_of_work.database.reading() as session:
            msp, newest = self.unit_of_work.msp(session), storms.newest_nudge(session, storm.id)
            worst = [line for line in storm_lines(session, storm.id, msp=msp, now=now) if line.late][:STORM_LINES]
            keys = {line.incident_key for line in worst}
            members = incidents.by_ids(session, storms.incident_ids(session, storm.id))
        for number, member in members.items():
            if member.is_open:
                self._on(number, partial(storm_places.leave_storm, is_late=member.key in keys), now=now)
        with self.unit_of_work.database.transaction() as session:
            record = storms.lock(session, storm.id)
            if record.ended_at is not None and storms.newest_nudge(session, storm.id) == newest:
                storms.save(session, replace(record, released_at=now, shown={}))  # titles live on in the outbox alone

    def _on(self, incident_id: int, act: Callable[..., None], *, now: datetime) -> None:
        with self.unit_of_work.database.transaction() as session:
            work = self.unit_of_work.work_on(session, incidents.lock_by_id(session, incident_id), now=now)
            act(work, real_now=self.unit_of_work.real_clock())


def _apply(session: Session, storm: StormRecord, look: _Look, *, now: datetime, real_now: datetime) -> None:
    """Carry out the next step with the message."""
    match look.step:
        case StormStep.POST:
            _post(session, storm, replace(look.content, mention=look.wanted), now=now, real_now=real_now)
        case StormStep.EDIT:
            _edit(session, storm, look.content, real_now=real_now)
        case StormStep.STAND:
            stands = replace(look.content, quiet_since=look.newest_at)
            _edit(session, replace(storm, ended_at=now), stands, real_now=real_now)
        case StormStep.END:
            last = replace(look.content, ended_at=now, dispatcher=look.dispatcher)
            _edit(session, replace(storm, ended_at=now), last, real_now=real_now)
        case StormStep.WAIT:
            pass


def _wanted(session: Session, storm: StormRecord, *, msp: Msp, now: datetime) -> tuple[str, ...]:
    """The people that its incidents' nudges call; whoever is on duty where nobody was nudged yet."""
    nudges = storms.nudges_shown(session, storm)
    wanted = tuple(dict.fromkeys(person for shown in nudges for person in shown.get("mention", ())))
    on_duty = msp.dispatcher(now)
    return (on_duty,) if not wanted and on_duty is not None else wanted


def _asks_anew(shown: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a promise passed since the message was written last."""
    asked = [(question["person"], question["promised"]) for question in before.get("questions", ())]
    return any((question["person"], question["promised"]) not in asked for question in shown["questions"])


def _post(session: Session, storm: StormRecord, content: StormMessage, *, now: datetime, real_now: datetime) -> None:
    """Post the message anew; the one before is deleted once it is there."""
    number, shown = storm.edits + 1, to_payload(content)
    name = f"storm:{storm.id}:{number}"
    new = NewMessage(key=name, destination=storm.channel, notification=content, at=real_now)
    outbox.enqueue(session, new, *_deletion(storm, content, successor=name, at=real_now))
    called = list(dict.fromkeys((*storm.mentioned, *content.mention)))
    posted = replace(storm, message=name, posted_at=now, edited_at=real_now, edits=number, mentioned=called)
    storms.save(session, replace(posted, shown=shown))


def _deletion(storm: StormRecord, content: StormMessage, *, successor: str, at: datetime) -> Iterator[NewMessage]:
    if storm.message is not None:
        yield NewMessage(
            key=f"{storm.message}:delete",
            destination=storm.channel,
            notification=replace(content, moved=True),
            message=storm.message,
            op="delete",
            successor=successor,
            at=at,
        )


def _edit(session: Session, storm: StormRecord, content: StormMessage, *, real_now: datetime) -> None:
    number = storm.edits + 1
    if storm.message is not None:
        edited = NewMessage(
            key=f"{storm.message}:edit:{number}",
            destination=storm.channel,
            notification=content,
            message=storm.message,
            op="update",
            at=real_now,
        )
        outbox.enqueue(session, edited)
    storms.save(session, replace(storm, edited_at=real_now, edits=number, shown=to_payload(content)))
