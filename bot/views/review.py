"""The service manager's queue: notes to accept or return, and decisions still to be made."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import day, escape, mention, moment, shown
from bot.views.parts import Block, actions, button, divider, section, section_with, sections
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.suggestions import Suggestion
from sla_engine.services.notes.action_items import ListedActionItem
from sla_engine.services.notes.review_queue import ReviewItem

ITEMS_SHOWN = 10
REVIEW_ROW = "review"
"""The first word of the block ids of the queue's buttons."""
TITLE_CHARS = 120
SENTENCE_CHARS = 1000
LATER = "they move up as these are decided"


def review_queue(items: Sequence[ReviewItem], suggested: Sequence[Suggestion] = ()) -> Rendered:
    """The review queue: a section for each note with its next step as buttons; a friendly line when it is empty.

    What is `suggested` this week stands above it.
    """
    queue = _queue(items)
    if not suggested:
        return queue
    blocks = [
        section(["*Worth a decision this week*, by what the notes say; you decide"]),
        *map(_suggested, suggested),
        divider(),
    ]
    text = "\n".join(
        ["Worth a decision this week:", *(shown(one.sentence, SENTENCE_CHARS) for one in suggested), queue.text]
    )
    return Rendered(text, [*blocks, *queue.blocks])


def _suggested(suggestion: Suggestion) -> Block:
    line = shown(suggestion.sentence, SENTENCE_CHARS)
    if not suggestion.decide_on:
        return section([line])
    decide = button("Decide…", ActionId.SOP_DECIDE_OPEN, value=suggestion.decide_on)
    return section_with([line], decide) | {"block_id": f"{REVIEW_ROW}:of-week-{suggestion.decide_on}"}


def _queue(items: Sequence[ReviewItem]) -> Rendered:
    if not items:
        empty = "Nothing waits for you: every SLA note is reviewed and decided."
        return Rendered(empty, [section([empty])])
    blocks: list[Block] = [section([f"*{len(items)} waiting for you*, the oldest first"])]
    for item in items[:ITEMS_SHOWN]:
        blocks += [section([_line(item)]), actions(_buttons(item), block_id=f"{REVIEW_ROW}:{item.incident_key}")]
    blocks += sections([_line(item) for item in items[ITEMS_SHOWN:]], hint=LATER)
    return Rendered("\n".join([f"{len(items)} waiting for you:", *map(_line, items)]), blocks)


def note_saved(key: str, action: ListedActionItem | None = None) -> Rendered:
    """Confirm that an SLA note was written, and say what its author will do, where it says so."""
    saved = f"*{escape(key)}* has your SLA note, which waits for review."
    if action is None:
        return Rendered(saved)
    what = f"{shown(action.what, TITLE_CHARS)}, by {day(action.due_on)}"
    return Rendered(f"{saved} *{action.number}* is yours until you say it is done: {what} (`/sla action`).")


def note_accepted(key: str) -> Rendered:
    """Confirm that an SLA note was accepted, and say what is still open."""
    return Rendered(f"*{escape(key)}*: its SLA note is accepted; whether it needs an SOP is still to be decided.")


def note_returned(key: str) -> Rendered:
    """Confirm that an SLA note was returned."""
    return Rendered(f"*{escape(key)}*: its SLA note is back with its author, who reads what is missing.")


def sop_decided(key: str, *, decision: NextStep, number: str, owner: str | None) -> Rendered:
    """Confirm a decision about procedures, and say whose turn it is."""
    if owner is None:
        what = "a problem is to be opened" if decision is NextStep.PROBLEM else "no SOP is needed"
        return Rendered(f"*{escape(key)}*: decided, {what}.")
    return Rendered(f"*{escape(key)}*: decided; *{number}* is for {mention(owner)}, who is told.")


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
