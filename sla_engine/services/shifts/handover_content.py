"""What the messages about a handover show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.agreements.msp import DEFAULT_MANAGER, Msp
from sla_engine.domain.escalation.handover import Reminded
from sla_engine.notifications.shifts import AbsentColleague, HandedIncident, HandoverMessage, HandoverReminder
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.dispatch_board import as_listed
from sla_engine.storage import handovers, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.handovers import HandoverRecord

LISTED = 12
"""A handover lists so many incidents, the most urgent first; the board has the rest."""


def with_content(session: Session, board: Board, msp: Msp, shown: HandoverMessage, *, now: datetime) -> HandoverMessage:
    """The message about a handover with what is to be known at `now`."""
    numbers = handovers.to_know(session, now=now)
    names = {person.slack_id: person.name for person in msp.people}
    return replace(
        shown,
        incidents=_incidents(session, board, numbers[:LISTED], names, now=now),
        given_by_name=names.get(shown.given_by or "", ""),
        more=max(0, len(numbers) - LISTED),
        absent=tuple(AbsentColleague(name=names[one.person], until=one.until) for one in msp.absent(now)),
    )


def _incidents(
    session: Session, board: Board, numbers: list[int], names: Mapping[str, str], *, now: datetime
) -> tuple[HandedIncident, ...]:
    records = {record.key: record for record in incidents.by_ids(session, numbers).values()}
    summaries = board.summaries(session, numbers, now=now)
    handed = []
    for summary in summaries:
        record = records[summary.key]
        listed = as_listed(summary, now=now)
        is_silent = record.snoozed_until is not None and record.snoozed_until > now
        handed.append(
            HandedIncident(
                listed=listed,
                owner_name=names.get(listed.owner or "", ""),
                promise=record.promise,
                snoozed_until=record.snoozed_until if is_silent else None,
                answered_at=record.customer_waits_since,
            )
        )
    return tuple(handed)


def reminder_to(msp: Msp, record: HandoverRecord, step: Reminded, *, now: datetime) -> str | None:
    """Where the word goes that nobody has taken over: the one who leaves, then a manager who is there."""
    if step is Reminded.LEAVER:
        return msp.present(record.shown.given_by, now)
    return msp.present_manager_of(DEFAULT_MANAGER, now) or msp.managers_channel


def reminder(msp: Msp, record: HandoverRecord, step: Reminded, *, pressing: int) -> HandoverReminder:
    """The word that nobody has taken over."""
    colleague = msp.person(record.taken_by)
    return HandoverReminder(
        given_by=record.shown.given_by or "",
        taken_by=record.taken_by,
        taken_by_name=record.taken_by if colleague is None else colleague.name,
        at=record.at,
        pressing=pressing,
        for_manager=step is Reminded.MANAGER,
        handover=record.message,
    )
