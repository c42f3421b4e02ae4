"""The SLA notes that a person owes, as lines of their daily message."""

from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.working_hours import working_hours
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.asking import is_asked_about
from sla_engine.domain.notes.note_state import NoteDepth, NoteState
from sla_engine.domain.time.durations import short
from sla_engine.notifications.daily import DailyAct, DailyLine, DailySection
from sla_engine.services.messages import daily_message
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incident_lists, incidents, notes
from sla_engine.storage.database import Session
from sla_engine.storage.notes import MissedClock, NoteRecord

TITLE = "SLA notes wanted from you"
LIKELY_MAX = 5
LATELY = timedelta(days=90)
"""How far back reasons are counted to offer the likely ones first."""
USUAL_REASONS = (
    BreachReason.LATE_ASSIGNMENT,
    BreachReason.NO_STATUS_UPDATE,
    BreachReason.CAPACITY,
    BreachReason.VENDOR,
    BreachReason.CLOCK_NOT_PAUSED,
)
_BECAME = {
    NoteState.WRITTEN: "the SLA note is written and waits for review",
    NoteState.ACCEPTED: "the SLA note is accepted, thank you",
    NoteState.WITHDRAWN: "no SLA note is wanted any more: no missed target is left",
}


def notes_section(session: Session, *, msp: Msp, person: str, now: datetime) -> DailySection | None:
    """The notes to ask a person for today, and the record that they are asked; None while a P1 of theirs is open."""
    owed = _owed_by(session, person, msp=msp, now=now)
    if not owed or incident_lists.has_open(session, person, Priority.P1):
        return None
    ids = [note.incident_id for note in owed]
    records, missed = incidents.by_ids(session, ids), notes.missed_clocks(session, ids)
    zone = working_hours(msp, person).zone
    asked = [
        note
        for note in owed
        if _is_asked(note, records[note.incident_id], missed.get(note.incident_id, []), zone=zone, now=now)
    ]
    if not asked:
        return None
    notes.mark_asked(session, [note.incident_id for note in asked], at=now)
    likely = _likely_reasons(session, now=now)
    lines = (
        _line(note, records[note.incident_id], missed.get(note.incident_id, []), msp=msp, likely=likely)
        for note in asked
    )
    return DailySection(title=TITLE, lines=tuple(lines))


def show_note(work: IncidentWork, note: NoteRecord, *, at: datetime, asked: str | None = None) -> None:
    """Show on the message that asked for a note what became of it; `asked` is who was, `at` is real time."""
    is_reason = note.state is NoteState.EXPLAINED and note.reason is not None
    detail = _BECAME.get(note.state, "the SLA note was returned; you are asked for it again")
    line = DailyLine(
        key=_key(work.key),
        subject=work.key,
        title=_title(work.incident),
        detail=_reason_label(note) if is_reason else detail,
        acts=(DailyAct.ADD_WORDS,) if is_reason else (),
        is_done=True,
    )
    daily_message.show_line(work.session, work.msp.reachable(asked) or writer_of(work, note), line, at=at)


def writer_of(work: IncidentWork, note: NoteRecord) -> str | None:
    """The person who is asked for a note: from whom it is wanted, else the dispatcher on duty."""
    return work.msp.reachable(note.wanted_from) or work.msp.dispatcher(work.now)


def ask_now(work: IncidentWork, note: NoteRecord, *, writer: str, at: datetime) -> NoteRecord:
    """Put a note before its writer now, in a daily message that is posted anew; answers it as asked for."""
    missed = notes.missed_clocks(work.session, [work.incident.id]).get(work.incident.id, [])
    likely = _likely_reasons(work.session, now=work.now)
    line = _line(note, work.incident, missed, msp=work.msp, likely=likely)
    name = f"note:{work.key}:{len(work.history)}"
    daily_message.put_first(work.session, writer, line, title=TITLE, name=name, at=at)
    return work.prompts.save_note(replace(note, wanted_from=writer, asked_at=note.asked_at or work.now))


def show_asked_elsewhere(work: IncidentWork, note: NoteRecord, *, at: datetime) -> None:
    """Show whoever was asked for a note that somebody else is asked now; `note` is as it was before."""
    line = DailyLine(
        key=_key(work.key),
        subject=work.key,
        title=_title(work.incident),
        detail="somebody else is asked for the SLA note now",
        is_done=True,
    )
    daily_message.show_line(work.session, writer_of(work, note), line, at=at)


def _owed_by(session: Session, person: str, *, msp: Msp, now: datetime) -> list[NoteRecord]:
    """The notes and additions wanted from a person; of the dispatcher on duty also those of nobody we can write to."""
    additions = notes.additions_wanted(session)
    if msp.dispatcher(now) != person:
        owed = notes.still_to_write(session, writer=person)
        return [*owed, *(note for note in additions if note.addition_from == person)]
    owed = [note for note in notes.still_to_write(session) if (msp.reachable(note.wanted_from) or person) == person]
    return [*owed, *(note for note in additions if (msp.reachable(note.addition_from) or person) == person)]


def _is_asked(note: NoteRecord, record: Incident, missed: list[MissedClock], *, zone: str, now: datetime) -> bool:
    """Whether a note is asked for now: one that was returned always is, an addition once the incident is resolved."""
    is_resolved = record.state is not IncidentState.OPEN
    if note.addition_from is not None:
        return is_resolved
    if note.state is NoteState.RETURNED:
        return True
    first = min((clock.breached_at for clock in missed), default=note.wanted_at)
    return is_asked_about(first, is_resolved=is_resolved, now=now, zone=zone)


def _line(
    note: NoteRecord, record: Incident, missed: list[MissedClock], *, msp: Msp, likely: tuple[str, ...]
) -> DailyLine:
    later = [clock for clock in missed if not clock.is_explained] or missed
    detail = ", ".join(_late(clock) for clock in later)
    line = DailyLine(
        key=_key(record.key),
        subject=record.key,
        title=_title(record),
        detail=detail,
        at=later[0].breached_at if later else note.wanted_at,
        quote=note.returned_because or "",
        had_by=None if msp.reachable(record.responsible) else record.responsible,
        acts=(DailyAct.WRITE_NOTE, DailyAct.SHOW),
    )
    if note.addition_from is not None:
        since = f"since your note, late as well: {detail}. Same reason ({_reason_label(note)})?"
        return replace(line, detail=since, acts=(DailyAct.SAME_REASON, DailyAct.WRITE_MORE, DailyAct.SHOW))
    if note.depth is NoteDepth.REASON and note.state is NoteState.WANTED:
        return replace(line, acts=(DailyAct.GIVE_REASON, DailyAct.SHOW), likely=likely)
    return line


def _likely_reasons(session: Session, *, now: datetime) -> tuple[str, ...]:
    """Five reasons: those given most in the last weeks, then the usual ones."""
    usual = [*notes.usual_reasons(session, since=now - LATELY), *USUAL_REASONS]
    return tuple(reason.value for reason in dict.fromkeys(usual))[:LIKELY_MAX]


def _reason_label(note: NoteRecord) -> str:
    return BREACH_REASONS[note.reason].label if note.reason is not None else ""


def _late(clock: MissedClock) -> str:
    label = METRICS[clock.metric].label.lower()
    return f"{label} still open" if clock.is_open else f"{label} {short(clock.over)} late"


def _key(incident_key: str) -> str:
    return f"note:{incident_key}"


def _title(record: Incident) -> str:
    return f"{record.key} · {record.priority.value} {record.customer} · {record.title}"
