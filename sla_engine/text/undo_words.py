"""Words for acts that were undone, and for acts that stand in the way of undoing."""

from collections.abc import Mapping

from sla_engine.domain.agreements.permissions import Action

UNDOABLE_ACTS: Mapping[Action, str] = {
    Action.OPEN: "the opening",
    Action.TAKE: "the taking",
    Action.HAND_BACK: "the handing back",
    Action.ASSIGN: "the assignment",
    Action.PRIORITY: "the change of priority",
    Action.PAUSE: "the pause",
    Action.RESUME: "the end of the pause",
    Action.RESPOND: "the first reply",
    Action.UPDATE: "the customer update",
    Action.PLAN: "the plan",
    Action.RESOLVE: "the resolution",
    Action.REOPEN: "the reopening",
    Action.MERGE: "the merging",
    Action.ACKNOWLEDGE: "the acknowledgement",
    Action.SNOOZE: "the snooze",
    Action.ESCALATE: "the call for help",
    Action.COMPLAINT: "the complaint",
    Action.REMARK: "the remark",
    Action.USE_SOP: "the use of the SOP",
    Action.LINK_SOP: "the link with the SOP",
    Action.TRIAGE: "the sorting",
    Action.AWAY: "the absence",
    Action.STORM: "the act on the storm",
    Action.OPEN_PROBLEM: "the opening of the problem",
    Action.TAKE_PROBLEM: "the taking of the problem",
    Action.LINK_PROBLEM: "the link to the problem",
    Action.ACT_ON_PROBLEM: "the act on the incidents of the problem",
    Action.WORKAROUND: "the workaround",
    Action.PLAN_FIX: "the planned fix",
    Action.FIX_PROBLEM: "the fix of the problem",
}
"""The noun for every act that can be undone."""

OTHER_ACT = "acted on it"

_SINCE: Mapping[str, str] = {
    "opened": "opened it",
    "priority_set": "changed its priority",
    "assigned": "gave it an owner",
    "handed_back": "handed it back",
    "unassigned": "took it from its owner",
    "retitled": "renamed it",
    "responded": "answered the customer",
    "customer_updated": "updated the customer",
    "plan_given": "gave the customer a plan",
    "paused": "paused it",
    "resumed": "resumed it",
    "resolved": "resolved it",
    "reopened": "reopened it",
    "followed": "went on with another incident",
    "help_asked": "asked for help",
    "complained": "recorded a complaint",
    "remarked": "added a remark",
    "acknowledged": "acknowledged it",
    "snoozed": "snoozed it",
    "waived": "waived a miss",
    "merged": "merged it",
    "moved": "moved it to another customer",
    "deleted": "deleted its ticket",
    "absorbed": "merged another one into it",
    "undone": "took back its opening",
    "reprocessed": "approved a recount",
    "note_written": "wrote its SLA note",
    "reason_given": "gave the reason of its miss",
    "note_accepted": "accepted its SLA note",
    "note_returned": "returned its SLA note",
    "note_reminded": "asked for its SLA note again",
    "note_asked_of": "asked somebody else for its SLA note",
    "action_item_done": "finished what its SLA note promised",
    "sop_decided": "decided about an SOP",
    "sop_linked": "linked an SOP with it",
    "sop_used": "said how an SOP did",
    "linked_to_problem": "linked it to a problem",
}


def acted_since(what: str) -> str:
    """What somebody did on an incident, by the stored name of the fact; it follows who that was."""
    return _SINCE.get(what, OTHER_ACT)


def undone_act(word: str) -> str:
    """The noun for an act, by its word (`pause`); an act of a newer version has none of its own."""
    return next((noun for action, noun in UNDOABLE_ACTS.items() if action.value == word), "an act")
