import re

from bot.text import NAME_MAX_CHARS, is_person, mention, shown, whole_lines
from bot.views.rendered import Rendered

TEXT_MAX_CHARS = 2500  # of the original: enough to act on, far below Slack's limit
ERROR_MAX_CHARS = 200
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")


def undeliverable_notice(original: Rendered | None, *, destination: str, error: str, number: int) -> Rendered:
    """An undeliverable message as plain text (its blocks may be the cause): where it belongs, why it failed, how to
    send it again, and its words.
    """
    why = shown(error, ERROR_MAX_CHARS)
    headline = f":warning: A message for {place(destination)} could not be delivered ({why})."
    remedy = f"Once that is fixed: `sla-bot outbox resend {number}`."
    words = [] if original is None else [whole_lines(original.text, TEXT_MAX_CHARS)]
    return Rendered(text="\n".join([headline, remedy, *words]))


def place(destination: str) -> str:
    """A channel or person, as Slack shows it; a channel that goes by its name is shown with a #."""
    if CHANNEL_ID.fullmatch(destination):
        return f"<#{destination}>"
    return mention(destination) if is_person(destination) else f"#{shown(destination, NAME_MAX_CHARS)}"
