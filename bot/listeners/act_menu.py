"""A choice in the menu “⋯” does what the button of its name does."""

from collections.abc import Mapping
from dataclasses import replace

from bot.action_ids import ActionId
from bot.errors import FromAnotherVersion
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask


def with_menu(buttons: Mapping[str, Listener]) -> dict[str, Listener]:
    """The listeners of buttons, with one for the menu that hands each choice to its own button's listener.

    That one raises FromAnotherVersion for a button that this version does not have.
    """

    def chose(ask: Ask) -> Answer:
        action, _, key = ask.value.partition(" ")
        listener = buttons.get(action)
        if listener is None:
            raise FromAnotherVersion("button")
        return listener(replace(ask, value=key))

    return {**buttons, ActionId.ACT_MENU: chose}
