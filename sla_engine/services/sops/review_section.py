"""The part of the daily message that asks, once a week, whether somebody's procedures are still right."""

from datetime import date, datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.sops.reviews import is_backup_asked, wants_review
from sla_engine.domain.sops.sop import Sop
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.time.weeks import Week
from sla_engine.notifications.daily import DailyAct, DailyLine, DailySection
from sla_engine.storage import settings, sop_registry
from sla_engine.storage.database import Session

_ACTS = (DailyAct.SOP_STILL_RIGHT, DailyAct.SOP_EDIT, DailyAct.SOP_NOT_MINE)


def reviews_section(session: Session, *, msp: Msp, person: str, now: datetime) -> DailySection | None:
    """The procedures whose review falls due this week or is late: their owner is asked, and after 14 days the backup.

    None when nothing is to be reviewed, and for the rest of a week in which the person was asked.
    """
    today = local_day(now, zone=msp.zone)
    lines = tuple(
        _line(sop, person=person)
        for sop in sorted(sop_registry.registered(session), key=lambda sop: sop.review_on or date.max)
        if _is_asked(sop, person, today=today)
    )
    name, week = f"sop_reviews:{person}", {"week": str(Week.of_day(today))}
    if not lines or settings.get(session, name) == week:
        return None
    settings.put(session, name, week)
    return DailySection(title=f"{_procedures(len(lines))} a look", lines=lines)


def reviewed_line(sop: Sop, *, person: str, outcome: str) -> DailyLine:
    """The line of a procedure, ticked off with what became of it."""
    line = _line(sop, person=person)
    return DailyLine(key=line.key, subject=line.subject, title=line.title, detail=outcome, link=sop.link, is_done=True)


def _is_asked(sop: Sop, person: str, *, today: date) -> bool:
    if sop.review_on is None or sop.retired_at is not None:
        return False
    if person == sop.owner:
        return wants_review(sop.review_on, today=today)
    return person == sop.backup and is_backup_asked(sop.review_on, today=today)


def _line(sop: Sop, *, person: str) -> DailyLine:
    due = "" if sop.review_on is None else f"review by {sop.review_on:%-d %b %Y}"
    stands_in = "" if person == sop.owner else ", you are its backup"
    return DailyLine(
        key=f"sop:{sop.number}",
        subject=sop.number,
        title=f"{sop.number} {sop.title}",
        detail=f"{due}{stands_in}",
        link=sop.link,
        acts=_ACTS,
    )


def _procedures(count: int) -> str:
    return "1 procedure wants" if count == 1 else f"{count} procedures want"
