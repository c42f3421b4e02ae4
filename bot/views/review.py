"""The service manager's queue: notes to accept or return, decisions still to be made, and one note in full."""

from collections.abc import Iterable, Sequence

from bot.action_ids import ActionId
from bot.text import day, escape, fallback_day, mention, moment, shown
from bot.views.notes import miss_lines
from bot.views.parts import Block, actions, button, context, divider, section, section_with, sections, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.prevention import ONE_OFFS_ALIKE
from sla_engine.domain.notes.suggestions import Suggestion
from sla_engine.notifications.notes import NoteReviewMessage
from sla_engine.services.notes.action_items import ListedActionItem
from sla_engine.services.notes.review_queue import ReviewItem

ITEMS_SHOWN = 10
REVIEW_ROW = "review"
"""The first word of the block ids of the queue's buttons."""
TITLE_CHARS = 120
SENTENCE_CHARS = 1000
REASON_MAX_CHARS = 100
EXCERPT_CHARS = 200
ANSWER_SHOWN_CHARS = 1200
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
        row = actions(_buttons(item), block_id=f"{REVIEW_ROW}:{item.incident_key}")
        blocks += [section([_line(item), *_excerpt(item)]), row]
    blocks += sections([_line(item) for item in items[ITEMS_SHOWN:]], hint=LATER)
    return Rendered("\n".join([f"{len(items)} waiting for you:", *map(_line, items)]), blocks)


def note_review(review: NoteReviewMessage) -> Rendered:
    """One written SLA note in full, with the step that comes next."""
    head = _head(review)
    blocks = [
        section([head, title_line(review.title), f"{review.priority} · {title_line(review.customer)}",
                 *miss_lines(review.misses)]),
        section([f"*Reason:* {_reason(review)} · by {mention(review.author)}"]),
        section([f"*What happened*\n{_answer(review.what_happened)}"]),
        section([f"*Impact*\n{_answer(review.impact)}"]),
        section(_prevention(review)),
        context(f"{_customer_update(review)} · Evidence, you decide: {shown(review.suggestion, ANSWER_SHOWN_CHARS)}"),
    ]  # fmt: skip
    status = _status_line(review)
    blocks += [section([status])] if status else []
    elements = _steps(review.incident_key, review.state)
    blocks += [actions(elements, block_id=f"{REVIEW_ROW}:{review.incident_key}")] if elements else []
    text = "\n".join(line for line in (head, *_plain_review(review), status) if line)
    return Rendered(text=text, blocks=blocks)


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
        is_problem = decision is NextStep.PROBLEM
        what = f"it belongs to *{escape(number)}*, the problem behind it" if is_problem else "no SOP is needed"
        return Rendered(f"*{escape(key)}*: decided, {what}.")
    return Rendered(f"*{escape(key)}*: decided; *{number}* is for {mention(owner)}, who is told.")


def _line(item: ReviewItem) -> str:
    step = "SOP decision" if item.accepted else "review"
    return (
        f"*{shown(item.incident_key, TITLE_CHARS)}* · {shown(item.customer, TITLE_CHARS)} · "
        f"note by {mention(item.author)} waits for {step} since {moment(item.written_at)}"
    )


def _excerpt(item: ReviewItem) -> list[str]:
    """The beginning of each answer, enough to decide on most notes."""
    answers = {
        "Reason": item.reason_label,
        "What happened": item.what_happened,
        "Impact": item.impact,
        "Prevention": item.prevention,
    }
    return [f"{label}: {shown(answer, EXCERPT_CHARS)}" for label, answer in answers.items() if answer]


def _buttons(item: ReviewItem) -> list[Block]:
    steps = _steps(item.incident_key, "accepted" if item.accepted else "written")
    return [*steps, button("Read it", ActionId.NOTE_READ, value=item.incident_key)]


def _steps(key: str, state: str) -> list[Block]:
    """The buttons of what comes next with a note in this state."""
    decide = button("Decide on SOP…", ActionId.SOP_DECIDE_OPEN, value=key)
    look = button("Show", ActionId.SHOW, value=key)
    match state:
        case "written":
            accept = button("Accept", ActionId.NOTE_ACCEPT, value=key, style="primary")
            return [accept, button("Return…", ActionId.NOTE_RETURN_OPEN, value=key, style="danger"), decide, look]
        case "accepted":
            return [decide | {"style": "primary"}, look]
        case _:
            return [look]


def _prevention(review: NoteReviewMessage) -> list[str]:
    """What is to prevent the next miss, and whether such a miss was called a one-off too often."""
    if not review.prevention_kind:
        return ["*Prevention*", _answer(review.prevention) or "nothing: not ours"]
    lines = ["*Prevention*", shown(review.prevention_kind, REASON_MAX_CHARS)]
    if review.action_number and review.action_due:
        lines.append(f"*{escape(review.action_number)}* {_answer(review.prevention)}, by {day(review.action_due)}")
    if review.one_offs >= ONE_OFFS_ALIKE:
        lines.append(f":warning: Called a one-off {review.one_offs} times in 30 days, for this customer and reason.")
    return lines


def _head(review: NoteReviewMessage) -> str:
    match review.state:
        case "written":
            return f":memo: *{review.incident_key}* · *SLA note to review*"
        case "accepted":
            return f":white_check_mark: *{review.incident_key}* · *SLA note accepted, SOP decision wanted*"
        case "decided":
            return f":white_check_mark: *{review.incident_key}* · *SLA note accepted and decided*"
        case _:
            return f":leftwards_arrow_with_hook: *{review.incident_key}* · *SLA note returned to its author*"


def _status_line(review: NoteReviewMessage) -> str:
    by = mention(review.state_by)
    if review.state == "decided":
        return f"*Decided* by {by}: {shown(review.decision or '', ANSWER_SHOWN_CHARS)}"
    return f"*Accepted* by {by}" if review.state == "accepted" else ""


def _plain_review(review: NoteReviewMessage) -> Iterable[str]:
    yield title_line(review.title)
    yield f"{_reason(review)}, by {mention(review.author)}"
    yield _answer(review.what_happened)
    yield f"Impact: {_answer(review.impact)}"
    yield from _plain_prevention(review)


def _plain_prevention(review: NoteReviewMessage) -> Iterable[str]:
    if not review.prevention_kind:
        return
    yield f"Prevention: {shown(review.prevention_kind, REASON_MAX_CHARS)}"
    if review.action_number and review.action_due:
        yield f"{escape(review.action_number)}: {_answer(review.prevention)}, by {fallback_day(review.action_due)}"
    if review.one_offs >= ONE_OFFS_ALIKE:
        yield f"Called a one-off {review.one_offs} times in 30 days, for this customer and reason."


def _customer_update(review: NoteReviewMessage) -> str:
    return f"Customer told {moment(review.customer_told_at)}" if review.customer_told_at else "Customer not told"


def _reason(review: NoteReviewMessage) -> str:
    return f"{shown(review.reason_label, REASON_MAX_CHARS)} ({shown(review.attribution, REASON_MAX_CHARS)})"


def _answer(text: str) -> str:
    return shown(text, ANSWER_SHOWN_CHARS)
