"""Gives the reason of missed targets in one tap: where no more is wanted, or in addition to a note."""

from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.incidents.note_events import ReasonGiven
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.errors import NoNoteWanted, NoNoteYet, NoteIncomplete
from sla_engine.domain.notes.explained import MissReason, clock_name, unexplained
from sla_engine.domain.notes.note_state import NoteDepth, NoteState
from sla_engine.domain.notes.owing import misses
from sla_engine.parsing.choices import choice
from sla_engine.services.notes.wanted_notes import show_note
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.notes import NoteRecord

WANTS_WORDS = "A miss of this priority wants the four questions answered, not its reason alone."


class Reasons:
    """The reasons that people give without more words. `by` is who acts (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def give(self, key: str, reason: str, *, by: str, now: datetime) -> NoteRecord:
        """Give the reason of all that an incident missed, or another one than was given.

        Raises: UnknownChoice, NoNoteWanted, NoteIncomplete where four questions are to be answered, NotAllowed.
        """
        given = choice(BreachReason, reason, what="reason")
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.WRITE_NOTE, by=by, now=now) as work:
            note, missed = work.prompts.lock_note(), misses(work.readings())
            if note is None or not missed:
                raise NoNoteWanted(work.key)
            if note.depth is NoteDepth.FULL or note.state not in (NoteState.WANTED, NoteState.EXPLAINED):
                raise NoteIncomplete({"what_happened": WANTS_WORDS})
            explained = replace(
                note,
                state=NoteState.EXPLAINED,
                reason=given,
                attribution=BREACH_REASONS[given].attribution,
                author=by,
                written_at=work.now,
            )
            return self._explain(work, explained, missed, by=by, at=at, asked=note.addition_from or note.wanted_from)

    def same(self, key: str, *, by: str, now: datetime) -> NoteRecord:
        """Give what was missed since a note the reason of that note.

        Raises: NoNoteYet where none gives a reason, NoNoteWanted when nothing was missed since, NotAllowed.
        """
        at = self.unit_of_work.real_clock()
        with self.unit_of_work.act(key, action=Action.WRITE_NOTE, by=by, now=now) as work:
            note = work.prompts.lock_note()
            if note is None or not note.explains:
                raise NoNoteYet(work.key)
            later = unexplained(work.history, misses(work.readings()))
            if not later:
                raise NoNoteWanted(work.key)
            return self._explain(work, note, later, by=by, at=at, asked=note.addition_from or note.wanted_from)

    def _explain(
        self,
        work: IncidentWork,
        note: NoteRecord,
        missed: list[Reading],
        *,
        by: str,
        at: datetime,
        asked: str | None,
    ) -> NoteRecord:
        if note.reason is None:
            raise NoNoteYet(work.key)
        covers = tuple(clock_name(clock) for clock in missed)
        work.record(ReasonGiven(reason=note.reason.value, covers=covers), by=by)
        work.prompts.explain(missed, MissReason(reason=note.reason, by=by, at=work.now))
        answered = work.prompts.save_note(replace(note, addition_from=None))
        show_note(work, answered, at=at, asked=asked)
        return answered
