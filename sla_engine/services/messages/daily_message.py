"""The one direct message a day by which a person is asked for what waits for them, edited as they do it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.notifications.daily import DailyLine, DailyMessage, DailySection
from sla_engine.storage import daily_messages, outbox
from sla_engine.storage.daily_messages import LiveDaily
from sla_engine.storage.database import Session
from sla_engine.storage.outbox import NewMessage


def post(session: Session, person: str, sections: Sequence[DailySection], *, name: str, at: datetime) -> None:
    """Post the message of a day (`name` is the day); it takes the place of the last one."""
    before = daily_messages.lock(session, person)
    shown = DailyMessage(sections=tuple(sections))
    live = LiveDaily(person=person, message=f"daily:{person}:{name}", edits=0, shown=shown)
    if before is not None and before.message == live.message:
        return
    daily_messages.save(session, live)
    outbox.enqueue(session, NewMessage(key=live.message, destination=person, notification=shown, at=at))
    if before is not None:
        outbox.enqueue(session, _deletion(before, successor=live.message, at=at))


def put_first(session: Session, person: str, line: DailyLine, *, title: str, name: str, at: datetime) -> None:
    """Post a person's message anew with a line before all others, so that they notice it now.

    What they did already is left out. `title` is the section's, `name` tells this message from others of theirs.
    """
    before = daily_messages.lock(session, person)
    sections = [] if before is None else [_still_to_do(section, without=line.key) for section in before.shown.sections]
    same = [to_do for section in sections if section.title == title for to_do in section.lines]
    others = [section for section in sections if section.title != title and section.lines]
    post(session, person, [DailySection(title=title, lines=(line, *same)), *others], name=name, at=at)


def _still_to_do(section: DailySection, *, without: str) -> DailySection:
    return replace(section, lines=tuple(line for line in section.lines if not line.is_done and line.key != without))


def show_line(session: Session, person: str | None, line: DailyLine, *, at: datetime) -> None:
    """Show what became of a line of a person's live message; nothing where it has no such line."""
    live = None if person is None else daily_messages.lock(session, person)
    if live is None:
        return
    sections = tuple(
        replace(section, lines=tuple(line if shown.key == line.key else shown for shown in section.lines))
        for section in live.shown.sections
    )
    if sections == live.shown.sections:
        return
    edited = replace(live, edits=live.edits + 1, shown=DailyMessage(sections=sections))
    daily_messages.save(session, edited)
    message = NewMessage(key=edited.message, destination=edited.person, notification=edited.shown, at=at)
    outbox.edit(session, message, edit_name=f"edit:{edited.edits}")


def _deletion(before: LiveDaily, *, successor: str, at: datetime) -> NewMessage:
    return NewMessage(
        key=f"{before.message}:delete",
        destination=before.person,
        notification=before.shown,
        message=before.message,
        op="delete",
        successor=successor,
        at=at,
    )
