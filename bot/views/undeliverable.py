import re

from bot.rendered import Rendered
from bot.text import NAME_MAX_CHARS, shown

TEXT_MAX_CHARS = 2500  # of the original: enough to act on, far below Slack's limit
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
PERSON_ID = re.compile(r"[UW][A-Z0-9]+")


def undeliverable_notice(original: Rendered | None, *, destination: str, error: str, number: int) -> Rendered:
    """What could not be delivered, where, why, and how to send it again; plain text, as blocks may be the cause."""
    headline = f":warning: A message for {place(destination)} could not be delivered ({error})."
    remedy = f"Once that is put right: `sla-bot outbox resend {number}`."
    said = [] if original is None else [original.text[:TEXT_MAX_CHARS]]
    return Rendered(text="\n".join([headline, remedy, *said]))


def place(destination: str) -> str:
    """A channel or person, as Slack shows it; a channel that goes by its name is shown with a #."""
    if CHANNEL_ID.fullmatch(destination):
        return f"<#{destination}>"
    if PERSON_ID.fullmatch(destination):
        return f"<@{destination}>"
    return f"#{shown(destination, NAME_MAX_CHARS)}"
