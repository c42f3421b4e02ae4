"""SLA notes in Slack: the prompt, the review, and the form that returns one."""

from collections.abc import Iterable, Sequence

from bot.action_ids import ActionId, ViewId
from bot.text import day, escape, fallback_day, fallback_moment, mention, moment, shown
from bot.views.form_parts import Form, modal, text_input
from bot.views.parts import (
    Block,
    actions,
    button,
    context,
    quoted,
    section,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.notes.prevention import ONE_OFFS_ALIKE
from sla_engine.domain.time.durations import short
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage

MISSES_SHOWN = 5
REASON_MAX_CHARS = 100
ANSWER_SHOWN_CHARS = 1200


def note_wanted(wanted: NoteWantedMessage) -> Rendered:
    """The prompt for an SLA note, to its writer or to the service manager who waits for it."""
    match wanted.state:
        case "written":
            return _one_line(f":memo: {_named(wanted)} · the SLA note is written and waits for review.")
        case "accepted":
            return _one_line(f":white_check_mark: {_named(wanted)} · the SLA note is accepted. Thank you.")
        case "superseded":
            return _one_line(f"{_named(wanted)} · SLA note wanted; asked again below")
        case "withdrawn":
            return _one_line(f"{_named(wanted)} · no SLA note is wanted any more: no missed target is left.")
        case _:
            return _note_waited_for(wanted) if wanted.for_manager else _note_asked(wanted)


def note_review(review: NoteReviewMessage) -> Rendered:
    """A written SLA note, with the review step that comes next."""
    match review.state:
        case "superseded":
            return _one_line(f"{_named(review)} · SLA note by {mention(review.author)}; newer message below")
        case "returned":
            by = mention(review.state_by)
            return _one_line(f":leftwards_arrow_with_hook: {_named(review)} · SLA note returned by {by} to its author.")
        case _:
            return _review(review)


def return_form(key: str) -> Form:
    """The form that returns a note to its author; the block id is `because`."""
    return modal(
        "Return SLA note",
        ViewId.NOTE_RETURN,
        submit="Return",
        metadata=key,
        blocks=[
            text_input("because", "What is missing?", hint="The author reads this and is asked until the note is new.")
        ],
    )


def reason_label(reason: str) -> str:
    """A breach reason as a person reads it."""
    return next((row.label for name, row in BREACH_REASONS.items() if name == reason), reason)


def _note_asked(wanted: NoteWantedMessage) -> Rendered:
    ask = _ask_of_writer(wanted)
    write = button("Write SLA note", ActionId.NOTE_OPEN, value=wanted.incident_key, style="primary")
    return _prompt(wanted, ask, [write, button("Show", ActionId.SHOW, value=wanted.incident_key)])


def _ask_of_writer(wanted: NoteWantedMessage) -> str:
    """A note is overdue from its first reminder on."""
    is_returned = wanted.returned_because is not None
    if wanted.reminder:
        return f"Your {'returned ' if is_returned else ''}SLA note is overdue, reminder {wanted.reminder}"
    return "Your SLA note was returned" if is_returned else "An SLA note is wanted from you"


def _note_waited_for(wanted: NoteWantedMessage) -> Rendered:
    who = mention(wanted.writer)
    ask = f"SLA note wanted: {who} was asked for it now"
    if wanted.reminder:
        ask = f"SLA note overdue: {who} was asked {wanted.reminder + 1} times"
    return _prompt(wanted, ask, [button("Show", ActionId.SHOW, value=wanted.incident_key)])


def _prompt(wanted: NoteWantedMessage, ask: str, elements: list[Block]) -> Rendered:
    lines = [f":memo: *{wanted.incident_key}* · *{ask}*", title_line(wanted.title)]
    lines += [f"{wanted.priority} · {title_line(wanted.customer)}", *miss_lines(wanted.misses)]
    because = wanted.returned_because
    lines += [f"Returned because: {quoted(because)}"] if because else []
    lines += _worked_on_by(wanted)
    blocks = [section(lines), actions(elements, block_id=f"note:{wanted.incident_key}")]
    return Rendered(text="\n".join(_plain_lines(wanted, ask)), blocks=blocks)


def _review(review: NoteReviewMessage) -> Rendered:
    head = _review_head(review)
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
    elements = _review_buttons(review)
    blocks += [actions(elements, block_id=f"review:{review.incident_key}")] if elements else []
    text = "\n".join(line for line in (head, *_plain_review(review), status) if line)
    return Rendered(text=text, blocks=blocks)


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


def _review_head(review: NoteReviewMessage) -> str:
    again = f", reminder {review.reminder}" if review.reminder else ""
    match review.state:
        case "accepted":
            return f":white_check_mark: *{review.incident_key}* · *SLA note accepted, SOP decision wanted{again}*"
        case "decided":
            return f":white_check_mark: *{review.incident_key}* · *SLA note accepted and decided*"
        case _:
            return f":memo: *{review.incident_key}* · *SLA note to review{again}*"


def _status_line(review: NoteReviewMessage) -> str:
    by = mention(review.state_by)
    if review.state == "decided":
        return f"*Decided* by {by}: {shown(review.decision or '', ANSWER_SHOWN_CHARS)}"
    return f"*Accepted* by {by}" if review.state == "accepted" else ""


def _review_buttons(review: NoteReviewMessage) -> list[Block]:
    key = review.incident_key
    decide = button("Decide on SOP", ActionId.SOP_DECIDE_OPEN, value=key)
    match review.state:
        case "written":
            return [
                button("Accept", ActionId.NOTE_ACCEPT, value=key, style="primary"),
                button("Return", ActionId.NOTE_RETURN_OPEN, value=key, style="danger"),
                decide,
            ]
        case "accepted":
            return [decide | {"style": "primary"}]
        case _:
            return []


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


def _plain_lines(wanted: NoteWantedMessage, ask: str) -> Iterable[str]:
    yield f"{wanted.incident_key}: {ask}"
    yield title_line(wanted.title)
    yield from miss_lines(wanted.misses, plainly=True)
    if wanted.returned_because:
        yield f"Returned because: {quoted(wanted.returned_because)}"
    yield from _worked_on_by(wanted)


def _worked_on_by(wanted: NoteWantedMessage) -> list[str]:
    """Name who worked on it, where somebody else is asked instead."""
    who = wanted.worked_on_by
    return [] if who is None else [f"Worked on by {mention(who)}, who is not among our people and cannot be asked"]


def miss_lines(misses: Sequence[Miss], *, plainly: bool = False) -> list[str]:
    """The misses, a line each; `plainly` for text without Slack's dates."""
    lines = [_miss_line(miss, plainly=plainly) for miss in misses[:MISSES_SHOWN]]
    more = len(misses) - MISSES_SHOWN
    return [*lines, f"… and {more} more"] if more > 0 else lines


def _miss_line(miss: Miss, *, plainly: bool) -> str:
    when = fallback_moment(miss.breached_at) if plainly else moment(miss.breached_at)
    over = short(miss.elapsed - miss.target)
    return f"• {miss.metric_label} missed {when}: took {short(miss.elapsed)} of {short(miss.target)}, {over} over"


def _customer_update(review: NoteReviewMessage) -> str:
    return f"Customer told {moment(review.customer_told_at)}" if review.customer_told_at else "Customer not told"


def _reason(review: NoteReviewMessage) -> str:
    return f"{shown(review.reason_label, REASON_MAX_CHARS)} ({shown(review.attribution, REASON_MAX_CHARS)})"


def _answer(text: str) -> str:
    return shown(text, ANSWER_SHOWN_CHARS)


def _named(message: NoteWantedMessage | NoteReviewMessage) -> str:
    return f"*{message.incident_key}* · {title_line(message.title)}"


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])
