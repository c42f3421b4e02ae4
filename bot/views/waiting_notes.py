"""`/sla notes`: the SLA notes that wait, each with what can be done about it."""

from bot.action_ids import ActionId
from bot.text import fallback_moment, mention, moment, shown
from bot.views.action_items import action_blocks, action_lines
from bot.views.parts import Block, actions, button, quoted, section, sections
from bot.views.rendered import Rendered
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.services.notes.waiting_notes import NoteFilter, WaitingNote, WaitingNotes

NOTES_SHOWN = 10
NOTES_ROW = "notes"
"""The first word of the block ids of the list's buttons."""
NAME_MAX_CHARS = 60
TITLE_MAX_CHARS = 120
LATER = "they move up as these are done"
_KINDS = {
    None: "SLA notes that wait",
    NoteFilter.UNEXPLAINED: "SLA notes to be written",
    NoteFilter.RETURNED: "Returned SLA notes",
    NoteFilter.MINE: "Your SLA notes that wait",
}


def notes_message(listed: WaitingNotes) -> Rendered:
    """The notes that wait, the longest wait first; beneath the asker's own, what they said they will do."""
    heading = _heading(listed)
    blocks: list[Block] = [section([f"*{heading}*"])]
    for note in listed.notes[:NOTES_SHOWN]:
        lines = _lines(note, plainly=False)
        blocks.append(section(lines))
        blocks.append(actions(_buttons(note, listed), block_id=f"{NOTES_ROW}:{note.incident_key}"))
    blocks += sections([_lines(note, plainly=False)[0] for note in listed.notes[NOTES_SHOWN:]], hint=LATER)
    text = [heading, *(line for note in listed.notes for line in _lines(note, plainly=True))]
    if listed.actions:
        to_do = f"You said you will do: {len(listed.actions)}"
        blocks += [section([f"*{to_do}*"]), *action_blocks(listed.actions[:NOTES_SHOWN], row="notes-action")]
        blocks += sections(action_lines(listed.actions[NOTES_SHOWN:]), hint=LATER)
        text += [to_do, *action_lines(listed.actions)]
    return Rendered("\n".join(text), blocks)


def _heading(listed: WaitingNotes) -> str:
    kind = _KINDS[NoteFilter.MINE if listed.wanted is None and listed.own_only else listed.wanted]
    of_whom = f" at {shown(listed.customer, NAME_MAX_CHARS)}" if listed.customer else ""
    return f"{kind}{of_whom}: {len(listed.notes)}" if listed.notes else f"{kind}{of_whom}: none"


def _lines(note: WaitingNote, *, plainly: bool) -> list[str]:
    since = fallback_moment(note.since) if plainly else moment(note.since)
    key = note.incident_key if plainly else f"*{note.incident_key}*"
    about = f"{note.priority} {shown(note.customer, NAME_MAX_CHARS)}: {shown(note.title, TITLE_MAX_CHARS)}"
    lines = [f"{key} · {about} · {_waits(note)} since {since}"]
    return [*lines, f"Returned because: {quoted(note.returned_because)}"] if note.returned_because else lines


def _waits(note: WaitingNote) -> str:
    who = mention(note.person) if note.person else ""
    match note.state:
        case NoteState.WRITTEN:
            return f"written by {who}, waits for review"
        case NoteState.RETURNED:
            return f"returned to {who}"
        case _:
            return f"{who} owes it" if who else "nobody is asked"


def _buttons(note: WaitingNote, listed: WaitingNotes) -> list[Block]:
    key = note.incident_key
    look = button("Show", ActionId.SHOW, value=key)
    if note.state is not NoteState.WRITTEN:
        return [button("Write SLA note…", ActionId.NOTE_OPEN, value=key), look]
    if not listed.may_review:
        return [look]
    accept = button("Accept", ActionId.NOTE_ACCEPT, value=key, style="primary")
    return [accept, button("Return…", ActionId.NOTE_RETURN_OPEN, value=key), look]
