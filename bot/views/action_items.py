"""Action items in Slack: those that are to be done, each with its button, and the answer to it."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import day, escape, fallback_day, mention, shown
from bot.views.parts import Block, actions, button, section, sections
from bot.views.rendered import Rendered
from sla_engine.services.notes.action_items import ListedActionItem

ITEMS_SHOWN = 10
ITEMS_ROW = "actions"
"""The first word of the block ids of the list's buttons."""
WHAT_MAX_CHARS = 200
LATER = "they move up as these are done"


def action_list(items: Sequence[ListedActionItem]) -> Rendered:
    """What is to be done, the earliest due first, each with its button."""
    if not items:
        return Rendered("No action item is waiting to be done.")
    heading = f"*Action items: {len(items)}*, the earliest due first"
    blocks = [section([heading]), *action_blocks(items[:ITEMS_SHOWN], row=ITEMS_ROW)]
    blocks += sections([_line(item) for item in items[ITEMS_SHOWN:]], hint=LATER)
    text = "\n".join([f"Action items: {len(items)}, the earliest due first", *action_lines(items)])
    return Rendered(text=text, blocks=blocks)


def action_blocks(items: Sequence[ListedActionItem], *, row: str) -> list[Block]:
    """A section for each item with its button; `row` is the first word of the buttons' block ids."""
    blocks: list[Block] = []
    for item in items:
        done = button("Done", ActionId.ACTION_ITEM_DONE, value=item.number)
        blocks += [section([_line(item)]), actions([done], block_id=f"{row}:{item.number}")]
    return blocks


def action_lines(items: Sequence[ListedActionItem]) -> list[str]:
    """The items as lines without buttons, their days for every reader alike."""
    return [_plain_line(item) for item in items]


def done_action_item(item: ListedActionItem) -> Rendered:
    """Confirm that an action item was done."""
    return Rendered(f"*{escape(item.number)}* is done: {shown(item.what, WHAT_MAX_CHARS)}. Thank you.")


def _line(item: ListedActionItem) -> str:
    return _about(item, mention(item.owner), f"*was due* {day(item.due_on)}", f"due {day(item.due_on)}")


def _plain_line(item: ListedActionItem) -> str:
    due = fallback_day(item.due_on)
    return _about(item, mention(item.owner), f"was due {due}", f"due {due}")


def _about(item: ListedActionItem, owner: str, was_due: str, due: str) -> str:
    when = was_due if item.is_overdue else due
    what = shown(item.what, WHAT_MAX_CHARS)
    return f"*{item.number}* · {what} · {owner} · {when} · after {item.incident_key} {shown(item.customer, 60)}"
