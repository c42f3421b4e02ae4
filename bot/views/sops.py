"""Decisions about procedures: the form that makes one, the list of open ones, and the owner's reminder."""

from collections.abc import Sequence

from bot.action_ids import ActionId, ViewId
from bot.text import day, fallback_day, mention, shown
from bot.views.form_parts import Form, choices, date_input, modal, person_input, text_input
from bot.views.parts import actions, button, context, named_incident, option, section, sections, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.notifications.notes import SopReminderMessage
from sla_engine.services.notes.sops import OpenSop

LATER = "they move up as these are done"
SUGGESTION_MAX_CHARS = 1000
_CHOICES = {
    NextStep.CREATE_SOP: "Create an SOP",
    NextStep.UPDATE_SOP: "Update the SOP",
    NextStep.PROBLEM: "Open a problem",
    NextStep.NONE: "No SOP",
}


def decide_form(key: str, *, suggestion: str) -> Form:
    """The decision's form; nothing is chosen beforehand, because a person decides.

    Block ids: decision, title, owner, link, due_on, reason.
    """
    return modal(
        "SOP decision",
        ViewId.SOP_DECIDE,
        submit="Decide",
        metadata=key,
        blocks=[
            section([f"*{shown(key, 100)}*: does the miss need a procedure?"]),
            *([context(f"Evidence: {shown(suggestion, SUGGESTION_MAX_CHARS)}")] if suggestion else []),
            choices("decision", "Decision", [option(label, step.value) for step, label in _CHOICES.items()]),
            text_input("title", "Title of the SOP", optional=True, multiline=False),
            person_input("owner", "Who writes it?", optional=True, hint="Reminded until it is done."),
            date_input("due_on", "Done by", optional=True),
            text_input("link", "Link", optional=True, multiline=False, hint="Where the SOP is, or will be."),
            text_input("reason", "Why?", optional=True, hint="Needed for a problem and for no SOP."),
        ],
    )


def sop_reminder(reminder: SopReminderMessage) -> Rendered:
    """The reminder for a procedure's owner."""
    named = f"*{reminder.number}* · {title_line(reminder.title)}"
    if reminder.done:
        line = f":white_check_mark: {named} · done. Thank you."
        return Rendered(text=line, blocks=[section([line])])
    verb = {"create": "write", "update": "update"}.get(reminder.decision, reminder.decision)
    due = "*was due*" if reminder.overdue else "is due"
    lines = [
        f":blue_book: {mention(reminder.owner)}, {'an SOP is overdue' if reminder.overdue else 'an SOP is yours'}",
        f"{verb}: {named_incident(reminder.number, reminder.link)} · {title_line(reminder.title)}",
        f"It {due} {day(reminder.due_on)}, decided after {reminder.incident_key}.",
    ]
    text = "\n".join(
        [
            f"{reminder.number} {'is overdue' if reminder.overdue else 'is yours'}: {title_line(reminder.title)}",
            f"Due {fallback_day(reminder.due_on)}, decided after {reminder.incident_key}.",
        ]
    )
    done = button("Done", ActionId.SOP_DONE, value=reminder.number, style="primary")
    return Rendered(text=text, blocks=[section(lines), actions([done], block_id=f"sop:{reminder.number}")])


def sop_list(open_sops: Sequence[OpenSop]) -> Rendered:
    """The procedures that are to be written or changed, as a private answer."""
    if not open_sops:
        return Rendered("No SOP is waiting to be written or changed.")
    lines = [_line(sop) for sop in open_sops]
    return Rendered(text="\n".join(lines), blocks=sections(lines, hint=LATER))


def _line(sop: OpenSop) -> str:
    late = ":red_circle: overdue since" if sop.overdue else "due"
    about = f"{title_line(sop.title)} · {mention(sop.owner)} · {late} {day(sop.due_on)}"
    return f"• {named_incident(sop.number, sop.link)} · {about} · after {sop.incident_key}"
