"""The one direct message a day that asks a person for what waits for them; each line has the button for it."""

from collections.abc import Mapping

from bot.action_ids import ActionId
from bot.text import fallback_moment, mention, moment, more
from bot.views.note_form import SIDE_LABELS
from bot.views.parts import (
    Block,
    actions,
    button,
    context,
    linked,
    option,
    plain,
    quoted,
    section,
    section_with,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.notifications.daily import DailyAct, DailyLine, DailyMessage

LINES_MAX = 20
"""Of all lines, the first so many have their buttons: Slack takes 50 blocks a message."""
MENU_LABEL_MAX_CHARS = 75  # Slack: label of a group of options
REST = "on your Home tab"
_BUTTONS: Mapping[DailyAct, tuple[str, ActionId]] = {
    DailyAct.WRITE_NOTE: ("Write note…", ActionId.NOTE_OPEN),
    DailyAct.SHOW: ("Show", ActionId.SHOW),
    DailyAct.SOP_STILL_RIGHT: ("Still right", ActionId.SOP_STILL_RIGHT),
    DailyAct.SOP_EDIT: ("Edit…", ActionId.SOP_EDIT_OPEN),
    DailyAct.SOP_NOT_MINE: ("Not mine", ActionId.SOP_NOT_MINE),
    DailyAct.ACTION_DONE: ("Done", ActionId.ACTION_ITEM_DONE),
    DailyAct.ADD_WORDS: ("Add words…", ActionId.NOTE_OPEN),
    DailyAct.SAME_REASON: ("Same reason", ActionId.NOTE_SAME_REASON),
    DailyAct.WRITE_MORE: ("Write more…", ActionId.NOTE_OPEN),
}


def daily_message(message: DailyMessage) -> Rendered:
    """Everything that waits for a person, by kind; a line that is done is ticked off."""
    blocks: list[Block] = []
    text: list[str] = []
    room = LINES_MAX
    for part in message.sections:
        is_done = all(line.is_done for line in part.lines)
        heading = f"{part.title}: done, thank you" if is_done else part.title
        lines = part.lines[:room]
        room -= len(lines)
        text += [heading, *(" · ".join(_words(line, plainly=True)) for line in lines)]
        blocks.append(section([f":memo: *{heading}*"]))
        for line in lines:
            blocks += _line(line)
        if len(part.lines) > len(lines):
            text.append(more(len(part.lines) - len(lines), REST))
            blocks.append(context(text[-1]))
    return Rendered(text="\n".join(text), blocks=blocks)


def _line(line: DailyLine) -> list[Block]:
    title, *rest = _words(line, plainly=False)
    title = linked(title, line.link)
    elements = [_element(act, line) for act in line.acts]
    if line.is_done:
        lines = [f":white_check_mark: {' · '.join([title, *rest])}"]
        return [section_with(lines, elements[0]) if elements else section(lines)]
    lines = [f"*{title}*", *([" · ".join(rest)] if rest else [])]
    if line.quote:
        lines.append(f"Returned because: {quoted(line.quote)}")
    if len(elements) == 1:
        return [section_with(lines, elements[0])]
    return [section(lines), *([actions(elements, block_id=f"daily:{line.key}")] if elements else [])]


def _element(act: DailyAct, line: DailyLine) -> Block:
    if act is DailyAct.GIVE_REASON:
        return _reason_menu(line)
    label, action = _BUTTONS[act]
    return button(label, action, value=line.subject)


def _reason_menu(line: DailyLine) -> Block:
    """Every reason, the likely ones first; a choice is the whole answer."""
    by_code = {name.value: name for name in BREACH_REASONS}
    groups = {"Likely": [_reason(line, by_code[code]) for code in line.likely if code in by_code]}
    for side, label in SIDE_LABELS.items():
        rest = (name for name, row in BREACH_REASONS.items() if row.attribution is side)
        groups[label] = [_reason(line, name) for name in rest if name.value not in line.likely]
    return {
        "type": "static_select",
        "action_id": ActionId.NOTE_REASON.value,
        "placeholder": plain("Why was it late?", MENU_LABEL_MAX_CHARS),
        "option_groups": [
            {"label": plain(label, MENU_LABEL_MAX_CHARS), "options": options}
            for label, options in groups.items()
            if options
        ],
    }


def _reason(line: DailyLine, name: BreachReason) -> Block:
    return option(BREACH_REASONS[name].label, f"{line.subject} {name.value}")


def _words(line: DailyLine, *, plainly: bool) -> list[str]:
    """The parts of a line, the title first."""
    words = [title_line(line.title), title_line(line.detail) if line.detail else ""]
    if line.at is not None:
        words.append(f"since {fallback_moment(line.at) if plainly else moment(line.at)}")
    if line.had_by is not None:
        words.append(f"worked on by {mention(line.had_by)}, who cannot be asked")
    return [word for word in words if word]
