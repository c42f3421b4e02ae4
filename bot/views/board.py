"""The dispatcher's board: what comes next, the counted filters, and what was saved today."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.text import mention, moment, more_than, shown
from bot.views.parts import (
    Block,
    actions,
    button,
    call_button,
    context,
    header,
    named_incident,
    section,
    sections,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.incidents.board_filters import BoardFilter
from sla_engine.domain.reporting.saved_target import SavedTarget
from sla_engine.domain.time.durations import short
from sla_engine.notifications.board import BoardMessage, ListedIncident, UnownedMessage

NAME_MAX_CHARS = 60
FURTHER_MOST = 4
"""Of the incidents that nobody has, those listed below the most urgent one."""

FILTER_LABELS: Mapping[BoardFilter, tuple[ActionId, str]] = {
    BoardFilter.UNASSIGNED: (ActionId.BOARD_UNASSIGNED, "Unassigned"),
    BoardFilter.DUE_SOON: (ActionId.BOARD_DUE_SOON, "Due in 2 h or late"),
    BoardFilter.ANSWERED: (ActionId.BOARD_ANSWERED, "Customer answered"),
    BoardFilter.UNTOLD: (ActionId.BOARD_UNTOLD, "Customer not told in time"),
    BoardFilter.NO_PROMISE: (ActionId.BOARD_NO_PROMISE, "No promise"),
    BoardFilter.STALE: (ActionId.BOARD_STALE, "Nothing heard for 4 h"),
    BoardFilter.LONG_WAIT: (ActionId.BOARD_LONG_WAIT, "Waiting over 3 days"),
    BoardFilter.OWNER_ABSENT: (ActionId.BOARD_OWNER_ABSENT, "Owner absent"),
}
"""The button of each filter, and what it counts."""


def board_message(board: BoardMessage) -> Rendered:
    """The board as a message: its headline, what comes next, and a button for each filter that counts something."""
    if board.ended:
        return _ended(f"<{board.newer}|The newest board>" if board.newer else "`/sla board` shows the newest board.")
    lines = ["Board", headline(board), *board_lines(board)]
    return Rendered(text="\n".join([*lines, *_counted(board)]), blocks=[header("Board"), *board_blocks(board)])


def unowned_message(unowned: UnownedMessage) -> Rendered:
    """The incidents that nobody has for too long, with buttons for the most urgent one."""
    if unowned.ended or not unowned.incidents:
        return _ended(
            f"<{unowned.newer}|The newest list of what nobody has>"
            if unowned.newer
            else "`/sla status unassigned` shows what nobody has."
        )
    called = " ".join(mention(person) for person in unowned.mention)
    count = "One incident has nobody" if unowned.count == 1 else f"{unowned.count} incidents have nobody"
    first, *others = unowned.incidents
    lines = [f":raised_hand: *{count}* {called}".rstrip(), *_unowned_lines(first)]
    further = ["\n".join(_unowned_lines(incident)) for incident in others[:FURTHER_MOST]]
    below = more_than(1 + len(further), unowned.count, "*Show all*" if others else "`/sla status unassigned`")
    take = button("Take", ActionId.TAKE, value=first.incident_key, style="primary")
    every = [button("Show all", ActionId.BOARD_UNASSIGNED, value=BoardFilter.UNASSIGNED.value)] if others else []
    acts = [take, button("Assign…", ActionId.ASSIGN_OPEN, value=first.incident_key), *every]
    return Rendered(
        text="\n".join([*lines, *further, *below]),
        blocks=[
            section(lines),
            actions(acts, block_id="unowned:worst"),
            *([section(further)] if further else []),
            *map(context, below),
        ],
    )


def _unowned_lines(incident: ListedIncident) -> list[str]:
    what = f"*{incident.priority} {title_line(incident.customer)}: {title_line(incident.title)}*"
    return [what, " · ".join(part for part in (due_time(incident), _named(incident)) if part)]


def _ended(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])


def board_blocks(board: BoardMessage) -> list[Block]:
    """The board without its headline."""
    blocks = [section([headline(board), *board_lines(board)])]
    if board.next_up is not None:
        blocks.append(actions(_next_buttons(board.next_up), block_id="board:next"))
    filters = _filter_buttons(board)
    return [*blocks, actions(filters, block_id="board:filters")] if filters else blocks


def headline(board: BoardMessage) -> str:
    """Who is on duty by the rota and whether they have said so, and how much is open."""
    on_duty = f"{mention(board.on_duty)} is on duty" if board.on_duty else "Nobody is on duty"
    if board.on_duty and board.handed_at is not None:
        on_duty += f" (from {moment(board.handed_at)}, handover not taken yet)"
    return f"{on_duty} · {board.open_count or 'nothing'} open"


def board_lines(board: BoardMessage) -> list[str]:
    """What comes next, in two lines."""
    if board.next_up is None:
        return ["Nothing is due."] if board.open_count else []
    incident = board.next_up
    return [
        f"*Next: {incident.priority} {title_line(incident.customer)}: {title_line(incident.title)}*",
        f"{due_words(incident)} · {_named(incident)}",
    ]


def due_words(incident: ListedIncident) -> str:
    """What is due next and when, and who has it."""
    owner = f"{mention(incident.owner)} has it" if incident.owner else "nobody has it"
    if incident.metric is None or incident.due_at is None:
        return f"No clock runs, {owner}"
    return f"{due_time(incident)}, {owner}"


def due_time(incident: ListedIncident) -> str:
    """What is due next and when; empty where no clock runs."""
    if incident.metric is None or incident.due_at is None:
        return ""
    metric = METRICS[incident.metric]
    return f"{metric.was_due if incident.is_late else metric.due} {moment(incident.due_at)}"


def saved_list(saved: Sequence[SavedTarget]) -> Rendered:
    """The targets that were saved today, as a private list."""
    if not saved:
        return Rendered("Nothing was saved today: no promise was kept in the last quarter of its time after a nudge.")
    title = f"Saved today: {len(saved)}"
    about = "Kept with less than a quarter of the time left, after a nudge."
    lines = [_saved_line(target) for target in saved]
    return Rendered(
        text="\n".join([f"{title}. {about}", *lines]), blocks=[header(title), context(about), *sections(lines)]
    )


def _saved_line(target: SavedTarget) -> str:
    what = f"*{target.incident_key}* · {shown(target.customer, NAME_MAX_CHARS)}: {title_line(target.title)}"
    label = METRICS[target.metric].label
    return f"{what} · {label} {moment(target.stopped_at)}, {short(target.left)} before its time was up"


def _named(incident: ListedIncident) -> str:
    named = named_incident(incident.incident_key, incident.link)
    return f"{named}, {shown(incident.ticket, NAME_MAX_CHARS)}" if incident.ticket else named


def _next_buttons(incident: ListedIncident) -> list[Block]:
    key = incident.incident_key
    take = [] if incident.owner else [button("Take", ActionId.TAKE, value=key)]
    assign = button("Assign…", ActionId.ASSIGN_OPEN, value=key)
    return [assign, *take, button("Show", ActionId.SHOW, value=key), call_button(key)]


def _filter_buttons(board: BoardMessage) -> list[Block]:
    buttons = [
        button(f"{label}: {board.counts[name]}", action, value=name.value)
        for name, (action, label) in FILTER_LABELS.items()
        if name in board.counts
    ]
    saved = [button(f"Saved today: {board.saved}", ActionId.BOARD_SAVED, value="saved")] if board.saved else []
    return [*buttons, *saved]


def _counted(board: BoardMessage) -> list[str]:
    """The counts for phones and screen readers."""
    counted = [f"{label}: {board.counts[name]}" for name, (_, label) in FILTER_LABELS.items() if name in board.counts]
    saved = [f"Saved today: {board.saved}"] if board.saved else []
    return [" · ".join([*counted, *saved])] if counted or saved else []
