"""SLA notes in Slack: the prompt, and the form that returns one."""

from collections.abc import Iterable, Sequence

from bot.action_ids import ActionId, ViewId
from bot.text import fallback_moment, mention, moment
from bot.views.form_parts import Form, modal, text_input
from bot.views.parts import (
    Block,
    actions,
    button,
    quoted,
    section,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.reasons import BREACH_REASONS
from sla_engine.domain.time.durations import short
from sla_engine.notifications.notes import Miss, NoteWantedMessage

MISSES_SHOWN = 5


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
    line = f"• {miss.metric_label} missed {when}: {_used(miss)}"
    return line if miss.noted is None else f"{line} (the note saw {short(miss.noted)})"


def _used(miss: Miss) -> str:
    if miss.still_open:
        return f"{short(miss.elapsed)} used of {short(miss.target)}, still open"
    return f"took {short(miss.elapsed)} of {short(miss.target)}, {short(miss.elapsed - miss.target)} over"


def _named(message: NoteWantedMessage) -> str:
    return f"*{message.incident_key}* · {title_line(message.title)}"


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])
