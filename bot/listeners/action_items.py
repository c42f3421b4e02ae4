"""Action items: what somebody's SLA note says they will do; listed, and marked as done."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, Refreshed
from bot.views.action_items import ITEMS_ROW, action_list, done_action_item
from bot.views.confirmations import above
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.services.notes.action_items import ActionItems

_ACTION = SubcommandHelp(
    name="action",
    usage=USAGE["action"],
    summary="What you said in SLA notes you will do; say when it is done",
    who="technician",
    examples=("/sla action", "/sla action done ACT-3"),
)


class ActionItemsTopic(Topic):
    """What is to be done so that a miss does not happen again."""

    def __init__(self, items: ActionItems) -> None:
        self.items = items

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_ACTION, self.action),)

    def actions(self) -> Mapping[str, Listener]:
        """The button of each item."""
        return {ActionId.ACTION_ITEM_DONE: lambda ask: self._done(ask, ask.value)}

    def action(self, ask: Ask, words: list[str]) -> Answer:
        """List what is to be done, or mark an item as done."""
        if not words:
            return action_list(self.items.open_list(by=ask.user, now=ask.now))
        if words[0].lower() != "done":
            raise UnknownChoice("action", words[0], ("done",))
        if len(words) == 1:
            raise MissingArgument("a number such as ACT-3", _ACTION.usage)
        grammar.no_more(words[2:])
        return self._done(ask, words[1])

    def _done(self, ask: Ask, number: str) -> Answer:
        sentence = done_action_item(self.items.done(number, by=ask.user, now=ask.now))
        if ask.place.private_row.partition(":")[0] != ITEMS_ROW:
            return sentence
        return Refreshed(above(sentence, action_list(self.items.open_list(by=ask.user, now=ask.now))))
