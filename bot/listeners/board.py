"""`/sla board`, and the buttons that list what the board counts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views.board import FILTER_LABELS, board_message, saved_list
from bot.views.help import SubcommandHelp
from bot.views.status import status_message
from bot.views.usage import USAGE
from sla_engine.domain.incidents.board_filters import BoardFilter
from sla_engine.domain.incidents.incident_filter import IncidentCondition
from sla_engine.services.queries.dispatch_board import DispatchBoard

_BOARD = SubcommandHelp(
    name="board",
    usage=USAGE["board"],
    summary="What comes next, and how many incidents want what",
    who="dispatcher",
    examples=("/sla board",),
)
_STATUS_WORDS: Mapping[BoardFilter, str] = {
    BoardFilter.UNASSIGNED: IncidentCondition.UNASSIGNED.value,
    BoardFilter.DUE_SOON: "2h",
    BoardFilter.ANSWERED: IncidentCondition.ANSWERED.value,
    BoardFilter.UNTOLD: IncidentCondition.UNTOLD.value,
    BoardFilter.NO_PROMISE: IncidentCondition.NO_PROMISE.value,
    BoardFilter.STALE: IncidentCondition.STALE.value,
    BoardFilter.LONG_WAIT: IncidentCondition.LONG_WAIT.value,
    BoardFilter.OWNER_ABSENT: IncidentCondition.ABSENT.value,
}
"""The words of `/sla status` that list the same, so that a list follows its own buttons."""
_FILTERS: Mapping[ActionId, BoardFilter] = {
    ActionId.BOARD_UNASSIGNED: BoardFilter.UNASSIGNED,
    ActionId.BOARD_DUE_SOON: BoardFilter.DUE_SOON,
    ActionId.BOARD_ANSWERED: BoardFilter.ANSWERED,
    ActionId.BOARD_UNTOLD: BoardFilter.UNTOLD,
    ActionId.BOARD_NO_PROMISE: BoardFilter.NO_PROMISE,
    ActionId.BOARD_STALE: BoardFilter.STALE,
    ActionId.BOARD_LONG_WAIT: BoardFilter.LONG_WAIT,
    ActionId.BOARD_OWNER_ABSENT: BoardFilter.OWNER_ABSENT,
}


class BoardTopic(Topic):
    """The dispatcher's board; its lists are private answers."""

    def __init__(self, board: DispatchBoard) -> None:
        self.board = board

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_BOARD, self.show),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of the counts."""
        filters: dict[str, Listener] = {action: partial(self._list, name) for action, name in _FILTERS.items()}
        return {**filters, ActionId.BOARD_SAVED: self._saved}

    def show(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the board."""
        board = self.board.show(by=ask.user, now=ask.now)
        grammar.no_more(words)
        return board_message(board)

    def _list(self, name: BoardFilter, ask: Ask) -> Answer:
        _, label = FILTER_LABELS[name]
        listed = self.board.listed(name, by=ask.user, now=ask.now)
        return status_message(replace(listed, scope=label.lower()), now=ask.now, asked=_STATUS_WORDS[name])

    def _saved(self, ask: Ask) -> Answer:
        return saved_list(self.board.saved(by=ask.user, now=ask.now))
