"""Procedures: the decision's form, the owner's reminder, the registry's list, and one procedure in full."""

from datetime import date

from bot.action_ids import ActionId, ViewId
from bot.text import day, fallback_day, mention, moment, shown
from bot.views.form_parts import Form, choices, date_input, modal, person_input, text_input
from bot.views.parts import Block, actions, button, context, named_incident, option, section, sections, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import BREACH_REASONS, NextStep
from sla_engine.domain.reporting.effect import MeasuredEffect
from sla_engine.domain.sops.sop import Sop, SopChangeKind
from sla_engine.notifications.notes import SopReminderMessage
from sla_engine.services.sops.registry import ListedSop, SopDetail, SopList

SHOW_ONE = "`/sla sop show SOP-…` shows one in full."
FIND_ONE = "`/sla sop list` and a word of its title finds one"
HISTORY_SHOWN = 5
SOP_CARD_ROW = "sop-card"
"""The first word of the block id of the buttons of a procedure in full."""
NAMES_MAX_CHARS = 500
WORDS_MAX_CHARS = 60
SUGGESTION_MAX_CHARS = 1000
_CHOICES = {
    NextStep.CREATE_SOP: "Create an SOP",
    NextStep.UPDATE_SOP: "Update the SOP",
    NextStep.PROBLEM: "Open a problem",
    NextStep.NONE: "No SOP",
}


_CHANGES = {
    SopChangeKind.DECIDED: "decided that it is needed",
    SopChangeKind.IMPORTED: "imported it",
    SopChangeKind.DONE: "said that it is done",
    SopChangeKind.ADDED: "added it",
    SopChangeKind.EDITED: "edited it",
    SopChangeKind.REVIEWED: "said that it is still right",
    SopChangeKind.DECLINED: "said that it is not theirs",
    SopChangeKind.RETIRED: "retired it",
    SopChangeKind.RESTORED: "put it to use again",
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
            text_input(
                "reason", "Why?", optional=True, hint="Needed for a problem, which is opened with it, and for no SOP."
            ),
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


def sop_list(listed: SopList) -> Rendered:
    """The registry as a private answer: a line each, those to be written or changed first."""
    asked = f" with “{shown(listed.words, WORDS_MAX_CHARS)}”" if listed.words else ""
    retired = f" {listed.retired} more {'is' if listed.retired == 1 else 'are'} retired." if listed.retired else ""
    if not listed.sops:
        none = f"There is no SOP{asked} in the registry.{retired}"
        return Rendered(none, [section([none]), *_adding(listed)])
    count = len(listed.sops)
    headline = f"*{count} SOP{'' if count == 1 else 's'}{asked}*.{retired} {SHOW_ONE}"
    lines = [headline, *map(_line, listed.sops)]
    return Rendered(text="\n".join(lines), blocks=[*sections(lines, hint=FIND_ONE), *_adding(listed)])


def sop_card(detail: SopDetail, effect: MeasuredEffect | None = None) -> Rendered:
    """One procedure in full, as a private answer: who looks after it, when it is reviewed, what it is for and changed.

    `effect` is None where it is not known when it was published.
    """
    sop = detail.sop
    lines = [
        f"{named_incident(sop.number, sop.link)} · {title_line(sop.title)}",
        f"Owner {mention(sop.owner)}{f', backup {mention(sop.backup)}' if sop.backup else ''}",
        *_state_lines(detail),
        *_fits(sop),
        *_changed(effect),
    ]
    history = [f"{moment(change.at)} · {mention(change.by)} {_CHANGES[change.kind]}" for change in detail.changes]
    blocks = [section(lines), *([context("\n".join(history[-HISTORY_SHOWN:]))] if history else [])]
    buttons = _card_buttons(detail)
    if buttons:
        blocks.append(actions(buttons, block_id=f"{SOP_CARD_ROW}:{sop.number}"))
    return Rendered(text="\n".join([*lines, *history[-HISTORY_SHOWN:]]), blocks=blocks)


def review_buttons(number: str) -> list[Block]:
    """The buttons for whoever looks after a procedure that is to be reviewed."""
    return [
        button("Still right", ActionId.SOP_STILL_RIGHT, value=number, style="primary"),
        button("Edit…", ActionId.SOP_EDIT_OPEN, value=number),
        button("Not mine", ActionId.SOP_NOT_MINE, value=number),
    ]


def _card_buttons(detail: SopDetail) -> list[Block]:
    """What whoever asks may do with a procedure."""
    number = detail.sop.number
    if detail.sop.retired_at is not None:
        return [button("Use it again", ActionId.SOP_RESTORE, value=number)] if detail.may_retire else []
    buttons = []
    if detail.listed.step is not None:
        buttons.append(button("Done", ActionId.SOP_DONE, value=number, style="primary"))
    elif detail.is_theirs:
        buttons.append(button("Still right", ActionId.SOP_STILL_RIGHT, value=number))
    if detail.is_theirs:
        buttons.append(button("Edit…", ActionId.SOP_EDIT_OPEN, value=number))
    if detail.may_retire:
        buttons.append(button("Retire…", ActionId.SOP_RETIRE_OPEN, value=number))
    return buttons


def _adding(listed: SopList) -> list[Block]:
    if not listed.may_add:
        return []
    return [actions([button("Add an SOP…", ActionId.SOP_ADD_OPEN, value="add")], block_id="sop-list")]


def _changed(effect: MeasuredEffect | None) -> list[str]:
    """The effect in a sentence, and how sure it is."""
    if effect is None:
        return []
    sure = [effect.interval_sentence] if effect.interval_sentence else []
    return [f"*Misses:* {effect.sentence}", *sure]


def sop_line(sop: ListedSop) -> str:
    """A procedure with its day: when it is to be written or changed by, or reviewed."""
    return f"{named_incident(sop.number, sop.link)} · {title_line(sop.title)} · {_when(sop)}"


def _line(sop: ListedSop) -> str:
    named = f"{named_incident(sop.number, sop.link)} · {title_line(sop.title)}"
    after = f" · after {sop.incident_key}" if sop.incident_key else ""
    return f"• {named} · {mention(sop.owner)} · {_when(sop)}{after}"


def _when(sop: ListedSop) -> str:
    if sop.due_on is not None:
        verb = "to be changed" if sop.step is NextStep.UPDATE_SOP else "to be written"
        return f":red_circle: {verb}, overdue since {day(sop.due_on)}" if sop.late else f"{verb} by {day(sop.due_on)}"
    if sop.review_on is None:
        return "never reviewed"
    return (
        f":red_circle: review overdue since {_day(sop.review_on)}" if sop.late else f"review by {_day(sop.review_on)}"
    )


def _state_lines(detail: SopDetail) -> list[str]:
    sop = detail.sop
    if sop.retired_at is not None:
        return [f"Retired {day(sop.retired_at)}"]
    when = _when(detail.listed)
    reviewed = f"; reviewed {_day(sop.reviewed_on)}" if sop.reviewed_on else ""
    published = f"; published {_day(sop.published_on)}" if sop.published_on else ""
    after = f", after {detail.listed.incident_key}" if detail.listed.incident_key else ""
    return [f"{when[:1].upper()}{when[1:]}{after}{reviewed}{published}; reviewed every {sop.review_every_days} days"]


def _fits(sop: Sop) -> list[str]:
    named = (
        ("Customers", sop.customers),
        ("Services", sop.services),
        ("Reasons", [BREACH_REASONS[reason].label for reason in sop.reasons]),
    )
    return [f"{what}: {shown(', '.join(names), NAMES_MAX_CHARS)}" for what, names in named if names]


def _day(on: date) -> str:
    return f"{on:%-d %b %Y}"
