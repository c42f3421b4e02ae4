"""Keeps the message of each storm true: posts it, edits it when its incidents changed, and ends it.

Its content is counted anew at every look and compared with what was said last, so that whatever changed an incident
shows, and a restart loses nothing. The nudges of its incidents wait behind it without messages of their own.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from sla_engine.domain.escalation.storms import STORM_EDIT_GAP, STORM_LINES, StormStep, next_step
from sla_engine.notifications.kinds import to_payload
from sla_engine.notifications.storms import StormMessage
from sla_engine.services.messages import storm_places
from sla_engine.services.queries.storms import storm_lines, storm_message
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents, outbox, storms
from sla_engine.storage.database import Session
from sla_engine.storage.outbox import NewMessage
from sla_engine.storage.storms import StormRecord

log = structlog.get_logger(__name__)


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
            begins = bool(channel) and storms.is_due(session, channel, at=now)
        if begins:
            with self.unit_of_work.database.transaction() as session:
                storms.begin(session, channel, at=now)
        with self.unit_of_work.database.reading() as session:
            records = storms.unreleased(session)
        for record in records:
            if record.ended_at is None:
                self._show(record.id, now=now)
                self._take_messages(record.id, now=now)
            else:
                self._release(record, now=now)

    def _take_messages(self, storm_id: int, *, now: datetime) -> None:
        """Take away the messages that its incidents' nudges had before the storm began."""
        with self.unit_of_work.database.reading() as session:
            storm = storms.find(session, storm_id)
            own = [] if storm is None else storms.with_own_message(session, storm)
        for incident_id in own:
            self._on(incident_id, partial(storm_places.join_storm, successor=storm.message if storm else None), now=now)

    def _show(self, storm_id: int, *, now: datetime) -> None:
        """Post or edit the message, or end the storm, whichever is next."""
        with self.unit_of_work.database.transaction() as session:
            storm, msp = storms.lock(session, storm_id), self.unit_of_work.msp(session)
            if storm.ended_at is not None:
                return
            storms.add_unowned(session, storm)
            wanted = dict.fromkeys(
                person for shown in storms.nudges_shown(session, storm) for person in shown.get("mention", ())
            )
            on_duty = msp.dispatcher(now)
            if not wanted and on_duty is not None:
                wanted = {on_duty: None}  # nobody was nudged yet
            called = tuple(storm.shown.get("mention", ()))
            content = storm_message(session, storm_id, msp=msp, mention=called, now=now)
            real_now = self.unit_of_work.real_clock()
            step = next_step(
                newest_at=storms.newest_at(session, storm_id) or storm.began_at,
                posted_at=storm.posted_at,
                any_open=content.open > 0,
                somebody_new=not wanted.keys() <= set(storm.mentioned),
                has_changed=to_payload(content) != storm.shown,
                now=now,
            )
            match step:
                case StormStep.POST:
                    _post(session, storm, replace(content, mention=tuple(wanted)), now=now, real_now=real_now)
                case StormStep.EDIT if storm.edited_at is None or real_now - storm.edited_at >= STORM_EDIT_GAP:
                    _edit(session, storm, content, real_now=real_now)
                case StormStep.END:
                    _edit(session, replace(storm, ended_at=now), replace(content, ended_at=now), real_now=real_now)
                case _:
                    pass

    def _release(self, storm: StormRecord, *, now: datetime) -> None:
        """Give the worst of its incidents that still need somebody a message of their own again."""
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp(session)
            worst = [line for line in storm_lines(session, storm.id, msp=msp, now=now) if line.late][:STORM_LINES]
            keys = {line.incident_key for line in worst}
            members = incidents.by_ids(session, storms.incident_ids(session, storm.id))
        for number, member in members.items():
            if member.is_open:
                self._on(number, partial(storm_places.leave_storm, alone=member.key in keys), now=now)
        with self.unit_of_work.database.transaction() as session:
            record = storms.lock(session, storm.id)
            if record.ended_at is not None:
                storms.save(session, replace(record, released_at=now, shown={}))  # titles live on in the outbox alone

    def _on(self, incident_id: int, act: Callable[..., None], *, now: datetime) -> None:
        with self.unit_of_work.database.transaction() as session:
            work = self.unit_of_work.work_on(session, incidents.lock_by_id(session, incident_id), now=now)
            act(work, real_now=self.unit_of_work.real_clock())


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
