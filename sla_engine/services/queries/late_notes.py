"""What each service manager is to be told: the notes that are late, what waits for a decision, what is overdue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.note_events import NoteReminded
from sla_engine.domain.notes.late_notes import business_day_after, ends_today, note_due_at
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.sop import is_overdue
from sla_engine.notifications.late_notes import LateMiss, LateNote, ManagerPromptMessage, OverdueItem
from sla_engine.storage import events, incidents, notes, sops
from sla_engine.storage.database import Session
from sla_engine.storage.notes import MissedClock, NoteRecord

LISTED = 8
"""Late notes with their buttons in one message; a count names the others."""
OVERDUE_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerPrompt:
    """What one manager is to be told; `pressing_since` is when the first of it became late, None for nothing late."""

    shown: ManagerPromptMessage
    pressing_since: datetime | None


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """What was collected for one destination."""

    late: list[tuple[NoteRecord, datetime]] = field(default_factory=list)
    due_today: int = 0
    to_review: list[NoteRecord] = field(default_factory=list)
    to_decide: list[NoteRecord] = field(default_factory=list)
    overdue: list[OverdueItem] = field(default_factory=list)


def manager_prompts(session: Session, msp: Msp, *, now: datetime) -> Mapping[str, ManagerPrompt]:
    """What every service manager is to be told, by the person or channel to write to."""
    owed = [note for note in notes.still_to_write(session) if note.asked_at is not None]
    waiting = notes.for_manager(session)
    to_write = [decision for decision, _ in sops.still_open(session)]
    about = [note.incident_id for note in (*owed, *waiting)] + [decision.incident_id for decision in to_write]
    records = incidents.by_ids(session, about)
    collected: dict[str, _Waiting] = {}
    for note in owed:
        _collect_owed(_of(collected, records[note.incident_id].customer, msp, now=now), note, msp, now=now)
    for note in waiting:
        of_manager = _of(collected, records[note.incident_id].customer, msp, now=now)
        (of_manager.to_review if note.state is NoteState.WRITTEN else of_manager.to_decide).append(note)
    for decision in to_write:
        if decision.due_on is not None and is_overdue(decision.due_on, now=now, zone=msp.zone):
            item = OverdueItem(
                key=decision.number, title=decision.title or "", owner=decision.owner or "", due_on=decision.due_on
            )
            _of(collected, records[decision.incident_id].customer, msp, now=now).overdue.append(item)
    return {destination: _prompt(session, of_manager, records, msp) for destination, of_manager in collected.items()}


def _of(collected: dict[str, _Waiting], customer: str, msp: Msp, *, now: datetime) -> _Waiting:
    """The part of whoever is there for this customer: its manager, another one, or else the managers' channel."""
    destination = msp.present_manager_of(customer, now) or msp.managers_channel
    return collected.setdefault(destination, _Waiting())


def _collect_owed(of_manager: _Waiting, note: NoteRecord, msp: Msp, *, now: datetime) -> None:
    """Count a note as late or as due today; while its writer is absent it is neither."""
    due = late_from(note, msp, now=now)
    if due is not None and due <= now:
        of_manager.late.append((note, due))
    elif due is not None and ends_today(due, now=now, zone=msp.zone):
        of_manager.due_today += 1


def late_from(note: NoteRecord, msp: Msp, *, now: datetime) -> datetime | None:
    """The instant from which a note is late; None where nobody was asked for it, and while its writer is absent."""
    if note.asked_at is None or msp.is_absent(note.wanted_from, now):
        return None
    return note_due_at(note.asked_at, note.wanted_from, calendar=msp.calendar, roster=msp.roster)


def _prompt(session: Session, of_manager: _Waiting, records: Mapping[int, Incident], msp: Msp) -> ManagerPrompt:
    late = sorted(of_manager.late, key=lambda pair: (records[pair[0].incident_id].priority.rank, pair[1]))
    return ManagerPrompt(
        shown=ManagerPromptMessage(
            late=_late_notes(session, [note for note, _ in late[:LISTED]], records),
            late_count=len(late),
            due_today=of_manager.due_today,
            notes_waiting=len(of_manager.to_review),
            decisions_waiting=len(of_manager.to_decide),
            overdue=tuple(of_manager.overdue[:OVERDUE_LISTED]),
            overdue_count=len(of_manager.overdue),
        ),
        pressing_since=min([*(due for _, due in late), *_waited_a_day(of_manager, msp)], default=None),
    )


def _waited_a_day(of_manager: _Waiting, msp: Msp) -> Iterable[datetime]:
    """When each decision of theirs will have waited a business day."""
    since = [note.written_at for note in of_manager.to_review] + [note.reviewed_at for note in of_manager.to_decide]
    for instant in since:
        waited = None if instant is None else business_day_after(msp.calendar, instant)
        if waited is not None:
            yield waited


def _late_notes(session: Session, late: Sequence[NoteRecord], records: Mapping[int, Incident]) -> tuple[LateNote, ...]:
    numbers = [note.incident_id for note in late]
    if not numbers:
        return ()
    missed, reminders = notes.missed_clocks(session, numbers), events.of_kind(session, numbers, NoteReminded)
    return tuple(
        LateNote(
            incident_key=records[note.incident_id].key,
            title=records[note.incident_id].title,
            customer=records[note.incident_id].customer,
            priority=records[note.incident_id].priority.value,
            misses=tuple(map(_late_miss, missed.get(note.incident_id, ()))),
            writer=note.wanted_from,
            asked_at=note.asked_at or note.wanted_at,
            is_returned=note.state is NoteState.RETURNED,
            reminded_at=max((entry.at for entry in reminders.get(note.incident_id, ())), default=None),
        )
        for note in late
    )


def _late_miss(clock: MissedClock) -> LateMiss:
    over = None if clock.is_open else clock.over
    return LateMiss(metric_label=METRICS[clock.metric].label, breached_at=clock.breached_at, over=over)
