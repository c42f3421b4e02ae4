"""What a person finds on their Home tab: the board, their incidents, promises, notes, SOPs and decisions, by role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.msp import Role
from sla_engine.notifications.board import BoardMessage
from sla_engine.services.notes.action_items import ListedActionItem, open_action_items
from sla_engine.services.notes.review_queue import ReviewItem, review_queue
from sla_engine.services.queries.board import Board, IncidentSummary, StatusList
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.late_notes import late_from
from sla_engine.services.sops.registry import ListedSop, listed_sops
from sla_engine.storage import incident_lists, incidents, notes, sop_registry
from sla_engine.storage.database import Session
from sla_engine.storage.notes import NoteRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedNote:
    """An SLA note that somebody still has to write; `writer` is None where nobody is asked."""

    incident_key: str
    title: str
    customer: str
    priority: str
    writer: str | None
    wanted_at: datetime
    returned_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPart:
    """A technician's part: their open incidents, what they promised, the notes they owe, the SOPs they own, and what
    they said they will do.

    A note is owed once it was asked for, which is after the fire.
    """

    mine: StatusList
    promised: tuple[IncidentSummary, ...]
    notes: tuple[OwedNote, ...]
    sops: tuple[ListedSop, ...]
    actions: tuple[ListedActionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPart:
    """A service manager's part: what waits for a decision of theirs, and the notes that are late."""

    waiting: tuple[ReviewItem, ...]
    late_notes: tuple[OwedNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """One person's Home tab; a part that their role has not is None. `dispatches`: the board is their own work."""

    role: Role
    dispatches: bool
    board: BoardMessage | None = None
    shift: ShiftPart | None = None
    decisions: DecisionsPart | None = None


class Home:
    """Reads what a person's Home tab shows; nothing here changes anything."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.dispatch = DispatchBoard(board)
        self.unit_of_work = board.unit_of_work

    def page(self, person: str, *, now: datetime) -> HomePage:
        """The Home tab of one person.

        Raises: NotSetUp.
        """
        mine = self.board.mine(person, now=now)
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp(session)
            role, is_on_duty = msp.role_of(person), msp.dispatcher(now) == person
            dispatches = role is Role.DISPATCHER or is_on_duty
            manages = role.may_act_as(Role.SERVICE_MANAGER)
            works = role.may_act_as(Role.TECHNICIAN)
            return HomePage(
                role=role,
                dispatches=dispatches,
                board=self.dispatch.page(session, now=now) if dispatches or manages else None,
                shift=self._shift(session, person, mine, now=now) if works else None,
                decisions=self._decisions(session, now=now) if manages else None,
            )

    def _shift(self, session: Session, person: str, mine: StatusList, *, now: datetime) -> ShiftPart:
        zone = self.unit_of_work.msp(session).zone
        promised = incident_lists.promised_by(session, person)
        in_use = [sop for sop in sop_registry.registered(session) if sop.retired_at is None]
        return ShiftPart(
            mine=mine,
            promised=self.board.summaries(session, promised, now=now),
            notes=_owed(session, [note for note in notes.still_to_write(session, writer=person) if note.asked_at]),
            sops=tuple(sop for sop in listed_sops(session, in_use, zone=zone, now=now) if sop.owner == person),
            actions=open_action_items(session, owner=person, zone=zone, now=now),
        )

    def _decisions(self, session: Session, *, now: datetime) -> DecisionsPart:
        msp = self.unit_of_work.msp(session)
        due = [(note, late_from(note, msp, now=now)) for note in notes.still_to_write(session)]
        late = [note for note, instant in due if instant is not None and instant <= now]
        waiting = review_queue(session, calendar=msp.calendar, now=now)
        return DecisionsPart(waiting=waiting, late_notes=_owed(session, late))


def _owed(session: Session, owed: Sequence[NoteRecord]) -> tuple[OwedNote, ...]:
    records = incidents.by_ids(session, [note.incident_id for note in owed])
    return tuple(
        OwedNote(
            incident_key=records[note.incident_id].key,
            title=records[note.incident_id].title,
            customer=records[note.incident_id].customer,
            priority=records[note.incident_id].priority.value,
            writer=note.wanted_from,
            wanted_at=note.wanted_at,
            returned_because=note.returned_because,
        )
        for note in owed
    )
