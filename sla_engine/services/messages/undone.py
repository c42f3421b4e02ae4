"""Edits the messages that an undone act caused: the live nudge, and lines to people and channels."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.clocks.replies import as_meant
from sla_engine.domain.incidents.events import Undone
from sla_engine.domain.incidents.history import Entry
from sla_engine.notifications.notices import ComplaintMessage, LineMessage
from sla_engine.notifications.nudges import Happened
from sla_engine.services.messages import nudges
from sla_engine.services.messages.new_owner import SEVERAL
from sla_engine.services.messages.nudge_status import happened
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import outbox
from sla_engine.storage.database import Session
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.outbox import NewMessage

_IN_THREAD = "happened"


def show_undone(work: IncidentWork, undone: Collection[int], undoing: Entry, *, real_now: datetime) -> None:
    """Edit the incident's live nudges: the undone acts leave their lists of what happened, and the undoing joins.

    Where a change is undone, what was recorded first joins in its stead.
    """
    forget(work, undone)
    restored = {number for fact in _changes(work.history, undone) for number in fact.facts}
    again = [entry for entry in as_meant(work.history, work.terms) if entry.seq in restored and entry.by]
    nudges.show_progress(work, again or [undoing], real_now=real_now)


def forget(work: IncidentWork, undone: Collection[int]) -> None:
    """Take these facts off the lists of what happened in the incident's live nudges."""
    forgotten = [happened(entry) for entry in as_meant(work.history, work.terms) if entry.seq in undone]
    work.prompts.save_nudges([_without(nudge, forgotten) for nudge in work.prompts.nudges])


def _changes(history: Sequence[Entry], undone: Collection[int]) -> list[Undone]:
    """The changes among these undone facts."""
    events = (entry.event for entry in history if entry.seq in undone)
    return [event for event in events if isinstance(event, Undone)]


def _without(nudge: NudgeRecord, forgotten: Collection[Happened]) -> NudgeRecord:
    kept = tuple(fact for fact in nudge.shown.updates if fact not in forgotten)
    return replace(nudge, shown=replace(nudge.shown, updates=kept))


def take_back_lines(
    session: Session, messages: Sequence[str], *, keys: Collection[str], by: str, now: datetime, real_now: datetime
) -> None:
    """Say on the lines about these incidents that it was taken back; what is still waiting is never posted."""
    for key in messages:
        notice = outbox.notice_of(session, key)
        if notice is None or _is_in_thread(notice):
            continue
        about = _incidents_of(notice)
        undone = about & set(keys)
        if not undone or (undone == about and outbox.withdraw(session, key)):
            continue
        taken_back = _taken_back(notice, undone, by=by, now=now)
        edited = NewMessage(key=key, destination="", notification=taken_back, at=real_now)
        outbox.edit(session, edited, edit_name="undone")


def _is_in_thread(notice: LineMessage | ComplaintMessage) -> bool:
    return isinstance(notice, LineMessage) and notice.text_key == _IN_THREAD


def _incidents_of(notice: LineMessage | ComplaintMessage) -> set[str]:
    """The keys of the incidents that a line is about."""
    if isinstance(notice, LineMessage) and notice.text_key == SEVERAL:
        return {_key_of(incident) for incident in (notice.facts["incidents"] or "").splitlines()}
    return set() if notice.incident_key is None else {notice.incident_key}


def _key_of(incident: str) -> str:
    return incident.partition(" ")[0]


def _taken_back(
    notice: LineMessage | ComplaintMessage, undone: Collection[str], *, by: str, now: datetime
) -> LineMessage:
    """The line once what it says of these incidents was taken back; one about several keeps the others."""
    by_whom = {"by": by, "at": now.isoformat()}
    if isinstance(notice, ComplaintMessage) or notice.text_key != SEVERAL:
        title = notice.title if isinstance(notice, ComplaintMessage) else notice.facts.get("title")
        return LineMessage(incident_key=notice.incident_key, text_key="taken_back", facts={"title": title, **by_whom})
    incidents = (notice.facts["incidents"] or "").splitlines()
    kept = [incident for incident in incidents if _key_of(incident) not in undone]
    taken_back = [incident for incident in incidents if _key_of(incident) in undone]
    facts = {"incidents": "\n".join(taken_back), "kept": "\n".join(kept), **by_whom}
    return LineMessage(incident_key=None, text_key="taken_back_many", facts=facts)
