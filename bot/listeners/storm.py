"""The buttons under a storm: acts on all of its open incidents at once, and lists of them."""

from collections.abc import Mapping

from bot.action_ids import ActionId
from bot.errors import FromAnotherVersion
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views import storm_answers
from bot.views.undo import with_undo
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.queries.storms import StormLists


class StormTopic(Topic):
    """Acts on a storm; the channel's message is edited by itself, and whoever acts is told what was done."""

    def __init__(self, acts: StormActs, lists: StormLists) -> None:
        self.acts = acts
        self.lists = lists

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of the storm's message."""
        return {
            ActionId.STORM_ACKNOWLEDGE: self.acknowledge,
            ActionId.STORM_SHOW_ALL: self.show_all,
        }

    def acknowledge(self, ask: Ask) -> Answer:
        """Acknowledge all that is open, with one promise."""
        outcome = self.acts.acknowledge(_storm(ask), by=ask.user, now=ask.now)
        answer = storm_answers.acknowledged(outcome, promise=ask.now + STORM_PROMISE)
        return with_undo(answer, ask.request) if outcome.done else answer

    def show_all(self, ask: Ask) -> Answer:
        """List everything that is open, worst first."""
        return storm_answers.all_open(self.lists.open_lines(_storm(ask), by=ask.user, now=ask.now))


def _storm(ask: Ask) -> int:
    """The number of the storm in the button.

    Raises: FromAnotherVersion.
    """
    if not ask.value.isdecimal():
        raise FromAnotherVersion("storm")
    return int(ask.value)
