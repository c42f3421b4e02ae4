"""Asks every person once a day, a while before their day ends, for all that waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.working_hours import working_hours
from sla_engine.domain.notes.asking import next_asking
from sla_engine.domain.time.local_time import local_day
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.daily import DailySection
from sla_engine.services.messages import daily_message
from sla_engine.services.notes.action_items import action_items_section
from sla_engine.services.notes.wanted_notes import notes_section
from sla_engine.services.sops.review_section import reviews_section
from sla_engine.storage import timers
from sla_engine.storage.database import Session


class SectionOf(Protocol):
    """Gathers what waits for a person of one kind; None where nothing does."""

    def __call__(self, session: Session, *, msp: Msp, person: str, now: datetime) -> DailySection | None:
        """The section of this person's message at `now` (SLA time)."""


SECTIONS: Sequence[SectionOf] = (notes_section, reviews_section, action_items_section)
"""Everything that rides in the daily message, in the order in which it is shown."""


def ask_person(session: Session, person: str, *, msp: Msp, now: datetime, real_now: datetime) -> None:
    """Write to a person what waits for them, and look again before the end of their next day.

    Nothing is sent outside their hours (the sweep came too late), nor to somebody absent, who is asked once back.
    """
    if msp.person(person) is None:
        return
    hours = working_hours(msp, person)
    timers.arm(session, Duty.DAILY, person, next_asking(hours, after=now))
    if msp.is_absent(person, now) or not hours.is_open(now):
        return
    gathered = [section_of(session, msp=msp, person=person, now=now) for section_of in SECTIONS]
    sections = [section for section in gathered if section is not None]
    if sections:
        name = local_day(now, zone=hours.zone).isoformat()
        daily_message.post(session, person, sections, name=name, at=real_now)


def arm_daily_messages(session: Session, msp: Msp, *, now: datetime) -> None:
    """Arm the timer of everybody who may owe something, for the hours that the people file in force gives them."""
    for person in msp.people:
        if not person.role.may_act_as(Role.TECHNICIAN):
            continue
        armed = timers.due_for(session, Duty.DAILY, person.slack_id)
        planned = next_asking(working_hours(msp, person.slack_id), after=now)
        if armed is None or (armed > now and armed != planned):
            timers.arm(session, Duty.DAILY, person.slack_id, planned)
