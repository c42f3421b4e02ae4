"""Messages in a form that Slack takes after it refused the first: text only, or in another channel."""

from bot.text import NAME_MAX_CHARS, escape, shown, whole_lines
from bot.views.parts import context
from bot.views.rendered import TEXT_MAX_CHARS, Rendered
from bot.views.undeliverable import place

BLOCKS_MAX = 50  # Slack: blocks of a message


def text_alone(rendered: Rendered, *, incident_key: str | None) -> Rendered:
    """The message's text without its blocks, which Slack refused, and where its buttons are."""
    hint = ""
    if rendered.blocks and incident_key:
        hint = f"\n(Slack took only the text of this message; `/sla show {escape(incident_key)}` has the buttons.)"
    return Rendered(text=whole_lines(rendered.text, TEXT_MAX_CHARS - len(hint)) + hint)


def redirected(rendered: Rendered, *, belongs_to: str, error: str | None) -> Rendered:
    """The message with a last line that says for which channel it is, and why it is not there."""
    why = f", which Slack refuses: {shown(error, NAME_MAX_CHARS)}" if error else ""
    line = f"(For {place(belongs_to)}{why}.)"
    blocks = [*rendered.blocks[: BLOCKS_MAX - 1], context(line)] if rendered.blocks else []
    return Rendered(text=f"{whole_lines(rendered.text, TEXT_MAX_CHARS - len(line) - 1)}\n{line}", blocks=blocks)
