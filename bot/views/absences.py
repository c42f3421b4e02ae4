"""Private answers about who is away."""

from dataclasses import replace
from datetime import datetime

from bot.action_ids import ActionId
from bot.text import mention
from bot.views.act_menu import act_button
from bot.views.parts import actions, button, section
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.status import status_message
from bot.views.storm_forms import give_out_act
from bot.views.undo import undo_button, with_undo
from sla_engine.services.queries.board import StatusList
from sla_engine.services.shifts.absences import AbsenceStated


def absence_stated(stated: AbsenceStated, *, by: str, reader: Reader, request: str) -> Rendered:
    """Say whether somebody is away now and until when, and what that means for their nudges and incidents."""
    is_self = stated.person == by
    if stated.until is None:
        who = "You are" if is_self else f"{mention(stated.person)} is"
        return with_undo(Rendered(f"{who} back: direct messages and mentions go out as usual."), request)
    who, whose = ("You are", "your") if is_self else (f"{mention(stated.person)} is", "their")
    end = f", the end of {whose} working day" if stated.is_end_of_day else ""
    lines = [
        f"{who} away until {reader.when(stated.until)}{end}: no direct messages, no mentions, and reminders wait.",
        _instead(stated, whose=whose),
    ]
    label = "I'm back" if is_self else "Back already"
    give_out = [act_button(give_out_act(stated.person))] if stated.open_count and not is_self else []
    buttons = [*give_out, button(label, ActionId.ABSENCE_END, value=stated.person), undo_button(request)]
    return Rendered("\n".join(lines), [section(lines), actions(buttons, block_id=f"absence:{stated.number}")])


def with_list(answer: Rendered, listed: StatusList, *, now: datetime) -> Rendered:
    """The answer about somebody's absence, followed by their open incidents."""
    if not listed.incidents:
        return answer
    below = status_message(replace(listed, scope="of the one who is away"), now=now)
    return Rendered(f"{answer.text}\n{below.text}", [*answer.blocks, *below.blocks])


def _instead(stated: AbsenceStated, *, whose: str) -> str:
    to = f"{mention(stated.dispatcher)}, who is on duty" if stated.dispatcher else "the dispatcher channel"
    if not stated.open_count:
        return f"Nudges for {whose} incidents go to {to}."
    count = "1 open incident stays" if stated.open_count == 1 else f"{stated.open_count} open incidents stay"
    stays = "yours" if whose == "your" else "theirs"
    return f"{count} {stays}; nudges go to {to}."
