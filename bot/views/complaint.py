"""What a service manager reads at once when a customer is angry."""

from bot.action_ids import ActionId
from bot.text import mention, moment, shown
from bot.views.parts import actions, button, call_button, named_incident, section, title_line
from bot.views.rendered import Rendered
from sla_engine.notifications.notices import ComplaintMessage

CUSTOMER_MAX_CHARS = 200


def complaint_message(complaint: ComplaintMessage) -> Rendered:
    """Who is angry about what, and who has them on the phone; the card of the call is one click away."""
    named = named_incident(complaint.incident_key, complaint.link)
    lines = [
        f"😠 *{shown(complaint.customer, CUSTOMER_MAX_CHARS)} is angry*: {title_line(complaint.title)}",
        f"{named} · {complaint.priority} · {mention(complaint.by)} had them on the phone {moment(complaint.at)}.",
    ]
    show = button("Show", ActionId.SHOW, value=complaint.incident_key)
    buttons = actions([call_button(complaint.incident_key), show], block_id=f"complaint:{complaint.incident_key}")
    return Rendered("\n".join(lines), [section(lines), buttons])
