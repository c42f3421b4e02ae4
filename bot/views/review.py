"""The service manager's queue: notes to accept or return, and decisions still to be made."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import mention, moment, shown
from bot.views.parts import Block, actions, button, section
from bot.views.rendered import Rendered
from sla_engine.services.notes.review_queue import ReviewItem

ITEMS_SHOWN = 10
TITLE_CHARS = 120


def review_queue(items: Sequence[ReviewItem]) -> Rendered:
    """The review queue: a section for each note with its next step as buttons; a friendly line when it is empty."""
    if not items:
        return Rendered("Nothing waits for you: every SLA note is reviewed and decided.")
    blocks: list[Block] = [section([f"*{len(items)} waiting for you*, the oldest first"])]
    for item in items[:ITEMS_SHOWN]:
        blocks += [section([_line(item)]), actions(_buttons(item), block_id=f"review:{item.incident_key}")]
    lines = [f"{len(items)} waiting for you:", *(_line(item) for item in items[:ITEMS_SHOWN])]
    return Rendered("\n".join(lines), blocks)


def _line(item: ReviewItem) -> str:
    step = "SOP decision" if item.accepted else "review"
    return (
        f"*{shown(item.incident_key, TITLE_CHARS)}* · {shown(item.customer, TITLE_CHARS)} · "
        f"note by {mention(item.author)} waits for {step} since {moment(item.written_at)}"
    )


def _buttons(item: ReviewItem) -> list[Block]:
    decide = button("Decide on SOP", ActionId.SOP_DECIDE_OPEN, value=item.incident_key)
    look = button("Show", ActionId.SHOW, value=item.incident_key)
    if item.accepted:
        return [decide, look]
    accept = button("Accept", ActionId.NOTE_ACCEPT, value=item.incident_key, style="primary")
    return [accept, button("Return", ActionId.NOTE_RETURN_OPEN, value=item.incident_key), decide, look]
