"""Reads the prompts about an incident: its note, and its live nudges with where those were posted.

The same statement reads which people file and which agreement were applied last: whoever works on an incident needs
both numbers, and has to read them while the incident is locked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.notes.explained import MissReason
from sla_engine.domain.notes.note_state import NoteDepth
from sla_engine.storage import explained_misses, notes, nudges
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow, Nudge
from sla_engine.storage.tables.notes import SlaNote
from sla_engine.storage.version_chain import NewestVersions, newest_numbers

_Row = tuple[SlaNote | None, Nudge | None, str | None, str | None, int | None, int | None, int | None]


class IncidentPrompts:
    """One incident's note and live nudges, read together in one statement when the first of them is needed.

    What is written here is remembered, so that nobody reads it again in the same transaction. `newest` are the
    versions that had been applied when they were read.
    """

    def __init__(self, session: Session, incident_id: int) -> None:
        self._session = session
        self._incident_id = incident_id
        self._is_read = False
        self._note: NoteRecord | None = None
        self._nudges: dict[bool, NudgeRecord] = {}
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
        """The live nudge in the channel, else the one to the owner; None while there is none."""
        return next(iter(self.nudges), None)

    @property
    def nudges(self) -> tuple[NudgeRecord, ...]:
        """The live nudges: the one in the channel first, then the direct message."""
        self._read()
        return tuple(self._nudges[direct] for direct in sorted(self._nudges))

    def nudge_at(self, *, direct: bool) -> NudgeRecord | None:
        """The live nudge in the channel, or the `direct` one to the owner."""
        self._read()
        return self._nudges.get(direct)

    def lock_note(self) -> NoteRecord | None:
        """The note, locked until the transaction ends."""
        self._read()
        self._note = notes.lock(self._session, self._incident_id)
        return self._note

    def want_note(
        self,
        *,
        wanted_at: datetime,
        wanted_from: str | None,
        manager: str | None,
        depth: NoteDepth = NoteDepth.FULL,
    ) -> NoteRecord:
        """Add a wanted note to the incident, which has none yet."""
        self._note = notes.want(
            self._session, self._incident_id, wanted_at=wanted_at, wanted_from=wanted_from, manager=manager, depth=depth
        )
        return self._note

    def explain(self, missed: Sequence[Reading], why: MissReason) -> None:
        """Keep the explanation of these missed clocks."""
        explained_misses.explain(self._session, self._incident_id, missed, why)

    def explain_alike(self, missed: Sequence[Reading], explained: Mapping[str, MissReason]) -> None:
        """Keep the explanations of those of these missed clocks that have one and are not on record with it."""
        explained_misses.explain_alike(self._session, self._incident_id, missed, explained)

    def save_note(self, note: NoteRecord) -> NoteRecord:
        """Store the note as it is now."""
        notes.save(self._session, note)
        self._note = note
        return note

    def save_nudges(self, changed: Sequence[NudgeRecord]) -> None:
        """Store nudges as they are now; at most one of them is live in the channel, and one as a direct message."""
        self._read()
        nudges.save(self._session, changed)
        names = {nudge.message for nudge in changed}
        kept = {direct: nudge for direct, nudge in self._nudges.items() if nudge.message not in names}
        self._nudges = kept | {nudge.direct: nudge for nudge in changed if nudge.live}

    def _read(self) -> None:
        if self._is_read:
            return
        self._is_read = True
        rows = self._session.execute(
            select(SlaNote, Nudge, Outbox.destination, Outbox.meant_for, *newest_numbers())
            .select_from(IncidentRow)
            .outerjoin(SlaNote, SlaNote.incident_id == IncidentRow.id)
            .outerjoin(Nudge, (Nudge.incident_id == IncidentRow.id) & Nudge.live.is_(True))
            .outerjoin(Outbox, nudges.is_message())
            .where(IncidentRow.id == self._incident_id)
        ).all()
        for row in rows:
            note, nudge, destination, meant_for, people, agreements, roster = cast("_Row", tuple(row))
            self._newest = NewestVersions(people, agreements, roster)
            self._note = None if note is None else notes.record_of(note)
            if nudge is not None:
                live = nudges.record_of(nudge, destination, meant_for)
                self._nudges[live.direct] = live
