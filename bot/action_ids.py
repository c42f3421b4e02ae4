"""The ids that Slack sends back to us, of actions and views. A guard holds them against the listeners and the
documents.

Stored in messages people still see: an id that was used is never given another meaning.
"""

from enum import StrEnum


class ActionId(StrEnum):
    """Buttons and selects."""

    TAKE = "incident_take"
    RESPOND = "incident_respond"
    UPDATE_OPEN = "incident_update_open"
    PLAN_OPEN = "incident_plan_open"
    PAUSE_OPEN = "incident_pause_open"
    RESUME = "incident_resume"
    PRIORITY_OPEN = "incident_priority_open"
    RESOLVE_OPEN = "incident_resolve_open"
    REOPEN = "incident_reopen"
    HAND_BACK_OPEN = "incident_hand_back_open"
    ESCALATE_OPEN = "incident_escalate_open"
    SHOW = "incident_show"
    WHY = "incident_why"
    UNDO = "act_undo"
    OPEN_LINK = "incident_open_link"
    RUN_LINE = "line_run"
    NUDGE_ACKNOWLEDGE = "nudge_acknowledge"
    NUDGE_PROMISE_OPEN = "nudge_promise_open"
    NUDGE_ASSIGN = "nudge_assign"
    NUDGE_SNOOZE = "nudge_snooze"
    NUDGE_STILL_ON_IT = "nudge_still_on_it"
    NOTE_OPEN = "note_open"
    NOTE_ACCEPT = "note_accept"
    NOTE_RETURN_OPEN = "note_return_open"
    SOP_DECIDE_OPEN = "sop_decide_open"
    SOP_DONE = "sop_done"
    PAUSE_CONFIRM = "incident_pause_confirm"
    PRIORITY_CONFIRM = "incident_priority_confirm"
    HOME_REFRESH = "home_refresh"
    HOME_OPEN = "home_open"
    HOME_ALL = "home_all"
    HOME_HELP = "home_help"
    BOARD_UNASSIGNED = "board_unassigned"
    BOARD_DUE_SOON = "board_due_soon"
    BOARD_ANSWERED = "board_answered"
    BOARD_UNTOLD = "board_untold"
    BOARD_NO_PROMISE = "board_no_promise"
    BOARD_STALE = "board_stale"
    BOARD_SAVED = "board_saved"
    FAILURE_RETRY = "failure_retry"
    CALL = "call_show"
    CALL_TOLD = "call_told"
    CALL_NEW_TICKET = "call_new_ticket"
    CALL_BACK_OPEN = "call_back_open"
    WORD_WORKING = "word_working"
    WORD_CUSTOMER = "word_customer"
    WORD_VENDOR = "word_vendor"
    WORD_DONE = "word_done"
    WORD_NOTHING = "word_nothing"
    WORD_P1 = "word_p1"
    WORD_P2 = "word_p2"
    WORD_P3 = "word_p3"
    WORD_P4 = "word_p4"
    WORD_P5 = "word_p5"
    WORD_PERSON = "word_person"
    WORD_NOBODY = "word_nobody"
    ABSENCE_END = "absence_end"


class SearchId(StrEnum):
    """Menus whose options are looked up while somebody types."""

    CUSTOMER = "customer_search"


class ViewId(StrEnum):
    """Modals."""

    OPEN = "incident_open_submit"
    UPDATE = "incident_update_submit"
    PLAN = "incident_plan_submit"
    PAUSE = "incident_pause_submit"
    PRIORITY = "incident_priority_submit"
    RESOLVE = "incident_resolve_submit"
    HAND_BACK = "incident_hand_back_submit"
    ESCALATE = "incident_escalate_submit"
    PROMISE = "nudge_promise_submit"
    CALL_BACK = "call_back_submit"
    NOTE = "note_submit"
    NOTE_RETURN = "note_return_submit"
    SOP_DECIDE = "sop_decide_submit"
