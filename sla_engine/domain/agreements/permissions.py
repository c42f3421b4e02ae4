"""Permissions by role: deny by default. Each role may do everything that the roles before it may do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed
from sla_engine.domain.agreements.msp import Access, Msp, Role


class Action(StrEnum):
    """Everything somebody can ask for."""

    LOOK = "look"
    OPEN = "open"
    TAKE = "take"
    HAND_BACK = "handback"
    RESPOND = "respond"
    UPDATE = "update"
    PLAN = "plan"
    PAUSE = "pause"
    RESUME = "resume"
    PRIORITY = "priority"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    COMPLAINT = "complaint"
    REMARK = "remark"
    WRITE_NOTE = "note"
    LIST_NOTES = "notes"
    ASSIGN = "assign"
    ACKNOWLEDGE = "ack"
    SNOOZE = "snooze"
    STORM = "storm"
    TRIAGE = "triage"
    MERGE = "merge"
    BOARD = "board"
    LIST_MISSES = "misses"
    WORDS = "words"
    ASK_NOTE = "ask for note"
    REVIEW_NOTE = "review"
    DECIDE_SOP = "sop"
    LIST_SOPS = "sops"
    FINISH_SOP = "sop done"
    USE_SOP = "sop used"
    LINK_SOP = "sop link"
    REVIEW_SOP = "sop reviewed"
    EDIT_SOP = "sop edit"
    KEEP_SOPS = "sop add"
    LIST_PROBLEMS = "problem"
    OPEN_PROBLEM = "problem open"
    TAKE_PROBLEM = "problem take"
    LINK_PROBLEM = "problem link"
    ACT_ON_PROBLEM = "problem acts"
    WORKAROUND = "problem workaround"
    PLAN_FIX = "problem plan"
    FIX_PROBLEM = "problem fixed"
    LIST_ACTION_ITEMS = "action"
    FINISH_ACTION_ITEM = "action done"
    WAIVE = "waive"
    REPROCESS = "reprocess"
    DIGEST = "digest"
    SIMULATE = "simulate"
    RETRY = "retry"
    AWAY = "away"
    HANDOVER = "handover"
    TEAM_FIGURES = "me team"
    APPLY = "apply"
    UNDO = "undo"


NEEDED: Mapping[Action, Role] = {
    Action.LOOK: Role.EVERYONE,
    Action.OPEN: Role.EVERYONE,
    Action.COMPLAINT: Role.EVERYONE,
    Action.TAKE: Role.TECHNICIAN,
    Action.HAND_BACK: Role.DISPATCHER,
    Action.RESPOND: Role.TECHNICIAN,
    Action.UPDATE: Role.TECHNICIAN,
    Action.PLAN: Role.TECHNICIAN,
    Action.PAUSE: Role.TECHNICIAN,
    Action.RESUME: Role.TECHNICIAN,
    Action.PRIORITY: Role.TECHNICIAN,
    Action.RESOLVE: Role.TECHNICIAN,
    Action.REOPEN: Role.TECHNICIAN,
    Action.ESCALATE: Role.TECHNICIAN,
    Action.REMARK: Role.TECHNICIAN,
    Action.WRITE_NOTE: Role.TECHNICIAN,
    Action.LIST_NOTES: Role.TECHNICIAN,
    Action.ASSIGN: Role.DISPATCHER,
    Action.ACKNOWLEDGE: Role.DISPATCHER,
    Action.SNOOZE: Role.DISPATCHER,
    Action.STORM: Role.DISPATCHER,
    Action.TRIAGE: Role.DISPATCHER,
    Action.MERGE: Role.DISPATCHER,
    Action.BOARD: Role.DISPATCHER,
    Action.LIST_MISSES: Role.DISPATCHER,
    Action.WORDS: Role.DISPATCHER,
    Action.ASK_NOTE: Role.DISPATCHER,
    Action.REVIEW_NOTE: Role.SERVICE_MANAGER,
    Action.DECIDE_SOP: Role.SERVICE_MANAGER,
    Action.LIST_SOPS: Role.TECHNICIAN,
    Action.USE_SOP: Role.TECHNICIAN,
    Action.LINK_SOP: Role.DISPATCHER,
    Action.REVIEW_SOP: Role.SERVICE_MANAGER,
    Action.EDIT_SOP: Role.SERVICE_MANAGER,
    Action.KEEP_SOPS: Role.SERVICE_MANAGER,
    Action.FINISH_SOP: Role.SERVICE_MANAGER,
    Action.LIST_PROBLEMS: Role.TECHNICIAN,
    Action.OPEN_PROBLEM: Role.TECHNICIAN,
    Action.TAKE_PROBLEM: Role.TECHNICIAN,
    Action.LINK_PROBLEM: Role.DISPATCHER,
    Action.ACT_ON_PROBLEM: Role.DISPATCHER,
    Action.WORKAROUND: Role.DISPATCHER,
    Action.PLAN_FIX: Role.SERVICE_MANAGER,
    Action.FIX_PROBLEM: Role.SERVICE_MANAGER,
    Action.LIST_ACTION_ITEMS: Role.TECHNICIAN,
    Action.FINISH_ACTION_ITEM: Role.SERVICE_MANAGER,
    Action.WAIVE: Role.SERVICE_MANAGER,
    Action.REPROCESS: Role.SERVICE_MANAGER,
    Action.DIGEST: Role.SERVICE_MANAGER,
    Action.SIMULATE: Role.SERVICE_MANAGER,
    Action.RETRY: Role.SERVICE_MANAGER,
    Action.AWAY: Role.DISPATCHER,
    Action.HANDOVER: Role.DISPATCHER,
    Action.TEAM_FIGURES: Role.SERVICE_MANAGER,
    Action.APPLY: Role.ADMIN,
    Action.UNDO: Role.SERVICE_MANAGER,
}

NEEDED_OF_OWNER: Mapping[Action, Role] = {
    Action.HAND_BACK: Role.TECHNICIAN,
    Action.ACKNOWLEDGE: Role.TECHNICIAN,
    Action.SNOOZE: Role.TECHNICIAN,
    Action.FINISH_SOP: Role.TECHNICIAN,
    Action.REVIEW_SOP: Role.TECHNICIAN,
    Action.EDIT_SOP: Role.TECHNICIAN,
    Action.LIST_MISSES: Role.TECHNICIAN,
    Action.LINK_PROBLEM: Role.TECHNICIAN,
    Action.WORKAROUND: Role.TECHNICIAN,
    Action.PLAN_FIX: Role.TECHNICIAN,
    Action.FINISH_ACTION_ITEM: Role.TECHNICIAN,
    Action.AWAY: Role.EVERYONE,
    Action.TEAM_FIGURES: Role.DISPATCHER,
    Action.UNDO: Role.EVERYONE,
}
"""The lesser roles that an owner needs: to hand back what is theirs, answer their nudges, finish their SOP and action
items, list their misses, work on their problem, be away, undo what they did."""

UNDOABLE = frozenset({
    Action.OPEN, Action.TAKE, Action.HAND_BACK, Action.ASSIGN, Action.PRIORITY, Action.PAUSE, Action.RESUME,
    Action.RESPOND, Action.UPDATE, Action.PLAN, Action.RESOLVE, Action.REOPEN, Action.MERGE, Action.ACKNOWLEDGE,
    Action.SNOOZE, Action.ESCALATE, Action.COMPLAINT, Action.REMARK, Action.TRIAGE, Action.AWAY, Action.STORM,
    Action.USE_SOP, Action.LINK_SOP,
    Action.OPEN_PROBLEM, Action.TAKE_PROBLEM, Action.LINK_PROBLEM, Action.WORKAROUND, Action.PLAN_FIX,
    Action.FIX_PROBLEM, Action.ACT_ON_PROBLEM,
})  # fmt: skip
"""The acts whose author can undo them for a while."""


NAMED_MAX = 3
"""At most so many people are named as those who may."""


def authorise(msp: Msp, by: str, action: Action, *, now: datetime, owner: str | None = None) -> None:
    """Check that a person may act; `owner` is the person whose incident (or SOP) it is.

    Raises: NotAllowed naming the least role that may act on any incident and who has it, NotNamed for a person without
    a role.
    """
    if msp.access is Access.NAMED and msp.person(by) is None:
        raise NotNamed(action.value, msp.can_add)
    needed = NEEDED[action]
    least = NEEDED_OF_OWNER.get(action, needed) if by == owner else needed
    if not msp.role_of(by).may_act_as(least):
        on_duty = msp.dispatcher(now) if needed in (Role.TECHNICIAN, Role.DISPATCHER) else None
        people = (on_duty,) if on_duty is not None else _present_with(msp, needed, now=now)
        names = tuple(person.name for slack_id in people if (person := msp.person(slack_id)) is not None)
        raise NotAllowed(action.value, needed.label, names=names, is_on_duty=on_duty is not None)


def _present_with(msp: Msp, role: Role, *, now: datetime) -> tuple[str, ...]:
    """Those of our people with this role who are here, else those above them; a few of many."""
    for higher in [other for other in Role if other.may_act_as(role)]:
        present = [
            person.slack_id for person in msp.people if person.role is higher and msp.present(person.slack_id, now)
        ]
        if present:
            return tuple(present[:NAMED_MAX])
    return ()
