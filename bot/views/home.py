"""The Home tab: what is yours to do, by role, and the buttons that everybody has."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from bot.action_ids import ActionId
from bot.text import mention, moment, more_than, shown
from bot.views.action_items import LATER, action_blocks
from bot.views.board import board_blocks
from bot.views.parts import (
    Block,
    actions,
    button,
    call_button,
    context,
    divider,
    header,
    section,
)
from bot.views.rendered import Rendered
from bot.views.review import review_queue
from bot.views.sops import review_buttons, sop_line
from bot.views.status import incident_buttons, incident_lines
from sla_engine.domain.agreements.msp import Role
from sla_engine.notifications.board import BoardMessage
from sla_engine.services.notes.action_items import ListedActionItem
from sla_engine.services.queries.board import IncidentSummary, StatusList
from sla_engine.services.queries.home import DecisionsPart, HomePage, OwedNote, ShiftPart
from sla_engine.services.sops.registry import ListedSop

HomeView = dict[str, Any]
BLOCKS_MAX = 100  # Slack: blocks of a Home tab
SHOWN = 10
"""Of each list, the first so many; a line says how many more there are."""
MINE = "`/sla status mine`"
UNTIL_WRITTEN = "they move up as these are written"
REASON_MAX_CHARS = 200
NAME_MAX_CHARS = 50
TITLE_MAX_CHARS = 90


def home_view(page: HomePage, *, now: datetime, answer: Rendered | None = None) -> HomeView:
    """One person's Home tab; `answer` is what they just asked for there, on top of it."""
    blocks = list(chain.from_iterable([_answered(answer), *_parts(page, now=now)]))
    room = BLOCKS_MAX - 1
    if len(blocks) > room:
        blocks = [*blocks[: room - 1], context("The rest is shown once you press Refresh.")]
    return {"type": "home", "blocks": [*blocks, _buttons(page)]}


def home_notice(sentence: str) -> HomeView:
    """A Home tab that says one sentence, for somebody who may see nothing else."""
    return {"type": "home", "blocks": [section([sentence])]}


def _answered(answer: Rendered | None) -> list[Block]:
    if answer is None:
        return []
    back = actions([button("Done", ActionId.HOME_REFRESH, value="answer")], block_id="home:answer")
    return [*(answer.blocks or [section(answer.text.split("\n"))]), back, divider()]


def _parts(page: HomePage, *, now: datetime) -> list[list[Block]]:
    decisions = [] if page.decisions is None else _decisions(page.decisions)
    board = [] if page.board is None else _board(page.board)
    shift = [] if page.shift is None else _shift(page.shift, now=now)
    if not shift and page.board is None:
        shift = [header("Your incidents"), section(["Nothing is yours right now, and nothing waits for you."])]
    if page.role is Role.EVERYONE:
        shift = [header("Welcome"), section(["Open an incident here, or look at those that are open."])]
    return [board, decisions, shift] if page.dispatches else [decisions, board, shift]


def _board(board: BoardMessage) -> list[Block]:
    return [header("Board"), *board_blocks(board)]


def _decisions(part: DecisionsPart) -> list[Block]:
    queue = review_queue(part.waiting)
    late = [section([f"*Late notes: {len(part.late_notes)}*", *map(_late_note, part.late_notes[:SHOWN])])]
    return [
        header("Decisions"),
        *(queue.blocks or [section([queue.text])]),
        *(late if part.late_notes else []),
        *_more(len(part.late_notes), UNTIL_WRITTEN),
    ]


def _late_note(note: OwedNote) -> str:
    writer = f"{mention(note.writer)} owes it" if note.writer else "nobody is asked"
    return f"*{note.incident_key}* · {_about(note)} · {writer} since {moment(note.wanted_at)}"


def _about(note: OwedNote) -> str:
    return f"{note.priority} {_named(note.customer, note.title)}"


def _named(customer: str, title: str) -> str:
    """A customer and a title, short enough for ten such lines in one section."""
    return f"{shown(customer, NAME_MAX_CHARS)}: {shown(title, TITLE_MAX_CHARS) or '(no title)'}"


def _shift(part: ShiftPart, *, now: datetime) -> list[Block]:
    return [*_mine(part.mine, now=now), *_promised(part.promised), *_notes(part.notes), *_sops(part.sops),
            *_action_items(part.actions)]  # fmt: skip


def _mine(mine: StatusList, *, now: datetime) -> list[Block]:
    if not mine.incidents:
        return []
    blocks: list[Block] = [header(f"Your incidents: {len(mine.incidents) + mine.more}")]
    for incident in mine.incidents[:SHOWN]:
        blocks.append(section(incident_lines(incident, now=now, is_mine=True)))
        blocks.append(
            actions([*incident_buttons(incident), call_button(incident.key)], block_id=f"home:{incident.key}")
        )
    return [*blocks, *_more(len(mine.incidents) + mine.more, MINE)]


def _promised(promised: Sequence[IncidentSummary]) -> list[Block]:
    if not promised:
        return []
    lines = [
        f"{moment(incident.promise)} · *{incident.key}* · {_named(incident.customer, incident.title)}"
        for incident in promised[:SHOWN]
        if incident.promise is not None
    ]
    return [section(["*You promised an update by*", *lines]), *_more(len(promised), MINE)]


def _notes(owed: Sequence[OwedNote]) -> list[Block]:
    blocks: list[Block] = [section([f"*SLA notes you owe: {len(owed)}*"])] if owed else []
    for note in owed[:SHOWN]:
        returned = f"Returned: {shown(note.returned_because, REASON_MAX_CHARS)}" if note.returned_because else ""
        blocks.append(section([line for line in (f"*{note.incident_key}* · {_about(note)}", returned) if line]))
        write = button("Write SLA note…", ActionId.NOTE_OPEN, value=note.incident_key, style="primary")
        blocks.append(actions([write], block_id=f"home-note:{note.incident_key}"))
    return [*blocks, *_more(len(owed), UNTIL_WRITTEN)]


def _sops(owned: Sequence[ListedSop]) -> list[Block]:
    blocks: list[Block] = [section([f"*SOPs you own: {len(owned)}*"])] if owned else []
    for sop in owned[:SHOWN]:
        blocks.append(section([sop_line(sop)]))
        if sop.step is not None:
            done = button("Done", ActionId.SOP_DONE, value=sop.number)
            blocks.append(actions([done], block_id=f"home-sop:{sop.number}"))
        elif sop.wants_review:
            blocks.append(actions(review_buttons(sop.number), block_id=f"home-sop:{sop.number}"))
    return [*blocks, *_more(len(owned), "they move up as these are done")]


def _action_items(owned: Sequence[ListedActionItem]) -> list[Block]:
    heading = [section([f"*You said you will do: {len(owned)}*"])] if owned else []
    return [*heading, *action_blocks(owned[:SHOWN], row="home-action"), *_more(len(owned), LATER)]


def _more(count: int, hint: str) -> list[Block]:
    return [context(line) for line in more_than(SHOWN, count, hint)]


def _buttons(page: HomePage) -> Block:
    """The buttons that everybody has."""
    opening = button("Open an incident…", ActionId.HOME_OPEN, value="open")
    return actions(
        [
            opening if page.role is not Role.EVERYONE else opening | {"style": "primary"},
            button("All that is open", ActionId.HOME_ALL, value="all"),
            button("Refresh", ActionId.HOME_REFRESH, value="home"),
            button("Help", ActionId.HOME_HELP, value="help"),
        ],
        block_id="home:buttons",
    )
