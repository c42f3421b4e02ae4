"""The menu behind a row of buttons: each of its lines is a button that found no room."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.action_ids import ActionId
from bot.views.parts import Block, button, menu, option
from sla_engine.domain.text.addresses import web_address

MENU_MAX_ACTS = 5  # Slack: options of an overflow menu
LINK_MAX_CHARS = 3000  # Slack: url of a button and of an option


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with an incident: a label in the user's words, the button's id, and the key.

    `link` is opened by the click as well.
    """

    label: str
    action: ActionId
    key: str
    style: str | None = None
    link: str | None = None


def act_button(act: Act) -> Block:
    """The act as a button."""
    made = button(act.label, act.action, value=act.key, style=act.style)
    return made | ({"url": act.link} if act.link else {})


def act_menu(acts: Sequence[Act]) -> list[Block]:
    """The acts as a menu “⋯”, or *More…* where there are more than five; no menu for no act.

    A choice does what the act's own button would do: its value is the button's id and the incident's key.
    """
    if not acts:
        return []
    if len(acts) > MENU_MAX_ACTS:
        return [menu("More…", ActionId.ACT_MENU, [option(act.label, f"{act.action.value} {act.key}") for act in acts])]
    return [
        {
            "type": "overflow",
            "action_id": ActionId.ACT_MENU.value,
            "options": [_option(act) for act in acts],
        }
    ]


def ticket_act(link: str | None, *, key: str) -> list[Act]:
    """Open the incident in the ticket system; nothing where there is no usable address."""
    address = web_address(link)
    if address is None or len(address) > LINK_MAX_CHARS:
        return []
    return [Act("Open ticket", ActionId.OPEN_LINK, key, link=address)]


def _option(act: Act) -> Block:
    return option(act.label, f"{act.action.value} {act.key}") | ({"url": act.link} if act.link else {})
