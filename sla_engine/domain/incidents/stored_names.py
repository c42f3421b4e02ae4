"""The names under which facts are stored; a name never changes its meaning."""

from collections.abc import Mapping

from sla_engine.domain.incidents.events import (
    Absorbed,
    Acknowledged,
    Assigned,
    Breached,
    Complained,
    Corrected,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    Followed,
    HandedBack,
    HelpAsked,
    Merged,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Remarked,
    Reopened,
    Reprocessed,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    RungReached,
    Snoozed,
    Unassigned,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.note_events import (
    ActionItemDone,
    NoteAccepted,
    NoteAskedOf,
    NoteReminded,
    NoteReturned,
    NoteWritten,
    SopDecided,
    SopLinked,
    SopUsed,
)
from sla_engine.domain.incidents.problem_events import LinkedToProblem

STORED_NAMES: Mapping[str, type[Event]] = {
    "opened": Opened,
    "priority_set": PrioritySet,
    "assigned": Assigned,
    "handed_back": HandedBack,
    "unassigned": Unassigned,
    "retitled": Retitled,
    "responded": Responded,
    "customer_updated": CustomerUpdated,
    "customer_replied": CustomerReplied,
    "plan_given": PlanGiven,
    "paused": Paused,
    "resumed": Resumed,
    "resolved": Resolved,
    "reopened": Reopened,
    "followed": Followed,
    "help_asked": HelpAsked,
    "complained": Complained,
    "remarked": Remarked,
    "rung_reached": RungReached,
    "breached": Breached,
    "acknowledged": Acknowledged,
    "promise_questioned": PromiseQuestioned,
    "promise_lapsed": PromiseLapsed,
    "snoozed": Snoozed,
    "waived": Waived,
    "merged": Merged,
    "moved": Moved,
    "deleted": Deleted,
    "absorbed": Absorbed,
    "reprocessed": Reprocessed,
    "undone": Undone,
    "corrected": Corrected,
    "note_written": NoteWritten,
    "note_accepted": NoteAccepted,
    "note_returned": NoteReturned,
    "note_asked_of": NoteAskedOf,
    "note_reminded": NoteReminded,
    "sop_decided": SopDecided,
    "sop_linked": SopLinked,
    "sop_used": SopUsed,
    "linked_to_problem": LinkedToProblem,
    "action_item_done": ActionItemDone,
}


_NAME_OF: Mapping[type[Event], str] = {kind: name for name, kind in STORED_NAMES.items()}


def stored_name(event: Event) -> str:
    """The name under which this kind of fact is stored."""
    return _NAME_OF[type(event)]
