"""The forms of a problem: opened, lived with, its fix planned, incidents linked to it."""

from bot.action_ids import ViewId
from bot.text import shown
from bot.views.form_parts import Form, date_input, modal, person_input, text_input
from bot.views.parts import section

KEYS_HINT = "Keys, ticket numbers or links, such as INC-1042 INC-1050."
NAME_MAX_CHARS = 60


def open_problem_form(*, title: str = "", incidents: str = "") -> Form:
    """The form that opens a problem. Block ids: title, incidents, owner."""
    return modal(
        "Open a problem",
        ViewId.PROBLEM_OPEN,
        submit="Open",
        metadata="new",
        blocks=[
            text_input("title", "What keeps coming back?", initial=title, multiline=False),
            text_input("incidents", "Incidents", initial=incidents, optional=True, multiline=False, hint=KEYS_HINT),
            person_input("owner", "Who looks into it?", optional=True),
        ],
    )


def workaround_form(key: str, *, text: str = "") -> Form:
    """The form for how to live with a problem. Block id: workaround."""
    return modal(
        "Workaround",
        ViewId.PROBLEM_WORKAROUND,
        submit="Save",
        metadata=key,
        blocks=[
            section([f"*{shown(key, NAME_MAX_CHARS)}* is a known error with it, until it is fixed."]),
            text_input("workaround", "What helps meanwhile?", initial=text),
        ],
    )


def plan_fix_form(key: str) -> Form:
    """The form for the planned fix of a problem. Block ids: fix, due_on."""
    return modal(
        "Fix planned",
        ViewId.PROBLEM_PLAN,
        submit="Save",
        metadata=key,
        blocks=[text_input("fix", "What will be done?"), date_input("due_on", "By when?")],
    )


def link_form(key: str) -> Form:
    """The form that links incidents to a problem. Block id: incidents."""
    return modal(
        "Link incidents",
        ViewId.PROBLEM_LINK,
        submit="Link",
        metadata=key,
        blocks=[text_input("incidents", "Incidents", multiline=False, hint=KEYS_HINT)],
    )
