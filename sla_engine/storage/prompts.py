"""Reads the prompts about an incident: its note, and its live nudge with where that was posted.

The same statement reads which people file and which agreement were applied last: whoever works on an incident needs
both numbers, and has to read them while the incident is locked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage import notes, nudges
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow, Nudge
from sla_engine.storage.tables.notes import SlaNote
from sla_engine.storage.version_chain import NewestVersions, newest_numbers

_Row = tuple[SlaNote | None, Nudge | None, str | None, str | None, int | None, int | None, int | None]


class IncidentPrompts:
    """One incident's note and live nudge, read together in one statement when the first of them is needed.

    What is written here is remembered, so that nobody reads it again in the same transaction. `newest` are the
    versions that had been applied when they were read.
    """

    def __init__(self, session: Session, incident_id: int) -> None:
        self._session = session
        self._incident_id = incident_id
        self._is_read = False
        self._note: NoteRecord | None = None
        self._nudge: NudgeRecord | None = None
        self._newest = NewestVersions(None, None)

    @property
    def newest(self) -> NewestVersions:
        """The newest versions of all customers' agreements, of the people and of the roster."""
        self._read()
        return self._newest

    @property
    def note(self) -> NoteRecord | None:
        """The incident's note; None while it has none."""
        self._read()
        return self._note

    @property
    def nudge(self) -> NudgeRecord | None:
        """The live nudge, if there is one."""
        self._read()
        return self._nudge

    def lock_note(self) -> NoteRecord | None:
        """The note, locked until the transaction ends."""
        self._read()
        self._note = notes.lock(self._session, self._incident_id)
        return self._note

    def want_note(self, *, wanted_at: datetime, wanted_from: str | None, manager: str | None) -> NoteRecord:
        """Add a wanted note to the incident, which has none yet."""
        self._note = notes.want(
            self._session, self._incident_id, wanted_at=wanted_at, wanted_from=wanted_from, manager=manager
        )
        return self._note

    def save_note(self, note: NoteRecord) -> NoteRecord:
        """Store the note as it is now."""
        notes.save(self._session, note)
        self._note = note
        return note

    def save_nudges(self, changed: Sequence[NudgeRecord]) -> None:
        """Store nudges as they are now; at most one of them is live."""
        self._read()
        nudges.save(self._session, changed)
        names = {nudge.message for nudge in changed}
        if self._nudge is not None and self._nudge.message in names:
            self._nudge = None
        self._nudge = next((nudge for nudge in changed if nudge.live), self._nudge)

    def _read(self) -> None:
        if self._is_read:
            return
        self._is_read = True
        row = self._session.execute(
            select(SlaNote, Nudge, Outbox.destination, Outbox.meant_for, *newest_numbers())
            .select_from(IncidentRow)
            .outerjoin(SlaNote, SlaNote.incident_id == IncidentRow.id)
            .outerjoin(Nudge, (Nudge.incident_id == IncidentRow.id) & Nudge.live.is_(True))
            .outerjoin(Outbox, nudges.is_message())
            .where(IncidentRow.id == self._incident_id)
        ).one_or_none()
        if row is not None:
            note, nudge, destination, meant_for, people, agreements, roster = cast("_Row", tuple(row))
            self._newest = NewestVersions(people, agreements, roster)
            self._note = None if note is None else notes.record_of(note)
            self._nudge = None if nudge is None else nudges.record_of(nudge, destination, meant_for)
