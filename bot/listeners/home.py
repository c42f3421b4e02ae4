"""The buttons that everybody has on the Home tab."""

from collections.abc import Mapping

from bot.action_ids import ActionId
from bot.listeners.opening import OpeningTopic
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views.status import status_message
from sla_engine.services.queries.board import Board


class HomeTopic(Topic):
    """Open an incident, list what is open, and look again; the tab is drawn anew after each of them."""

    def __init__(self, board: Board, opening: OpeningTopic) -> None:
        self.board = board
        self.opening = opening

    def actions(self) -> Mapping[str, Listener]:
        """The buttons answered here."""
        return {
            ActionId.HOME_OPEN: lambda ask: self.opening.open(ask, []),
            ActionId.HOME_ALL: self.all_open,
            ActionId.HOME_REFRESH: lambda _ask: None,
        }

    def all_open(self, ask: Ask) -> Answer:
        """List every open incident."""
        return status_message(self.board.everything(now=ask.now), now=ask.now, asked="all")
