"""Lines somebody may have meant, with buttons that run them as if typed; a line too long for a button has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.action_ids import ActionId
from bot.text import cut, more_than, shown, unformatted, with_labels
from bot.views.parts import BLOCK_ID_MAX_CHARS, Block, actions, button, context, plain, section, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.incident_names import NamedIncident
from sla_engine.domain.text.plain_text import utf16_units

LINE_MAX_CHARS = 2000  # Slack: value of a button
LABEL_MAX_CHARS = 75  # Slack: text of a button
TICKET_MAX_CHARS = 30
OFFERED_MOST = 5
LINE_ROWS = ("line",)
"""The first word of the block id of a button that runs a line."""


@dataclass(frozen=True, slots=True)
class SuggestedLine:
    """A command that may have been meant: the words after `/sla`, what it is about, and its button's label."""

    line: str
    about: str
    label: str


def suggestion(why: str, line: str, *, asked: str) -> Rendered:
    """A refusal, with a button that runs the one line that may have been meant; `asked` names what was refused."""
    blocks = [section([why])]
    if utf16_units(line) <= LINE_MAX_CHARS:
        blocks.append(_run(with_labels(f"/sla {line}"), line, name=f"{asked}:0"))
    return Rendered(text=why, blocks=blocks)


def for_incident(words: Sequence[str], incident: NamedIncident, *, place: int = 1) -> SuggestedLine:
    """The line `words` with one incident in its `place`, as somebody chooses it from several."""
    ticket = f", {shown(incident.ticket, TICKET_MAX_CHARS)}" if incident.ticket else ""
    about = f"*{incident.key}*{ticket} · {title_line(incident.customer)}: {title_line(incident.title)}"
    return SuggestedLine(" ".join(words), about, f"{words[0].capitalize()} {' '.join(words[1 : place + 1])}")


def for_names(words: Sequence[str], part: str, fits: Sequence[tuple[str, str]]) -> list[SuggestedLine]:
    """The line `words` once for each name that its words `part` may mean; `fits` has names and what to write."""
    written, count = part.split(), len(part.split())
    place = next((place for place in range(1, len(words)) if list(words[place : place + count]) == written), len(words))
    before, after = words[:place], words[place + count :]
    return [
        SuggestedLine(" ".join([*before, write, *after]), f"*{title_line(name)}*", f"{words[0].capitalize()}: {name}")
        for name, write in fits
    ]


def offer(why: str, lines: Iterable[SuggestedLine], *, asked: str) -> Rendered:
    """Why something is asked, and the lines that may have been meant; one too long for a button is shown without.

    `asked` names what is answered so: each of its buttons acts once, however often it is pressed.
    """
    blocks: list[Block] = [section([why])]
    text = [why]
    offered = list(lines)
    for number, line in enumerate(offered[:OFFERED_MOST]):
        text.append(line.about)
        blocks.append(section([line.about]))
        if utf16_units(line.line) <= LINE_MAX_CHARS:
            blocks.append(_run(line.label, line.line, name=f"{asked}:{number}"))
    rest = more_than(OFFERED_MOST, len(offered), "write the key, or more of the name")
    return Rendered(text="\n".join([*text, *rest]), blocks=[*blocks, *map(context, rest)])


def open_form_button(sentence: str, action_id: str, value: str, *, row: str) -> Rendered:
    """A sentence about a form that did not open, with a button that opens it; too long a line has none."""
    if not value or utf16_units(value) > LINE_MAX_CHARS:
        return Rendered(f"{sentence} Please click or type it again.")
    opener: Block = {"type": "button", "text": plain("Open the form", LABEL_MAX_CHARS), "action_id": action_id}
    blocks = [section([sentence]), actions([opener | {"value": value}], block_id=cut(row, BLOCK_ID_MAX_CHARS))]
    return Rendered(text=f"{sentence} Please click or type it again.", blocks=blocks)


def with_note(answer: Rendered, note: str) -> Rendered:
    """The answer with a small line above it."""
    blocks = answer.blocks or [section(answer.text.split("\n"))]
    return Rendered(text=f"{note}\n{answer.text}", blocks=[context(note), *blocks])


def _run(label: str, line: str, *, name: str) -> Block:
    run = button(unformatted(label, LABEL_MAX_CHARS), ActionId.RUN_LINE, value=line)
    return actions([run], block_id=cut(f"line:{name}", BLOCK_ID_MAX_CHARS))
