"""A choice in the menu “⋯” does what the button of its name does."""

from collections.abc import Mapping
from dataclasses import replace

from bot.action_ids import ActionId
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask


def with_menu(buttons: Mapping[str, Listener], *, outdated: Listener) -> dict[str, Listener]:
    """The listeners of buttons, with one for the menu that hands each choice to its own button's listener.

    `outdated` answers the choice of a button that this version does not have.
    """

    def chose(ask: Ask) -> Answer:
        action, _, key = ask.value.partition(" ")
        return buttons.get(action, outdated)(replace(ask, value=key))

    return {**buttons, ActionId.ACT_MENU: chose}
