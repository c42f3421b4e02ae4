from bot.action_ids import ActionId
from bot.text import mention, shown
from bot.views.parts import actions, button, section
from bot.views.rendered import Rendered
from sla_engine.notifications.notices import SetAsideMessage

WORDS_MAX_CHARS = 300


def set_aside(message: SetAsideMessage) -> Rendered:
    """A failed item and its error, for whoever runs the bot; one button tries it again."""
    lines = [
        f":warning: {shown(message.what, WORDS_MAX_CHARS)} failed five times and is not tried any more.",
        f"Reason: {shown(message.error, WORDS_MAX_CHARS)}",
    ]
    if message.tried_again_by is not None:
        lines.append(f":repeat: Tried again by {mention(message.tried_again_by)}.")
        return Rendered("\n".join(lines), [section(lines)])
    lines.append(f"The log has the traceback. `sla-bot stuck retry {message.number}` does what the button does.")
    again = button("Try again", ActionId.FAILURE_RETRY, value=str(message.number), style="primary")
    return Rendered("\n".join(lines), [section(lines), actions([again], block_id=f"failure:{message.number}")])


def tried_again(number: int) -> Rendered:
    """Confirm that the item is being tried again."""
    return Rendered(f"Number {number} is being tried again; you will hear when it fails again.")
