"""Sentences for people who may not do something, or are not known."""

from collections.abc import Mapping

from sla_engine.domain.agreements.errors import (
    AmbiguousPerson,
    DispatcherAbsent,
    DispatchesAlready,
    HandoverSettled,
    NobodyNext,
    NoDispatcher,
    NotAbsent,
    NotAllowed,
    NotNamed,
    NotYoursToAccept,
    Outsider,
    SaidSince,
    UnknownPerson,
)
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.text.refusals.medium import NAME_MAX_CHARS, Medium, article
from sla_engine.text.refusals.sentence import sentence

ACTS: Mapping[Action, str] = {
    Action.LOOK: "look at incidents",
    Action.UNDO: "undo what somebody else did",
    Action.OPEN: "open an incident",
    Action.TAKE: "take an incident",
    Action.HAND_BACK: "hand an incident back",
    Action.RESPOND: "record the first reply",
    Action.UPDATE: "record a customer update",
    Action.PLAN: "record a plan",
    Action.PAUSE: "pause an incident",
    Action.RESUME: "resume an incident",
    Action.PRIORITY: "change a priority",
    Action.RESOLVE: "resolve an incident",
    Action.REOPEN: "reopen an incident",
    Action.ESCALATE: "ask the dispatcher for help",
    Action.COMPLAINT: "record a complaint",
    Action.REMARK: "add a remark",
    Action.WRITE_NOTE: "write an SLA note",
    Action.ASSIGN: "assign an incident",
    Action.ACKNOWLEDGE: "acknowledge a nudge",
    Action.SNOOZE: "snooze a nudge",
    Action.STORM: "act on a storm",
    Action.TRIAGE: "work on the triage list",
    Action.MERGE: "merge incidents",
    Action.WORDS: "say what a ticket system’s word means",
    Action.ASK_NOTE: "ask somebody for an SLA note",
    Action.REVIEW_NOTE: "review an SLA note",
    Action.DECIDE_SOP: "decide about an SOP",
    Action.LIST_SOPS: "look at the SOPs",
    Action.LIST_NOTES: "list SLA notes that wait",
    Action.LIST_ACTION_ITEMS: "see action items",
    Action.FINISH_ACTION_ITEM: "say that somebody else’s action item is done",
    Action.USE_SOP: "say whether an SOP helped",
    Action.LINK_SOP: "link an SOP with an incident",
    Action.REVIEW_SOP: "say that somebody else’s SOP is still right",
    Action.EDIT_SOP: "change somebody else’s SOP",
    Action.KEEP_SOPS: "add or retire an SOP",
    Action.FINISH_SOP: "say that somebody else’s SOP is done",
    Action.LIST_PROBLEMS: "look at problems",
    Action.OPEN_PROBLEM: "open a problem",
    Action.TAKE_PROBLEM: "look into a problem",
    Action.LINK_PROBLEM: "link incidents to a problem",
    Action.ACT_ON_PROBLEM: "act on the incidents of a problem",
    Action.WORKAROUND: "write a workaround",
    Action.PLAN_FIX: "plan the fix of a problem",
    Action.FIX_PROBLEM: "say that a problem is fixed",
    Action.WAIVE: "waive a missed target",
    Action.REPROCESS: "approve a reprocessing",
    Action.DIGEST: "ask for the digest",
    Action.SIMULATE: "ask what would change",
    Action.RETRY: "try again what was set aside",
    Action.AWAY: "say that somebody else is away or back",
    Action.BOARD: "look at the board",
    Action.LIST_MISSES: "list what was missed",
    Action.HANDOVER: "hand over the dispatch",
    Action.TEAM_FIGURES: "see the team’s figures",
    Action.APPLY: "apply agreements and people",
}
"""Each action as a verb in the middle of a sentence."""


@sentence.register
def _(refusal: UnknownPerson, medium: Medium) -> str:
    who = medium.named(refusal.who)
    return f"{who} is not among our people; an admin can add them to the people file."


@sentence.register
def _(refusal: NotAbsent, medium: Medium) -> str:
    return f"{medium.text(refusal.name, NAME_MAX_CHARS)} is not away; nothing was changed."


@sentence.register
def _(refusal: NoDispatcher, medium: Medium) -> str:
    name = medium.text(refusal.name, NAME_MAX_CHARS)
    return f"{name} is a {medium.short(refusal.role)} and cannot dispatch; nothing was changed."


@sentence.register
def _(refusal: DispatcherAbsent, medium: Medium) -> str:
    name = medium.text(refusal.name, NAME_MAX_CHARS)
    return f"{name} is away until {medium.at(refusal.until)}; nothing was changed."


@sentence.register
def _(refusal: DispatchesAlready, medium: Medium) -> str:
    return f"{medium.text(refusal.name, NAME_MAX_CHARS)} is on duty already; nothing was changed."


@sentence.register
def _(refusal: HandoverSettled, medium: Medium) -> str:
    who = f"{medium.text(refusal.name, NAME_MAX_CHARS)} is on duty by now" if refusal.name else "Nobody is on duty now"
    return f"{who}; nothing was changed. {medium.form('/sla handover @name')} hands the dispatch over."


@sentence.register
def _(_: NobodyNext, medium: Medium) -> str:
    form = medium.form("handover @user")
    return f"Nobody else in the rota is there to take over; name somebody: {form}. Nothing was changed."


@sentence.register
def _(refusal: NotYoursToAccept, medium: Medium) -> str:
    name = medium.text(refusal.name, NAME_MAX_CHARS)
    return f"Only {name}, who is next, can say that; nothing was changed."


@sentence.register
def _(refusal: SaidSince, medium: Medium) -> str:
    who, at = medium.person(refusal.by), medium.at(refusal.at)
    return f"{who} said something else about it at {at}, so it cannot be undone; nothing was changed."


@sentence.register
def _(refusal: AmbiguousPerson, medium: Medium) -> str:
    fits = [(medium.text(name, NAME_MAX_CHARS), medium.text(write, NAME_MAX_CHARS)) for name, write in refusal.fits]
    people = [f"{name} (@{write})" for name, write in fits]
    first, last = ", ".join(people[:-1]), people[-1]
    return f"Whom do you mean by {medium.word(refusal.who)}: {first} or {last}?"


@sentence.register
def _(refusal: NotAllowed, medium: Medium) -> str:
    above = "" if refusal.who_may == Role.ADMIN.label else " or somebody above"
    refused = f"Only {article(refusal.who_may)} {refusal.who_may}{above} may {_act(refusal)}"
    names = [medium.text(name, NAME_MAX_CHARS) for name in refusal.names]
    if not names:
        return f"{refused}; please ask one of them."
    if not refusal.is_on_duty:
        return f"{refused}. Please ask {' or '.join(names)}."
    return f"{refused}. On duty: {names[0]}{'' if refusal.has_taken_over else ' (handover not taken yet)'}."


@sentence.register
def _(refusal: NotNamed, medium: Medium) -> str:
    return f"I do not know you yet; {medium.short(refusal.can_add) or 'an admin'} can add you."


@sentence.register
def _(_: Outsider, _medium: Medium) -> str:
    return "I answer our own colleagues only."


def _act(refusal: NotAllowed) -> str:
    if refusal.action == Action.HAND_BACK.value and refusal.who_may == Role.DISPATCHER.label:
        return "hand back an incident that is somebody else’s"
    return next((words for action, words in ACTS.items() if action == refusal.action), refusal.action)
