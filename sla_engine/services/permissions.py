"""Who may do what: deny by default. Each role may do what the roles before it may."""

from collections.abc import Mapping
from enum import StrEnum

from sla_engine.domain.errors import NotAllowed
from sla_engine.domain.people import Msp, Role


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
    WRITE_NOTE = "note"
    ASSIGN = "assign"
    ACKNOWLEDGE = "ack"
    SNOOZE = "snooze"
    TRIAGE = "triage"
    REVIEW_NOTE = "review"
    DECIDE_SOP = "sop"
    DIGEST = "digest"
    APPLY = "apply"


NEEDED: Mapping[Action, Role] = {
    Action.LOOK: Role.EVERYONE,
    Action.OPEN: Role.EVERYONE,
    Action.TAKE: Role.TECHNICIAN,
    Action.HAND_BACK: Role.TECHNICIAN,
    Action.RESPOND: Role.TECHNICIAN,
    Action.UPDATE: Role.TECHNICIAN,
    Action.PLAN: Role.TECHNICIAN,
    Action.PAUSE: Role.TECHNICIAN,
    Action.RESUME: Role.TECHNICIAN,
    Action.PRIORITY: Role.TECHNICIAN,
    Action.RESOLVE: Role.TECHNICIAN,
    Action.REOPEN: Role.TECHNICIAN,
    Action.ESCALATE: Role.TECHNICIAN,
    Action.WRITE_NOTE: Role.TECHNICIAN,
    Action.ASSIGN: Role.DISPATCHER,
    Action.ACKNOWLEDGE: Role.DISPATCHER,
    Action.SNOOZE: Role.DISPATCHER,
    Action.TRIAGE: Role.DISPATCHER,
    Action.REVIEW_NOTE: Role.SERVICE_MANAGER,
    Action.DECIDE_SOP: Role.SERVICE_MANAGER,
    Action.DIGEST: Role.SERVICE_MANAGER,
    Action.APPLY: Role.ADMIN,
}


def authorise(msp: Msp, by: str, action: Action) -> None:
    """Let the person act.

    Raises: NotAllowed naming the least role that may.
    """
    needed = NEEDED[action]
    if not msp.role_of(by).may_act_as(needed):
        raise NotAllowed(action.value, needed.label)
