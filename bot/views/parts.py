"""The pieces that messages are made of; every text is cut to Slack's limit here.

User text goes in through `shown` (mrkdwn) or as plain text, and every mrkdwn text is `verbatim`: Slack must not go
looking for `@channel` or addresses in what a customer wrote. A paragraph in which somebody wrote marks of Slack's
becomes rich text, where they are shown, and copied, as they are.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from bot.action_ids import ActionId
from bot.text import counted, cut, cut_between_tokens, escape, first_lines, shown, unformatted
from bot.views.rich_text import literal, rich_text
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.plain_text import one_line, utf16_units

Block = dict[str, Any]

HEADER_MAX_CHARS = 150  # Slack: header block
BLOCK_ID_MAX_CHARS = 255  # Slack: block_id
SECTION_MAX_CHARS = 3000  # Slack: text of a section and of a context element
SECTIONS_MOST = 5
"""Paragraphs of one list, about a hundred lines."""
FIELD_MAX_CHARS = 2000  # Slack: one field of a section
FIELDS_MAX = 10  # Slack: fields of a section
OPTION_MAX_CHARS = 75  # Slack: text of an option
OPTION_VALUE_MAX_CHARS = 150  # Slack: value of an option
TITLE_MAX_CHARS = 200  # enough to recognise an incident; the ticket has the rest
TABLE_LINE_MAX_CHARS = 200
LINK_MAX_UNITS = 1000  # of a section's 3,000; a longer one is behind its button only
QUOTE_MAX_CHARS = 300  # what somebody wrote, in a list of what happened


def mrkdwn(text: str) -> Block:
    """Text with Slack's marks; `verbatim`, so that Slack links nothing by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """A line without marks, cut to `limit`; names of emoji stay names."""
    return {"type": "plain_text", "text": cut(one_line(text), limit) or " ", "emoji": False}


def header(text: str) -> Block:
    """A headline; users' words may stand in it as they are."""
    return {"type": "header", "text": plain(text, HEADER_MAX_CHARS)}


def section(lines: Iterable[str], *, hint: str = "") -> Block:
    """A paragraph of as many whole lines as a section holds; a last one counts the others, and `hint` says where."""
    text = counted(list(lines), SECTION_MAX_CHARS, hint=hint)
    return rich_text(text) if literal(text) else {"type": "section", "text": mrkdwn(text)}


def sections(lines: Sequence[str], *, most: int = SECTIONS_MOST, hint: str = "") -> list[Block]:
    """The lines in as many paragraphs as they need, at most `most`; the last one counts what is left over."""
    blocks: list[Block] = []
    left = list(lines)
    while left and len(blocks) < most - 1:
        count = len(first_lines(left, SECTION_MAX_CHARS)) or 1
        blocks.append(section(left[:count]))
        left = left[count:]
    return [*blocks, section(left, hint=hint)] if left else blocks


def section_with(lines: Iterable[str], accessory: Block) -> Block:
    """A paragraph with a button or menu beside it, which rich text cannot have."""
    return {"type": "section", "text": mrkdwn(counted(list(lines), SECTION_MAX_CHARS)), "accessory": accessory}


def fields(texts: Sequence[str]) -> Block:
    """Short texts side by side."""
    return {"type": "section", "fields": [mrkdwn(cut(text, FIELD_MAX_CHARS)) for text in texts[:FIELDS_MAX]]}


def context(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [mrkdwn(cut_between_tokens(text, SECTION_MAX_CHARS))]}


def divider() -> Block:
    """A line between two parts."""
    return {"type": "divider"}


def preformatted(text: str) -> Block:
    """A block in which every character has the same width and nothing is parsed."""
    piece = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [piece]}


def table_text(table: str) -> str:
    """A table for phones and screen readers: its lines, one space between the cells."""
    return "\n".join(shown(line, TABLE_LINE_MAX_CHARS) for line in table.splitlines())


def actions(elements: Iterable[Block], *, block_id: str) -> Block:
    """A row of buttons and menus; menus carry no value, so the row's id says what it is about."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(label: str, action: ActionId, *, value: str, style: str | None = None) -> Block:
    """A button that sends `value` (an incident's key) back to us."""
    made: Block = {"type": "button", "text": plain(label, 75), "action_id": action.value, "value": value}
    return made | ({"style": style} if style else {})


def ticket_button(link: str | None, *, key: str) -> list[Block]:
    """A button that opens the incident in the ticket system; none where there is no usable address."""
    address = web_address(link)
    return [] if address is None else [button("Open ticket", ActionId.OPEN_LINK, value=key) | {"url": address}]


def call_button(about: str) -> Block:
    """A button that answers with the card of a call about an incident (its key) or a customer (the name)."""
    return button("On the phone", ActionId.CALL, value=about)


def option(label: str, value: str) -> Block:
    """A menu option; a value that is too long or unreadable for Slack is sent back as its `menu_value`."""
    return {"text": plain(unformatted(label, OPTION_MAX_CHARS), OPTION_MAX_CHARS), "value": menu_value(value)}


def menu_value(value: str) -> str:
    """The value that a menu sends back: the value itself, or a short hash of one that is too long or unreadable."""
    if value == one_line(value) and 0 < utf16_units(value) <= OPTION_VALUE_MAX_CHARS:
        return value
    return f"#{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def menu(label: str, action: ActionId, options: Sequence[Block]) -> Block:
    """A menu called `label` that acts as soon as something is chosen."""
    return {
        "type": "static_select",
        "action_id": action.value,
        "placeholder": plain(label, 150),
        "options": list(options),
    }


def checkbox(action: ActionId, label: str, *, value: str) -> Block:
    """One box to tick; what is ticked comes with whatever is pressed beside it."""
    return {"type": "checkboxes", "action_id": action.value, "options": [option(label, value)]}


def people_menu(label: str, action: ActionId) -> Block:
    """A menu of everybody in the workspace."""
    return {"type": "users_select", "action_id": action.value, "placeholder": plain(label, 150)}


def named_incident(key: str, link: str | None) -> str:
    """The incident's key, as a link to its ticket where there is one."""
    return f"*{linked(key, link)}*"


def linked(label: str, link: str | None) -> str:
    """The label, as a link to the ticket where there is one; `label` is ready for mrkdwn."""
    address = web_address(link)
    written = "" if address is None else escape(address)
    return f"<{written}|{label}>" if 0 < utf16_units(written) <= LINK_MAX_UNITS else label


def title_line(title: str) -> str:
    """The incident's title on a line of its own."""
    return shown(title, TITLE_MAX_CHARS) or "(no title)"


def quoted(text: str) -> str:
    """A person's words in quotation marks; empty for no words."""
    words = shown(text, QUOTE_MAX_CHARS)
    return f"“{words}”" if words else ""
