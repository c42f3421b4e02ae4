"""SOP decisions: the check of a decision, and the reminders of an owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.time.local_time import local_day, local_hour

TITLE_MAX_CHARS = 150
LINK_MAX_CHARS = 2000
REASON_MAX_CHARS = 3000
NO_ADDRESS = "This is no web address; write it like https://wiki.example.com/sop-7."
REMIND_DAYS_BEFORE = (14, 7, 0)
OVERDUE_EVERY_DAYS = 7
REMIND_HOUR = 8
"""The local hour at which an owner is reminded."""

STEP_LABELS: Mapping[NextStep, str] = {
    NextStep.CREATE_SOP: "create an SOP",
    NextStep.UPDATE_SOP: "update the SOP",
    NextStep.PROBLEM: "open a problem",
    NextStep.NONE: "no SOP",
}
NEEDS_OWNER = (NextStep.CREATE_SOP, NextStep.UPDATE_SOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class SopPlan:
    """A decision about an SOP as somebody filled it in."""

    decision: NextStep
    title: str = ""
    owner: str | None = None
    link: str = ""
    due_on: date | None = None
    reason: str = ""


def plan_problems(plan: SopPlan, *, known_owner: bool, today: date) -> Mapping[str, str]:
    """The problems of a plan: field → one sentence; empty when it can be kept."""
    sentences: dict[str, str] = {}
    if plan.decision in NEEDS_OWNER:
        sentences |= _ownership_problems(plan, known_owner=known_owner, today=today)
    elif not plan.reason.strip():
        sentences["reason"] = f"Say why, when the decision is: {STEP_LABELS[plan.decision]}."
    for name, text, limit in (
        ("title", plan.title, TITLE_MAX_CHARS),
        ("link", plan.link, LINK_MAX_CHARS),
        ("reason", plan.reason, REASON_MAX_CHARS),
    ):
        if len(text) > limit:
            sentences[name] = f"Keep this within {limit:,} characters; it has {len(text):,}."
    if plan.link.strip() and web_address(plan.link) is None:
        sentences.setdefault("link", NO_ADDRESS)
    return sentences


def _ownership_problems(plan: SopPlan, *, known_owner: bool, today: date) -> dict[str, str]:
    sentences: dict[str, str] = {}
    if not plan.title.strip():
        sentences["title"] = "Give the SOP a title."
    if plan.owner is None:
        sentences["owner"] = "Name who will write it."
    elif not known_owner:
        sentences["owner"] = "The owner must be one of the people in msp.yaml."
    if plan.due_on is None:
        sentences["due_on"] = "Say by when it must be done."
    elif plan.due_on <= today:
        sentences["due_on"] = "The due date must lie ahead."
    return sentences


def next_reminder(due_on: datetime, *, now: datetime, zone: str) -> datetime:
    """The owner's next reminder, after `now`: 14 and 7 days before, on the due day, then weekly."""
    due_day = local_day(due_on, zone=zone)
    for days in REMIND_DAYS_BEFORE:
        at = local_hour(due_day - timedelta(days=days), REMIND_HOUR, zone=zone)
        if at > now:
            return at
    late = (local_day(now, zone=zone) - due_day).days // OVERDUE_EVERY_DAYS
    overdue_days = (due_day + timedelta(days=OVERDUE_EVERY_DAYS * number) for number in (late, late + 1))
    reminders = (local_hour(day, REMIND_HOUR, zone=zone) for day in overdue_days)
    return next(at for at in reminders if at > now)


def is_overdue(due_on: datetime, *, now: datetime, zone: str) -> bool:
    """Whether the due day is over."""
    return local_day(now, zone=zone) > local_day(due_on, zone=zone)
